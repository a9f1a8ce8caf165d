// SPDX-License-Identifier: GPL-3.0-or-later
/* Z of a table file by blocks, or in single precision (io/write/write_netcdf_table.h). */
#include "io/read/table_parts.h"

#include <string.h>

#include "kernels/blocked.h"
#include "kernels/memory.h"
#include "kernels/parallel.h"

// ---- blocks ----

/* A copy of integers. */
static leie_status integers(leie_size **to, const leie_dataset *ds, const char *name, const char *shape, leie_size count,
                            leie_error *err)
{
    leie_var *v;
    leie_status st = leie_table_var(&v, ds, name, LEIE_VAR_INT, shape, err);
    if (!st && v->count != count)
        st = leie_fail(err, LEIE_ERR_DATA, "'%s' has %lld values, expected %lld", name, (long long)v->count, (long long)count);
    if (st)
        return st;
    *to = leie_new(count, sizeof **to);
    if (!*to)
        return leie_fail_memory(err, name, count, sizeof **to);
    for (leie_size i = 0; i < count; i++)
        (*to)[i] = v->integer ? v->integer[i] : v->narrow[i];
    return LEIE_OK;
}

/* Parts ascend from 0 to the last sector. */
static leie_status check_parts(const leie_size *first, leie_size parts, leie_size n, leie_error *err)
{
    bool good = first[0] == 0 && first[parts] == n;
    for (leie_size p = 0; p < parts; p++)
        good = good && first[p] <= first[p + 1] && first[p + 1] - first[p] <= LEIE_PART_MAX;
    return good ? LEIE_OK : leie_fail(err, LEIE_ERR_DATA, "'A_part' does not divide %lld sectors", (long long)n);
}

/* Blocks begin at the beginning, ascend, and end with the arrays. */
static leie_status check_ends(const leie_size *start, leie_size blocks, leie_size end, const char *name, leie_error *err)
{
    bool good = start[0] == 0 && start[blocks] == end;
    for (leie_size b = 0; b < blocks; b++)
        good = good && start[b] <= start[b + 1];
    return good ? LEIE_OK : leie_fail(err, LEIE_ERR_DATA, "'%s' does not divide %lld values into blocks", name, (long long)end);
}

static leie_status read_survey(leie_survey *s, const leie_dataset *ds, leie_size parts, const leie_size *first, leie_error *err)
{
    leie_var *weight;
    const leie_attribute *norm[2];
    s->bad_row = s->bad_col = -1;
    s->parts = parts;
    s->first = leie_new(parts + 1, sizeof *s->first);
    s->weight = leie_new(parts * parts, sizeof *s->weight);
    leie_status st = s->first && s->weight ? LEIE_OK : leie_fail_memory(err, "a survey of blocks", parts * parts, sizeof *s->weight);
    st = st ? st : integers(&s->count, ds, "A_count", "(block)", parts * parts, err);
    st = st ? st : leie_table_var(&weight, ds, "A_weight", LEIE_VAR_DOUBLE, "(block)", err);
    if (st)
        return st;
    memcpy(s->first, first, (size_t)(parts + 1) * sizeof *first);
    memcpy(s->weight, weight->number, (size_t)(parts * parts) * sizeof *s->weight);
    norm[0] = leie_dataset_get(ds, weight, "norm_columns");
    norm[1] = leie_dataset_get(ds, weight, "norm_rows");
    for (int i = 0; i < 2; i++) {
        if (!norm[i] || norm[i]->type != LEIE_VAR_DOUBLE || norm[i]->n != 1 || !(norm[i]->number[0] >= 0))
            return leie_fail(err, LEIE_ERR_DATA, "'A_weight' does not say the norms of I - A");
        s->norm[i] = norm[i]->number[0];
    }
    for (leie_size b = 0; b < parts * parts; b++) {
        if (s->count[b] < 0 || s->count[b] > first[parts] * first[parts])
            return leie_fail(err, LEIE_ERR_DATA, "'A_count' %lld is %lld cells", (long long)b, (long long)s->count[b]);
        s->nonzeros += s->count[b];
    }
    return LEIE_OK;
}

/* An array of the store: its variable has count numbers of a kind. */
static leie_status array(leie_var **v, const leie_dataset *ds, const char *name, const char *shape, leie_raw kind,
                         leie_size count, leie_error *err)
{
    leie_status st = leie_table_var(v, ds, name, kind == LEIE_RAW_FLOAT ? LEIE_VAR_DOUBLE : LEIE_VAR_INT, shape, err);
    if (!st && ((*v)->kind != kind || (*v)->count != count))
        st = leie_fail(err, LEIE_ERR_DATA, "'%s' has %lld numbers of %zu bytes, expected %lld of %zu", name,
                       (long long)(*v)->count, leie_raw_size((*v)->kind), (long long)count, leie_raw_size(kind));
    return st;
}

static void rest(void *ctx, const void *from, size_t bytes)
{
    (void)ctx;
    leie_mapped_rest(from, bytes);
}

static void release(void *ctx)
{
    leie_mapped_close(ctx);
    leie_free(ctx);
}

/* The arrays of the store: all of them stay in the file when all are lent, else all are taken. */
static leie_status read_arrays(leie_blocked *b, const leie_dataset *ds, leie_mapped *mapped, leie_error *err)
{
    leie_blockstore *s = &b->store;
    leie_size blocks = s->parts * s->parts;
    leie_var *v[4];
    leie_status st = array(&v[0], ds, "A_high", "(entry)", LEIE_RAW_FLOAT, s->start[blocks], err);
    st = st ? st : array(&v[1], ds, "A_low", "(entry)", LEIE_RAW_FLOAT, s->start[blocks], err);
    st = st ? st : array(&v[2], ds, "A_position", "(position)", LEIE_RAW_BYTE, s->place[blocks], err);
    st = st ? st : array(&v[3], ds, "A_cells", "(part_sector)", LEIE_RAW_SHORT, b->n * s->parts, err);
    if (st)
        return st;
    if (v[0]->lent && v[1]->lent && v[2]->lent && v[3]->lent) {
        leie_mapped *kept = leie_new(1, sizeof *kept);
        if (!kept)
            return leie_fail_memory(err, "a file", 1, sizeof *kept);
        *kept = *mapped;
        *mapped = (leie_mapped){0};
        b->keeper = (leie_keeper){.ctx = kept, .rest = rest, .release = release};
        s->high = v[0]->raw;
        s->low = v[1]->raw;
        s->index = v[2]->raw;
        s->count = v[3]->raw;
        return LEIE_OK;
    }
    void *taken[4] = {NULL};
    for (int a = 0; !st && a < 4; a++)
        st = leie_table_take(&taken[a], v[a], &v[a]->raw, leie_raw_size(v[a]->kind), err);
    s->high = taken[0];
    s->low = taken[1];
    s->index = taken[2];
    s->count = taken[3];
    return st;
}

static leie_status read_blocks(leie_blocked *b, const leie_dataset *ds, leie_mapped *mapped, leie_error *err)
{
    leie_blockstore *s = &b->store;
    leie_size at = leie_dataset_find_dim(ds, "part_end"), entry = leie_dataset_find_dim(ds, "entry");
    leie_size position = leie_dataset_find_dim(ds, "position");
    leie_var *scale;
    if (at < 0 || entry < 0 || position < 0 || ds->dim[at].n > b->n + 1)
        return leie_fail(err, LEIE_ERR_DATA, "the dimensions of the blocks of A are missing");
    s->transposed = true;
    s->parts = ds->dim[at].n - 1;
    leie_size blocks = s->parts * s->parts;
    leie_status st = integers(&s->first, ds, "A_part", "(part_end)", s->parts + 1, err);
    st = st ? st : check_parts(s->first, s->parts, b->n, err);
    st = st ? st : integers(&s->start, ds, "A_start", "(block_end)", blocks + 1, err);
    st = st ? st : check_ends(s->start, blocks, ds->dim[entry].n, "A_start", err);
    st = st ? st : integers(&s->place, ds, "A_place", "(block_end)", blocks + 1, err);
    st = st ? st : check_ends(s->place, blocks, ds->dim[position].n, "A_place", err);
    st = st ? st : read_survey(&b->survey, ds, s->parts, s->first, err);
    st = st ? st : leie_table_var(&scale, ds, "A_scale", LEIE_VAR_DOUBLE, "(sector)", err);
    st = st ? st : leie_table_take((void **)&b->scale, scale, (void **)&scale->number, sizeof *b->scale, err);
    if (!st && leie_dataset_find(ds, "Z_start"))
        st = leie_table_rows(&b->apart, ds, b->n, err);
    return st ? st : read_arrays(b, ds, mapped, err);
}

leie_status leie_table_blocks(leie_matrix *Z, const leie_dataset *ds, const leie_axis *axis, leie_mapped *mapped,
                              leie_error *err)
{
    leie_blocked b = {.n = axis->n}, *taken = NULL;
    leie_status st = read_blocks(&b, ds, mapped, err);
    if (st)
        leie_blocked_clear(&b);
    else
        st = leie_blocked_take(&taken, &b, err);
    if (!st)
        leie_matrix_from_blocked(Z, &taken);
    return st;
}

// ---- single ----

typedef struct widening {
    leie_matrix *Z;
    const float *from;
} widening;

static leie_status widen_rows(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    const widening *w = ctx;
    (void)worker;
    (void)err;
    for (leie_size i = first; i < last; i++)
        for (leie_size j = 0; j < w->Z->cols; j++)
            w->Z->val[i * w->Z->ld + j] = (double)w->from[i * w->Z->cols + j];
    return LEIE_OK;
}

leie_status leie_table_single(leie_table *t, const leie_dataset *ds, leie_error *err)
{
    enum { ROWS = 16 };
    leie_size n = t->sector.n;
    leie_var *v;
    leie_status st = array(&v, ds, "Z_single", "(sector, buyer)", LEIE_RAW_FLOAT, n * n, err);
    st = st ? st : leie_matrix_new_dense(&t->Z, n, n, err);
    if (st)
        return st;
    widening w = {.Z = &t->Z, .from = v->raw};
    leie_parallel_for(n, ROWS, widen_rows, &w, NULL);
    const char *rounded = leie_dataset_get_text(ds, v, "rounded");
    return rounded ? leie_provenance_note(&t->provenance, LEIE_NOTE_FOUND, 1, err, "%s", rounded) : LEIE_OK;
}
