#include <xtape/ops/detail/gemm.hpp>

#include <limits>

#include <xtensor-blas/xblas.hpp>
#include <xflens/cxxblas/cxxblas.cxx>

#include <xtape/core/errors.hpp>
#include <xtape/ops/detail/loops.hpp>

extern "C" __attribute__((weak)) void openblas_set_num_threads(int);

namespace xtape {

namespace {

int blas_extent(std::size_t extent) {
    if (extent > static_cast<std::size_t>(std::numeric_limits<int>::max())) {
        throw ShapeError(text("matmul: extent ", extent, " is more than BLAS can take; at most ",
                              std::numeric_limits<int>::max()));
    }
    return static_cast<int>(extent);
}

/// y = op(a) op(b) for one matrix each, [n, k] and [k, m], in row-major order without gaps.
struct Gemm {
    std::size_t n, m, k;
    Operand of_a, of_b;

    std::size_t size_of_a() const { return n * k; }
    std::size_t size_of_b() const { return k * m; }
    std::size_t size_of_y() const { return n * m; }
};

/// Where the matrices of a, b and y stand in their arrays: the loops over the batch axes.
using BatchLoops = Loops<3>;

BatchLoops batch_loops(const Gemm& gemm, const Shape& a, const Shape& b, const Shape& y) {
    BatchLoops loops;
    std::array<std::size_t, 3> size = {gemm.size_of_a(), gemm.size_of_b(), gemm.size_of_y()};
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
/// are one larger matrix: below each other, or along the sum.
void absorb_innermost(BatchLoops& loops, Gemm& gemm) {
    if (loops.empty()) {
        return;
    }
    const auto [extent, step] = loops.front();
    const bool a_is_plain = gemm.of_a == Operand::plain;
    const bool b_is_plain = gemm.of_b == Operand::plain;
    if (step[1] == 0 && a_is_plain && step[0] != 0 && step[2] != 0) {
        gemm.n *= extent;  // many rows, one b
    } else if (step[2] == 0 && !a_is_plain && b_is_plain && step[0] != 0 && step[1] != 0) {
        gemm.k *= extent;  // one y, the sum of all products
    } else {
        return;
    }
    loops.erase(loops.begin());
}

/// Does every matrix of y come from one place only?
bool is_one_to_one(const BatchLoops& loops) {
    return std::all_of(loops.begin(), loops.end(), [](const auto& loop) { return loop.step[2]; });
}

auto blas_flag(Operand of) {
    return of == Operand::plain ? cxxblas::NoTrans : cxxblas::Trans;
}

}  // namespace

Array sum_of_products(const Array& a, Operand of_a, const Array& b, Operand of_b,
                      const Shape& shape) {
    const Shape& from = a.shape();
    Gemm gemm{shape[shape.size() - 2], shape.back(),
              of_a == Operand::plain ? from.back() : from[from.size() - 2], of_a, of_b};
    if (a.size() == 0 || b.size() == 0 || element_count(shape) == 0) {
        return Array(shape, 0);
    }
    BatchLoops loops = batch_loops(gemm, from, b.shape(), shape);
    absorb_innermost(loops, gemm);
    const bool adds_up = !is_one_to_one(loops);
    Array y = adds_up ? Array(shape, 0) : Array::from_shape(shape);
    const int n = blas_extent(gemm.n);
    const int m = blas_extent(gemm.m);
    const int k = blas_extent(gemm.k);
    const int columns_of_a = of_a == Operand::plain ? k : n;
    const int columns_of_b = of_b == Operand::plain ? m : k;
    run(loops, [&](const auto& place) {
        cxxblas::gemm<int>(cxxblas::RowMajor, blas_flag(of_a), blas_flag(of_b), n, m, k, Real(1),
                           a.data() + place[0], columns_of_a, b.data() + place[1], columns_of_b,
                           Real(adds_up), y.data() + place[2], m);
    });
    return y;
}

void use_one_blas_thread() {
    if (openblas_set_num_threads != nullptr) {
        openblas_set_num_threads(1);
    }
}

}  // namespace xtape
