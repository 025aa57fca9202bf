#pragma once

#include <iosfwd>
#include <string>

#include <xtape/losses/label_smoothed_cross_entropy.hpp>
#include "tests/fuzz/bytes.hpp"

namespace fuzz {

/// One call of the criterion. In rows of PAD the scores may be anything; in other rows all are
/// finite but for -inf where the target is not.
struct CriterionCase {
    xtape::LabelSmoothedCrossEntropy criterion;
    bool from_logits;
    xtape::Array scores;     // [..., V]; a single number now and then, which is an error
    xtape::Index target;     // [...] or [..., 1], or an error
    xtape::Array cotangent;  // [...]  of the loss matrix

    std::size_t classes() const { return scores.shape().back(); }
    std::size_t rows() const { return target.size(); }
    bool is_pad(std::size_t row) const;
};

CriterionCase draw_case(Bytes& bytes);

/// The error that the header promises for this call: "ShapeError", "IndexError", "ValueError" or "".
std::string promised_error(const CriterionCase& c);

/// The call in words, to be read when it fails.
std::ostream& operator<<(std::ostream& out, const CriterionCase& c);

}  // namespace fuzz
