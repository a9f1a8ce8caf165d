// SPDX-License-Identifier: GPL-3.0-or-later
#include "kernels/survey.h"

#include <math.h>
#include <string.h>

#include "kernels/clones.h"
#include "kernels/memory.h"
#include "kernels/parallel.h"

enum {
    SLABS = 16, // groups of rows whose column sums are formed apart
    LANES = 8,
    SAMPLE = 61 // one row in so many is counted for an estimate
};

typedef double lanes __attribute__((vector_size(LANES * sizeof(double)), aligned(sizeof(double)), may_alias));
typedef int64_t flags __attribute__((vector_size(LANES * sizeof(double))));

static const flags NO_SIGN = {INT64_MAX, INT64_MAX, INT64_MAX, INT64_MAX, INT64_MAX, INT64_MAX, INT64_MAX, INT64_MAX};
#define SIZE_OF(v) ((lanes)((flags)(v)&NO_SIGN)) // |v|, lane by lane

typedef struct survey {
    leie_survey *to;
    const leie_matrix *Z;
    const double *scale;
    leie_size grain;
    double *row_sum;  // [n]
    double *col_sum;  // [SLABS, n]
    double *weight;   // [SLABS, parts, parts]
    leie_size *count; // [SLABS, parts, parts]
} survey;

/* Sums of one stretch of a row. */
typedef struct stretch {
    double sum, weight;
    leie_size count;
} stretch;

/* n neighbouring cells z, with their scales and column sums. */
LEIE_CLONES
static stretch dense_stretch(const double *z, const double *scale, double *col_sum, leie_size n)
{
    lanes sum = {0}, weight = {0};
    flags used = {0};
    stretch s = {0};
    leie_size j = 0;
    for (; j + LANES <= n; j += LANES) {
        lanes value = *(const lanes *)(z + j), a = SIZE_OF(value * *(const lanes *)(scale + j));
        *(lanes *)(col_sum + j) += a;
        sum += a;
        weight += SIZE_OF(value);
        used -= value != 0;
    }
    for (; j < n; j++) {
        double a = fabs(z[j] * scale[j]);
        col_sum[j] += a;
        s.sum += a;
        s.weight += fabs(z[j]);
        s.count += z[j] != 0;
    }
    for (int lane = 0; lane < LANES; lane++) {
        s.sum += sum[lane];
        s.weight += weight[lane];
        s.count += used[lane];
    }
    return s;
}

/* n entries of a sparse row. */
static stretch sparse_stretch(const double *z, const leie_index *col, const double *scale, double *col_sum, leie_size n)
{
    stretch s = {0};
    for (leie_size t = 0; t < n; t++) {
        double a = fabs(z[t] * scale[col[t]]);
        col_sum[col[t]] += a;
        s.sum += a;
        s.weight += fabs(z[t]);
        s.count += z[t] != 0;
    }
    return s;
}

/* The first column of row i where A is not finite, -1 for none. */
static leie_size first_bad(const leie_matrix *Z, const double *scale, leie_size i)
{
    const leie_index *col;
    const double *val;
    leie_size count = leie_matrix_row(Z, i, &col, &val);
    for (leie_size t = 0; t < count; t++)
        if (!isfinite(val[t] * scale[col ? col[t] : t]))
            return col ? col[t] : t;
    return -1;
}

/* What the diagonal a of I - A adds to sums of sizes that hold that of A. */
static double diagonal_change(double a)
{
    return fabs(1 - a) - fabs(a);
}

/* Row i, part by part; the diagonal of I - A takes the place of that of A. */
static void survey_row(const survey *s, leie_size slab, leie_size r, leie_size i)
{
    const leie_survey *to = s->to;
    const leie_index *col;
    const double *val;
    leie_size entries = leie_matrix_row(s->Z, i, &col, &val), n = s->Z->cols, at = 0;
    double *col_sum = s->col_sum + slab * n, sum = 0;
    for (leie_size p = 0; p < to->parts; p++) {
        leie_size begin = at, end = to->first[p + 1];
        stretch part;
        if (col) {
            while (at < entries && col[at] < end)
                at++;
            part = sparse_stretch(val + begin, col + begin, s->scale, col_sum, at - begin);
        } else {
            at = end;
            part = dense_stretch(val + begin, s->scale + begin, col_sum + begin, at - begin);
        }
        leie_size block = (slab * to->parts + r) * to->parts + p;
        s->count[block] += part.count;
        s->weight[block] += part.weight;
        sum += part.sum;
    }
    s->row_sum[i] = sum;
}

static leie_status survey_rows(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    const survey *s = ctx;
    leie_size slab = first / s->grain, r = 0;
    (void)worker;
    (void)err;
    for (leie_size i = first; i < last; i++) {
        while (i >= s->to->first[r + 1])
            r++;
        survey_row(s, slab, r, i);
    }
    return LEIE_OK;
}

/* Slabs together, in their order. */
static void gather(survey *s, leie_size slabs)
{
    leie_survey *to = s->to;
    leie_size n = s->Z->cols, blocks = to->parts * to->parts;
    for (leie_size slab = 0; slab < slabs; slab++) {
        for (leie_size b = 0; b < blocks; b++) {
            to->count[b] += s->count[slab * blocks + b];
            to->weight[b] += s->weight[slab * blocks + b];
        }
        for (leie_size j = 0; slab > 0 && j < n; j++)
            s->col_sum[j] += s->col_sum[slab * n + j];
    }
    leie_survey_end(to, s->Z, s->scale, s->row_sum, s->col_sum);
}

leie_status leie_survey_begin(leie_survey *to, leie_size parts, const leie_size *first, leie_error *err)
{
    *to = (leie_survey){.parts = parts, .bad_row = -1, .bad_col = -1};
    to->first = leie_new(parts + 1, sizeof *to->first);
    to->count = leie_new(parts * parts, sizeof *to->count);
    to->weight = leie_new(parts * parts, sizeof *to->weight);
    if (!to->first || !to->count || !to->weight)
        return leie_fail_memory(err, "a survey of blocks", parts * parts, sizeof *to->weight);
    memcpy(to->first, first, (size_t)(parts + 1) * sizeof *first);
    return LEIE_OK;
}

/* ---- block by block ---- */

leie_size leie_survey_estimate(const leie_matrix *Z)
{
    leie_size rows = 0, cells = 0;
    for (leie_size i = Z->rows > SAMPLE ? SAMPLE / 2 : 0; i < Z->rows; i += SAMPLE, rows++)
        for (leie_size j = 0; j < Z->cols; j++)
            cells += Z->val[i * Z->ld + j] != 0;
    return rows > 0 ? (leie_size)((double)cells / (double)rows * (double)Z->rows) : 0;
}

void leie_survey_block(leie_survey *to, const double *z, leie_size ld, const double *scale, leie_size r, leie_size p,
                       double *row_sum, double *col_sum)
{
    leie_size begin = to->first[p], n = to->first[p + 1] - begin, block = r * to->parts + p;
    stretch all = {0};
    for (leie_size i = 0; i < to->first[r + 1] - to->first[r]; i++) {
        stretch here = dense_stretch(z + i * ld, scale + begin, col_sum, n);
        row_sum[i] += here.sum;
        all.count += here.count;
        all.weight += here.weight;
    }
    to->count[block] = all.count;
    to->weight[block] = all.weight;
}

static void count_all(leie_survey *to)
{
    to->nonzeros = 0;
    for (leie_size b = 0; b < to->parts * to->parts; b++)
        to->nonzeros += to->count[b];
}

static void take_norms(leie_survey *to, double diagonal, double row_sum, double col_sum)
{
    double change = diagonal_change(diagonal);
    to->norm[0] = fmax(to->norm[0], col_sum + change);
    to->norm[1] = fmax(to->norm[1], row_sum + change);
}

void leie_survey_close(leie_survey *to, const double *diagonal, const double *row_sum, const double *col_sum)
{
    count_all(to);
    for (leie_size i = 0; i < to->first[to->parts]; i++)
        take_norms(to, diagonal[i], row_sum[i], col_sum[i]);
}

void leie_survey_end(leie_survey *to, const leie_matrix *Z, const double *scale, const double *row_sum,
                     const double *col_sum)
{
    count_all(to);
    for (leie_size i = 0; i < Z->rows; i++) {
        take_norms(to, leie_matrix_get(Z, i, i) * scale[i], row_sum[i], col_sum[i]);
        if (to->bad_row < 0 && !isfinite(row_sum[i]) && (to->bad_col = first_bad(Z, scale, i)) >= 0)
            to->bad_row = i;
    }
}

leie_status leie_survey_new(leie_survey *to, const leie_matrix *Z, const double *scale, leie_size parts,
                            const leie_size *first, leie_error *err)
{
    leie_size n = Z->rows, blocks = parts * parts;
    survey s = {.to = to, .Z = Z, .scale = scale, .grain = (n + SLABS - 1) / SLABS};
    leie_status st = leie_survey_begin(to, parts, first, err);
    if (st || n == 0)
        goto done;
    s.row_sum = leie_new(n, sizeof *s.row_sum);
    s.col_sum = leie_new(SLABS, (size_t)n * sizeof *s.col_sum);
    s.weight = leie_new(SLABS, (size_t)blocks * sizeof *s.weight);
    s.count = leie_new(SLABS, (size_t)blocks * sizeof *s.count);
    if (!s.row_sum || !s.col_sum || !s.weight || !s.count) {
        st = leie_fail_memory(err, "a survey of I - A", SLABS * (n + blocks), sizeof(double));
        goto done;
    }
    leie_parallel_for(n, s.grain, survey_rows, &s, NULL);
    gather(&s, (n + s.grain - 1) / s.grain);
done:
    leie_free(s.row_sum);
    leie_free(s.col_sum);
    leie_free(s.weight);
    leie_free(s.count);
    if (st)
        leie_survey_free(to);
    return st;
}

leie_status leie_survey_copy(leie_survey *to, const leie_survey *from, leie_error *err)
{
    size_t blocks = (size_t)(from->parts * from->parts);
    leie_status st = leie_survey_begin(to, from->parts, from->first, err);
    if (st) {
        leie_survey_free(to);
        return st;
    }
    to->nonzeros = from->nonzeros;
    memcpy(to->norm, from->norm, sizeof to->norm);
    to->bad_row = from->bad_row;
    to->bad_col = from->bad_col;
    memcpy(to->count, from->count, blocks * sizeof *to->count);
    memcpy(to->weight, from->weight, blocks * sizeof *to->weight);
    return LEIE_OK;
}

void leie_survey_free(leie_survey *s)
{
    leie_free(s->first);
    leie_free(s->count);
    leie_free(s->weight);
    *s = (leie_survey){0};
}
