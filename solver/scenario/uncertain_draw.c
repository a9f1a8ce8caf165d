// SPDX-License-Identifier: GPL-3.0-or-later
#include <math.h>
#include <string.h>

#include "kernels/parallel.h"
#include "kernels/sum.h"
#include "solver/scenario/uncertain_impl.h"

enum {
    STREAM_CELLS = 0,   // + block: variates of cells; + LEIE_EDITED: of keys; + 1: of keys of industries
    STREAM_GROUPS = 16, // + rule: variates of groups
    STREAM_SHARES = 128 // + rule: gamma variates
};

// ---- variates ----

// n words of an item, by the design; dimension is the first one of Sobol' points.
static void draw_words(const leie_inputs *in, uint32_t *word, leie_size n, uint32_t stream, uint32_t draw, uint32_t item,
                       leie_size dimension)
{
    const leie_random_stream s = {in->u->seed, stream, draw};
    leie_design_words(word, n, in->u->design, &s, item, in->u->draws, in->sobol, dimension);
}

leie_size leie_inputs_group(const leie_inputs *in, leie_size rule, leie_size row, leie_size col)
{
    const leie_uncertain_rule *r = &in->u->rule[rule];
    leie_edited b = in->u->cells.intervention[rule].matrix;
    bool pressures = b == LEIE_EDIT_S || b == LEIE_EDIT_F_Y, sectors = b == LEIE_EDIT_A || b == LEIE_EDIT_S;
    if (r->grouping == LEIE_GROUP_ALL || r->grouping == LEIE_GROUP_NONE)
        return 0;
    if (r->grouping == LEIE_GROUP_COLUMN)
        return pressures ? row : col;
    leie_size region = (sectors ? in->base.region[col] : in->base.demand_region[col]) + 1; // 0: a region of no sector
    return pressures ? row * (in->base.R + 1) + region : region;
}

static double group_variate(const leie_inputs *in, leie_size rule, uint32_t draw, leie_size group)
{
    uint32_t word[64];
    float z;
    leie_size dimension = in->group_dim ? in->group_dim[rule] + group : 0;
    if (in->u->design == LEIE_DESIGN_RANDOM)
        word[0] = leie_random_word(&(leie_random_stream){in->u->seed, STREAM_GROUPS + (uint32_t)rule, draw}, (uint32_t)group, 0);
    else
        draw_words(in, word, 1, STREAM_GROUPS + (uint32_t)rule, draw, (uint32_t)group, dimension);
    leie_normals(&z, word, 1);
    return (double)z;
}

// The variates of one rule along a column (or row of pressures): z = sqrt(rho) z_group + sqrt(1 - rho) z_cell.
typedef struct mix {
    int rule;
    leie_size group;
    float own, common; // sqrt(1 - rho); sqrt(rho) z_group
    bool lognormal;    // with one c for all cells
    float s, m;
} mix;

static void set_mix(mix *x, const leie_inputs *in, int rule, uint32_t draw, leie_size group)
{
    const leie_uncertain_rule *r = &in->u->rule[rule];
    double variance = log1p(r->cv * r->cv);
    double cv = leie_rule_cv(r, 1);
    if (r->power == 0)
        variance = log1p(cv * cv);
    *x = (mix){.rule = rule, .group = group, .own = (float)sqrt(1 - r->rho)};
    x->common = r->rho > 0 ? (float)(sqrt(r->rho) * group_variate(in, rule, draw, group)) : 0;
    x->lognormal = r->distribution == LEIE_LOGNORMAL && r->power == 0 && !r->shares;
    x->s = (float)sqrt(variance);
    x->m = (float)(variance / 2);
}

// ---- shares ----

// value[t] of the cells with this rule keep their total: factors over their weighted mean, or Dirichlet.
static void draw_shares(const leie_inputs *in, int rule, uint32_t draw, uint32_t item, leie_size n, const int *which,
                        const leie_index *row, double *factor, const double *value)
{
    const leie_uncertain_rule *r = &in->u->rule[rule];
    const leie_random_stream s = {in->u->seed, STREAM_SHARES + (uint32_t)rule, draw};
    double total = 0, drawn = 0;
    for (leie_size t = 0; t < n; t++)
        total += which[t] == rule && value[t] > 0 ? value[t] : 0;
    for (leie_size t = 0; t < n; t++) {
        if (which[t] != rule)
            continue;
        if (!(value[t] > 0))
            factor[t] = 1;
        else if (r->concentration > 0) {
            double shape = r->concentration * value[t] / total;
            // an item of its own for each cell: how many words a gamma takes is not known
            uint32_t cell = item * 0x9E3779B1u + (uint32_t)(row ? row[t] : (leie_index)t);
            factor[t] = leie_random_gamma(&s, cell, shape) / shape;
        }
        drawn += value[t] > 0 ? factor[t] * value[t] : 0;
    }
    for (leie_size t = 0; t < n && drawn > 0; t++)
        if (which[t] == rule && value[t] > 0)
            factor[t] *= total / drawn;
}

// ---- keys of industries ----

void leie_inputs_begin(leie_inputs *in, uint32_t draw)
{
    leie_size n = in->t->sector.n;
    leie_draw_work *w = &in->work[0];
    if (!in->industries)
        return;
    draw_words(in, w->word, n, STREAM_CELLS + LEIE_EDITED + 1, draw, 0, in->sobol ? in->first_dim[LEIE_EDITED + 1] : 0);
    leie_normals(w->z, w->word, n);
    for (leie_size i = 0; i < n; i++) {
        int rule = in->row_rule[i];
        in->row_factor[i] = rule < 0 || in->u->rule[rule].concentration > 0 ? 1 : leie_rule_factor(&in->u->rule[rule], (double)w->z[i], in->t->x[i]);
    }
    for (leie_size g = 0; g < in->row_groups; g++) {
        int rule = -1;
        for (leie_size i = 0; i < n; i++) {
            w->rule[i] = in->row_group[i] == g ? in->row_rule[i] : -1;
            rule = w->rule[i] >= 0 ? w->rule[i] : rule;
        }
        if (rule >= 0)
            draw_shares(in, rule, draw, (uint32_t)g, n, w->rule, NULL, in->row_factor, in->t->x);
    }
}

// What a buyer takes from each group moves between its members: value [n] at sectors row, or all of them, a step apart.
static void move_origins(const leie_inputs *in, leie_draw_work *w, leie_size n, const leie_index *row, double *value, leie_size step)
{
    memset(w->before, 0, (size_t)in->row_groups * sizeof *w->before);
    memset(w->after, 0, (size_t)in->row_groups * sizeof *w->after);
    for (leie_size t = 0; t < n; t++) {
        leie_size i = row ? row[t] : t, g = in->row_group[i];
        if (g < 0)
            continue;
        w->before[g] += value[t * step];
        w->after[g] += value[t * step] * in->row_factor[i];
    }
    for (leie_size t = 0; t < n; t++) {
        leie_size i = row ? row[t] : t, g = in->row_group[i];
        if (g >= 0 && w->after[g] != 0)
            value[t * step] *= in->row_factor[i] * w->before[g] / w->after[g];
    }
}

// ---- A ----

// One rule for the whole column, lognormal with one c: the case that is worth vectors.
static bool draw_plain_column(const leie_inputs *in, leie_draw_work *w, uint32_t draw, leie_size j, leie_size n,
                              const leie_index *row, float *value)
{
    int first = n ? leie_inputs_rule(in, LEIE_EDIT_A, row[0], j) : -1;
    mix x;
    if (first < 0)
        return false;
    if (in->rules[LEIE_EDIT_A] > 1 || in->base.found[first].row.n < in->t->sector.n ||
        in->u->cells.intervention[first].cells != LEIE_CELLS_ALL)
        for (leie_size t = 1; t < n; t++)
            if (leie_inputs_rule(in, LEIE_EDIT_A, row[t], j) != first)
                return false;
    set_mix(&x, in, first, draw, leie_inputs_group(in, first, row[0], j));
    if (!x.lognormal)
        return false;
    leie_lognormal_scale(value, w->z, x.own, x.common, x.s, x.m, n);
    return true;
}

static void draw_mixed_column(const leie_inputs *in, leie_draw_work *w, uint32_t draw, leie_size j, leie_size n,
                              const leie_index *row, float *value)
{
    mix x = {.rule = -1};
    double x_j = in->t->x[j];
    int shares = -1;
    for (leie_size t = 0; t < n; t++) {
        int rule = w->rule[t] = leie_inputs_rule(in, LEIE_EDIT_A, row[t], j);
        w->factor[t] = 1;
        if (rule < 0)
            continue;
        if (rule != x.rule)
            set_mix(&x, in, rule, draw, leie_inputs_group(in, rule, row[t], j));
        const leie_uncertain_rule *r = &in->u->rule[rule];
        shares = r->shares ? rule : shares;
        if (r->concentration == 0)
            w->factor[t] = leie_rule_factor(r, (double)(x.own * w->z[t] + x.common), (double)value[t] * x_j);
    }
    if (shares >= 0) {
        for (leie_size t = 0; t < n; t++)
            w->flow[t] = (double)value[t];
        for (int b = 0; b < in->rules[LEIE_EDIT_A]; b++)
            if (in->u->rule[in->rule[LEIE_EDIT_A][b]].shares)
                draw_shares(in, in->rule[LEIE_EDIT_A][b], draw, (uint32_t)j, n, w->rule, row, w->factor, w->flow);
    }
    for (leie_size t = 0; t < n; t++) {
        w->counts.sign_changes += w->factor[t] < 0;
        value[t] = w->rule[t] < 0 ? value[t] : (float)((double)value[t] * w->factor[t]);
    }
}

// The money in a column of A.
static double money_of(const leie_inputs *in, leie_size n, const leie_index *row, const float *value)
{
    double money = 0;
    if (in->all_money)
        return leie_sum_f32(value, n);
    for (leie_size t = 0; t < n; t++)
        money += in->base.money[row[t]] ? (double)value[t] : 0;
    return money;
}

void leie_inputs_draw_A(leie_inputs *in, uint32_t draw, leie_size j, leie_size n, const leie_index *row, float *value,
                        int worker)
{
    leie_draw_work *w = &in->work[worker];
    bool cells = in->any[LEIE_EDIT_A] && in->cols[LEIE_EDIT_A][j];
    if (!cells && !in->industries)
        return;
    if (cells && (!in->sobol || leie_inputs_own_cells(in, LEIE_EDIT_A))) {
        draw_words(in, w->word, n, STREAM_CELLS + LEIE_EDIT_A, draw, (uint32_t)j, in->sobol ? in->sobol_A[j] : 0);
        leie_normals(w->z, w->word, n);
    }
    if (cells && !draw_plain_column(in, w, draw, j, n, row, value))
        draw_mixed_column(in, w, draw, j, n, row, value);
    if (in->industries) {
        for (leie_size t = 0; t < n; t++)
            w->flow[t] = (double)value[t];
        move_origins(in, w, n, row, w->flow, 1);
        for (leie_size t = 0; t < n; t++)
            value[t] = in->row_group[row[t]] < 0 ? value[t] : (float)w->flow[t];
    }
    w->counts.over_one += in->inputs[j] <= 1 && money_of(in, n, row, value) > 1;
}

void leie_inputs_redraw_column(void *ctx, leie_size column, leie_size n, const leie_index *row, float *value, int worker)
{
    leie_inputs_redraw *r = ctx;
    leie_inputs_draw_A(r->in, r->draw, column, n, row, value, worker);
}

// ---- Y, S, F_Y ----

// A pass over the items of a block: columns of Y, rows of S and F_Y.
typedef struct pass {
    leie_inputs *in;
    leie_edited block;
    uint32_t draw;
    leie_size n, step, stride; // cells of an item; from one to the next; from item to item
    const double *from;
    const double *scale;       // [n] S = F / x; NULL for ones
    const bool *wanted;        // [items] the others are left alone; NULL: all are wanted
    double *to;
} pass;

// One lognormal rule with one c for the whole item: the case that is worth vectors.
static bool draw_plain_item(const pass *p, leie_draw_work *w, leie_size item)
{
    const leie_inputs *in = p->in;
    int rule = in->rules[p->block] == 1 ? in->rule[p->block][0] : -1;
    bool column = p->block == LEIE_EDIT_Y;
    if (rule < 0 || in->u->cells.intervention[rule].cells != LEIE_CELLS_ALL)
        return false;
    const leie_found *f = &in->base.found[rule];
    if ((column ? f->row.n : f->col.n) < p->n || (!column && in->u->rule[rule].grouping == LEIE_GROUP_REGION))
        return false;
    mix x;
    set_mix(&x, in, rule, p->draw, leie_inputs_group(in, rule, column ? 0 : item, column ? item : 0));
    if (!x.lognormal)
        return false;
    for (leie_size t = 0; t < p->n; t++)
        w->one[t] = 1;
    leie_lognormal_scale(w->one, w->z, x.own, x.common, x.s, x.m, p->n);
    for (leie_size t = 0; t < p->n; t++)
        p->to[item * p->stride + t * p->step] *= (double)w->one[t];
    return true;
}

static leie_status draw_items(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    pass *p = ctx;
    leie_inputs *in = p->in;
    leie_draw_work *w = &in->work[worker];
    bool column = p->block == LEIE_EDIT_Y;
    (void)err;
    for (leie_size item = first; item < last; item++) {
        if (p->wanted && !p->wanted[item])
            continue;
        leie_size at = item * p->stride;
        bool touched = column ? in->cols[p->block][item] != 0 : in->rows[p->block][item] != 0;
        for (leie_size t = 0; t < p->n; t++)
            p->to[at + t * p->step] = p->from[at + t * p->step] * (p->scale ? p->scale[t] : 1);
        if (!in->any[p->block] || !touched)
            continue;
        if (!in->sobol || leie_inputs_own_cells(in, p->block)) {
            draw_words(in, w->word, p->n, STREAM_CELLS + (uint32_t)p->block, p->draw, (uint32_t)item,
                       in->sobol ? in->first_dim[p->block] + item * p->n : 0);
            leie_normals(w->z, w->word, p->n);
        }
        if (draw_plain_item(p, w, item))
            continue;
        mix x = {.rule = -1};
        bool shares = false;
        for (leie_size t = 0; t < p->n; t++) {
            leie_size row = column ? t : item, col = column ? item : t, cell = at + t * p->step;
            double value = p->from[cell]; // the flow, not per unit of output
            int rule = w->rule[t] = value == 0 ? -1 : leie_inputs_rule(in, p->block, row, col);
            w->factor[t] = 1;
            if (rule < 0)
                continue;
            leie_size group = leie_inputs_group(in, rule, row, col);
            if (rule != x.rule || group != x.group)
                set_mix(&x, in, rule, p->draw, group);
            const leie_uncertain_rule *r = &in->u->rule[rule];
            shares |= r->shares;
            double z = (double)(x.own * w->z[t] + x.common);
            if (x.lognormal)
                w->factor[t] = exp((double)x.s * z - (double)x.m);
            else if (r->concentration == 0)
                w->factor[t] = leie_rule_factor(r, z, value);
        }
        if (shares && column) {
            for (leie_size t = 0; t < p->n; t++)
                w->flow[t] = p->from[at + t * p->step];
            for (int b = 0; b < in->rules[p->block]; b++)
                if (in->u->rule[in->rule[p->block][b]].shares)
                    draw_shares(in, in->rule[p->block][b], p->draw, (uint32_t)item, p->n, w->rule, NULL, w->factor, w->flow);
        }
        for (leie_size t = 0; t < p->n; t++) {
            w->counts.sign_changes += w->factor[t] < 0;
            if (w->rule[t] >= 0)
                p->to[at + t * p->step] *= w->factor[t];
        }
    }
    return LEIE_OK;
}

// The factors of whole columns: shares between the regions of a nest.
static void draw_keys(leie_inputs *in, uint32_t draw, const bool *wanted, double *Y, double *F_Y)
{
    leie_size m = in->t->demand.n, n = in->t->sector.n, k = in->t->stressor.n;
    leie_draw_work *w = &in->work[0];
    if (!in->keys)
        return;
    draw_words(in, w->word, m, STREAM_CELLS + LEIE_EDITED, draw, 0, in->sobol ? in->first_dim[LEIE_EDITED] : 0);
    leie_normals(w->z, w->word, m);
    for (leie_size j = 0; j < m; j++) {
        int rule = in->key_rule[j];
        w->factor[j] = rule < 0 || in->u->rule[rule].concentration > 0 ? 1 : leie_rule_factor(&in->u->rule[rule], (double)w->z[j], in->column[j]);
    }
    for (leie_size g = 0; g < in->groups; g++) {
        int rule = -1;
        for (leie_size j = 0; j < m; j++) {
            w->rule[j] = in->share_group[j] == g ? in->key_rule[j] : -1;
            rule = w->rule[j] >= 0 ? w->rule[j] : rule;
        }
        if (rule >= 0)
            draw_shares(in, rule, draw, (uint32_t)g, m, w->rule, NULL, w->factor, in->column);
    }
    for (leie_size j = 0; j < m; j++) {
        if (in->key_rule[j] < 0)
            continue;
        for (leie_size i = 0; i < n && (!wanted || wanted[j]); i++)
            Y[i * m + j] *= w->factor[j];
        for (leie_size s = 0; s < k; s++)
            F_Y[s * m + j] *= w->factor[j];
    }
}

leie_status leie_inputs_draw_Y(leie_inputs *in, uint32_t draw, const bool *wanted, double *Y, double *F_Y, leie_error *err)
{
    leie_size n = in->t->sector.n, m = in->t->demand.n, k = in->t->stressor.n;
    pass y = {in, LEIE_EDIT_Y, draw, n, m, 1, in->t->Y, NULL, wanted, Y};
    pass f = {in, LEIE_EDIT_F_Y, draw, m, 1, m, in->t->F_Y, NULL, NULL, F_Y};
    leie_status st = leie_parallel_for(m, 1, draw_items, &y, err);
    for (leie_size j = 0; !st && in->industries && j < m; j++)
        if (!wanted || wanted[j])
            move_origins(in, &in->work[0], n, NULL, Y + j, m);
    st = st || !k ? st : leie_parallel_for(k, 1, draw_items, &f, err);
    if (!st)
        draw_keys(in, draw, wanted, Y, F_Y);
    return st;
}

leie_status leie_inputs_draw_S(leie_inputs *in, uint32_t draw, double *S, leie_error *err)
{
    leie_size n = in->t->sector.n, k = in->t->stressor.n;
    pass s = {in, LEIE_EDIT_S, draw, n, 1, n, in->t->F, in->base.scale, NULL, S};
    return k ? leie_parallel_for(k, 1, draw_items, &s, err) : LEIE_OK;
}
