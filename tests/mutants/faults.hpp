#pragma once

#include <optional>
#include <string>
#include <vector>

#include <xtape/core/detail/interception.hpp>

namespace xtape {

/// The ways in which a rule is made wrong.
enum class Kind {
    negated,
    zero,
    doubled,
    off_by_1e_7,    // times 1 + 1e-7
    one_entry_off,  // its largest element times 1 + 1e-6
    first_two_swapped,
    transposed,          // the last two axes, where they are equally long
    ignores_g,           // takes ones for it
    not_a_number,        // in one element
    detached,            // right, but the next derivative does not see where it comes from
    assigned,            // where it has to add into a gradient that is there
    operands_exchanged,  // with the rule of the next operand
};

const std::vector<Kind>& all_kinds();
const char* name_of(Kind kind);

/// One wrong rule: that of operand `slot` of every operation of this name.
struct Fault {
    std::string op;
    std::size_t slot;
    Kind kind;
};

std::string to_string(const Fault& fault);

/// From "Exp:0:negated".
std::optional<Fault> parse_fault(const std::string& text);

/// What makes it so. `effects` counts how often a rule then returned other numbers than the right one,
/// or was another operand's.
Interception::See making(const Fault& fault, std::size_t& effects);

}  // namespace xtape
