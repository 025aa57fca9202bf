#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>

#include <xtape/core/errors.hpp>

#include "groups.hpp"

namespace {

using namespace oracle;

/// What became of a group.
struct Tally {
    std::size_t cases = 0, passed = 0, failed = 0, otherwise = 0, by_type = 0, not_offered = 0;

    void operator+=(const Tally& other) {
        cases += other.cases;
        passed += other.passed;
        failed += other.failed;
        otherwise += other.otherwise;
        by_type += other.by_type;
        not_offered += other.not_offered;
    }
};

/// Cases by what is said of them.
using Cases = std::map<std::string, std::vector<std::string>>;

struct Remarks {
    std::vector<std::string> failed;
    Cases otherwise, by_type, not_offered;
};

Verdict judge(const Group& group, const Json& one, const Json& whole) {
    Verdict verdict;
    try {
        group.check(one, whole, verdict);
    } catch (const NotRepresentable& number) {
        verdict = Verdict();
        verdict.by_type(number.what());
    } catch (const std::exception& error) {
        verdict.differs(std::string("throws ") + error.what());
    }
    return verdict;
}

void count(const Verdict& verdict, const std::string& where, Tally& tally, Remarks& remarks) {
    ++tally.cases;
    for (const std::string& difference : verdict.differences()) {
        remarks.failed.push_back(where + ": " + difference);
    }
    for (const std::string& why : verdict.otherwise()) {
        remarks.otherwise[why].push_back(where);
    }
    if (!verdict.differences().empty()) {
        ++tally.failed;
    } else if (!verdict.not_offered().empty()) {
        ++tally.not_offered;
        remarks.not_offered[verdict.not_offered()].push_back(where);
    } else if (!verdict.by_type().empty()) {
        ++tally.by_type;
        remarks.by_type[verdict.by_type()].push_back(where);
    } else {
        ++tally.passed;
        tally.otherwise += verdict.otherwise().empty() ? 0 : 1;
    }
}

Tally run(const Group& group, const std::string& folder, Remarks& remarks) {
    Tally tally;
    const std::string path = folder + "/" + group.name + ".json";
    try {
        std::ifstream file(path);
        if (!file) {
            throw std::runtime_error("there is no such file");
        }
        const Json whole = Json::parse(file);
        for (const Json& one : whole.at("cases")) {
            const std::string where =
                xtape::text(group.name, " / ", one.at("name").get<std::string>());
            count(judge(group, one, whole), where, tally, remarks);
        }
    } catch (const std::exception& error) {
        remarks.failed.push_back(xtape::text(path, ": cannot be read: ", error.what()));
        ++tally.failed;
    }
    if (tally.cases == 0 && tally.failed == 0) {
        remarks.failed.push_back(path + ": has no cases");
        ++tally.failed;
    }
    return tally;
}

/// A file that nobody reads would pass unseen.
void refuse_unknown_groups(const std::string& folder, Tally& total, Remarks& remarks) {
    const auto is_known = [](const std::string& name) {
        return std::any_of(std::begin(groups), std::end(groups),
                           [&](const Group& group) { return group.name == name; });
    };
    std::error_code unreadable;  // then every group has failed already
    for (const auto& entry : std::filesystem::directory_iterator(folder, unreadable)) {
        const auto& path = entry.path();
        if (path.extension() == ".json" && !is_known(path.stem().string())) {
            remarks.failed.push_back(path.string() + ": no group is known by this name");
            ++total.failed;
        }
    }
}

void print(const char* heading, const Cases& cases) {
    if (!cases.empty()) {
        std::printf("\n%s\n", heading);
    }
    for (const auto& [why, where] : cases) {
        std::printf("  %s: %zu\n", why.c_str(), where.size());
        for (const std::string& name : where) {
            std::printf("      %s\n", name.c_str());
        }
    }
}

void print(const char* name, const Tally& tally) {
    std::printf("%-24s %6zu %7zu %7zu %10zu %8zu %12zu\n", name, tally.cases, tally.passed,
                tally.failed, tally.otherwise, tally.by_type, tally.not_offered);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) {
        std::fprintf(stderr, "usage: xtape_oracle DIR\n");
        return 2;
    }
    Remarks remarks;
    Tally total;
    std::printf("%-24s %6s %7s %7s %10s %8s %12s\n", "group", "cases", "passed", "failed",
                "otherwise", "by type", "not offered");
    for (const Group& group : groups) {
        const Tally tally = run(group, argv[1], remarks);
        print(group.name, tally);
        total += tally;
    }
    refuse_unknown_groups(argv[1], total, remarks);
    print("all", total);
    print("Decided otherwise than the reference, and judged by what was decided:",
          remarks.otherwise);
    print("Settled by the types, with nothing to run:", remarks.by_type);
    print("Not offered yet:", remarks.not_offered);
    std::printf("\n");
    for (const std::string& line : remarks.failed) {
        std::printf("FAILED %s\n", line.c_str());
    }
    return total.failed == 0 ? 0 : 1;
}
