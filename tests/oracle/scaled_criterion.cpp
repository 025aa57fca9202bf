#include <algorithm>
#include <cmath>

#include <xtape/core/errors.hpp>
#include <xtape/core/tape.hpp>

#include "criterion.hpp"
#include "groups.hpp"

namespace oracle {

using namespace xtape;

namespace {

/// Allowed |got - want|. In double the reference is met; in single precision by 8 times what the
/// reference implementation itself is off by in single precision.
double allowed(double want, [[maybe_unused]] double single_error) {
#ifdef XTAPE_SINGLE
    return 8 * std::max(single_error, 1e-7 * std::abs(want));
#else
    return loose.value * std::max(1.0, std::abs(want));
#endif
}

/// Scores and targets, written out or given by a formula for vocabularies too large to write out.
struct Batch {
    Array logits;
    Index target;
};

Batch written_by_formula(const Json& formula) {
    const auto integer = [&](const char* key) { return formula.at(key).get<std::size_t>(); };
    const std::size_t rows = integer("N");
    const std::size_t classes = integer("V");
    Batch batch{Array::from_shape({rows, classes}), Index::from_shape({rows})};
    for (std::size_t n = 0; n < rows; ++n) {
        for (std::size_t j = 0; j < classes; ++j) {
            const std::size_t k = (n * integer("a") + j * integer("b")) % integer("m");
            batch.logits(n, j) = static_cast<Real>(
                static_cast<double>(k) / number_of(formula.at("s")) - number_of(formula.at("c")));
        }
        batch.target(n) = static_cast<std::int64_t>(n * integer("p") % classes);
    }
    return batch;
}

Batch batch_of(const Json& one) {
    return one.contains("formula") ? written_by_formula(one.at("formula"))
                                   : Batch{array_of(one.at("logits")), index_of(one.at("target"))};
}

void compare_everywhere(const Json& one, const Array& g, double error, Verdict& verdict) {
    const Reference want = reference_of(one.at("grad_logits_ref64"));
    for (std::size_t i = 0; i < want.numbers.size(); ++i) {
        verdict.within(text("vjp at ", place_of(i, want.shape)), double{g.data()[i]},
                       want.numbers[i], allowed(want.numbers[i], error));
    }
}

void compare_probes(const Json& one, const Array& g, double error, Verdict& verdict) {
    for (std::size_t i = 0; i < one.at("grad_probe").size(); ++i) {
        const auto at = one.at("grad_probe_index")[i].get<std::vector<std::size_t>>();
        const double want = number_of(one.at("grad_probe")[i]);
        verdict.within(text("vjp at [", at.at(0), ", ", at.at(1), "]"),
                       double{g(at.at(0), at.at(1))}, want, allowed(want, error));
    }
    double squares = 0;
    double largest = 0;
    for (const Real entry : g) {
        squares += double{entry} * double{entry};
        largest = std::max(largest, std::abs(double{entry}));
    }
    const double norm = number_of(one.at("grad_l2"));
    verdict.within("norm of vjp", std::sqrt(squares), norm, allowed(norm, error));
    const double bound = number_of(one.at("grad_absmax"));
    verdict.within("largest entry of vjp", largest, bound, allowed(bound, error));
}

}  // namespace

void check_scaled_criterion(const Json& one, const Json&, Verdict& verdict) {
    const LabelSmoothedCrossEntropy criterion = criterion_of(one);
    const Batch batch = batch_of(one);
    const Variable logits(batch.logits);
    Tape tape;
    const Variable loss = criterion.from_logits(logits, batch.target);
    const double want = reference_of(one.at("loss_ref64")).numbers.at(0);
    verdict.within("value", double{loss.item()}, want,
                   allowed(want, number_of(one.at("torch_f32_loss_err"))));
    const Array cotangent = one.contains("gout") ? array_of(one.at("gout")) : Array(Shape{}, 1);
    const Array g = tape.gradients(loss, cotangent, {logits})[0].value();
    const double error = number_of(one.at("torch_f32_grad_maxerr"));
    if (one.contains("formula")) {
        compare_probes(one, g, error, verdict);
    } else {
        compare_everywhere(one, g, error, verdict);
    }
}

}  // namespace oracle
