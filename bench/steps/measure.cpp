#include "measure.hpp"

#include <stdexcept>

#include "bench/support/agreement.hpp"
#include "bench/support/measure.hpp"

namespace steps_bench {
namespace {

constexpr std::size_t compared_steps = 10;

/// Steps with one batch after the other.
class Training {
public:
    Training(const Case& problem, Train train)
        : train_(std::move(train)), batches_(make_batches(problem)) {}

    Step step() { return train_(batches_[count_++ % batch_count]); }

    std::vector<float> losses(std::size_t steps) {
        std::vector<float> losses;
        for (std::size_t i = 0; i < steps; ++i) {
            losses.push_back(static_cast<float>(step().loss));
        }
        return losses;
    }

private:
    Train train_;
    std::array<Batch, batch_count> batches_;
    std::size_t count_ = 0;
};

void show(const std::vector<float>& losses, const char* file) {
    if (!(losses.back() < losses.front())) {
        throw std::runtime_error("the losses do not fall: nothing is learned");
    }
    bench::Agreement(file).show(losses.data(), losses.size());
}

}  // namespace

int measure_steps(int argc, char** argv, const SetUp& set_up) {
    return bench::guarded(argv[0], [&] {
        if (argc != 4 && argc != 5) {
            throw std::invalid_argument("expected CASE THREADS SECONDS [FILE]");
        }
        const Case problem = find_case(argv[1]);
        Training training(problem, set_up(problem, std::stoul(argv[2])));
        const auto first = [&] {
            if (argc == 5) {
                show(training.losses(compared_steps), argv[4]);
            } else {
                training.losses(batch_count);
            }
        };
        const auto iterate = [&] {
            const Step step = training.step();
            return bench::Times{step.forward, step.backward, step.optimiser};
        };
        bench::measure(first,
                       {"forward_milliseconds", "backward_milliseconds", "optimiser_milliseconds"},
                       iterate, std::stod(argv[3]));
    });
}

}  // namespace steps_bench
