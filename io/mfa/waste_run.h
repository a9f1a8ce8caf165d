/* Waste accounts in, a dataset out: totals by region, waste by treatment as it is and as a treatment choice, export
 * caps, yields and plants make it. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_MFA_WASTE_RUN_H
#define LEIE_IO_MFA_WASTE_RUN_H

#include "io/mfa/waste_study.h"
#include "io/result/dataset.h"

typedef struct leie_waste_info {
    leie_size regions, wastes, treatments;
    double gap;       // largest |G - exported - treated - unrouted| / G over regions and wastes; 0 without a choice
    double unrouted;  // mass without a treatment
    double sent_back; // mass that caps did not let out
    double closure_residual; // of waste input-output; 0 without
} leie_waste_info;

/* Dataset of a study:
 *   extraction stock_additions waste_generation stock_depletion waste_recovery circularity_gap (region)
 *       recovery is what activities of recovering treatments use; gap = generation + depletion - recovery
 *   waste_supply waste_of_final_demand (region, waste), waste_by_sector (waste, sector), waste_use (region, waste, treatment)
 *   waste_treated (region, waste, treatment), waste_unrouted (region, waste), secondary (region, product),
 *       treatment_loss (region, treatment), waste_exported and export_sent_back (export)
 *   plants, area, jobs (region, plant), each with _low and _high; plants_whole, area_whole, jobs_whole: the same with plants
 *       rounded up in every region; area_by_size (region, size_class): that area by the size of a plant
 *   residual_waste (region) in kg per inhabitant of what counts, residual_over_target, residual_by_origin (region,
 *       residual_origin) with residual_counts
 * What the study has no data for is left out. Errors: those of leie_waste_data_read. */
LEIE_API leie_status leie_waste_run(leie_dataset *ds, const leie_waste_study *study, leie_waste_info *info, leie_error *err);

#endif
