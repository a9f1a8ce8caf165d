// SPDX-License-Identifier: GPL-3.0-or-later
#include "kernels/survey.h"

#include <math.h>
#include <string.h>

#include "kernels/clones.h"
#include "kernels/memory.h"
#include "kernels/parallel.h"

enum { SLABS = 16, LANES = 8 }; // groups of rows whose column sums are formed apart

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
    leie_size *bad;   // [SLABS, 2] first cell that is not finite
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
static leie_size first_bad(const survey *s, leie_size i)
{
    const leie_index *col;
    const double *val;
    leie_size count = leie_matrix_row(s->Z, i, &col, &val);
    for (leie_size t = 0; t < count; t++)
        if (!isfinite(val[t] * s->scale[col ? col[t] : t]))
            return col ? col[t] : t;
    return -1;
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
    double a = leie_matrix_get(s->Z, i, i) * s->scale[i], change = fabs(1 - a) - fabs(a);
    s->row_sum[i] = sum + change;
    col_sum[i] += change;
    if (!isfinite(sum) && s->bad[2 * slab] < 0 && first_bad(s, i) >= 0) {
        s->bad[2 * slab] = i;
        s->bad[2 * slab + 1] = first_bad(s, i);
    }
}

static leie_status survey_rows(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    const survey *s = ctx;
    leie_size slab = first / s->grain, r = 0;
    (void)worker;
    (void)err;
    s->bad[2 * slab] = -1;
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
            to->nonzeros += s->count[slab * blocks + b];
        }
        if (to->bad_row < 0 && s->bad[2 * slab] >= 0) {
            to->bad_row = s->bad[2 * slab];
            to->bad_col = s->bad[2 * slab + 1];
        }
        for (leie_size j = 0; slab > 0 && j < n; j++)
            s->col_sum[j] += s->col_sum[slab * n + j];
    }
    for (leie_size i = 0; i < n; i++) {
        to->norm[0] = fmax(to->norm[0], s->col_sum[i]);
        to->norm[1] = fmax(to->norm[1], s->row_sum[i]);
    }
}

static leie_status take_room(leie_survey *to, leie_size parts, const leie_size *first, leie_error *err)
{
    to->parts = parts;
    to->first = leie_new(parts + 1, sizeof *to->first);
    to->count = leie_new(parts * parts, sizeof *to->count);
    to->weight = leie_new(parts * parts, sizeof *to->weight);
    if (!to->first || !to->count || !to->weight)
        return leie_fail_memory(err, "a survey of blocks", parts * parts, sizeof *to->weight);
    memcpy(to->first, first, (size_t)(parts + 1) * sizeof *first);
    return LEIE_OK;
}

leie_status leie_survey_new(leie_survey *to, const leie_matrix *Z, const double *scale, leie_size parts,
                            const leie_size *first, leie_error *err)
{
    leie_size n = Z->rows, blocks = parts * parts;
    *to = (leie_survey){.bad_row = -1, .bad_col = -1};
    survey s = {.to = to, .Z = Z, .scale = scale, .grain = (n + SLABS - 1) / SLABS};
    leie_status st = take_room(to, parts, first, err);
    if (st || n == 0)
        goto done;
    s.row_sum = leie_new(n, sizeof *s.row_sum);
    s.col_sum = leie_new(SLABS, (size_t)n * sizeof *s.col_sum);
    s.weight = leie_new(SLABS, (size_t)blocks * sizeof *s.weight);
    s.count = leie_new(SLABS, (size_t)blocks * sizeof *s.count);
    s.bad = leie_new(SLABS, 2 * sizeof *s.bad);
    if (!s.row_sum || !s.col_sum || !s.weight || !s.count || !s.bad) {
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
    leie_free(s.bad);
    if (st)
        leie_survey_free(to);
    return st;
}

leie_status leie_survey_copy(leie_survey *to, const leie_survey *from, leie_error *err)
{
    size_t blocks = (size_t)(from->parts * from->parts);
    *to = (leie_survey){.nonzeros = from->nonzeros, .norm = {from->norm[0], from->norm[1]}, .bad_row = from->bad_row, .bad_col = from->bad_col};
    leie_status st = take_room(to, from->parts, from->first, err);
    if (st) {
        leie_survey_free(to);
        return st;
    }
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
