#pragma once

// What moves parameters. One line each.

#include <xtape/train/adam.hpp>           // against the mean gradient over its root mean square
#include <xtape/train/average.hpp>        // a moving average of parameters
#include <xtape/train/checkpoint.hpp>     // parameters to a file and back
#include <xtape/train/clip.hpp>           // gradients no longer than ...
#include <xtape/train/data_parallel.hpp>  // gradients of the shares of a batch, summed
#include <xtape/train/schedule.hpp>       // learning rates over time
#include <xtape/train/sgd.hpp>            // against the gradient, with momentum
