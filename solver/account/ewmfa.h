/* Economy-wide material flow accounts of regions and groups (METHODS 4.3), by year and material.
 *
 *   DMI = DEU + IMP          RMI = DEU + IMP_RME             DMO = DPO + EXP
 *   DMC = DMI - EXP          RMC = RMI - EXP_RME             TDO = DPO + UDE
 *   PTB = IMP - EXP          RTB = IMP_RME - EXP_RME
 *   NAS = DEU + IMP + BI_IN - EXP - DPO - BI_OUT             (totals only)
 *   U   = RCV - IMP_W + EXP_W                                CMU = U / (DMC + U)
 *
 * A quantity that a region does not report in a year is missing (NaN), and so is what is made of it; one that
 * it reports for some materials is zero for the others (leie_materials_roll). Nothing is clipped: DMC or RMC
 * of one material may be negative.
 *
 * A group is a set of regions: trade among its members is left out of its imports and exports, so DMC, RMC,
 * PTB, RTB and NAS of the members add up to those of the group and DMI, RMI, IMP, EXP do not.
 *
 * Where a region reports DMI, DMC, RMI or RMC itself and not what they are made of, that figure is taken; a
 * group takes the sum of its members for DMC and RMC, and has no DMI or RMI then.
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_SOLVER_ACCOUNT_EWMFA_H
#define LEIE_SOLVER_ACCOUNT_EWMFA_H

#include "solver/account/accounts.h"
#include "solver/account/rme.h"
#include "solver/table/flows.h"

typedef enum leie_mfa_indicator {
    LEIE_MFA_DEU,
    LEIE_MFA_IMP,
    LEIE_MFA_EXP,
    LEIE_MFA_IMP_INTER, // the part of IMP that comes from other regions of the account
    LEIE_MFA_EXP_INTER, // the part of EXP that goes to them
    LEIE_MFA_DMI,
    LEIE_MFA_DMC,
    LEIE_MFA_PTB,
    LEIE_MFA_U, // circular use of materials
    LEIE_MFA_UDE,
    LEIE_MFA_BI_IN,
    LEIE_MFA_BI_OUT,
    LEIE_MFA_DPO,
    LEIE_MFA_DMO,
    LEIE_MFA_TDO,
    LEIE_MFA_NAS,
    LEIE_MFA_IMP_RME,
    LEIE_MFA_EXP_RME,
    LEIE_MFA_RMI,
    LEIE_MFA_RMC,
    LEIE_MFA_RTB,
    LEIE_MFA_INDICATORS
} leie_mfa_indicator;

/* Definitions of U for the circular material use rate. */
typedef enum leie_cmu_definition {
    LEIE_CMU_EUROSTAT,    // RCV - IMP_W + EXP_W, waste trade with other regions included
    LEIE_CMU_FOREIGN,     // the same with foreign waste trade only
    LEIE_CMU_UNCORRECTED, // RCV: waste trade not corrected
    LEIE_CMU_DEFINITIONS
} leie_cmu_definition;

/* All flows of one kind between a region and one other region (or everything foreign) in a year. */
typedef struct leie_mfa_cell {
    leie_size year;             // position
    leie_index region, partner; // partner: region, -1 for foreign or none
    leie_flow_kind kind;
    leie_flow_status status;    // worst of its rows
} leie_mfa_cell;

/* A parent that is not the sum of its children. */
typedef struct leie_mfa_gap {
    leie_size year;
    leie_index region, material;
    leie_flow_kind kind;
    double value, gap; // as given; given minus sum, t
} leie_mfa_gap;

/* Y years, q account regions, R regions of the flows, I = LEIE_MFA_INDICATORS, M materials. Masses in t. */
typedef struct leie_mfa {
    leie_size Y, q, R, M;
    int *year;              // [Y] ascending
    double *value;          // [Y, q, I, M] NaN is missing
    double *variance;       // [Y, q, I, M] in t^2; NULL when no flow states a standard deviation
    signed char *status;    // [Y, q, I] leie_flow_status, worst of what went in; -1 where nothing did
    double *circular;       // [LEIE_CMU_DEFINITIONS, Y, q, M] U, circular use in t
    double *cmu;            // the same shape: U / (DMC + U), as a fraction
    double *published;      // [Y, q, I, M] what regions report of DMI, DMC, RMI, RMC themselves; NULL for none
    double *covered;        // [Y, R, 2] share of traded tonnes (imports, exports) that has an RME coefficient
    bool *used;             // [M] materials with data
    leie_size cells, cell_room;
    leie_mfa_cell *cell;    // [cells]
    double *cell_value;     // [cells, M]
    double *cell_variance;  // [cells, M]
    leie_size gaps, gap_room;
    leie_mfa_gap *gap;      // [gaps] all that are not zero
    leie_provenance provenance; // notes on what was found
} leie_mfa;

/* Draws up the accounts. rme may be NULL: raw material equivalents are then those that the flows give.
 * q are account regions over f->region; rme was closed with the same materials.
 * Memory: (cells + 2 Y q I) M doubles. Cost: rows x M. Errors: LEIE_ERR_NOMEM; m is empty then. */
LEIE_API leie_status leie_mfa_make(leie_mfa *mfa, const leie_flows *f, const leie_rme *rme, const leie_materials *m,
                                   const leie_account_regions *q, leie_error *err);
LEIE_API void leie_mfa_clear(leie_mfa *mfa);

/* Position of (year, account region, indicator, material) in value and variance. */
static inline leie_size leie_mfa_at(const leie_mfa *mfa, leie_size y, leie_size q, leie_mfa_indicator i, leie_size m)
{
    return ((y * mfa->q + q) * LEIE_MFA_INDICATORS + i) * mfa->M + m;
}

LEIE_API const char *leie_mfa_name(leie_mfa_indicator indicator);      // "DMC"
LEIE_API const char *leie_mfa_long_name(leie_mfa_indicator indicator); // "domestic material consumption"
LEIE_API int leie_mfa_find(const char *name);                          // negative for an unknown name
LEIE_API const char *leie_cmu_name(leie_cmu_definition definition);

/* Circular material use rate U / (DMC + U), as a fraction; NaN where the sum is not positive. */
LEIE_API double leie_cmu(double U, double dmc);

/* Whether an indicator belongs to the route of raw material equivalents; DEU belongs to both. */
LEIE_API bool leie_mfa_is_rme(leie_mfa_indicator indicator);

#endif
