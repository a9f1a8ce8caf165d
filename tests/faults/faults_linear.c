// SPDX-License-Identifier: GPL-3.0-or-later
/* Failing allocations of table files by blocks, of tables in factors from trade.csv, of profiles, of the condition and of
 * the iteration over many regions. */
#include <stdio.h>

#include "io/leie_io.h"
#include "io/run/import.h"
#include "kernels/profile.h"
#include "tests/faults/faults.h"

static char blocks[128], result[128];

static void prepare(void)
{
    fault_path(blocks, sizeof blocks, "blocks.nc");
    fault_path(result, sizeof result, "linear.nc");
}

static leie_status import_blocks(leie_error *err)
{
    leie_table t = {0};
    leie_study s = {0};
    bool same;
    prepare();
    leie_import_opts opts = {.output = blocks, .form = LEIE_TABLE_BLOCK, .force = true};
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
    prepare();
    const leie_run_opts opts = {.output = result, .force = true, .profile = true, .stamp = true};
    leie_status st = leie_study_open(&s, path, sets, (char **)(uintptr_t)set, err);
    leie_profile_start(true);
    st = st ? st : leie_run(NULL, &s, &opts, NULL, &info, err);
    leie_profile_start(false);
    leie_run_info_clear(&info);
    leie_study_clear(&s);
    return st;
}

/* Imported, and solved from that file. */
static leie_status run_blocks(leie_error *err)
{
    char method[] = "solver.method=block", condition[] = "solver.condition=true";
    char *set[] = {method, condition};
    leie_status st = import_blocks(err);
    return st ? st : run_by(blocks, set, 2, err);
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

/* Multipliers of a dense table of many regions by the iteration: survey and store in one read, domestic inverses. */
static leie_status solve_dense(leie_error *err)
{
    enum { REGIONS = 18, EACH = 3, N = REGIONS * EACH };
    leie_axis axis = {0};
    leie_matrix Z = {0};
    leie_linsys *sys = NULL;
    double x[N];
    const leie_linsys_opts opts = {.method = LEIE_SOLVER_BLOCK};
    leie_status st = LEIE_OK;
    for (int i = 0; i < N && !st; i++) {
        char region[8], code[8];
        snprintf(region, sizeof region, "R%d", i / EACH);
        snprintf(code, sizeof code, "s%d", i % EACH);
        leie_size at = leie_axis_add(&axis, region, code, NULL, NULL, LEIE_DEMAND_HOUSEHOLD, err);
        st = at < 0 ? (leie_status)at : LEIE_OK;
        x[i] = 2.385 + i;
    }
    st = st ? st : leie_matrix_new_dense(&Z, N, N, err);
    for (int i = 0; i < N * N && !st; i++)
        Z.val[i / N * Z.ld + i % N] = i % 3 ? 0.5 / N : 0;
    st = st ? st : leie_linsys_setup(&sys, &Z, NULL, &axis, &opts, err);
    st = st ? st : leie_linsys_solve(sys, true, 1, x, x, NULL, err);
    leie_linsys_free(sys);
    leie_matrix_free(&Z);
    leie_axis_clear(&axis);
    return st;
}
FAULT_SCENARIO(solve_dense, solve_dense)
