// SPDX-License-Identifier: GPL-3.0-or-later
/* tests/cases/national: its README works the figures out by hand. */
#include <stdio.h>

#include "tests/check.h"
#include "tests/results.h"

#define STUDY "tests/cases/national/study.yaml"
#define MULTIPLIERS "tables.0.imports.method=multipliers|tables.0.imports.multipliers=multipliers.csv"

enum { PATH_SIZE = 512 };

static void run_study(leie_dataset *ds, const char *set)
{
    char path[PATH_SIZE];
    *ds = (leie_dataset){0};
    snprintf(path, sizeof path, "%s/national.nc", check_folder());
    check_size(result_run(ds, STUDY, path, set), 1);
    check_near(result_value(ds, "D_exp", "region=HOME"), 350 - 99.25 / 0.69, 1e-13);
    check_near(result_value(ds, "footprint_origin", "region=HOME|origin=HOME"), 99.25 / 0.69, 1e-13);
    check_near(result_value(ds, "footprint_category", "region=HOME|category=C"),
               result_value(ds, "D_cba", "region=HOME"), 1e-15);
    check_has(result_note(ds, "D.39"), "input 'D.39' is counted with the sign -1, -6 MEUR in all");
    check_text(result_note(ds, "the column sum"), "");
}

static void test_domestic_technology(void)
{
    leie_dataset ds;
    run_study(&ds, NULL);
    check_near(result_value(&ds, "D_cba", "region=HOME"), (0.85 * 50 + 1.4 * 75) / 0.465, 1e-13);
    check_near(result_value(&ds, "D_pba", "region=ABROAD"), (0.85 * 70 + 1.4 * 170) / 0.465 - 350, 1e-13);
    check_near(result_value(&ds, "multiplier", "sector=HOME/A"), 0.85 / 0.465, 1e-13);
    check_near(result_value(&ds, "multiplier", "sector=ABROAD/I"), 1.4 / 0.465, 1e-13);
    leie_dataset_clear(&ds);
}

static void test_multipliers(void)
{
    leie_dataset ds;
    run_study(&ds, MULTIPLIERS);
    check_near(result_value(&ds, "D_cba", "region=HOME"), (1.27 * 40 + 2.0925 * 50) / 0.69 + 95, 1e-13);
    check_near(result_value(&ds, "D_pba", "region=ABROAD"), 295, 1e-15);
    check_near(result_value(&ds, "multiplier", "sector=HOME/I"), 2.0925 / 0.69, 1e-13);
    check_near(result_value(&ds, "multiplier", "sector=ABROAD/I"), 3, 1e-15);
    leie_dataset_clear(&ds);
}

CHECK_SUITE(national, {"domestic technology", test_domestic_technology, NULL},
            {"given multipliers", test_multipliers, NULL})
