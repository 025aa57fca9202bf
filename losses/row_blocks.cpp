#include <xtape/losses/row_blocks.hpp>

#include <algorithm>
#include <memory>

#include <xtape/core/detail/journal.hpp>
#include <xtape/core/errors.hpp>
#include <xtape/core/tape.hpp>
#include <xtape/losses/detail/alignment.hpp>
#include <xtape/losses/detail/blocks.hpp>
#include <xtape/losses/detail/live_rows.hpp>
#include <xtape/losses/detail/score_rows.hpp>
#include <xtape/ops/arithmetic.hpp>

namespace xtape {

namespace {

std::size_t threads_of(const RowBlocks& blocks) {
    return blocks.workers == nullptr ? 1 : blocks.workers->size();
}

/// Blocks are copied. Where all scores are not much larger than the cache, that costs more than it
/// saves, but for a share for each thread; and where they are few, so does waking a thread.
constexpr std::size_t not_much = (std::size_t{1} << 22) / sizeof(Real);
constexpr std::size_t few = (std::size_t{1} << 19) / sizeof(Real);

/// A product reads all weights for every block: the more rows, the less often. But all threads' scores
/// should stay small beside what they are a part of.
std::size_t projected_rows(const RowBlocks& blocks, std::size_t classes) {
    constexpr std::size_t scores = 5'200'000;
    return std::clamp<std::size_t>(scores / (threads_of(blocks) * classes), 64, 256);
}

std::size_t rows_of_a_block(const RowBlocks& blocks, std::size_t rows, std::size_t classes,
                            bool projected) {
    if (blocks.rows > 0) {
        return blocks.rows;
    }
    if (rows * classes <= not_much) {
        const std::size_t shares = rows * classes <= few ? 1 : threads_of(blocks);
        return std::max<std::size_t>((rows + shares - 1) / shares, 1);
    }
    return projected ? projected_rows(blocks, classes) : rows_in_cache(classes);
}

/// How many classes the scores have, which a projection of no rows tells.
std::size_t class_count(const Variable& x, const Projection& projection) {
    const Aside aside;
    const Variable none(Array(Shape{0, x.shape().back()}, 0));
    const Shape shape = projection.scores(none).shape();
    if (shape.size() != 2 || shape[0] != 0) {
        throw ShapeError(text("row_blocks: the projection of ", none.shape(), " has shape ", shape,
                              "; it must have a row of scores for each row"));
    }
    return shape[1];
}

/// The elements of `all` that belong to the live rows.
template <class Numbers>
Numbers at(const Numbers& all, const Index& live) {
    Numbers picked = Numbers::from_shape({live.size()});
    for (std::size_t i = 0; i < live.size(); ++i) {
        picked.data()[i] = all.data()[live.data()[i]];
    }
    return picked;
}

/// [n] for the live rows to [...] for all, 0 for the others. A single number stays.
Array among_all(const BlockedLoss& of, const Array& losses) {
    if (losses.shape().empty()) {
        return losses;
    }
    Array all(of.tokens, 0);
    for (std::size_t i = 0; i < losses.size(); ++i) {
        all.data()[of.live.data()[i]] = losses.data()[i];
    }
    return all;
}

// The sum over all rows has the gradients that its blocks had, times g. The losses of single rows wait
// for the g of each. Whoever differentiates a gradient gets one by the operators themselves.
Variable row_blocks(BlockedLoss loss) {
    const BlockedLoss::Gradients found = loss.gradients();  // of single losses there are none yet
    const auto of = std::make_shared<const BlockedLoss>(std::move(loss));
    const bool is_sum = found.losses.shape().empty();
    const auto back_to = [&](const Variable& input, std::size_t k) {
        const auto known = is_sum ? std::optional(found.by_input[k]) : std::nullopt;
        const auto pullback = [of, input, k, known](const Variable& g) {
            if (is_recording()) {
                // x may be a parameter, too: as another variable it is told from it.
                BlockedLoss apart = *of;
                apart.x = scale(of->x, 1);
                Tape tape;
                return tape.gradients(apart.whole(), g, {k == 0 ? apart.x : input})[0];
            }
            if (known) {
                return g.item() == 1 ? *known : scale(*known, g.item());
            }
            const Array of_live = at(g.value(), of->live);
            return of->gradients(&of_live).by_input[k];
        };
        return Input{input, pullback};
    };
    std::vector<Input> inputs;
    inputs.push_back(back_to(of->x, 0));
    for (std::size_t k = 0; of->projection && k < of->projection->parameters.size(); ++k) {
        inputs.push_back(back_to(of->projection->parameters[k], k + 1));
    }
    return record({"RowBlocks", {{"rows", of->rows}}}, among_all(*of, found.losses),
                  std::move(inputs));
}

Variable in_blocks(const RowBlocks& blocks, const RowLoss& loss, const Variable& x,
                   const std::optional<Projection>& projection, const Index& target) {
    Shape scores = x.shape();
    if (projection && !scores.empty()) {
        scores.back() = class_count(x, *projection);
    }
    const Alignment aligned = align("row_blocks", target, scores, blocks.ignore_index);
    const Index live = places_without_padding(aligned);
    BlockedLoss blocked{loss,
                        projection,
                        x,
                        aligned.tokens,
                        live,
                        at(aligned.index, live),
                        rows_of_a_block(blocks, live.size(), scores.back(), projection.has_value()),
                        blocks.workers};
    if (blocked.block_count() == 1) {
        return blocked.whole();
    }
    if (is_recording()) {
        return row_blocks(std::move(blocked));
    }
    return Variable(among_all(blocked, blocked.losses()));
}

}  // namespace

Variable RowBlocks::operator()(const RowLoss& loss, const Variable& logits,
                               const Index& target) const {
    return in_blocks(*this, loss, logits, {}, target);
}

Variable RowBlocks::operator()(const RowLoss& loss, const Variable& hidden,
                               const Projection& projection, const Index& target) const {
    return in_blocks(*this, loss, hidden, projection, target);
}

}  // namespace xtape
