#include "progress.hpp"

#include <cmath>
#include <cstdlib>
#include <iostream>
#include <limits>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace g2p {

namespace {

constexpr double seconds_between_redraws = 0.1;
constexpr double seconds_between_lines = 10.0;
constexpr const char* erase_to_end_of_line = "\x1b[K";

/// 0:42, 12:05, 1:02:03
std::string clock(double seconds) {
    const auto whole = static_cast<long long>(seconds);
    if (whole < 3600) {
        return fmt::format("{}:{:02}", whole / 60, whole % 60);
    }
    return fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
}

std::string with_all(std::size_t step, std::size_t steps) {
    return steps > 0 ? fmt::format("step {}/{}", step, steps) : fmt::format("step {}", step);
}

std::string shortly(double perplexity) {
    return perplexity < 1000 ? fmt::format("{:.2f}", perplexity)
                             : fmt::format("{:.1e}", perplexity);
}

/// Fields in the order of their weight to somebody who waits. In usual numbers all but the last
/// fit into 80 columns.
std::vector<std::string> fields(const ProgressNumbers& n) {
    std::vector<std::string> all = {with_all(n.step, n.steps)};
    if (n.seconds_left >= 0 && std::isfinite(n.seconds_left)) {
        all.push_back(clock(n.seconds_left) + " left");
    }
    all.push_back(fmt::format("loss {:.3f}", n.loss));
    all.push_back(fmt::format("nll {:.3f}", n.nll));
    all.push_back("ppl " + shortly(std::exp(n.nll)));
    all.push_back(fmt::format("{:.0f} tokens/s", n.tokens_per_second));
    all.push_back(clock(n.seconds) + " elapsed");
    return all;
}

std::size_t columns_of_standard_output() {
    const char* const kind = std::getenv("TERM");
    if (isatty(STDOUT_FILENO) == 0 || kind == nullptr || std::string_view(kind) == "dumb") {
        return 0;
    }
    winsize size = {};
    const bool has_told = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
    return has_told ? size.ws_col : 80;
}

}  // namespace

std::string progress_line(const ProgressNumbers& numbers, std::size_t width) {
    std::string line;
    for (const std::string& field : fields(numbers)) {
        const std::string longer = line.empty() ? field : line + "  " + field;
        if (!line.empty() && longer.size() > width) {
            break;
        }
        line = longer;
    }
    return line.substr(0, width);
}

Screen standard_output() {
    return {std::cout, columns_of_standard_output};
}

Progress::Progress(Screen screen)
    : screen_(std::move(screen)), drawn_at_(-std::numeric_limits<double>::infinity()) {}

Progress::~Progress() {
    finish();
}

void Progress::show(const ProgressNumbers& numbers) {
    const double pause = screen_.columns() > 0 ? seconds_between_redraws : seconds_between_lines;
    latest_ = numbers;
    is_drawn_ = false;
    if (numbers.seconds - drawn_at_ >= pause) {
        draw();
    }
}

void Progress::print(std::string_view line) {
    if (line_open_) {
        screen_.out << '\r' << erase_to_end_of_line;
        line_open_ = false;
    }
    screen_.out << line << '\n' << std::flush;
}

void Progress::finish() {
    if (!is_drawn_) {
        draw();
    }
    if (line_open_) {
        screen_.out << '\n' << std::flush;
        line_open_ = false;
    }
}

// The last column stays empty: many terminals would begin a new line behind it.
void Progress::draw() {
    const std::size_t columns = screen_.columns();
    if (columns > 0) {
        screen_.out << '\r' << progress_line(latest_, columns - 1) << erase_to_end_of_line;
    } else {
        screen_.out << progress_line(latest_, std::string::npos) << '\n';
    }
    screen_.out << std::flush;
    line_open_ = columns > 0;
    drawn_at_ = latest_.seconds;
    is_drawn_ = true;
}

}  // namespace g2p
