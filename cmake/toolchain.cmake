# How this project's own files are compiled. Everything here is private to them: a consumer of the
# libraries inherits no flag.

get_property(multi_config GLOBAL PROPERTY GENERATOR_IS_MULTI_CONFIG)
if(PROJECT_IS_TOP_LEVEL AND NOT multi_config AND NOT CMAKE_BUILD_TYPE)
    set(CMAKE_BUILD_TYPE Release CACHE STRING "Debug, Release, RelWithDebInfo or MinSizeRel" FORCE)
endif()

set(CMAKE_CXX_EXTENSIONS OFF)

find_program(XTAPE_CCACHE ccache)
mark_as_advanced(XTAPE_CCACHE)
if(XTAPE_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
    set(CMAKE_CXX_COMPILER_LAUNCHER ${XTAPE_CCACHE})
endif()

# libFuzzer follows the branches that an input takes, also through the libraries under a fuzzer.
# xsimd converts infinities to integers and drops the result: no fault, and not ours.
if(XTAPE_FUZZ)
    if(NOT CMAKE_CXX_COMPILER_ID MATCHES Clang)
        message(FATAL_ERROR "XTAPE_FUZZ needs clang++: libFuzzer is a part of it")
    endif()
    add_compile_options(-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all
                        -fno-sanitize=float-cast-overflow)
    add_link_options(-fsanitize=address,undefined)
endif()

# GCC's guesses about uninitialised memory go wrong inside xtensor's small vectors once inlined, and
# in its own header of AVX-512.
add_library(xtape_warnings INTERFACE)
target_compile_options(xtape_warnings INTERFACE
    -Wall -Wextra -Wshadow -Wconversion $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>
    $<$<CXX_COMPILER_ID:GNU>:-Wno-uninitialized>
    $<$<BOOL:${XTAPE_WERROR}>:-Werror>)

# What makes loops vectorise without changing a result: nobody reads errno or floating-point traps
# here, but NaN and infinity must behave (so never -ffast-math), and a product and a sum must not
# be fused in one place and not in another.
add_library(xtape_arithmetic INTERFACE)
target_compile_options(xtape_arithmetic INTERFACE
    -fno-math-errno -fno-trapping-math -ffp-contract=off)

# The widest level of x86-64 that this machine runs: v4 has AVX-512, v3 AVX2 and FMA. Not
# -march=native: what is built here runs on every machine of the same level.
function(xtape_detect_architecture result)
    include(CheckCXXSourceRuns)
    set(features_v4 avx512f avx512bw avx512cd avx512dq avx512vl)
    set(features_v3 avx2 fma bmi bmi2)
    set(${result} baseline PARENT_SCOPE)
    foreach(level v4 v3)
        list(TRANSFORM features_${level} REPLACE "(.+)" "__builtin_cpu_supports(\"\\1\")")
        list(JOIN features_${level} " && " all)
        set(CMAKE_REQUIRED_FLAGS -march=x86-64-${level})
        check_cxx_source_runs("int main() { __builtin_cpu_init(); return ${all} ? 0 : 1; }"
                              XTAPE_RUNS_X86_64_${level})
        if(XTAPE_RUNS_X86_64_${level})
            set(${result} x86-64-${level} PARENT_SCOPE)
            return()
        endif()
    endforeach()
endfunction()

set(architecture ${XTAPE_ARCH})
if(architecture STREQUAL "auto")
    xtape_detect_architecture(architecture)
endif()
if(NOT architecture STREQUAL "baseline")
    target_compile_options(xtape_arithmetic INTERFACE -march=${architecture})
endif()
message(STATUS "xtape: the libraries are compiled for ${architecture} (XTAPE_ARCH=${XTAPE_ARCH})")
