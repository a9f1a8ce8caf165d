/* New values of A in the cells of a matrix, column by column, in f32:
 *
 *   column j of A*  =  fn(column j of A),    A = Z diag(scale)
 *
 * Cells are those of A that are not zero in f32; fn may be called by several threads at once (linsys.h).
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_SOLVER_LINEAR_REDRAW_H
#define LEIE_SOLVER_LINEAR_REDRAW_H

#include "solver/linear/linsys.h"

/* Where the cells of each column are. */
typedef struct leie_redraw_map {
    const leie_matrix *Z; // borrowed, dense or sparse
    const double *scale;  // [n] borrowed
    leie_size n;
    leie_size *start;     // [n + 1] of a column among the cells, column by column
    leie_index *row;      // [cells]
    leie_size *place;     // [cells] in the values of Z
    float *value;         // [threads, n] work
} leie_redraw_map;

/* Memory: 12 bytes a cell. Errors: LEIE_ERR_USAGE (a matrix of factors or of blocks in a file), LEIE_ERR_NOMEM, with nothing
 * left to clear. */
leie_status leie_redraw_map_new(leie_redraw_map *c, const leie_matrix *Z, const double *scale, leie_error *err);
void leie_redraw_map_clear(leie_redraw_map *c);

/* Fills to, a matrix of the form and pattern of Z, from Z: with A*, or with the flows A* diag(scale)^-1, of which those
 * that fn left alone are the ones of Z to the bit. Cells that are zero in f32 stay as they are in to. One pass over the cells; same bytes at any thread count when fn's are. */
leie_status leie_redraw_map_fill(leie_matrix *to, const leie_redraw_map *c, bool flows, leie_redraw_cells fn, void *ctx, leie_error *err);

#endif
