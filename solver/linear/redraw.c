// SPDX-License-Identifier: GPL-3.0-or-later
/* Systems with new values of A in the same cells. The block iteration changes its own store; what the LU back ends
 * factor is a second Z, filled from the columns of the first. */
#include <string.h>

#include "kernels/memory.h"
#include "kernels/parallel.h"
#include "solver/linear/linsys_impl.h"
#include "solver/linear/redraw.h"

enum { COLUMN_GRAIN = 16 };

static bool is_cell(double a)
{
    return (float)a != 0;
}

/* Cells of every column: how many, then which rows. */
static leie_status find_cells(leie_redraw_map *c, leie_error *err)
{
    leie_size n = c->n;
    c->start = leie_new(n + 2, sizeof *c->start);
    if (!c->start)
        return leie_fail_memory(err, "the columns of A", n + 2, sizeof *c->start);
    for (int pass = 0; pass < 2; pass++) {
        leie_size *at = c->start + (pass ? 1 : 2); // counts, then where the next cell of a column goes
        for (leie_size i = 0; i < n; i++) {
            const leie_index *col;
            const double *val;
            leie_size count = leie_matrix_row(c->Z, i, &col, &val);
            for (leie_size t = 0; t < count; t++) {
                leie_size j = col ? col[t] : t;
                if (!is_cell(val[t] * c->scale[j]))
                    continue;
                if (pass) {
                    c->row[at[j]] = (leie_index)i;
                    c->place[at[j]] = col ? c->Z->csr.row[i] + t : i * c->Z->ld + j;
                }
                at[j]++;
            }
        }
        if (pass)
            return LEIE_OK;
        for (leie_size j = 0; j < n; j++)
            c->start[j + 2] += c->start[j + 1];
        leie_size cells = c->start[n + 1];
        c->row = leie_new(cells, sizeof *c->row);
        c->place = leie_new(cells, sizeof *c->place);
        c->value = leie_new(leie_threads(), (size_t)n * sizeof *c->value);
        if (!c->row || !c->place || !c->value)
            return leie_fail_memory(err, "the columns of A", cells, sizeof *c->place);
    }
    return LEIE_OK;
}

/* One pass over the columns. */
typedef struct pass {
    const leie_redraw_map *c;
    leie_matrix *to;
    bool flows;
    leie_redraw_cells fn;
    void *ctx;
} pass;

static leie_status redraw_columns(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    const pass *p = ctx;
    const leie_redraw_map *c = p->c;
    const double *from = c->Z->form == LEIE_DENSE ? c->Z->val : c->Z->csr.val;
    double *to = p->to->form == LEIE_DENSE ? p->to->val : p->to->csr.val;
    float *value = c->value + worker * c->n;
    (void)err;
    for (leie_size j = first; j < last; j++) {
        leie_size start = c->start[j], n = c->start[j + 1] - start;
        for (leie_size t = 0; t < n; t++)
            value[t] = (float)(from[c->place[start + t]] * c->scale[j]);
        p->fn(p->ctx, j, n, c->row + start, value, worker);
        for (leie_size t = 0; t < n; t++) {
            double was = from[c->place[start + t]];
            bool same = p->flows && value[t] == (float)(was * c->scale[j]); // then no bit of a flow is lost to f32
            to[c->place[start + t]] = same ? was : p->flows ? (double)value[t] / c->scale[j] : (double)value[t];
        }
    }
    return LEIE_OK;
}

leie_status leie_redraw_map_new(leie_redraw_map *c, const leie_matrix *Z, const double *scale, leie_error *err)
{
    *c = (leie_redraw_map){.Z = Z, .scale = scale, .n = Z->rows};
    if (Z->form != LEIE_DENSE && Z->form != LEIE_SPARSE)
        return leie_fail(err, LEIE_ERR_USAGE, "new values of A need the table itself, not its factors");
    leie_status st = find_cells(c, err);
    if (st)
        leie_redraw_map_clear(c);
    return st;
}

void leie_redraw_map_clear(leie_redraw_map *c)
{
    leie_free(c->start);
    leie_free(c->row);
    leie_free(c->place);
    leie_free(c->value);
    *c = (leie_redraw_map){0};
}

leie_status leie_redraw_map_fill(leie_matrix *to, const leie_redraw_map *c, bool flows, leie_redraw_cells fn, void *ctx, leie_error *err)
{
    pass p = {c, to, flows, fn, ctx};
    return leie_parallel_for(c->n, COLUMN_GRAIN, redraw_columns, &p, err);
}

/* sys->own = the new A; its scale is one. */
static leie_status fill_own(leie_linsys *sys, leie_redraw_cells fn, void *ctx, leie_error *err)
{
    leie_size n = sys->axis->n;
    leie_status st = LEIE_OK;
    if (!sys->given) {
        st = leie_matrix_copy(&sys->own, sys->Z, sys->Z->form, err);
        sys->given_scale = st ? NULL : leie_new(n, sizeof *sys->given_scale);
        if (!st && !sys->given_scale)
            st = leie_fail_memory(err, "the scale of a linear system", n, sizeof *sys->given_scale);
        if (st) {
            leie_matrix_free(&sys->own);
            return st;
        }
        memcpy(sys->given_scale, sys->scale, (size_t)n * sizeof *sys->scale);
        sys->given = sys->Z;
        double *own = sys->own.form == LEIE_DENSE ? sys->own.val : sys->own.csr.val;
        leie_size count = sys->own.form == LEIE_DENSE ? n * sys->own.ld : sys->own.csr.row[n];
        memset(own, 0, (size_t)count * sizeof *own); // zero in f32 is no cell of the new A
    }
    leie_redraw_map c;
    st = leie_redraw_map_new(&c, sys->given, sys->given_scale, err);
    st = st ? st : leie_redraw_map_fill(&sys->own, &c, false, fn, ctx, err);
    leie_redraw_map_clear(&c);
    return st;
}

static leie_status set_up_again(leie_linsys *sys, leie_error *err)
{
    leie_size parts = sys->survey.parts, bytes = sys->info.bytes;
    leie_survey fresh = {0};
    for (leie_size j = 0; j < sys->axis->n; j++)
        sys->scale[j] = 1;
    sys->Z = &sys->own;
    leie_status st = leie_survey_new(&fresh, sys->Z, sys->scale, parts, sys->survey.first, err);
    if (st)
        return st;
    leie_survey_free(&sys->survey);
    sys->survey = fresh;
    sys->backend->free(sys->state);
    sys->state = NULL;
    return sys->backend->setup(&sys->state, sys, &bytes, err);
}

leie_status leie_linsys_redraw(leie_linsys *sys, leie_redraw_cells fn, void *ctx, leie_error *err)
{
    if (sys->Z->form != LEIE_DENSE && sys->Z->form != LEIE_SPARSE)
        return leie_fail(err, LEIE_ERR_USAGE, "new values of A need the table itself, not its factors (solver '%s')",
                         leie_solver_name(sys->info.solver));
    sys->redrawn = true;
    sys->info.residual = sys->info.residual_b = 0;
    if (sys->backend->redraw)
        return sys->backend->redraw(sys->state, fn, ctx, sys->survey.norm, err);
    leie_status st = fill_own(sys, fn, ctx, err);
    return st ? st : set_up_again(sys, err);
}
