// SPDX-License-Identifier: GPL-3.0-or-later
/* Least squares for a table: constraints are its rows, then its columns, then its blocks, those with a
 * total. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "kernels/memory.h"
#include "solver/balance/feasibility_impl.h"
#include "solver/balance/wls.h"

enum { MISSED_SHOWN = 3 };

typedef struct setting {
    leie_csr *a;
    const leie_margins *m;
    const leie_wls_opts *opt;
    leie_csr by_cell;                 // [nnz, k]
    leie_size *row, *col;             // [rows], [cols] constraint of each line, -1 for none
    leie_size k, rows, cols;          // constraints; of these by row and by column
    leie_line *kind;                  // [k]
    leie_size *at;                    // [k] which row, column or block
    double *target, *error;           // [k]
    double *variance, *lower, *upper; // [nnz]
    double *x;                        // [nnz]
    double *missed;                   // [k]
} setting;

static void setting_free(setting *s)
{
    leie_csr_free(&s->by_cell);
    leie_free(s->row);
    leie_free(s->col);
    leie_free(s->kind);
    leie_free(s->at);
    leie_free(s->target);
    leie_free(s->error);
    leie_free(s->variance);
    leie_free(s->lower);
    leie_free(s->upper);
    leie_free(s->x);
    leie_free(s->missed);
}

/* The exact totals of the cells that may move, checked by name. */
static leie_status check_totals(setting *s, leie_error *err)
{
    leie_reduced p;
    leie_faults faults;
    leie_status st = leie_reduce(&p, s->a, s->m, !s->opt->free_signs, true, err);
    if (st)
        return st;
    st = leie_feasible_reduced(&faults, &p, s->opt->limit.tolerance, err);
    leie_reduce_end(&p, false);
    return st;
}

static leie_status check_errors(const setting *s, leie_line kind, const double *sd, leie_size n, leie_error *err)
{
    char name[LEIE_LINE_NAME];
    for (leie_size i = 0; sd && i < n; i++)
        if (!(sd[i] >= 0) || isinf(sd[i]))
            return leie_fail(err, LEIE_ERR_DATA, "the standard error of %s is %g", leie_line_name(name, s->m, kind, i),
                             sd[i]);
    return LEIE_OK;
}

static leie_status check_cells(const setting *s, leie_error *err)
{
    char row[LEIE_LINE_NAME], col[LEIE_LINE_NAME];
    const leie_wls_opts *o = s->opt;
    for (leie_size i = 0; i < s->a->rows; i++)
        for (leie_size c = s->a->row[i]; c < s->a->row[i + 1]; c++) {
            double v = o->variance ? o->variance[c] : 0;
            double lower = o->lower ? o->lower[c] : -INFINITY, upper = o->upper ? o->upper[c] : INFINITY;
            if (v >= 0 && isfinite(v) && lower <= upper)
                continue;
            leie_line_name(row, s->m, LEIE_LINE_ROW, i);
            leie_line_name(col, s->m, LEIE_LINE_COL, s->a->col[c]);
            if (lower <= upper)
                return leie_fail(err, LEIE_ERR_DATA, "%s, %s has variance %g", row, col, v);
            return leie_fail(err, LEIE_ERR_DATA, "%s, %s has bounds %g and %g", row, col, lower, upper);
        }
    leie_status st = check_errors(s, LEIE_LINE_ROW, s->m->row_sd, s->a->rows, err);
    return st ? st : check_errors(s, LEIE_LINE_COL, s->m->col_sd, s->a->cols, err);
}

/* ---- constraints ---- */

static void add_lines(setting *s, leie_line kind, leie_size *of, leie_size n, const double *total, const double *sd)
{
    for (leie_size i = 0; i < n; i++) {
        bool bound = total && !isnan(total[i]);
        if (of)
            of[i] = bound ? s->k : -1;
        if (!bound)
            continue;
        s->kind[s->k] = kind;
        s->at[s->k] = i;
        s->target[s->k] = total[i];
        s->error[s->k++] = sd ? sd[i] * sd[i] : 0;
    }
}

static leie_status set_constraints(setting *s, leie_error *err)
{
    const leie_blocks *block = s->m->block;
    leie_size blocks = block ? block->n : 0, most = s->a->rows + s->a->cols + blocks;
    s->row = leie_new(s->a->rows, sizeof *s->row);
    s->col = leie_new(s->a->cols, sizeof *s->col);
    s->kind = leie_new(most, sizeof *s->kind);
    s->at = leie_new(most, sizeof *s->at);
    s->target = leie_new(most, sizeof *s->target);
    s->error = leie_new(most, sizeof *s->error);
    s->missed = leie_new(most, sizeof *s->missed);
    if (!s->row || !s->col || !s->kind || !s->at || !s->target || !s->error || !s->missed)
        return leie_fail_memory(err, "constraints", most, 5 * sizeof(double));
    add_lines(s, LEIE_LINE_ROW, s->row, s->a->rows, s->m->row, s->m->row_sd);
    s->rows = s->k;
    add_lines(s, LEIE_LINE_COL, s->col, s->a->cols, s->m->col, s->m->col_sd);
    s->cols = s->k - s->rows;
    if (block)
        add_lines(s, LEIE_LINE_BLOCK, NULL, block->n, block->total, block->sd);
    return LEIE_OK;
}

/* G': a cell counts once in its row, its column and each of its blocks. */
static leie_status set_by_cell(setting *s, leie_error *err)
{
    const leie_csr *a = s->a;
    const leie_blocks *block = s->m->block;
    leie_size blocks = block ? block->n : 0, *next = leie_new(a->nnz + 1, sizeof *next);
    if (!next)
        return leie_fail_memory(err, "constraints by cell", a->nnz + 1, sizeof *next);
    for (leie_size i = 0; i < a->rows; i++)
        for (leie_size c = a->row[i]; c < a->row[i + 1]; c++)
            next[c + 1] = (s->row[i] >= 0) + (s->col[a->col[c]] >= 0);
    for (leie_size k = 0; blocks && k < block->first[blocks]; k++)
        next[block->cell[k] + 1]++;
    for (leie_size c = 0; c < a->nnz; c++)
        next[c + 1] += next[c];
    leie_status st = leie_csr_new(&s->by_cell, a->nnz, s->k, next[a->nnz], err);
    if (st)
        goto done;
    memcpy(s->by_cell.row, next, (size_t)(a->nnz + 1) * sizeof *next);
    for (leie_size i = 0; i < a->rows; i++)
        for (leie_size c = a->row[i]; c < a->row[i + 1]; c++) {
            if (s->row[i] >= 0)
                s->by_cell.col[next[c]++] = (leie_index)s->row[i];
            if (s->col[a->col[c]] >= 0)
                s->by_cell.col[next[c]++] = (leie_index)s->col[a->col[c]];
        }
    for (leie_size b = 0; b < blocks; b++)
        for (leie_size k = block->first[b]; k < block->first[b + 1]; k++)
            s->by_cell.col[next[block->cell[k]]++] = (leie_index)(s->rows + s->cols + b);
    for (leie_size t = 0; t < s->by_cell.nnz; t++)
        s->by_cell.val[t] = 1;
done:
    leie_free(next);
    return st;
}

/* Variances and bounds of the cells; a fixed cell has variance 0. */
static leie_status set_cells(setting *s, leie_error *err)
{
    const leie_wls_opts *o = s->opt;
    const double *val = s->a->val;
    leie_size n = s->a->nnz;
    bool bounded = o->lower || o->upper || !o->free_signs;
    s->variance = leie_new(n, sizeof *s->variance);
    s->x = leie_new(n, sizeof *s->x);
    s->lower = bounded ? leie_new(n, sizeof *s->lower) : NULL;
    s->upper = bounded ? leie_new(n, sizeof *s->upper) : NULL;
    if (!s->variance || !s->x || (bounded && (!s->lower || !s->upper)))
        return leie_fail_memory(err, "variances and bounds", n, 4 * sizeof *s->x);
    for (leie_size c = 0; c < n; c++) {
        bool fixed = s->m->fixed && s->m->fixed[c];
        s->variance[c] = fixed ? 0 : o->variance ? o->variance[c] : fabs(val[c]);
        if (!bounded)
            continue;
        bool sign = !o->free_signs && val[c] != 0;
        s->lower[c] = o->lower ? o->lower[c] : -INFINITY;
        s->upper[c] = o->upper ? o->upper[c] : INFINITY;
        s->lower[c] = sign && val[c] > 0 ? fmax(s->lower[c], 0) : s->lower[c];
        s->upper[c] = sign && val[c] < 0 ? fmin(s->upper[c], 0) : s->upper[c];
    }
    return LEIE_OK;
}

/* ---- what was missed ---- */

// The constraint that is missed most.
static leie_size most_missed(setting *s)
{
    leie_size most = 0;
    for (leie_size k = 1; k < s->k; k++)
        if (fabs(s->missed[k]) > fabs(s->missed[most]))
            most = k;
    return most;
}

static leie_status fail_conflict(setting *s, leie_error *err)
{
    char text[512] = "", name[LEIE_LINE_NAME];
    for (int shown = 0; shown < MISSED_SHOWN; shown++) {
        leie_size k = most_missed(s);
        size_t used = strlen(text);
        if (s->missed[k] == 0)
            break;
        snprintf(text + used, sizeof text - used, "%s%.80s (%.10g) by %.6g", shown ? ", " : "",
                 leie_line_name(name, s->m, s->kind[k], s->at[k]), s->target[k], s->missed[k]);
        s->missed[k] = 0;
    }
    return leie_fail(err, LEIE_ERR_DATA,
                     "exact totals contradict each other or the bounds; what comes nearest misses %s", text);
}

leie_status leie_wls(leie_csr *a, const leie_margins *m, const leie_wls_opts *opt, leie_balance_info *info,
                     leie_error *err)
{
    static const leie_wls_opts defaults = {0};
    setting s = {.a = a, .m = m, .opt = opt ? opt : &defaults};
    leie_wls_info found = {0};
    leie_status st = check_cells(&s, err);
    st = st ? st : check_totals(&s, err);
    st = st ? st : set_constraints(&s, err);
    st = st ? st : set_by_cell(&s, err);
    st = st ? st : set_cells(&s, err);
    if (st)
        goto done;
    leie_wls_problem p = {.prior = a->val,
                          .variance = s.variance,
                          .lower = s.lower,
                          .upper = s.upper,
                          .by_cell = &s.by_cell,
                          .target = s.target,
                          .error = s.error};
    st = leie_wls_solve(s.x, s.missed, s.opt->sd_after, &p, &s.opt->limit, &found, err);
    if (!st && found.conflict)
        st = fail_conflict(&s, err);
    if (st)
        goto done;
    memcpy(a->val, s.x, (size_t)a->nnz * sizeof *a->val);
    if (info)
        *info = (leie_balance_info){.iterations = found.iterations,
                                    .converged = found.converged,
                                    .error = found.residual,
                                    .at_bound = found.at_bound,
                                    .objective = found.objective,
                                    .r_out = info->r_out,
                                    .s_out = info->s_out};
done:
    setting_free(&s);
    return st;
}
