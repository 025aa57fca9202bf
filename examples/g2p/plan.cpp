#include "plan.hpp"

#include <algorithm>
#include <cmath>

#include <xtape/train/schedule.hpp>

namespace g2p {

Plan::Plan(const TrainingSettings& settings)
    : settings_(settings), steps_(settings.fill_minutes ? 0 : settings.steps) {}

void Plan::advance(std::size_t step, double seconds) {
    constexpr std::size_t enough_to_tell = 20;
    step_ = step;
    seconds_ = seconds;
    const double limit = 60 * settings_.minutes;
    if (settings_.fill_minutes) {
        part_ = std::min(1.0, seconds / limit);
        return;
    }
    if (limit > 0 && step >= enough_to_tell) {
        const auto fitting = static_cast<std::size_t>(static_cast<double>(step) * limit / seconds);
        steps_ = std::max(step, std::min(settings_.steps, fitting));
    }
    part_ = static_cast<double>(step) / static_cast<double>(steps_);
}

double Plan::seconds_left() const {
    return part_ > 0 ? seconds_ * (1 - part_) / part_ : -1;
}

bool Plan::evaluation_is_due() {
    const double due = std::floor(part_ * static_cast<double>(settings_.evaluations));
    if (due <= evaluations_) {
        return false;
    }
    evaluations_ = due;  // those that were missed in between are not made up for
    return true;
}

double Plan::rate() const {
    return xtape::inverse_square_root(step_ + 1, settings_.peak_rate, settings_.warm_up) *
           xtape::linear_cool_down(part_, 1 - settings_.cool_down);
}

}  // namespace g2p
