#include "shares.hpp"

#include <algorithm>

#include <xtape/core/errors.hpp>

namespace g2p {

using namespace xtape;

namespace {

/// How many ids of a row stand before its PAD.
std::size_t length(const Index& table, std::size_t row) {
    const std::size_t width = table.shape()[1];
    const std::int64_t* const begin = table.data() + row * width;
    return static_cast<std::size_t>(std::find(begin, begin + width, Vocabulary::pad) - begin);
}

/// Rows [first, last) as wide as the longest of them.
Index trimmed(const Index& table, std::size_t first, std::size_t last) {
    std::size_t longest = 0;
    for (std::size_t row = first; row < last; ++row) {
        longest = std::max(longest, length(table, row));
    }
    Index rows = Index::from_shape({last - first, longest});
    for (std::size_t row = first; row < last; ++row) {
        std::copy_n(table.data() + row * table.shape()[1], longest,
                    rows.data() + (row - first) * longest);
    }
    return rows;
}

Batch rows_of(const Batch& batch, std::size_t first, std::size_t last) {
    Batch share;
    share.source = trimmed(batch.source, first, last);
    share.decoder_input = trimmed(batch.decoder_input, first, last);
    share.target = trimmed(batch.target, first, last);
    for (std::size_t row = first; row < last; ++row) {
        share.tokens += length(batch.target, row);
        share.words.push_back(batch.words[row]);
    }
    return share;
}

/// The share that each row goes to: the one in which the middle of its tokens lies, when all tokens
/// of the batch stand in a line that is cut into `count` equal pieces.
std::vector<std::size_t> share_of_rows(const Batch& batch, std::size_t count) {
    std::vector<std::size_t> owners;
    std::size_t before = 0;
    for (std::size_t row = 0; row < batch.words.size(); ++row) {
        const std::size_t tokens = length(batch.target, row);
        owners.push_back((2 * before + tokens) * count / (2 * batch.tokens));
        before += tokens;
    }
    return owners;
}

}  // namespace

std::vector<Batch> make_shares(const Batch& batch, std::size_t count) {
    if (count == 0) {
        throw ValueError("make_shares: the number of shares is 0; it must be at least 1");
    }
    const std::vector<std::size_t> owners = share_of_rows(batch, count);
    std::vector<Batch> shares;
    for (auto first = owners.begin(); first != owners.end();) {
        const auto last = std::upper_bound(first, owners.end(), *first);
        shares.push_back(rows_of(batch, static_cast<std::size_t>(first - owners.begin()),
                                 static_cast<std::size_t>(last - owners.begin())));
        first = last;
    }
    return shares;
}

}  // namespace g2p
