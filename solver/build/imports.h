/* A national table with an import matrix becomes a closed two-region table: the country and a region
 * that stands for all imports.
 *
 *   domestic technology:  A_w = A_d + A_m, everything the imports need comes from that region again:
 *                         (I - A_w) x_w = Z_m e + Y_m e,  Z_ww = A_w diag(x_w),  F_w = S_d diag(x_w)
 *   given multipliers:    Z_ww = 0, x_w = Z_m e + Y_m e,  F_w = M_given diag(x_w)
 *
 * Exports stay columns of kind export: they count in x and never in a footprint.
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_SOLVER_BUILD_IMPORTS_H
#define LEIE_SOLVER_BUILD_IMPORTS_H

#include "solver/table/table.h"

typedef enum leie_import_method { LEIE_IMPORTS_DOMESTIC_TECHNOLOGY, LEIE_IMPORTS_MULTIPLIERS } leie_import_method;

/* Extends a table of one region by the region code `region`.
 * Zm [n, n] imported intermediate use, Ym [n, m] imported final use, both by product group of the table;
 * multipliers [k, n] per unit of import, for LEIE_IMPORTS_MULTIPLIERS.
 * The technology of the import region uses the table's own x; W_w = W diag(x)^-1 diag(x_w) likewise (0
 * with given multipliers). The import region has sectors and no final-demand columns, so the regions of
 * t->demand are fewer than those of t->sector afterwards. What is imported and not made at home has no
 * technology here and is noted with its amount.
 * Errors: LEIE_ERR_SHAPE (more than one region, arrays that do not fit), LEIE_ERR_DATA (no x, no
 * multipliers, the region is the country itself), LEIE_ERR_SINGULAR (A_d + A_m), LEIE_ERR_CONVERGE. */
LEIE_API leie_status leie_table_close_imports(leie_table *t, const char *region, const char *name,
                                              leie_import_method method, const leie_matrix *Zm, const double *Ym,
                                              const double *multipliers, leie_error *err);

/* Adds an extension derived from the table itself, in the table's money:
 *   value_added  one stressor: x_j - sum over i of Z_ij
 *   inputs       one stressor per row of W
 * Errors: LEIE_ERR_USAGE (another word), LEIE_ERR_DATA (no x, no W, a stressor of that code is there),
 * LEIE_ERR_UNIT (no unit, or a sector in another one: columns cannot be added up). */
LEIE_API leie_status leie_table_derive(leie_table *t, const char *what, const char *extension, leie_error *err);

#endif
