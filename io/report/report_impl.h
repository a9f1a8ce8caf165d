/* What the files of the report share: values as JSON. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_REPORT_REPORT_IMPL_H
#define LEIE_IO_REPORT_REPORT_IMPL_H

#include "io/report/report.h"

/* A string of JSON that may stand inside a script element: < is written \u003c. */
void leie_report_string(FILE *to, const char *text);
/* A number, null when it is not finite. */
void leie_report_number(FILE *to, double value);
/* "name":{"d":[dimensions],"u":unit,"n":long name,"v":[values]}; the dimension region_dim, if it has it, fixed at region. */
void leie_report_variable(FILE *to, const leie_dataset *ds, const leie_var *v, leie_size region_dim, leie_size region);

/* Whether there is a reconciled system in the result. */
bool leie_report_has_systems(const leie_dataset *ds);
/* "systems":[{...}], one for each reconciled system: the prefix of its variables, its texts and its global test. "left" says that
 * it is too large for a page. */
void leie_report_systems(FILE *to, const leie_dataset *ds);
/* Their variables, each with a comma before it but for the first of the page. */
void leie_report_system_variables(FILE *to, const leie_dataset *ds, bool *first);

#endif
