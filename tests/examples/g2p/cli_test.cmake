# g2p as a user meets it: trains a tiny model on files, evaluates it, asks it, and makes mistakes.
#   cmake -D G2P=program -D WORK=folder -P cli_test.cmake

file(REMOVE_RECURSE ${WORK})
file(MAKE_DIRECTORY ${WORK})
file(WRITE ${WORK}/words.tsv "cat\tK AE T\nbat\tB AE T\nrat\tR AE T\ncan\tK AE N\tK AH N\nCAFÉ\tK AE F EY\n")
file(WRITE ${WORK}/broken.tsv "cat\tK AE T\nbat B AE T\n")

# Runs g2p; its status and what it prints on either stream must match.
function(expect status pattern)
    execute_process(COMMAND ${G2P} ${ARGN} WORKING_DIRECTORY ${WORK}
                    RESULT_VARIABLE got OUTPUT_VARIABLE out ERROR_VARIABLE err)
    if(NOT got EQUAL status OR NOT "${out}${err}" MATCHES "${pattern}")
        message(FATAL_ERROR "g2p ${ARGN}\nexpected status ${status} and ${pattern}\n"
                            "got status ${got} and\n${out}${err}")
    endif()
endfunction()

set(tiny --width 8 --heads 2 --feed-forward 8 --encoder-layers 1 --decoder-layers 1 --steps 3
         --threads 2 --seed 7)
expect(0 "development WER [0-9.]+ PER [0-9.]+" train --train words.tsv --dev words.tsv
       --test words.tsv --output model.safetensors ${tiny})
expect(0 "\nWER [0-9.]+ PER [0-9.]+\n$" eval --checkpoint model.safetensors --test words.tsv)
expect(0 "^cat\t[^\n]*\nCAFÉ\t[^\n]*\n$" predict --checkpoint model.safetensors cat CAFÉ)

expect(1 "g2p: broken.tsv:2: " train --train broken.tsv --dev words.tsv --output other)
expect(1 "g2p: .*nowhere.tsv.*No such file" eval --checkpoint model.safetensors --test nowhere.tsv)
expect(1 "g2p: .*words.tsv" predict --checkpoint words.tsv cat)
expect(1 "g2p: .*nowhere/m.*No such file" train --output nowhere/m ${tiny})
expect(1 "g2p: train: --train and --dev go together" train --train words.tsv --output other)
expect(106 "--output is required" train)
expect(105 "--threads" train --output other --threads 0)
if(EXISTS ${WORK}/other)
    message(FATAL_ERROR "a refused training left a file behind")
endif()
