#pragma once

#include <xtape/losses/label_smoothed_cross_entropy.hpp>
#include <xtape/train/adam.hpp>
#include <xtape/train/average.hpp>
#include <xtape/train/data_parallel.hpp>
#include <xtape/core/workers.hpp>

#include "batches.hpp"
#include "pronouncer.hpp"
#include "trainer.hpp"

namespace g2p {

/// One step of the optimiser at a time, and what it showed.
class TrainingStep {
public:
    TrainingStep(Pronouncer& model, const TrainingSettings& settings, xtape::Workers& workers);

    void operator()(const Batch& batch, double rate);

    std::size_t count() const { return count_; }
    std::size_t tokens() const { return tokens_; }  // of all steps, PAD not counted
    double loss() const { return loss_.mean(); }    // per token, over the latest steps
    double nll() const { return nll_.mean(); }      // the same without smoothing

    /// Exchanges the model's weights and their moving average.
    void exchange_weights() { average_.exchange(); }

private:
    /// A mean over tokens in which the last twenty steps count most.
    class Latest {
    public:
        void add(double sum, std::size_t tokens) {
            sum_ = 0.95 * sum_ + sum;
            tokens_ = 0.95 * tokens_ + static_cast<double>(tokens);
        }
        double mean() const { return sum_ / tokens_; }

    private:
        double sum_ = 0;
        double tokens_ = 0;
    };

    Pronouncer& model_;
    const TrainingSettings& settings_;
    xtape::Workers& workers_;
    xtape::Parameters parameters_;
    xtape::Adam adam_;
    xtape::MovingAverage average_;
    xtape::Random random_;
    xtape::LabelSmoothedCrossEntropy criterion_;
    xtape::LabelSmoothedCrossEntropy unsmoothed_;
    Latest loss_, nll_;
    std::size_t count_ = 0;
    std::size_t tokens_ = 0;
};

}  // namespace g2p
