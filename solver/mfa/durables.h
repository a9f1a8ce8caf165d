/* Durable goods: the final demand that puts mass into stock.
 *
 *   E_g = s_g sum_{i in rows, j in columns} Y_ij          what is spent on good g
 *   T_g = m_g E_g                                         mass that it puts into stock, by the table
 *   Y*_ij = Y_ij (1 + sum_g s_g (f_g - 1))                final demand when f_g times as much of g is bought
 *
 * m_g is the mass of one unit of spending: tonnes per EUR, or the inverse of a price in EUR per tonne, times what a unit of
 * the good holds of each material.
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_SOLVER_MFA_DURABLES_H
#define LEIE_SOLVER_MFA_DURABLES_H

#include "solver/scenario/edits.h"
#include "solver/table/table.h"

typedef struct leie_durable {
    char *name;       // "houses/BE-VLG", product and region
    leie_size rows, cols;
    leie_index *row;  // [rows] sectors that sell it
    leie_index *col;  // [cols] columns of final demand that buy it
    double share;     // s: part of the spending in these cells
    double mass;      // m: mass of all its items per unit of spending
    leie_size items;
    leie_index *item; // [items] positions in the stock model: one per material
    double *part;     // [items] of the mass; they add up to one
    bool by_stock;    // the stock sets final demand; else final demand sets the inflow
} leie_durable;

/* E_g and T_g. Cost: rows x cols. */
LEIE_API double leie_durable_spending(const leie_durable *d, const leie_table *t);
LEIE_API double leie_durable_mass(const leie_durable *d, const leie_table *t);

/* No cell of Y may be shared out more than once: LEIE_ERR_DATA names the goods, the cell and the sum of shares. */
LEIE_API leie_status leie_durables_check(const leie_durable *d, leie_size n, const leie_table *t, leie_error *err);

/* Adds Y* - Y as cells to edits of Y, and its row sums to dy [sectors] (NULL: not). factor [n]: f. Errors: LEIE_ERR_NOMEM. */
LEIE_API leie_status leie_durables_change(leie_edits *Y, double *dy, const leie_durable *d, leie_size n, const double *factor,
                                          const leie_table *t, leie_error *err);

LEIE_API void leie_durable_clear(leie_durable *d);

#endif
