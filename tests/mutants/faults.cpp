#include "tests/mutants/faults.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>

#include <xtape/ops/arithmetic.hpp>

namespace xtape {

namespace {

struct Named {
    Kind kind;
    const char* name;
};
constexpr Named names[] = {
    {Kind::negated, "negated"},
    {Kind::zero, "zero"},
    {Kind::doubled, "doubled"},
    {Kind::off_by_1e_7, "off_by_1e-7"},
    {Kind::one_entry_off, "one_entry_off"},
    {Kind::first_two_swapped, "first_two_swapped"},
    {Kind::transposed, "transposed"},
    {Kind::ignores_g, "ignores_g"},
    {Kind::not_a_number, "not_a_number"},
    {Kind::detached, "detached"},
    {Kind::assigned, "assigned"},
    {Kind::operands_exchanged, "operands_exchanged"},
};

void change_largest(Array& a) {
    const auto smaller = [](Real v, Real w) { return std::abs(v) < std::abs(w); };
    if (a.size() > 0) {
        *std::max_element(a.data(), a.data() + a.size(), smaller) *= static_cast<Real>(1 + 1e-6);
    }
}

void transpose_last_two(Array& a) {
    const Shape& shape = a.shape();
    const std::size_t rank = shape.size();
    if (rank < 2 || shape[rank - 1] != shape[rank - 2]) {
        return;
    }
    const std::size_t n = shape[rank - 1];
    for (std::size_t first = 0; first < a.size(); first += n * n) {
        for (std::size_t i = 0; i < n; ++i) {
            for (std::size_t j = 0; j < i; ++j) {
                std::swap(a.data()[first + i * n + j], a.data()[first + j * n + i]);
            }
        }
    }
}

/// dL/dx as the fault has it.
Array changed(Array share, Kind kind) {
    switch (kind) {
        case Kind::negated:
            share *= -1;
            break;
        case Kind::zero:
            share.fill(0);
            break;
        case Kind::doubled:
            share *= 2;
            break;
        case Kind::off_by_1e_7:
            share *= static_cast<Real>(1 + 1e-7);
            break;
        case Kind::one_entry_off:
            change_largest(share);
            break;
        case Kind::first_two_swapped:
            if (share.size() > 1) {
                std::swap(share.data()[0], share.data()[1]);
            }
            break;
        case Kind::transposed:
            transpose_last_two(share);
            break;
        case Kind::not_a_number:
            if (share.size() > 0) {
                share.data()[0] = std::numeric_limits<Real>::quiet_NaN();
            }
            break;
        default:
            break;
    }
    return share;
}

/// -0 and 0 are the same number.
bool differ(const Array& a, const Array& b) {
    return a.shape() != b.shape() || !std::equal(a.begin(), a.end(), b.begin());
}

/// The same value, and to the next derivative the same function but for what was changed.
Variable wrong(const Variable& share, Kind kind, std::size_t& effects) {
    const Array other = changed(share.value(), kind);
    if (kind == Kind::detached) {
        effects += share.value().size() > 0 && is_recording() ? 1 : 0;
        return Variable(Array(share.value()));
    }
    if (!differ(other, share.value())) {
        return share;
    }
    ++effects;
    return share + Variable(Array(other - share.value()));
}

Pullback wrong_rule(Pullback right, Kind kind, std::size_t& effects) {
    return [right = std::move(right), kind, &effects](Variable g) {
        if (kind == Kind::ignores_g) {
            const Variable share = right(Variable(Array(g.shape(), 1)));
            effects += differ(share.value(), right(g).value()) ? 1 : 0;
            return share;
        }
        return wrong(right(g), kind, effects);
    };
}

void assign_instead_of_adding(Input& input, std::size_t& effects) {
    if (input.pullback.can_add()) {
        const auto rule = std::make_shared<const Pullback>(std::move(input.pullback));
        const auto assign = [rule, &effects](Array& gradient, const Array& g) {
            gradient = (*rule)(Variable(Array(g))).value();
            ++effects;
        };
        input.pullback = {[rule](Variable g) { return (*rule)(std::move(g)); }, assign};
    }
}

}  // namespace

const std::vector<Kind>& all_kinds() {
    static const std::vector<Kind> kinds = [] {
        std::vector<Kind> list;
        for (const Named& named : names) {
            list.push_back(named.kind);
        }
        return list;
    }();
    return kinds;
}

const char* name_of(Kind kind) {
    return std::find_if(std::begin(names), std::end(names),
                        [kind](const Named& named) { return named.kind == kind; })
        ->name;
}

std::string to_string(const Fault& fault) {
    return fault.op + ":" + std::to_string(fault.slot) + ":" + name_of(fault.kind);
}

std::optional<Fault> parse_fault(const std::string& text) {
    const std::size_t first = text.find(':');
    const std::size_t second = text.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) {
        return std::nullopt;
    }
    const std::string kind = text.substr(second + 1);
    const auto named = std::find_if(std::begin(names), std::end(names),
                                    [&](const Named& one) { return one.name == kind; });
    if (named == std::end(names)) {
        return std::nullopt;
    }
    return Fault{text.substr(0, first), std::stoul(text.substr(first + 1)), named->kind};
}

Interception::See making(const Fault& fault, std::size_t& effects) {
    return
        [fault, &effects](const Operation& operation, Variable&, Input* inputs, std::size_t count) {
            if (operation.name != fault.op || fault.slot >= count) {
                return;
            }
            Input& input = inputs[fault.slot];
            if (fault.kind == Kind::assigned) {
                assign_instead_of_adding(input, effects);
            } else if (fault.kind == Kind::operands_exchanged) {
                if (fault.slot + 1 < count) {
                    std::swap(input.pullback, inputs[fault.slot + 1].pullback);
                    ++effects;
                }
            } else {
                input.pullback = wrong_rule(std::move(input.pullback), fault.kind, effects);
            }
        };
}

}  // namespace xtape
