# find_package(xtape CONFIG) and pkg-config both work from what `cmake --install` leaves.

include(CMakePackageConfigHelpers)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/xtape)

# Headers in a folder detail/ or named *_detail.hpp are no contract and stay at home.
install(FILES xtape.hpp DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/xtape)
install(DIRECTORY core ops losses nn train DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/xtape
        FILES_MATCHING PATTERN "*.hpp"
        PATTERN "*_detail.hpp" EXCLUDE
        PATTERN "detail" EXCLUDE)

install(TARGETS xtape_f64 xtape_f32 EXPORT xtape-targets
        ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(EXPORT xtape-targets NAMESPACE xtape:: DESTINATION ${package_dir})

configure_package_config_file(cmake/xtape-config.cmake.in xtape-config.cmake
                              INSTALL_DESTINATION ${package_dir})
# Before 1.0 a minor version may change the interface.
write_basic_package_version_file(xtape-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/xtape-config.cmake
              ${PROJECT_BINARY_DIR}/xtape-config-version.cmake
        DESTINATION ${package_dir})

# The prefix is written relative to the .pc file, so the installed tree may be moved.
file(RELATIVE_PATH pc_to_prefix ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig ${CMAKE_INSTALL_PREFIX})
string(REGEX REPLACE "/$" "" pc_to_prefix ${pc_to_prefix})
list(JOIN BLAS_LIBRARIES " " pc_blas)
function(xtape_pkg_config pc_name pc_real pc_definition)
    configure_file(cmake/xtape.pc.in ${PROJECT_BINARY_DIR}/${pc_name}.pc @ONLY)
    install(FILES ${PROJECT_BINARY_DIR}/${pc_name}.pc
            DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
endfunction()
xtape_pkg_config(xtape double "")
xtape_pkg_config(xtape-f32 float -DXTAPE_SINGLE=1)

install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
