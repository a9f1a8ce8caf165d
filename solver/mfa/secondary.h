/* Secondary material from what leaves the stock, and what it replaces.
 *
 *   recovery e of a material in a region             G_e = share_e (demolished + s_e W x)      generated
 *   C_e = collection_e G_e                           collected                W x: waste of the region's industries
 *   O_e = sorting_e C_e                              sorted out
 *   T_e = min(O_e, capacity_e)                       treated
 *   P_e = yield_e T_e                                secondary material; G_e = P_e + everything that was lost
 *
 *   replacement k of a primary material by users U   B_k = sum_{i in rows, j in U} A_ij x_j   (or S_ij x_j) what they use
 *   theta_k = min(most_k, share_k ratio_k price_k P / B_k)
 *   A*_ij = A_ij (1 - theta_k),  A*_to,j += theta_k A_ij to_price_k / (ratio_k price_k)       secondary bought instead
 *   S*_ij = S_ij (1 - theta_k)                                                                extraction by the users themselves
 *
 * P is the supply of the secondary material in the region, all of it or what comes on top of the table's year. What is not
 * used for want of users is reported, not lost.
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_SOLVER_MFA_SECONDARY_H
#define LEIE_SOLVER_MFA_SECONDARY_H

#include "solver/scenario/baseline.h"
#include "solver/table/table.h"

typedef struct leie_recovery {
    char *name;             // "bricks/BE-VLG > aggregate"
    leie_index region;      // of the table
    leie_index secondary;   // which secondary material
    leie_size items;
    leie_index *item;       // [items] of the stock model: this material in this region
    leie_index stressor;    // waste of industries beside it, -1 for none
    double per_stressor;    // mass per unit of the stressor
    double share, collection, sorting, yield; // 0 .. 1
    double capacity;        // mass a year, INFINITY for none
} leie_recovery;

typedef enum leie_recovery_stage {
    LEIE_RECOVERY_GENERATED,
    LEIE_RECOVERY_COLLECTED,
    LEIE_RECOVERY_SORTED,
    LEIE_RECOVERY_TREATED,
    LEIE_RECOVERY_SUPPLIED,
    LEIE_RECOVERY_STAGES
} leie_recovery_stage;

/* Follows the waste of a recovery: demolished (a mass of its items together) and x [sectors] in, stages out. */
LEIE_API void leie_recovery_follow(double stage[LEIE_RECOVERY_STAGES], const leie_recovery *e, double demolished,
                                   const leie_table *t, const double *x);

typedef struct leie_replacement {
    char *name;            // "aggregate/BE-VLG for c2 in c18"
    leie_index secondary, region; // of the table: where it comes from and is used
    bool pressure;         // rows are stressors: extraction by the users; else sectors they buy from
    leie_size rows, users;
    leie_index *row;       // [rows]
    leie_index *user;      // [users] sectors of the region
    double ratio;          // mass of primary material per mass of secondary
    double price;          // of the primary material: unit of its rows per mass
    leie_index to;         // sector that sells the secondary material, -1: it costs nothing
    double to_price;       // in the unit of that sector per mass
    double share;          // of the supply that is meant for these users
    double most;           // largest share of the primary material that it can replace
} leie_replacement;

/* B_k for outputs x [sectors] and the coefficients of the baseline. Cost: rows x users cells. */
LEIE_API double leie_replacement_use(const leie_replacement *k, const leie_baseline *b, const double *x);

/* theta_k for a supply (which may be negative: less than there was) and a use. */
LEIE_API double leie_replacement_share(const leie_replacement *k, double supply, double use);

/* Adds (A* - A) x to dz [sectors]; nothing for pressures. */
LEIE_API void leie_replacement_flow(double *dz, const leie_replacement *k, double theta, const leie_baseline *b, const double *x);

/* Adds the changed cells to edits of A or S. Errors: LEIE_ERR_NOMEM. */
LEIE_API leie_status leie_replacement_edit(leie_edits *A, leie_edits *S, const leie_replacement *k, double theta,
                                           const leie_baseline *b, leie_error *err);

LEIE_API void leie_recovery_clear(leie_recovery *e);
LEIE_API void leie_replacement_clear(leie_replacement *k);

#endif
