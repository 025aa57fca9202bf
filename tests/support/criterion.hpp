#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <xtape/core/tape.hpp>
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

/// The names of the operators that a call notes down.
template <class Call>
std::vector<std::string> operators_of(Call call) {
    Tape tape;
    call();
    std::vector<std::string> names;
    for (const Note& note : tape.notes()) {
        names.push_back(note.op);
    }
    return names;
}

}  // namespace xtape
