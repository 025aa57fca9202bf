#pragma once

#include <cmath>
#include <functional>

#include <xtape/core/gradient_check.hpp>
#include <xtape/core/tape.hpp>
#include <xtape/losses/label_smoothed_cross_entropy.hpp>

namespace xtape {

// What all exhibits look at: three tokens over five classes, whose losses are known to many digits.
// The last token is PAD where class 0 is. The smoothing is 0.1.

inline const Array known_lprobs = {
    {std::log(.1), std::log(.2), std::log(.4), std::log(.2), std::log(.1)},
    {std::log(.3), std::log(.3), std::log(.2), std::log(.1), std::log(.1)},
    {std::log(.05), std::log(.05), std::log(.1), std::log(.3), std::log(.5)}};
inline const Index known_target = {2, 1, 0};
inline constexpr std::int64_t known_pad = 0;

constexpr Real known_nll = 2.120263536200091;     // of the two tokens that are not PAD
constexpr Real known_smooth = 17.36289044980451;  // the sum of -log p over all classes of both
constexpr Real known_loss = 2.255494991576172;    // 0.9 nll + 0.1 / 5 smooth

/// The criterion of this library for these tokens.
inline LabelSmoothedCrossEntropy our_criterion(Reduction reduction = Reduction::sum) {
    LabelSmoothedCrossEntropy criterion;
    criterion.ignore_index = known_pad;
    criterion.reduction = reduction;
    return criterion;
}

/// A loss as a function of the log-probabilities alone.
using Loss = std::function<Variable(const Variable& lprobs)>;

inline Array gradient_of(const Loss& loss, const Array& lprobs) {
    const Variable x(lprobs);
    Tape tape;
    return tape.gradients(loss(x), {x})[0].value();
}

/// What the authors of most exhibits could have run, and what would have told them nothing.
inline CheckReport check(const Loss& loss, const Array& lprobs = known_lprobs) {
    return gradient_check([&loss](const auto& in) { return loss(in[0]); }, {lprobs},
                          {Stencil::linear});
}

/// The known log-probabilities with other numbers in the row of PAD.
inline Array with_other_padding(Real number) {
    Array lprobs = known_lprobs;
    for (std::size_t j = 0; j < 5; ++j) {
        lprobs(2, j) = number;
    }
    return lprobs;
}

}  // namespace xtape
