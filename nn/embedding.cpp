#include <xtape/nn/embedding.hpp>

#include <algorithm>
#include <cmath>

#include <xtape/core/errors.hpp>
#include <xtape/ops/embedding.hpp>

namespace xtape {

namespace {

Array initial_table(std::size_t count, std::size_t width, Random& random,
                    std::optional<std::int64_t> padding) {
    Array table = random.normal({count, width}, 0, 1 / std::sqrt(static_cast<double>(width)));
    if (padding) {
        if (*padding < 0 || static_cast<std::uint64_t>(*padding) >= count) {
            throw ValueError(
                text("Embedding: the padding token ", *padding, " is outside [0, ", count, ")"));
        }
        std::fill_n(table.data() + static_cast<std::size_t>(*padding) * width, width, Real(0));
    }
    return table;
}

}  // namespace

Embedding::Embedding(std::size_t count, std::size_t width, Random& random,
                     std::optional<std::int64_t> padding_token)
    : table(initial_table(count, width, random, padding_token)), padding(padding_token) {}

Variable Embedding::operator()(const Index& tokens) const {
    return embedding(table, tokens, padding);
}

Parameters Embedding::parameters() const {
    return Parameters().add("table", table);
}

}  // namespace xtape
