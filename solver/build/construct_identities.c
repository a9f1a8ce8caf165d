// SPDX-License-Identifier: GPL-3.0-or-later
/* What a construct keeps. U use by product and industry, Z the table made of it. */
#include <math.h>
#include <stdio.h>

#include "kernels/memory.h"
#include "kernels/sum.h"
#include "solver/account/identities_impl.h"
#include "solver/build/construct.h"

// Sums over up to a thousand terms of up to a million times their sum's size.
static const double KEPT = 1e-9;

static void describe_item(char *out, size_t size, const void *ctx, leie_size i, double shown)
{
    const leie_axis *axis = ctx;
    snprintf(out, size, "%s %s (%.4g)", axis->region.code[axis->of[i]], axis->code[i], shown);
}

static void describe_label(char *out, size_t size, const void *ctx, leie_size i, double shown)
{
    const leie_labels *labels = ctx;
    snprintf(out, size, "%s (%.4g)", labels->code[i], shown);
}

static void describe_pair(char *out, size_t size, const void *ctx, leie_size c, double shown)
{
    const leie_axis *axis = ctx;
    snprintf(out, size, "%s to %s (%.4g)", axis->code[c / axis->n], axis->code[c % axis->n], shown);
}

// sum of |use| keeps small sums of large terms in proportion
static leie_status check_sums(leie_identities *list, const char *name, const leie_axis *axis, const double *now,
                              const double *use, leie_size length, leie_size step, leie_size next, leie_error *err)
{
    leie_worst worst = {.threshold = KEPT};
    for (leie_size i = 0; i < axis->n; i++) {
        double before = leie_sum(use + i * next, length, step), size = leie_sum_abs(use + i * next, length, step);
        leie_worst_see(&worst, i, leie_gap(now[i], before, size), now[i] - before);
    }
    return leie_identity_add(list, name, leie_judge(&worst), KEPT, &worst, describe_item, axis, err);
}

static leie_status check_use(leie_identities *list, const char *name, const leie_matrix *Z, const leie_iot *t,
                             const leie_sut *s, leie_origin origin, bool product, leie_error *err)
{
    const double *use = s->layer[origin][LEIE_BASIC].use;
    leie_size p = s->product.n, k = s->account.sector.n;
    if (!use)
        return LEIE_OK;
    double *now = leie_new(Z->rows, sizeof *now);
    if (!now)
        return leie_fail_memory(err, "identities", Z->rows, sizeof *now);
    if (product)
        leie_matrix_row_sums(now, Z);
    else
        leie_matrix_col_sums(now, Z);
    leie_status st =
        check_sums(list, name, &t->table.sector, now, use, product ? k : p, product ? 1 : k, product ? k : 1, err);
    leie_free(now);
    return st;
}

// Each column of final use keeps its sum.
static leie_status check_final(leie_identities *list, const char *name, const double *Y, const leie_iot *t,
                               const leie_sut *s, leie_origin origin, leie_error *err)
{
    const double *final = s->layer[origin][LEIE_BASIC].final;
    leie_size m = t->table.demand.n, n = t->table.sector.n, p = s->product.n;
    leie_worst worst = {.threshold = KEPT};
    for (leie_size f = 0; final && f < m; f++) {
        double before = leie_sum(final + f, p, m), now = leie_sum(Y + f, n, m);
        leie_worst_see(&worst, f, leie_gap(now, before, leie_sum_abs(final + f, p, m)), now - before);
    }
    return leie_identity_add(list, name, leie_judge(&worst), KEPT, &worst, describe_item, &t->table.demand, err);
}

static leie_status check_rows(leie_identities *list, const char *name, const leie_labels *labels, leie_size rows,
                              const double *now, leie_size n, const double *before, leie_size k, leie_error *err)
{
    leie_worst worst = {.threshold = KEPT};
    for (leie_size i = 0; i < rows; i++) {
        double was = leie_sum(before + i * k, k, 1), is = leie_sum(now + i * n, n, 1);
        leie_worst_see(&worst, i, leie_gap(is, was, leie_sum_abs(before + i * k, k, 1)), is - was);
    }
    return leie_identity_add(list, name, leie_judge(&worst), KEPT, &worst, describe_label, labels, err);
}

static leie_status show_negatives(leie_identities *list, const char *name, const leie_matrix *Z, const leie_axis *axis,
                                  leie_error *err)
{
    leie_worst worst = {.threshold = 0};
    for (leie_size i = 0; i < Z->rows; i++) {
        const leie_index *col;
        const double *val;
        leie_size count = leie_matrix_row(Z, i, &col, &val);
        for (leie_size c = 0; c < count; c++)
            if (val[c] < 0)
                leie_worst_see(&worst, i * axis->n + (col ? col[c] : c), -val[c], val[c]);
    }
    return leie_identity_add(list, name, LEIE_INFO, 0, &worst, describe_pair, axis, err);
}

leie_status leie_identities_construct(leie_identities *list, const leie_iot *t, const leie_sut *s, leie_model model,
                                      leie_error *err)
{
    const leie_table *now = &t->table, *was = &s->account;
    bool product = leie_model_by_product(model);
    leie_status st = check_use(list, product ? "row sums of domestic use kept" : "column sums of domestic use kept",
                               &now->Z, t, s, LEIE_DOMESTIC, product, err);
    if (!st)
        st = check_use(list, product ? "row sums of imported use kept" : "column sums of imported use kept", &t->Zm, t,
                       s, LEIE_IMPORTED, product, err);
    if (!st)
        st = check_final(list, "domestic final use kept, by column", now->Y, t, s, LEIE_DOMESTIC, err);
    if (!st)
        st = check_final(list, "imported final use kept, by column", t->Ym, t, s, LEIE_IMPORTED, err);
    if (!st)
        st = check_rows(list, "primary inputs kept, by row", &was->input, was->input.n, now->W, now->sector.n, was->W,
                        was->sector.n, err);
    if (!st)
        st = check_rows(list, "pressures kept, by stressor", &was->stressor, was->stressor.n, now->F, now->sector.n,
                        was->F, was->sector.n, err);
    if (!st)
        st = show_negatives(list, "negative cells of imported use", &t->Zm, &now->sector, err);
    return st;
}

void leie_construct_against(double *difference, double *share, const leie_table *t, const double *published)
{
    leie_size n = t->sector.n;
    for (leie_size i = 0; i < n; i++) {
        leie_acc sum = {0};
        for (leie_size j = 0; j < n; j++)
            leie_acc_add(&sum, fabs(leie_matrix_get(&t->Z, i, j) - published[i * n + j]));
        difference[i] = leie_acc_value(&sum);
    }
    double total = leie_sum_abs(published, n * n, 1);
    *share = total > 0 ? leie_sum(difference, n, 1) / total : 0;
}
