/* Parts that add up to their whole to the last digit.
 *
 * Numbers that are multiples of one power of two u and stay below 2^52 u are added without rounding, in any order. So
 * parts and whole are rounded to such multiples, and what rounding leaves over goes to the largest part: a few u, about
 * 1e-16 of the largest number.
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_SOLVER_ANALYSIS_ADDITIVE_H
#define LEIE_SOLVER_ANALYSIS_ADDITIVE_H

#include "kernels/status.h"

/* The smallest power of two of which sums up to bound are exact: 2^52 u >= bound; 0 for a bound of 0. */
LEIE_API double leie_additive_unit(double bound);

/* Rounds to multiples of unit (a power of two, or 1 for numbers counted in digits to print):
 *
 *   part[i, 0] + ... + part[i, parts - 1] = to[i] - from[i]      exactly, for every row i
 *
 * part [rows, parts], from and to [rows] are changed in place; the remainder of a row goes to its part of the largest
 * size, the first of equals. Returns the largest remainder. unit 0 changes nothing. Cost: rows x parts. */
LEIE_API double leie_additive_round(double *part, leie_size rows, leie_size parts, double *from, double *to, double unit);

#endif
