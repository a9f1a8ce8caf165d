/* Small tables typed into tests.
 *
 *   small_table(&t, "reg1:s1 reg1:s2 reg2:s1", "reg1:hh:household reg2:hh:household", "CO2:kg:", Z, Y, F, F_Y);
 *
 * x is the row sum of Z and Y. F_Y may be NULL. Everything is a copy; leie_table_clear releases it.
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_TESTS_SMALL_TABLE_H
#define LEIE_TESTS_SMALL_TABLE_H

#include "solver/table/table.h"

/* sectors: region:code ...   demand: region:code:kind ...   stressors: code:unit:kind ... */
void small_table(leie_table *t, const char *sectors, const char *demand, const char *stressors, const double *Z,
                 const double *Y, const double *F, const double *F_Y);

/* A productive random table of three regions with different sector lists (2, 4 and 3 sectors), seven
 * columns of Y (inventories with both signs, an export and a discrepancy column among them), one sector
 * without output that has pressures, and k stressors s0, s1, ... up to 64, whose rows repeat after
 * three. */
void small_table_random(leie_table *t, uint64_t seed, int k);

/* The two regions, three sectors and two stressors of pymrio's small test system (published in
 * IndEcol/pymrio, tests/test_math.py, td_small_MRIO). */
void small_table_pymrio(leie_table *t);

#endif
