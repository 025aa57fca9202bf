#include "tests/dual/draft.hpp"

#include <algorithm>

namespace xtape::dual {

namespace {

constexpr double clearance = 1e-3;  // from kinks and ties

bool contains(const Domain& domain, double x) {
    return x >= domain.low && x <= domain.high && std::abs(x) >= domain.gap &&
           std::none_of(domain.kinks.begin(), domain.kinks.end(),
                        [x](double kink) { return std::abs(x - kink) < clearance; });
}

bool contains(const Domain& domain, const Array& x) {
    return std::all_of(x.data(), x.data() + x.size(),
                       [&](Real v) { return contains(domain, double{v}); });
}

/// Mostly anything; sometimes a kink, or a whole number, so that there are ties.
double draw_number(Choices& choices, const Domain& domain) {
    if (!domain.kinks.empty() && choices.one_in(6)) {
        return domain.kinks[choices.below(domain.kinks.size())];
    }
    const double low = std::max(domain.low, -3.0);
    const double high = std::min(domain.high, 3.0);
    const double x =
        choices.one_in(6) ? std::floor(choices.uniform(low, high)) : choices.uniform(low, high);
    const double clear = std::abs(x) < domain.gap ? x + 2 * domain.gap : x;
    return std::clamp(clear, low, high);
}

}  // namespace

Shape draw_shape(Choices& choices, std::size_t rank) {
    constexpr std::size_t extents[] = {2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 4, 2, 3, 0};
    Shape shape(rank, 1);
    std::size_t count = 1;
    for (std::size_t& extent : shape) {
        extent = extents[choices.below(16)];
        extent = count * extent > 48 ? 1 : extent;
        count *= extent;
    }
    return shape;
}

namespace {

/// A shape that broadcasts with `shape` either way: where that has a 1, this may have more, and
/// another axis.
Shape draw_partner(Choices& choices, const Shape& shape) {
    Shape partner = broadcasting_to(shape).draw(choices);
    const std::size_t skipped = shape.size() - partner.size();
    std::size_t count = element_count(shape);
    for (std::size_t k = 0; k < partner.size(); ++k) {
        if (shape[skipped + k] == 1 && count <= 16) {
            partner[k] = 1 + choices.below(3);
            count *= partner[k];
        }
    }
    if (count > 16 || skipped > 0 || !choices.one_in(4)) {
        return partner;
    }
    Shape longer(partner.size() + 1, 1 + choices.below(3));
    std::copy(partner.begin(), partner.end(), longer.begin() + 1);
    return longer;
}

}  // namespace

Form of_rank(std::size_t low, std::size_t high) {
    return {
        [=](const Shape& s) { return s.size() >= low && s.size() <= high; },
        [=](Choices& choices) { return draw_shape(choices, low + choices.below(high - low + 1)); }};
}

Form of_shape(const Shape& shape) {
    return {[=](const Shape& s) { return s == shape; }, [=](Choices&) { return shape; }};
}

Form broadcasting_with(const Shape& shape) {
    return {[=](const Shape& s) {
                return broadcasts(s, shape) && element_count(common_shape(s, shape)) <= 48;
            },
            [=](Choices& choices) { return draw_partner(choices, shape); }};
}

Form broadcasting_to(const Shape& shape) {
    return {[=](const Shape& s) {
                return s.size() <= shape.size() && broadcasts(s, shape) &&
                       common_shape(s, shape) == shape;
            },
            [=](Choices& choices) {
                const std::size_t dropped = choices.one_in(3) ? choices.below(shape.size() + 1) : 0;
                Shape s(shape.begin() + static_cast<std::ptrdiff_t>(dropped), shape.end());
                for (std::size_t& extent : s) {
                    extent = choices.one_in(3) ? 1 : extent;
                }
                return s;
            }};
}

std::size_t Draft::drawn(const Form& form, const Domain& domain) {
    Array x = Array::from_shape(form.draw(choices));
    std::generate(x.data(), x.data() + x.size(),
                  [&] { return static_cast<Real>(draw_number(choices, domain)); });
    values_.push_back(std::move(x));
    return values_.size() - 1;
}

std::size_t Draft::operand(const Form& form, const Domain& domain) {
    if (operands_ == Operands::drawn) {
        return drawn(form, domain);
    }
    std::vector<std::size_t> fitting;  // the newest first
    for (std::size_t i = values_.size(); i-- > 0;) {
        if (form.fits(values_[i].shape()) && contains(domain, values_[i])) {
            fitting.push_back(i);
        }
    }
    require(!fitting.empty());
    const bool old = choices.below(10) < 3;
    return fitting[choices.below(old ? fitting.size() : std::min<std::size_t>(fitting.size(), 3))];
}

void Draft::require_apart(double p, double q) const {
    require(operands_ == Operands::drawn || std::abs(p - q) >= clearance);
}

std::ptrdiff_t Draft::axis(const Shape& shape) {
    const auto rank = static_cast<std::ptrdiff_t>(shape.size());
    require(rank > 0);
    return choices.between(-rank, rank - 1);
}

Axes Draft::axes(const Shape& shape) {
    Axes axes;
    for (std::size_t k = 0; k < shape.size(); ++k) {
        if (choices.coin()) {
            const auto front = static_cast<std::ptrdiff_t>(k);
            const auto rank = static_cast<std::ptrdiff_t>(shape.size());
            axes.insert(choices.coin() ? axes.begin() : axes.end(),
                        choices.coin() ? front : front - rank);
        }
    }
    return axes;
}

Index Draft::index(const Shape& shape, std::size_t bound) {
    Index index = Index::from_shape(shape);
    require(bound > 0 || index.size() == 0);
    std::generate(index.data(), index.data() + index.size(),
                  [&] { return static_cast<std::int64_t>(choices.below(bound)); });
    return index;
}

Mask Draft::mask(const Shape& shape) {
    Mask mask = Mask::from_shape(shape);
    std::generate(mask.data(), mask.data() + mask.size(), [&] { return choices.coin(); });
    return mask;
}

}  // namespace xtape::dual
