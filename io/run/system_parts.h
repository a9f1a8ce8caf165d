/* Material flow systems as parts of a run. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_RUN_SYSTEM_PARTS_H
#define LEIE_IO_RUN_SYSTEM_PARTS_H

#include "io/mfa/flow_system.h"
#include "io/result/dataset.h"
#include "io/run/run.h"

/* Reads and reconciles a system. One that does not come to rest is LEIE_ERR_CONVERGE with its last step. Errors: those of
 * leie_flow_system_read and leie_reconcile. */
LEIE_API leie_status leie_flow_system_run(leie_flow_system *sys, leie_reconciled *r, const leie_flow_study *study, leie_error *err);

/* Reconciles the systems of a study and puts each into a dataset, with the name of the system as prefix (what is no letter
 * or digit becomes _). What contradicts is said. Errors: those of leie_flow_study_read and leie_flow_system_run. */
leie_status leie_system_parts_add(leie_dataset *ds, const leie_study *study, const leie_watch *watch, leie_error *err);

#endif
