/* Labels: who the rows and columns are.
 *
 * leie_labels  an ordered list of unique codes with names and units (stressors, primary inputs,
 *              materials, regions).
 * leie_axis    a flat list of (region, item) pairs in region order: the sectors of a table, or the
 *              columns of Y. Regions may have different lists; first[R + 1] are the offsets of the
 *              regions, so item i of region r is at first[r] + i. Nothing assumes n = R x N.
 *
 * Both keep a hash of their codes, so a look-up costs O(1). Strings are owned copies.
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_SOLVER_TABLE_LABELS_H
#define LEIE_SOLVER_TABLE_LABELS_H

#include "kernels/status.h"

typedef struct leie_labels {
    leie_size n;
    char **code;      // [n] unique, never NULL
    char **name;      // [n] "" when there is none
    char **unit;      // [n] "" when there is none
    char **kind;      // [n] "" when there is none; what kinds mean depends on the list
    leie_size room;   // items allocated
    leie_size slots;  // hash slots, a power of two or 0
    leie_index *slot; // [slots] item + 1, 0 for empty
} leie_labels;

/* Role of a final-demand column (DESIGN section 2). Exports and discrepancies count in x and never
 * in a footprint. */
typedef enum leie_demand_kind {
    LEIE_DEMAND_HOUSEHOLD,
    LEIE_DEMAND_NPISH,
    LEIE_DEMAND_GOVERNMENT,
    LEIE_DEMAND_GFCF,
    LEIE_DEMAND_INVENTORIES,
    LEIE_DEMAND_VALUABLES,
    LEIE_DEMAND_EXPORT,
    LEIE_DEMAND_DISCREPANCY,
    LEIE_DEMAND_KINDS
} leie_demand_kind;

typedef struct leie_axis {
    leie_labels region;  // R regions, in order
    leie_size n;         // items
    leie_size *first;    // [R + 1] first item of each region; first[R] = n
    leie_index *of;      // [n] region of each item
    char **code;         // [n] item code, unique inside its region
    char **name;         // [n] "" when there is none
    char **unit;         // [n] "" when there is none
    leie_demand_kind *kind; // [n] for the columns of Y; LEIE_DEMAND_HOUSEHOLD elsewhere
    leie_size room;
    leie_size slots;
    leie_index *slot; // [slots] item + 1, 0 for empty
} leie_axis;

/* ---- leie_labels ---- */

/* Appends a code and returns its position, or a negative leie_status: LEIE_ERR_DATA for an empty
 * code or one that is already there, LEIE_ERR_NOMEM. name, unit and kind may be NULL. */
LEIE_API leie_size leie_labels_add(leie_labels *labels, const char *code, const char *name,
                                   const char *unit, const char *kind, leie_error *err);

/* Position of a code, -1 when it is not there. */
LEIE_API leie_size leie_labels_find(const leie_labels *labels, const char *code);

/* The code nearest to a misspelt one (edit distance), NULL when nothing is near. */
LEIE_API const char *leie_labels_nearest(const leie_labels *labels, const char *code);

/* Copy of a list into an empty one. */
LEIE_API leie_status leie_labels_copy(leie_labels *to, const leie_labels *from, leie_error *err);

/* Empties a list; the struct itself belongs to the caller. */
LEIE_API void leie_labels_clear(leie_labels *labels);

/* ---- leie_axis ---- */

/* Appends (region, code). Items of a region must come one after the other; a region that appears
 * again after another one is LEIE_ERR_DATA, and so is a pair that is already there. Returns the flat
 * position or a negative leie_status. */
LEIE_API leie_size leie_axis_add(leie_axis *axis, const char *region, const char *code,
                                 const char *name, const char *unit, leie_demand_kind kind,
                                 leie_error *err);

/* Flat position of (region, code), -1 when it is not there. */
LEIE_API leie_size leie_axis_find(const leie_axis *axis, const char *region, const char *code);

/* Flat position of a code inside region r, -1 when it is not there. */
LEIE_API leie_size leie_axis_find_in(const leie_axis *axis, leie_size r, const char *code);

/* True when two axes hold the same regions and codes in the same order. */
LEIE_API bool leie_axis_same(const leie_axis *a, const leie_axis *b);

LEIE_API leie_status leie_axis_copy(leie_axis *to, const leie_axis *from, leie_error *err);
LEIE_API void leie_axis_clear(leie_axis *axis);

/* The distinct item codes over all regions in order of first appearance: the reporting list of
 * products. item[n] receives the position in the list of every flat item; may be NULL. */
LEIE_API leie_status leie_axis_codes(leie_labels *codes, leie_index *item, const leie_axis *axis,
                                     leie_error *err);

/* ---- demand kinds ---- */

/* "household", "npish", "government", "gfcf", "inventories", "valuables", "export", "discrepancy". */
LEIE_API const char *leie_demand_name(leie_demand_kind kind);

/* The kind of that name, or a negative number. */
LEIE_API int leie_demand_find(const char *name);

/* Whether a column of this kind belongs to a footprint (all but export and discrepancy). */
LEIE_API bool leie_demand_counts(leie_demand_kind kind);

#endif
