#include <xtape/examples/g2p/progress.hpp>

#include <limits>
#include <sstream>
#include <stdexcept>

#include <doctest/doctest.h>

using namespace g2p;

namespace {

constexpr std::size_t any_width = std::string::npos;

ProgressNumbers numbers_at(double seconds) {
    ProgressNumbers numbers;
    numbers.step = static_cast<std::size_t>(seconds * 10);
    numbers.seconds = seconds;
    return numbers;
}

}  // namespace

TEST_SUITE("progress") {
    const ProgressNumbers some = {1200, 9000, 1.2344, 0.9871, 18400.4, 42.7, 258.0};

    TEST_CASE("shows step, time left, loss, nll, perplexity of the nll, speed and time") {
        CHECK(progress_line(some, any_width) ==
              "step 1200/9000  4:18 left  loss 1.234  nll 0.987  ppl 2.68  18400 tokens/s  "
              "0:42 elapsed");
    }

    TEST_CASE("leaves out what does not fit, from the right") {
        CHECK(progress_line(some, 79) ==
              "step 1200/9000  4:18 left  loss 1.234  nll 0.987  ppl 2.68  18400 tokens/s");
        CHECK(progress_line(some, 37) == "step 1200/9000  4:18 left  loss 1.234");
        CHECK(progress_line(some, 36) == "step 1200/9000  4:18 left");
        CHECK(progress_line(some, 9) == "step 1200");
        CHECK(progress_line(some, 0) == "");
    }

    TEST_CASE("leaves out what is not known") {
        ProgressNumbers numbers = some;
        numbers.steps = 0;
        numbers.seconds_left = -1;
        CHECK(progress_line(numbers, 21) == "step 1200  loss 1.234");
        numbers.seconds_left = std::numeric_limits<double>::infinity();
        CHECK(progress_line(numbers, 21) == "step 1200  loss 1.234");
    }

    TEST_CASE("shows hours, and a perplexity without bounds") {
        ProgressNumbers numbers = some;
        numbers.seconds = 59;
        numbers.seconds_left = 3723;
        numbers.nll = 50;
        CHECK(progress_line(numbers, any_width) ==
              "step 1200/9000  1:02:03 left  loss 1.234  nll 50.000  ppl 5.2e+21  "
              "18400 tokens/s  0:59 elapsed");
    }

    TEST_CASE("rewrites one line of a terminal and ends it") {
        std::ostringstream out;
        {
            Progress progress({out, [] { return std::size_t{21}; }});
            progress.show(numbers_at(1));
            progress.show(numbers_at(2));
        }
        CHECK(out.str() == "\rstep 10  loss 0.000\x1b[K\rstep 20  loss 0.000\x1b[K\n");
    }

    TEST_CASE("follows a terminal that changes its width and leaves the last column empty") {
        std::ostringstream out;
        std::size_t columns = 20;
        {
            Progress progress({out, [&columns] { return columns; }});
            progress.show(numbers_at(1));
            columns = 19;
            progress.show(numbers_at(2));
        }
        CHECK(out.str() == "\rstep 10  loss 0.000\x1b[K\rstep 20\x1b[K\n");
    }

    TEST_CASE("does not redraw more often than ten times a second, save the end") {
        std::ostringstream out;
        {
            Progress progress({out, [] { return std::size_t{9}; }});
            progress.show(numbers_at(1));
            progress.show(numbers_at(1.05));
            CHECK(out.str() == "\rstep 10\x1b[K");
            progress.show(numbers_at(1.0625));
        }
        CHECK(out.str() == "\rstep 10\x1b[K\rstep 10\x1b[K\n");
    }

    TEST_CASE("writes a line every ten seconds where there is no terminal, and the last") {
        std::ostringstream out;
        {
            Progress progress({out, [] { return std::size_t{0}; }});
            for (const double seconds : {1, 2, 11, 12, 20, 22, 25}) {
                progress.show(numbers_at(seconds));
            }
        }
        const std::string rest = "  loss 0.000  nll 0.000  ppl 1.00  0 tokens/s  ";
        CHECK(out.str() == "step 10" + rest + "0:01 elapsed\n" +       //
                               "step 110" + rest + "0:11 elapsed\n" +  //
                               "step 220" + rest + "0:22 elapsed\n" +  //
                               "step 250" + rest + "0:25 elapsed\n");
    }

    TEST_CASE("makes room for another line") {
        std::ostringstream out;
        Progress progress({out, [] { return std::size_t{9}; }});
        progress.show(numbers_at(1));
        progress.print("epoch 1");
        progress.print("WER 50.00");
        progress.show(numbers_at(2));
        progress.finish();
        progress.print("done");
        CHECK(out.str() == "\rstep 10\x1b[K\r\x1b[Kepoch 1\nWER 50.00\n\rstep 20\x1b[K\ndone\n");
    }

    TEST_CASE("ends its line when an exception leaves the loop") {
        std::ostringstream out;
        try {
            Progress progress({out, [] { return std::size_t{9}; }});
            progress.show(numbers_at(1));
            throw std::runtime_error("stop");
        } catch (const std::runtime_error&) {
        }
        CHECK(out.str() == "\rstep 10\x1b[K\n");
    }

    TEST_CASE("writes nothing if there was nothing to show") {
        std::ostringstream out;
        {
            Progress progress({out, [] { return std::size_t{9}; }});
        }
        CHECK(out.str() == "");
    }
}
