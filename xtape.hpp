#pragma once

// Everything. A program that is compiled often includes the parts it needs.

#include <xtape/core/array.hpp>
#include <xtape/core/errors.hpp>
#include <xtape/core/gradient_check.hpp>
#include <xtape/core/memory.hpp>
#include <xtape/core/random.hpp>
#include <xtape/core/tape.hpp>
#include <xtape/core/variable.hpp>
#include <xtape/core/views.hpp>
#include <xtape/core/workers.hpp>
#include <xtape/losses/losses.hpp>
#include <xtape/nn/nn.hpp>
#include <xtape/ops/ops.hpp>
#include <xtape/train/train.hpp>
