/* Small tables for tests. Axes are written as text: regions between '|', the region first, then its items:
 *   "BE a b c|FR a b"
 * A final-demand column takes the kind of its name, else household. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_TESTS_TOY_TABLE_H
#define LEIE_TESTS_TOY_TABLE_H

#include "solver/leie.h"

/* An empty table with axes, k stressors "f0", "f1", ... of extension "ext" in t, v inputs "w0", ...,
 * a dense Z, money in MEUR. */
void toy_table(leie_table *t, const char *sectors, const char *demand, leie_size k, leie_size v);

/* Random flows around 1 to 100 with holes, negative inventories, and x as the row sum. Z covers about
 * `filled` of the cells; columns of A sum to less than one. */
void toy_fill(leie_table *t, uint64_t seed, double filled);

/* The two regions of three sectors and two stressors in pymrio's tests/test_math.py (td_small_MRIO). */
void toy_small_mrio(leie_table *t);

double *toy_Z(leie_table *t, leie_size i, leie_size j);

/* D_cba of stressor s for one column of Y by a plain elimination: S (I - A)^-1 Y. */
double toy_footprint(const leie_table *t, leie_size s, leie_size column);

/* M = S (I - A)^-1 of stressor s, m [n]. */
void toy_multipliers(double *m, const leie_table *t, leie_size s);

/* Sum of everything in Z. */
double toy_sum(const leie_matrix *m);

/* Text of the first note that contains a piece, "" when there is none. */
const char *toy_note(const leie_table *t, const char *piece);

#endif
