#pragma once

#include <cstddef>
#include <new>
#include <type_traits>
#include <utility>

#include <xtape/core/variable.hpp>

namespace xtape {

/// Carries a gradient across one operation, from its output y back to one of its inputs x: given
/// g = dL/dy, returns dL/dx, of the shape of x.
///
///     Pullback to_x = [x](Variable g) { return std::move(g) * x; };
///
/// A second function, if there is one, adds dL/dx into a gradient of x that is there already. It is
/// for operators that select, whose gradient is nearly all zeros, and for products, which BLAS adds
/// up at no cost:
///
///     [...](Array& gradient, const Array& g) { ... }
///
/// What the functions captured lies in the Pullback itself while it is no more than two variables,
/// and otherwise in a block of memory: a long tape has millions of them.
class Pullback {
    template <class Back>
    static constexpr bool is_pullback = std::is_invocable_r_v<Variable, Back&, Variable>;

public:
    Pullback() = default;
    template <class Back, class = std::enable_if_t<is_pullback<Back>>>
    Pullback(Back back) {
        hold(One<Back>{std::move(back)});
    }
    template <class Back, class AddBack, class = std::enable_if_t<is_pullback<Back>>>
    Pullback(Back back, AddBack add_back) {
        hold(Two<Back, AddBack>{std::move(back), std::move(add_back)});
    }
    Pullback(Pullback&& other) noexcept : kind_(std::exchange(other.kind_, nullptr)) {
        if (kind_ != nullptr) {
            kind_->move(other.room_, room_);
        }
    }
    Pullback& operator=(Pullback&& other) noexcept {
        if (this != &other) {
            this->~Pullback();
            new (this) Pullback(std::move(other));
        }
        return *this;
    }
    ~Pullback() {
        if (kind_ != nullptr) {
            kind_->destroy(room_);
        }
    }

    explicit operator bool() const { return kind_ != nullptr; }
    Variable operator()(Variable g) const { return kind_->pull(room_, std::move(g)); }

    bool can_add() const { return kind_ != nullptr && kind_->add != nullptr; }
    void add(Array& gradient, const Array& g) const { kind_->add(room_, gradient, g); }

private:
    template <class Back>
    struct One {
        Back back;
        static constexpr bool adds = false;
    };
    template <class Back, class AddBack>
    struct Two {
        Back back;
        AddBack add_back;
        static constexpr bool adds = true;
    };

    // What is held, and how: a table for each type of functions, as compilers make for virtual ones.
    struct Kind {
        Variable (*pull)(std::byte* room, Variable&& g);
        void (*add)(std::byte* room, Array& gradient, const Array& g);  // or nullptr
        void (*move)(std::byte* from, std::byte* to) noexcept;
        void (*destroy)(std::byte* room) noexcept;
    };
    template <class Held>
    struct InRoom;
    template <class Held>
    struct InBlock;

    static constexpr std::size_t room_size = 2 * sizeof(Variable);

    template <class Held>
    void hold(Held held) {
        constexpr bool fits = sizeof(Held) <= room_size && alignof(Held) <= alignof(Variable) &&
                              std::is_nothrow_move_constructible_v<Held>;
        using Way = std::conditional_t<fits, InRoom<Held>, InBlock<Held>>;
        Way::put(room_, std::move(held));
        kind_ = &kind_of<Held, Way>;
    }

    template <class Held, class Way>
    static Variable pull_back(std::byte* room, Variable&& g) {
        return Way::get(room).back(std::move(g));
    }
    template <class Held, class Way>
    static void add_back(std::byte* room, Array& gradient, const Array& g) {
        if constexpr (Held::adds) {
            Way::get(room).add_back(gradient, g);
        }
    }
    template <class Held, class Way>
    static constexpr Kind kind_of = {
        pull_back<Held, Way>, Held::adds ? add_back<Held, Way> : nullptr, Way::move, Way::destroy};

    const Kind* kind_ = nullptr;
    alignas(Variable) mutable std::byte room_[room_size];
};

template <class Held>
struct Pullback::InRoom {
    static Held& get(std::byte* room) { return *std::launder(reinterpret_cast<Held*>(room)); }
    static void put(std::byte* room, Held&& held) { new (room) Held(std::move(held)); }
    static void move(std::byte* from, std::byte* to) noexcept {
        put(to, std::move(get(from)));
        destroy(from);
    }
    static void destroy(std::byte* room) noexcept { get(room).~Held(); }
};

template <class Held>
struct Pullback::InBlock {
    using Allocator = PoolAllocator<Held>;
    static Held*& block(std::byte* room) { return *std::launder(reinterpret_cast<Held**>(room)); }
    static Held& get(std::byte* room) { return *block(room); }
    static void put(std::byte* room, Held&& held) {
        Held* const block = Allocator().allocate(1);
        try {
            new (block) Held(std::move(held));
        } catch (...) {
            Allocator().deallocate(block, 1);
            throw;
        }
        new (room) Held*(block);
    }
    static void move(std::byte* from, std::byte* to) noexcept { new (to) Held*(block(from)); }
    static void destroy(std::byte* room) noexcept {
        get(room).~Held();
        Allocator().deallocate(block(room), 1);
    }
};

}  // namespace xtape
