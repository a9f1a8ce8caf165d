/* A picture of measured cases under the roof of the machine: operations a second against operations per byte, both
 * logarithmic, as SVG. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_PERF_ROOFLINE_H
#define LEIE_PERF_ROOFLINE_H

#include "kernels/status.h"

/* Takes note of a case that has both; name is copied. More than a few hundred are left out. */
void roofline_add(const char *name, double flops, double bytes, double seconds);

/* Writes the picture when there is a case to show: bandwidth in GB/s and peak in GFLOP/s. */
void roofline_write(const char *path, double bandwidth, double peak);

#endif
