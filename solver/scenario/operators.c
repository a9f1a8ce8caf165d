// SPDX-License-Identifier: GPL-3.0-or-later
/* Operators that move purchases from cells to other cells, and those that need the whole of a column. */
#include <math.h>
#include <string.h>

#include "kernels/memory.h"
#include "solver/scenario/change_impl.h"

// ---- targets of a move ----

// Cell by cell: as many targets as sources along both axes.
static bool in_pairs(const leie_step *s)
{
    return s->v->spread == LEIE_SPREAD_PAIRS && s->f->to.n == s->f->row.n && (!s->v->to_col.given || s->f->to_col.n == s->f->col.n);
}

// Target rows of a source row: those of `to`, of its region or code when it says so, never itself.
static leie_size target_rows(leie_step *s, leie_size row, leie_size place)
{
    const leie_intervention *v = s->v;
    const leie_baseline *b = s->b;
    leie_size n = 0;
    if (in_pairs(s)) {
        s->c->target_row[0] = s->f->to.at[place];
        return 1;
    }
    for (leie_size i = 0; i < s->f->to.n; i++) {
        leie_size at = s->f->to.at[i];
        bool fits = (!v->to.same_region || b->region[at] == b->region[row]) && (!v->to.same_item || strcmp(b->code[at], b->code[row]) == 0);
        if (fits && (at != row || v->to_col.given))
            s->c->target_row[n++] = (leie_index)at;
    }
    return n;
}

// Target columns of a source column: itself without `to_col`.
static leie_size target_cols(leie_step *s, leie_size col, leie_size place)
{
    const leie_intervention *v = s->v;
    const leie_baseline *b = s->b;
    const leie_index *region = v->matrix == LEIE_EDIT_Y ? b->t->demand.of : b->region;
    leie_size n = 0;
    if (in_pairs(s)) {
        s->c->target_col[0] = v->to_col.given ? s->f->to_col.at[place] : (leie_index)col;
        return 1;
    }
    if (!v->to_col.given)
        s->c->target_col[n++] = (leie_index)col;
    for (leie_size i = 0; i < s->f->to_col.n; i++) {
        leie_size at = s->f->to_col.at[i];
        const char *code = v->matrix == LEIE_EDIT_Y ? b->t->demand.code[at] : b->code[at];
        const char *own = v->matrix == LEIE_EDIT_Y ? b->t->demand.code[col] : b->code[col];
        bool fits = (!v->to_col.same_region || region[at] == region[col]) && (!v->to_col.same_item || strcmp(code, own) == 0);
        if (fits)
            s->c->target_col[n++] = (leie_index)at;
    }
    return n;
}

// A row can replace another one without a price only when both are in the same unit.
static leie_status check_units(const leie_step *s, leie_size row, leie_size rows, leie_error *err)
{
    const leie_intervention *v = s->v;
    for (leie_size i = 0; i < rows; i++) {
        leie_size at = s->c->target_row[i];
        if (at >= s->b->n && !s->c->active[at - s->b->n])
            return leie_fail(err, LEIE_ERR_DATA, "%s:%lld: intervention '%s' buys from the process %s, which is not in this scenario",
                             v->path, (long long)v->line, v->name, s->b->code[at]);
        if (strcmp(s->b->unit[at], s->b->unit[row]) != 0 && !v->amount[LEIE_PRICE].text)
            return leie_fail(err, LEIE_ERR_UNIT, "%s:%lld: intervention '%s' replaces %s (%s) by %s (%s): give 'price'", v->path, (long long)v->line,
                             v->name, s->b->code[row], s->b->unit[row][0] ? s->b->unit[row] : "money", s->b->code[at],
                             s->b->unit[at][0] ? s->b->unit[at] : "money");
    }
    return LEIE_OK;
}

// Weight of a target cell that holds a value now.
static double target_weight(const leie_step *s, double value)
{
    if (s->v->spread == LEIE_SPREAD_EQUAL || in_pairs(s))
        return 1;
    return s->v->spread == LEIE_SPREAD_PROPORTIONAL ? fmax(0, value) : value != 0;
}

static double target_weights(leie_step *s, leie_size rows, leie_size cols)
{
    double sum = 0;
    for (leie_size i = 0; i < rows; i++)
        for (leie_size j = 0; j < cols; j++)
            sum += target_weight(s, leie_step_cell(s, s->v->matrix, s->c->target_row[i], s->c->target_col[j]));
    return sum;
}

// Adds an amount to the target cells: like the purchases there, or equally.
static leie_status give_to(leie_step *s, leie_size rows, leie_size cols, double amount, leie_error *err)
{
    leie_edited matrix = s->v->matrix;
    double sum = target_weights(s, rows, cols);
    leie_status st = LEIE_OK;
    s->report->spread_equally += sum == 0 && rows * cols > 1;
    for (leie_size i = 0; i < rows; i++)
        for (leie_size j = 0; !st && j < cols; j++) {
            leie_size row = s->c->target_row[i], col = s->c->target_col[j];
            double was = leie_step_cell(s, matrix, row, col), part = sum > 0 ? target_weight(s, was) / sum : 1.0 / (double)(rows * cols);
            if (part > 0)
                st = leie_step_put(s, matrix, row, col, was + amount * part, err);
        }
    return st;
}

static leie_status no_target(const leie_step *s, leie_size row, leie_error *err)
{
    return leie_fail(err, LEIE_ERR_DATA, "%s:%lld: intervention '%s': nothing in 'to' can take what %s of %s loses", s->v->path,
                     (long long)s->v->line, s->v->name, s->b->code[row], s->b->t->sector.region.code[s->b->region[row]]);
}

// Cells that a move takes from: positive purchases of the choice.
static bool is_source(const leie_step *s, leie_size row, leie_size col)
{
    bool exists = s->v->matrix == LEIE_EDIT_Y || col >= s->b->n || s->b->scale[col] > 0;
    return exists && leie_step_takes(s, row, col);
}

static double weight_of(const leie_step *s, leie_size col)
{
    return s->v->matrix == LEIE_EDIT_Y ? 1 : col < s->b->n ? s->b->t->x[col] : 0;
}

// What the sources are worth together.
static double source_total(leie_step *s)
{
    double sum = 0;
    for (leie_size i = 0; i < s->f->row.n; i++)
        for (leie_size j = 0; j < s->f->col.n; j++)
            if (is_source(s, s->f->row.at[i], s->f->col.at[j]))
                sum += fmax(0, leie_step_cell(s, s->v->matrix, s->f->row.at[i], s->f->col.at[j])) * weight_of(s, s->f->col.at[j]);
    return sum;
}

leie_status leie_step_move(leie_step *s, double take, double give, leie_error *err)
{
    leie_edited matrix = s->v->matrix;
    leie_status st = LEIE_OK;
    if (take < 0 || take > 1) {
        s->report->shares_clipped++;
        give *= take > 1 ? 1 / take : 0; // what is not taken is not replaced
        take = take > 1;
    }
    if (give > 0 && isfinite(s->amount[LEIE_AVAILABLE])) {
        double asked = give * source_total(s), most = s->amount[LEIE_AVAILABLE];
        s->report->bound = asked > most ? fmax(0, most / asked) : 1;
        take *= s->report->bound;
        give *= s->report->bound;
    }
    for (leie_size i = 0; !st && i < s->f->row.n; i++) {
        leie_size row = s->f->row.at[i], rows = give != 0 ? target_rows(s, row, i) : 0;
        if (give != 0)
            st = check_units(s, row, rows, err);
        for (leie_size j = 0; !st && j < s->f->col.n; j++) {
            leie_size col = s->f->col.at[j];
            double was = is_source(s, row, col) ? leie_step_cell(s, matrix, row, col) : 0;
            if (was <= 0)
                continue;
            leie_size cols = give != 0 ? target_cols(s, col, j) : 0;
            if (give != 0 && rows * cols == 0)
                return no_target(s, row, err);
            st = leie_step_put(s, matrix, row, col, was * (1 - take), err);
            if (!st && give != 0)
                st = give_to(s, rows, cols, was * give, err);
        }
    }
    return st;
}

// ---- operators that move ----

leie_status leie_step_substitute(leie_step *s, leie_error *err)
{
    const double *m = s->amount;
    double share = s->tau * m[LEIE_KP] * m[LEIE_SHARE], ratio = m[LEIE_QUANTITY] * m[LEIE_PRICE];
    if (ratio < 0)
        return leie_step_fail(s, LEIE_ERR_DATA, err, "quantity and price must not be negative", ratio);
    return leie_step_move(s, share, share * ratio, err);
}

// Purchases differ by product when the model of stocks does; the steady state is the same for all.
leie_status leie_step_lifetime(leie_step *s, leie_error *err)
{
    const double *m = s->amount;
    if (!(m[LEIE_LIFE] > 0 && m[LEIE_NEW_LIFE] > 0))
        return leie_step_fail(s, LEIE_ERR_DATA, err, "'life' and 'new_life' must be above zero", fmin(m[LEIE_LIFE], m[LEIE_NEW_LIFE]));
    leie_positions rows = s->f->row;
    leie_found one = *s->f;
    leie_step part = *s;
    leie_status st = LEIE_OK;
    part.f = &one;
    for (leie_size i = 0; !st && i < rows.n; i++) {
        leie_size row = rows.at[i];
        const leie_purchase purchase = {.row = row, .demand = s->v->matrix == LEIE_EDIT_Y, .cols = s->f->col.n, .col = s->f->col.at,
                                        .life = m[LEIE_LIFE], .longer = m[LEIE_NEW_LIFE], .start = s->v->ramp.from, .year = s->year};
        leie_error why = {0};
        double saved = 0;
        st = s->longevity->saving(&saved, s->longevity->ctx, &purchase, &why);
        if (st)
            return leie_fail(err, st, "%s:%lld: intervention '%s' (lifetime): %s", s->v->path, (long long)s->v->line, s->v->name, why.text);
        one.row = (leie_positions){1, &rows.at[i]};
        saved *= s->tau * m[LEIE_KP];
        st = leie_step_move(&part, saved, s->v->to.given ? saved * m[LEIE_REPAIR] : 0, err);
    }
    return st;
}

leie_status leie_step_displace(leie_step *s, leie_error *err)
{
    const double *m = s->amount;
    if (m[LEIE_RATE] < 0 || m[LEIE_RATE] > 1)
        return leie_step_fail(s, LEIE_ERR_DATA, err, "'rate', the new goods displaced by a reused one, is between 0 and 1", m[LEIE_RATE]);
    return leie_step_move(s, s->tau * m[LEIE_SHARE] * m[LEIE_RATE], s->tau * m[LEIE_SHARE] * m[LEIE_PRICE], err);
}

leie_status leie_step_cap(leie_step *s, leie_error *err)
{
    const double *m = s->amount;
    double total = source_total(s), excess = total > m[LEIE_LIMIT] ? 1 - fmax(0, m[LEIE_LIMIT]) / total : 0;
    excess *= s->tau;
    return leie_step_move(s, excess, s->v->to.given ? excess * m[LEIE_QUANTITY] * m[LEIE_PRICE] : 0, err);
}

// ---- rebound ----

// Spending of a region's chosen columns on chosen money rows: in the baseline on all rows, and now.
static void spending(leie_step *s, leie_index region, double *before, double *now, double *basket)
{
    const leie_baseline *b = s->b;
    *before = *now = *basket = 0;
    for (leie_size j = 0; j < s->f->col.n; j++) {
        leie_size col = s->f->col.at[j];
        if (b->demand_region[col] != region)
            continue;
        for (leie_size i = 0; i < b->N; i++) {
            *before += b->money[i] ? leie_baseline_cell(b, LEIE_EDIT_Y, i, col) : 0;
            *now += b->money[i] ? leie_step_cell(s, LEIE_EDIT_Y, i, col) : 0;
        }
        for (leie_size i = 0; i < s->f->row.n; i++)
            *basket += b->money[s->f->row.at[i]] ? leie_step_cell(s, LEIE_EDIT_Y, s->f->row.at[i], col) : 0;
    }
}

leie_status leie_step_rebound(leie_step *s, leie_error *err)
{
    leie_status st = LEIE_OK;
    for (leie_index region = 0; !st && region < s->b->R; region++) {
        double before, now, basket;
        spending(s, region, &before, &now, &basket);
        double factor = basket > 0 ? s->tau * s->amount[LEIE_SHARE] * (before - now) / basket : 0;
        for (leie_size j = 0; j < s->f->col.n && factor != 0; j++) {
            leie_size col = s->f->col.at[j];
            for (leie_size i = 0; !st && i < s->f->row.n && s->b->demand_region[col] == region; i++) {
                leie_size row = s->f->row.at[i];
                double was = leie_step_cell(s, LEIE_EDIT_Y, row, col);
                if (was != 0 && s->b->money[row])
                    st = leie_step_put(s, LEIE_EDIT_Y, row, col, was * (1 + factor), err);
            }
        }
    }
    return st;
}

// ---- processes ----

// What a region buys from a sector: all its industries and its final demand.
static double purchases(const leie_baseline *b, leie_size row, leie_index region)
{
    double sum = 0;
    if (row >= b->n)
        return 0;
    for (leie_size j = b->t->sector.first[region]; j < b->t->sector.first[region + 1]; j++)
        sum += fmax(0, leie_matrix_get(&b->t->Z, row, j));
    for (leie_size j = 0; j < b->m; j++)
        sum += b->demand_region[j] == region ? fmax(0, b->t->Y[row * b->m + j]) : 0;
    return sum;
}

static leie_status put_input(leie_step *s, const leie_positions *rows, double amount, leie_size col, leie_error *err)
{
    double sum = 0;
    leie_status st = LEIE_OK;
    for (leie_size i = 0; i < rows->n; i++)
        sum += purchases(s->b, rows->at[i], s->b->region[col]);
    s->report->spread_equally += sum == 0 && rows->n > 1;
    for (leie_size i = 0; !st && i < rows->n; i++) {
        double part = sum > 0 ? purchases(s->b, rows->at[i], s->b->region[col]) / sum : 1.0 / (double)rows->n;
        if (part > 0)
            st = leie_step_put(s, LEIE_EDIT_A, rows->at[i], col, leie_step_cell(s, LEIE_EDIT_A, rows->at[i], col) + amount * part, err);
    }
    return st;
}

leie_status leie_step_process(leie_step *s, leie_error *err)
{
    const leie_intervention *v = s->v;
    leie_size col = s->b->n + v->process;
    leie_status st = LEIE_OK;
    s->c->active[v->process] = true;
    for (leie_size i = 0; !st && i < v->inputs + v->pressures; i++) {
        const leie_process_part *part = i < v->inputs ? &v->input[i] : &v->pressure[i - v->inputs];
        double amount = leie_amount_value(&part->amount, s->value, 0);
        if (!isfinite(amount))
            return leie_step_fail(s, LEIE_ERR_DATA, err, "an input or pressure of the process is not a number", amount);
        if (i < v->inputs)
            st = put_input(s, &s->f->part[i], amount, col, err);
        for (leie_size k = 0; !st && i >= v->inputs && k < s->f->part[i].n; k++)
            st = leie_step_put(s, LEIE_EDIT_S, s->f->part[i].at[k], col, amount, err);
    }
    return st;
}

// ---- balance ----

// Sums of money cells of a column: all now, those changed (before and now).
static void column_sums(const leie_step *s, leie_size col, double *changed_old, double *changed_now, double *rest)
{
    const leie_baseline *b = s->b;
    *changed_old = *changed_now = *rest = 0;
    for (leie_size i = 0; i < b->N; i++) {
        if (!b->money[i])
            continue;
        const leie_edit *e = leie_edits_find(&s->c->part[LEIE_EDIT_A], i, col);
        if (e) {
            *changed_old += e->old;
            *changed_now += e->now;
        } else {
            *rest += leie_baseline_cell(b, LEIE_EDIT_A, i, col);
        }
    }
}

static leie_status scale_rest(leie_step *s, leie_size col, double factor, leie_error *err)
{
    leie_status st = LEIE_OK;
    for (leie_size i = 0; !st && i < s->b->n; i++) {
        if (!s->b->money[i] || leie_edits_find(&s->c->part[LEIE_EDIT_A], i, col))
            continue;
        double was = leie_baseline_cell(s->b, LEIE_EDIT_A, i, col);
        if (was != 0)
            st = leie_step_put(s, LEIE_EDIT_A, i, col, was * factor, err);
    }
    return st;
}

leie_status leie_step_balance(leie_step *s, leie_error *err)
{
    leie_status st = LEIE_OK;
    for (leie_size j = 0; !st && j < s->f->col.n; j++) {
        leie_size col = s->f->col.at[j];
        double old, now, rest;
        if (col >= s->b->n || s->b->scale[col] == 0)
            continue;
        column_sums(s, col, &old, &now, &rest);
        if (now == old)
            continue;
        if (s->v->repair == LEIE_REPAIR_VALUE_ADDED) {
            leie_size row = s->f->row.at[0];
            st = leie_step_put(s, LEIE_EDIT_S, row, col, leie_step_cell(s, LEIE_EDIT_S, row, col) - (now - old), err);
        } else if (rest > 0) {
            st = scale_rest(s, col, (rest - (now - old)) / rest, err);
        } else {
            s->report->clipped++; // nothing left that could give way
        }
    }
    return st;
}
