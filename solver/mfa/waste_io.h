/* Waste input-output: treatments as columns of the table, closed by the waste that everything generates.
 *
 *   x = A x + A_T z + f                               outputs, with what treatments buy
 *   z = C (G x + G_T z + w)                           treatment activities; C the treatment choice
 *
 *   [ I - A     -A_T     ] [ x ]   [ f   ]
 *   [ -C G    I - C G_T  ] [ z ] = [ C w ]
 *
 * A_T   purchases of a treatment per mass treated          G    waste by type per output of a sector
 * G_T   waste that treatments leave per mass treated       w    waste of final demand
 *
 * Waste is treated in the region where it arises. z per unit of f is the waste that a purchase sets going anywhere; with
 * pressures of treatments S_T per mass treated, footprints hold the treatment of waste too.
 * Nakamura, S., Kondo, Y. (2002), Input-output analysis of waste management, Journal of Industrial Ecology 6(1), 39-63.
 *
 * Letters: n sectors, R regions, W waste types, T treatments, k stressors, N = n + R T.
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_SOLVER_MFA_WASTE_IO_H
#define LEIE_SOLVER_MFA_WASTE_IO_H

#include "solver/linear/linsys.h"
#include "solver/mfa/waste.h"
#include "solver/table/table.h"

/* One coefficient of a treatment of a region: row of the table, waste type or stressor, per mass treated. */
typedef struct leie_treatment_part {
    leie_index region, treatment, row;
    double value;
} leie_treatment_part;

typedef struct leie_waste_closure {
    const leie_table *t;          // borrowed; its regions hold those of the model
    const leie_waste_model *m;    // borrowed: regions, wastes, treatments, choice
    const double *generated;      // [W, n] by sectors at the output of the table
    const double *final;          // [R, W] by final demand
    leie_size inputs, wastes, pressures;
    const leie_treatment_part *input;    // [inputs] A_T
    const leie_treatment_part *waste;    // [wastes] G_T
    const leie_treatment_part *pressure; // [pressures] S_T
} leie_waste_closure;

typedef struct leie_waste_closed {
    leie_size n, R, T, k;
    double *x;          // [n] outputs, with what treatments buy
    double *z;          // [R, T] treatment activities
    double *unrouted;   // [R, W] waste for which no treatment is chosen
    double *embodied;   // [T, n] waste treated anywhere per unit of final demand of each sector
    double *multiplier; // [k, n] pressures per unit of final demand, those of treatments included
    double *pressure;   // [k, R] pressures of treatments
    double residual;    // worst of all solves
} leie_waste_closed;

/* Solves the closed system by the linear systems of the engine. f is the final demand of the table and what does not
 * balance in it, so without treatments x is the table's. Waste without a chosen treatment stays and is reported.
 * Memory: N^2 doubles. Cost: a set-up of N sectors, one plain solve and T + k transposed ones.
 * Errors: LEIE_ERR_DATA (a coefficient that is negative or no number, a treatment that leaves more waste than it treats in
 * mass), LEIE_ERR_SINGULAR, LEIE_ERR_CONVERGE, LEIE_ERR_NOMEM. */
LEIE_API leie_status leie_waste_close(leie_waste_closed *r, const leie_waste_closure *c, const leie_linsys_opts *opts, leie_error *err);
LEIE_API void leie_waste_closed_clear(leie_waste_closed *r);

#endif
