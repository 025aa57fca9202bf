// The same in libtorch: `operations_torch COUNT THREADS SECONDS FILE`.

#include <torch/torch.h>

#include <memory>

#include "bench/support/passes.hpp"

namespace {

using torch::Tensor;

class Chain {
public:
    explicit Chain(std::size_t operations) : operations_(operations) {}

    void forward() {
        y_ = x_;
        for (std::size_t i = 0; i < operations_; ++i) {
            y_ = y_ * x_;
        }
    }

    void backward(const bench::Look& look) {
        const auto gradients = torch::autograd::grad({y_}, {x_});
        if (look) {
            look(y_.data_ptr<float>(), 1);
            look(gradients[0].data_ptr<float>(), 1);
        }
        y_ = x_;
    }

private:
    std::size_t operations_;
    Tensor x_ = torch::ones({1}).requires_grad_(), y_;
};

}  // namespace

int main(int argc, char** argv) {
    return bench::measure_passes(argc, argv, [](const std::string& operations, int threads) {
        at::set_num_threads(threads);
        const auto chain = std::make_shared<Chain>(std::stoul(operations));
        return bench::Passes{[chain] { chain->forward(); },
                             [chain](const bench::Look& look) { chain->backward(look); }};
    });
}
