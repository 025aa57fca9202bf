#include <xtape/core/extents.hpp>

#include <numeric>
#include <vector>

#include <doctest/doctest.h>

#include <xtape/core/array.hpp>

using xtape::Extents;

namespace {

using List = Extents<std::size_t>;

/// 1, 2, ... n
List counted(std::size_t n) {
    List list(n);
    std::iota(list.begin(), list.end(), std::size_t{1});
    return list;
}

}  // namespace

TEST_SUITE("extents") {
    TEST_CASE("are made from numbers, of any count") {
        CHECK(List().empty());
        CHECK(List{7} == List(1, 7));
        CHECK(List{1, 2, 3, 4, 5} == counted(5));
        CHECK(List(std::vector<std::size_t>{1, 2, 3}) == counted(3));
        const std::vector<int> signed_numbers = {1, 2};
        CHECK(List(signed_numbers.begin(), signed_numbers.end()) == counted(2));
        CHECK(List(3) == List{0, 0, 0});
        CHECK(counted(4).front() == 1);
        CHECK(counted(4).back() == 4);
        CHECK(*counted(4).rbegin() == 4);
    }
    TEST_CASE("are copied and moved") {
        for (std::size_t n = 0; n < 6; ++n) {
            const List first = counted(n);
            List copy = first;
            CHECK(copy == first);
            const List moved = std::move(copy);
            CHECK(moved == first);
            copy = counted(5 - n);
            CHECK(copy == counted(5 - n));
            copy = first;
            CHECK(copy == first);
            copy = std::move(*&copy);
            CHECK(copy == first);
        }
    }
    TEST_CASE("compare by size and numbers") {
        CHECK(List{1, 2} != List{1, 2, 3});
        CHECK(List{1, 2} != List{1, 3});
        CHECK(List{1, 2} < List{1, 2, 3});
        CHECK_FALSE(List{2} < List{1, 2});
    }
    TEST_CASE("grow and shrink at any place") {
        for (std::size_t n = 0; n < 5; ++n) {
            for (std::size_t place = 0; place <= n; ++place) {
                const std::vector<std::size_t> more = {8, 9, 10};
                List list = counted(n);
                std::vector<std::size_t> expected(list.begin(), list.end());
                const auto at = static_cast<std::ptrdiff_t>(place);

                CHECK(*list.insert(list.begin() + place, 7) == 7);
                expected.insert(expected.begin() + at, 7);
                CHECK(list == List(expected));

                list.insert(list.begin() + place, more.begin(), more.end());
                expected.insert(expected.begin() + at, more.begin(), more.end());
                CHECK(list == List(expected));

                list.erase(list.begin() + place);
                expected.erase(expected.begin() + at);
                CHECK(list == List(expected));

                list.erase(list.begin() + place, list.begin() + place + 3);
                CHECK(list == counted(n));
            }
        }
        List list = counted(3);
        list.push_back(4);
        list.pop_back();
        CHECK(list == counted(3));
        list.resize(5);
        CHECK(list == List{1, 2, 3, 0, 0});
        list.resize(1);
        list.resize(2);
        CHECK(list == List{1, 0});
        list.clear();
        CHECK(list.empty());
    }
    TEST_CASE("keep a small array small") {
        CHECK(sizeof(Extents<std::size_t>) == 24);
        CHECK(sizeof(xtape::Array) <= 120);
    }
    TEST_CASE("are what xtensor computes strides of, for any rank") {
        const xtape::Array x({2, 3, 4, 5, 6}, 1);
        CHECK(x.strides() == Extents<std::ptrdiff_t>{360, 120, 30, 6, 1});
        xtape::Array y = x;
        y.resize({6, 120});
        CHECK(y.shape() == List{6, 120});
        CHECK(y.size() == x.size());
    }
}
