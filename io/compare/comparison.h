/* Two results beside each other, label by label: which values differ, and by how much.
 *
 * Variables are matched by name and the names of their dimensions, positions by their labels. A side may fix a year
 * and a scenario; what it does not fix is compared label by label. Lists of records (notes, sources, factors) have no
 * labels that mean the same in both and are left to the provenance.
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_COMPARE_COMPARISON_H
#define LEIE_IO_COMPARE_COMPARISON_H

#include "io/result/dataset.h"

/* One of the two: A (0) or B (1). */
typedef struct leie_compare_side {
    const leie_dataset *ds; // borrowed
    const char *name;       // its file, for messages
    const char *year, *scenario; // labels to take; NULL: all that both have
} leie_compare_side;

/* A dimension that both have. */
typedef struct leie_compared_dim {
    leie_size a, b;         // its position in either dataset
    leie_index *to;         // [n of A] position in B, -1 where B has no such label; NULL: fixed or without labels
    leie_size common, only[2]; // labels of both, and of one alone
    bool fixed;             // a year or a scenario was taken
    leie_size at[2];        // where
} leie_compared_dim;

/* One variable. */
typedef struct leie_compared {
    const leie_var *var[2]; // borrowed
    leie_size values;       // compared: labels of both
    leie_size changed;      // of them different, appeared and gone included
    leie_size appeared, gone; // missing in A alone, in B alone
    double largest;         // largest |B - A| of values that both have, in its own unit
    leie_size at[LEIE_RANK_MAX]; // where in A
    char why_not[160];      // "" or why it cannot be compared
} leie_compared;

typedef struct leie_comparison {
    leie_compare_side side[2];
    double tolerance;       // relative: what differs by no more has not changed
    leie_size dims;
    leie_compared_dim *dim; // [dims]
    leie_size n;
    leie_compared *item;    // [n] variables of both
    leie_size only[2];      // variables that one alone has
} leie_comparison;

/* Compares. Errors: LEIE_ERR_USAGE for a year or scenario that is not there (lists what is), LEIE_ERR_DATA when the
 * two have no variable in common, or none that can be compared (says why of the first); LEIE_ERR_NOMEM. Cost: one pass over all
 * values. */
LEIE_API leie_status leie_compare(leie_comparison *c, const leie_compare_side side[2], double tolerance, leie_error *err);
LEIE_API void leie_comparison_clear(leie_comparison *c);

/* Whether anything changed: a value, a label or a variable. */
LEIE_API bool leie_comparison_same(const leie_comparison *c);

/* Calls fn for every pair of values of one compared variable, in the order of A. at [2][rank] are the positions in A
 * and B. The first status other than LEIE_OK ends it. */
typedef leie_status (*leie_pair_fn)(void *ctx, const leie_compared *item, const leie_size *const at[2], double a, double b,
                                    leie_error *err);
LEIE_API leie_status leie_comparison_each(const leie_comparison *c, const leie_compared *item, leie_pair_fn fn, void *ctx,
                                          leie_error *err);

/* Whether a pair counts as changed. */
LEIE_API bool leie_pair_changed(const leie_comparison *c, double a, double b);

/* "region=BEL, stressor=ore": the labels of a position of A, fixed dimensions and such of one label left out. */
LEIE_API void leie_comparison_where(char *text, size_t room, const leie_comparison *c, const leie_compared *item,
                                    const leie_size *at);

/* The largest changes of one variable in one unit, by size. */
enum { LEIE_MOVERS_MOST = 50 };
typedef struct leie_mover {
    leie_size at[LEIE_RANK_MAX]; // in A
    double a, b;
} leie_mover;
typedef struct leie_movers {
    char unit[128];
    leie_size n;
    leie_mover item[LEIE_MOVERS_MOST];
} leie_movers;
/* Fills up to `most` lists, one per unit in order of appearance, of at most `top` movers; values that are missing on
 * one side are not among them. Returns the number of lists. */
LEIE_API leie_size leie_comparison_movers(leie_movers *list, leie_size most, leie_size top, const leie_comparison *c,
                                          const leie_compared *item);

/* Adds the comparison to a dataset: dimensions with the labels of both, and <name>_a, <name>_b, <name>_change of every
 * variable that can be compared. */
LEIE_API leie_status leie_comparison_dataset(leie_dataset *ds, const leie_comparison *c, leie_error *err);

#endif
