#include "problem.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <random>
#include <sstream>
#include <stdexcept>

namespace steps_bench {
namespace {

constexpr std::size_t shortest = 7, longest = 13;  // of both sides, EOS included

using Sequence = std::vector<std::int64_t>;

struct Pair {
    Sequence source, target;
};

/// The distributions of the standard library may differ from one to the other, this does not.
std::size_t draw(std::mt19937& random, std::size_t count) {
    return random() % count;
}

Pair make_pair(std::mt19937& random) {
    constexpr std::int64_t first = eos + 1;
    Pair pair;
    pair.source.resize(shortest + draw(random, longest - shortest + 1));
    for (std::int64_t& symbol : pair.source) {
        symbol = first + static_cast<std::int64_t>(draw(random, source_symbols - first));
    }
    pair.target.resize(shortest - 1 + draw(random, longest - shortest + 1));
    for (std::size_t t = 0; t < pair.target.size(); ++t) {
        const std::int64_t heard = pair.source[t % pair.source.size()];
        pair.target[t] = first + (3 * heard + static_cast<std::int64_t>(t % 2)) %
                                     static_cast<std::int64_t>(target_symbols - first);
    }
    return pair;
}

/// The rows, each filled up to the longest; and how many symbols they had.
struct Filled {
    std::size_t length = 0, tokens = 0;
    Sequence symbols;
};

Filled fill_up(const std::vector<Sequence>& rows) {
    Filled filled;
    for (const Sequence& row : rows) {
        filled.length = std::max(filled.length, row.size());
        filled.tokens += row.size();
    }
    for (const Sequence& row : rows) {
        filled.symbols.insert(filled.symbols.end(), row.begin(), row.end());
        filled.symbols.insert(filled.symbols.end(), filled.length - row.size(), pad);
    }
    return filled;
}

Batch make_batch(std::size_t count, std::mt19937& random) {
    std::vector<Sequence> sources, inputs, targets;
    for (std::size_t i = 0; i < count; ++i) {
        const auto [source, target] = make_pair(random);
        sources.push_back(source);
        inputs.push_back(target);
        inputs.back().insert(inputs.back().begin(), bos);
        targets.push_back(target);
        targets.back().push_back(eos);
    }
    Filled source = fill_up(sources), input = fill_up(inputs), target = fill_up(targets);
    return {count,
            source.length,
            target.length,
            std::move(source.symbols),
            std::move(input.symbols),
            std::move(target.symbols),
            source.tokens,
            target.tokens};
}

/// A matrix and its bias.
std::size_t linear(std::size_t inputs, std::size_t outputs) {
    return (inputs + 1) * outputs;
}

std::size_t transformer_count(const Case& problem) {
    const std::size_t width = problem.width, norm = 2 * width;
    const std::size_t attention = norm + 4 * linear(width, width);
    const std::size_t feed_forward =
        norm + linear(width, problem.feed_forward()) + linear(problem.feed_forward(), width);
    return problem.layers * (3 * attention + 2 * feed_forward) + 2 * norm;
}

/// Three GRUs, two of which read; where the decoder starts, its query and what it makes of both.
std::size_t gru_count(std::size_t width) {
    return 6 * linear(width, 3 * width) + linear(2 * width, width) + linear(width, 2 * width) +
           linear(3 * width, width);
}

}  // namespace

Case find_case(const std::string& name) {
    static const std::map<std::string, Case> named = {
        {"transformer 128", {Model::transformer, 128, 3, 256}},
        {"transformer 256", {Model::transformer, 256, 4, 256}},
        {"gru 128", {Model::gru, 256, 1, 128}},
        {"gru 1", {Model::gru, 256, 1, 1}}};
    if (const auto found = named.find(name); found != named.end()) {
        return found->second;
    }
    Case scaled{Model::transformer, 0, 3, 0};
    std::istringstream in(name);
    std::string width, batch;
    if (in >> width >> scaled.width >> batch >> scaled.rows && width == "width" &&
        batch == "batch") {
        return scaled;
    }
    throw std::invalid_argument("there is no case " + name);
}

std::size_t parameter_count(const Case& problem) {
    return (source_symbols + target_symbols) * problem.width +
           linear(problem.width, target_symbols) +
           (problem.model == Model::transformer ? transformer_count(problem)
                                                : gru_count(problem.width));
}

std::array<Batch, batch_count> make_batches(const Case& problem) {
    std::mt19937 random(1);
    std::array<Batch, batch_count> batches;
    for (Batch& batch : batches) {
        batch = make_batch(problem.rows, random);
    }
    return batches;
}

std::vector<float> first_weight(const std::string& name, std::size_t inputs, std::size_t outputs) {
    std::seed_seq seed(name.begin(), name.end());
    std::mt19937 random(seed);
    const double bound = std::sqrt(6.0 / static_cast<double>(inputs + outputs));
    std::vector<float> weight(inputs * outputs);
    for (float& number : weight) {
        const double share = static_cast<double>(random()) / 4294967296.0;
        number = static_cast<float>((2 * share - 1) * bound);
    }
    return weight;
}

float wave(std::size_t position, std::size_t j, std::size_t width) {
    const double exponent = static_cast<double>(j / 2 * 2) / static_cast<double>(width);
    const double angle = static_cast<double>(position) / std::pow(10000.0, exponent);
    return static_cast<float>(j % 2 == 0 ? std::sin(angle) : std::cos(angle));
}

}  // namespace steps_bench
