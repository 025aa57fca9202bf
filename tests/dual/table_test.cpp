#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <regex>

#include "tests/dual/table.hpp"

using namespace xtape;
using namespace xtape::dual;

namespace {

using Counts = std::map<std::string, int>;

/// Adds what a header declares as `Variable name(...);` and does not delete.
void count_declarations(const std::filesystem::path& header, Counts& counts) {
    std::ifstream file(header);
    const std::string content{std::istreambuf_iterator<char>(file), {}};
    const std::regex declaration("\nVariable ((?:operator.)|\\w+)\\(([^;]*);");
    for (std::sregex_iterator match(content.begin(), content.end(), declaration), end; match != end;
         ++match) {
        if ((*match)[2].str().find("= delete") == std::string::npos) {
            ++counts[(*match)[1]];
        }
    }
}

}  // namespace

TEST_SUITE("the table of definitions") {
    TEST_CASE("has a row for every declaration of an operator") {
        Counts declared;
        for (const auto& entry : std::filesystem::directory_iterator(XTAPE_SOURCE_DIR "/ops")) {
            if (entry.path().extension() == ".hpp") {
                count_declarations(entry.path(), declared);
            }
        }
        Counts rows;
        for (const Row& row : operators()) {
            ++rows[row.name];
        }
        CHECK(declared.size() > 50);
        for (const auto& operation : declared) {
            CHECK_MESSAGE(rows[operation.first] == operation.second, operation.first);
        }
        CHECK(rows.size() == declared.size());
    }
}
