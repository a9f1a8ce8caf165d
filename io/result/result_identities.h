/* What must hold among the numbers of a result that is read again: of the main job, a reconciliation, a stock model, waste.
 *
 *   all          no number is infinite
 *   main job     D_cba = D_pba - unallocated - D_exp + D_imp, breakdowns add up, the residual of the solver
 *   system       every process, layer and year: what enters = what leaves + change of stock; values within their bounds;
 *                missing only what is not observable; the violation, and the global test, that the file states
 *                (of a study's systems, too, which stand in the result of the main job)
 *   stocks       change = inflow - outflow, net addition, the cohorts add up, nothing below zero, no cohort grows
 *   waste        waste = treated + exported + without a treatment, nothing below zero
 *
 * Other identities need the inputs: leie check of the study has them.
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_RESULT_RESULT_IDENTITIES_H
#define LEIE_IO_RESULT_RESULT_IDENTITIES_H

#include "io/result/dataset.h"
#include "solver/account/identities.h"

/* Whether a path is a result file of this program: NetCDF, with leie_version and without a table. */
LEIE_API bool leie_result_recognise(const char *path);

/* Adds the identities that the file's variables let be judged. Errors: LEIE_ERR_DATA (none of these kinds of result),
 * LEIE_ERR_NOMEM. */
LEIE_API leie_status leie_identities_result(leie_identities *list, const leie_dataset *ds, leie_error *err);

#endif
