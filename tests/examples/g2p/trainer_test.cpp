#include "examples/g2p/trainer.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>

#include <doctest/doctest.h>

#include <xtape/core/errors.hpp>
#include <xtape/train/checkpoint.hpp>

#include "examples/g2p/model_file.hpp"
#include "examples/g2p/plan.hpp"
#include "tests/support/arrays.hpp"

using namespace g2p;

namespace {

const char* const rhymes =
    "cat\tK AE T\nbat\tB AE T\nrat\tR AE T\ncan\tK AE N\nban\tB AE N\nran\tR AE N\n"
    "cab\tK AE B\ntan\tT AE N\ntab\tT AE B\nact\tAE K T\n";

xtape::TransformerConfig small() {
    xtape::TransformerConfig config;
    config.width = 16;
    config.heads = 2;
    config.feed_forward = 32;
    config.encoder_layers = 1;
    config.decoder_layers = 1;
    config.dropout = 0;
    return config;
}

TrainingSettings short_training(std::size_t steps, std::size_t threads) {
    TrainingSettings settings;
    settings.steps = steps;
    settings.threads = threads;
    settings.batch_words = 10;
    settings.warm_up = 10;
    settings.peak_rate = 0.02;
    settings.average_decay = 0.9;
    settings.evaluations = 1;
    return settings;
}

struct Trained {
    Pronouncer model;
    Score score;
    int saved = 0;
};

Trained trained(const TrainingSettings& settings) {
    const auto words = read_words(std::string_view(rhymes), "rhymes");
    Trained result{Pronouncer(small(), letters_of(words), phones_of(words), settings.seed), {}};
    const Interrupt interrupt;
    result.score = train(result.model, words, words, settings, interrupt, [&] { ++result.saved; });
    return result;
}

bool same_weights(const Pronouncer& a, const Pronouncer& b) {
    const xtape::Parameters p = a.parameters();
    const xtape::Parameters q = b.parameters();
    return std::equal(p.begin(), p.end(), q.begin(), q.end(), [](const auto& x, const auto& y) {
        return x.name == y.name && xtape::same_bits(x.variable.value(), y.variable.value());
    });
}

}  // namespace

TEST_SUITE("trainer") {
    TEST_CASE("learns a handful of words by heart") {
        const Trained result = trained(short_training(150, 2));
        CHECK(result.score.wrong == 0);
        CHECK(result.saved >= 1);
    }
    TEST_CASE("gives the same weights for a seed and a number of threads") {
        const Pronouncer first = trained(short_training(8, 2)).model;
        CHECK(same_weights(first, trained(short_training(8, 2)).model));
        TrainingSettings other = short_training(8, 2);
        other.seed = 2;
        CHECK_FALSE(same_weights(first, trained(other).model));
    }
    TEST_CASE("keeps a model in a file that says the same words") {
        const Pronouncer model = trained(short_training(30, 1)).model;
        const auto path =
            (std::filesystem::temp_directory_path() / "xtape_g2p_test.safetensors").string();
        save_model(path, model);
        const Pronouncer again = load_model(path);
        std::filesystem::remove(path);
        CHECK(same_weights(model, again));
        const auto words = read_words(std::string_view(rhymes), "rhymes");
        xtape::Workers workers(1);
        CHECK(pronounce(model, words, workers) == pronounce(again, words, workers));
    }
    TEST_CASE("names the checkpoint that is none of its own") {
        const auto path =
            (std::filesystem::temp_directory_path() / "xtape_other_test.safetensors").string();
        xtape::save(path, {}, {{"format", "something else"}});
        CHECK_THROWS_WITH_AS(load_model(path),
                             (path + ": the format is 'something else'; this program reads "
                                     "'xtape g2p 1'")
                                 .c_str(),
                             xtape::FormatError);
        std::filesystem::remove(path);
    }
}

TEST_SUITE("plan") {
    TEST_CASE("ends after its steps, and cools down before") {
        TrainingSettings settings;
        settings.steps = 100;
        settings.warm_up = 10;
        settings.peak_rate = 1;
        settings.cool_down = 0.5;
        Plan plan(settings);
        CHECK(plan.rate() == doctest::Approx(0.1));
        plan.advance(39, 3.9);
        CHECK(plan.rate() == doctest::Approx(0.5));
        CHECK(plan.seconds_left() == doctest::Approx(6.1));
        plan.advance(99, 9.9);
        CHECK(plan.rate() == doctest::Approx(std::sqrt(0.1) * 0.02));
        CHECK_FALSE(plan.is_done());
        plan.advance(100, 10);
        CHECK(plan.is_done());
    }
    TEST_CASE("is cut to the steps that fit into its time") {
        TrainingSettings settings;
        settings.steps = 1000;
        settings.minutes = 1;
        Plan plan(settings);
        plan.advance(20, 12);  // 0.6 s a step
        CHECK(plan.steps() == 100);
        plan.advance(100, 60);
        CHECK(plan.is_done());
    }
    TEST_CASE("goes on until the time is up if it is told to") {
        TrainingSettings settings;
        settings.minutes = 1;
        settings.fill_minutes = true;
        Plan plan(settings);
        CHECK(plan.steps() == 0);
        plan.advance(5000, 30);
        CHECK_FALSE(plan.is_done());
        plan.advance(10000, 60);
        CHECK(plan.is_done());
    }
    TEST_CASE("asks for evaluations evenly") {
        TrainingSettings settings;
        settings.steps = 100;
        settings.evaluations = 4;
        Plan plan(settings);
        int due = 0;
        for (std::size_t step = 1; step <= 100; ++step) {
            plan.advance(step, static_cast<double>(step));
            due += plan.evaluation_is_due() ? 1 : 0;
        }
        CHECK(due == 4);
    }
}
