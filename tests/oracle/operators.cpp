#include <algorithm>
#include <map>

#include <xtape/xtape.hpp>

#include "derivatives.hpp"
#include "groups.hpp"

namespace oracle {

using namespace xtape;

namespace {

// --- how an operator's attributes are written ---

std::ptrdiff_t integer(const Json& a, const char* key) {
    return a.at(key).get<std::ptrdiff_t>();
}
std::ptrdiff_t axis(const Json& a) {
    return integer(a, "dim");
}
Real number(const Json& a, const char* key) {
    return static_cast<Real>(number_of(a.at(key)));
}
Axes axes(const Json& a, std::size_t rank) {
    Axes list;
    if (!a.at("dims").is_null()) {
        return a.at("dims").get<Axes>();
    }
    for (std::size_t k = 0; k < rank; ++k) {
        list.push_back(static_cast<std::ptrdiff_t>(k));
    }
    return list;
}
bool keeps(const Json& a) {
    return a.value("keepdim", false);
}
Operand form(const Json& a, const char* key) {
    return integer(a, key) != 0 ? Operand::transposed : Operand::plain;
}

// --- the operators, and what the reference makes of several of them ---

using In = const std::vector<Variable>&;
using At = const Json&;
using Apply = Variable (*)(In x, At a);

Variable layer_norm_of(In x, At a) {
    const Real eps = number(a, "eps");
    return x.size() == 1 ? layer_norm(x[0], a.at("normalized_shape").size(), eps)
                         : layer_norm(x[0], x[1], x[2], eps);
}

Variable variance_of(In x, At a) {
    return variance(x[0], axes(a, x[0].shape().size()), a.at("unbiased").get<bool>(), keeps(a));
}

/// log where it is finite, 0 elsewhere.
Variable where_log(In x, At) {
    Mask positive = Mask::from_shape(x[0].shape());
    for (std::size_t i = 0; i < positive.size(); ++i) {
        positive.data()[i] = x[0].value().data()[i] > 0;
    }
    return where(positive, log(x[0]), Variable(Real(0)));
}

const Variable zero_and_two(Array{0, 2});
const Mask at_zero = {true, false};

const std::map<std::string, Apply> operators = {
    {"abs", [](In x, At) { return abs(x[0]); }},
    {"add", [](In x, At) { return x[0] + x[1]; }},
    {"add_scalar", [](In x, At a) { return shift(x[0], number(a, "c")); }},
    {"amax", [](In x, At a) { return amax(x[0], axis(a), keeps(a)); }},
    {"cat", [](In x, At a) { return concat(x, axis(a)); }},
    {"cat_self", [](In x, At a) { return concat(std::vector(2, x[0]), axis(a)); }},
    {"clamp", [](In x, At a) { return clamp(x[0], number(a, "min"), number(a, "max")); }},
    {"cos", [](In x, At) { return cos(x[0]); }},
    {"div", [](In x, At) { return x[0] / x[1]; }},
    {"div_masked", [](In x, At) { return masked_fill(x[0] / zero_and_two, at_zero, 0); }},
    {"div_self", [](In x, At) { return x[0] / x[0]; }},
    {"embedding",
     [](In x, At a) {
         return embedding(x[0], index_of(a.at("index")), integer_of(a.at("padding_idx")));
     }},
    {"erf", [](In x, At) { return erf(x[0]); }},
    {"exp", [](In x, At) { return exp(x[0]); }},
    {"expand", [](In x, At a) { return broadcast_to(x[0], shape_of(a.at("shape"))); }},
    {"flip", [](In x, At a) { return flip(x[0], axes(a, x[0].shape().size())); }},
    {"gather", [](In x, At a) { return gather(x[0], axis(a), index_of(a.at("index"))); }},
    {"gelu", [](In x, At) { return gelu(x[0]); }},
    {"gelu_tanh", [](In x, At) { return gelu_tanh(x[0]); }},
    {"layer_norm", layer_norm_of},
    {"leaky_relu", [](In x, At) { return leaky_relu(x[0]); }},
    {"linear",
     [](In x, At) { return matmul(x[0], x[1], Operand::plain, Operand::transposed) + x[2]; }},
    {"log", [](In x, At) { return log(x[0]); }},
    {"log1p", [](In x, At) { return log1p(x[0]); }},
    {"log_sigmoid", [](In x, At) { return log_sigmoid(x[0]); }},
    {"log_softmax", [](In x, At a) { return log_softmax(x[0], axis(a)); }},
    {"logsumexp", [](In x, At a) { return logsumexp(x[0], axis(a), keeps(a)); }},
    {"mask_div", [](In x, At) { return x[0] / masked_fill(zero_and_two, at_zero, 1); }},
    {"masked_fill",
     [](In x, At a) { return masked_fill(x[0], mask_of(a.at("mask")), number(a, "value")); }},
    {"matmul", [](In x, At) { return matmul(x[0], x[1]); }},
    {"matmul_self", [](In x, At) { return matmul(x[0], x[0]); }},
    {"matmul_t", [](In x, At a) { return matmul(x[0], x[1], form(a, "ta"), form(a, "tb")); }},
    {"matmul_xxt",
     [](In x, At) { return matmul(x[0], x[0], Operand::plain, Operand::transposed); }},
    {"max_index", [](In x, At a) { return max(x[0], axis(a), keeps(a)); }},
    {"maximum", [](In x, At) { return maximum(x[0], x[1]); }},
    {"mean", [](In x, At a) { return mean(x[0], axes(a, x[0].shape().size()), keeps(a)); }},
    {"minimum", [](In x, At) { return minimum(x[0], x[1]); }},
    {"mul", [](In x, At) { return x[0] * x[1]; }},
    {"mul_self", [](In x, At) { return x[0] * x[0]; }},
    {"neg", [](In x, At) { return -x[0]; }},
    {"norm2", [](In x, At a) { return norm(x[0], axis(a), keeps(a)); }},
    {"permute", [](In x, At a) { return permute(x[0], axes(a, x[0].shape().size())); }},
    {"permute_reshape",
     [](In x, At a) {
         return reshape(permute(x[0], axes(a, x[0].shape().size())), shape_of(a.at("shape")));
     }},
    {"pow_scalar", [](In x, At a) { return pow(x[0], number(a, "p")); }},
    {"prod", [](In x, At a) { return product(x[0], axis(a), keeps(a)); }},
    {"reciprocal", [](In x, At) { return reciprocal(x[0]); }},
    {"relu", [](In x, At) { return relu(x[0]); }},
    {"reshape", [](In x, At a) { return reshape(x[0], shape_of(a.at("shape"))); }},
    {"rsqrt", [](In x, At) { return rsqrt(x[0]); }},
    {"scale", [](In x, At a) { return scale(x[0], number(a, "c")); }},
    {"scatter_add",
     [](In x, At a) {
         return x[0] + scatter_add(x[1], axis(a), index_of(a.at("index")), x[0].shape());
     }},
    {"select", [](In x, At a) { return select(x[0], axis(a), integer(a, "index")); }},
    {"sigmoid", [](In x, At) { return sigmoid(x[0]); }},
    {"silu", [](In x, At) { return silu(x[0]); }},
    {"sin", [](In x, At) { return sin(x[0]); }},
    {"slice",
     [](In x, At a) {
         return slice(x[0], axis(a), integer(a, "start"), integer(a, "stop"), integer(a, "step"));
     }},
    {"softmax", [](In x, At a) { return softmax(x[0], axis(a)); }},
    {"softplus", [](In x, At) { return softplus(x[0]); }},
    {"sqrt", [](In x, At) { return sqrt(x[0]); }},
    {"square", [](In x, At) { return square(x[0]); }},
    {"squeeze", [](In x, At a) { return squeeze(x[0], axis(a)); }},
    {"sub", [](In x, At) { return x[0] - x[1]; }},
    {"sub_self", [](In x, At) { return x[0] - x[0]; }},
    {"sum", [](In x, At a) { return reduce_sum(x[0], axes(a, x[0].shape().size()), keeps(a)); }},
    {"tanh", [](In x, At) { return tanh(x[0]); }},
    {"transpose",
     [](In x, At a) { return transpose(x[0], integer(a, "dim0"), integer(a, "dim1")); }},
    {"unsqueeze", [](In x, At a) { return unsqueeze(x[0], axis(a)); }},
    {"var", variance_of},
    {"where", [](In x, At a) { return where(mask_of(a.at("mask")), x[0], x[1]); }},
    {"where_log", where_log},
};

Tolerance tolerance_of(const Json& one) {
    Tolerance tolerance = one.at("check") == "fd-loose" ? loose : usual;
    if (one.at("op") == "softplus" && one.at("check") == "convention") {
        // The reference takes softplus(x) for x from 20 on, where they are 1e-9 apart.
        tolerance.value = tolerance.first = std::max(tolerance.value, 1e-8);
    }
    return tolerance;
}

}  // namespace

void check_operator(const Json& one, const Json&, Verdict& verdict) {
    const auto op = operators.find(one.at("op").get<std::string>());
    if (op == operators.end()) {
        verdict.differs("no operator is known by the name " + one.at("op").dump());
        return;
    }
    std::vector<Variable> inputs;
    std::vector<Variable> sources;
    std::vector<bool> varies;
    for (const Array& input : arrays_of(one.at("inputs"))) {
        inputs.emplace_back(input);
        varies.push_back(one.at("diff").at(varies.size()) != 0);
        if (varies.back()) {
            sources.push_back(inputs.back());
        }
    }
    // A copy is the same variable, so f finds the sources among its inputs.
    const Function f = [&](In) { return op->second(inputs, one.at("attrs")); };
    compare("", f, sources, expected_of(one, varies), tolerance_of(one), verdict);
}

}  // namespace oracle
