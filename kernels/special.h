/* Special functions that the C library does not have. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_KERNELS_SPECIAL_H
#define LEIE_KERNELS_SPECIAL_H

#include "kernels/status.h"

/* Upper tail of the gamma distribution with shape a > 0 and scale 1:  Q(a, x) = Gamma(a, x) / Gamma(a).
 * Relative error about 1e-13 for a up to 1e4; NaN for x NaN or a not positive. Q(k/2, x/2) is the upper
 * tail of chi-square with k degrees of freedom. */
LEIE_API double leie_gamma_tail(double a, double x);

/* Upper tail of the standard normal distribution, and the z that has the tail p (0 < p < 1). */
LEIE_API double leie_normal_tail(double z);
LEIE_API double leie_normal_tail_at(double p);

/* Nodes and weights of Gauss-Legendre quadrature on [0, 1]: exact for polynomials of degree 2 n - 1.
 * node, weight [n], 1 <= n; weights add up to 1. */
LEIE_API void leie_legendre(int n, double *node, double *weight);

#endif
