// For every program over the table of operators, of which some lines are misuses: misuses are refused
// and change nothing, and value, first and second derivatives are those by definition.

#include "tests/dual/properties.hpp"
#include "tests/fuzz/bytes.hpp"

using namespace xtape;
using namespace xtape::dual;

namespace {

class ByteChoices : public Choices {
public:
    explicit ByteChoices(fuzz::Bytes bytes) : bytes_(bytes) {}

    std::uint64_t below(std::uint64_t bound) override { return bytes_.below(bound); }
    double uniform(double low, double high) override { return bytes_.uniform(low, high); }
    bool exhausted() const override { return bytes_.are_read(); }

private:
    fuzz::Bytes bytes_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    ByteChoices choices(fuzz::Bytes(data, size));
    const std::string report = report_on(draw_program(choices, 20, 8), size);
    fuzz::require(report.empty(), report);
    return 0;
}
