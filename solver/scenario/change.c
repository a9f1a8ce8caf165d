// SPDX-License-Identifier: GPL-3.0-or-later
#include "solver/scenario/change.h"

#include <math.h>
#include <string.h>

#include "kernels/memory.h"
#include "solver/scenario/change_impl.h"

leie_status leie_step_fail(const leie_step *s, leie_status code, leie_error *err, const char *what, double found)
{
    return leie_fail(err, code, "%s:%lld: intervention '%s' (%s): %s, found %g", s->v->path, (long long)s->v->line, s->v->name,
                     leie_operator_name(s->v->op), what, found);
}

double leie_step_cell(leie_step *s, leie_edited matrix, leie_size row, leie_size col)
{
    const leie_edit *edit = leie_edits_find(&s->c->part[matrix], row, col);
    double old = edit ? edit->old : leie_baseline_cell(s->b, matrix, row, col);
    s->seen.matrix = matrix;
    s->seen.row = row;
    s->seen.col = col;
    s->seen.old = old;
    s->seen.now = edit ? edit->now : old;
    return s->seen.now;
}

// Money or tonnes per unit of a cell: coefficients count times the output that they stand for.
static double cell_weight(const leie_baseline *b, leie_edited matrix, leie_size col)
{
    bool flow = matrix == LEIE_EDIT_Y || matrix == LEIE_EDIT_F_Y;
    return flow ? 1 : col < b->n ? (b->scale[col] > 0 ? b->t->x[col] : 0) : 0;
}

static void account(leie_step *s, leie_edited matrix, leie_size row, leie_size col, double change)
{
    leie_edit_report *r = s->report;
    bool sold = matrix == LEIE_EDIT_A || matrix == LEIE_EDIT_Y;
    double amount = change * cell_weight(s->b, matrix, col);
    double tonnes = amount * (sold ? s->b->tonne[row] : s->b->stressor_tonne[row]);
    r->cells++;
    *(tonnes > 0 ? &r->tonnes_in : &r->tonnes_out) += fabs(tonnes);
    if (!sold || !s->b->money[row])
        return;
    *(amount > 0 ? &r->money_in : &r->money_out) += fabs(amount);
    *(matrix == LEIE_EDIT_A ? &r->inputs : &r->spending) += amount;
}

leie_status leie_step_put(leie_step *s, leie_edited matrix, leie_size row, leie_size col, double now, leie_error *err)
{
    if (s->seen.matrix != matrix || s->seen.row != row || s->seen.col != col)
        leie_step_cell(s, matrix, row, col);
    double old = s->seen.old, was = s->seen.now;
    s->seen.now = now < 0 && old >= 0 ? 0 : now;
    if (!isfinite(now))
        return leie_step_fail(s, LEIE_ERR_DATA, err, "a cell would no longer be a number", now);
    if (now < 0 && old >= 0) {
        s->report->clipped++;
        s->report->clipped_money -= now * cell_weight(s->b, matrix, col);
        now = 0;
    }
    if (now == was)
        return LEIE_OK;
    account(s, matrix, row, col, now - was);
    return leie_edits_set(&s->c->part[matrix], row, col, old, now, err);
}

bool leie_step_takes(const leie_step *s, leie_size row, leie_size col)
{
    const leie_intervention *v = s->v;
    if (v->cells == LEIE_CELLS_ALL || v->matrix == LEIE_EDIT_S || v->matrix == LEIE_EDIT_F_Y)
        return true;
    leie_index buyer = v->matrix == LEIE_EDIT_A ? s->b->region[col] : s->b->demand_region[col];
    return (s->b->region[row] == buyer) == (v->cells == LEIE_CELLS_DOMESTIC);
}

// ---- operators on single cells ----

static double scaled(const leie_step *s, double a)
{
    const double *m = s->amount;
    double first = 1 + s->tau * m[LEIE_KT] * m[LEIE_KP], second = 1 + s->tau * m[LEIE_KT2] * m[LEIE_KP2];
    return a * first * second + s->tau * m[LEIE_ADD];
}

static double changed(const leie_step *s, leie_size col, double a)
{
    const double *m = s->amount;
    bool coefficient = s->v->matrix == LEIE_EDIT_A || s->v->matrix == LEIE_EDIT_S;
    double value = m[LEIE_VALUE] * (s->v->flows && coefficient && col < s->b->n ? s->b->scale[col] : 1);
    switch (s->v->op) {
    case LEIE_OP_SET:
        return a + s->tau * (value - a);
    case LEIE_OP_ADD:
        return a + s->tau * value;
    case LEIE_OP_DEMAND:
        return a * (1 + s->tau * (m[LEIE_POPULATION] * m[LEIE_PER_HEAD] - 1));
    default:
        return scaled(s, a);
    }
}

// A column of A or S without output has no coefficients.
static bool column_exists(const leie_step *s, leie_size col)
{
    bool coefficient = s->v->matrix == LEIE_EDIT_A || s->v->matrix == LEIE_EDIT_S;
    return !coefficient || col >= s->b->n || s->b->scale[col] > 0;
}

static leie_status each_cell(leie_step *s, leie_error *err)
{
    leie_edited matrix = s->v->matrix;
    leie_status st = LEIE_OK;
    for (leie_size i = 0; i < s->f->row.n; i++)
        for (leie_size j = 0; !st && j < s->f->col.n; j++) {
            leie_size row = s->f->row.at[i], col = s->f->col.at[j];
            if (!leie_step_takes(s, row, col) || !column_exists(s, col))
                continue;
            double was = leie_step_cell(s, matrix, row, col), now = changed(s, col, was);
            if (now != was)
                st = leie_step_put(s, matrix, row, col, now, err);
        }
    return st;
}

// ---- one intervention ----

static void amounts(leie_step *s)
{
    for (int a = 0; a < LEIE_AMOUNTS; a++) {
        bool one = a == LEIE_KP || a == LEIE_KP2 || a == LEIE_QUANTITY || a == LEIE_PRICE || a == LEIE_POPULATION || a == LEIE_PER_HEAD;
        s->amount[a] = leie_amount_value(&s->v->amount[a], s->value, a == LEIE_AVAILABLE ? INFINITY : one);
    }
}

static leie_status apply_one(leie_step *s, leie_error *err)
{
    s->report->bound = 1;
    s->tau = leie_ramp_share(&s->v->ramp, s->year);
    amounts(s);
    for (int a = 0; a < LEIE_AMOUNTS; a++)
        if (!isfinite(s->amount[a]) && (a != LEIE_AVAILABLE || isnan(s->amount[a])))
            return leie_step_fail(s, LEIE_ERR_DATA, err, "an amount is not a number", s->amount[a]);
    if (s->tau == 0 && s->v->op != LEIE_OP_PROCESS && s->v->op != LEIE_OP_BALANCE)
        return LEIE_OK;
    switch (s->v->op) {
    case LEIE_OP_SUBSTITUTE:
    case LEIE_OP_SHIFT:
    case LEIE_OP_TRADE:
        return leie_step_substitute(s, err);
    case LEIE_OP_LIFETIME:
        return leie_step_lifetime(s, err);
    case LEIE_OP_DISPLACE:
        return leie_step_displace(s, err);
    case LEIE_OP_CAP:
        return leie_step_cap(s, err);
    case LEIE_OP_REBOUND:
        return leie_step_rebound(s, err);
    case LEIE_OP_PROCESS:
        return leie_step_process(s, err);
    case LEIE_OP_BALANCE:
        return leie_step_balance(s, err);
    default:
        return each_cell(s, err);
    }
}

// ---- the whole scenario ----

static leie_status run_step(leie_change *c, leie_size intervention, leie_size report, const leie_scenario *scenario,
                            const leie_change_opts *o, leie_error *err)
{
    leie_step s = {.c = c,
                   .b = c->base,
                   .v = &c->base->set->intervention[intervention],
                   .f = &c->base->found[intervention],
                   .report = &c->report[report],
                   .longevity = o->longevity ? o->longevity : &leie_longevity_steady,
                   .value = o->value ? o->value : scenario->value,
                   .year = o->year,
                   .seen.row = -1};
    return apply_one(&s, err);
}

// 0 for processes, which come first, 2 for balance, which stays behind what it repairs; 1 for the others.
static int place(leie_operator op)
{
    return op == LEIE_OP_PROCESS ? 0 : op == LEIE_OP_BALANCE ? 2 : 1;
}

static leie_status apply_forwards(leie_change *c, const leie_scenario *scenario, const leie_change_opts *o, leie_size first, leie_error *err)
{
    leie_status st = LEIE_OK;
    for (leie_size i = 0; !st && i < scenario->interventions; i++) {
        leie_size at = scenario->intervention[i];
        if (!o->on || o->on[i] || place(c->base->set->intervention[at].op) != 1)
            st = run_step(c, at, first + i, scenario, o, err);
    }
    return st;
}

static leie_status apply_backwards(leie_change *c, const leie_scenario *scenario, const leie_change_opts *o, leie_size first, leie_error *err)
{
    leie_status st = LEIE_OK;
    for (int turn = 0; turn < 3; turn++)
        for (leie_size j = 0; !st && j < scenario->interventions; j++) {
            leie_size i = turn == 1 ? scenario->interventions - 1 - j : j, at = scenario->intervention[i];
            if (place(c->base->set->intervention[at].op) == turn && (turn != 1 || !o->on || o->on[i]))
                st = run_step(c, at, first + i, scenario, o, err);
        }
    return st;
}

// Columns of A whose sum of money inputs was not above one and is now.
static leie_status sums_above_one(leie_change *c, leie_error *err)
{
    const leie_edits *e = &c->part[LEIE_EDIT_A];
    const leie_baseline *b = c->base;
    leie_edits sums = {0}; // one cell per changed column: rise of its sum
    leie_status st = LEIE_OK;
    for (leie_size i = 0; !st && i < e->n; i++) {
        if (!b->money[e->edit[i].row])
            continue;
        const leie_edit *sum = leie_edits_find(&sums, 0, e->edit[i].col);
        st = leie_edits_set(&sums, 0, e->edit[i].col, 0, (sum ? sum->now : 0) + e->edit[i].now - e->edit[i].old, err);
    }
    c->over_one = 0;
    c->largest_sum = 0;
    for (leie_size j = 0; !st && j < sums.n; j++) {
        double before = 0;
        for (leie_size i = 0; i < b->n && sums.edit[j].now > 0; i++)
            before += b->money[i] ? leie_baseline_cell(b, LEIE_EDIT_A, i, sums.edit[j].col) : 0;
        double after = before + sums.edit[j].now;
        c->over_one += before <= 1 && after > 1;
        c->largest_sum = before <= 1 ? fmax(c->largest_sum, after) : c->largest_sum;
    }
    leie_edits_clear(&sums);
    return st;
}

leie_status leie_change_open(leie_change *change, const leie_baseline *base, leie_error *err)
{
    const leie_scenarios *set = base->set;
    leie_size most = base->N > base->m ? base->N : base->m;
    leie_change c = {.base = base};
    c.report = leie_new(set->interventions ? set->interventions + set->drivers : 1, sizeof *c.report);
    c.active = leie_new(set->processes ? set->processes : 1, sizeof *c.active);
    c.target_row = leie_new(base->N, sizeof *c.target_row);
    c.target_col = leie_new(most, sizeof *c.target_col);
    if (!c.report || !c.active || !c.target_row || !c.target_col) {
        leie_change_clear(&c);
        return leie_fail_memory(err, "a scenario", most, sizeof *c.target_col);
    }
    *change = c;
    return LEIE_OK;
}

leie_status leie_change_apply(leie_change *c, const leie_scenario *scenario, const leie_change_opts *opts, leie_error *err)
{
    const leie_scenarios *set = c->base->set;
    leie_size first = opts->projection ? set->drivers : 0;
    leie_status st = LEIE_OK;
    for (int m = 0; m < LEIE_EDITED; m++)
        leie_edits_reset(&c->part[m]);
    c->reports = first + scenario->interventions;
    memset(c->report, 0, (size_t)c->reports * sizeof *c->report);
    memset(c->active, 0, (size_t)set->processes * sizeof *c->active);
    for (leie_size i = 0; !st && i < first; i++)
        st = run_step(c, set->driver[i], i, scenario, opts, err);
    if (!st)
        st = opts->reverse ? apply_backwards(c, scenario, opts, first, err) : apply_forwards(c, scenario, opts, first, err);
    return st ? st : sums_above_one(c, err);
}

void leie_change_clear(leie_change *c)
{
    for (int m = 0; m < LEIE_EDITED; m++)
        leie_edits_clear(&c->part[m]);
    leie_free(c->report);
    leie_free(c->active);
    leie_free(c->target_row);
    leie_free(c->target_col);
    *c = (leie_change){0};
}

// ---- as a table ----

// Z with the changed cells of A times output.
static leie_status changed_flows(leie_matrix *Z, const leie_change *c, leie_error *err)
{
    const leie_edits *e = &c->part[LEIE_EDIT_A];
    leie_status st = leie_matrix_copy(Z, &c->base->t->Z, LEIE_DENSE, err);
    for (leie_size i = 0; !st && i < e->n; i++)
        Z->val[e->edit[i].row * Z->ld + e->edit[i].col] = e->edit[i].now * c->base->t->x[e->edit[i].col];
    return st;
}

leie_status leie_change_table(leie_table *to, const leie_change *c, leie_error *err)
{
    const leie_baseline *b = c->base;
    for (leie_size p = 0; p < b->set->processes; p++)
        if (c->active[p])
            return leie_fail(err, LEIE_ERR_DATA, "a scenario with a new process (%s) has no table: the process has no output yet",
                             b->code[b->n + p]);
    leie_status st = leie_table_copy(to, b->t, err);
    if (st)
        return st;
    leie_matrix Z = {0};
    st = changed_flows(&Z, c, err);
    if (st) {
        leie_table_clear(to);
        return st;
    }
    leie_matrix_free(&to->Z);
    to->Z = Z; // moved
    const leie_edits *Y = &c->part[LEIE_EDIT_Y], *S = &c->part[LEIE_EDIT_S], *F_Y = &c->part[LEIE_EDIT_F_Y];
    for (leie_size i = 0; i < Y->n; i++)
        to->Y[Y->edit[i].row * b->m + Y->edit[i].col] = Y->edit[i].now;
    for (leie_size i = 0; i < S->n; i++)
        to->F[S->edit[i].row * b->n + S->edit[i].col] = S->edit[i].now * b->t->x[S->edit[i].col];
    for (leie_size i = 0; i < F_Y->n; i++)
        to->F_Y[F_Y->edit[i].row * b->m + F_Y->edit[i].col] = F_Y->edit[i].now;
    return LEIE_OK;
}
