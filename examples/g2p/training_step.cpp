#include "training_step.hpp"

#include <numeric>

#include <xtape/ops/arithmetic.hpp>
#include <xtape/ops/log_softmax.hpp>
#include <xtape/train/clip.hpp>

#include "shares.hpp"

using namespace xtape;

namespace g2p {

namespace {

LabelSmoothedCrossEntropy criterion_with(double smoothing) {
    LabelSmoothedCrossEntropy criterion;
    criterion.smoothing = smoothing;
    criterion.ignore_index = Vocabulary::pad;
    return criterion;
}

AdamOptions adam_options() {
    AdamOptions options;
    options.beta2 = 0.98;  // a short memory suits a rate that changes
    return options;
}

}  // namespace

TrainingStep::TrainingStep(Pronouncer& model, const TrainingSettings& settings, Workers& workers)
    : model_(model),
      settings_(settings),
      workers_(workers),
      parameters_(model.parameters()),
      adam_(parameters_, adam_options()),
      average_(parameters_, settings.average_decay),
      random_(settings.seed, 1),
      criterion_(criterion_with(settings.smoothing)),
      unsmoothed_(criterion_with(0)) {}

void TrainingStep::operator()(const Batch& batch, double rate) {
    const std::vector<Batch> shares = make_shares(batch, settings_.threads);
    const auto tokens = static_cast<Real>(batch.tokens);
    const Random random_of_step = random_.split(++count_);
    std::vector<double> nll(shares.size());

    // Teacher forcing: at every step the decoder has heard what it should have said before.
    const auto loss_of_share = [&](std::size_t i) {
        Random random = random_of_step.split(i);
        const Variable scores = model_(shares[i].source, shares[i].decoder_input, &random);
        const Variable lprobs = log_softmax(scores, -1);
        nll[i] = static_cast<double>(unsmoothed_(lprobs, shares[i].target).item());
        return scale(criterion_(lprobs, shares[i].target), 1 / tokens);
    };
    auto [losses, gradients] =
        data_parallel_gradients(workers_, shares.size(), parameters_, loss_of_share);

    clip_by_global_norm(gradients, settings_.clip_norm, parameters_);
    adam_.step(gradients, rate);
    average_.update();

    const double loss = std::accumulate(losses.begin(), losses.end(), 0.0);
    loss_.add(loss * static_cast<double>(batch.tokens), batch.tokens);
    nll_.add(std::accumulate(nll.begin(), nll.end(), 0.0), batch.tokens);
    tokens_ += batch.tokens;
}

}  // namespace g2p
