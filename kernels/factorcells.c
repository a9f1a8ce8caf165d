// SPDX-License-Identifier: GPL-3.0-or-later
#include "kernels/factorcells.h"

#include <math.h>
#include <string.h>

#include "kernels/memory.h"
#include "kernels/parallel.h"
#include "kernels/skinny.h"
#include "kernels/squeeze.h"

enum { NUMBER_GRAIN = 32 }; // products whose trade is summed at a time
static const double SPARSE_TO = 2.0 / 3; // density up to which 12 bytes a cell that is used are less than 8 a cell

/* Parts being read. */
typedef struct reading {
    leie_factorcells *c;
    const double *scale;
    double *val;     // [workers, room] cells of a matrix on their way
    leie_index *col;
    leie_size *row;  // [workers, rows of one + 1] where its rows begin
    leie_size room, rows;
    double *col_sum; // [n] sizes of A
    double *row_sum; // [n] of industries; of products once trade has passed
    double *asked;   // [products] sizes of what industries ask for
    leie_size *cells; // [parts] cells of Z that are not zero
} reading;

/* ---- one matrix ---- */

/* The matrix z [rows, cols] as CSR or as it is. */
static leie_status condense(leie_matrix *to, const reading *j, double *z, leie_size rows, leie_size cols, int worker,
                            leie_error *err)
{
    double *val = j->val + worker * j->room;
    leie_index *col = j->col + worker * j->room;
    leie_size *row = j->row + worker * (j->rows + 1), count = 0;
    for (leie_size i = 0; i < rows; i++) {
        row[i] = count;
        for (leie_size first = 0; first < cols; first += LEIE_SQUEEZE_MAX) {
            leie_size n = cols - first < LEIE_SQUEEZE_MAX ? cols - first : LEIE_SQUEEZE_MAX;
            count += leie_squeeze(val + count, col + count, z + i * cols + first, n, (leie_index)first);
        }
    }
    row[rows] = count;
    if ((double)count > SPARSE_TO * (double)(rows * cols)) {
        *to = (leie_matrix){.form = LEIE_DENSE, .rows = rows, .cols = cols, .ld = cols, .val = z};
        return LEIE_OK;
    }
    *to = (leie_matrix){.form = LEIE_SPARSE, .rows = rows, .cols = cols};
    leie_status st = leie_csr_new(&to->csr, rows, cols, count, err);
    if (st)
        return st;
    memcpy(to->csr.row, row, (size_t)(rows + 1) * sizeof *row);
    memcpy(to->csr.col, col, (size_t)count * sizeof *col);
    memcpy(to->csr.val, val, (size_t)count * sizeof *val);
    return LEIE_OK;
}

/* ---- sizes of A ---- */

/* Sums of |A| over columns and rows that part r has by itself, and its cells of Z. taken, origins [P_r]: how much of each
 * product comes from all parts, and from how many. */
static void add_sizes(const reading *j, leie_size r, int worker)
{
    const leie_factorcells *c = j->c;
    const leie_factored *f = c->f;
    leie_size I = f->made[r], P = leie_factored_products(f, r), first = f->first[r];
    const double *g = j->scale + first, *q = g + I;
    double *col_g = j->col_sum + first, *col_q = col_g + I, *row_g = j->row_sum + first, *asked = j->asked + f->product[r];
    double *taken = j->val + worker * j->room, *origins = taken + P; // free again
    memset(taken, 0, 2 * (size_t)P * sizeof *taken);
    for (leie_size s = 0; s < f->parts; s++)
        for (leie_size p = 0; p < P; p++) {
            double share = leie_factored_share(f, r, s)[p];
            taken[p] += fabs(share);
            origins[p] += share != 0;
        }
    for (leie_size p = 0; p < P; p++) {
        const leie_index *at;
        const double *val;
        leie_size count = leie_matrix_row(&c->use[r], p, &at, &val), used = 0;
        for (leie_size t = 0; t < count; t++) {
            leie_size i = at ? at[t] : t;
            double a = fabs(val[t] * g[i]);
            col_g[i] += taken[p] * a;
            asked[p] += a;
            used += val[t] != 0;
        }
        j->cells[r] += used * (leie_size)origins[p];
    }
    for (leie_size i = 0; i < I; i++) {
        const leie_index *at;
        const double *val;
        leie_size count = leie_matrix_row(&c->supply[r], i, &at, &val);
        for (leie_size t = 0; t < count; t++) {
            leie_size p = at ? at[t] : t;
            double v = fabs(val[t] * q[p]);
            col_q[p] += v;
            row_g[i] += v;
            j->cells[r] += val[t] != 0;
        }
    }
}

static leie_status read_parts(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    const reading *j = ctx;
    const leie_factored *f = j->c->f;
    leie_status st = LEIE_OK;
    for (leie_size r = first; r < last && !st; r++) {
        leie_size I = f->made[r], P = leie_factored_products(f, r);
        st = condense(&j->c->use[r], j, leie_factored_use(f, r), P, I, worker, err);
        if (!st)
            st = condense(&j->c->supply[r], j, leie_factored_supply(f, r), I, P, worker, err);
        if (!st)
            add_sizes(j, r, worker);
    }
    return st;
}

/* Row sums of products: what parts take of them. */
static leie_status add_trade(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    const reading *j = ctx;
    const leie_factored *f = j->c->f;
    const leie_trade *t = &j->c->trade;
    (void)worker;
    (void)err;
    for (leie_size p = first; p < last; p++) {
        const double *share = t->share + t->place[p];
        leie_size m = t->first[p + 1] - t->first[p], member = 0;
        for (leie_size s = 0; s < f->parts; s++) {
            leie_index at = f->at[s * f->numbers + p];
            double sum = 0;
            if (at < 0)
                continue;
            for (leie_size r = 0; r < m; r++)
                sum += fabs(share[member * m + r]) * j->asked[t->row[t->first[p] + r]];
            j->row_sum[f->first[s] + f->made[s] + at] = sum;
            member++;
        }
    }
    return LEIE_OK;
}

/* The first cell of part r that is not finite. */
static void find_bad(const leie_factored *f, const double *scale, leie_size r, leie_size bad[2])
{
    leie_size I = f->made[r], P = leie_factored_products(f, r), first = f->first[r];
    for (leie_size p = 0; p < P; p++)
        for (leie_size j = 0; j < I; j++) {
            bool in_use = isfinite(leie_factored_use(f, r)[p * I + j] * scale[first + j]);
            if (in_use && isfinite(leie_factored_supply(f, r)[j * P + p] * scale[first + I + p]))
                continue;
            bad[0] = first + (in_use ? j : I + p);
            bad[1] = first + (in_use ? I + p : j);
            return;
        }
    for (leie_size s = 0; s < f->parts; s++)
        for (leie_size p = 0; p < P; p++)
            if (!isfinite(leie_factored_share(f, r, s)[p])) {
                bad[0] = bad[1] = first + I + p;
                return;
            }
}

static void find_norms(leie_factorcells *c, const reading *j)
{
    const leie_factored *f = c->f;
    bool finite = true;
    c->norm[0] = c->norm[1] = 0;
    c->bad[0] = c->bad[1] = -1;
    for (leie_size i = 0; i < f->n; i++) { // A has no diagonal
        finite = finite && isfinite(j->col_sum[i]) && isfinite(j->row_sum[i]);
        c->norm[0] = fmax(c->norm[0], 1 + j->col_sum[i]);
        c->norm[1] = fmax(c->norm[1], 1 + j->row_sum[i]);
    }
    for (leie_size r = 0; r < f->parts && !finite && c->bad[0] < 0; r++)
        find_bad(f, j->scale, r, c->bad);
}

/* ---- life ---- */

static leie_status take_room(reading *j, const leie_factored *f, leie_error *err)
{
    leie_size workers = leie_threads(), products = f->product[f->parts], most = 0;
    for (leie_size r = 0; r < f->parts; r++) {
        leie_size I = f->made[r], P = leie_factored_products(f, r), longer = I > P ? I : P;
        most = I * P + 2 * P > most ? I * P + 2 * P : most;
        j->rows = longer > j->rows ? longer : j->rows;
    }
    j->room = most + LEIE_SQUEEZE_ROOM;
    j->val = leie_new(workers * j->room, sizeof *j->val);
    j->col = leie_new(workers * j->room, sizeof *j->col);
    j->row = leie_new(workers, (size_t)(j->rows + 1) * sizeof *j->row);
    j->col_sum = leie_new(2 * f->n + products, sizeof *j->col_sum);
    j->cells = leie_new(f->parts, sizeof *j->cells);
    if (!j->val || !j->col || !j->row || !j->col_sum || !j->cells)
        return leie_fail_memory(err, "reading factors", workers * j->room, sizeof *j->val + sizeof *j->col);
    j->row_sum = j->col_sum + f->n;
    j->asked = j->row_sum + f->n;
    return LEIE_OK;
}

/* What is held, and how many cells. */
static void count_up(leie_factorcells *c, const reading *j)
{
    c->bytes = c->trade.place[c->trade.numbers] * (leie_size)(sizeof(double) + sizeof(float));
    for (leie_size r = 0; r < c->f->parts; r++) {
        const leie_matrix *both[] = {&c->use[r], &c->supply[r]};
        c->nonzeros += j->cells[r];
        for (int m = 0; m < 2; m++) {
            bool sparse = both[m]->form == LEIE_SPARSE;
            c->stored += sparse ? both[m]->csr.nnz : both[m]->rows * both[m]->cols;
            c->bytes += sparse ? both[m]->csr.nnz * (leie_size)(sizeof(double) + sizeof(leie_index)) : 0;
        }
    }
}

leie_size leie_factorcells_bytes(const leie_factored *f)
{
    leie_size cells = 2 * f->use_at[f->parts], shares = f->share_at[f->parts];
    return cells * (leie_size)sizeof(double) + shares * (leie_size)(sizeof(double) + sizeof(float));
}

leie_status leie_factorcells_new(leie_factorcells *c, const leie_factored *f, const double *scale, leie_error *err)
{
    reading j = {.c = c, .scale = scale};
    *c = (leie_factorcells){.f = f, .use = leie_new(f->parts, sizeof *c->use), .supply = leie_new(f->parts, sizeof *c->supply)};
    leie_status st = c->use && c->supply ? LEIE_OK : leie_fail_memory(err, "reading factors", f->parts, sizeof *c->use);
    if (!st)
        st = take_room(&j, f, err);
    if (!st)
        st = leie_trade_new(&c->trade, f, err);
    if (!st)
        st = leie_parallel_for(f->parts, 1, read_parts, &j, err);
    if (!st) {
        leie_parallel_for(f->numbers, NUMBER_GRAIN, add_trade, &j, NULL);
        find_norms(c, &j);
        count_up(c, &j);
    }
    leie_free(j.val);
    leie_free(j.col);
    leie_free(j.row);
    leie_free(j.col_sum);
    leie_free(j.cells);
    if (st)
        leie_factorcells_free(c);
    return st;
}

void leie_factorcells_free(leie_factorcells *c)
{
    for (leie_size r = 0; c->f && r < c->f->parts; r++) { // dense values belong to the factors
        if (c->use)
            leie_csr_free(&c->use[r].csr);
        if (c->supply)
            leie_csr_free(&c->supply[r].csr);
    }
    leie_free(c->use);
    leie_free(c->supply);
    leie_trade_free(&c->trade);
    *c = (leie_factorcells){0};
}

/* ---- products ---- */

/* y += M x or M' x */
static void multiply(double *y, const leie_matrix *m, bool transposed, leie_size width, const double *x)
{
    leie_window all = {0, m->rows, 0, m->cols};
    if (transposed)
        leie_skinny_transposed(y, m, all, width, x);
    else
        leie_skinny_plain(y, m, all, width, x);
}

void leie_factorcells_use(double *y, const leie_factorcells *c, leie_size r, bool transposed, leie_size width,
                          const double *x)
{
    multiply(y, &c->use[r], transposed, width, x);
}

void leie_factorcells_supply(double *y, const leie_factorcells *c, leie_size r, bool transposed, leie_size width,
                             const double *x)
{
    multiply(y, &c->supply[r], transposed, width, x);
}
