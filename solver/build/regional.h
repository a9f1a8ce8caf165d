/* Trade between the regions of a country, before balancing: which share of what a region uses of a domestic product
 * comes from each region.
 *
 * By location quotients (of product i in region r, for industry j):
 *
 *   SLQ_i   = (q_ir / q_r) / (q_i / q)                CILQ_ij = SLQ_i / SLQ_j, SLQ_i where j makes i
 *   FLQ_ij  = CILQ_ij lambda, SLQ_i lambda where j makes i           lambda = log2(1 + q_r / q)^delta
 *   AFLQ_ij = FLQ_ij log2(1 + SLQ_j) for SLQ_j > 1, else FLQ_ij
 *   own share min(LQ_ij, 1), for final demand min(SLQ_i lambda, 1); the rest by output and distance:  q_is d_sr^-beta
 *
 * By product, the same share for every user:
 *
 *   CHARM    b = X - D, trade h (X + D) in both directions: exports (v + b) / 2, imports (v - b) / 2, v = |b| + h (X + D),
 *            h = 2 min(e, m) / (x + z + d) of the nation; partners by E_s M_r d_sr^-beta
 *   gravity  T_sr = k_s X_s D_r d_sr^-beta with the totals X_s and D_r
 *   given    a table of flows, by intermediate use, consumption and capital
 *
 * X is output less exports abroad, D use of domestic products.
 * Flegg and Webber (1997, 2000), Regional Studies; Kronenberg (2009), International Regional Science Review 32(1);
 * Toebben and Kronenberg (2015), Economic Systems Research 27(4).
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_SOLVER_BUILD_REGIONAL_H
#define LEIE_SOLVER_BUILD_REGIONAL_H

#include "kernels/status.h"

typedef enum leie_trade_method {
    LEIE_TRADE_SLQ,
    LEIE_TRADE_CILQ,
    LEIE_TRADE_FLQ,
    LEIE_TRADE_AFLQ,
    LEIE_TRADE_CHARM,
    LEIE_TRADE_GRAVITY,
    LEIE_TRADE_GIVEN,
    LEIE_TRADE_METHODS,
    LEIE_TRADE_DEFAULT = LEIE_TRADE_FLQ // with delta 0.25: by the score on nine Austrian regions (io/study/nest.md)
} leie_trade_method;
#define LEIE_TRADE_DEFAULT_NAME "flq"

/* "slq", "cilq", "flq", "aflq", "charm", "gravity", "given"; a negative number for another word. */
LEIE_API int leie_trade_find(const char *name);
LEIE_API const char *leie_trade_name(leie_trade_method method);

/* lambda of a region with the share `size` of the nation. */
LEIE_API double leie_flq_lambda(double size, double delta);

/* Own share of a location quotient, 0 to 1. slq_j: of the buying industry, NaN for final demand; same: the industry
 * makes the product itself. */
LEIE_API double leie_own_share(leie_trade_method method, double slq_i, double slq_j, bool same, double lambda);

/* CHARM of one product in one region: exports and imports; trade in both directions is held to what is made and used
 * there. */
LEIE_API void leie_charm(double *exports, double *imports, double made, double used, double h);

/* h of the nation: 2 min(e, m) / (x + used); 0 when nothing is made and used. */
LEIE_API double leie_charm_h(double output, double used, double exports, double imports);

/* flow [N, N] from region s (row) to r (column) with row sums out and column sums in, starting from
 * out_s in_r distance^-beta; without the diagonal on demand. distance NULL: 1. At most 500 sweeps; totals that
 * cannot be met exactly are met as far as they go. */
LEIE_API void leie_gravity(double *flow, leie_size N, const double *out, const double *in, const double *distance,
                           double beta, bool diagonal);

#endif
