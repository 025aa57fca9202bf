#pragma once

// xtensor 0.26 moved its headers into folders. This is the only place that knows.
#if __has_include(<xtensor/containers/xarray.hpp>)
#include <xtensor/containers/xarray.hpp>
#else
#include <xtensor/xarray.hpp>
#endif
