#pragma once

#include <functional>
#include <string>

#include "batches.hpp"
#include "evaluation.hpp"
#include "interrupt.hpp"
#include "progress.hpp"

namespace g2p {

/// How to train. The defaults fit some ten thousand words and a few minutes.
struct TrainingSettings {
    std::size_t steps = 5600;   // planned; fewer if they do not fit into `minutes`
    double minutes = 0;         // of wall-clock time; 0: no limit
    bool fill_minutes = false;  // go on until the time is up, however many steps that takes
    std::size_t batch_words = 128;
    std::size_t threads = 2;
    std::uint64_t seed = 1;
    double smoothing = 0.1;
    double peak_rate = 3e-3;    // of Adam, reached after the warm-up
    std::size_t warm_up = 200;  // steps
    double cool_down = 0.3;     // the last part of the plan, in which the rate falls to 0
    double clip_norm = 1;
    double average_decay = 0.998;  // of the moving average of the weights, which is what is kept
    std::size_t evaluations = 6;   // on the development set, spread over the plan
};

/// Trains the model on all pronunciations of `train`, and leaves it with those averaged weights that
/// said most words of `dev` right. `improved` is called whenever they are better than before.
///
/// Each step cuts its batch into one share for each thread, differentiates each on its own tape and
/// sums the gradients in the order of the shares. So the result depends on the seed and the
/// number of threads, not on their timing, unless `minutes` cuts the plan short.
///
/// Returns the score on `dev` of the weights that are kept.
Score train(Pronouncer& model, const std::vector<Word>& train, const std::vector<Word>& dev,
            const TrainingSettings& settings, const Interrupt& interrupt,
            const std::function<void()>& improved);

}  // namespace g2p
