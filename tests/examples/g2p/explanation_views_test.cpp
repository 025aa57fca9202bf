#include "examples/g2p/explanation_views.hpp"

#include <sstream>

#include <doctest/doctest.h>

#include "examples/g2p/explain_html.hpp"
#include "tests/examples/g2p/small_model.hpp"

using namespace g2p;

namespace {

std::size_t count(const std::string& text, const std::string& part) {
    std::size_t found = 0;
    for (std::size_t at = 0; (at = text.find(part, at)) != text.npos; at += part.size()) {
        ++found;
    }
    return found;
}

/// A token of four reserved classes and K, of which the last is said.
TokenLoss token(std::int64_t target, double nll, double smooth) {
    return {target,
            nll,
            smooth,
            0.9 * nll + 0.02 * smooth,
            {0, 0, 0.25, 0, 0.75},
            {0.02, 0.02, 0.02, 0.02, 0.92},
            {-0.02, -0.02, 0.23, -0.02, -0.17}};
}

const std::vector<double> zeros(5, 0.0);

const Explanation small = {
    0.1,
    {"<pad>", "<bos>", "<eos>", "<unk>", "K"},
    {{{"k&<\"'", {"k"}, {"K"}, "list"},
      {token(4, 0.5, 10), token(2, 2, 10), {0, 0, 0, 0, zeros, zeros, zeros}}}}};

}  // namespace

TEST_SUITE("explanation as text") {
    TEST_CASE("has a line for each token, its likeliest phones, a bar, and x where it is wrong") {
        const std::string text = text_of(small, 2);
        CHECK(text.substr(0, text.find("\n\n", 30)) ==
              "k&<\"'  K\n"
              "list\n"
              "\n"
              "step phone     p    nll  smooth   loss  likeliest\n"
              "   1 K     0.750  0.500   10.00  0.650  K 0.75  <eos> 0.25           ##::\n"
              "x  2 <eos> 0.250  2.000   10.00  2.000  K 0.75  <eos> 0.25           ##########:\n"
              "   3 <pad>     0      0       0      0  masked, whatever it says\n"
              "sum               2.500   20.00  2.650");
        CHECK(text.find("\n2 tokens, PAD 1 (exactly 0): loss 2.650, a token 1.325; nll a token "
                        "1.250\n") != text.npos);
        CHECK(text.find("loss = 0.9 nll (#) + 0.1/5 smooth (:)") != text.npos);
    }

    TEST_CASE("fits into 80 columns and has no codes for colours") {
        const auto words = read_words(std::string_view("cat\tK AE T\na\tEY\n"), "words.tsv");
        const std::string text = text_of(
            explain(small_model(words), {{"cat", {"c", "a", "t"}, {"K", "AE", "T"}, "list"}}, 0.1),
            3);
        std::istringstream lines(text);
        for (std::string line; std::getline(lines, line);) {
            CHECK_MESSAGE(line.size() <= 80, line);
        }
        CHECK(text.find('\x1b') == text.npos);
    }

    TEST_CASE("tells what is 0 from what is nearly so") {
        CHECK(number_of(0, 3) == "0");
        CHECK(number_of(1e-9, 3) == "0.000");
    }
}

TEST_SUITE("explanation as a page") {
    const std::string page = page_of(small);

    TEST_CASE("is one whole page that needs nothing beside itself") {
        CHECK(page.rfind("<!DOCTYPE html>\n<html lang=\"en\">", 0) == 0);
        CHECK(page.substr(page.size() - 16) == "</body>\n</html>\n");
        CHECK(page.find("<title>The loss of k&amp;&lt;&quot;&#39;</title>") != page.npos);
        for (const char* const foreign :
             {"http://", "https://", "<script", "@import", "url(", "<link"}) {
            CHECK_MESSAGE(page.find(foreign) == page.npos, foreign);
        }
    }

    TEST_CASE("escapes what is not its own") {
        CHECK(escaped("a<b>&\"'\u00e9") == "a&lt;b&gt;&amp;&quot;&#39;\u00e9");
        CHECK(page.find("k&<") == page.npos);
        CHECK(page.find("<pad>") == page.npos);
        CHECK(page.find("&lt;pad&gt;") != page.npos);
    }

    TEST_CASE("has three maps, with a header for each row and each column") {
        CHECK(count(page, "<table class=\"map\">") == 3);
        const std::string maps = heat_maps_of(small, small.words[0]);
        CHECK(count(maps, "<th scope=\"col\">") == 3 * 6);
        CHECK(count(maps, "<th scope=\"row\">") == 3 * 3);
        CHECK(count(maps, "<caption>") == 3);
        CHECK(count(maps, "<td") == 3 * 3 * 5);
        CHECK(maps.find("title=\"K: p 0.750000, q 0.920000, p \u2212 q -0.170000\"") != maps.npos);
    }

    TEST_CASE("shades by size, by sign, and frames the target") {
        const std::string maps = heat_maps_of(small, small.words[0]);
        CHECK(maps.find("<td class=\"s9 target\" title=\"K: p 0.750000") != maps.npos);
        CHECK(maps.find("<td class=\"s10 target\" title=\"K: p 0.750000, q 0.920000") != maps.npos);
        CHECK(maps.find(">+23</td>") != maps.npos);
        CHECK(maps.find(">\u221217</td>") != maps.npos);
        CHECK(count(maps, "class=\"u s7") == 2);
        CHECK(count(maps, "class=\"d s6") == 2);
    }

    TEST_CASE("shows PAD as 0 in every map and in the loss matrix") {
        const std::string maps = heat_maps_of(small, small.words[0]);
        CHECK(count(maps, "<td class=\"pad\">0</td>") == 3 * 5);
        CHECK(count(loss_matrix_of(small), "<small>&lt;pad&gt;</small> 0</td>") == 1);
        CHECK(count(losses_of(small, small.words[0]),
                    "&lt;pad&gt;</th><td>0</td><td>0</td><td>0</td><td><b>0</b></td>") == 1);
    }
}
