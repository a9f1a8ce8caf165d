// SPDX-License-Identifier: GPL-3.0-or-later
#include "kernels/blocked_impl.h"

#include <assert.h>
#include <float.h>
#include <math.h>
#include <string.h>

#include "kernels/clones.h"
#include "kernels/memory.h"
#include "kernels/parallel.h"

enum { WORKERS_LEAST = 16 }; // threads that may ask for rows, at least

// ---- making ----

/* Blocks begin where the ones before end, hold the cells they count, and positions lie inside their part. */
static bool fits(const leie_blockstore *s, leie_size p)
{
    for (leie_size q = 0; q < s->parts; q++) {
        leie_block k = leie_block_at(s, p, q);
        leie_size cells = leie_block_cells(&k), room = s->start[p * s->parts + q + 1] - s->start[p * s->parts + q];
        if (cells > room || s->place[p * s->parts + q + 1] - s->place[p * s->parts + q] != room * (k.byte ? 1 : 2))
            return false;
        leie_size most = 0;
        for (leie_size t = 0; t < cells && k.byte; t++)
            most = k.index[t] > most ? k.index[t] : most;
        for (leie_size t = 0; t < cells && !k.byte; t++)
            most = leie_block_position(&k, t) > most ? leie_block_position(&k, t) : most;
        if (cells > 0 && most >= k.inputs)
            return false;
    }
    return true;
}

typedef struct checking {
    const leie_blockstore *s;
    bool *good; // [parts]
} checking;

static leie_status check_parts(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    const checking *c = ctx;
    (void)worker;
    (void)err;
    for (leie_size p = first; p < last; p++)
        c->good[p] = fits(c->s, p);
    return LEIE_OK;
}

static leie_status check_store(const leie_blockstore *s, leie_error *err)
{
    checking c = {.s = s, .good = leie_new(s->parts, sizeof *c.good)};
    bool good = true;
    if (!c.good)
        return leie_fail_memory(err, "the blocks of A", s->parts, sizeof *c.good);
    for (leie_size b = 0; b < s->parts * s->parts; b++) // before anything is read through them
        good = good && s->start[b] <= s->start[b + 1] && s->place[b] <= s->place[b + 1];
    if (good)
        leie_parallel_for(s->parts, 1, check_parts, &c, NULL);
    for (leie_size p = 0; p < s->parts; p++)
        good = good && c.good[p];
    leie_free(c.good);
    return good ? LEIE_OK : leie_fail(err, LEIE_ERR_DATA, "the blocks of A do not fit together: positions or counts are wrong");
}

/* Work for rows: the largest part of rows, for every thread; pages that no thread writes are never there. */
static leie_status take_turned(leie_blocked *b, leie_error *err)
{
    leie_size widest = 0;
    for (leie_size p = 0; p < b->store.parts; p++) {
        leie_size cells = 0;
        for (leie_size q = 0; q < b->store.parts; q++)
            cells += b->survey.count[p * b->store.parts + q];
        b->most = cells > b->most ? cells : b->most;
        widest = leie_blocked_size(b, p) > widest ? leie_blocked_size(b, p) : widest;
    }
    b->most += b->apart.nnz;
    b->workers = leie_threads() > WORKERS_LEAST ? leie_threads() : WORKERS_LEAST;
    b->turned = leie_new(b->workers, sizeof *b->turned);
    b->turned_start = leie_new(b->workers * (widest + 2), sizeof *b->turned_start);
    b->turned_col = leie_new_pages(b->workers * b->most, sizeof *b->turned_col);
    b->turned_val = leie_new_pages(b->workers * b->most, sizeof *b->turned_val);
    if (!b->turned || !b->turned_start || !b->turned_col || !b->turned_val)
        return leie_fail_memory(err, "rows of a table in blocks", b->workers * b->most,
                                sizeof *b->turned_col + sizeof *b->turned_val);
    for (leie_size w = 0; w < b->workers; w++)
        b->turned[w] = (leie_turned){.part = -1,
                                     .start = b->turned_start + w * (widest + 2),
                                     .col = b->turned_col + w * b->most,
                                     .val = b->turned_val + w * b->most};
    return LEIE_OK;
}

leie_status leie_blocked_take(leie_blocked **to, leie_blocked *from, leie_error *err)
{
    leie_blocked *b = leie_new(1, sizeof *b);
    leie_status st = LEIE_OK;
    *to = NULL;
    if (!b) {
        leie_blocked held = *from;
        held.holders = 0;
        *from = (leie_blocked){0};
        st = leie_fail_memory(err, "a table in blocks", 1, sizeof *b);
        leie_blocked_clear(&held);
        return st;
    }
    *b = *from;
    *from = (leie_blocked){0};
    b->holders = 1;
    st = b->loose ? LEIE_OK : check_store(&b->store, err); // loose ones come from no file
    st = st ? st : take_turned(b, err);
    if (st)
        leie_blocked_free(b);
    else
        *to = b;
    return st;
}

/* The cells of Z that the store does not have: in columns without a scale, or too small in A for f32. */
static leie_status take_apart(leie_blocked *b, const leie_matrix *Z, leie_error *err)
{
    leie_size n = b->n, cells = 0;
    leie_status st = LEIE_OK;
    for (int pass = 0; !st && pass < 2; pass++) {
        if (pass)
            st = leie_csr_new(&b->apart, n, n, cells, err);
        leie_size next = 0;
        for (leie_size i = 0; !st && i < n; i++) {
            const leie_index *col;
            const double *val;
            leie_size count = leie_matrix_row(Z, i, &col, &val);
            for (leie_size t = 0; t < count; t++) {
                leie_size j = col ? col[t] : t;
                if (val[t] == 0 || (float)(val[t] * b->scale[j]) != 0)
                    continue;
                if (pass) {
                    b->apart.col[next] = (leie_index)j;
                    b->apart.val[next] = val[t];
                }
                next++;
            }
            if (pass)
                b->apart.row[i + 1] = next;
        }
        cells = next;
    }
    return st;
}

leie_status leie_blocked_new(leie_blocked **to, const leie_matrix *Z, const double *scale, leie_size parts,
                             const leie_size *first, bool transposed, leie_size *bad, leie_error *err)
{
    leie_blocked b = {.n = Z->rows, .scale = leie_new(Z->rows, sizeof *b.scale)};
    *to = NULL;
    *bad = -1;
    leie_status st = b.scale ? LEIE_OK : leie_fail_memory(err, "the scale of a table", Z->rows, sizeof *b.scale);
    if (!st) {
        memcpy(b.scale, scale, (size_t)Z->rows * sizeof *scale);
        st = leie_survey_new(&b.survey, Z, scale, parts, first, err);
    }
    *bad = st ? -1 : b.survey.bad_row;
    st = st || *bad >= 0 ? st : leie_blockstore_new(&b.store, &b.survey, Z, scale, transposed, true, LEIE_FULL_FROM, err);
    st = st || *bad >= 0 ? st : take_apart(&b, Z, err);
    if (!st && *bad < 0)
        return leie_blocked_take(to, &b, err);
    leie_blocked_clear(&b);
    return st;
}

void leie_blocked_clear(leie_blocked *b)
{
    if (b->keeper.release) {
        b->keeper.release(b->keeper.ctx);
        b->store.high = b->store.low = NULL;
        b->store.index = NULL;
        b->store.count = NULL;
    }
    leie_blockstore_free(&b->store);
    leie_survey_free(&b->survey);
    leie_csr_free(&b->apart);
    leie_free(b->scale);
    leie_free(b->row_sum);
    leie_free(b->turned);
    leie_free(b->turned_start);
    leie_free(b->turned_col);
    leie_free(b->turned_val);
    *b = (leie_blocked){0};
}

void leie_blocked_free(leie_blocked *b)
{
    if (!b || --b->holders > 0)
        return;
    leie_blocked_clear(b);
    leie_free(b);
}

// ---- rows ----

/* The cells of the rows of part p, counted (fill false) into start[i + 1], or put at start[i], which moves on. */
static void gather(const leie_blocked *b, leie_size p, leie_turned *t, bool fill)
{
    const leie_blockstore *s = &b->store;
    for (leie_size q = 0; q < s->parts; q++) {
        leie_block k = s->transposed ? leie_block_at(s, q, p) : leie_block_at(s, p, q);
        leie_size at = 0;
        for (leie_size o = 0; o < k.outputs; o++)
            for (leie_size c = 0; c < k.count[o]; c++, at++) {
                leie_size in = leie_block_position(&k, at), i = s->transposed ? in : o, j = s->first[q] + (s->transposed ? o : in);
                double a = leie_block_cell(&k, at);
                if (a == 0) // is apart
                    continue;
                if (!fill) {
                    t->start[i + 2]++;
                    continue;
                }
                leie_size to = t->start[i + 1]++;
                t->col[to] = (leie_index)j;
                t->val[to] = a * leie_blocked_undo(b, j);
            }
    }
}

/* Cells apart of row i, in their places among the others: the row grows by them. */
static void merge_apart(const leie_blocked *b, leie_turned *t, leie_size p)
{
    leie_size n = leie_blocked_size(b, p), first = b->store.first[p], more = b->apart.row[first + n] - b->apart.row[first];
    for (leie_size i = n - 1; more > 0 && i >= 0; i--) { // the last row first, so that nothing is overwritten
        leie_size from = t->start[i + 1], begin = t->start[i], own = b->apart.row[first + i + 1], to = from + more;
        leie_size least = b->apart.row[first + i];
        t->start[i + 1] = to;
        while (from > begin || own > least) {
            bool mine = own > least && (from == begin || b->apart.col[own - 1] > t->col[from - 1]);
            to--;
            t->col[to] = mine ? b->apart.col[--own] : t->col[--from];
            t->val[to] = mine ? b->apart.val[own] : t->val[from];
        }
        more -= b->apart.row[first + i + 1] - least;
    }
}

static void turn_part(const leie_blocked *b, leie_turned *t, leie_size p)
{
    leie_size n = leie_blocked_size(b, p);
    memset(t->start, 0, (size_t)(n + 2) * sizeof *t->start);
    gather(b, p, t, false);
    for (leie_size i = 0; i < n; i++)
        t->start[i + 2] += t->start[i + 1];
    gather(b, p, t, true); // start[i + 1] is now where row i ends
    if (b->apart.nnz > 0)
        merge_apart(b, t, p);
    leie_blocked_rest(b, !b->store.transposed, p);
    t->part = p;
}

leie_size leie_blocked_row(const leie_blocked *b, leie_size i, const leie_index **col, const double **val)
{
    int worker = leie_worker();
    assert(worker < b->workers);
    leie_turned *t = &b->turned[worker];
    leie_size p = t->part >= 0 && i >= b->store.first[t->part] && i < b->store.first[t->part + 1] ? t->part : leie_blocked_part(b, i);
    if (p != t->part)
        turn_part(b, t, p);
    leie_size at = i - b->store.first[p];
    *col = t->col + t->start[at];
    *val = t->val + t->start[at];
    return t->start[at + 1] - t->start[at];
}

/* Whether all high parts are at least zero and finite, and low parts no larger: told from the bits, of which a sign or the
 * exponent of infinity makes the largest numbers. */
LEIE_CLONES
static bool all_clean(const float *high, const float *low, leie_size n)
{
    const uint32_t infinity = 0x7f800000;
    uint32_t odd = 0;
    for (leie_size t = 0; t < n; t++) {
        uint32_t h, l;
        memcpy(&h, high + t, sizeof h);
        memcpy(&l, low + t, sizeof l);
        l &= INT32_MAX;
        odd |= (uint32_t)(h >= infinity) | (uint32_t)(l > h);
    }
    return !odd;
}

bool leie_blocked_clean(leie_size *end, const leie_blocked *b, leie_size i, const double *x)
{
    const leie_blockstore *s = &b->store;
    leie_size p = leie_blocked_part(b, i);
    bool clean = b->apart.nnz == 0 || b->apart.row[s->first[p]] == b->apart.row[s->first[p + 1]];
    for (leie_size j = 0; clean && j < b->n; j++)
        clean = b->scale[j] == 0 || (x[j] != 0 && b->scale[j] > 0 && isfinite(2 * (double)FLT_MAX / b->scale[j]));
    for (leie_size q = 0; clean && q < s->parts; q++) {
        leie_block k = s->transposed ? leie_block_at(s, q, p) : leie_block_at(s, p, q);
        clean = all_clean(k.high, k.low ? k.low : k.high, leie_block_cells(&k));
    }
    leie_blocked_rest(b, !s->transposed, p);
    *end = s->first[p + 1];
    return clean;
}

double leie_blocked_get(const leie_blocked *b, leie_size i, leie_size j)
{
    const leie_blockstore *s = &b->store;
    for (leie_size t = b->apart.nnz > 0 ? b->apart.row[i] : 0; b->apart.nnz > 0 && t < b->apart.row[i + 1]; t++)
        if (b->apart.col[t] == j)
            return b->apart.val[t];
    leie_size out = s->transposed ? j : i, in = s->transposed ? i : j, p = leie_blocked_part(b, out), q = leie_blocked_part(b, in);
    leie_block k = leie_block_at(s, p, q);
    leie_size at = 0;
    for (leie_size o = 0; o < out - s->first[p]; o++)
        at += k.count[o];
    for (leie_size t = at; t < at + k.count[out - s->first[p]]; t++)
        if (leie_block_position(&k, t) == in - s->first[q])
            return leie_block_cell(&k, t) * leie_blocked_undo(b, j);
    return 0;
}

leie_size leie_blocked_bytes(const leie_blocked *b)
{
    const leie_blockstore *s = &b->store;
    leie_size values = s->low ? 2 : 1, bytes = b->n * s->parts * (leie_size)sizeof(uint16_t);
    for (leie_size p = 0; p < s->parts; p++)
        for (leie_size q = 0; q < s->parts; q++) {
            leie_block k = leie_block_at(s, p, q);
            bytes += leie_block_cells(&k) * (values * (leie_size)sizeof(float) + (k.byte ? 1 : 2));
        }
    return bytes;
}

leie_size leie_blocked_nonzeros(const leie_blocked *b)
{
    return b->survey.nonzeros;
}

// ---- products ----

void leie_blocked_factors(double *factor, const leie_blocked *b, const double *scale)
{
    for (leie_size j = 0; j < b->n; j++) {
        double s = scale ? scale[j] : 1;
        factor[j] = s == b->scale[j] ? 1 : s * leie_blocked_undo(b, j);
    }
}

void leie_blocked_product(double *y, const leie_blocked *b, bool transposed, leie_size p, leie_size width, const double *x)
{
    for (leie_size q = 0; q < b->store.parts; q++)
        leie_blockstore_product(y, &b->store, transposed, p, q, width, x + b->store.first[q] * width);
    leie_blocked_rest(b, transposed == b->store.transposed, p);
}

// ---- memory ----

static void rest_of(const leie_blocked *b, leie_size out, leie_size in, leie_size blocks)
{
    const leie_blockstore *s = &b->store;
    leie_size at = out * s->parts + in, entries = s->start[at + blocks] - s->start[at];
    b->keeper.rest(b->keeper.ctx, s->high + s->start[at], (size_t)entries * sizeof *s->high);
    if (s->low)
        b->keeper.rest(b->keeper.ctx, s->low + s->start[at], (size_t)entries * sizeof *s->low);
    b->keeper.rest(b->keeper.ctx, s->index + s->place[at], (size_t)(s->place[at + blocks] - s->place[at]));
}

void leie_blocked_rest(const leie_blocked *b, bool along, leie_size p)
{
    if (!b->streamed || !b->keeper.rest)
        return;
    if (along)
        rest_of(b, p, 0, b->store.parts);
    for (leie_size out = 0; !along && out < b->store.parts; out++)
        rest_of(b, out, p, 1);
}
