/* Files of material flow accounts: the list of materials, flows, RME coefficients, GDP. Each adds its source
 * to p (NULL for none but flows, which have a provenance of their own). Errors name path, line and column. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_READ_READ_FLOWS_H
#define LEIE_IO_READ_READ_FLOWS_H

#include "io/study/study.h"

/* code,parent,name_en[,name_nl],renewable,energy[,note]; renewable and energy are yes, no, mixed or empty. */
LEIE_API leie_status leie_read_materials(leie_materials *m, const leie_path *path, leie_provenance *p, leie_error *err);

/* region,year,kind,material,tonnes[,partner][,product][,industry][,treatment][,destination][,value_eur][,sd]
 * [,status][,edition][,source], or an account of Eurostat (env_ac_mfa, env_ac_rme) that ends in .tsv or .json,
 * also with .gz. sd is in tonnes. A trade row without partner is foreign trade. edition (may be
 * NULL) selects rows; without it a file that holds two editions is LEIE_ERR_DATA. The flows are closed. */
LEIE_API leie_status leie_read_flows(leie_flows *f, const leie_path *path, const char *edition,
                                     const leie_materials *m, leie_error *err);

/* direction,product,material,value,unit[,origin][,year][,source]; direction imp or exp; unit t/t or t/EUR, or
 * one that converts to them (kg/EUR, kt/MEUR). The coefficients are closed. */
LEIE_API leie_status leie_read_rme(leie_rme *rme, const leie_path *path, const leie_materials *m, leie_provenance *p,
                                   leie_error *err);

/* stressor,material[,factor][,definition][,source][,note]: what the stressors of tables are among the materials. */
LEIE_API leie_status leie_read_material_map(leie_material_map *map, const leie_path *path, const leie_materials *m,
                                            leie_provenance *p, leie_error *err);

/* direction,region,product,year,value,unit[,material][,source]: tonnes per unit of money, converted to t per money
 * (the unit of a table, EUR); an empty region is the average, an empty year every year, an empty material the total.
 * The list is closed. Errors also LEIE_ERR_UNIT. */
LEIE_API leie_status leie_read_unit_values(leie_unit_value_list *list, const leie_path *path, const leie_materials *m,
                                           const char *money, leie_provenance *p, leie_error *err);

/* region,year,value,unit[,source]: value [years, q] in whole units of one currency, NaN where the file has
 * none; a group without a row of its own is the sum of its members. currency has room for 8. */
LEIE_API leie_status leie_read_gdp(double *value, char *currency, const leie_path *path, const int *year,
                                   leie_size years, const leie_account_regions *q, const leie_labels *region,
                                   leie_provenance *p, leie_error *err);

#endif
