#pragma once

#include <cstddef>
#include <functional>
#include <iosfwd>
#include <string>
#include <string_view>

namespace g2p {

/// Where training stands. The display knows nothing else about it.
struct ProgressNumbers {
    std::size_t step = 0;
    std::size_t steps = 0;         // all of them; 0 if the number is not known
    double loss = 0;               // the criterion, smoothed, per token
    double nll = 0;                // -log p(target) per token, not smoothed; perplexity is its exp
    double tokens_per_second = 0;  // targets, PAD not counted
    double seconds = 0;            // since the start
    double seconds_left = -1;      // negative or not finite: not known
};

///     step 1200/9000  4:18 left  loss 1.234  nll 0.987  ppl 2.68  18400 tokens/s  0:42 elapsed
///
/// and of that, from the left, as many fields as fit into `width` columns; one at least, cut off if
/// it must be. What is not known is left out.
std::string progress_line(const ProgressNumbers& numbers, std::size_t width);

/// What the display is drawn on.
struct Screen {
    std::ostream& out;
    std::function<std::size_t()> columns;  // of the terminal at this moment; 0 if it is none
};

/// Standard output, as wide as its terminal is just now.
Screen standard_output();

/// A line that is rewritten in place on a terminal, at most ten times a second; elsewhere a line
/// of its own every ten seconds. Time is `ProgressNumbers::seconds`: nothing here reads a clock.
///
/// While it lives, whatever else is to be printed on that screen goes through `print`. The
/// destructor ends the line: an exception or Ctrl-C leaves no half of one behind.
class Progress {
public:
    explicit Progress(Screen screen = standard_output());
    ~Progress();
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    /// Draws the numbers if it is time to.
    void show(const ProgressNumbers& numbers);

    /// Prints a line of its own; on a terminal it takes the place of the progress line, which
    /// comes back below it.
    void print(std::string_view line);

    /// Draws the last numbers if they were not drawn, and ends the line.
    void finish();

private:
    void draw();

    Screen screen_;
    ProgressNumbers latest_;
    double drawn_at_;         // seconds
    bool is_drawn_ = true;    // whether `latest_` has been
    bool line_open_ = false;  // whether the cursor stands behind a line without its end
};

}  // namespace g2p
