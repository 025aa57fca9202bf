#include "work.hpp"

#include <cmath>

namespace steps_bench {
namespace {

class List {
public:
    List(const Case& problem, const Sizes& sizes) : problem_(problem), sizes_(sizes) {}

    std::vector<Work> all() {
        problem_.model == Model::transformer ? transformer() : gru();
        linear(target_rows(), width(), target_symbols);
        pass(target_rows(), target_symbols);  // the loss
        return std::move(work_);
    }

private:
    void transformer() {
        pass(source_rows(), width());  // embedding, scaled, with its position
        for (std::size_t i = 0; i < problem_.layers; ++i) {
            attend_itself(sizes_.source);
            feed_forward(source_rows());
        }
        pass(source_rows(), width());
        pass(target_rows(), width());
        for (std::size_t i = 0; i < problem_.layers; ++i) {
            attend_itself(sizes_.target);
            attend_memory();
            feed_forward(target_rows());
        }
        pass(target_rows(), width());
    }

    void attend_itself(std::size_t length) {
        const std::size_t rows = sizes_.rows * length;
        pass(rows, width());
        linear(rows, width(), 3 * width());
        attend(length, length, width(), problem_.heads());
        linear(rows, width(), width());
        pass(rows, width());
    }

    void attend_memory() {
        pass(target_rows(), width());
        linear(target_rows(), width(), width());
        linear(source_rows(), width(), 2 * width());
        attend(sizes_.target, sizes_.source, width(), problem_.heads());
        linear(target_rows(), width(), width());
        pass(target_rows(), width());
    }

    void feed_forward(std::size_t rows) {
        pass(rows, width());
        linear(rows, width(), problem_.feed_forward());
        pass(rows, problem_.feed_forward());
        linear(rows, problem_.feed_forward(), width());
        pass(rows, width());
    }

    void gru() {
        pass(source_rows(), width());
        read(sizes_.source);
        read(sizes_.source);
        linear(sizes_.rows, 2 * width(), width());
        pass(sizes_.rows, width());
        pass(target_rows(), width());
        read(sizes_.target);
        linear(target_rows(), width(), 2 * width());
        attend(sizes_.target, sizes_.source, 2 * width(), 1);
        linear(target_rows(), 3 * width(), width());
        pass(target_rows(), width());
    }

    /// The product with the input is one, those with the states wait for one another.
    void read(std::size_t length) {
        linear(sizes_.rows * length, width(), 3 * width());
        work_.push_back({Kind::product, sizes_.rows, width(), 3 * width(), length});
        pass(sizes_.rows * length, 3 * width());
    }

    void attend(std::size_t queries, std::size_t keys, std::size_t wide, std::size_t heads) {
        const std::size_t count = sizes_.rows * heads;
        work_.push_back({Kind::pairs, queries, wide / heads, keys, count});
        pass(queries * count, keys);
        work_.push_back({Kind::pairs, queries, keys, wide / heads, count});
    }

    void linear(std::size_t rows, std::size_t inputs, std::size_t outputs) {
        work_.push_back({Kind::product, rows, inputs, outputs, 1});
        pass(rows, outputs);
    }

    void pass(std::size_t rows, std::size_t columns) {
        work_.push_back({Kind::pass, rows, 1, columns, 1});
    }

    std::size_t width() const { return problem_.width; }
    std::size_t source_rows() const { return sizes_.rows * sizes_.source; }
    std::size_t target_rows() const { return sizes_.rows * sizes_.target; }

    Case problem_;
    Sizes sizes_;
    std::vector<Work> work_;
};

std::size_t mean(std::size_t sum, std::size_t count) {
    return (sum + count / 2) / count;
}

}  // namespace

Sizes sizes_of(const Case& problem, Padding padding) {
    std::size_t rows = 0, source = 0, target = 0;
    for (const Batch& batch : make_batches(problem)) {
        const bool all = padding == Padding::counted;
        rows += batch.rows;
        source += all ? batch.rows * batch.source_length : batch.source_tokens;
        target += all ? batch.rows * batch.target_length : batch.target_tokens;
    }
    return {problem.rows, mean(source, rows), mean(target, rows)};
}

std::vector<Work> forward_work(const Case& problem, const Sizes& sizes) {
    return List(problem, sizes).all();
}

double step_flops(const std::vector<Work>& forward) {
    double flops = 0;
    for (const auto [kind, rows, inner, columns, count] : forward) {
        if (kind != Kind::pass) {
            flops += 2 * static_cast<double>(rows * inner) * static_cast<double>(columns * count);
        }
    }
    return 3 * flops;
}

}  // namespace steps_bench
