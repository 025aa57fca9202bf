// For every call of the criterion: either exactly the promised error, and a tape that works on; or
// the loss and the gradient that the definition gives, whatever stands in the rows of PAD.

#include <cmath>

#include <xtape/core/errors.hpp>
#include <xtape/core/tape.hpp>
#include <xtape/losses/row_blocks.hpp>
#include <xtape/ops/arithmetic.hpp>
#include "tests/fuzz/criterion_oracle.hpp"
#include "tests/support/arrays.hpp"

using namespace xtape;
using namespace fuzz;

namespace {

Variable call(const CriterionCase& c, const Variable& scores) {
    return c.from_logits ? c.criterion.from_logits(scores, c.target)
                         : c.criterion(scores, c.target);
}

Variable call_in_blocks(const CriterionCase& c, const Variable& scores) {
    RowBlocks blocks;
    blocks.rows = 2;
    return in_row_blocks(c.criterion, scores, c.target, blocks);
}

/// The error of the call, if there is one, and whether gradients can be taken on its tape thereafter.
void check_error(const CriterionCase& c, const std::string& promised) {
    Tape tape;
    std::string thrown;
    try {
        call(c, Variable(c.scores));
    } catch (const ShapeError&) {
        thrown = "ShapeError";
    } catch (const IndexError&) {
        thrown = "IndexError";
    } catch (const ValueError&) {
        thrown = "ValueError";
    }
    require(thrown == promised, "promised is \"", promised, "\", thrown was \"", thrown, "\"\n", c);
    const Variable x(Real(3));
    require(tape.gradients(scale(x, 2), {x})[0].item() == 2, "the tape does not work on");
}

struct Result {
    Array loss;
    Array gradient;
};

template <class Call>
Result result_of(const CriterionCase& c, Call how) {
    const Variable scores(c.scores);
    Tape tape;
    const Variable loss = how(c, scores);
    const auto gradients = c.criterion.reduction == Reduction::none
                               ? tape.gradients(loss, c.cotangent, {scores})
                               : tape.gradients(loss, {scores});
    return {loss.value(), gradients[0].value()};
}

void check_numbers(const char* name, const Array& got, const std::vector<Estimate>& expected,
                   const CriterionCase& c) {
    require(got.size() == expected.size(), name, " of another size\n", c);
    for (std::size_t i = 0; i < got.size(); ++i) {
        const auto [value, tolerance] = expected[i];
        const double number = got.data()[i];
        const double error = number - value;
        require(number == value || std::abs(error) <= tolerance, name, '[', i, "] is ", number,
                ", by definition ", value, ": off by ", error, " of at most ", tolerance, '\n', c);
    }
}

CriterionCase with_zeros_in_padding(CriterionCase c) {
    for (std::size_t i = 0; i < c.scores.size(); ++i) {
        if (c.is_pad(i / c.classes())) {
            c.scores.data()[i] = 0;
        }
    }
    return c;
}

template <class Call>
void check_result(const CriterionCase& c, Call how) {
    const Result result = result_of(c, how);
    const Expected expected = expected_of(c);
    const bool is_matrix = c.criterion.reduction == Reduction::none;
    require(result.loss.shape() == (is_matrix ? c.cotangent.shape() : Shape{}),
            "the loss has shape ", result.loss.shape(), '\n', c);
    check_numbers("loss", result.loss, expected.loss, c);
    check_numbers("gradient", result.gradient, expected.gradient, c);

    const Result clean = result_of(with_zeros_in_padding(c), how);
    require(same_bits(result.loss, clean.loss) && same_bits(result.gradient, clean.gradient),
            "what stands in the rows of PAD changes bits\n", c);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Bytes bytes(data, size);
    const CriterionCase c = draw_case(bytes);
    const std::string promised = promised_error(c);
    check_error(c, promised);
    if (promised.empty()) {
        check_result(c, call);
        if (c.from_logits) {
            check_result(c, call_in_blocks);
        }
    }
    return 0;
}
