// y = y x, again and again, on one number: `operations_xtape COUNT THREADS SECONDS FILE`.

#include <memory>
#include <optional>

#include <xtape/core/tape.hpp>
#include <xtape/ops/arithmetic.hpp>

#include "bench/support/passes.hpp"

namespace {

using namespace xtape;

class Chain {
public:
    explicit Chain(std::size_t operations) : operations_(operations) {}

    void forward() {
        tape_.emplace();
        y_ = x_;
        for (std::size_t i = 0; i < operations_; ++i) {
            y_ = y_ * x_;
        }
    }

    void backward(const bench::Look& look) {
        const auto gradients = tape_->gradients(y_, {x_});
        if (look) {
            look(y_.value().data(), 1);
            look(gradients[0].value().data(), 1);
        }
        y_ = x_;
        tape_.reset();
    }

private:
    std::size_t operations_;
    Variable x_{Real(1)}, y_ = x_;
    std::optional<Tape> tape_;
};

}  // namespace

int main(int argc, char** argv) {
    return bench::measure_passes(argc, argv, [](const std::string& operations, int) {
        const auto chain = std::make_shared<Chain>(std::stoul(operations));
        return bench::Passes{[chain] { chain->forward(); },
                             [chain](const bench::Look& look) { chain->backward(look); }};
    });
}
