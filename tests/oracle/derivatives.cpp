#include "derivatives.hpp"

#include <xtape/core/errors.hpp>
#include <xtape/core/tape.hpp>
#include <xtape/ops/arithmetic.hpp>
#include <xtape/ops/reduce_sum.hpp>

namespace oracle {

using namespace xtape;

namespace {

// The gradients J' g are linear in g. So, recorded on an outer tape, the derivatives of the number
// <J' g, v> are J v with respect to g and the Hessian of <g, f> times v with respect to x.
void compare_second(const std::string& route, const Function& f, const std::vector<Variable>& x,
                    const Expected& expected, const Tolerance& tolerance, Verdict& verdict) {
    const Variable g(expected.cotangent);
    Tape outer;
    Variable product(Real(0));
    {
        Tape inner;
        const Variable y = f(x);
        const std::vector<Variable> gradients = inner.gradients(y, g, x);
        for (std::size_t i = 0; i < x.size(); ++i) {
            product = product + reduce_sum(gradients[i] * Variable(expected.tangents[i]));
        }
    }
    std::vector<Variable> g_and_x = {g};
    g_and_x.insert(g_and_x.end(), x.begin(), x.end());
    const std::vector<Variable> found = outer.gradients(product, g_and_x);
    verdict.close(route + "jvp", found[0].value(), expected.jvp, tolerance.first);
    for (std::size_t i = 0; i < x.size(); ++i) {
        verdict.close(text(route, "hvp ", i), found[i + 1].value(), expected.hvps[i],
                      tolerance.second);
    }
}

/// Those of a list of tensors that belong to inputs that vary.
Json chosen(const Json& tensors, const std::vector<bool>& varies) {
    Json list = Json::array();
    for (std::size_t i = 0; i < tensors.size(); ++i) {
        if (varies.at(i)) {
            list.push_back(tensors[i]);
        }
    }
    return list;
}

std::vector<Reference> references_of(const Json& tensors) {
    std::vector<Reference> references;
    for (const Json& tensor : tensors) {
        references.push_back(reference_of(tensor));
    }
    return references;
}

}  // namespace

std::vector<Variable> compare(const std::string& route, const Function& f,
                              const std::vector<Variable>& x, const Expected& expected,
                              const Tolerance& tolerance, Verdict& verdict) {
    Tape tape;
    const Variable y = f(x);
    verdict.close(route + "value", y.value(), expected.value, tolerance.value);
    const std::vector<Variable> gradients = tape.gradients(y, expected.cotangent, x);
    for (std::size_t i = 0; i < x.size(); ++i) {
        verdict.close(text(route, "vjp ", i), gradients[i].value(), expected.gradients.at(i),
                      tolerance.first);
    }
    if (!expected.tangents.empty()) {
        compare_second(route, f, x, expected, tolerance, verdict);
    }
    return gradients;
}

Expected expected_of(const Json& one, const std::vector<bool>& varies) {
    Expected expected{reference_of(one.at("out")),
                      array_of(one.at("gout")),
                      references_of(chosen(one.at("grads"), varies)),
                      {},
                      {},
                      {}};
    if (one.contains("jvp")) {
        expected.tangents = arrays_of(chosen(one.at("v"), varies));
        expected.jvp = reference_of(one.at("jvp"));
        expected.hvps = references_of(chosen(one.at("hvp"), varies));
    }
    return expected;
}

}  // namespace oracle
