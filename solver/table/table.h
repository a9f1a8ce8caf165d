/* The table: a multi-regional input-output table of one year with its extensions.
 *
 *   Z e + Y e = x            rows: what each sector sells
 *   e'Z + e'W = x'           columns: what it buys and pays (when W is given)
 *
 * n sectors, m final-demand columns, v primary inputs, k stressors, R regions.
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_SOLVER_TABLE_TABLE_H
#define LEIE_SOLVER_TABLE_TABLE_H

#include "kernels/matrix.h"
#include "kernels/status.h"
#include "solver/table/adjustments.h"
#include "solver/table/labels.h"
#include "solver/table/provenance.h"

/* What a stressor row is for. Only rows of kind material add up to a raw material total; a variant is
 * a second estimate of another row and never adds to it. */
#define LEIE_STRESSOR_MATERIAL "material"
#define LEIE_STRESSOR_VARIANT "variant"

typedef struct leie_table {
    int year;
    char *currency;    // ISO 4217 code of money rows: EUR, USD
    char *unit;        // unit of Z, Y, W, x in money: "MEUR", "MUSD"
    char *valuation;   // "basic", "purchasers"
    char *prices;      // "current" or "constant 2010"
    char *system;      // "ixi", "pxp", "sut", "hybrid"
    char *source;      // who published it
    char *licence;
    leie_axis sector;  // [n] sectors; unit per sector ("" means the table's unit)
    leie_axis demand;  // [m] final-demand columns with their kinds
    leie_matrix Z;     // [n, n]
    double *Y;         // [n, m] row-major
    leie_labels input; // v primary inputs
    double *W;         // [v, n]; NULL when v = 0
    double *x;         // [n] total output
    leie_labels stressor; // k stressors: code, name, unit, kind
    char **extension;  // [k] name of the extension each stressor belongs to
    char **basis;      // [k] "residence", "territory" or "" (not stated)
    double *F;         // [k, n]; NULL when k = 0
    double *F_Y;       // [k, m] direct pressures of final demand; NULL when k = 0
    leie_provenance provenance;
    leie_adjustments adjusted; // what nests and bridges changed, by product
} leie_table;

/* Releases everything inside; the struct belongs to the caller and is empty afterwards. */
LEIE_API void leie_table_clear(leie_table *t);

/* Deep copy into an empty table. */
LEIE_API leie_status leie_table_copy(leie_table *to, const leie_table *from, leie_error *err);

/* Adds rows to F and F_Y for new stressors (all zero) and returns the position of the first one, or a
 * negative status. */
LEIE_API leie_size leie_table_add_stressors(leie_table *t, const leie_labels *stressor, const char *extension,
                                            const char *basis, leie_error *err);

typedef enum leie_x_choice {
    LEIE_X_ROW,    // x = Z e + Y e
    LEIE_X_COLUMN, // x = e'Z + e'W
    LEIE_X_GIVEN   // x as read
} leie_x_choice;

/* Sets x by the choice of the study and notes how far the row sum and the given output are from it (count of
 * sectors off by more than 1e-9 relative, largest difference by label); columns are noted by
 * leie_table_inspect, when imports are in. given [n] may be NULL. Errors: LEIE_ERR_DATA
 * when the choice needs something that is not there (column without W, given without x). */
LEIE_API leie_status leie_table_set_x(leie_table *t, leie_x_choice choice, const double *given, leie_error *err);

/* Looks a finished table over: shapes agree (else LEIE_ERR_SHAPE); every value finite (else LEIE_ERR_DATA
 * by label); regions of final demand are regions of sectors; every stressor and every sector (or the
 * table) has a unit (else LEIE_ERR_UNIT); some sector has output (else LEIE_ERR_DATA). Notes how far x is from
 * the columns e'Z + e'W, zero-output sectors and what they buy, pressures on zero
 * output (amount per stressor), negative final demand, negative Z, negative output. */
LEIE_API leie_status leie_table_inspect(leie_table *t, leie_error *err);

#endif
