/* Waste by type and region on its way: exported up to a cap, treated at home as the treatment choice says, turned
 * into secondary material as yields say.
 *
 *   E_e = min(share_e G_rw, cap_e)                  export e of waste w from region r
 *   D_rw = G_rw - sum_e E_e                         what stays, with what a cap sent back
 *   T_rwt = choice_rwt D_rw                         treated;  sum_t choice_rwt = 1
 *   P_rp = sum_wt yield_wtp T_rwt                   secondary material p, of a quality class
 *   N_rk = T_rk / capacity_k,  area, jobs           plants of type k, with a range each
 *
 * Letters: R regions, W waste types, T treatments, P products, K plant types.
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_SOLVER_MFA_WASTE_H
#define LEIE_SOLVER_MFA_WASTE_H

#include "kernels/status.h"
#include "solver/table/labels.h"

typedef struct leie_waste_export {
    leie_index region, waste;
    bool inside_eu;   // destination class
    double share, cap; // cap INFINITY for none
} leie_waste_export;

typedef struct leie_waste_yield {
    leie_index waste, treatment, product;
    double yield;
} leie_waste_yield;

/* A value with its range. */
typedef struct leie_estimate {
    double value, low, high;
} leie_estimate;

typedef struct leie_plant {
    leie_index treatment;
    leie_estimate capacity, area, jobs; // per plant: mass per year, ha, persons
} leie_plant;

typedef struct leie_waste_model {
    leie_labels region, waste, treatment, product, plant;
    double *choice;              // [R, W, T]; NaN in all T: no choice was given for this waste
    leie_size exports;
    leie_waste_export *export_;  // [exports]
    leie_size yields;
    leie_waste_yield *yield;     // [yields]
    leie_plant *plants;          // [plant.n]
} leie_waste_model;

typedef struct leie_waste_routes {
    double *exported;  // [exports]
    double *sent_back; // [exports] what the cap did not let out
    double *treated;   // [R, W, T]
    double *unrouted;  // [R, W] stays at home and no treatment was chosen for it
    double *secondary; // [R, P]
    double *lost;      // [R, T] treated and not turned into secondary material
    leie_estimate *plants, *area, *jobs; // [R, K]
} leie_waste_routes;

/* Checks: shares between 0 and 1, choices of a region and waste that add up to 1 (1e-6), exports of one waste to at
 * most 1, yields of a waste in a treatment to at most 1, capacities above zero, ranges in order. LEIE_ERR_DATA by
 * name with the numbers. */
LEIE_API leie_status leie_waste_check(const leie_waste_model *m, leie_error *err);

/* Routes generation [R, W], not negative. Mass: G = exported + treated + unrouted, treated = secondary + lost.
 * The range of plants comes from that of capacity; that of area and jobs from theirs times the plants' at their own
 * value, as capacity is stated with its plant. Plants are not rounded.
 * Cost: R W T + exports + R yields. Errors: LEIE_ERR_NOMEM. */
LEIE_API leie_status leie_waste_route(leie_waste_routes *out, const leie_waste_model *m, const double *generation,
                                      leie_error *err);
LEIE_API void leie_waste_routes_clear(leie_waste_routes *out);
LEIE_API void leie_waste_model_clear(leie_waste_model *m);

#endif
