// What a training step of examples/g2p costs, with one thread and with two: time, how busy the
// cores are, page faults, and memory that came from the system instead of the pool.

#include <sys/resource.h>

#include <benchmark/benchmark.h>
#include <xtape/core/memory.hpp>

#include "examples/g2p/embedded_data.hpp"
#include "examples/g2p/training_step.hpp"

namespace {

struct Usage {
    double page_faults, system_blocks, processor_seconds;
};

Usage usage_now() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& t) {
        return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
    };
    return {static_cast<double>(usage.ru_minflt + usage.ru_majflt),
            static_cast<double>(xtape::memory::statistics().system_blocks),
            seconds(usage.ru_utime) + seconds(usage.ru_stime)};
}

void training_step(benchmark::State& state) {
    const auto words = g2p::read_words(g2p::embedded_train(), "embedded train.tsv");
    g2p::Pronouncer model({}, g2p::letters_of(words), g2p::phones_of(words), 1);
    g2p::TrainingSettings settings;
    settings.threads = static_cast<std::size_t>(state.range(0));
    const auto batches =
        g2p::shuffled_batches(g2p::make_examples(words, model.letters, model.phones),
                              {settings.batch_words, 0}, xtape::Random(1));

    xtape::Workers workers(settings.threads);
    g2p::TrainingStep step(model, settings, workers);
    const auto next = [&] { step(batches[step.count() % batches.size()], 1e-4); };
    for (std::size_t i = 0; i < batches.size(); ++i) {
        next();  // every shape of batch once: after that the pool has seen it all
    }

    const Usage before = usage_now();
    const std::size_t tokens = step.tokens();
    for (auto _ : state) {
        next();
    }
    const Usage after = usage_now();
    const auto per_step = benchmark::Counter::kAvgIterations;
    state.counters["tokens/s"] = {static_cast<double>(step.tokens() - tokens),
                                  benchmark::Counter::kIsRate};
    state.counters["faults/step"] = {after.page_faults - before.page_faults, per_step};
    state.counters["blocks/step"] = {after.system_blocks - before.system_blocks, per_step};
    state.counters["cores"] = {after.processor_seconds - before.processor_seconds,
                               benchmark::Counter::kIsRate};
}

BENCHMARK(training_step)
    ->ArgName("threads")
    ->Arg(1)
    ->Arg(2)
    ->Iterations(300)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace
