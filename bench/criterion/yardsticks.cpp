// What no system can do without. "copy": the logits read and as many numbers written, the fastest
// way of memcpy and of writing past the cache. "gemm-only": the three products of a projection at
// full size, h W, g W' and h' g, into memory that is there.

#include <cblas.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <memory>
#include <vector>

#include "bench/support/buffer.hpp"
#include "measure.hpp"
#include "team.hpp"

#ifdef CRITERION_BENCH_X86
#include <emmintrin.h>
#endif

namespace {

using namespace criterion_bench;
using bench::Buffer;

using Copy = void (*)(float* to, const float* from, std::size_t n);

void copy_through(float* to, const float* from, std::size_t n) {
    std::memcpy(to, from, n * sizeof(float));
}

void copy_past([[maybe_unused]] float* to, [[maybe_unused]] const float* from,
               [[maybe_unused]] std::size_t n) {
#ifdef CRITERION_BENCH_X86
    for (std::size_t i = 0; i + 4 <= n; i += 4) {
        _mm_stream_ps(to + i, _mm_loadu_ps(from + i));
    }
    _mm_sfence();
#endif
}

class Copier {
public:
    explicit Copier(const Task& task)
        : team_(task.threads),
          numbers_(task.problem.rows * task.problem.classes),
          from_(numbers_),
          to_(numbers_) {
        fill(from_.data(), task.problem.rows, task.problem.classes, logit_at);
    }

    void operator()(Copy copy) {
        if (numbers_ < team_.size() << 14) {
            copy(to_.data(), from_.data(), numbers_);
            return;
        }
        const std::size_t quads = numbers_ / 4;  // streams are aligned
        team_.run([&](std::size_t i) {
            const std::size_t first = quads * i / team_.size() * 4;
            copy(to_.data() + first, from_.data() + first,
                 quads * (i + 1) / team_.size() * 4 - first);
        });
    }

    Copy fastest() {
#ifdef CRITERION_BENCH_X86
        return seconds(copy_past) < seconds(copy_through) ? copy_past : copy_through;
#else
        return copy_through;
#endif
    }

private:
    double seconds(Copy copy) {
        std::vector<double> times;
        for (int i = 0; i < 5; ++i) {
            const auto start = std::chrono::steady_clock::now();
            (*this)(copy);
            times.push_back(
                std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
        }
        return *std::min_element(times.begin(), times.end());
    }

    Team team_;
    std::size_t numbers_;
    Buffer from_, to_;
};

Iteration set_up_copy(const Task& task) {
    const auto copier = std::make_shared<Copier>(task);
    const auto copy = std::make_shared<Copy>(nullptr);
    return [copier, copy](const Look&) {
        if (*copy == nullptr) {
            *copy = copier->fastest();  // as part of the first iteration, which warms up
        }
        (*copier)(*copy);
    };
}

Iteration set_up_products(const Task& task) {
    const auto [name, rows, classes, width] = task.problem;
    const auto made = [](std::size_t n) { return std::make_shared<Buffer>(n); };
    const auto h = made(rows * width), w = made(width * classes), z = made(rows * classes),
               dh = made(rows * width), dw = made(width * classes);
    fill(h->data(), rows, width, hidden_at);
    fill(w->data(), width, classes, weight_at);
    const auto n = static_cast<blasint>(rows), v = static_cast<blasint>(classes),
               d = static_cast<blasint>(width);
    return [=](const Look&) {
        cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, n, v, d, 1, h->data(), d, w->data(),
                    v, 0, z->data(), v);
        cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, n, d, v, 1, z->data(), v, w->data(), v,
                    0, dh->data(), d);
        cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, d, v, n, 1, h->data(), d, z->data(), v,
                    0, dw->data(), v);
    };
}

Iteration set_up(const Task& task) {
    return task.system == "copy" ? set_up_copy(task) : set_up_products(task);
}

}  // namespace

int main(int argc, char** argv) {
    return measure(argc, argv, set_up, Checked::no);
}
