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
Variable sum_of_products(const Variable& a, Operand of_a, const Variable& b, Operand of_b,
                         const Shape& shape) {
    Array y = sum_of_products(a.value(), of_a, b.value(), of_b, shape);
    const auto to_a = [b, of_a, of_b, from = a.shape()](Variable g) {
        return of_a == Operand::plain ? sum_of_products(g, Operand::plain, b, flipped(of_b), from)
                                      : sum_of_products(b, of_b, g, Operand::transposed, from);
    };
    const auto to_b = [a, of_a, of_b, from = b.shape()](Variable g) {
        return of_b == Operand::plain ? sum_of_products(a, flipped(of_a), g, Operand::plain, from)
                                      : sum_of_products(g, Operand::transposed, a, of_a, from);
    };
    return record({"MatMul",
                   {{"transpose_a", of_a == Operand::transposed},
                    {"transpose_b", of_b == Operand::transposed}}},
                  std::move(y), Input{a, to_a}, Input{b, to_b});
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
