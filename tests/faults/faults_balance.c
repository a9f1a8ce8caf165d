// SPDX-License-Identifier: GPL-3.0-or-later
/* Balancing on small tables with blocks and fixed cells. */
#include <math.h>

#include "kernels/memory.h"
#include "solver/leie.h"
#include "tests/faults/faults.h"

enum { N = 3 };
static const double CELLS[N][N] = {{7, 3, 5}, {2, 9, -3}, {1, 4, 6}};
static const double U[N] = {16, 9, 12}, V[N] = {11, 17, 9};

static leie_status new_prior(leie_csr *a, leie_error *err)
{
    leie_status st = leie_csr_new(a, N, N, N * N, err);
    for (leie_size i = 0; !st && i < N; i++) {
        for (leie_size j = 0; j < N; j++) {
            a->col[i * N + j] = (leie_index)j;
            a->val[i * N + j] = CELLS[i][j];
        }
        a->row[i + 1] = (i + 1) * N;
    }
    return st;
}

// Work on a prior with a block and a fixed cell.
static leie_status with_problem(leie_status (*work)(leie_csr *a, const leie_margins *m, leie_error *err),
                                leie_error *err)
{
    static const leie_size cell[] = {0, 1, 3, 4};
    static const bool fixed[N * N] = {[8] = true};
    leie_csr a = {0};
    leie_blocks block = {0};
    leie_status st = new_prior(&a, err);
    st = st ? st : leie_blocks_add(&block, NULL, cell, 4, 22, 0, err);
    leie_margins m = {.row = U, .col = V, .block = &block, .fixed = fixed};
    st = st ? st : work(&a, &m, err);
    leie_blocks_clear(&block);
    leie_csr_free(&a);
    return st;
}

static leie_status run_mrgras(leie_csr *a, const leie_margins *m, leie_error *err)
{
    leie_balance_report report;
    leie_balance_info info = {0};
    static const double before[N * N] = {0};
    leie_status st = leie_mrgras(a, m, NULL, &info, err);
    st = st ? st : leie_balance_report_make(&report, a, before, m, &info, err);
    if (!st)
        leie_balance_report_clear(&report);
    return st;
}

static leie_status mrgras(leie_error *err)
{
    return with_problem(run_mrgras, err);
}
FAULT_SCENARIO(balance_mrgras, mrgras)

static leie_status run_wls(leie_csr *a, const leie_margins *m, leie_error *err)
{
    return leie_wls(a, m, NULL, NULL, err);
}

static leie_status wls(leie_error *err)
{
    return with_problem(run_wls, err);
}
FAULT_SCENARIO(balance_wls, wls)

static leie_status sutras(leie_error *err)
{
    static const double user[N] = {11, 17, 10}, output[N] = {12, 14, NAN};
    leie_csr use = {0}, imports = {0}, supply = {0};
    leie_status st = new_prior(&use, err);
    st = st ? st : new_prior(&imports, err);
    st = st ? st : new_prior(&supply, err);
    leie_sut_prior prior = {&use, &imports, &supply};
    leie_sut_totals totals = {.user = user, .output = output, .imports = 20};
    st = st ? st : leie_sutras(&prior, &totals, &(leie_balance_opts){.iterations = 3}, NULL, err);
    leie_csr_free(&use);
    leie_csr_free(&imports);
    leie_csr_free(&supply);
    return st;
}
FAULT_SCENARIO(balance_sutras, sutras)
