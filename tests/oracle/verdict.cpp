#include "verdict.hpp"

#include <cmath>
#include <iomanip>
#include <sstream>

#include <xtape/core/errors.hpp>

namespace oracle {

namespace {

/// How far apart two numbers are; 0 for nan and nan, nan for nan and a number.
double distance(double got, double want) {
    if (got == want || (std::isnan(got) && std::isnan(want))) {
        return 0;
    }
    return std::abs(got - want);
}

double allowed(double want, double tolerance) {
    return std::isfinite(want) ? tolerance * std::max(1.0, std::abs(want)) : 0.0;
}

std::string both(double got, double want) {
    std::ostringstream out;
    out << std::setprecision(17) << got << " instead of " << want << std::setprecision(2)
        << " (off by " << std::abs(got - want);
    return out.str();
}

}  // namespace

void Verdict::within(const std::string& what, double got, double want, double limit) {
    if (!(distance(got, want) <= limit)) {
        differs(xtape::text(what, ": ", both(got, want), ", allowed ", limit, ")"));
    }
}

void Verdict::close(const std::string& what, double got, double want, double tolerance) {
    within(what, got, want, allowed(want, tolerance));
}

void Verdict::close(const std::string& what, const xtape::Array& got, const Reference& want,
                    double tolerance) {
    if (got.shape() != want.shape) {
        differs(xtape::text(what, ": shape ", got.shape(), " instead of ", want.shape));
        return;
    }
    std::size_t wrong = 0;
    std::size_t first = 0;
    for (std::size_t i = got.size(); i-- > 0;) {
        const double limit = allowed(want.numbers[i], tolerance);
        if (!(distance(double{got.data()[i]}, want.numbers[i]) <= limit)) {
            first = i;
            ++wrong;
        }
    }
    if (wrong > 0) {
        differs(xtape::text(what, " at ", xtape::place_of(first, want.shape), ": ",
                            both(double{got.data()[first]}, want.numbers[first]), ", allowed ",
                            allowed(want.numbers[first], tolerance), "), ", wrong, " of ",
                            got.size(), " entries"));
    }
}

}  // namespace oracle
