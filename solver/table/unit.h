/* Units, on UDUNITS-2 with base units of our own (EUR, USD and other ISO 4217 codes, person, and the
 * names of substances) and one alias table in which kt, kton, Mt, Mm3, MEUR, tkm mean what our field
 * means. One thread at a time. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_SOLVER_TABLE_UNIT_H
#define LEIE_SOLVER_TABLE_UNIT_H

#include "kernels/status.h"

/* factor such that  value in to = factor x value in from.  Errors: LEIE_ERR_UNIT with both spellings
 * (unknown unit with the nearest known, or not convertible: reciprocals and temperatures with an offset
 * have no factor), LEIE_ERR_IO when the unit database of UDUNITS-2 cannot be read. */
LEIE_API leie_status leie_unit_factor(double *factor, const char *from, const char *to, leie_error *err);

/* The spelling for files we write, one that UDUNITS reads the same way ("kt" -> "1000 t", "kWh" ->
 * "kW h"). Names of substances are left out ("t CO2" -> "t": the substance belongs in the long name);
 * currencies and persons stay, UDUNITS has no unit for them. out has room for size bytes. */
LEIE_API leie_status leie_unit_spelling(char *out, size_t size, const char *unit, leie_error *err);

/* Whether a spelling is known. */
LEIE_API bool leie_unit_known(const char *unit);

/* Releases the unit system at program end. */
LEIE_API void leie_unit_release(void);

#endif
