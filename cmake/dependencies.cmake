# System packages first; where there is none, the pinned release is fetched.
# Public headers need xtensor only. xtensor-blas, xsimd, Random123 and nlohmann-json are headers
# that only .cpp files see, so an installed xtape asks for xtensor, BLAS and threads alone.

include(FetchContent)

# A fetched dependency is somebody else's code: its warnings are not ours.
set(as_system "")
if(CMAKE_VERSION VERSION_GREATER_EQUAL 3.25)
    set(as_system SYSTEM)
endif()

# xtape_dependency(name url sha256 [find_package arguments])
function(xtape_dependency name url sha256)
    set(CMAKE_POLICY_DEFAULT_CMP0077 NEW)    # their options obey the next line
    set(UTF8_TESTS OFF)
    set(UTF8_SAMPLES OFF)
    set(BENCHMARK_ENABLE_TESTING OFF)
    set(CMAKE_POLICY_VERSION_MINIMUM 3.5)    # CMake 4 refuses projects as old as some of these
    FetchContent_Declare(${name} URL ${url} URL_HASH SHA256=${sha256}
                         ${as_system} FIND_PACKAGE_ARGS ${ARGN})
    FetchContent_MakeAvailable(${name})
endfunction()

find_package(Threads REQUIRED)

# Our threads want a BLAS of one thread each, and the switch for that is OpenBLAS's own.
if(NOT BLA_VENDOR)
    set(BLA_VENDOR OpenBLAS)
endif()
find_package(BLAS REQUIRED)

set(xtensor_stack https://github.com/xtensor-stack)

# Any xsimd from 8.1 on will do, but its package agrees only to its own major version. It comes
# before xtensor, whose package would take an older one.
foreach(xsimd_version 8.1 9 10 11 12 13 14)
    find_package(xsimd ${xsimd_version} QUIET)
    if(xsimd_FOUND)
        break()
    endif()
endforeach()
xtape_dependency(xsimd ${xtensor_stack}/xsimd/archive/8.1.0.tar.gz
    d52551360d37709675237d2a0418e28f70995b5b7cdad7c674626bcfbbf48328 ${xsimd_version})

xtape_dependency(xtl ${xtensor_stack}/xtl/archive/0.7.5.tar.gz
    3286fef5fee5d58f82f7b91375cd449c819848584bae9367893501114d923cbe)
xtape_dependency(xtensor ${xtensor_stack}/xtensor/archive/0.24.3.tar.gz
    3acde856b9fb8cf4e2a7b66726da541275d40ab9b002e618ad985ab97f08ca4f 0.24)
xtape_dependency(xtensor-blas ${xtensor_stack}/xtensor-blas/archive/refs/tags/0.20.0.tar.gz
    272f5d99bb7511a616bfe41b13a000e63de46420f0b32a25fa4fb935b462c7ff)
xtape_dependency(nlohmann_json
    https://github.com/nlohmann/json/releases/download/v3.11.2/json.tar.xz
    8c4b26bf4b422252e13f332bc5e388ec0ab5c3443d24399acb675e68278d341f)

# Random123 has no CMake package: a folder of headers.
find_path(XTAPE_RANDOM123_INCLUDE_DIR Random123/philox.h)
mark_as_advanced(XTAPE_RANDOM123_INCLUDE_DIR)
set(random123_include ${XTAPE_RANDOM123_INCLUDE_DIR})
if(NOT random123_include)
    FetchContent_Declare(random123
        URL https://github.com/DEShawResearch/random123/archive/refs/tags/v1.14.0.tar.gz
        URL_HASH SHA256=effafd8656b18030b2a5b995cd3650c51a7c45052e6e1c21e48b9fa7a59d926e)
    FetchContent_MakeAvailable(random123)
    set(random123_include ${random123_SOURCE_DIR}/include)
endif()

# The include folders only: xtensor-blas's own target also links LAPACK, which nothing here calls.
add_library(xtape_private_headers INTERFACE)
target_include_directories(xtape_private_headers SYSTEM INTERFACE
    $<TARGET_PROPERTY:xtensor-blas,INTERFACE_INCLUDE_DIRECTORIES>
    $<TARGET_PROPERTY:xsimd,INTERFACE_INCLUDE_DIRECTORIES>
    $<TARGET_PROPERTY:nlohmann_json::nlohmann_json,INTERFACE_INCLUDE_DIRECTORIES>
    ${random123_include})

if(XTAPE_BUILD_TESTS)
    xtape_dependency(doctest https://github.com/doctest/doctest/archive/v2.4.9.tar.gz
        19b2df757f2f3703a5e63cee553d85596875f06d91a3333acd80a969ef210856)
endif()

if(XTAPE_BUILD_EXAMPLES)
    xtape_dependency(CLI11 https://github.com/CLIUtils/CLI11/archive/v2.3.2.tar.gz
        aac0ab42108131ac5d3344a9db0fdf25c4db652296641955720a4fbe52334e22)
    xtape_dependency(fmt https://github.com/fmtlib/fmt/archive/9.1.0.tar.gz
        5dea48d1fcddc3ec571ce2058e13910a0d4a6bab4cc09a809d8b1dd1c88ae6f2)
    xtape_dependency(utf8cpp https://github.com/nemtrif/utfcpp/archive/v3.2.3.tar.gz
        3ba9b0dbbff08767bdffe8f03b10e596ca351228862722e4c9d4d126d2865250)
    if(NOT TARGET utf8cpp)    # its name since release 4
        add_library(utf8cpp ALIAS utf8cpp::utf8cpp)
    endif()
endif()

if(XTAPE_BUILD_BENCH)
    xtape_dependency(benchmark https://github.com/google/benchmark/archive/refs/tags/v1.7.1.tar.gz
        6430e4092653380d9dc4ccb45a1e2dc9259d581f4866dc0759713126056bc1d7)
endif()
