#include <xtape/losses/detail/score_rows.hpp>

#include <algorithm>

#include <xtape/core/detail/journal.hpp>
#include <xtape/core/detail/stream.hpp>
#include <xtape/core/errors.hpp>
#include <xtape/core/tape.hpp>

namespace xtape {

Array ScoreRows::operator()(std::size_t first, std::size_t count) const {
    const Aside aside;  // the steps of a block are nobody's business
    const Variable x = copied(first, count);
    if (slopes == nullptr) {
        return loss_of(x, first).value();
    }
    Tape tape;
    const Variable y = loss_of(x, first);
    if (cotangent != nullptr || y.shape().empty()) {
        write(tape.gradients(y, cotangent_of(y, first), {x})[0].value(), first);
    }
    return y.value();
}

Variable ScoreRows::loss_of(const Variable& rows, std::size_t first) const {
    const std::size_t count = rows.shape()[0];
    Index classes = Index::from_shape({count});
    std::copy_n(target + first, count, classes.data());
    return checked(loss(rows, classes), count);
}

std::size_t ScoreRows::at(std::size_t i) const {
    return (place == nullptr ? i : static_cast<std::size_t>(place[i])) * width;
}

Variable ScoreRows::copied(std::size_t first, std::size_t count) const {
    Array rows = Array::from_shape({count, width});
    for (std::size_t i = 0; i < count; ++i) {
        copy_in(scores + at(first + i), width, rows.data() + i * width);
    }
    return Variable(std::move(rows));
}

void ScoreRows::write(const Array& gradient, std::size_t first) const {
    const auto copy = past_cache ? copy_past_cache : copy_in;
    for (std::size_t i = 0; i < gradient.shape()[0]; ++i) {
        copy(gradient.data() + i * width, width, slopes + at(first + i));
    }
}

Variable ScoreRows::cotangent_of(const Variable& y, std::size_t first) const {
    Array c(y.shape(), 1);
    if (cotangent != nullptr) {
        std::copy_n(cotangent + (y.shape().empty() ? 0 : first), c.size(), c.data());
    }
    return Variable(std::move(c));
}

Variable checked(Variable y, std::size_t rows) {
    if (!y.shape().empty() && y.shape() != Shape{rows}) {
        throw ShapeError(text("row_blocks: the loss of ", rows, " rows has shape ", y.shape(),
                              "; it must be [], their sum, or ", Shape{rows}, ", one for each"));
    }
    return y;
}

std::size_t rows_in_cache(std::size_t classes) {
    constexpr std::size_t scores = (std::size_t{7} << 16) / sizeof(Real);  // of 2 MiB or so
    return std::max<std::size_t>(1, scores / std::max<std::size_t>(classes, 1));
}

Array joined(const std::vector<Array>& parts) {
    if (parts.front().shape().empty()) {
        double sum = 0;
        for (const Array& part : parts) {
            sum += double{*part.data()};
        }
        return Array(Shape{}, static_cast<Real>(sum));
    }
    std::size_t count = 0;
    for (const Array& part : parts) {
        count += part.size();
    }
    Array all = Array::from_shape({count});
    Real* to = all.data();
    for (const Array& part : parts) {
        to = std::copy_n(part.data(), part.size(), to);
    }
    return all;
}

}  // namespace xtape
