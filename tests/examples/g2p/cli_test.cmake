# g2p as a user meets it: trains a tiny model on files, evaluates it, asks it, and makes mistakes.
#   cmake -D G2P=program -D WORK=folder -P cli_test.cmake

file(REMOVE_RECURSE ${WORK})
file(MAKE_DIRECTORY ${WORK})
file(WRITE ${WORK}/words.tsv "cat\tK AE T\nbat\tB AE T\nrat\tR AE T\ncan\tK AE N\tK AH N\nCAFÉ\tK AE F EY\n")
file(WRITE ${WORK}/words2.tsv "cat\tK AE T\n")
file(MAKE_DIRECTORY ${WORK}/folder)
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

expect(0 "cat  K AE T\nwords.tsv\n.*4 <eos>.* 5 <pad> +0 +0 +0 +0  masked" explain
       --checkpoint model.safetensors --test words.tsv cat)
expect(0 "CAFÉ  K AE F EY\n--pron.*CAFÉ  K AE F\n--pron.*heat maps are in page.html\n$" explain
       --checkpoint model.safetensors CAFÉ --pronunciation "K AE F EY" --pronunciation "K AE F"
       --top 2 --smoothing 0 --html page.html)
file(READ ${WORK}/page.html page)
if(NOT page MATCHES "^<!DOCTYPE html>.*CAFÉ.*</html>\n$")
    message(FATAL_ERROR "page.html is not whole")
endif()

expect(1 "g2p: explain: 'bat' is not in words2.tsv; say how" explain
       --checkpoint model.safetensors --test words2.tsv bat --html page.html)
expect(1 "^g2p: nowhere/page.html: cannot be opened: No such file" explain
       --checkpoint model.safetensors --test words.tsv cat --html nowhere/page.html)
expect(1 "^g2p: folder: cannot be written: it is a directory" explain
       --checkpoint model.safetensors --test words.tsv cat --html folder)
execute_process(COMMAND ${G2P} explain --checkpoint model.safetensors --test words.tsv cat --html ""
                WORKING_DIRECTORY ${WORK} RESULT_VARIABLE got OUTPUT_QUIET ERROR_VARIABLE err)
if(NOT got EQUAL 1 OR NOT err MATCHES "--html needs the name of a file; the one given is empty")
    message(FATAL_ERROR "g2p explain --html '': status ${got}, ${err}")
endif()
expect(105 "--smoothing" explain --checkpoint model.safetensors cat --smoothing 2)
expect(106 "--checkpoint is required" explain cat)
file(READ ${WORK}/page.html again)
file(GLOB half_written ${WORK}/*.tmp)
if(NOT again STREQUAL page OR half_written)
    message(FATAL_ERROR "an explanation that failed left traces: ${half_written}")
endif()

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
