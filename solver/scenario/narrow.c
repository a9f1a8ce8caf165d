// SPDX-License-Identifier: GPL-3.0-or-later
/* Draws of few columns J of A. With x* = L (y* + dA_J x*_J) only the rows J of x* are unknown:
 *
 *   x*_J = L_J y* + L_J dA_J x*_J
 *
 * found by repetition from L_J y*, draws side by side: a step costs the cells of J and one product with L_J for each
 * draw, and dA is small where draws are worth averaging. A draw that does not settle gets the matrix
 * I - L_J dA_J of its own and its LU factors. L_J is one block solve; y~ = y* + dA_J x*_J then takes the place of y*.
 */
#include <math.h>
#include <string.h>

#include "kernels/blocklu.h"
#include "kernels/lanes.h"
#include "kernels/memory.h"
#include "kernels/parallel.h"
#include "solver/scenario/montecarlo_impl.h"

enum {
    STEPS = 40,      // from there on LU factors cost less
    STRIP = 128,     // rows of a strip: with the draws side by side they fit the first cache
    PATIENCE = 3     // steps before growth counts
};
static const double MARGIN = 0.05, FINEST = 4e-15; // of the tolerance; what f64 reaches
static const double GROWING = 0.9;                 // of the change before: it does not settle

typedef leie_montecarlo_work work;

// ---- opening ----

// Cells of the columns J: counted when J->row is NULL, else taken.
static void take_cells(leie_narrow *J, const work *w, const leie_index *place, leie_size *next)
{
    for (leie_size i = 0; i < w->n; i++) {
        const leie_index *col;
        const double *val;
        leie_size count = leie_matrix_row(&w->t->Z, i, &col, &val);
        for (leie_size t = 0; t < count; t++) {
            leie_size j = col ? col[t] : t, c = place[j];
            double a = val[t] * w->in.base.scale[j];
            if (c < 0 || (float)a == 0)
                continue;
            if (J->row) {
                J->row[next[c]] = (leie_index)i;
                J->a[next[c]] = a;
                next[c]++;
            } else
                J->start[c + 1]++;
        }
    }
}

// Where the cells of each strip of rows begin, column by column.
static leie_status cut_strips(leie_narrow *J, leie_size n, leie_error *err)
{
    J->strips = (n + STRIP - 1) / STRIP;
    J->strip = leie_new(J->columns, (size_t)(J->strips + 1) * sizeof *J->strip);
    if (!J->strip)
        return leie_fail_memory(err, "the uncertain columns", J->columns, (size_t)(J->strips + 1) * sizeof *J->strip);
    for (leie_size c = 0; c < J->columns; c++) {
        leie_size t = J->start[c], *at = J->strip + c * (J->strips + 1);
        for (leie_size s = 0; s <= J->strips; s++) {
            while (t < J->start[c + 1] && J->row[t] < n * s / J->strips)
                t++;
            at[s] = t;
        }
    }
    return LEIE_OK;
}

static leie_status find_cells(leie_narrow *J, const work *w, leie_error *err)
{
    leie_index *place = leie_new(w->n, sizeof *place);
    leie_size *next = leie_new(J->columns + 1, sizeof *next);
    leie_status st = LEIE_OK;
    if (!place || !next)
        st = leie_fail_memory(err, "the uncertain columns", w->n, sizeof *place);
    for (leie_size j = 0, c = 0; !st && j < w->n; j++) {
        place[j] = w->in.cols[LEIE_EDIT_A][j] ? (leie_index)c : -1;
        if (place[j] >= 0)
            J->column[c++] = (leie_index)j;
    }
    if (!st)
        take_cells(J, w, place, next);
    for (leie_size c = 0; !st && c < J->columns; c++) {
        J->start[c + 1] += J->start[c];
        next[c] = J->start[c];
    }
    J->cells = st ? 0 : J->start[J->columns];
    J->row = st ? NULL : leie_new(J->cells, sizeof *J->row);
    J->a = st ? NULL : leie_new(J->cells, sizeof *J->a);
    if (!st && (!J->row || !J->a))
        st = leie_fail_memory(err, "the uncertain columns", J->cells, sizeof *J->a);
    if (!st)
        take_cells(J, w, place, next);
    leie_free(place);
    leie_free(next);
    return st ? st : cut_strips(J, w->n, err);
}

leie_status leie_narrow_make(leie_montecarlo *mc, leie_error *err)
{
    work *w = mc->work;
    leie_narrow *J = &w->narrow;
    leie_size n = w->n, columns = mc->columns, width = w->batch * mc->q;
    J->columns = columns;
    J->column = leie_new(columns, sizeof *J->column);
    J->start = leie_new(columns + 1, sizeof *J->start);
    double *rows = leie_new(n, (size_t)columns * sizeof *rows);
    J->side = leie_new(width, (size_t)n * sizeof *J->side);
    J->x = leie_new(3 * columns, (size_t)width * sizeof *J->x);
    leie_status st = leie_matrix_new_dense(&J->L, n, columns, err);
    if (!st && (!J->column || !J->start || !rows || !J->side || !J->x))
        st = leie_fail_memory(err, "the uncertain columns", n, (size_t)(columns + width) * sizeof *rows);
    st = st ? st : find_cells(J, w, err);
    J->dA = st ? NULL : leie_new(w->batch, (size_t)J->cells * sizeof *J->dA);
    J->value = st ? NULL : leie_new(leie_threads() * w->batch, (size_t)n * sizeof *J->value);
    J->size = st ? NULL : leie_new(w->batch, (size_t)columns * sizeof *J->size);
    if (!st && (!J->dA || !J->value || !J->size))
        st = leie_fail_memory(err, "draws of the uncertain columns", w->batch, (size_t)J->cells * sizeof *J->dA);
    for (leie_size c = 0; !st && c < columns; c++)
        rows[J->column[c] * columns + c] = 1; // e_J', turned
    st = st ? st : leie_montecarlo_solve(mc, true, columns, rows, rows, NULL, NULL, err);
    for (leie_size i = 0; !st && i < n; i++)
        memcpy(J->L.val + i * J->L.ld, rows + i * columns, (size_t)columns * sizeof *rows);
    leie_free(rows);
    return st;
}

void leie_narrow_clear(leie_narrow *J)
{
    void *arrays[] = {J->column, J->start, J->row, J->a, J->strip, J->dA, J->size, J->value, J->side, J->x};
    for (size_t i = 0; i < sizeof arrays / sizeof arrays[0]; i++)
        leie_free(arrays[i]);
    leie_matrix_free(&J->L);
    *J = (leie_narrow){0};
}

// ---- one batch ----

// Draws first .. first + batch - 1, K = batch q columns side by side.
typedef struct widening {
    leie_montecarlo *mc;
    leie_narrow *J;
    leie_size batch, q, K, n;
    const double *x; // [columns, K]
    double *y;       // [n, K] what the draws are added to
} widening;

// dA of a column's cells in all draws.
static leie_status draw_columns(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    const widening *g = ctx;
    const leie_narrow *J = g->J;
    work *w = g->mc->work;
    float *value = J->value + worker * w->batch * g->n;
    (void)err;
    for (leie_size c = first; c < last; c++) {
        leie_size start = J->start[c], cells = J->start[c + 1] - start;
        for (leie_size d = 0; d < g->batch; d++) {
            float *own = value + d * g->n;
            for (leie_size t = 0; t < cells; t++)
                own[t] = (float)J->a[start + t];
            leie_inputs_draw_A(&w->in, (uint32_t)(g->mc->record.next + d), J->column[c], cells, J->row + start, own, worker);
        }
        leie_lanes_change(J->dA + start * g->batch, J->size + c * g->batch, value, g->n, g->batch, J->a + start, cells);
    }
    return LEIE_OK;
}

// side = dA x in strips of rows; y, where there is one, receives it too.
static leie_status spread_strips(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    const widening *g = ctx;
    const leie_narrow *J = g->J;
    (void)worker;
    (void)err;
    for (leie_size s = first; s < last; s++) {
        leie_size begin = g->n * s / J->strips * g->K, end = g->n * (s + 1) / J->strips * g->K;
        memset(J->side + begin, 0, (size_t)(end - begin) * sizeof *J->side);
        for (leie_size c = 0; c < J->columns; c++) {
            const leie_size *at = J->strip + c * (J->strips + 1) + s;
            leie_lanes_spread(J->side, J->dA + at[0] * g->batch, g->batch, g->q, J->row + at[0], at[1] - at[0], g->x + c * g->K);
        }
        for (leie_size t = begin; g->y && t < end; t++)
            g->y[t] += J->side[t];
    }
    return LEIE_OK;
}

static leie_status multiply(widening *g, const double *x, double *y, leie_error *err)
{
    g->x = x;
    g->y = y;
    return leie_parallel_for(g->J->strips, 1, spread_strips, g, err);
}

// How a draw stands.
typedef struct settling {
    double before; // change of the step before
    bool settled, lost;
} settling;

// x = from + next in the columns of draw d, unless it has settled; whether it is done.
static void take_step(const widening *g, leie_size d, leie_size step, double goal, double *x, const double *from, const double *next,
                      settling *s)
{
    double change = 0, size = 0;
    if (s->settled || s->lost)
        return;
    for (leie_size c = 0; c < g->J->columns; c++)
        for (leie_size a = d * g->q; a < (d + 1) * g->q; a++) {
            leie_size at = c * g->K + a;
            double now = from[at] + next[at];
            change += fabs(now - x[at]);
            size += fabs(now);
            x[at] = now;
        }
    s->settled = change * (step > 0 ? fmin(1, change / s->before) : 1) <= goal * size; // what the next step would still change
    s->lost = !s->settled && (!isfinite(change) || (step >= PATIENCE && change > GROWING * s->before));
    s->before = change;
}

// x_J of draw d by LU factors of I - L_J dA_J.
static leie_status factor_draw(widening *g, leie_size d, double *x, const double *from, bool *good, leie_error *err)
{
    const leie_narrow *J = g->J;
    leie_size c_n = J->columns, ld = leie_blocklu_stride(c_n);
    double *dense = leie_new(g->n, (size_t)c_n * sizeof *dense), *P = leie_new(c_n, (size_t)c_n * sizeof *P);
    double *G = leie_new(c_n * ld + 2 * c_n, sizeof *G), *own = leie_new(c_n, (size_t)g->q * sizeof *own);
    int *pivot = leie_new(c_n, sizeof *pivot);
    leie_status st = LEIE_OK;
    if (!dense || !P || !G || !own || !pivot) {
        st = leie_fail_memory(err, "a draw of columns", g->n, (size_t)c_n * sizeof *dense);
        goto done;
    }
    for (leie_size c = 0; c < c_n; c++)
        for (leie_size t = J->start[c]; t < J->start[c + 1]; t++)
            dense[J->row[t] * c_n + c] = (double)J->dA[t * g->batch + d];
    st = leie_matrix_product(P, &J->L, true, NULL, c_n, dense, err);
    if (st)
        goto done;
    for (leie_size r = 0; r < c_n; r++) {
        for (leie_size c = 0; c < c_n; c++)
            G[r * ld + c] = (r == c) - P[r * c_n + c];
        for (leie_size a = 0; a < g->q; a++)
            own[r * g->q + a] = from[r * g->K + d * g->q + a];
    }
    *good = leie_blocklu_factor(G, c_n, ld, pivot, G + c_n * ld) < 0;
    if (*good)
        leie_blocklu_solve(G, c_n, ld, pivot, false, g->q, own);
    for (leie_size r = 0; r < c_n; r++)
        for (leie_size a = 0; a < g->q; a++)
            x[r * g->K + d * g->q + a] = *good ? own[r * g->q + a] : 0;
done:
    leie_free(dense);
    leie_free(P);
    leie_free(G);
    leie_free(own);
    leie_free(pivot);
    return st;
}

// x_J [columns, K] of all draws from L_J y*.
static leie_status settle(widening *g, double *x, const double *from, double *next, bool *good, leie_error *err)
{
    double tolerance = leie_montecarlo_tolerance(g->mc->work), goal = fmax(MARGIN * tolerance, FINEST);
    settling *s = leie_new(g->batch, sizeof *s);
    leie_status st = s ? LEIE_OK : leie_fail_memory(err, "draws of columns", g->batch, sizeof *s);
    bool open = true;
    memcpy(x, from, (size_t)(g->J->columns * g->K) * sizeof *x);
    for (leie_size step = 0; !st && open && step < STEPS; step++) {
        st = multiply(g, x, NULL, err);
        st = st ? st : leie_matrix_product(next, &g->J->L, true, NULL, g->K, g->J->side, err);
        open = false;
        for (leie_size d = 0; d < g->batch && !st; d++) {
            take_step(g, d, step, goal, x, from, next, &s[d]);
            open |= !s[d].settled && !s[d].lost;
        }
    }
    for (leie_size d = 0; d < g->batch && !st; d++)
        if (!s[d].settled)
            st = factor_draw(g, d, x, from, &good[d], err);
    leie_free(s);
    return st;
}

leie_status leie_narrow_widen(leie_montecarlo *mc, leie_size batch, double *y, bool *good, leie_error *err)
{
    leie_narrow *J = &mc->work->narrow;
    widening g = {.mc = mc, .J = J, .batch = batch, .q = mc->q, .K = batch * mc->q, .n = mc->work->n};
    leie_size room = J->columns * g.K;
    double *from = J->x, *x = from + room, *next = x + room;
    leie_status st = leie_parallel_for(J->columns, 1, draw_columns, &g, err);
    st = st ? st : leie_matrix_product(from, &J->L, true, NULL, g.K, y, err); // L_J y*
    st = st ? st : settle(&g, x, from, next, good, err);
    return st ? st : multiply(&g, x, y, err);
}

leie_status leie_narrow_gap(leie_montecarlo *mc, leie_size batch, const double *x, const double *y, double *gap, leie_error *err)
{
    const leie_narrow *J = &mc->work->narrow;
    leie_size K = batch * mc->q, n = mc->work->n;
    const double *own = J->x + J->columns * K; // as leie_narrow_widen left it
    double *rows = J->x + 2 * J->columns * K, *size = leie_new(K, sizeof *size);
    leie_status st = size ? LEIE_OK : leie_fail_memory(err, "draws of columns", K, sizeof *size);
    if (!st && !x)
        st = leie_matrix_product(rows, &J->L, true, NULL, K, y, err);
    for (leie_size i = 0; !st && i < n; i++)
        for (leie_size c = 0; c < K; c++)
            size[c] += fabs(y[i * K + c]);
    for (leie_size c = 0; !st && c < K; c++)
        gap[c] = 0;
    for (leie_size j = 0; !st && j < J->columns; j++)
        for (leie_size c = 0; c < K; c++) {
            double solved = x ? x[J->column[j] * K + c] : rows[j * K + c];
            gap[c] += J->size[j * batch + c / mc->q] * fabs(solved - own[j * K + c]);
        }
    for (leie_size c = 0; !st && c < K; c++)
        gap[c] = gap[c] > 0 ? gap[c] / size[c] : 0;
    leie_free(size);
    return st;
}
