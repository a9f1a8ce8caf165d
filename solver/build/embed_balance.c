// SPDX-License-Identifier: GPL-3.0-or-later
/* The country's table moved to totals: output and imports given, signs kept. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "kernels/memory.h"
#include "kernels/sum.h"
#include "solver/balance/gras.h"
#include "solver/build/embed_impl.h"
#include "solver/linear/linsys.h"
#include "solver/table/table_impl.h"

static const double TOLERANCE = 1e-12;
static const leie_size SWEEPS = 10000;

// ---- GRAS ----

typedef struct stack {
    leie_csr a;
    double *row, *col;
    char **row_name, **col_name;
} stack;

static void stack_clear(stack *s)
{
    for (leie_size i = 0; s->row_name && i < s->a.rows; i++)
        leie_free(s->row_name[i]);
    for (leie_size j = 0; s->col_name && j < s->a.cols; j++)
        leie_free(s->col_name[j]);
    leie_free(s->row_name);
    leie_free(s->col_name);
    leie_free(s->row);
    leie_free(s->col);
    leie_csr_free(&s->a);
}

// Cell (i, u) of [Z Y; M; W]; NULL where there is none.
static double *cell_of(const leie_enclave *c, leie_size rows, leie_size i, leie_size u)
{
    if (i < c->n)
        return u < c->n ? &c->Z[i * c->n + u] : &c->Y[i * c->m + u - c->n];
    if (i < c->n + rows)
        return &c->M[(i - c->n) * (c->n + c->m) + u];
    return u < c->n ? &c->W[(i - c->n - rows) * c->n + u] : NULL;
}

static leie_status stack_names(stack *s, const leie_enclave *c, leie_size rows, leie_error *err)
{
    char text[2 * LEIE_PLACE_MAX], place[LEIE_PLACE_MAX];
    s->row_name = leie_new(s->a.rows, sizeof *s->row_name);
    s->col_name = leie_new(s->a.cols, sizeof *s->col_name);
    if (!s->row_name || !s->col_name)
        return leie_fail_memory(err, "names", s->a.rows, sizeof *s->row_name);
    for (leie_size i = 0; i < s->a.rows; i++) {
        if (i < c->n)
            snprintf(text, sizeof text, "sales of %s", leie_axis_place(place, &c->sector, i));
        else if (i < c->n + rows)
            snprintf(text, sizeof text, "imports of %s",
                     c->product ? c->product[(i - c->n) / c->G] : leie_axis_place(place, &c->sector, i - c->n));
        else
            snprintf(text, sizeof text, "input %lld", (long long)(i - c->n - rows + 1));
        s->row_name[i] = leie_strdup(text);
        if (!s->row_name[i])
            return leie_fail_memory(err, "names", 1, sizeof text);
    }
    for (leie_size u = 0; u < s->a.cols; u++) {
        snprintf(text, sizeof text, "%s %s", u < c->n ? "inputs of" : "demand",
                 leie_axis_place(place, u < c->n ? &c->sector : &c->demand, u < c->n ? u : u - c->n));
        s->col_name[u] = leie_strdup(text);
        if (!s->col_name[u])
            return leie_fail_memory(err, "names", 1, sizeof text);
    }
    return LEIE_OK;
}

static leie_status stack_make(stack *s, const leie_enclave *c, leie_size rows, const double *total, const double *e,
                              leie_error *err)
{
    leie_size R = c->n + rows + c->v, U = c->n + c->m, count = 0;
    for (leie_size i = 0; i < R; i++)
        for (leie_size u = 0; u < U; u++) {
            const double *at = cell_of(c, rows, i, u);
            count += at && *at != 0;
        }
    leie_status st = leie_csr_new(&s->a, R, U, count, err);
    if (!st)
        st = leie_embed_new(&s->row, R, "totals", err);
    if (!st)
        st = leie_embed_new(&s->col, U, "totals", err);
    if (!st)
        st = stack_names(s, c, rows, err);
    if (st)
        return st;
    count = 0;
    for (leie_size i = 0; i < R; i++) {
        for (leie_size u = 0; u < U; u++) {
            const double *at = cell_of(c, rows, i, u);
            if (!at || *at == 0)
                continue;
            s->a.col[count] = (leie_index)u;
            s->a.val[count++] = *at;
        }
        s->a.row[i + 1] = count;
        s->row[i] = i < c->n ? c->x[i] - (e ? e[i] : 0) : i < c->n + rows ? total[i - c->n] : NAN;
    }
    for (leie_size u = 0; u < U; u++)
        s->col[u] = u < c->n ? c->x[u] : NAN;
    return LEIE_OK;
}

leie_status leie_enclave_gras(leie_enclave *c, leie_size rows, const double *total, const double *e,
                              const leie_balance_opts *opts, leie_balance_info *info, leie_error *err)
{
    stack s = {0};
    leie_balance_opts limit = {opts && opts->tolerance > 0 ? opts->tolerance : TOLERANCE,
                               opts && opts->iterations > 0 ? opts->iterations : SWEEPS};
    leie_status st = stack_make(&s, c, rows, total, e, err);
    if (!st) {
        leie_margins m = {.row = s.row, .col = s.col, .row_name = s.row_name, .col_name = s.col_name};
        st = leie_gras(&s.a, &m, &limit, info, err);
    }
    if (!st && !info->converged)
        st = leie_fail(err, LEIE_ERR_CONVERGE, "the nest of %s is off its totals by %.3g of one after %lld sweeps",
                       c->sector.region.code[0], info->error, (long long)info->iterations);
    for (leie_size i = 0; !st && i < s.a.rows; i++)
        for (leie_size p = s.a.row[i]; p < s.a.row[i + 1]; p++)
            *cell_of(c, rows, i, s.a.col[p]) = s.a.val[p];
    stack_clear(&s);
    return st;
}

// ---- world totals ----

// x* = (I - A_d)^-1 (Y e + exports); columns follow their output.
static leie_status follow_exports(leie_enclave *c, const double *exports, leie_error *err)
{
    leie_linsys *sys = NULL;
    leie_matrix Z = {0};
    double *scale = NULL, *x = NULL;
    const leie_linsys_opts opts = {.method = LEIE_SOLVER_LU};
    leie_size n = c->n, U = c->n + c->m;
    leie_status st = leie_matrix_new_dense(&Z, n, n, err);
    if (!st)
        st = leie_embed_new(&scale, n, "scale", err);
    if (!st)
        st = leie_embed_new(&x, n, "output", err);
    for (leie_size i = 0; !st && i < n; i++) {
        memcpy(Z.val + i * Z.ld, c->Z + i * n, (size_t)n * sizeof *c->Z);
        scale[i] = c->x[i] != 0 ? 1 / c->x[i] : 0;
        x[i] = leie_sum(c->Y + i * c->m, c->m, 1) + exports[i];
    }
    if (!st)
        st = leie_linsys_setup(&sys, &Z, scale, &c->sector, &opts, err);
    if (!st)
        st = leie_linsys_solve(sys, false, 1, x, x, NULL, err);
    for (leie_size j = 0; !st && j < n; j++) {
        double by = x[j] * scale[j];
        for (leie_size i = 0; i < n; i++)
            c->Z[i * n + j] *= by;
        for (leie_size i = 0; i < c->J * c->G; i++)
            c->M[i * U + j] *= by;
        for (leie_size i = 0; i < c->v; i++)
            c->W[i * n + j] *= by;
        c->x[j] = x[j];
    }
    sys = leie_linsys_free(sys);
    leie_free(scale);
    leie_free(x);
    leie_matrix_free(&Z);
    return st;
}

/* Imports that the world has and the country's table does not: by what its users buy of the product at home, else
 * by all that they buy. */
static leie_status fill_imports(leie_enclave *c, const leie_around *w, leie_provenance *notes, leie_error *err)
{
    leie_size U = c->n + c->m;
    leie_status st = LEIE_OK;
    for (leie_size j = 0; !st && j < c->J; j++)
        for (leie_size g = 0; !st && g < c->G; g++) {
            double *row = c->M + (j * c->G + g) * U;
            if (w->total[j * c->G + g] == 0 || leie_sum_abs(row, U, 1) > 0)
                continue;
            for (int all = 0; all < 2 && leie_sum_abs(row, U, 1) == 0; all++)
                for (leie_size i = 0; i < c->n; i++)
                    for (leie_size u = 0; u < U; u++)
                        if (c->use[u] == (int)g && (u >= c->n || !c->transit[u]))
                            row[u] += (all ? 1 : c->P[i * c->J + j]) *
                                      fmax(u < c->n ? c->Z[i * c->n + u] : c->Y[i * c->m + u - c->n], 0);
            st = leie_provenance_note(notes, LEIE_NOTE_ASSUMED, 1, err,
                                      "the world sells %.9g of '%s' to %s, whose own table imports none: to users by what "
                                      "they buy at home",
                                      w->total[j * c->G + g], c->product[j], c->sector.region.code[0]);
        }
    return st;
}

leie_status leie_enclave_balance(leie_enclave *c, const leie_around *w, const leie_embed *how, leie_adjustments *list,
                                 const char *unit, leie_provenance *notes, leie_error *err)
{
    leie_balance_info info = {0};
    double *before = NULL, *exports = NULL;
    leie_size U = w->n + w->m;
    leie_status st = leie_embed_new(&before, c->n, "output", err);
    if (!st)
        st = leie_embed_new(&exports, c->n, "exports", err);
    for (leie_size i = 0; !st && i < c->n; i++) {
        before[i] = c->x[i];
        exports[i] = leie_sum(c->ship + i * U, U, 1);
    }
    if (!st)
        st = follow_exports(c, exports, err);
    if (!st)
        st = fill_imports(c, w, notes, err);
    if (!st)
        st = leie_enclave_gras(c, c->J * c->G, w->total, exports, &how->balance, &info, err);
    for (leie_size i = 0; !st && i < c->n; i++)
        st = leie_adjustments_add(list, "balance", c->sector.region.code[c->sector.of[i]], c->sector.code[i], before[i],
                                  c->x[i], unit, "world totals", err);
    if (!st)
        st = leie_provenance_note(notes, LEIE_NOTE_DONE, info.iterations, err,
                                  "%s: exports and imports have the world's totals, output follows, use and inputs by GRAS "
                                  "in %lld sweeps (largest error of a total %.2g)",
                                  c->sector.region.code[0], (long long)info.iterations, info.error);
    for (leie_size i = 0; !st && i < c->n; i++)
        c->e[i] = exports[i];
    leie_free(before);
    leie_free(exports);
    return st;
}
