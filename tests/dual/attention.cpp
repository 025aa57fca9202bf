#include <algorithm>

#include "tests/dual/definitions.hpp"

namespace xtape::dual {

namespace {

/// Calls visit(weight, q, k) for every product of two numbers: the place of the weight that it goes
/// to or comes from, and the places of the numbers in the rows of queries and of keys.
void for_all_products(const Pairing& pairing, std::size_t width,
                      const std::function<void(const Place&, const Place&, const Place&)>& visit) {
    const std::size_t columns = width / pairing.heads;
    for (std::size_t b = 0; b < pairing.queries.count(); ++b) {
        const Shape block = {pairing.heads, pairing.queries.length(b), pairing.keys.length(b),
                             columns};
        for_all_places(block, [&](const Place& at) {
            const std::size_t column = at[0] * columns + at[3];
            visit({b, at[0], at[1], at[2]}, {pairing.queries.first(b) + at[1], column},
                  {pairing.keys.first(b) + at[2], column});
        });
    }
}

}  // namespace

DualArray score_heads(const DualArray& q, const DualArray& k, const Pairing& pairing) {
    DualArray p = zeros({pairing.queries.count(), pairing.heads, pairing.queries.longest(),
                         pairing.keys.longest()});
    for_all_products(pairing, q.shape[1],
                     [&](const Place& weight, const Place& in_q, const Place& in_k) {
                         p[weight] = p[weight] + q[in_q] * k[in_k];
                     });
    return p;
}

DualArray mix_heads(const DualArray& p, const DualArray& v, const Pairing& pairing, Operand of_p) {
    const bool to_queries = of_p == Operand::plain;
    DualArray y = zeros({(to_queries ? pairing.queries : pairing.keys).rows(), v.shape[1]});
    for_all_products(pairing, v.shape[1],
                     [&](const Place& weight, const Place& in_q, const Place& in_k) {
                         const Place& to = to_queries ? in_q : in_k;
                         y[to] = y[to] + p[weight] * v[to_queries ? in_k : in_q];
                     });
    return y;
}

DualArray prefix_softmax(const DualArray& x, const Index& counts, Real c) {
    DualArray y = zeros(x.shape);
    for (std::size_t i = 0; i < counts.size(); ++i) {
        const auto row = static_cast<std::ptrdiff_t>(i * x.shape.back());
        const auto count = static_cast<std::ptrdiff_t>(counts.data()[i]);
        if (count > 0) {
            const auto begin = x.numbers.begin() + row;
            const DualArray first{{static_cast<std::size_t>(count)}, {begin, begin + count}};
            const DualArray shares = softmax(scale(first, c), 0);
            std::copy(shares.numbers.begin(), shares.numbers.end(), y.numbers.begin() + row);
        }
    }
    return y;
}

}  // namespace xtape::dual
