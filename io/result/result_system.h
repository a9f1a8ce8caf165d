/* What must hold among the numbers of a reconciled material flow system: see result_identities.h.
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_RESULT_RESULT_SYSTEM_H
#define LEIE_IO_RESULT_RESULT_SYSTEM_H

#include "io/result/dataset.h"
#include "solver/account/identities.h"

/* Cost: one pass over the flows. Errors: LEIE_ERR_DATA (ends of flows or states are missing), LEIE_ERR_NOMEM. */
leie_status leie_identities_system(leie_identities *list, const leie_dataset *ds, leie_error *err);

#endif
