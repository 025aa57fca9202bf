#pragma once

#include <cstddef>
#include <exception>
#include <memory>

#include <xtape/core/detail/interception.hpp>

namespace xtape {

/// What a rule throws that is made to fail.
struct Injected : std::exception {
    const char* what() const noexcept override { return "injected"; }
};

template <class Call>
bool throws_injected(Call call) {
    try {
        call();
    } catch (const Injected&) {
        return true;
    }
    return false;
}

/// Throws Injected when it is asked for the k-th time, counted from 1; never if k is 0.
class Fuse {
public:
    explicit Fuse(std::size_t k) : left_(k) {}

    void burn() {
        if (left_ > 0 && --left_ == 0) {
            throw Injected();
        }
    }

private:
    std::size_t left_;
};

/// Every operation of this thread asks the fuse before it is noted down.
inline Interception::See fail_at_record(Fuse& fuse) {
    return [&fuse](const Operation&, Variable&, Input*, std::size_t) { fuse.burn(); };
}

/// Every pullback of what is recorded on this thread asks the fuse before it does its work.
inline Interception::See fail_at_pullback(Fuse& fuse) {
    return [&fuse](const Operation&, Variable&, Input* inputs, std::size_t count) {
        for (Input* input = inputs; input != inputs + count; ++input) {
            const auto rule = std::make_shared<const Pullback>(std::move(input->pullback));
            const auto back = [&fuse, rule](Variable g) {
                fuse.burn();
                return (*rule)(std::move(g));
            };
            const auto add = [&fuse, rule](Array& gradient, const Array& g) {
                fuse.burn();
                rule->add(gradient, g);
            };
            input->pullback = rule->can_add() ? Pullback(back, add) : Pullback(back);
        }
    };
}

}  // namespace xtape
