/* The route io on the axes of material flow accounts: indicators from the accounts of tables.
 *
 *   DEU = D_pba + direct         IMP_RME, EXP_RME: gross trade valued with M
 *   RMI = DEU + IMP_RME          RMC = D_cba + direct = RMI - EXP_RME - unallocated - left_out
 *   RTB = IMP_RME - EXP_RME
 *
 * IMP and EXP in tonnes are those of the material flow accounts, and under scenarios (or with published unit values alone)
 * those of the direct flows; with them DMI = DEU + IMP, DMC = DMI - EXP, PTB = IMP - EXP. Without physical trade they
 * are missing. IMP_RME, EXP_RME and RMI of scenarios are there when the study asks for gross or direct flows.
 *
 * Everything is taken from the variables of a result, so years taken over from an older one have it too.
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_RESULT_IO_ROUTE_H
#define LEIE_IO_RESULT_IO_ROUTE_H

#include "io/result/dataset.h"
#include "io/run/flow_accounts.h"

typedef struct leie_io_route {
    bool there;
    leie_size S, Y, Q, M; // scenarios, years and regions of the dataset; materials of the list
    double *value;        // [S, Y, Q, I, M] in t, NaN is missing
    leie_size unused;     // stressors of kind material that are no material of the list
    leie_size unknown;    // stressors of the map that no table has
} leie_io_route;

/* Draws the route up; nothing (there false) when no stressor is a material of the list a->material, or the
 * study does not show the route. Errors: LEIE_ERR_NOMEM and those of leie_material_map_factors. */
leie_status leie_io_route_make(leie_io_route *io, const leie_dataset *ds, const leie_flow_accounts *a, leie_error *err);
void leie_io_route_clear(leie_io_route *io);

static inline double leie_io_route_value(const leie_io_route *io, leie_size s, leie_size y, leie_size q, int i, leie_size m)
{
    return io->value[(((s * io->Y + y) * io->Q + q) * LEIE_MFA_INDICATORS + i) * io->M + m];
}

#endif
