#pragma once

#include <cstdint>
#include <optional>

#include <xtape/losses/label_smoothed_cross_entropy.hpp>

namespace xtape {

inline LabelSmoothedCrossEntropy criterion_with(double smoothing,
                                                std::optional<std::int64_t> ignore_index = {},
                                                Reduction reduction = Reduction::sum,
                                                Convention convention = Convention::uniform) {
    LabelSmoothedCrossEntropy criterion;
    criterion.smoothing = smoothing;
    criterion.ignore_index = ignore_index;
    criterion.reduction = reduction;
    criterion.convention = convention;
    return criterion;
}

}  // namespace xtape
