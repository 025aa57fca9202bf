#include <xtape/ops/matmul.hpp>

#include <xtape/core/errors.hpp>
#include <xtape/core/tape.hpp>
#include <xtape/ops/detail/broadcasting.hpp>
#include <xtape/ops/detail/gemm.hpp>
#include <xtape/ops/reshape.hpp>

namespace xtape {

namespace {

Operand flipped(Operand of) {
    return of == Operand::plain ? Operand::transposed : Operand::plain;
}

// Let beta run over all places of the broadcast batch axes. Whatever lacks a batch axis is read
// there again and again, or added up: y = sum_beta A B, where A = op(a), B = op(b). Then
//
//     <g, y> = sum_beta tr(G' A B)
//
// treats its three matrices alike, so that the gradients are sums of products too:
//
//     dL/dA = sum_beta G B'    and    dL/dB = sum_beta A' G,    transposed if op transposes.
//
// A product is added to a gradient that is there already at no cost, as BLAS can.
Variable sum_of_products(const Variable& a, Operand of_a, const Variable& b, Operand of_b,
                         const Shape& shape) {
    constexpr Operand plain = Operand::plain, transposed = Operand::transposed;
    Array y = sum_of_products(a.value(), of_a, b.value(), of_b, shape);
    const auto to_a = [b, of_a, of_b, from = a.shape()](Variable g) {
        return of_a == plain ? sum_of_products(g, plain, b, flipped(of_b), from)
                             : sum_of_products(b, of_b, g, transposed, from);
    };
    const auto add_to_a = [b, of_a, of_b](Array& sum, const Array& g) {
        of_a == plain ? add_products(sum, g, plain, b.value(), flipped(of_b))
                      : add_products(sum, b.value(), of_b, g, transposed);
    };
    const auto to_b = [a, of_a, of_b, from = b.shape()](Variable g) {
        return of_b == plain ? sum_of_products(a, flipped(of_a), g, plain, from)
                             : sum_of_products(g, transposed, a, of_a, from);
    };
    const auto add_to_b = [a, of_a, of_b](Array& sum, const Array& g) {
        of_b == plain ? add_products(sum, a.value(), flipped(of_a), g, plain)
                      : add_products(sum, g, transposed, a.value(), of_a);
    };
    return record(
        {"MatMul", {{"transpose_a", of_a == transposed}, {"transpose_b", of_b == transposed}}},
        std::move(y), Input{a, to_a, add_to_a}, Input{b, to_b, add_to_b});
}

/// The shape as an error message names it.
std::string described(const Shape& shape, Operand of) {
    return text(shape, of == Operand::transposed ? " transposed" : "");
}

/// [..., n, m], from operands that have at least two axes.
Shape product_shape(const Shape& a, Operand of_a, const Shape& b, Operand of_b) {
    Shape shape;
    try {
        shape = broadcast_shape("matmul", Shape(a.begin(), a.end() - 2), {b.begin(), b.end() - 2});
    } catch (const ShapeError&) {
        throw ShapeError(
            text("matmul: the batch axes of shapes ", a, " and ", b, " do not broadcast"));
    }
    shape.push_back(of_a == Operand::plain ? a[a.size() - 2] : a.back());
    shape.push_back(of_b == Operand::plain ? b.back() : b[b.size() - 2]);
    return shape;
}

void require_products(const Shape& a, Operand of_a, const Shape& b, Operand of_b) {
    if (a.empty() || b.empty()) {
        throw ShapeError(text("matmul: the operands have shapes ", a, " and ", b,
                              "; each needs at least one axis"));
    }
    const std::size_t inner_a =
        a.size() > 1 && of_a == Operand::transposed ? a[a.size() - 2] : a.back();
    const std::size_t inner_b = b.size() > 1 && of_b == Operand::plain ? b[b.size() - 2] : b.back();
    if (inner_a != inner_b) {
        throw ShapeError(text("matmul: inner dimensions ", inner_a, " and ", inner_b, " of shapes ",
                              described(a, of_a), " and ", described(b, of_b), " differ"));
    }
}

}  // namespace

Variable matmul(const Variable& a, const Variable& b, Operand of_a, Operand of_b) {
    require_products(a.shape(), of_a, b.shape(), of_b);
    if (b.shape().size() == 1) {
        return squeeze(matmul(a, unsqueeze(b, 1), of_a, Operand::plain), -1);
    }
    if (a.shape().size() == 1) {
        return squeeze(matmul(unsqueeze(a, 0), b, Operand::plain, of_b), -2);
    }
    const Shape shape = product_shape(a.shape(), of_a, b.shape(), of_b);
    return sum_of_products(a, of_a, b, of_b, shape);
}

}  // namespace xtape
