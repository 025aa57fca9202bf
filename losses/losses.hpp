#pragma once

// The losses: one include and one formula per line. t is the target, p a model's probabilities of
// scores x, and q a distribution. PAD contributes exactly nothing to any of them.

#include <xtape/losses/cross_entropy.hpp>                 // log sum_k e^x(k) - x(t)
#include <xtape/losses/focal.hpp>                         // -(1 - p(t))^gamma log p(t)
#include <xtape/losses/kl.hpp>                            // sum_k q(k) (log q(k) - log p(k))
#include <xtape/losses/label_smoothed_cross_entropy.hpp>  // -sum_k q(k) log p(k), q softened
#include <xtape/losses/nll.hpp>                           // -log p(t)
#include <xtape/losses/row_blocks.hpp>                    // those of classes, a few rows at a time
