#include "trainer.hpp"

#include <chrono>
#include <optional>

#include <fmt/core.h>
#include <xtape/core/errors.hpp>

#include "plan.hpp"
#include "training_step.hpp"

using namespace xtape;

namespace g2p {

namespace {

class Stopwatch {
public:
    double seconds() const {
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
    }

private:
    std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

ProgressNumbers numbers_of(const TrainingStep& step, const Plan& plan, double seconds) {
    ProgressNumbers numbers;
    numbers.step = step.count();
    numbers.steps = plan.steps();
    numbers.loss = step.loss();
    numbers.nll = step.nll();
    numbers.tokens_per_second = static_cast<double>(step.tokens()) / seconds;
    numbers.seconds = seconds;
    numbers.seconds_left = plan.seconds_left();
    return numbers;
}

/// The best weights so far, by words of the development set.
class Best {
public:
    bool beaten_by(const Score& score) const { return !score_ || score.wrong < score_->wrong; }

    void keep(const Score& score, const Parameters& parameters) {
        score_ = score;
        weights_.clear();
        for (const auto& [name, variable] : parameters) {
            weights_.push_back(variable.value());
        }
    }
    Score restore(const Parameters& parameters) const {
        auto weights = weights_.begin();
        for (auto [name, variable] : parameters) {
            variable.assign(*weights++);
        }
        return *score_;
    }

private:
    std::optional<Score> score_;
    std::vector<Array> weights_;
};

}  // namespace

Score train(Pronouncer& model, const std::vector<Word>& words, const std::vector<Word>& dev,
            const TrainingSettings& settings, const Interrupt& interrupt,
            const std::function<void()>& improved) {
    const std::vector<Example> examples = make_examples(words, model.letters, model.phones);
    if (examples.empty()) {
        throw ValueError("train: there are no words to learn from");
    }
    const BatchSize size{settings.batch_words, most_tokens};
    const Random shuffles(settings.seed, 2);
    Workers workers(settings.threads);
    TrainingStep step(model, settings, workers);
    Plan plan(settings);
    Progress progress;
    const Stopwatch watch;
    Best best;
    std::size_t evaluated_at = 0;  // a step

    const auto evaluate = [&] {
        evaluated_at = step.count();
        step.exchange_weights();
        const Score score = score_of(pronounce(model, dev, workers), dev);
        progress.print(fmt::format("after step {}: development {}", step.count(), summary(score)));
        if (best.beaten_by(score)) {
            best.keep(score, model.parameters());
            improved();
        }
        step.exchange_weights();
    };

    for (std::size_t epoch = 0; !plan.is_done() && !interrupt.requested(); ++epoch) {
        for (const Batch& batch : shuffled_batches(examples, size, shuffles.split(epoch))) {
            step(batch, plan.rate());
            plan.advance(step.count(), watch.seconds());
            progress.show(numbers_of(step, plan, watch.seconds()));
            if (plan.evaluation_is_due()) {
                evaluate();
            }
            if (plan.is_done() || interrupt.requested()) {
                break;
            }
        }
    }
    progress.finish();
    if (evaluated_at != step.count()) {
        evaluate();
    }
    return best.restore(model.parameters());
}

}  // namespace g2p
