#include <xtape/train/checkpoint.hpp>

#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>

#include <sys/resource.h>
#include <unistd.h>

#include <doctest/doctest.h>

#include <xtape/core/errors.hpp>
#include <xtape/core/tape.hpp>
#include <xtape/train/adam.hpp>
#include "tests/support/arrays.hpp"
#include "tests/support/directory.hpp"

using namespace xtape;

namespace {

void write(const std::string& path, const std::string& content) {
    std::filesystem::remove(
        path);  // some file systems flush what is overwritten, and take their time
    std::ofstream(path, std::ios::binary) << content;
}

/// A file with this header, padded as it must be, and `data` zero bytes.
std::string file_of(const std::string& header, std::size_t data = 0) {
    std::string length(8, '\0');
    const std::uint64_t size = header.size();
    std::memcpy(length.data(), &size, 8);
    return length + header + std::string(data, '\0');
}

Parameters small_model() {
    return Parameters()
        .add("encoder.weight", Variable(Array{{1, 2, 3}, {4, 5, 6}}))
        .add("bias", Variable(Array{7}));
}

Array awkward_numbers() {
    Array x = {1,
               -0.0,
               std::numeric_limits<Real>::denorm_min(),
               std::numeric_limits<Real>::infinity(),
               -std::numeric_limits<Real>::infinity(),
               std::numeric_limits<Real>::max(),
               0};
    const std::uint64_t nan_with_payload = 0xfff80000deadbeef;
    std::memcpy(x.data() + 6, &nan_with_payload, 8);
    return x;
}

}  // namespace

TEST_SUITE("checkpoint") {
    TEST_CASE("brings back every bit, of any shape and under any name") {
        const Directory directory;
        const Parameters all = Parameters()
                                   .add("awkward", Variable(awkward_numbers()))
                                   .add("number", Variable(Real(7)))
                                   .add("nothing", Variable(Array(Shape{0, 3})))
                                   .add("größe \"\\\n", Variable(random_array({2, 3, 4})))
                                   .add("", Variable(Array{1}));
        save(directory.file(), all, {{"words", "a\tb\n"}, {"größe", "\"quoted\""}, {"", ""}});
        const Checkpoint checkpoint = load(directory.file());
        CHECK(checkpoint.metadata ==
              Metadata{{"words", "a\tb\n"}, {"größe", "\"quoted\""}, {"", ""}});
        REQUIRE(checkpoint.tensors.size() == all.size());
        for (const auto& [name, variable] : all) {
            const Checkpoint::Tensor& tensor = checkpoint.tensors.at(name);
            CHECK(tensor.dtype == "F64");
            CHECK(tensor.shape == variable.shape());
            CHECK(same_bits(tensor.numbers, variable.value()));
        }
    }
    TEST_CASE("is a safetensors file") {
        const Directory directory;
        save(directory.file(), Parameters().add("x", Variable(Array{1, -2})), {{"a", "bcdef"}});
        const std::string content = content_of(directory.file());
        const std::string header =
            R"({"__metadata__":{"a":"bcdef"},"x":{"dtype":"F64","shape":[2],"data_offsets":[0,16]}})"
            "    ";
        REQUIRE(content.size() == 8 + header.size() + 16);
        CHECK(content.substr(0, 8 + header.size()) == file_of(header));
        CHECK(header.size() % 8 == 0);
        const double numbers[] = {1, -2};
        CHECK(std::memcmp(content.data() + 8 + header.size(), numbers, 16) == 0);
    }
    TEST_CASE("may be written by others, in any order and with blanks") {
        const Directory directory;
        std::string content = file_of(
            "{ \"b\": {\"shape\":[],\"data_offsets\":[8,16],\"dtype\":\"F64\"},\n"
            "  \"a\": {\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]} }   ");
        const double number = 5;
        content += std::string(8, '\x7f') + std::string(reinterpret_cast<const char*>(&number), 8);
        write(directory.file(), content);
        const Checkpoint checkpoint = load(directory.file());
        CHECK(checkpoint.tensors.at("b").numbers == Array(Shape{}, 5));
        CHECK(checkpoint.tensors.at("a").dtype == "F32");
        CHECK(checkpoint.tensors.at("a").shape == Shape{2});
        CHECK(checkpoint.tensors.at("a").numbers.size() == 0);
    }
    TEST_CASE("of nothing is a file, too") {
        const Directory directory;
        save(directory.file(), {});
        CHECK(load(directory.file()).tensors.empty());
    }
    TEST_CASE("is restored by name") {
        const Directory directory;
        save(directory.file(), small_model());
        const Variable weight(Array(Shape{2, 3}, 0));
        const Variable bias(Array{0});
        restore(load(directory.file()),
                Parameters().add("bias", bias).add("encoder.weight", weight));
        CHECK(weight.value() == Array{{1, 2, 3}, {4, 5, 6}});
        CHECK(bias.value() == Array{7});
    }
    TEST_CASE("keeps an optimiser beside the model, and training goes on bit by bit") {
        const Directory directory;
        const Variable x(random_array({3}, 1));
        const Variable y(Array(Shape{3}, 0));
        const Parameters model = Parameters().add("x", x);
        Adam adam(model);
        adam.step({Variable(random_array({3}, 2))});
        save(directory.file(), Parameters().add("model", model).add("adam", adam.state()));
        const Checkpoint checkpoint = load(directory.file());
        const Parameters other_model = Parameters().add("x", y);
        Adam other_adam(other_model);
        restore(checkpoint.part("model"), other_model);
        restore(checkpoint.part("adam"), other_adam.state());
        adam.step({Variable(random_array({3}, 3))});
        other_adam.step({Variable(random_array({3}, 3))});
        CHECK(same_bits(x.value(), y.value()));
    }
    TEST_CASE("replaces the one before") {
        const Directory directory;
        save(directory.file(), small_model());
        save(directory.file(), Parameters().add("x", Variable(Real(1))));
        CHECK(load(directory.file()).tensors.size() == 1);
        CHECK(directory.count() == 1);
    }
}

TEST_SUITE("checkpoint restore") {
    TEST_CASE("names all that does not fit, and changes nothing") {
        const Directory directory;
        save(directory.file(), Parameters(small_model()).add("old", Variable(Real(1))));
        Checkpoint checkpoint = load(directory.file());
        checkpoint.tensors.at("bias").dtype = "F32";
        const Variable weight(Array(Shape{3, 2}, 0));
        const Variable bias(Array{0});
        const Variable fresh(Array{0});
        const Parameters model =
            Parameters().add("encoder.weight", weight).add("bias", bias).add("new", fresh);
        CHECK_THROWS_WITH_AS(
            restore(checkpoint, model),
            "restore: the checkpoint does not fit the model; encoder.weight is F64 [2, 3] in the "
            "file and F64 [3, 2] in the model; bias is F32 [1] in the file and F64 [1] in the "
            "model; new is missing; old is left over",
            FormatError);
        CHECK(weight.value() == Array(Shape{3, 2}, 0));
        CHECK(bias.value() == Array{0});
    }
    TEST_CASE("waits until no tape records") {
        const Directory directory;
        const Parameters model = small_model();
        save(directory.file(), model);
        const Checkpoint checkpoint = load(directory.file());
        Tape tape;
        CHECK_THROWS_AS(restore(checkpoint, model), TapeError);
    }
}

TEST_SUITE("checkpoint save") {
    TEST_CASE("needs a directory to write to, and replaces nothing but files") {
        const Directory directory;
        const auto problem = [&](const std::string& path) {
            CHECK_THROWS_AS(save(path, small_model()), IoError);
            return message_of([&] { save(path, small_model()); }).substr(path.size());
        };
        CHECK(problem(directory.file("none/a")) == ": cannot be opened: No such file or directory");
        CHECK(problem(directory.path) == ": cannot be written: it is a directory");
        CHECK(problem("/dev/null") == ": cannot be written: it is not a file");
        std::filesystem::create_symlink(directory.file("b"), directory.file("link"));
        CHECK(problem(directory.file("link")) ==
              ": cannot be written: it is a symbolic link; name its target");
        CHECK(directory.count() == 1);
    }
    TEST_CASE("leaves the old file and no other when the disk is full") {
        const Directory directory;
        save(directory.file(), small_model());
        const std::string old = content_of(directory.file());
        rlimit limit = {};
        getrlimit(RLIMIT_FSIZE, &limit);
        const rlimit little = {5000, limit.rlim_max};
        const auto handler = std::signal(SIGXFSZ, SIG_IGN);
        setrlimit(RLIMIT_FSIZE, &little);
        const std::string message = message_of([&] {
            save(directory.file(), Parameters().add("large", Variable(Array(Shape{10000}, 1))));
        });
        setrlimit(RLIMIT_FSIZE, &limit);
        std::signal(SIGXFSZ, handler);
        CHECK(message == directory.file() + ": cannot be written: File too large");
        CHECK(content_of(directory.file()) == old);
        CHECK(directory.count() == 1);
    }
    TEST_CASE("does not trip over what a crash left behind") {
        const Directory directory;
        for (int count = 0; count < 300; ++count) {
            write(directory.file(text("a.safetensors.", getpid(), "-", count, ".tmp")), "");
        }
        save(directory.file(), small_model());
        CHECK(load(directory.file()).tensors.size() == 2);
        CHECK(directory.count() == 301);
    }
    TEST_CASE("refuses names that the format cannot hold") {
        const Directory directory;
        const auto save_as = [&](const std::string& name, const std::string& value) {
            save(directory.file(), Parameters().add(name, Variable(Real(1))), {{"key", value}});
        };
        CHECK_THROWS_WITH_AS(save_as("__metadata__", ""),
                             "save: the name __metadata__ is taken by the format", ValueError);
        CHECK_THROWS_AS(save_as("\xff", ""), ValueError);
        CHECK_THROWS_AS(save_as("x", "\xc3"), ValueError);
        CHECK(directory.count() == 0);
    }
}
