#include <xtape/train/train.hpp>

#include <cmath>

#include <fcntl.h>
#include <unistd.h>

#include <doctest/doctest.h>

#include <xtape/core/errors.hpp>
#include <xtape/core/tape.hpp>
#include <xtape/train/detail/files.hpp>
#include "tests/injection/memory.hpp"
#include "tests/injection/programs.hpp"
#include "tests/injection/rules.hpp"
#include "tests/support/arrays.hpp"
#include "tests/support/directory.hpp"

using namespace xtape;

namespace {

constexpr SgdOptions with_momentum = {0.1, 0.9, true};

/// A network, its optimiser and one step of training.
template <class Optimiser, class Options>
struct Training {
    explicit Training(Options options) : optimiser(network.parameters(), options) {}

    void step() {
        Tape tape;
        auto g = tape.gradients(network.loss(), network.parameters());
        clip_by_global_norm(g, 1);
        optimiser.step(g);
    }
    Arrays numbers() const { return values_of(all()); }
    Parameters all() const {
        return Parameters().add("model", network.parameters()).add("state", optimiser.state());
    }

    Network network;
    Optimiser optimiser;
};
using AdamTraining = Training<Adam, AdamOptions>;
using SgdTraining = Training<Sgd, SgdOptions>;

/// Whatever fails in the second step, all numbers are as after the first, and the next attempt gives
/// those of two undisturbed steps.
template <class T, class Options>
void fail_in_the_second_step(Options options) {
    T undisturbed(options);
    undisturbed.step();
    const Arrays first = undisturbed.numbers();
    undisturbed.step();
    const Arrays second = undisturbed.numbers();
    Outcome outcome = Outcome::told;
    for (std::size_t k = 1; outcome == Outcome::told; ++k) {
        CAPTURE(k);
        T training(options);
        training.step();
        const auto step = [&training] { training.step(); };
        outcome = run_short_of_memory(step, k, Then::stays_empty);
        if (outcome == Outcome::told) {
            REQUIRE(same_bits(training.numbers(), first));
            training.step();
        }
        REQUIRE(same_bits(training.numbers(), second));
    }
    CHECK(outcome == Outcome::untouched);
}

/// The smallest number that the system would give to a file that is opened now.
int next_descriptor() {
    const int descriptor = open("/dev/null", O_RDONLY);
    close(descriptor);
    return descriptor;
}

}  // namespace

TEST_SUITE("when memory fails in training,") {
    TEST_CASE("a step is made wholly or not at all") {
        fail_in_the_second_step<AdamTraining>(AdamOptions{});
        fail_in_the_second_step<SgdTraining>(with_momentum);
    }
    TEST_CASE("an optimiser that has its gradients asks for next to none") {
        AdamTraining training(AdamOptions{});
        Tape tape;
        const auto g = tape.gradients(training.network.loss(), training.network.parameters());
        const Arrays before = training.numbers();
        const std::size_t allocations = fail_every_allocation(
            [&] { training.optimiser.step(g); },
            [&] { CHECK(same_bits(training.numbers(), before)); }, Then::recovers);
        CHECK(allocations <= 3);
    }
    TEST_CASE("averages are exchanged, for that takes none") {
        Variable x(Array{1, 2});
        MovingAverage average({x}, 0.5);
        x.assign(Array{3, 4});
        const auto exchange = [&average] { average.exchange(); };
        CHECK(run_short_of_memory(exchange, 1, Then::stays_empty) == Outcome::untouched);
        CHECK(x.value() == Array{1, 2});
    }
    TEST_CASE("shares of a batch are lost with their tapes, and the crew goes on") {
        const Network network;
        Workers workers(1);
        const auto share = [&] {
            return data_parallel_gradients(workers, 2, network.parameters(),
                                           [&](std::size_t) { return network.loss(); });
        };
        const Arrays expected = values_of(share().gradients);
        fail_every_allocation(
            share, [&] { REQUIRE(same_bits(values_of(share().gradients), expected)); },
            Then::recovers);
    }
}

TEST_SUITE("when memory fails over a file,") {
    TEST_CASE("it is replaced wholly, or the old one is there and nothing else") {
        const Directory directory;
        const std::string path = directory.file();
        const auto write = [&path](const std::string& content) {
            replace_file(path, [&](File& file) { file.write(content.data(), content.size()); });
        };
        write("old");
        const int descriptor = next_descriptor();
        fail_every_allocation([&] { write("new, and longer than what fits into a string"); },
                              [&] {
                                  REQUIRE(content_of(path) == "old");
                                  REQUIRE(directory.count() == 1);
                                  REQUIRE(next_descriptor() == descriptor);
                              },
                              Then::stays_empty);
        CHECK(content_of(path) == "new, and longer than what fits into a string");
    }
    TEST_CASE("a checkpoint is saved wholly, or the one before is there and nothing else") {
        const Directory directory;
        const std::string path = directory.file();
        const Parameters model = Network().parameters();
        save(path, model, {{"epoch", "the first of many epochs"}});
        const std::string old = content_of(path);
        fail_every_allocation(
            [&] {
                save(path, model, {{"epoch", "the second of many epochs"}});
            },
            [&] {
                REQUIRE(content_of(path) == old);
                REQUIRE(directory.count() == 1);
            },
            Then::stays_empty);
        CHECK(load(path).metadata.at("epoch") == "the second of many epochs");
    }
    TEST_CASE("it is closed, and no message is cut short") {
        const Directory directory;
        const std::string path = directory.file("nothing-of-this-name");
        const int descriptor = next_descriptor();
        bool is_whole = true;
        const auto open_it = [&] {
            try {
                File file(path);
            } catch (const IoError& error) {
                is_whole = error.what() == path + ": cannot be opened: No such file or directory";
            }
        };
        fail_every_allocation(open_it, [&] {
            REQUIRE(is_whole);
            REQUIRE(next_descriptor() == descriptor);
        });
    }
    TEST_CASE("a model is restored wholly or not at all") {
        const Directory directory;
        AdamTraining trained(AdamOptions{});
        trained.step();
        save(directory.file(), trained.all());
        const Checkpoint checkpoint = load(directory.file());
        const AdamTraining fresh(AdamOptions{});
        const Parameters parameters = fresh.all();
        const Arrays before = fresh.numbers();
        fail_every_allocation([&] { restore(checkpoint, parameters); },
                              [&] { REQUIRE(same_bits(fresh.numbers(), before)); }, Then::recovers);
        CHECK(same_bits(fresh.numbers(), trained.numbers()));
    }
}

TEST_SUITE("when a rule throws in training,") {
    TEST_CASE("no parameter has moved") {
        AdamTraining training(AdamOptions{});
        const Arrays before = training.numbers();
        const auto fails = [&](std::size_t k) {
            Fuse fuse(k);
            const Interception interception(fail_at_pullback(fuse));
            return throws_injected([&] { training.step(); });
        };
        for (std::size_t k = 1; fails(k); ++k) {
            REQUIRE(same_bits(training.numbers(), before));
        }
        AdamTraining undisturbed(AdamOptions{});
        undisturbed.step();
        CHECK(same_bits(training.numbers(), undisturbed.numbers()));
    }
}
