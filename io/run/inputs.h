/* The files that one year of a study depends on, and one hash over all of them: what decides whether a
 * year must be computed again. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_RUN_INPUTS_H
#define LEIE_IO_RUN_INPUTS_H

#include "io/study/study.h"

/* The table entry that holds a year, NULL when the study has none. */
const leie_study_tables *leie_study_tables_of(const leie_study *study, int year);

/* Whether an extension of the study holds in a year. */
bool leie_study_extension_holds(const leie_study_extension *extension, int year);

/* hex[65] = SHA-256 over program version and commit, the options of the study that can change numbers,
 * the year, and for every input file of the year its path as written and the SHA-256 of its bytes (a
 * folder of tables counts with all its files by name). Errors: LEIE_ERR_IO for a missing file. */
leie_status leie_inputs_hash(char *hex, const leie_study *study, int year, leie_error *err);

/* The same for the material flow accounts, which are drawn up for all years at once. */
leie_status leie_flows_hash(char *hex, const leie_study *study, leie_error *err);

#endif
