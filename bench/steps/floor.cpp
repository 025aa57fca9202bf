// What no system can do without: the products of a step by BLAS and a pass for every step that goes
// over the numbers one by one, into memory that is there. `steps_floor CASE THREADS SECONDS PADDING`,
// where PADDING is "counted" or "left out"; threads have a share of the rows each.
//
// `steps_floor CASE` prints what a step of the case is made of.

#include <cblas.h>

#include <algorithm>
#include <cmath>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <thread>
#include <utility>

#include "bench/support/buffer.hpp"
#include "bench/support/measure.hpp"
#include "work.hpp"

namespace {

using namespace steps_bench;

using bench::Buffer;

/// As little as a pass can be: x <- x / 2 + 1, where it stands.
void go_over(float* x, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
        x[i] = 0.5F * x[i] + 1;
    }
}

/// The way back reads what was found, as g <- g x.
void go_back(const float* x, float* g, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
        g[i] *= x[i];
    }
}

/// C <- A B, the first or second being transposed as it lies in memory.
void multiply(CBLAS_TRANSPOSE transpose_a, CBLAS_TRANSPOSE transpose_b, std::size_t rows,
              std::size_t inner, std::size_t columns, const float* a, const float* b, float* c) {
    const auto m = static_cast<blasint>(rows), k = static_cast<blasint>(inner),
               n = static_cast<blasint>(columns);
    cblas_sgemm(CblasRowMajor, transpose_a, transpose_b, m, n, k, 1, a,
                transpose_a == CblasTrans ? m : k, b, transpose_b == CblasTrans ? k : n, 0, c, n);
}

/// Memory for everything that a thread needs, side by side; what is not used costs nothing.
class Room {
public:
    explicit Room(std::size_t numbers) : free_(numbers), all_(numbers), next_(all_.data()) {}

    float* take(std::size_t numbers) {
        if (numbers > free_) {
            throw std::logic_error("the room is too small");
        }
        free_ -= numbers;
        std::fill_n(next_, numbers, 0.01F);
        return std::exchange(next_, next_ + numbers);
    }

private:
    std::size_t free_;
    Buffer all_;
    float* next_;
};

struct Span {
    float* data;
    std::size_t size;
};

/// Every stage of the way back reads the gradient of its result in one place, and writes that of
/// its operand to the other.
struct Gradients {
    float *of_result, *of_operand;
};

/// A piece of work. It reads what the stage before found if that is enough, and keeps operands and
/// results for the way back; a pass works where its numbers stand.
class Stage {
public:
    Stage(const Work& work, Span before, Room& room)
        : work_(work),
          matrices_(work.kind == Kind::pairs ? work.count : 1),
          x_(before.size < operand_size() ? room.take(operand_size()) : before.data) {
        if (!is_pass()) {
            w_ = room.take(matrices_ * weight_size());
            dw_ = room.take(matrices_ * weight_size());
            y_ = room.take(work.count * result_size());
        }
    }

    Span result() const {
        return is_pass() ? Span{x_, operand_size()} : Span{y_, work_.count * result_size()};
    }

    void forward() const {
        if (is_pass()) {
            return go_over(x_, operand_size());
        }
        for (std::size_t i = 0; i < work_.count; ++i) {
            multiply(CblasNoTrans, CblasNoTrans, work_.rows, work_.inner, work_.columns, x(i), w(i),
                     y_ + i * result_size());
        }
    }

    void backward(const Gradients& gradients) const {
        const auto [dy, dx] = gradients;
        if (is_pass()) {
            return go_back(x_, dx, operand_size());
        }
        for (std::size_t i = 0; i < work_.count; ++i) {
            multiply(CblasNoTrans, CblasTrans, work_.rows, work_.columns, work_.inner,
                     dy + i * result_size(), w(i), dx + i * work_.rows * work_.inner);
        }
        // Products with the same weights are one here.
        const std::size_t rows = work_.rows * work_.count / matrices_;
        for (std::size_t i = 0; i < matrices_; ++i) {
            multiply(CblasTrans, CblasNoTrans, work_.inner, rows, work_.columns, x(i),
                     dy + i * result_size(), dw_ + i * weight_size());
        }
    }

private:
    bool is_pass() const { return work_.kind == Kind::pass; }
    std::size_t weight_size() const { return work_.inner * work_.columns; }
    std::size_t result_size() const { return work_.rows * work_.columns; }
    std::size_t operand_size() const {
        return work_.count * work_.rows * (is_pass() ? work_.columns : work_.inner);
    }
    const float* x(std::size_t i) const { return x_ + i * work_.rows * work_.inner; }
    const float* w(std::size_t i) const { return w_ + i % matrices_ * weight_size(); }

    Work work_;
    std::size_t matrices_;  // of weights
    float *x_, *w_ = nullptr, *dw_ = nullptr, *y_ = nullptr;
};

/// A thread's part of a step.
class Share {
public:
    Share(const std::vector<Work>& work, std::size_t parameters)
        : room_(4 * parameters + numbers_of(work)), parameters_(parameters) {
        for (float** numbers : {&x_, &g_, &m_, &v_}) {
            *numbers = room_.take(parameters);
        }
        const std::size_t most = most_numbers(work);
        gradients_ = {room_.take(most), room_.take(most)};
        for (const Work& piece : work) {
            stages_.emplace_back(piece, stages_.empty() ? Span{} : stages_.back().result(), room_);
        }
    }

    void forward() {
        for (const Stage& stage : stages_) {
            stage.forward();
        }
    }

    void backward() {
        for (auto stage = stages_.rbegin(); stage != stages_.rend(); ++stage) {
            stage->backward(gradients_);
        }
    }

    /// Adam, of this thread's parameters.
    void optimise() {
        for (std::size_t i = 0; i < parameters_; ++i) {
            m_[i] = 0.9F * m_[i] + 0.1F * g_[i];
            v_[i] = 0.999F * v_[i] + 0.001F * g_[i] * g_[i];
            x_[i] -= 0.001F * m_[i] / (std::sqrt(v_[i]) + 1e-8F);
        }
    }

private:
    static std::size_t most_numbers(const std::vector<Work>& work) {
        std::size_t most = 0;
        for (const auto [kind, rows, inner, columns, count] : work) {
            most = std::max(most, rows * count * std::max(inner, columns));
        }
        return most;
    }

    /// At most.
    static std::size_t numbers_of(const std::vector<Work>& work) {
        std::size_t numbers = 2 * most_numbers(work);
        for (const auto [kind, rows, inner, columns, count] : work) {
            numbers += count * (rows * (inner + columns) + 2 * inner * columns);
        }
        return numbers;
    }

    Room room_;
    Gradients gradients_{};
    std::vector<Stage> stages_;
    std::size_t parameters_;
    float *x_, *g_, *m_, *v_;
};

class Floor {
public:
    Floor(const Case& problem, Sizes sizes, std::size_t threads) {
        threads = std::min(threads, sizes.rows);
        sizes.rows /= threads;
        for (std::size_t i = 0; i < threads; ++i) {
            shares_.emplace_back(forward_work(problem, sizes), parameter_count(problem) / threads);
        }
    }

    bench::Times step() {
        bench::Stopwatch watch;
        bench::Times times;
        for (const auto part : {&Share::forward, &Share::backward, &Share::optimise}) {
            on_all(part);
            times.push_back(watch.lap());
        }
        return times;
    }

private:
    void on_all(void (Share::*part)()) {
        std::vector<std::thread> others;
        for (std::size_t i = 1; i < shares_.size(); ++i) {
            others.emplace_back(part, &shares_[i]);
        }
        (shares_[0].*part)();
        for (std::thread& other : others) {
            other.join();
        }
    }

    std::vector<Share> shares_;
};

Padding padding_named(const std::string& name) {
    if (name != "counted" && name != "left out") {
        throw std::invalid_argument("padding is counted or left out, not " + name);
    }
    return name == "counted" ? Padding::counted : Padding::left_out;
}

void measure_floor(char** argv) {
    const Case problem = find_case(argv[1]);
    const Sizes sizes = sizes_of(problem, padding_named(argv[4]));
    openblas_set_num_threads(1);
    std::unique_ptr<Floor> floor;
    const auto first = [&] {
        floor = std::make_unique<Floor>(problem, sizes, std::stoul(argv[2]));
        floor->step();
    };
    bench::measure(
        first, {"forward_milliseconds", "backward_milliseconds", "optimiser_milliseconds"},
        [&] { return floor->step(); }, std::stod(argv[3]));
}

void describe(const Case& problem) {
    const auto flops = [&](Padding padding) {
        return step_flops(forward_work(problem, sizes_of(problem, padding)));
    };
    std::size_t tokens = 0;
    for (const Batch& batch : make_batches(problem)) {
        tokens += batch.target_tokens;
    }
    std::cout.precision(9);
    std::cout << "{\"flops\": " << flops(Padding::counted)
              << ", \"flops_without_padding\": " << flops(Padding::left_out)
              << ", \"tokens\": " << static_cast<double>(tokens) / batch_count
              << ", \"parameters\": " << parameter_count(problem) << "}\n";
}

}  // namespace

int main(int argc, char** argv) {
    return bench::guarded(argv[0], [&] {
        if (argc == 2) {
            describe(find_case(argv[1]));
        } else if (argc == 5) {
            measure_floor(argv);
        } else {
            throw std::invalid_argument("expected CASE, or CASE THREADS SECONDS PADDING");
        }
    });
}
