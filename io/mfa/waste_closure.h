/* Waste input-output of a waste study: the key `closure`, its files, and its part of the dataset.
 *
 *   closure:
 *     table: tables/2011            a CSV table folder or a table file with the activities of waste_supply as its sectors
 *     year: 2011                    of a table file with several
 *     inputs: inputs.csv            treatment,sector,value,unit[,region,from_region,source]: purchases per mass treated; no
 *                                   region is every region, no from_region the region itself
 *     waste: left.csv               treatment,waste,value[,region,source]: waste left, mass per mass treated
 *     pressures: pressures.csv      treatment,stressor,value,unit[,region,source]: per mass treated
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_MFA_WASTE_CLOSURE_H
#define LEIE_IO_MFA_WASTE_CLOSURE_H

#include "io/mfa/waste_study.h"
#include "io/result/dataset.h"

/* Reads the table and the files, closes the system (solver/mfa/waste_io.h) and adds
 *   closed_output(closed_sector), closed_activity(region, treatment), closed_unrouted(region, waste)
 *   waste_embodied(treatment, closed_sector)        waste treated anywhere per unit of final demand
 *   closed_multiplier(stressor, closed_sector), treatment_pressure(stressor, region)
 * to the dataset of the study. *residual receives the worst of the solves. Errors: those of the readers, of leie_assemble and
 * of leie_waste_close; LEIE_ERR_DATA for an activity of waste_supply that is no sector of the table. */
leie_status leie_waste_closure_add(leie_dataset *ds, const leie_waste_study *study, leie_waste_data *data, double *residual, leie_error *err);

#endif
