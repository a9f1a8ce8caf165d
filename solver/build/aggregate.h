/* Aggregation of a table by concordances:
 *
 *   Z* = P Z P'    Y* = P Y Q'    x* = P x    F* = F P'    F_Y* = F_Y Q'    W* = W P'
 *
 * Flows are added, never coefficients. A concordance gives weights from -> to; those of every source
 * label must sum to one (checked: a sector is neither lost nor doubled). A link from "*" takes all labels that have
 * none of their own: what is left out of a study becomes one named rest, with its trade. Final-demand categories keep
 * their codes inside the new regions.
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_SOLVER_BUILD_AGGREGATE_H
#define LEIE_SOLVER_BUILD_AGGREGATE_H

#include "solver/table/table.h"

typedef struct leie_link {
    char *from, *to;
    double weight;
    bool optional;  // no error when the table does not have the label
    leie_size line; // of the file, for messages
} leie_link;

typedef struct leie_concordance {
    char *path;       // for messages
    leie_size n, room;
    leie_link *link;  // [n]
    leie_labels to;   // target labels in order of first appearance, with names
} leie_concordance;

LEIE_API leie_status leie_concordance_add(leie_concordance *c, const char *from, const char *to, const char *name,
                                          double weight, leie_size line, leie_error *err);
LEIE_API void leie_concordance_clear(leie_concordance *c);

/* Weights [from.n, to.n] for the labels of a list. LEIE_ERR_DATA names a source label without target,
 * a concordance label that the table does not have, or weights that do not sum to one (1e-9). */
LEIE_API leie_status leie_concordance_weights(double *weight, const leie_concordance *c, const leie_labels *from,
                                              leie_error *err);

/* Replaces the table by its aggregate. Either concordance may be NULL (kept as it is). Sectors with a
 * weight below one are split in proportion on both sides. Totals are kept to rounding, and the note in
 * the provenance says how many labels became how many. New regions and sectors are in order of the
 * concordance; a new region has the sectors and final-demand columns of all that it is made of.
 * Errors: those of the weights; LEIE_ERR_UNIT for sectors and LEIE_ERR_DATA for final-demand columns that
 * cannot be added (different units, different kinds), both labels named. Cost: each cell of Z once per
 * pair of targets. */
LEIE_API leie_status leie_table_aggregate(leie_table *t, const leie_concordance *regions,
                                          const leie_concordance *sectors, leie_error *err);

#endif
