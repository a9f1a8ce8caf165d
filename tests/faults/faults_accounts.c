// SPDX-License-Identifier: GPL-3.0-or-later
/* Accounts with every breakdown, and the identities of the table and of the accounts. */
#include "kernels/memory.h"
#include "solver/account/identities.h"
#include "tests/faults/faults.h"

enum { N = 4, M = 2, BY_ALL = (1 << 10) - 1 };

static leie_status set_labels(leie_table *t, leie_error *err)
{
    static const char *const region[] = {"R1", "R2"}, *const sector[] = {"s1", "s2"};
    for (int r = 0; r < 2; r++) {
        for (int s = 0; s < 2; s++)
            if (leie_axis_add(&t->sector, region[r], sector[s], NULL, NULL, LEIE_DEMAND_HOUSEHOLD, err) < 0)
                return LEIE_ERR_NOMEM;
        if (leie_axis_add(&t->demand, region[r], "final", NULL, NULL, LEIE_DEMAND_HOUSEHOLD, err) < 0)
            return LEIE_ERR_NOMEM;
    }
    return leie_labels_add(&t->stressor, "CO2", NULL, "t", NULL, err) < 0 ? LEIE_ERR_NOMEM : LEIE_OK;
}

static leie_status set_values(leie_table *t, leie_error *err)
{
    leie_status st = leie_matrix_new_dense(&t->Z, N, N, err);
    t->Y = leie_new(N * M, sizeof *t->Y);
    t->x = leie_new(N, sizeof *t->x);
    t->F = leie_new(N, sizeof *t->F);
    t->F_Y = leie_new(M, sizeof *t->F_Y);
    if (st || !t->Y || !t->x || !t->F || !t->F_Y)
        return st ? st : leie_fail_memory(err, "values", N, sizeof *t->F);
    for (int i = 0; i < N; i++) {
        t->F[i] = 2.5 + i;
        for (int j = 0; j < N; j++)
            t->x[i] += t->Z.val[i * t->Z.ld + j] = 1 + i % 3 + j % 2;
        for (int j = 0; j < M; j++)
            t->x[i] += t->Y[i * M + j] = 5 + i + j;
    }
    return LEIE_OK;
}

static leie_status set_regions(leie_account_regions *q, const leie_table *t, leie_error *err)
{
    char one[] = "R1", two[] = "R2", *both[] = {one, two};
    leie_status st = leie_account_regions_all(q, &t->sector, err);
    return st ? st : leie_account_regions_add(q, &t->sector, "world", "both", 2, both, err);
}

static leie_status accounts(leie_error *err)
{
    leie_table t = {0};
    leie_account_regions q = {0};
    leie_accounts a = {0};
    leie_identities list = {0};
    leie_status st = set_labels(&t, err);
    if (!st)
        st = set_values(&t, err);
    if (!st)
        st = set_regions(&q, &t, err);
    if (!st)
        st = leie_accounts_make(&a, &t, &q, &(leie_accounts_opts){.by = BY_ALL}, err);
    if (!st)
        st = leie_identities_table(&list, &t, err);
    if (!st)
        st = leie_identities_accounts(&list, &t, &q, &a, err);
    leie_identities_clear(&list);
    leie_accounts_clear(&a);
    leie_account_regions_clear(&q);
    leie_table_clear(&t);
    return st;
}
FAULT_SCENARIO(accounts, accounts)
