/* Small supply-use tables typed into tests. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_TESTS_TOY_SUT_H
#define LEIE_TESTS_TOY_SUT_H

#include "solver/leie.h"

/* A table of one region BE with products p0, p1, ..., industries p0, p1, ... (the same codes), final-demand
 * columns "household", "gfcf", "export", ... (kinds of those names), inputs "w0", ..., money in MEUR. Arrays
 * are copied: supply [p, k], domestic and imported use [p, k] and final use [p, m], W [v, k]; import arrays
 * may be NULL. */
typedef struct toy_sut_values {
    leie_size p, k, m, v;
    const char *demand; // "household gfcf"
    const double *supply, *use, *final, *use_m, *final_m, *W;
} toy_sut_values;
void toy_sut(leie_sut *s, const toy_sut_values *values);

/* UN Handbook on Supply and Use Tables (2018), Table 12.3: three products and industries. */
void toy_sut_un(leie_sut *s);

/* Random table whose supply and use agree: mostly diagonal supply, about a third of the cells filled. */
void toy_sut_random(leie_sut *s, leie_size p, leie_size k, uint64_t seed);

/* Adds stressors "f0", ... with random pressures by industry and column. */
void toy_sut_pressures(leie_sut *s, leie_size stressors, uint64_t seed);

#endif
