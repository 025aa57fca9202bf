#pragma once

#include <set>
#include <string>
#include <vector>

#include "cases.hpp"

namespace oracle {

/// Allowed |got - want| / max(1, |want|), by what is compared.
struct Tolerance {
    double value, first, second;
};
#ifdef XTAPE_SINGLE
inline constexpr Tolerance usual{1e-5, 1e-4, 1e-3};
inline constexpr Tolerance loose{1e-3, 1e-3, 1e-2};
#else
inline constexpr Tolerance usual{1e-13, 1e-12, 1e-11};
inline constexpr Tolerance loose{1e-9, 1e-9, 1e-9};
#endif

/// What became of one case.
class Verdict {
public:
    /// Compares entry by entry; nan equals nan, and inf equals inf of its sign.
    void close(const std::string& what, const xtape::Array& got, const Reference& want,
               double tolerance);
    void close(const std::string& what, double got, double want, double tolerance);

    /// Compares with an allowed |got - want| of its own.
    void within(const std::string& what, double got, double want, double allowed);

    /// Something is not as it should be.
    void differs(std::string what) { differences_.push_back(std::move(what)); }

    /// The library decided otherwise than the reference, and was judged by its own decision.
    void decided_otherwise(const std::string& why) { otherwise_.insert(why); }

    /// There is nothing to run, because no program can be that wrong, or because it is yet to come.
    void by_type(std::string why) { by_type_ = std::move(why); }
    void not_offered(std::string why) { not_offered_ = std::move(why); }

    const std::vector<std::string>& differences() const { return differences_; }
    const std::set<std::string>& otherwise() const { return otherwise_; }
    const std::string& by_type() const { return by_type_; }
    const std::string& not_offered() const { return not_offered_; }

private:
    std::vector<std::string> differences_;
    std::set<std::string> otherwise_;
    std::string by_type_, not_offered_;
};

}  // namespace oracle
