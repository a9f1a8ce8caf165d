// SPDX-License-Identifier: GPL-3.0-or-later
/* T of each model. S supply [p, k], q product output, g industry output, D' = diag(q)^-1 S market shares,
 * C = S diag(g)^-1 product mix. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "kernels/blocklu.h"
#include "kernels/memory.h"
#include "kernels/sum.h"
#include "solver/build/construct_impl.h"
#include "solver/table/table_impl.h"

// ---- what every model needs ----

leie_status leie_technology_new(leie_technology *t, const leie_sut *s, const leie_construct_opts *opts, leie_error *err)
{
    leie_size p = s->product.n, k = s->account.sector.n;
    *t = (leie_technology){.sut = s, .model = opts->model, .p = p, .k = k};
    t->q = leie_new(p, sizeof *t->q);
    t->g = leie_new(k, sizeof *t->g);
    t->product_of = leie_new(k, sizeof *t->product_of);
    t->industry_of = leie_new(p, sizeof *t->industry_of);
    if (!t->q || !t->g || !t->product_of || !t->industry_of)
        return leie_fail_memory(err, "a construct", 2 * (p + k), sizeof *t->q);
    leie_sut_product_output(t->q, s);
    leie_sut_industry_output(t->g, s);
    if (opts->q)
        memcpy(t->q, opts->q, (size_t)p * sizeof *t->q);
    if (opts->g)
        memcpy(t->g, opts->g, (size_t)k * sizeof *t->g);
    leie_sut_partners(t->product_of, t->industry_of, s);
    return LEIE_OK;
}

void leie_technology_clear(leie_technology *t)
{
    leie_free(t->q);
    leie_free(t->g);
    leie_free(t->product_of);
    leie_free(t->industry_of);
    leie_free(t->T);
    *t = (leie_technology){0};
}

// Whether anything is used of product i, at home or from abroad.
static bool is_used(const leie_sut *s, leie_size i)
{
    leie_size k = s->account.sector.n, m = s->account.demand.n;
    double sum = 0;
    for (int o = LEIE_DOMESTIC; o <= LEIE_IMPORTED; o++) {
        const leie_sut_layer *layer = &s->layer[o][LEIE_BASIC];
        sum += layer->use ? leie_sum_abs(layer->use + i * k, k, 1) + leie_sum_abs(layer->final + i * m, m, 1) : 0;
    }
    return sum > 0;
}

// Whether industry j buys, pays or emits anything.
static bool is_active(const leie_sut *s, leie_size j)
{
    const leie_table *a = &s->account;
    leie_size k = a->sector.n;
    double sum = 0;
    for (int o = LEIE_DOMESTIC; o <= LEIE_IMPORTED; o++)
        sum += s->layer[o][LEIE_BASIC].use ? leie_sum_abs(s->layer[o][LEIE_BASIC].use + j, s->product.n, k) : 0;
    sum += a->W ? leie_sum_abs(a->W + j, a->input.n, k) : 0;
    sum += a->F ? leie_sum_abs(a->F + j, a->stressor.n, k) : 0;
    return sum > 0;
}

leie_status leie_market_shares(double *shares, const leie_technology *t, leie_error *err)
{
    char place[LEIE_PLACE_MAX];
    for (leie_size i = 0; i < t->p; i++) {
        for (leie_size j = 0; j < t->k; j++)
            shares[i * t->k + j] = t->q[i] != 0 ? t->sut->supply[i * t->k + j] / t->q[i] : 0;
        if (t->q[i] == 0 && t->industry_of[i] >= 0)
            shares[i * t->k + t->industry_of[i]] = 1;
        else if (t->q[i] == 0 && is_used(t->sut, i))
            return leie_fail(err, LEIE_ERR_DATA,
                             "product '%s' is used and made by nobody, and no industry has its code: its use has no "
                             "place in a table by industry",
                             leie_axis_place(place, &t->sut->product, i));
    }
    return LEIE_OK;
}

// C [p, k] with the unit columns of industries without output.
static leie_status product_mix(double *mix, const leie_technology *t, leie_error *err)
{
    char place[LEIE_PLACE_MAX];
    for (leie_size j = 0; j < t->k; j++) {
        for (leie_size i = 0; i < t->p; i++)
            mix[i * t->k + j] = t->g[j] != 0 ? t->sut->supply[i * t->k + j] / t->g[j] : 0;
        if (t->g[j] == 0 && t->product_of[j] >= 0)
            mix[t->product_of[j] * t->k + j] = 1;
        else if (t->g[j] == 0 && is_active(t->sut, j))
            return leie_fail(err, LEIE_ERR_DATA,
                             "industry '%s' has inputs or pressures and no output, and no product has its code: they "
                             "have no place in a table by product",
                             leie_axis_place(place, &t->sut->account.sector, j));
    }
    return LEIE_OK;
}

static void transpose(double *to, const double *from, leie_size rows, leie_size cols)
{
    for (leie_size i = 0; i < rows; i++)
        for (leie_size j = 0; j < cols; j++)
            to[j * rows + i] = from[i * cols + j];
}

// ---- models A, C and hybrid: an inverse ----

static leie_status fail_singular(const leie_technology *t, double *m, leie_size ld, const int *pivot, leie_size row,
                                 leie_error *err)
{
    char place[LEIE_PLACE_MAX], list[400] = "";
    leie_size n = t->k;
    double *z = leie_new(n, sizeof *z), largest = 0;
    if (!z)
        return leie_fail_memory(err, "a null vector", n, sizeof *z);
    leie_blocklu_null(m, n, ld, pivot, row, z);
    for (leie_size j = 0; j < n; j++)
        largest = fmax(largest, fabs(z[j]));
    for (leie_size j = 0, named = 0; j < n && named < 4; j++)
        if (fabs(z[j]) > 0.01 * largest) {
            size_t used = strlen(list);
            snprintf(list + used, sizeof list - used, "%s'%s'", named++ ? ", " : "",
                     leie_axis_place(place, &t->sut->account.sector, j));
        }
    leie_free(z);
    return leie_fail(err, LEIE_ERR_SINGULAR,
                     "model %s: the supply table cannot be inverted, the products of industries %s depend on each "
                     "other; models B and D do not need its inverse",
                     leie_model_name(t->model), list);
}

/* X = M^-1 B:  M [n, n] with columns of industries, B [n, n] becomes X. M is kept. */
static leie_status invert(double *b, const double *m, const leie_technology *t, leie_error *err)
{
    leie_size n = t->k, ld = leie_blocklu_stride(n);
    double *lu = leie_new(n * ld, sizeof *lu), *work = leie_new(2 * n, sizeof *work);
    int *pivot = leie_new(n, sizeof *pivot);
    leie_status st = LEIE_OK;
    if (!lu || !work || !pivot) {
        st = leie_fail_memory(err, "the inverse of the supply table", n * ld, sizeof *lu);
        goto done;
    }
    for (leie_size i = 0; i < n; i++)
        memcpy(lu + i * ld, m + i * n, (size_t)n * sizeof *lu);
    leie_size row = leie_blocklu_factor(lu, n, ld, pivot, work);
    if (row >= 0)
        st = fail_singular(t, lu, ld, pivot, row, err);
    else
        leie_blocklu_solve(lu, n, ld, pivot, false, n, b);
done:
    leie_free(lu);
    leie_free(work);
    leie_free(pivot);
    return st;
}

static void set_identity(double *b, leie_size n)
{
    memset(b, 0, (size_t)(n * n) * sizeof *b);
    for (leie_size i = 0; i < n; i++)
        b[i * n + i] = 1;
}

// R = C1^-1 (I - diag(D2'e)) + D2, then T = diag(g)^-1 R diag(q); work [p, k].
static leie_status form_hybrid(leie_technology *t, const double *H, double *work, leie_error *err)
{
    leie_size n = t->k;
    const double *S = t->sut->supply;
    for (leie_size j = 0; j < n; j++) { // C1 = S1 diag(g1)^-1
        leie_acc g1 = {0};
        for (leie_size i = 0; i < n; i++)
            leie_acc_add(&g1, S[i * n + j] * H[i * n + j]);
        for (leie_size i = 0; i < n; i++)
            work[i * n + j] =
                leie_acc_value(&g1) != 0 ? S[i * n + j] * H[i * n + j] / leie_acc_value(&g1) : t->product_of[j] == i;
    }
    for (leie_size i = 0; i < n; i++) { // I - diag(D2'e): what is made by product technology
        leie_acc other = {0};
        for (leie_size j = 0; j < n; j++)
            leie_acc_add(&other, S[i * n + j] * (1 - H[i * n + j]));
        t->T[i * n + i] = t->q[i] != 0 ? 1 - leie_acc_value(&other) / t->q[i] : 1;
    }
    leie_status st = invert(t->T, work, t, err);
    for (leie_size j = 0; !st && j < n; j++)
        for (leie_size i = 0; i < n; i++) {
            double D2 = t->q[i] != 0 ? S[i * n + j] * (1 - H[i * n + j]) / t->q[i] : 0;
            double R = t->T[j * n + i] + D2;
            t->T[j * n + i] = t->g[j] != 0 ? R * t->q[i] / t->g[j] : t->product_of[j] == i;
        }
    return st;
}

leie_status leie_technology_form(leie_technology *t, const leie_construct_opts *opts, leie_error *err)
{
    bool square = t->model != LEIE_MODEL_B && t->model != LEIE_MODEL_D;
    if (square && t->p != t->k)
        return leie_fail(err, LEIE_ERR_SHAPE,
                         "model %s needs as many products as industries, found %lld and %lld; models B and D do not",
                         leie_model_name(t->model), (long long)t->p, (long long)t->k);
    if (t->model == LEIE_MODEL_HYBRID && !opts->H)
        return leie_fail(err, LEIE_ERR_USAGE, "hybrid technology needs the table that says which cells are by product");
    if (t->model == LEIE_MODEL_ALMON)
        return LEIE_OK;
    double *work = leie_new(t->p * t->k, sizeof *work);
    t->T = leie_new(t->k * t->p, sizeof *t->T);
    leie_status st = LEIE_OK;
    if (!work || !t->T)
        st = leie_fail_memory(err, "a construct", 2 * t->p * t->k, sizeof *work);
    else if (t->model == LEIE_MODEL_HYBRID)
        st = form_hybrid(t, opts->H, work, err);
    else if (t->model == LEIE_MODEL_A || t->model == LEIE_MODEL_D)
        st = leie_market_shares(work, t, err);
    else
        st = product_mix(work, t, err);
    if (!st && (t->model == LEIE_MODEL_B || t->model == LEIE_MODEL_D)) {
        transpose(t->T, work, t->p, t->k);
    } else if (!st && t->model != LEIE_MODEL_HYBRID) {
        set_identity(t->T, t->k);
        st = invert(t->T, work, t, err);
    }
    leie_free(work);
    return st;
}
