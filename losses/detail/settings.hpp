#pragma once

#include <xtape/losses/label_smoothed_cross_entropy.hpp>

namespace xtape {

/// Throws what the criterion promises for settings out of their range.
void require_settings(const LabelSmoothedCrossEntropy& criterion, std::size_t classes);

/// Throws ValueError if there is a z-loss, where only log-probabilities are.
void require_no_z_loss(const LabelSmoothedCrossEntropy& criterion);

/// Throws ValueError unless the convention is uniform, where there is no single target.
void require_uniform(const LabelSmoothedCrossEntropy& criterion);

}  // namespace xtape
