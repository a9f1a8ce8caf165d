// SPDX-License-Identifier: GPL-3.0-or-later
#include "perf/generate.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { HOME = 1, CELL, SIZE, COLUMN, DEMAND, SMALL, PRESSURE };

double bench_hash(uint64_t stream, uint64_t position)
{
    uint64_t z = position * 0x9e3779b97f4a7c15u + stream * 0xd1342543de82ef95u + 20111995u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u; // splitmix64
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    z ^= z >> 31;
    return (double)(z >> 11) * 0x1p-53;
}

typedef struct fill_job {
    bench_table *t;
    leie_size sectors;
    const bench_shape *shape;
} fill_job;

/* Share of the cells of a block that is used. */
static double density_of(const fill_job *job, leie_size from, leie_size to)
{
    const bench_shape *shape = job->shape;
    if (from == to)
        return shape->home;
    return !shape->chain || from + 1 == to ? shape->abroad : 0;
}

/* Cell (i, j) before scaling: ten times the weight at home. */
static double raw_cell(const fill_job *job, leie_size n, leie_size i, leie_size j)
{
    leie_size sectors = job->sectors;
    bool home = i / sectors == j / sectors;
    uint64_t at = (uint64_t)i * (uint64_t)n + (uint64_t)j;
    if (bench_hash(HOME, at) >= density_of(job, i / sectors, j / sectors))
        return 0;
    double u = bench_hash(CELL, at);
    return (home ? 10 * (double)n / (double)sectors : 1) * u * u * u * u;
}

static leie_status fill_dense(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    (void)worker;
    (void)err;
    fill_job *job = ctx;
    leie_matrix *Z = &job->t->Z;
    for (leie_size i = first; i < last; i++)
        for (leie_size j = 0; j < Z->cols; j++)
            Z->val[i * Z->ld + j] = raw_cell(job, Z->cols, i, j);
    return LEIE_OK;
}

static leie_status fill_sparse(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    (void)worker;
    (void)err;
    fill_job *job = ctx;
    leie_csr *csr = &job->t->Z.csr;
    for (leie_size i = first; i < last; i++) {
        leie_size at = csr->row[i];
        for (leie_size j = 0; j < csr->cols; j++) {
            double cell = raw_cell(job, csr->cols, i, j);
            if (cell == 0)
                continue;
            csr->col[at] = (leie_index)j;
            csr->val[at++] = cell;
        }
    }
    return LEIE_OK;
}

static leie_status make_sparse(fill_job *job, leie_size n, leie_error *err)
{
    leie_matrix *Z = &job->t->Z;
    leie_size *row = leie_new(n + 1, sizeof *row);
    if (!row)
        return leie_fail_memory(err, "row pointers", n + 1, sizeof *row);
    for (leie_size i = 0; i < n; i++) {
        row[i + 1] = row[i];
        for (leie_size j = 0; j < n; j++)
            row[i + 1] += raw_cell(job, n, i, j) != 0;
    }
    *Z = (leie_matrix){.form = LEIE_SPARSE, .rows = n, .cols = n};
    leie_status st = leie_csr_new(&Z->csr, n, n, row[n], err);
    if (!st) {
        memcpy(Z->csr.row, row, (size_t)(n + 1) * sizeof *row);
        st = leie_parallel_for(n, 16, fill_sparse, job, err);
    }
    leie_free(row);
    return st;
}

/* Multiplies every column of Z by factor[j]. */
static void scale_columns(leie_matrix *Z, const double *factor)
{
    for (leie_size i = 0; i < Z->rows && Z->form == LEIE_DENSE; i++)
        for (leie_size j = 0; j < Z->cols; j++)
            Z->val[i * Z->ld + j] *= factor[j];
    for (leie_size at = 0; Z->form == LEIE_SPARSE && at < Z->csr.nnz; at++)
        Z->csr.val[at] *= factor[Z->csr.col[at]];
}

/* Final demand: mostly at home; one sector in fifty sells hardly anything. */
static void fill_demand(bench_table *t, leie_size sectors)
{
    for (leie_size i = 0; i < t->n; i++) {
        double size = exp(4 * bench_hash(SIZE, (uint64_t)i)) * (bench_hash(SMALL, (uint64_t)i) < 0.02 ? 1e-6 : 1);
        for (leie_size r = 0; r < t->regions; r++) {
            double u = bench_hash(DEMAND, (uint64_t)(i * t->regions + r));
            t->Y[i * t->regions + r] = size * (i / sectors == r ? 10 * u : 0.1 * u * u);
        }
    }
}

/* x = y + A x, until nothing changes; A is in Z. */
static leie_status iterate_output(bench_table *t, leie_error *err)
{
    leie_size n = t->n;
    double *y = leie_new(2 * n, sizeof *y), *next = y ? y + n : NULL;
    if (!y)
        return leie_fail_memory(err, "output", 2 * n, sizeof *y);
    for (leie_size i = 0; i < n; i++)
        t->x[i] = y[i] = leie_sum(t->Y + i * t->regions, t->regions, 1);
    leie_status st = LEIE_OK;
    double change = 1;
    for (int step = 0; !st && change > 1e-14 && step < 200; step++) {
        st = leie_matrix_product(next, &t->Z, false, NULL, 1, t->x, err);
        change = 0;
        for (leie_size i = 0; i < n && !st; i++) {
            double x = y[i] + next[i];
            change = fmax(change, fabs(x - t->x[i]) / x);
            t->x[i] = x;
        }
    }
    leie_free(y);
    return st;
}

static leie_status make_axis(leie_axis *axis, int regions, int sectors, leie_error *err)
{
    for (int r = 0; r < regions; r++)
        for (int s = 0; s < sectors; s++) {
            char region[16], code[16];
            snprintf(region, sizeof region, "R%03d", r);
            snprintf(code, sizeof code, "s%03d", s);
            leie_size at = leie_axis_add(axis, region, code, NULL, NULL, LEIE_DEMAND_HOUSEHOLD, err);
            if (at < 0)
                return (leie_status)at;
        }
    return LEIE_OK;
}

/* Columns of Z scaled to the sums c_j, then to flows. */
static leie_status make_flows(bench_table *t, leie_error *err)
{
    double *factor = leie_new(t->n, sizeof *factor);
    if (!factor)
        return leie_fail_memory(err, "column sums", t->n, sizeof *factor);
    leie_matrix_col_sums(factor, &t->Z);
    for (leie_size j = 0; j < t->n; j++)
        factor[j] = factor[j] > 0 ? (0.3 + 0.4 * bench_hash(COLUMN, (uint64_t)j)) / factor[j] : 0;
    scale_columns(&t->Z, factor);
    leie_status st = iterate_output(t, err);
    if (!st)
        scale_columns(&t->Z, t->x);
    for (leie_size j = 0; j < t->n; j++)
        t->scale[j] = t->x[j] > 0 ? 1 / t->x[j] : 0;
    leie_free(factor);
    return st;
}

leie_status bench_generate(bench_table *t, int regions, int sectors, leie_matrix_form form, leie_error *err)
{
    return bench_generate_shape(t, regions, sectors, form, &(bench_shape){.home = 0.85, .abroad = 0.32}, err);
}

leie_status bench_generate_shape(bench_table *t, int regions, int sectors, leie_matrix_form form, const bench_shape *shape,
                                 leie_error *err)
{
    leie_size n = (leie_size)regions * sectors;
    if (regions < 1 || sectors < 1 || n > INT32_MAX)
        return leie_fail(err, LEIE_ERR_SHAPE, "a table of %d regions and %d sectors", regions, sectors);
    *t = (bench_table){.n = n, .regions = regions};
    fill_job job = {t, sectors, shape};
    t->x = leie_new(n, sizeof *t->x);
    t->scale = leie_new(n, sizeof *t->scale);
    t->Y = leie_new(n * regions, sizeof *t->Y);
    t->F = leie_new(n * BENCH_STRESSORS, sizeof *t->F);
    leie_status st = LEIE_OK;
    if (!t->x || !t->scale || !t->Y || !t->F)
        st = leie_fail_memory(err, "a generated table", n * (regions + BENCH_STRESSORS), sizeof *t->Y);
    if (!st)
        st = make_axis(&t->axis, regions, sectors, err);
    if (!st && form == LEIE_DENSE) {
        st = leie_matrix_new_dense(&t->Z, n, n, err);
        if (!st)
            st = leie_parallel_for(n, 16, fill_dense, &job, err);
    } else if (!st) {
        st = make_sparse(&job, n, err);
    }
    if (!st) {
        fill_demand(t, sectors);
        st = make_flows(t, err);
    }
    for (leie_size i = 0; !st && i < n * BENCH_STRESSORS; i++)
        t->F[i] = bench_hash(PRESSURE, (uint64_t)i) * t->x[i % n];
    if (!st)
        t->density = (double)leie_matrix_nonzeros(&t->Z) / ((double)n * (double)n);
    else
        bench_generate_clear(t);
    return st;
}

void bench_generate_clear(bench_table *t)
{
    leie_axis_clear(&t->axis);
    leie_matrix_free(&t->Z);
    leie_free(t->x);
    leie_free(t->scale);
    leie_free(t->Y);
    leie_free(t->F);
    *t = (bench_table){0};
}

static leie_status add_stressors(leie_table *to, const double *F, leie_error *err)
{
    leie_labels list = {0};
    leie_size first = 0;
    for (int k = 0; k < BENCH_STRESSORS && first >= 0; k++) {
        char code[16];
        snprintf(code, sizeof code, "f%02d", k);
        first = leie_labels_add(&list, code, NULL, "t", LEIE_STRESSOR_MATERIAL, err);
    }
    if (first >= 0)
        first = leie_table_add_stressors(to, &list, "generated", "residence", err);
    leie_labels_clear(&list);
    if (first < 0)
        return (leie_status)first;
    memcpy(to->F, F, (size_t)(BENCH_STRESSORS * to->sector.n) * sizeof *F);
    return LEIE_OK;
}

static leie_status set_text(char **to, const char *text, leie_error *err)
{
    *to = leie_strdup(text);
    return *to ? LEIE_OK : leie_fail_memory(err, "text", (leie_size)strlen(text) + 1, 1);
}

leie_status bench_generate_table(leie_table *to, bench_table *t, leie_error *err)
{
    struct {
        char **to;
        const char *text;
    } texts[] = {{&to->currency, "EUR"}, {&to->unit, "MEUR"},     {&to->valuation, "basic"},  {&to->prices, "current"},
                 {&to->system, "ixi"},   {&to->source, "made up"}, {&to->licence, "GPL-3.0-or-later"}};
    leie_status st = LEIE_OK;
    *to = (leie_table){.year = 2011};
    for (size_t i = 0; !st && i < sizeof texts / sizeof texts[0]; i++)
        st = set_text(texts[i].to, texts[i].text, err);
    if (!st)
        st = leie_axis_copy(&to->sector, &t->axis, err);
    for (leie_size r = 0; !st && r < t->regions; r++) {
        leie_size at = leie_axis_add(&to->demand, t->axis.region.code[r], "household", NULL, NULL,
                                     LEIE_DEMAND_HOUSEHOLD, err);
        st = at < 0 ? (leie_status)at : LEIE_OK;
    }
    if (!st)
        st = add_stressors(to, t->F, err);
    if (!st) {
        to->Z = t->Z;
        to->Y = t->Y;
        to->x = t->x;
        t->Z = (leie_matrix){0};
        t->Y = t->x = NULL;
        bench_generate_clear(t);
    } else {
        leie_table_clear(to);
    }
    return st;
}

