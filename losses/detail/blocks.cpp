#include <xtape/losses/detail/blocks.hpp>

#include <algorithm>
#include <iterator>

#include <xtape/core/detail/journal.hpp>
#include <xtape/core/tape.hpp>
#include <xtape/losses/detail/live_rows.hpp>
#include <xtape/losses/detail/score_rows.hpp>
#include <xtape/losses/detail/turns.hpp>
#include <xtape/ops/embedding.hpp>
#include <xtape/ops/reshape.hpp>

namespace xtape {

namespace {

/// Calls f(number, first row, count) for every block, on the threads that share them. Their sizes
/// differ by a row at most, so that all use the same blocks of memory.
template <class F>
void for_each_block(const BlockedLoss& of, F f) {
    const std::size_t all = of.live.size();
    const std::size_t blocks = of.block_count();
    const auto block = [&](std::size_t k) {
        const std::size_t first = k * all / blocks;
        f(k, first, (k + 1) * all / blocks - first);
    };
    if (of.workers != nullptr) {
        return of.workers->run(blocks, block);
    }
    for (std::size_t k = 0; k < blocks; ++k) {
        block(k);
    }
}

/// Where gradients by x will be written; what is ignored has none.
Array no_gradients_yet(const BlockedLoss& of) {
    Array dx = Array::from_shape(of.x.shape());
    if (of.live.size() < element_count(of.tokens)) {
        dx.fill(0);
    }
    return dx;
}

/// The loss from logits: blocks of the rows of x itself.
Array losses_of_logits(const BlockedLoss& of, Real* slopes, const Array* cotangent) {
    constexpr std::size_t cache = (std::size_t{1} << 24) / sizeof(Real);
    const ScoreRows rows{of.loss,
                         of.x.shape().back(),
                         of.x.value().data(),
                         slopes,
                         of.live.data(),
                         of.target.data(),
                         cotangent == nullptr ? nullptr : cotangent->data(),
                         of.x.value().size() > cache};
    std::vector<Array> losses(of.block_count());
    for_each_block(of, [&](std::size_t k, std::size_t first, std::size_t count) {
        losses[k] = rows(first, count);
    });
    return joined(losses);
}

/// The loss from hidden states: every block has its own scores, which become their gradients in place.
class Projected {
public:
    Projected(const BlockedLoss& of, const Array* cotangent, bool with_gradients)
        : of_(of),
          cotangent_(cotangent),
          with_gradients_(with_gradients),
          losses_(of.block_count()),
          dx_(no_gradients_yet(of)) {}

    void operator()(std::size_t block, std::size_t first, std::size_t count) {
        const Aside aside;
        Turn turn(turns_, block);
        const Variable hidden = hidden_rows(first, count);
        Tape tape;
        Variable scores = of_.projection->scores(hidden);
        Variable slopes = scores.is_unique() ? scores : Variable(Array::from_shape(scores.shape()));
        losses_[block] = losses_of(scores, slopes, first, count);
        if (with_gradients_ && (cotangent_ != nullptr || losses_[block].shape().empty())) {
            put(tape.gradients(scores, slopes, {hidden}, Keep::yes)[0].value(), first);
            turn.take();  // what blocks have in common is added up in their order
            const std::vector<Variable>& parameters = of_.projection->parameters;
            sums_ = block == 0 ? tape.gradients(scores, slopes, parameters)
                               : tape.add_gradients(scores, slopes, parameters, std::move(sums_));
        }
    }

    BlockedLoss::Gradients result() {
        BlockedLoss::Gradients all{joined(losses_), {Variable(std::move(dx_))}};
        std::move(sums_.begin(), sums_.end(), std::back_inserter(all.by_input));
        return all;
    }

private:
    std::size_t width() const { return of_.x.shape().back(); }
    std::size_t place(std::size_t i) const {
        return static_cast<std::size_t>(of_.live.data()[i]) * width();
    }

    Variable hidden_rows(std::size_t first, std::size_t count) const {
        Array rows = Array::from_shape({count, width()});
        for (std::size_t i = 0; i < count; ++i) {
            std::copy_n(of_.x.value().data() + place(first + i), width(),
                        rows.data() + i * width());
        }
        return Variable(std::move(rows));
    }

    void put(const Array& gradient, std::size_t first) {
        for (std::size_t i = 0; i < gradient.shape()[0]; ++i) {
            std::copy_n(gradient.data() + i * width(), width(), dx_.data() + place(first + i));
        }
    }

    Array losses_of(const Variable& scores, Variable& slopes, std::size_t first,
                    std::size_t count) const {
        const std::size_t classes = scores.shape().back();
        const ScoreRows rows{of_.loss,
                             classes,
                             scores.value().data(),
                             with_gradients_ ? numbers_of(slopes).data() : nullptr,
                             nullptr,
                             of_.target.data() + first,
                             cotangent_ == nullptr ? nullptr : cotangent_->data() + first,
                             false};
        std::vector<Array> parts;
        const std::size_t step = rows_in_cache(classes);
        for (std::size_t i = 0; i < count || parts.empty(); i += step) {
            parts.push_back(rows(i, std::min(step, count - i)));
        }
        return joined(parts);
    }

    const BlockedLoss& of_;
    const Array* cotangent_;
    bool with_gradients_;
    std::vector<Array> losses_;
    Array dx_;
    std::vector<Variable> sums_;
    Turns turns_;
};

BlockedLoss::Gradients projected(const BlockedLoss& of, const Array* cotangent, bool gradients) {
    Projected blocks(of, cotangent, gradients);
    for_each_block(
        of, [&](std::size_t k, std::size_t first, std::size_t count) { blocks(k, first, count); });
    return blocks.result();
}

}  // namespace

std::size_t BlockedLoss::block_count() const {
    return std::max<std::size_t>(1, (live.size() + rows - 1) / rows);
}

Variable BlockedLoss::whole() const {
    const std::size_t all = element_count(tokens);
    const RowsOfTokens places{live, tokens, live.size() == all};
    const Variable table = reshape(x, Shape{all, x.shape().back()});
    const Variable input = places.are_all ? table : embedding(table, live);
    const Variable scores = projection ? projection->scores(input) : input;
    const Variable y = checked(loss(scores, target), live.size());
    return y.shape().empty() ? y : reshape(places.among_all(y, Reduction::none), tokens);
}

BlockedLoss::Gradients BlockedLoss::gradients(const Array* cotangent) const {
    if (projection) {
        return projected(*this, cotangent, true);
    }
    Array dx = no_gradients_yet(*this);
    Array losses = losses_of_logits(*this, dx.data(), cotangent);
    return {std::move(losses), {Variable(std::move(dx))}};
}

Array BlockedLoss::losses() const {
    return projection ? projected(*this, nullptr, false).losses
                      : losses_of_logits(*this, nullptr, nullptr);
}

}  // namespace xtape
