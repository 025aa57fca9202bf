// What it costs to record an operation on a single number, and to go back over it.

#include <benchmark/benchmark.h>
#include <xtape/core/tape.hpp>
#include <xtape/ops/arithmetic.hpp>

namespace {

using namespace xtape;

void recorded_product(benchmark::State& state) {
    const Variable x(Real(1));
    for (auto _ : state) {
        Tape tape;
        Variable y = x;
        for (std::int64_t i = 0; i < state.range(0); ++i) {
            y = y * x;
        }
        benchmark::DoNotOptimize(tape.gradients(y, {x}));
    }
    state.counters["per operation"] = {
        static_cast<double>(state.range(0)),
        benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert};
}

BENCHMARK(recorded_product)
    ->RangeMultiplier(10)
    ->Range(1000, 1000000)
    ->Unit(benchmark::kMillisecond);

}  // namespace
