# libtorch is not needed to build: without it, its rows are missing. Its flags and libraries reach
# only the programs that ask for them.
find_package(Torch QUIET)
if(NOT Torch_FOUND)
    cmake_path(GET CMAKE_CURRENT_SOURCE_DIR FILENAME name)
    message(STATUS "xtape: bench/${name} is built without libtorch, which was not found")
endif()

function(link_torch target)
    target_include_directories(${target} SYSTEM PRIVATE ${TORCH_INCLUDE_DIRS})
    separate_arguments(flags UNIX_COMMAND "${TORCH_CXX_FLAGS}")
    target_compile_options(${target} PRIVATE ${flags})
    target_link_libraries(${target} PRIVATE ${TORCH_LIBRARIES})
endfunction()
