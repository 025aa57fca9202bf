#include <xtape/losses/detail/blocks.hpp>

#include <algorithm>
#include <iterator>

#include <xtape/core/detail/journal.hpp>
#include <xtape/core/detail/stream.hpp>
#include <xtape/core/errors.hpp>
#include <xtape/core/tape.hpp>
#include <xtape/losses/detail/live_rows.hpp>
#include <xtape/losses/detail/turns.hpp>
#include <xtape/ops/embedding.hpp>
#include <xtape/ops/reshape.hpp>

namespace xtape {

namespace {

/// Rows that the caches cannot hold go past them.
bool is_large(const Array& x) {
    return x.size() * sizeof(Real) > (std::size_t{1} << 24);
}

/// Some of the live rows: [first, first + count).
struct Block {
    const BlockedLoss& of;
    std::size_t number, first, count;

    std::size_t width() const { return of.x.shape().back(); }
    std::size_t row(std::size_t i) const {
        return static_cast<std::size_t>(of.live.data()[first + i]);
    }

    Variable x() const {
        Array rows = Array::from_shape({count, width()});
        for (std::size_t i = 0; i < count; ++i) {
            copy_in(of.x.value().data() + row(i) * width(), width(), rows.data() + i * width());
        }
        return Variable(std::move(rows));
    }

    Index target() const {
        Index classes = Index::from_shape({count});
        std::copy_n(of.target.data() + first, count, classes.data());
        return classes;
    }

    /// dL/dx of these rows to their places among those of all.
    void put(const Array& gradient, Array& all) const {
        const bool past_cache = is_large(all);
        for (std::size_t i = 0; i < count; ++i) {
            const Real* from = gradient.data() + i * width();
            Real* to = all.data() + row(i) * width();
            past_cache ? copy_past_cache(from, width(), to) : copy_in(from, width(), to);
        }
    }

    Variable loss(const Variable& scores) const {
        Variable y = of.loss(scores, target());
        if (!y.shape().empty() && y.shape() != Shape{count}) {
            throw ShapeError(text("row_blocks: the loss of ", count, " rows has shape ", y.shape(),
                                  "; it must be [], their sum, or ", Shape{count},
                                  ", one for each"));
        }
        return y;
    }

    /// dL/dy = c, as it is for these rows.
    Variable cotangent(const Variable& y, const Array* all) const {
        Array c(y.shape(), 1);
        if (all != nullptr) {
            const Real* from = all->data() + (y.shape().empty() ? 0 : first);
            std::copy_n(from, c.size(), c.data());
        }
        return Variable(std::move(c));
    }
};

/// Calls f(block) for every block, on the threads that share them. The steps of a block are nobody's
/// business but its own.
template <class F>
void for_each_block(const BlockedLoss& of, F f) {
    const std::size_t all = of.live.size();
    const std::size_t blocks = of.block_count();
    const auto piece = [&](std::size_t k) {
        const Aside aside;
        f(Block{of, k, k * of.rows, std::min(of.rows, all - k * of.rows)});
    };
    if (of.workers != nullptr) {
        return of.workers->run(blocks, piece);
    }
    for (std::size_t k = 0; k < blocks; ++k) {
        piece(k);
    }
}

/// The losses of all blocks: their sum, or one after the other.
class Losses {
public:
    explicit Losses(const BlockedLoss& of)
        : of_(of), parts_(of.block_count()) {}

    void put(const Block& block, const Variable& y) { parts_[block.number] = y.value(); }

    Array all() const {
        if (!parts_[0].shape().empty()) {
            Array y = Array::from_shape({of_.live.size()});
            Real* to = y.data();
            for (const Array& part : parts_) {
                to = std::copy_n(part.data(), part.size(), to);
            }
            return y;
        }
        double sum = 0;
        for (const Array& part : parts_) {
            sum += part.size() > 0 ? double{*part.data()} : 0;
        }
        return Array(Shape{}, static_cast<Real>(sum));
    }

private:
    const BlockedLoss& of_;
    std::vector<Array> parts_;
};

Array no_gradient_yet(const BlockedLoss& of) {
    Array x = Array::from_shape(of.x.shape());
    if (of.live.size() < element_count(of.tokens)) {
        x.fill(0);  // what is ignored has none
    }
    return x;
}

/// Computes blocks and adds up their gradients.
class Computation {
public:
    Computation(const BlockedLoss& of, const Array* cotangent)
        : of_(of), cotangent_(cotangent), losses_(of), dx_(no_gradient_yet(of)) {
        if (of.projection) {
            for (const Variable& parameter : of.projection->parameters) {
                sums_.emplace_back(Array(parameter.shape(), 0));
            }
        }
    }

    void operator()(const Block& block) {
        Turn turn(turns_, block.number);
        const Variable rows = block.x();
        Tape tape;
        const Variable scores = of_.scores_of(rows);
        const std::optional<Variable> slope = slope_by(scores, block);
        if (!slope) {
            return;
        }
        if (!of_.projection) {
            return block.put(slope->value(), dx_);
        }
        block.put(tape.gradients(scores, *slope, {rows}, Keep::yes)[0].value(), dx_);
        turn.take();
        sums_ = tape.add_gradients(scores, *slope, of_.projection->parameters, std::move(sums_));
    }

    BlockedLoss::Gradients result() {
        BlockedLoss::Gradients all{losses_.all(), {Variable(std::move(dx_))}};
        std::move(sums_.begin(), sums_.end(), std::back_inserter(all.by_input));
        return all;
    }

private:
    /// The gradient by the scores, on a tape that ends with it: whoever computed them goes on.
    std::optional<Variable> slope_by(const Variable& scores, const Block& block) {
        const Aside aside;
        Tape tape;
        const Variable y = block.loss(scores);
        losses_.put(block, y);
        if (cotangent_ == nullptr && !y.shape().empty()) {
            return std::nullopt;
        }
        return tape.gradients(y, block.cotangent(y, cotangent_), {scores})[0];
    }

    const BlockedLoss& of_;
    const Array* cotangent_;
    Losses losses_;
    Array dx_;
    std::vector<Variable> sums_;
    Turns turns_;
};

}  // namespace

std::size_t BlockedLoss::block_count() const {
    return std::max<std::size_t>(1, (live.size() + rows - 1) / rows);
}

Variable BlockedLoss::scores_of(const Variable& x_of_rows) const {
    return projection ? projection->scores(x_of_rows) : x_of_rows;
}

Variable BlockedLoss::whole() const {
    const std::size_t all = element_count(tokens);
    const RowsOfTokens places{live, tokens, live.size() == all};
    const Variable table = reshape(x, Shape{all, x.shape().back()});
    const Variable y = loss(scores_of(places.are_all ? table : embedding(table, live)), target);
    if (y.shape().empty()) {
        return y;
    }
    return reshape(places.among_all(y, Reduction::none), tokens);
}

Array BlockedLoss::losses() const {
    Losses losses(*this);
    for_each_block(*this, [&](const Block& block) {
        losses.put(block, block.loss(scores_of(block.x())));
    });
    return losses.all();
}

BlockedLoss::Gradients BlockedLoss::gradients(const Array* cotangent) const {
    Computation computation(*this, cotangent);
    for_each_block(*this, [&](const Block& block) { computation(block); });
    return computation.result();
}

}  // namespace xtape
