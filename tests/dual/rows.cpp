#include <algorithm>
#include <numeric>

#include "tests/dual/definitions.hpp"

namespace xtape::dual {

namespace {

using Row = std::vector<Dual>;

/// The numbers that become one when `axes` are reduced, and which one: the flat place of each.
struct Groups {
    Shape shape;    // of the results, 1 along `axes`
    Shape without;  // the same, `axes` dropped
    std::vector<std::vector<std::size_t>> members;
};

Groups groups_of(const Shape& shape, const Axes& axes) {
    Groups groups{shape, {}, {}};
    for (const std::ptrdiff_t axis : axes) {
        groups.shape[from_front(axis, shape.size())] = 1;
    }
    for (std::size_t k = 0; k < shape.size(); ++k) {
        const auto named = [&](std::ptrdiff_t axis) { return from_front(axis, shape.size()) == k; };
        if (std::none_of(axes.begin(), axes.end(), named)) {
            groups.without.push_back(shape[k]);
        }
    }
    groups.members.resize(element_count(groups.shape));
    for_all_places(shape, [&](const Place& place) {
        const Place result = before_broadcasting(place, groups.shape);
        groups.members[flat(result, groups.shape)].push_back(flat(place, shape));
    });
    return groups;
}

Row numbers_at(const DualArray& x, const std::vector<std::size_t>& members) {
    Row row;
    for (const std::size_t i : members) {
        row.push_back(x.numbers[i]);
    }
    return row;
}

/// One number for each group.
DualArray reduce(const DualArray& x, const Axes& axes, bool keep,
                 const std::function<Dual(const Row&)>& f) {
    const Groups groups = groups_of(x.shape, axes);
    DualArray y{keep ? groups.shape : groups.without, {}};
    for (const auto& members : groups.members) {
        y.numbers.push_back(f(numbers_at(x, members)));
    }
    return y;
}

/// As many numbers for each group as it has.
DualArray rewrite(const DualArray& x, const Axes& axes, const std::function<Row(const Row&)>& f) {
    DualArray y = x;
    for (const auto& members : groups_of(x.shape, axes).members) {
        const Row row = f(numbers_at(x, members));
        for (std::size_t i = 0; i < row.size(); ++i) {
            y.numbers[members[i]] = row[i];
        }
    }
    return y;
}

Dual sum(const Row& row) {
    return std::accumulate(row.begin(), row.end(), Dual(0));
}
Dual average(const Row& row) {
    return sum(row) / Dual(static_cast<double>(row.size()));
}
Row squared_deviations(const Row& row) {
    const Dual m = average(row);
    Row squares;
    for (const Dual& v : row) {
        squares.push_back((v - m) * (v - m));
    }
    return squares;
}

bool smaller(const Dual& a, const Dual& b) {
    return a.v.value < b.v.value;
}

/// log sum e^v = peak + log sum e^(v - peak), for any constant peak.
Dual log_of_sum(const Row& row) {
    const Dual peak(std::max_element(row.begin(), row.end(), smaller)->v.value);
    Dual total(0);
    for (const Dual& v : row) {
        total = total + exp(v - peak);
    }
    return peak + log(total);
}

Dual mean_of_largest(const Row& row) {
    const double peak = std::max_element(row.begin(), row.end(), smaller)->v.value;
    Row largest;
    std::copy_if(row.begin(), row.end(), std::back_inserter(largest),
                 [peak](const Dual& v) { return v.v.value == peak; });
    return average(largest);
}

Dual length(const Row& row) {
    Dual total(0);
    for (const Dual& v : row) {
        total = total + v * v;
    }
    return total.v.value == 0 ? Dual(0) : sqrt(total);
}

Axes last_axes(std::size_t count) {
    Axes axes(count);
    std::iota(axes.begin(), axes.end(), -static_cast<std::ptrdiff_t>(count));
    return axes;
}

}  // namespace

DualArray reduce_sum(const DualArray& x) {
    return reduce_sum(x, last_axes(x.shape.size()));
}
DualArray reduce_sum(const DualArray& x, const Axes& axes, bool keep) {
    return reduce(x, axes, keep, sum);
}
DualArray mean(const DualArray& x) {
    return mean(x, last_axes(x.shape.size()));
}
DualArray mean(const DualArray& x, const Axes& axes, bool keep) {
    return reduce(x, axes, keep, average);
}
DualArray variance(const DualArray& x, const Axes& axes, bool unbiased, bool keep) {
    return reduce(x, axes, keep, [unbiased](const Row& row) {
        const double freedom = static_cast<double>(row.size()) - (unbiased ? 1 : 0);
        return sum(squared_deviations(row)) / Dual(freedom);
    });
}
DualArray product(const DualArray& x, std::ptrdiff_t axis, bool keep) {
    return reduce(x, {axis}, keep, [](const Row& row) {
        return std::accumulate(row.begin(), row.end(), Dual(1), std::multiplies<>());
    });
}
DualArray norm(const DualArray& x, std::ptrdiff_t axis, bool keep) {
    return reduce(x, {axis}, keep, length);
}
DualArray amax(const DualArray& x, std::ptrdiff_t axis, bool keep) {
    return reduce(x, {axis}, keep, mean_of_largest);
}
DualArray max(const DualArray& x, std::ptrdiff_t axis, bool keep) {
    return reduce(x, {axis}, keep, [](const Row& row) {
        return *std::max_element(row.begin(), row.end(), smaller);
    });
}
DualArray logsumexp(const DualArray& x, std::ptrdiff_t axis, bool keep) {
    return reduce(x, {axis}, keep, log_of_sum);
}

DualArray log_softmax(const DualArray& x, std::ptrdiff_t axis) {
    return rewrite(x, {axis}, [](Row row) {
        const Dual total = log_of_sum(row);
        std::for_each(row.begin(), row.end(), [&](Dual& v) { v = v - total; });
        return row;
    });
}
DualArray softmax(const DualArray& x, std::ptrdiff_t axis) {
    return exp(log_softmax(x, axis));
}

DualArray layer_norm(const DualArray& x, std::size_t row_rank, double eps) {
    return rewrite(x, last_axes(row_rank), [eps](Row row) {
        const Dual m = average(row);
        const Dual deviation = sqrt(average(squared_deviations(row)) + Dual(eps));
        std::for_each(row.begin(), row.end(), [&](Dual& v) { v = (v - m) / deviation; });
        return row;
    });
}
DualArray layer_norm(const DualArray& x, const DualArray& gain, const DualArray& bias, double eps) {
    return layer_norm(x, gain.shape.size(), eps) * gain + bias;
}

}  // namespace xtape::dual
