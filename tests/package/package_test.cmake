# cmake -D BUILD=... -D WORK=... -D CXX=... -D CXX_FLAGS=... -D CONFIG=... -D GENERATOR=... -P package_test.cmake
# Installs the build tree to a scratch prefix, and there is what its users do with it.

set(source ${CMAKE_CURRENT_LIST_DIR})
set(prefix ${WORK}/prefix)

function(must_succeed)
    execute_process(COMMAND ${ARGN} COMMAND_ERROR_IS_FATAL ANY)
endfunction()

function(configure_consumer folder)
    execute_process(
        COMMAND ${CMAKE_COMMAND} -S ${source} -B ${WORK}/${folder} -G ${GENERATOR}
                -D CMAKE_PREFIX_PATH=${prefix} -D CMAKE_CXX_COMPILER=${CXX}
                -D CMAKE_CXX_FLAGS=${CXX_FLAGS} -D CMAKE_BUILD_TYPE=${CONFIG} ${ARGN}
        RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE output)
    set(status ${status} PARENT_SCOPE)
    set(output "${output}" PARENT_SCOPE)
endfunction()

# Moved after it was installed, because an installed tree must not remember where that was.
file(REMOVE_RECURSE ${WORK})
must_succeed(${CMAKE_COMMAND} --install ${BUILD} --config ${CONFIG} --prefix ${WORK}/first)
file(RENAME ${WORK}/first ${prefix})

# find_package
configure_consumer(consumer)
if(NOT status EQUAL 0)
    message(FATAL_ERROR "the consumer does not configure\n${output}")
endif()
must_succeed(${CMAKE_COMMAND} --build ${WORK}/consumer)
must_succeed(${WORK}/consumer/double_precision)
must_succeed(${WORK}/consumer/single_precision)

# Both precisions in one program are refused, by a message that says so.
configure_consumer(both -D LINK_BOTH=ON)
if(status EQUAL 0 OR NOT output MATCHES "LINK_F32_OR_F64_NOT_BOTH")
    message(FATAL_ERROR "linking both precisions must fail with our message, but\n${output}")
endif()

# pkg-config
find_program(pkg_config pkg-config)
if(NOT pkg_config)
    message("pkg-config is not installed: xtape.pc and xtape-f32.pc were not tried")
    return()
endif()
file(GLOB_RECURSE pc_file ${prefix}/*/xtape.pc)
cmake_path(GET pc_file PARENT_PATH pc_folder)
set(ENV{PKG_CONFIG_PATH} ${pc_folder})
separate_arguments(CXX_FLAGS UNIX_COMMAND "${CXX_FLAGS}")
foreach(package xtape xtape-f32)
    execute_process(COMMAND ${pkg_config} --cflags --libs ${package}
                    OUTPUT_VARIABLE flags COMMAND_ERROR_IS_FATAL ANY)
    separate_arguments(flags UNIX_COMMAND "${flags}")
    must_succeed(${CXX} -std=c++17 ${CXX_FLAGS} ${source}/main.cpp ${flags} -o ${WORK}/${package})
    must_succeed(${WORK}/${package})
endforeach()
