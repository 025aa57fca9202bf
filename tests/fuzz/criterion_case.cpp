#include "tests/fuzz/criterion_case.hpp"

#include <algorithm>
#include <limits>

#include <xtape/core/errors.hpp>

namespace fuzz {

using namespace xtape;

namespace {

constexpr double inf = std::numeric_limits<double>::infinity();
constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr std::int64_t lowest = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t highest = std::numeric_limits<std::int64_t>::max();

Shape draw_tokens(Bytes& bytes) {
    constexpr std::size_t extents[] = {2, 3, 1, 4, 0};
    Shape tokens(bytes.below(4));
    for (std::size_t& extent : tokens) {
        extent = bytes.one_of(extents);
    }
    return tokens;
}

Shape followed_by(Shape tokens, std::size_t last) {
    tokens.push_back(last);
    return tokens;
}

LabelSmoothedCrossEntropy draw_criterion(Bytes& bytes, std::int64_t classes) {
    constexpr Reduction reductions[] = {Reduction::sum, Reduction::mean, Reduction::none};
    constexpr Convention conventions[] = {Convention::uniform, Convention::wrong_classes,
                                          Convention::without_padding};
    const double smoothings[] = {0.1, 0,   -0.0, bytes.uniform(0, 1), 1, 1e-300,
                                 nan, 1.5, -0.1, bytes.uniform(0, 1)};
    const std::int64_t pads[] = {0, classes - 1, -100, classes + 3, highest, lowest, 1};
    LabelSmoothedCrossEntropy criterion;
    criterion.smoothing = bytes.one_of(smoothings);
    criterion.reduction = bytes.one_of(reductions);
    criterion.convention = bytes.one_of(conventions);
    if (!bytes.one_in(4)) {
        criterion.ignore_index = bytes.one_of(pads);
    }
    return criterion;
}

/// Options of which the plain criterion knows nothing, all valid. Three classes or more keep a share,
/// so that any target leaves another one to have it.
void draw_options(Bytes& bytes, LabelSmoothedCrossEntropy& criterion, std::size_t classes) {
    if (bytes.one_in(3)) {
        criterion.class_weight = Array(Shape{classes}, 1);
        for (Real& w : *criterion.class_weight) {
            w = bytes.one_in(4) ? 0 : bytes.uniform(0, 3);
        }
    }
    if (criterion.reduction == Reduction::mean && bytes.one_in(3)) {
        criterion.normaliser = bytes.uniform(0.5, 20);
    }
    if (classes < 5) {
        return;
    }
    if (bytes.one_in(3)) {
        criterion.excluded = {2, 2};
    }
    if (criterion.convention != Convention::without_padding && bytes.one_in(3)) {
        criterion.prior = Array(Shape{classes}, 0);
        criterion.prior->data()[0] = criterion.prior->data()[1] = .25;
        criterion.prior->data()[classes - 1] = .5;
    }
}

/// One case in ten has targets that are no class.
Index draw_target(Bytes& bytes, const Shape& shape, std::int64_t classes,
                  const std::optional<std::int64_t>& pad) {
    const std::int64_t wrong[] = {-1, classes, highest, std::int64_t{1} << 32, -100, lowest};
    const bool is_careless = bytes.one_in(10);
    Index target = Index::from_shape(shape);
    for (std::int64_t& k : target) {
        if (pad && bytes.one_in(3)) {
            k = *pad;
        } else if (classes == 0 || (is_careless && bytes.one_in(4))) {
            k = bytes.one_of(wrong);
        } else {
            k = static_cast<std::int64_t>(bytes.below(static_cast<std::size_t>(classes)));
        }
    }
    return target;
}

double draw_score(Bytes& bytes, bool is_pad, bool is_target) {
    constexpr double large[] = {1e4, -1e4, 0, -0.0, -inf, nan, inf, 1e308, -1e308};
    if (!bytes.one_in(8)) {
        return bytes.uniform(-8, 8);
    }
    return large[bytes.below(is_pad ? 9 : is_target ? 4 : 5)];
}

void draw_scores(Bytes& bytes, CriterionCase& c) {
    const std::size_t classes = c.scores.shape().empty() ? 1 : c.classes();
    for (std::size_t i = 0; i < c.scores.size(); ++i) {
        const std::size_t row = std::min(i / classes, c.rows() - 1);
        const bool is_target = c.target.data()[row] == static_cast<std::int64_t>(i % classes);
        c.scores.data()[i] = draw_score(bytes, c.is_pad(row), is_target);
    }
}

}  // namespace

bool CriterionCase::is_pad(std::size_t row) const {
    return criterion.ignore_index && target.data()[row] == *criterion.ignore_index;
}

CriterionCase draw_case(Bytes& bytes) {
    constexpr std::size_t vocabularies[] = {3, 5, 2, 4, 7, 1, 0};
    const Shape tokens = draw_tokens(bytes);
    const std::size_t vocabulary = bytes.one_of(vocabularies);
    const auto classes = static_cast<std::int64_t>(vocabulary);
    CriterionCase c;
    c.criterion = draw_criterion(bytes, classes);
    c.from_logits = bytes.one_in(2);
    c.scores = Array(bytes.one_in(64) ? Shape{} : followed_by(tokens, vocabulary), 0);
    Shape target = bytes.one_in(2) ? followed_by(tokens, 1) : tokens;
    if (bytes.one_in(32)) {
        target = draw_tokens(bytes);
    }
    c.target = draw_target(bytes, target, classes, c.criterion.ignore_index);
    if (c.rows() > 0) {
        draw_scores(bytes, c);
    }
    c.cotangent = Array(tokens, 0);
    for (double& g : c.cotangent) {
        g = bytes.uniform(-2, 2);
    }
    draw_options(bytes, c.criterion, vocabulary);
    return c;
}

namespace {

bool has_fitting_shapes(const CriterionCase& c) {
    if (c.scores.shape().empty()) {
        return false;
    }
    const Shape tokens(c.scores.shape().begin(), c.scores.shape().end() - 1);
    return c.target.shape() == tokens || c.target.shape() == followed_by(tokens, 1);
}

bool has_wrong_target(const CriterionCase& c) {
    for (std::size_t row = 0; row < c.rows(); ++row) {
        const std::int64_t k = c.target.data()[row];
        if (!c.is_pad(row) && (k < 0 || k >= static_cast<std::int64_t>(c.classes()))) {
            return true;
        }
    }
    return false;
}

bool has_wrong_settings(const CriterionCase& c) {
    const double eps = c.criterion.smoothing;
    const auto classes = static_cast<std::int64_t>(c.classes());
    const bool eps_fits = 0 <= eps && eps <= 1;
    switch (c.criterion.convention) {
        case Convention::uniform:
            return !eps_fits || classes < 1;
        case Convention::wrong_classes:
            return !eps_fits || classes < 2;
        default: {
            const std::int64_t pad = c.criterion.ignore_index.value_or(-1);
            return !eps_fits || classes < 3 || pad < 0 || pad >= classes;
        }
    }
}

}  // namespace

std::string promised_error(const CriterionCase& c) {
    return !has_fitting_shapes(c)  ? "ShapeError"
           : has_wrong_target(c)   ? "IndexError"
           : has_wrong_settings(c) ? "ValueError"
                                   : "";
}

std::ostream& operator<<(std::ostream& out, const CriterionCase& c) {
    const auto& [smoothing, ignore_index, reduction, convention, weights, prior, excluded, z_loss,
                 normaliser] = c.criterion;
    out << text(c.from_logits ? "logits " : "log-probabilities ", c.scores.shape(), ", target ",
                c.target.shape(), ", smoothing ", smoothing, ", convention ",
                static_cast<int>(convention), ", reduction ", static_cast<int>(reduction),
                ", ignore_index ", ignore_index ? std::to_string(*ignore_index) : "none",
                ", z_loss ", z_loss, ", normaliser ", normaliser.value_or(0),
                excluded.empty() ? "" : ", class 2 excluded", prior ? ", a prior" : "");
    out << (weights ? "\nclass weights" : "");
    for (std::size_t k = 0; weights && k < weights->size(); ++k) {
        out << ' ' << weights->data()[k];
    }
    out << "\ntarget";
    for (const std::int64_t k : c.target) {
        out << ' ' << k;
    }
    out << "\nscores";
    for (const double score : c.scores) {
        out << ' ' << score;
    }
    return out;
}

}  // namespace fuzz
