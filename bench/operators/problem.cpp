#include "problem.hpp"

#include <cmath>
#include <functional>
#include <numeric>
#include <sstream>
#include <stdexcept>

namespace operators_bench {
namespace {

/// "2560x128" -> {2560, 128}
Extents parse(const std::string& word) {
    Extents extents;
    std::istringstream in(word);
    for (std::string extent; std::getline(in, extent, 'x');) {
        extents.push_back(std::stoul(extent));
    }
    return extents;
}

/// In [-scale, scale], never 0, so that dropped ones can be told.
void fill(float* out, std::size_t count, std::size_t seed, float scale) {
    for (std::size_t i = 0; i < count; ++i) {
        const std::size_t n = (i * 7919 + i / 128 * 31 + seed * 104729) % 2003;
        out[i] = (static_cast<float>(n) / 1000.75F - 1) * scale;
    }
}

}  // namespace

Case::Case(const std::string& name) {
    std::istringstream in(name);
    in >> op;
    for (std::string word; in >> word;) {
        inputs.push_back(parse(word));
    }
    if (inputs.empty()) {
        throw std::invalid_argument("expected an operator and shapes, not " + name);
    }
    const std::size_t width = inputs[0].back();
    if (op == "layer_norm") {
        inputs.insert(inputs.end(), 2, {width});
    } else if (op == "add_row") {
        inputs.push_back({width});
    } else if (op == "concat") {
        inputs.push_back(inputs[0]);
    } else if (op == "attention") {
        for (int projection = 0; projection < 4; ++projection) {
            inputs.push_back({width, width});
            inputs.push_back({width});
        }
    }
}

std::size_t count(const Extents& extents) {
    return std::accumulate(extents.begin(), extents.end(), std::size_t(1), std::multiplies<>());
}

void fill_input(float* out, const Extents& extents, std::size_t k) {
    const bool weights = k > 0 && extents.size() == 2;
    fill(out, count(extents), k, weights ? 0.2F : 2.0F);
}

void fill_cotangent(float* out, std::size_t count) {
    fill(out, count, 99, 1);
}

std::int64_t index_at(std::size_t i, std::size_t rows) {
    return static_cast<std::int64_t>((i * 31 + i / rows) % rows);
}

bool hidden_at(std::size_t word, std::size_t key, std::size_t keys) {
    return key >= keys - word % 4;
}

void Shown::operator()(const float* numbers, std::size_t count) {
    if (problem_.op == "dropout") {
        show_dropped(numbers, count);
    } else {
        look_(numbers, count);
    }
}

// First the values are shown, then the gradient, which must be dropped in the same places.
void Shown::show_dropped(const float* numbers, std::size_t count) {
    const bool first = dropped_.empty();
    std::vector<float> whole(count);
    first ? fill_input(whole.data(), problem_.inputs[0], 0) : fill_cotangent(whole.data(), count);
    std::vector<bool> dropped(count);
    std::size_t how_many = 0;
    for (std::size_t i = 0; i < count; ++i) {
        dropped[i] = numbers[i] == 0;
        how_many += dropped[i] ? 1 : 0;
        whole[i] = dropped[i] ? whole[i] / static_cast<float>(1 - dropout_rate) : numbers[i];
    }
    const double share = static_cast<double>(how_many) / static_cast<double>(count);
    if (std::abs(share - dropout_rate) > 0.01 || (!first && dropped != dropped_)) {
        throw std::runtime_error("dropout: value and gradient are not dropped as they should be");
    }
    dropped_ = dropped;
    look_(whole.data(), count);
}

}  // namespace operators_bench
