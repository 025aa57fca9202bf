// Runs a fuzzer on given files, and then on generated inputs that are the same in every run:
//
//     NAME_fuzz_replay [--runs N] [--seed N] [FILE_OR_FOLDER...]
//
// What makes the fuzzer abort is left in the file NAME_fuzz_replay-crash.

#include <algorithm>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

using Input = std::vector<std::uint8_t>;

/// Inputs from a seed: half of them new, half of them changed from what is known.
class Generator {
public:
    Generator(std::uint64_t seed, std::vector<Input> known)
        : random_(seed), known_(std::move(known)) {}

    Input next() {
        if (known_.empty() || below(2) == 0) {
            return fresh(below(std::size_t{1} << below(10)));
        }
        Input input = any_known();
        for (std::size_t changes = 1 + below(4); changes > 0; --changes) {
            change(input);
        }
        return input;
    }

private:
    // The standard says which numbers this generator gives, but not what a distribution makes of them.
    std::size_t below(std::size_t bound) { return static_cast<std::size_t>(random_() % bound); }

    std::uint8_t any_byte() { return static_cast<std::uint8_t>(below(256)); }

    const Input& any_known() { return known_[below(known_.size())]; }

    Input fresh(std::size_t size) {
        Input input(size);
        std::generate(input.begin(), input.end(), [this] { return any_byte(); });
        return input;
    }

    Input::iterator any_place(Input& input) {
        return input.begin() + static_cast<std::ptrdiff_t>(below(input.size() + 1));
    }

    /// Overwrites, removes or repeats a few bytes, or takes over the end of another input.
    void change(Input& input) {
        const auto begin = any_place(input);
        const auto end =
            begin + std::min(static_cast<std::ptrdiff_t>(below(8)), input.end() - begin);
        switch (below(4)) {
            case 0:
                std::generate(begin, end, [this] { return any_byte(); });
                break;
            case 1:
                input.erase(begin, end);
                break;
            case 2: {
                const Input part(begin, end);
                input.insert(any_place(input), part.begin(), part.end());
                break;
            }
            default: {
                Input other = any_known();
                input.erase(begin, input.end());
                input.insert(input.end(), any_place(other), other.end());
            }
        }
    }

    std::mt19937_64 random_;
    std::vector<Input> known_;
};

struct Plan {
    std::uint64_t runs = 0;
    std::uint64_t seed = 1;
    std::vector<std::filesystem::path> files;
};

void add_files(const std::filesystem::path& path, Plan& plan) {
    if (!std::filesystem::is_directory(path)) {
        plan.files.push_back(path);
        return;
    }
    for (const auto& entry : std::filesystem::directory_iterator(path)) {
        plan.files.push_back(entry.path());
    }
    std::sort(plan.files.begin(), plan.files.end());  // a folder has no order of its own
}

Plan plan_of(int count, char** words) {
    Plan plan;
    for (int i = 1; i < count; ++i) {
        const std::string word = words[i];
        if (word == "--runs" && i + 1 < count) {
            plan.runs = std::stoull(words[++i]);
        } else if (word == "--seed" && i + 1 < count) {
            plan.seed = std::stoull(words[++i]);
        } else {
            add_files(word, plan);
        }
    }
    return plan;
}

Input content_of(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) {
        throw std::runtime_error(path.string() + ": cannot be read");
    }
    return Input(std::istreambuf_iterator<char>(file), {});
}

Input current;
std::string crash_file;

// The program is about to end: what a handler should not do can make nothing worse here.
void keep_current_input(int signal) {
    std::signal(signal, SIG_DFL);
    std::ofstream(crash_file, std::ios::binary)
        .write(reinterpret_cast<const char*>(current.data()),
               static_cast<std::streamsize>(current.size()));
    std::cerr << "repeat it with: " << crash_file.substr(0, crash_file.rfind('-')) << ' '
              << crash_file << std::endl;
    std::raise(signal);
}

void run(Input input) {
    current = std::move(input);
    LLVMFuzzerTestOneInput(current.data(), current.size());
}

}  // namespace

int main(int count, char** words) {
    crash_file = std::string(words[0]) + "-crash";
    for (const int signal : {SIGABRT, SIGSEGV, SIGFPE, SIGILL}) {
        std::signal(signal, keep_current_input);
    }
    const Plan plan = plan_of(count, words);
    std::vector<Input> known;
    for (const auto& file : plan.files) {
        known.push_back(content_of(file));
        run(known.back());
    }
    Generator generator(plan.seed, known);
    for (std::uint64_t i = 0; i < plan.runs; ++i) {
        run(generator.next());
    }
    std::cout << known.size() << " known and " << plan.runs << " generated inputs\n";
}
