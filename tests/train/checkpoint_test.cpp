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

/// What is wrong with a file, without the path.
std::string problem_of(const std::string& content, const Directory& directory = Directory()) {
    write(directory.file(), content);
    try {
        load(directory.file());
    } catch (const FormatError& error) {
        return std::string(error.what()).substr(directory.file().size() + 2);
    }
    return "";
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

TEST_SUITE("checkpoint load") {
    TEST_CASE("says what is missing of a file that was cut off, wherever it was") {
        const Directory directory;
        save(directory.file(), small_model(), {{"key", "value"}});
        const std::string whole = content_of(directory.file());
        for (std::size_t size = 0; size < whole.size(); ++size) {
            const std::string problem = problem_of(whole.substr(0, size), directory);
            REQUIRE(problem.compare(0, 9, "truncated") == 0);
        }
        CHECK(problem_of(whole.substr(0, 3)) ==
              "truncated: need 8 bytes for the length of the header, have 3");
        CHECK(problem_of(whole.substr(0, 50)) ==
              text("truncated, or no safetensors file: the header would need ", whole.size() - 64,
                   " bytes, and 42 follow"));
        CHECK(problem_of(whole.substr(0, whole.size() - 9)) ==
              "truncated: tensor 'encoder.weight' needs 48 bytes of data, and there are 47");
    }
    TEST_CASE("survives every flipped bit of the header") {
        const Directory directory;
        save(directory.file(), small_model(), {{"key", "value"}});
        const std::string whole = content_of(directory.file());
        for (std::size_t bit = 0; bit < 8 * (whole.size() - 56); ++bit) {
            std::string flipped = whole;
            flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
            CHECK_NOTHROW(problem_of(flipped, directory));  // of anything but FormatError
        }
    }
    TEST_CASE("refuses what is no checkpoint") {
        CHECK(problem_of("Once upon a time there was a text file") ==
              "truncated, or no safetensors file: the header would need 8030046917602012751 bytes, "
              "and 30 follow");
        CHECK(problem_of(file_of("")) == "the header is not a JSON object");
        CHECK(problem_of(file_of("[]")) == "the header is not a JSON object");
        CHECK(problem_of(file_of("{]")).find("the header is not JSON: parse error") == 0);
        CHECK(problem_of(file_of("{\"\xff\": 1}")).find("the header is not JSON") == 0);
        CHECK(problem_of(file_of(R"({"a":1} {)")).find("the header is not JSON") == 0);
    }
    TEST_CASE("refuses entries that are none") {
        const auto entry = [](const std::string& fields, std::size_t data = 0) {
            return problem_of(file_of("{\"x\":{" + fields + "}}", data));
        };
        CHECK(problem_of(file_of(R"({"x":7})")) ==
              "tensor 'x' needs dtype, shape and data_offsets and nothing else");
        CHECK(entry(R"("dtype":"F64","shape":[])") ==
              "tensor 'x' needs dtype, shape and data_offsets and nothing else");
        CHECK(entry(R"("dtype":"F64","shape":[],"offsets":[0,8])", 8) ==
              "tensor 'x' has no data_offsets");
        CHECK(entry(R"("dtype":"BF16","shape":[1],"data_offsets":[0,2])", 2) ==
              "tensor 'x' has the dtype \"BF16\"; only F32 and F64 are read here");
        CHECK(entry(R"("dtype":64,"shape":[1],"data_offsets":[0,8])", 8) ==
              "tensor 'x' has the dtype 64; only F32 and F64 are read here");
        for (const char* shape : {"[-1]", "[1.0]", "[\"1\"]", "1", "{}", "null", "[1e3]",
                                  "[18446744073709551616]", "[true]"}) {
            CHECK(entry(text(R"("dtype":"F64","data_offsets":[0,8],"shape":)", shape), 8) ==
                  "tensor 'x' has a shape that is not a list of whole numbers");
        }
        for (const char* offsets : {"[]", "[0]", "[0,8,8]", "[8,0]"}) {
            CHECK(entry(text(R"("dtype":"F64","shape":[],"data_offsets":)", offsets), 8) ==
                  "tensor 'x' needs data_offsets [begin, end] with begin <= end");
        }
        CHECK(problem_of(file_of(R"({"__metadata__":{"a":1}})")) ==
              "__metadata__ is not an object of strings");
        CHECK(problem_of(file_of(R"({"__metadata__":["a"]})")) ==
              "__metadata__ is not an object of strings");
    }
    TEST_CASE("refuses sizes that are not there before it asks for memory") {
        const auto tensor = [](const std::string& shape, const std::string& offsets) {
            return problem_of(file_of(
                R"({"x":{"dtype":"F64","shape":)" + shape + R"(,"data_offsets":)" + offsets + "}}",
                16));
        };
        CHECK(tensor("[3]", "[0,16]") ==
              "tensor 'x' of shape [3] and F64 needs 24 bytes, but its data_offsets span 16");
        CHECK(tensor("[4294967296,4294967296]", "[0,16]") ==
              "tensor 'x' has the impossible shape [4294967296, 4294967296]");
        CHECK(tensor("[9223372036854775808,2,0]", "[0,0]") ==
              "tensor 'x' has the impossible shape [9223372036854775808, 2, 0]");
        CHECK(tensor("[1152921504606846976]", "[0,9223372036854775808]") ==
              "truncated: tensor 'x' needs 9223372036854775808 bytes of data, and there are 16");
        CHECK(tensor("[1]", "[0,8]") == "8 bytes follow the last tensor");
        CHECK(tensor("[1]", "[8,16]") ==
              "tensor 'x' begins at byte 8 of the data, but the one before it ends at 0");
        CHECK(problem_of(std::string(8, '\xff') + "{}") ==
              "truncated, or no safetensors file: the header would need 18446744073709551615 "
              "bytes, and 2 follow");
    }
    TEST_CASE("refuses tensors that overlap, and names that are given twice") {
        const std::string x = R"({"dtype":"F64","shape":[1],"data_offsets":[0,8]})";
        CHECK(problem_of(file_of("{\"a\":" + x + ",\"b\":" + x + "}", 8)) ==
              "tensor 'b' begins at byte 0 of the data, but the one before it ends at 8");
        CHECK(problem_of(file_of("{\"a\":" + x + ",\"a\":" + x + "}", 8)) ==
              "the header names \"a\" twice");
        CHECK(problem_of(file_of(R"({"__metadata__":{"a":"b","a":"c"}})")) ==
              "the header names \"a\" twice");
    }
    TEST_CASE("is not impressed by a header of a million brackets") {
        CHECK(problem_of(file_of("{\"a\":" + std::string(1000000, '['))) ==
              "the header is nested too deeply");
        std::string objects;
        for (int i = 0; i < 100000; ++i) {
            objects += "{\"a\":";
        }
        CHECK(problem_of(file_of(objects)) == "the header is nested too deeply");
    }
    TEST_CASE("names a file that is not there") {
        const Directory directory;
        CHECK(message_of([&] { load(directory.file()); }) ==
              directory.file() + ": cannot be opened: No such file or directory");
        CHECK_THROWS_AS(load(directory.file()), IoError);
        CHECK(message_of([&] { load(directory.path); }) ==
              directory.path.string() + ": cannot be read: it is not a file");
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
