#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <variant>
#include <vector>

#include <xtape/core/array.hpp>
#include <xtape/core/shared.hpp>

namespace xtape {

namespace detail {
inline thread_local std::size_t recording_tapes = 0;  // here, because every operator asks
}

/// Whether any tape is recording on this thread.
inline bool is_recording() {
    return detail::recording_tapes > 0;
}

/// A setting of an operator, for people who look at a tape: {"axis", -1}.
struct Attribute {
    using Value = std::variant<bool, std::int64_t, double, Axes>;

    Attribute(const char* key, bool flag) : name(key), value(flag) {}
    Attribute(const char* key, int number) : name(key), value(std::int64_t{number}) {}
    Attribute(const char* key, std::ptrdiff_t axis) : name(key), value(std::int64_t{axis}) {}
    Attribute(const char* key, std::size_t extent)
        : name(key), value(static_cast<std::int64_t>(extent)) {}
    Attribute(const char* key, double number) : name(key), value(number) {}
    Attribute(const char* key, float number) : name(key), value(double{number}) {}
    Attribute(const char* key, Axes list) : name(key), value(std::move(list)) {}

    // The list is copied outside of the variant: libstdc++ 12 takes it that a variant of these types
    // always has a value, and reads past its table when a copy fails inside.
    Attribute(const Attribute& other) : name(other.name), value(false) {
        std::visit([this](auto copy) { value = std::move(copy); }, other.value);
    }
    Attribute(Attribute&&) = default;
    Attribute& operator=(Attribute other) noexcept {
        name = other.name;
        value = std::move(other.value);
        return *this;
    }

    const char* name;
    Value value;
};

/// The settings of an operation. Copies share one list, and nothing is kept while nobody records.
class Attributes {
public:
    Attributes() = default;
    Attributes(std::initializer_list<Attribute> settings) {
        if (is_recording()) {
            list_ = Shared<List>::make(settings);
        }
    }

    bool empty() const { return begin() == end(); }
    const Attribute* begin() const { return list_ ? list_->data() : nullptr; }
    const Attribute* end() const { return list_ ? list_->data() + list_->size() : nullptr; }

private:
    using List = std::vector<Attribute, PoolAllocator<Attribute>>;
    Shared<List> list_;
};

/// What was done: the operator's name and its settings. "Exp" or {"Scale", {{"c", 2.0}}}.
/// Names are string literals: a tape keeps the pointer.
struct Operation {
    Operation(const char* op) : name(op) {}
    Operation(const char* op, Attributes settings) : name(op), attributes(std::move(settings)) {}

    const char* name;
    Attributes attributes;
};

}  // namespace xtape
