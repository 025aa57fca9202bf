#include <xtape/ops/detail/gemm.hpp>

#include <algorithm>
#include <limits>

// This header comes first: it tells cxxblas that there is a BLAS. Without it the products are loops,
// right and fifty times slower.
#include <xtensor-blas/xblas.hpp>

#include <xflens/cxxblas/cxxblas.cxx>

#include <xtape/core/errors.hpp>
#include <xtape/ops/detail/loops.hpp>

#ifndef HAVE_CBLAS
#error "cxxblas was included before xtensor-blas and would not call BLAS"
#endif

namespace xtape {

int blas_extent(std::size_t extent) {
    constexpr int most = std::numeric_limits<int>::max();
    if (extent > static_cast<std::size_t>(most)) {
        throw ShapeError(
            text("matmul: extent ", extent, " is more than BLAS can take; at most ", most));
    }
    return static_cast<int>(extent);
}

void Gemm::operator()(Matrix<const Real> a, Matrix<const Real> b, Real beta, Matrix<Real> y) const {
    const auto flag = [](Operand of) {
        return of == Operand::plain ? cxxblas::NoTrans : cxxblas::Trans;
    };
    const auto stride = [](const auto& matrix) {  // BLAS wants 1 even where there is nothing
        return blas_extent(std::max<std::size_t>(matrix.stride, 1));
    };
    cxxblas::gemm<int>(cxxblas::RowMajor, flag(of_a), flag(of_b), blas_extent(n), blas_extent(m),
                       blas_extent(k), Real(1), a.first, stride(a), b.first, stride(b), beta,
                       y.first, stride(y));
}

namespace {

/// The loops over the batch axes, from matrix to matrix in a, b and y.
Loops<3> batch_loops(const Gemm& gemm, const Shape& a, const Shape& b, const Shape& y) {
    Loops<3> loops;
    std::array<std::size_t, 3> size = {gemm.n * gemm.k, gemm.k * gemm.m, gemm.n * gemm.m};
    const std::array<const Shape*, 3> shapes = {&a, &b, &y};
    for (std::size_t k = 3; k <= std::max({a.size(), b.size(), y.size()}); ++k) {
        Loop<3> loop{1, {0, 0, 0}};
        for (std::size_t n = 0; n < 3; ++n) {
            const Shape& shape = *shapes[n];
            const std::size_t extent = k <= shape.size() ? shape[shape.size() - k] : 1;
            if (extent != 1) {
                loop.extent = extent;
                loop.step[n] = size[n];
                size[n] *= extent;
            }
        }
        put_around(loops, loop);
    }
    return loops;
}

/// Takes the innermost loop into the product itself where matrices that follow each other in memory
/// are one larger matrix: a linear layer on a whole batch and the gradient of its weight are
/// one product each.
void absorb_innermost(Loops<3>& loops, Gemm& gemm) {
    if (loops.empty()) {
        return;
    }
    const auto [moves_a, moves_b, moves_y] = loops.front().step;
    const bool a_is_plain = gemm.of_a == Operand::plain;
    const bool b_is_plain = gemm.of_b == Operand::plain;
    if (a_is_plain && moves_a && !moves_b && moves_y) {
        gemm.n *= loops.front().extent;  // a and y have more rows
    } else if (!a_is_plain && b_is_plain && moves_a && moves_b && !moves_y) {
        gemm.k *= loops.front().extent;  // a' has more columns and b more rows
    } else {
        return;
    }
    loops.erase(loops.begin());
}

/// y = beta y + the products, which beta = 0 allows only where none is added to another.
struct Products {
    Gemm gemm;
    Loops<3> loops;

    Products(const Array& a, Operand of_a, const Array& b, Operand of_b, const Shape& shape)
        : gemm{shape[shape.size() - 2], shape.back(), 0, of_a, of_b} {
        const Shape& from = a.shape();
        gemm.k = of_a == Operand::plain ? from.back() : from[from.size() - 2];
        loops = batch_loops(gemm, from, b.shape(), shape);
        absorb_innermost(loops, gemm);
    }

    bool add_up() const {
        return std::any_of(loops.begin(), loops.end(),
                           [](const Loop<3>& loop) { return loop.step[2] == 0; });
    }

    void write(const Array& a, const Array& b, Real beta, Array& y) const {
        const std::size_t stride_of_a = gemm.of_a == Operand::plain ? gemm.k : gemm.n;
        const std::size_t stride_of_b = gemm.of_b == Operand::plain ? gemm.m : gemm.k;
        run(loops, [&](const auto& place) {
            gemm({a.data() + place[0], stride_of_a}, {b.data() + place[1], stride_of_b}, beta,
                 {y.data() + place[2], gemm.m});
        });
    }
};

bool is_empty(const Array& a, const Array& b, const Shape& shape) {
    return a.size() == 0 || b.size() == 0 || element_count(shape) == 0;
}

}  // namespace

Array sum_of_products(const Array& a, Operand of_a, const Array& b, Operand of_b,
                      const Shape& shape) {
    if (is_empty(a, b, shape)) {
        return Array(shape, 0);
    }
    const Products products(a, of_a, b, of_b, shape);
    const bool add_up = products.add_up();
    Array y = add_up ? Array(shape, 0) : Array::from_shape(shape);
    products.write(a, b, add_up ? Real(1) : Real(0), y);
    return y;
}

void add_products(Array& y, const Array& a, Operand of_a, const Array& b, Operand of_b) {
    if (!is_empty(a, b, y.shape())) {
        Products(a, of_a, b, of_b, y.shape()).write(a, b, 1, y);
    }
}

}  // namespace xtape
