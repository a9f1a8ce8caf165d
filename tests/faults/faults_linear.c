// SPDX-License-Identifier: GPL-3.0-or-later
/* Failing allocations of table files by blocks, of tables in factors from trade.csv, of profiles and of the condition. */
#include <stdio.h>
#include <unistd.h>

#include "io/leie_io.h"
#include "io/run/import.h"
#include "kernels/profile.h"
#include "tests/faults/faults.h"

#define FILE_NAME "/tmp/leie-faults-blocks.nc"
#define RESULT "/tmp/leie-faults-linear.nc"

static leie_status import_blocks(leie_error *err)
{
    leie_table t = {0};
    leie_study s = {0};
    bool same;
    leie_import_opts opts = {.output = FILE_NAME, .form = LEIE_TABLE_BLOCK, .force = true};
    leie_status st = leie_study_open(&s, "tests/cases/tiny/2015", 0, NULL, err);
    st = st ? st : leie_import(&t, &same, &s, 2015, &opts, NULL, err);
    leie_table_clear(&t);
    leie_study_clear(&s);
    return st;
}
FAULT_SCENARIO(import_blocks, import_blocks)

/* Accounts of a study or table by a solver, with what --set says. */
static leie_status run_by(const char *path, char *const *set, leie_size sets, leie_error *err)
{
    leie_study s = {0};
    leie_run_info info = {0};
    const leie_run_opts opts = {.output = RESULT, .force = true, .profile = true, .stamp = true};
    leie_status st = leie_study_open(&s, path, sets, (char **)(uintptr_t)set, err);
    leie_profile_start(true);
    st = st ? st : leie_run(NULL, &s, &opts, NULL, &info, err);
    leie_profile_start(false);
    leie_run_info_clear(&info);
    leie_study_clear(&s);
    return st;
}

/* Solved from the file that import_blocks has written. */
static leie_status run_blocks(leie_error *err)
{
    char method[] = "solver.method=block", condition[] = "solver.condition=true";
    char *set[] = {method, condition};
    return run_by(FILE_NAME, set, 2, err);
}
FAULT_SCENARIO(run_blocks, run_blocks)

static leie_status run_factors(leie_error *err)
{
    char method[] = "solver.method=factored";
    char *set[] = {method};
    return run_by("tests/cases/trade_shares/study.yaml", set, 1, err);
}
FAULT_SCENARIO(run_factors, run_factors)

static leie_status run_augmented(leie_error *err)
{
    char method[] = "solver.method=klu";
    char *set[] = {method};
    return run_by("tests/cases/trade_shares/study.yaml", set, 1, err);
}
FAULT_SCENARIO(run_augmented, run_augmented)
