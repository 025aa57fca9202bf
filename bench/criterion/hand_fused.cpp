// The hand-fused kernel, from logits and behind a projection in blocks of rows.

#include <cblas.h>

#include <algorithm>
#include <memory>
#include <numeric>
#include <vector>

#include "bench/support/buffer.hpp"
#include "fused/fused.hpp"
#include "measure.hpp"

namespace {

using namespace criterion_bench;
using bench::Buffer;

std::vector<std::int64_t> make_target(const Case& problem) {
    std::vector<std::int64_t> target;
    for (std::size_t i = 0; i < problem.rows; ++i) {
        target.push_back(target_at(i, problem.classes));
    }
    return target;
}

class FromLogits {
public:
    explicit FromLogits(const Task& task)
        : problem_(task.problem),
          team_(task.threads),
          logits_(problem_.rows * problem_.classes),
          gradient_(problem_.rows * problem_.classes),
          target_(make_target(problem_)) {
        fill(logits_.data(), problem_.rows, problem_.classes, logit_at);
    }

    void operator()(const Look& look) {
        const double loss =
            fused_criterion({logits_.data(), target_.data(), gradient_.data(), problem_.rows,
                             problem_.classes, smoothing, ignore_index, false},
                            team_);
        look(loss, {gradient_.data()});
    }

private:
    Case problem_;
    Team team_;
    Buffer logits_, gradient_;
    std::vector<std::int64_t> target_;
};

/// A share of the rows: what a thread reads and writes, alone.
struct Share {
    Share(std::size_t first_row, std::size_t last_row, std::size_t width, std::size_t classes)
        : first(first_row),
          last(last_row),
          logits(std::min(last - first, block) * classes),
          dweight(width * classes),
          dbias(classes) {}

    static constexpr std::size_t block = 256;

    std::size_t first, last;
    Buffer logits, dweight, dbias;
};

class Projection {
public:
    explicit Projection(const Task& task)
        : problem_(task.problem),
          team_(task.threads),
          hidden_(problem_.rows * problem_.width),
          weight_(problem_.width * problem_.classes),
          bias_(problem_.classes),
          dhidden_(problem_.rows * problem_.width),
          target_(make_target(problem_)) {
        openblas_set_num_threads(1);
        fill(hidden_.data(), problem_.rows, problem_.width, hidden_at);
        fill(weight_.data(), problem_.width, problem_.classes, weight_at);
        fill(bias_.data(), 1, problem_.classes,
             [](std::size_t, std::size_t j) { return bias_at(j); });
        for (std::size_t i = 0; i < team_.size(); ++i) {
            shares_.push_back(std::make_unique<Share>(problem_.rows * i / team_.size(),
                                                      problem_.rows * (i + 1) / team_.size(),
                                                      problem_.width, problem_.classes));
        }
    }

    void operator()(const Look& look) {
        std::vector<double> losses(team_.size());
        team_.run([&](std::size_t i) { losses[i] = run(*shares_[i]); });
        const Share& sum = *shares_[0];
        for (std::size_t i = 1; i < team_.size(); ++i) {
            add(shares_[i]->dweight, sum.dweight, problem_.width * problem_.classes);
            add(shares_[i]->dbias, sum.dbias, problem_.classes);
        }
        look(std::accumulate(losses.begin(), losses.end(), 0.0),
             {dhidden_.data(), sum.dweight.data(), sum.dbias.data()});
    }

private:
    static void add(const Buffer& x, const Buffer& sum, std::size_t n) {
        cblas_saxpy(static_cast<blasint>(n), 1, x.data(), 1, sum.data(), 1);
    }

    double run(const Share& share) {
        double loss = 0;
        for (std::size_t i = share.first; i < share.last; i += Share::block) {
            loss += run_block(share, i, std::min(Share::block, share.last - i));
        }
        return loss;
    }

    // z = h W + b; the loss puts its gradient g in its place; dh = g W', dW += h' g, db += 1' g.
    double run_block(const Share& share, std::size_t first, std::size_t rows) {
        const auto n = static_cast<blasint>(rows), v = static_cast<blasint>(problem_.classes),
                   d = static_cast<blasint>(problem_.width);
        const float* h = hidden_.data() + first * problem_.width;
        float* z = share.logits.data();
        const float so_far = first == share.first ? 0.0F : 1.0F;

        for (std::size_t i = 0; i < rows; ++i) {
            std::copy_n(bias_.data(), problem_.classes, z + i * problem_.classes);
        }
        cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, n, v, d, 1, h, d, weight_.data(), v,
                    1, z, v);
        const double loss = fused_criterion(
            {z, target_.data() + first, z, rows, problem_.classes, smoothing, ignore_index, false});
        cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, n, d, v, 1, z, v, weight_.data(), v, 0,
                    dhidden_.data() + first * problem_.width, d);
        cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, d, v, n, 1, h, d, z, v, so_far,
                    share.dweight.data(), v);
        const std::vector<float> ones(rows, 1.0F);
        cblas_sgemv(CblasRowMajor, CblasTrans, n, v, 1, z, v, ones.data(), 1, so_far,
                    share.dbias.data(), 1);
        return loss;
    }

    Case problem_;
    Team team_;
    Buffer hidden_, weight_, bias_, dhidden_;
    std::vector<std::int64_t> target_;
    std::vector<std::unique_ptr<Share>> shares_;
};

template <class System>
Iteration set_up_as(const Task& task) {
    return [system = std::make_shared<System>(task)](const Look& look) { (*system)(look); };
}

Iteration set_up(const Task& task) {
    return task.problem.width == 0 ? set_up_as<FromLogits>(task) : set_up_as<Projection>(task);
}

}  // namespace

int main(int argc, char** argv) {
    return measure(argc, argv, set_up, Checked::yes, fused_instructions());
}
