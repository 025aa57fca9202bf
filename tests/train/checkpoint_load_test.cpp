// Files that are no checkpoints, or were one.

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

}  // namespace

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
