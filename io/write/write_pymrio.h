/* A table as pymrio's folder: Z.txt, Y.txt, x.txt, unit.txt and one folder per extension (F.txt, F_Y.txt, unit.txt), each
 * with file_parameters.json, and metadata.json. pymrio.load_all opens it and calc_all gives the accounts that Leie
 * gives, when all final demand counts (see leie_write_pymrio).
 *
 * Tab-separated text; rows and columns go by codes: region and sector, region and category, stressor. Primary inputs are
 * the extension factor_inputs. Names, kinds of final demand, stressor names and kinds have no place there. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_WRITE_WRITE_PYMRIO_H
#define LEIE_IO_WRITE_WRITE_PYMRIO_H

#include "solver/leie.h"

/* What pymrio sees otherwise than Leie. */
typedef struct leie_pymrio_notes {
    leie_size not_demand;   // columns of exports and discrepancies: pymrio counts them in the footprint of their region
    leie_size missing;      // codes that pandas reads as a missing value: NA, null, nan, ...
    const char *missing_code; // the first one, borrowed from the table
    leie_size negative;     // sectors with negative output: Leie counts them as idle, pymrio divides by it
} leie_pymrio_notes;

/* digits: significant digits, 0 for the shortest exact text. notes may be NULL. The folder is created; files there are
 * replaced through temporary ones. Same table, same bytes. Memory: a few rows. Errors: LEIE_ERR_OUTPUT, also for a folder of
 * another extension that is there and would be loaded with this table; LEIE_ERR_DATA (a number that is not finite, an extension
 * whose name cannot be a folder's); LEIE_ERR_NOMEM. */
LEIE_API leie_status leie_write_pymrio(const char *folder, const leie_table *t, int digits, leie_pymrio_notes *notes,
                                       leie_error *err);

#endif
