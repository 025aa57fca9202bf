#include <xtape/train/checkpoint.hpp>

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <limits>

#include <doctest/doctest.h>

#include <xtape/core/errors.hpp>
#include "tests/support/arrays.hpp"

using namespace xtape;

TEST_SUITE("checkpoint in single precision") {
    TEST_CASE("brings back every bit") {
        std::string name = std::filesystem::temp_directory_path() / "xtape-XXXXXX";
        const std::filesystem::path directory = mkdtemp(name.data());
        const std::string file = directory / "a.safetensors";
        Array numbers = {1, -0.0F, std::numeric_limits<float>::denorm_min(),
                         -std::numeric_limits<float>::infinity(), 0};
        const std::uint32_t nan_with_payload = 0xffc0beef;
        std::memcpy(numbers.data() + 4, &nan_with_payload, 4);
        save(file, Parameters().add("x", Variable(numbers)));
        const Checkpoint checkpoint = load(file);
        std::filesystem::remove_all(directory);
        CHECK(checkpoint.tensors.at("x").dtype == "F32");
        CHECK(same_bits(checkpoint.tensors.at("x").numbers, numbers));
    }
    TEST_CASE("does not take numbers in double precision for its own") {
        Checkpoint checkpoint;
        checkpoint.tensors["x"] = {"F64", Shape{1}, Array(Shape{0})};
        CHECK_THROWS_WITH_AS(restore(checkpoint, Parameters().add("x", Variable(Array{1}))),
                             "restore: the checkpoint does not fit the model; x is F64 [1] in the "
                             "file and F32 [1] in the model",
                             FormatError);
    }
}
