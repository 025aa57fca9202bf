#include <xtape/ops/gather.hpp>

#include <memory>

#include <xtape/core/errors.hpp>
#include <xtape/core/tape.hpp>
#include <xtape/ops/detail/axes.hpp>

// Gather reads and scatter_add writes, and each is the other's gradient.
//
// y[i, j] = x[i, k_ij] is linear in x: y = P x, with a single 1 in every row of P. Hence
//
//     dL/dx = P' g,    that is,    dL/dx[i, k] = sum_j g[i, j] [k = k_ij],
//
// which is scatter_add. And because P'' = P, the gradient of scatter_add is gather.

namespace xtape {

namespace {

/// Where each element of an index array of the given shape points to: calls visit(n, place) for
/// its n-th element, with its place in an array of `shape`, along `axis` counted from 0.
template <class Visit>
void for_each_place(const Shape& index, const Shape& shape, std::size_t axis, Visit visit) {
    const std::size_t rank = shape.size();
    Shape stride(rank, 1);
    for (std::size_t k = rank - 1; k > 0; --k) {
        stride[k - 1] = stride[k] * shape[k];
    }
    Shape at(rank, 0);
    std::size_t place = 0;
    for (std::size_t n = 0, count = element_count(index); n < count; ++n) {
        visit(n, place);
        for (std::size_t k = rank; k-- > 0;) {
            const std::size_t step = k == axis ? 0 : stride[k];
            place += step;
            if (++at[k] < index[k]) {
                break;
            }
            place -= step * at[k];
            at[k] = 0;
        }
    }
}

/// The checked flat positions that `index` points to, which is all that either operator needs.
using Places = std::shared_ptr<const std::vector<std::size_t>>;

Places places_of(const char* op, std::size_t axis, const Index& index, const Shape& shape) {
    bool fits = index.shape().size() == shape.size();
    for (std::size_t k = 0; fits && k < shape.size(); ++k) {
        fits = k == axis || index.shape()[k] <= shape[k];
    }
    if (!fits) {
        throw ShapeError(text(op, ": the index has shape ", index.shape(), " and the array ", shape,
                              "; it needs the same rank and, but for axis ", axis,
                              ", extents that are not larger"));
    }
    const std::size_t stride = around(shape, axis).inner;
    std::vector<std::size_t> places(index.size());
    for_each_place(index.shape(), shape, axis, [&](std::size_t n, std::size_t place) {
        const std::int64_t k = index.data()[n];
        if (k < 0 || static_cast<std::uint64_t>(k) >= shape[axis]) {
            throw IndexError(text(op, ": index ", k, " at ", place_of(n, index.shape()),
                                  " is outside [0, ", shape[axis], ")"));
        }
        places[n] = place + static_cast<std::size_t>(k) * stride;
    });
    return std::make_shared<const std::vector<std::size_t>>(std::move(places));
}

Variable gather_at(const Variable& x, const Places& places, const Shape& shape);

void add_at(Array& y, const Places& places, const Array& x) {
    for (std::size_t n = 0; n < places->size(); ++n) {
        y.data()[(*places)[n]] += x.data()[n];
    }
}

Variable scatter_add_at(const Variable& x, const Places& places, const Shape& shape) {
    Array y(shape, 0);
    add_at(y, places, x.value());
    const auto pullback = [places, from = x.shape()](Variable g) {
        return gather_at(g, places, from);
    };
    return record("ScatterAdd", std::move(y), Input{x, pullback});
}

Variable gather_at(const Variable& x, const Places& places, const Shape& shape) {
    Array y = Array::from_shape(shape);
    for (std::size_t n = 0; n < places->size(); ++n) {
        y.data()[n] = x.value().data()[(*places)[n]];
    }
    const auto pullback = [places, from = x.shape()](Variable g) {
        return scatter_add_at(g, places, from);
    };
    const auto add_pullback = [places](Array& sum, const Array& g) { add_at(sum, places, g); };
    return record("Gather", std::move(y), Input{x, pullback, add_pullback});
}

}  // namespace

Variable gather(const Variable& x, std::ptrdiff_t axis, const Index& index) {
    const std::size_t k = normalise_axis("gather", axis, x.shape());
    return gather_at(x, places_of("gather", k, index, x.shape()), index.shape());
}

Variable scatter_add(const Variable& x, std::ptrdiff_t axis, const Index& index,
                     const Shape& shape) {
    if (x.shape() != index.shape()) {
        throw ShapeError(text("scatter_add: the array has shape ", x.shape(), " and the index ",
                              index.shape(), "; they must be equal"));
    }
    const std::size_t k = normalise_axis("scatter_add", axis, shape);
    return scatter_add_at(x, places_of("scatter_add", k, index, shape), shape);
}

}  // namespace xtape
