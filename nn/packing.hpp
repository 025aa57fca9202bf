#pragma once

#include <xtape/ops/heads.hpp>

namespace xtape {

/// The tokens of a padded batch as rows without PAD, so that layers that treat every token for itself
/// do no work on PAD: N tokens among B S positions.
///
///     padding  [B, S], true at PAD; ShapeError otherwise
class Packing {
public:
    explicit Packing(const Mask& padding);

    /// [B, S, width] -> [N, width]. What stands at PAD is not read and gets no gradient; ShapeError
    /// for other shapes.
    Variable pack(Variable x) const;

    /// [N, width] -> [B, S, width], with zeros at PAD; ShapeError for other shapes.
    Variable unpack(const Variable& rows) const;

    /// Which rows belong together.
    const Sequences& sequences() const { return sequences_; }

private:
    bool has_padding() const { return sequences_.rows() != batch_[0] * batch_[1]; }

    Shape batch_;  // B, S
    Sequences sequences_;
    Index places_;  // [N], counted through all positions
};

}  // namespace xtape
