#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <iterator>
#include <limits>
#include <new>
#include <type_traits>
#include <utility>
#include <vector>

#include <xtape/core/memory.hpp>

namespace xtape {

/// A short list of numbers: the extents of an array, or its strides. Two of them lie in the list itself,
/// as most arrays have one or two axes, and more in a block of memory. xtensor's own lists have
/// room for four and three pointers beside it; three of them make up most of a small array.
template <class T>
class Extents {
    static_assert(std::is_trivially_copyable_v<T>);
    template <class It>
    using IfIterator =
        std::enable_if_t<std::is_convertible_v<typename std::iterator_traits<It>::iterator_category,
                                               std::forward_iterator_tag>>;

public:
    using value_type = T;
    using size_type = std::size_t;
    using difference_type = std::ptrdiff_t;
    using reference = T&;
    using const_reference = const T&;
    using pointer = T*;
    using const_pointer = const T*;
    using iterator = T*;
    using const_iterator = const T*;
    using reverse_iterator = std::reverse_iterator<iterator>;
    using const_reverse_iterator = std::reverse_iterator<const_iterator>;

    Extents() noexcept {}
    explicit Extents(std::size_t count, T value = T()) {
        make_room(count);
        std::fill_n(begin(), count, value);
    }
    template <class It, class = IfIterator<It>>
    Extents(It first, It last) {
        make_room(static_cast<std::size_t>(std::distance(first, last)));
        std::transform(first, last, begin(), [](auto number) { return static_cast<T>(number); });
    }
    Extents(std::initializer_list<T> numbers) : Extents(numbers.begin(), numbers.end()) {}
    Extents(const std::vector<T>& numbers) : Extents(numbers.begin(), numbers.end()) {}

    Extents(const Extents& other) : Extents(other.begin(), other.end()) {}
    Extents(Extents&& other) noexcept
        : room_(other.room_), size_(other.size_), capacity_(other.capacity_) {
        other.size_ = 0;
        other.capacity_ = own;
    }
    Extents& operator=(Extents other) noexcept {
        std::swap(room_, other.room_);
        std::swap(size_, other.size_);
        std::swap(capacity_, other.capacity_);
        return *this;
    }
    ~Extents() {
        if (capacity_ > own) {
            PoolAllocator<T>().deallocate(room_.block, capacity_);
        }
    }

    std::size_t size() const noexcept { return size_; }
    bool empty() const noexcept { return size_ == 0; }
    T* data() noexcept { return capacity_ > own ? room_.block : room_.own; }
    const T* data() const noexcept { return capacity_ > own ? room_.block : room_.own; }
    T* begin() noexcept { return data(); }
    const T* begin() const noexcept { return data(); }
    const T* cbegin() const noexcept { return data(); }
    T* end() noexcept { return data() + size_; }
    const T* end() const noexcept { return data() + size_; }
    const T* cend() const noexcept { return data() + size_; }
    reverse_iterator rbegin() noexcept { return reverse_iterator(end()); }
    const_reverse_iterator rbegin() const noexcept { return const_reverse_iterator(end()); }
    const_reverse_iterator crbegin() const noexcept { return const_reverse_iterator(end()); }
    reverse_iterator rend() noexcept { return reverse_iterator(begin()); }
    const_reverse_iterator rend() const noexcept { return const_reverse_iterator(begin()); }
    const_reverse_iterator crend() const noexcept { return const_reverse_iterator(begin()); }

    T& operator[](std::size_t i) noexcept { return data()[i]; }
    const T& operator[](std::size_t i) const noexcept { return data()[i]; }
    T& front() noexcept { return *begin(); }
    const T& front() const noexcept { return *begin(); }
    T& back() noexcept { return *(end() - 1); }
    const T& back() const noexcept { return *(end() - 1); }

    void clear() noexcept { size_ = 0; }
    void pop_back() noexcept { --size_; }
    void push_back(T number) { insert(end(), number); }
    /// New numbers are 0.
    void resize(std::size_t count) {
        if (count > size_) {
            open_gap(size_, count - size_);
        }
        size_ = static_cast<std::uint32_t>(count);
    }
    T* insert(const T* place, T number) {
        T* const gap = open_gap(static_cast<std::size_t>(place - begin()), 1);
        *gap = number;
        return gap;
    }
    template <class It, class = IfIterator<It>>
    T* insert(const T* place, It first, It last) {
        const auto count = static_cast<std::size_t>(std::distance(first, last));
        T* const gap = open_gap(static_cast<std::size_t>(place - begin()), count);
        std::copy(first, last, gap);
        return gap;
    }
    T* erase(const T* place) { return erase(place, place + 1); }
    T* erase(const T* first, const T* last) {
        T* const gap = begin() + (first - begin());
        std::copy(last, cend(), gap);
        size_ -= static_cast<std::uint32_t>(last - first);
        return gap;
    }

    friend bool operator==(const Extents& a, const Extents& b) noexcept {
        return a.size_ == b.size_ && std::equal(a.begin(), a.end(), b.begin());
    }
    friend bool operator!=(const Extents& a, const Extents& b) noexcept { return !(a == b); }
    friend bool operator<(const Extents& a, const Extents& b) noexcept {
        return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end());
    }

private:
    static constexpr std::uint32_t own = 2;

    /// For `count` numbers, in a list that is empty yet.
    void make_room(std::size_t count) {
        if (count > std::numeric_limits<std::uint32_t>::max()) {
            throw std::bad_alloc();
        }
        if (count > own) {
            room_.block = PoolAllocator<T>().allocate(count);
            capacity_ = static_cast<std::uint32_t>(count);
        }
        size_ = static_cast<std::uint32_t>(count);
    }

    /// Makes room for `count` numbers before the one at `place`. They are 0.
    T* open_gap(std::size_t place, std::size_t count) {
        if (size_ + count > capacity_) {
            Extents larger;
            larger.make_room(size_ + count);
            std::copy_n(begin(), place, larger.begin());
            std::copy(begin() + place, end(), larger.begin() + place + count);
            std::swap(*this, larger);
        } else {
            std::copy_backward(begin() + place, end(), end() + count);
            size_ += static_cast<std::uint32_t>(count);
        }
        std::fill_n(begin() + place, count, T());
        return begin() + place;
    }

    union Room {
        T own[Extents::own];
        T* block;
    };
    Room room_ = {};
    std::uint32_t size_ = 0;
    std::uint32_t capacity_ = own;
};

}  // namespace xtape

namespace xt {

// How xtensor gets from the type of a shape to that of strides.
template <class X, class C>
struct rebind_container;

template <class X, class T>
struct rebind_container<X, xtape::Extents<T>> {
    using type = xtape::Extents<X>;
};

}  // namespace xt
