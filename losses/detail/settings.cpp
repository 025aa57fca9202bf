#include <xtape/losses/detail/settings.hpp>

#include <algorithm>
#include <cmath>

#include <xtape/core/errors.hpp>
#include <xtape/losses/detail/reduction.hpp>

namespace xtape {

namespace {

constexpr const char* name = "label_smoothed_cross_entropy";

void require_convention(const LabelSmoothedCrossEntropy& criterion, std::size_t classes) {
    const std::size_t needed = criterion.convention == Convention::uniform         ? 1
                               : criterion.convention == Convention::wrong_classes ? 2
                                                                                   : 3;
    if (classes < needed) {
        throw ValueError(text(name, ": the vocabulary has ", classes,
                              " classes; this convention needs at least ", needed));
    }
    switch (criterion.convention) {
        case Convention::uniform:
        case Convention::wrong_classes:
            return;
        case Convention::without_padding:
            if (criterion.ignore_index && *criterion.ignore_index >= 0 &&
                *criterion.ignore_index < static_cast<std::int64_t>(classes)) {
                return;
            }
            throw ValueError(text(name,
                                  ": Convention::without_padding takes the mass off the class "
                                  "ignore_index; it must be set and in [0, ",
                                  classes, ")"));
    }
    throw ValueError(text(name, ": there is no such convention"));
}

void require_a_number_for_each_class(const char* what, const Array& numbers, std::size_t classes) {
    if (numbers.shape() != Shape{classes}) {
        throw ShapeError(text(name, ": ", what, " has shape ", numbers.shape(), " and there are ",
                              classes, " classes; it must be [", classes, "]"));
    }
}

void require_weights(const Array& weights, std::size_t classes) {
    require_a_number_for_each_class("class_weight", weights, classes);
    for (std::size_t k = 0; k < classes; ++k) {
        const Real w = weights.data()[k];
        if (!(w >= 0 && std::isfinite(w))) {
            throw ValueError(text(name, ": class_weight ", w, " of class ", k,
                                  " must be at least 0 and finite"));
        }
    }
}

/// For each class, whether it is to have none of the smoothed mass, whatever the target.
std::vector<bool> without_share(const LabelSmoothedCrossEntropy& criterion, std::size_t classes) {
    std::vector<bool> without(classes, false);
    for (const std::int64_t k : criterion.excluded) {
        if (k < 0 || static_cast<std::uint64_t>(k) >= classes) {
            throw IndexError(
                text(name, ": the excluded class ", k, " is outside [0, ", classes, ")"));
        }
        without[static_cast<std::size_t>(k)] = true;
    }
    if (criterion.convention == Convention::without_padding) {
        without[static_cast<std::size_t>(*criterion.ignore_index)] = true;
    }
    return without;
}

void require_shares(const LabelSmoothedCrossEntropy& criterion, std::size_t classes) {
    if (criterion.excluded.empty() && !criterion.prior) {
        return;  // no pass over the classes for what is even
    }
    const std::vector<bool> without = without_share(criterion, classes);
    if (criterion.smoothing > 0 && std::count(without.begin(), without.end(), false) == 0) {
        throw ValueError(text(name, ": all ", classes, " classes are excluded; smoothing ",
                              criterion.smoothing, " needs one to go to"));
    }
    if (!criterion.prior) {
        return;
    }
    require_a_number_for_each_class("prior", *criterion.prior, classes);
    require_sum_of_one(name, "prior", criterion.prior->data(), classes);
    for (std::size_t k = 0; k < classes; ++k) {
        if (without[k] && criterion.prior->data()[k] > 0) {
            throw ValueError(text(name, ": prior gives ", criterion.prior->data()[k],
                                  " to the excluded class ", k, "; it must give 0"));
        }
    }
}

}  // namespace

void require_settings(const LabelSmoothedCrossEntropy& criterion, std::size_t classes) {
    if (!(criterion.smoothing >= 0 && criterion.smoothing <= 1)) {
        throw ValueError(text(name, ": smoothing ", criterion.smoothing, " is outside [0, 1]"));
    }
    require_convention(criterion, classes);
    require_shares(criterion, classes);
    if (criterion.class_weight) {
        require_weights(*criterion.class_weight, classes);
    }
    if (!(criterion.z_loss >= 0 && std::isfinite(criterion.z_loss))) {
        throw ValueError(
            text(name, ": z_loss ", criterion.z_loss, " must be at least 0 and finite"));
    }
    require_normaliser(name, criterion.reduction, criterion.normaliser);
}

void require_no_z_loss(const LabelSmoothedCrossEntropy& criterion) {
    if (criterion.z_loss != 0) {
        throw ValueError(text(name, ": z_loss ", criterion.z_loss,
                              " is of log Z, which log-probabilities no longer know; call "
                              "from_logits"));
    }
}

void require_uniform(const LabelSmoothedCrossEntropy& criterion) {
    if (criterion.convention != Convention::uniform) {
        throw ValueError(text(name,
                              ": a distribution has no single target to take the smoothed mass "
                              "off; the convention must be uniform"));
    }
}

}  // namespace xtape
