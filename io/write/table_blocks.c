// SPDX-License-Identifier: GPL-3.0-or-later
/* Z of a table file as the iteration over blocks reads it, and as f32. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "io/write/table_writer.h"
#include "kernels/memory.h"
#include "solver/linear/parts.h"

// ---- blocks ----

/* Z as blocks of A, for the transposed direction, which multipliers need. */
static leie_status make_blocks(leie_table_writer *w, leie_error *err)
{
    const leie_table *t = w->t;
    leie_size n = t->sector.n, parts, bad, *first = NULL;
    leie_blocked *b = NULL;
    double *scale = leie_new(n, sizeof *scale);
    leie_status st = scale ? LEIE_OK : leie_fail_memory(err, "the scale of a table", n, sizeof *scale);
    st = st ? st : leie_parts_find(&first, &parts, &t->sector, err);
    for (leie_size j = 0; !st && j < n; j++)
        scale[j] = t->x[j] > 0 ? 1 / t->x[j] : 0;
    st = st ? st : leie_blocked_new(&b, &t->Z, scale, parts, first, true, &bad, err);
    if (!st && bad >= 0)
        st = leie_fail(err, LEIE_ERR_DATA, "sales of region '%s', sector '%s' are not finite: no blocks of them",
                       t->sector.region.code[t->sector.of[bad]], t->sector.code[bad]);
    if (!st)
        leie_matrix_from_blocked(&w->blocks, &b);
    leie_free(scale);
    leie_free(first);
    return st;
}

/* Integers that the dataset keeps. */
static leie_status put_integers(leie_table_writer *w, const char *name, const char *dim, const char *long_name,
                                const leie_size *value, leie_error *err)
{
    leie_var *v = NULL;
    leie_status st = leie_dataset_var(&v, &w->ds, name, LEIE_VAR_INT, dim, "1", long_name, err);
    if (!st)
        memcpy(v->integer, value, (size_t)v->count * sizeof *value);
    return st;
}

static leie_status put_survey(leie_table_writer *w, const leie_survey *s, leie_error *err)
{
    leie_var *weight = NULL;
    leie_status st = put_integers(w, "A_count", "block", "cells of Z by (part of sellers, part of buyers)", s->count, err);
    st = st ? st : leie_dataset_var(&weight, &w->ds, "A_weight", LEIE_VAR_DOUBLE, "block", "1", "sum of sizes of these cells", err);
    if (!st)
        memcpy(weight->number, s->weight, (size_t)weight->count * sizeof *weight->number);
    st = st ? st : leie_dataset_number(&w->ds, weight, "norm_columns", s->norm[0], err);
    return st ? st : leie_dataset_number(&w->ds, weight, "norm_rows", s->norm[1], err);
}

static leie_status put_raw(leie_table_writer *w, const char *name, const char *dim, const char *long_name, leie_raw kind,
                           void *raw, leie_error *err)
{
    leie_var *v = NULL;
    return leie_dataset_lend_raw(&v, &w->ds, name, dim, "1", long_name, kind, raw, w->compress, err);
}

leie_status leie_table_put_blocks(leie_table_writer *w, leie_error *err)
{
    leie_status st = w->t->Z.form == LEIE_BLOCKED ? leie_matrix_copy(&w->blocks, &w->t->Z, LEIE_BLOCKED, err)
                                                  : make_blocks(w, err);
    if (st)
        return st;
    leie_blocked_pack(w->blocks.blocked);
    const leie_blocked *b = w->blocks.blocked;
    const leie_blockstore *s = &b->store;
    leie_size blocks = s->parts * s->parts;
    st = leie_table_dim(w, "part_end", s->parts + 1, err);
    st = st ? st : leie_table_dim(w, "block", blocks, err);
    st = st ? st : leie_table_dim(w, "block_end", blocks + 1, err);
    st = st ? st : leie_table_dim(w, "part_sector", b->n * s->parts, err);
    st = st ? st : leie_table_dim(w, "entry", s->start[blocks], err);
    st = st ? st : leie_table_dim(w, "position", s->place[blocks], err);
    st = st ? st : put_integers(w, "A_part", "part_end", "sector with which a part begins: a region, or small ones together", s->first, err);
    st = st ? st : put_integers(w, "A_start", "block_end", "entry with which a block (buyers, sellers) begins", s->start, err);
    st = st ? st : put_integers(w, "A_place", "block_end", "position with which it begins", s->place, err);
    st = st ? st : put_survey(w, &b->survey, err);
    st = st ? st : leie_table_put_array(w, "A_scale", "sector", "1", "A is Z times this, column by column: 1 / x, 0 without output", b->scale, NULL, err);
    st = st ? st : put_raw(w, "A_cells", "part_sector", "cells of each buyer, block by block", LEIE_RAW_SHORT, s->count, err);
    st = st ? st : put_raw(w, "A_position", "position", "position of the seller in its part, from 0", LEIE_RAW_BYTE, s->index, err);
    st = st ? st : put_raw(w, "A_high", "entry", "technical coefficients rounded to 24 bits", LEIE_RAW_FLOAT, s->high, err);
    st = st ? st : put_raw(w, "A_low", "entry", "what these leave", LEIE_RAW_FLOAT, s->low, err);
    return st || b->apart.nnz == 0 ? st : leie_table_put_rows(w, &b->apart, err);
}

// ---- single ----

leie_status leie_table_put_single(leie_table_writer *w, leie_error *err)
{
    const leie_matrix *Z = &w->t->Z;
    leie_size n = Z->rows, changed = 0;
    double worst = 0;
    char text[160];
    leie_var *v = NULL;
    w->single = leie_new_pages(n * n, sizeof *w->single);
    if (!w->single)
        return leie_fail_memory(err, "Z in single precision", n * n, sizeof *w->single);
    for (leie_size i = 0; i < n; i++) {
        const leie_index *col;
        const double *val;
        leie_size count = leie_matrix_row(Z, i, &col, &val);
        memset(w->single + i * n, 0, (size_t)n * sizeof *w->single);
        for (leie_size t = 0; t < count; t++) {
            float z = (float)val[t];
            w->single[i * n + (col ? col[t] : t)] = z;
            changed += (double)z != val[t];
            if ((double)z != val[t])
                worst = fmax(worst, fabs((double)z - val[t]) / fabs(val[t]));
        }
    }
    leie_status st = leie_table_dim(w, "buyer", n, err);
    st = st ? st : leie_dataset_lend_raw(&v, &w->ds, "Z_single", "sector buyer", w->money,
                                         "sales of each sector to each sector in single precision; buyer j is sector j", LEIE_RAW_FLOAT,
                                         w->single, w->compress, err);
    snprintf(text, sizeof text, "%lld cells of Z were rounded to single precision, at most by a share of %.1e", (long long)changed, worst);
    return st || changed == 0 ? st : leie_dataset_text(&w->ds, v, "rounded", text, err);
}
