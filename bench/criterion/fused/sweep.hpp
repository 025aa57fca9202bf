#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>

#include "fused.hpp"

namespace criterion_bench {

/// One pass over the logits. Numbers from memory and numbers to memory are what it waits for, so it
/// does both at once: while it reads a chunk of one row and leaves the exponentials in a scratch row
/// (in the cache), it writes the same chunk of the gradient of the row before.
///
/// Exponentials are taken relative to the maximum of the row's first chunk, which needs no pass of
/// its own. Should the row rise so far above it that sums might overflow, it is done again.
///
/// `Simd` is a set of instructions: Vector, width, and the functions used here.
template <class Simd>
class Sweep {
public:
    /// `scratch` has room for two rows, each with a whole vector to spare at its end.
    Sweep(const FusedRows& rows, float* scratch)
        : all_(rows),
          share_(static_cast<float>(rows.smoothing / static_cast<double>(rows.classes))),
          now_(scratch),
          before_(scratch + rows.classes + Simd::width) {}

    double operator()() {
        double loss = 0;
        for (std::size_t i = 0; i < all_.rows; ++i) {
            start_row(i);
            for (std::size_t j = 0; j < all_.classes; j += chunk) {
                read(j);
                if (i > 0) {
                    write(i - 1, j);
                }
            }
            loss += end_row(i);
        }
        for (std::size_t j = 0; j < all_.classes && all_.rows > 0; j += chunk) {
            write(all_.rows - 1, j);
        }
        Simd::finish_streams();
        return loss;
    }

private:
    using Vector = typename Simd::Vector;
    struct Sums {
        Vector exp, z, max;
    };

    static constexpr std::size_t chunk = 1024;
    static constexpr std::size_t prefetch_ahead = 1024;
    static constexpr float log2_e = 1.44269504F;
    static constexpr float highest_rise = 60;  // e^60 times a billion classes is a float
    static constexpr float lowest = -std::numeric_limits<float>::infinity();

    std::size_t end_of(std::size_t j) const { return std::min(j + chunk, all_.classes); }

    void start_row(std::size_t i) {
        logits_ = all_.logits + i * all_.classes;
        Vector m = Simd::all(lowest);
        const std::size_t end = end_of(0);
        std::size_t k = 0;
        for (; k + Simd::width <= end; k += Simd::width) {
            m = Simd::max(m, Simd::load(logits_ + k));
        }
        m = Simd::max(m, Simd::load_part(logits_ + k, end - k, lowest));
        start_sums(Simd::largest(m));
    }

    void start_sums(float reference) {
        reference_ = reference;
        sums_ = {Simd::all(0), Simd::all(0), Simd::all(lowest)};
    }

    // Into the scratch row: e^(z - reference), as 2^(z log2 e - reference log2 e).
    void read(std::size_t j) {
        const Vector scale = Simd::all(log2_e), offset = Simd::all(-reference_ * log2_e);
        const std::size_t end = end_of(j);
        Sums sums = sums_;  // in registers
        const auto take = [&](Vector z, Vector z_or_0) {
            const Vector e = Simd::exp2(Simd::multiply_add(z, scale, offset));
            Simd::store(now_ + j, e);
            sums = {Simd::add(sums.exp, e), Simd::add(sums.z, z_or_0), Simd::max(sums.max, z)};
        };
        for (; j + Simd::width <= end; j += Simd::width) {
            const Vector z = Simd::load(logits_ + j);
            Simd::prefetch(logits_ + j + prefetch_ahead);
            take(z, z);
        }
        if (j < end) {
            take(Simd::load_part(logits_ + j, end - j, lowest),
                 Simd::load_part(logits_ + j, end - j, 0));
        }
        sums_ = sums;
    }

    // The target's own part of the gradient is put in before the row is scaled and written.
    double end_row(std::size_t i) {
        const std::int64_t target = all_.target[i];
        double loss = 0;
        if (target == all_.ignore_index) {
            std::fill(now_, now_ + all_.classes, 0.0F);
            factor_ = row_share_ = 0;
        } else {
            if (const float highest = Simd::largest(sums_.max);
                highest > reference_ + highest_rise) {
                read_again(highest);
            }
            const double total = Simd::sum(sums_.exp), certain = 1 - all_.smoothing;
            const double z = logits_[target];
            loss = reference_ + std::log(total) - certain * z -
                   static_cast<double>(share_) * static_cast<double>(Simd::sum(sums_.z));
            now_[target] -= static_cast<float>(certain * total);
            factor_ = static_cast<float>(1 / total);
            row_share_ = share_;
        }
        std::swap(now_, before_);
        return loss;
    }

    void read_again(float reference) {
        start_sums(reference);
        for (std::size_t j = 0; j < all_.classes; j += chunk) {
            read(j);
        }
    }

    // p - eps / V - (1 - eps) [j = t]
    void write(std::size_t i, std::size_t j) const {
        all_.past_the_cache ? write_by<true>(i, j) : write_by<false>(i, j);
    }

    template <bool past_the_cache>
    void write_by(std::size_t i, std::size_t j) const {
        float* gradient = all_.gradient + i * all_.classes;
        const Vector factor = Simd::all(factor_), share = Simd::all(-row_share_);
        const std::size_t end = end_of(j);
        for (; j + Simd::width <= end; j += Simd::width) {
            const Vector g = Simd::multiply_add(Simd::load(before_ + j), factor, share);
            past_the_cache ? Simd::stream(gradient + j, g) : Simd::store(gradient + j, g);
        }
        if (j < end) {
            const Vector g = Simd::multiply_add(Simd::load(before_ + j), factor, share);
            Simd::store_part(gradient + j, end - j, g);
        }
    }

    FusedRows all_;
    float share_;  // eps / V
    float *now_, *before_;
    const float* logits_ = nullptr;
    float reference_ = 0, factor_ = 0, row_share_ = 0;
    Sums sums_{};
};

}  // namespace criterion_bench
