# cmake -D PROGRAM=... -D EXPECTED=file -P compare_output.cmake
# Fails unless the program succeeds and prints exactly what the file holds.

execute_process(COMMAND ${PROGRAM} OUTPUT_VARIABLE printed RESULT_VARIABLE status)
if(NOT status EQUAL 0)
    message(FATAL_ERROR "${PROGRAM} ended with ${status} after printing\n${printed}")
endif()
file(READ ${EXPECTED} expected)
if(NOT printed STREQUAL expected)
    file(WRITE ${PROGRAM}.printed "${printed}")
    execute_process(COMMAND diff -u ${EXPECTED} ${PROGRAM}.printed)
    message(FATAL_ERROR "${PROGRAM} does not print what ${EXPECTED} holds; "
                        "its output is in ${PROGRAM}.printed")
endif()
