// SPDX-License-Identifier: GPL-3.0-or-later
/* First-order propagation: variances of all footprints from M, X and the standard deviations of cells, then the cells
 * that drive the variance. A is read by columns, in strips, on all threads.
 *
 *   K = k + 1 outputs of a region: the stressors, and the sum over materials
 */
#include <math.h>
#include <string.h>

#include "kernels/memory.h"
#include "kernels/parallel.h"
#include "solver/scenario/propagate_impl.h"

enum { STRIP = 32 }; // columns of A read together

// The cells of one item (a column of A or Y, a row of S or F_Y) with their rules and deviations.
typedef struct item {
    leie_edited block;
    leie_size at, n;
    const leie_index *row; // [n] NULL: 0, 1, ...
    const double *value;   // [n]
    double *sd;            // [n] of the cell; 0 where no rule is
    int *rule;             // [n]
} item;

static leie_size row_of(const item *c, leie_size t)
{
    return c->row ? (leie_size)c->row[t] : t;
}

static bool is_column(leie_edited block)
{
    return block == LEIE_EDIT_A || block == LEIE_EDIT_Y;
}

// Rules and standard deviations; shares are Dirichlet or keep their total to first order.
static void weigh_item(const leie_propagation *p, item *c)
{
    const leie_inputs *in = p->in;
    double unit = c->block == LEIE_EDIT_A ? in->t->x[c->at] : 1;
    for (leie_size t = 0; t < c->n; t++) {
        leie_size row = is_column(c->block) ? row_of(c, t) : c->at, col = is_column(c->block) ? c->at : t;
        int rule = c->rule[t] = c->value[t] == 0 ? -1 : leie_inputs_rule(in, c->block, row, col);
        c->sd[t] = 0;
        if (rule < 0)
            continue;
        const leie_uncertain_rule *r = &in->u->rule[rule];
        if (r->concentration == 0)
            c->sd[t] = fabs(c->value[t]) * leie_rule_sd(r, c->value[t] * unit);
    }
    for (int b = 0; b < in->rules[c->block]; b++) {
        int rule = in->rule[c->block][b];
        double total = 0, concentration = in->u->rule[rule].concentration;
        for (leie_size t = 0; in->u->rule[rule].shares && t < c->n; t++)
            total += c->rule[t] == rule && c->value[t] > 0 ? c->value[t] : 0;
        for (leie_size t = 0; in->u->rule[rule].shares && t < c->n; t++)
            if (c->rule[t] == rule && !(c->value[t] > 0))
                c->sd[t] = 0;
            else if (c->rule[t] == rule && concentration > 0)
                c->sd[t] = sqrt(c->value[t] * total / (concentration + 1));
    }
}

// lambda of output s at cell t, less its mean over the cells that share with it.
static double mean_lambda(const leie_propagation *p, const item *c, int rule, leie_size s)
{
    double sum = 0, total = 0;
    if (!p->in->u->rule[rule].shares)
        return 0;
    for (leie_size t = 0; t < c->n; t++)
        if (c->rule[t] == rule && c->value[t] > 0) {
            sum += p->lambda[row_of(c, t) * p->K + s] * c->value[t];
            total += c->value[t];
        }
    return total > 0 ? sum / total : 0;
}

// v[s] and t[rule, s] of a column; mean [rules of the block, K] receives what shares take off.
static void sum_column(const leie_propagation *p, const item *c, double *v, double *T, leie_size step, double *mean)
{
    const leie_inputs *in = p->in;
    leie_size K = p->K;
    memset(v, 0, (size_t)K * sizeof *v);
    for (int b = 0; b < in->rules[c->block]; b++)
        for (leie_size s = 0; s < K; s++) {
            mean[b * K + s] = mean_lambda(p, c, in->rule[c->block][b], s);
            if (T)
                T[b * step + s] = 0;
        }
    for (leie_size t = 0; t < c->n; t++) {
        if (c->sd[t] == 0)
            continue;
        const double *lambda = p->lambda + row_of(c, t) * K;
        double rho = in->u->rule[c->rule[t]].rho;
        int b = 0;
        while (in->rule[c->block][b] != c->rule[t])
            b++;
        for (leie_size s = 0; s < K; s++) {
            double g = (lambda[s] - mean[b * K + s]) * c->sd[t];
            v[s] += (1 - rho) * g * g;
            if (T && rho > 0)
                T[b * step + s] += g;
        }
    }
}

static double *group_sum(const leie_propagation *p, int rule, leie_size group)
{
    return p->group + (p->first[rule] + group) * p->mc->outputs;
}

// Whether groups of the rule reach beyond one column of A or Y.
static bool reaches(const leie_propagation *p, int rule)
{
    return p->first[rule + 1] > p->first[rule];
}

// ---- A by columns ----

typedef struct strip {
    leie_size *start; // [STRIP + 1]
    leie_index *row;  // [cells]
    double *value, *sd;
    int *rule;
    double *mean, *v;
} strip;

static void strip_clear(strip *x)
{
    leie_free(x->start);
    leie_free(x->row);
    leie_free(x->value);
    leie_free(x->sd);
    leie_free(x->rule);
    leie_free(x->mean);
    leie_free(x->v);
}

static leie_status strip_new(strip *x, const leie_propagation *p, leie_error *err)
{
    leie_size room = STRIP * p->n;
    *x = (strip){.start = leie_new(STRIP + 1, sizeof *x->start), .row = leie_new(room, sizeof *x->row),
                 .value = leie_new(room, sizeof *x->value), .sd = leie_new(p->n, sizeof *x->sd),
                 .rule = leie_new(p->n, sizeof *x->rule), .mean = leie_new(LEIE_RULES_MAX * p->K, sizeof *x->mean),
                 .v = leie_new(p->K, sizeof *x->v)};
    if (x->start && x->row && x->value && x->sd && x->rule && x->mean && x->v)
        return LEIE_OK;
    strip_clear(x);
    return leie_fail_memory(err, "columns of A", room, sizeof *x->value);
}

// Columns j0 .. j1 - 1 of A: column c at [c * n ...], start[c] cells of it.
static void read_strip(strip *x, const leie_propagation *p, leie_size j0, leie_size j1)
{
    const leie_matrix *Z = &p->w->t->Z;
    memset(x->start, 0, (STRIP + 1) * sizeof *x->start);
    for (leie_size i = 0; i < p->n; i++) {
        const leie_index *col;
        const double *val;
        leie_size count = leie_matrix_row(Z, i, &col, &val), t = j0;
        if (col) { // the first cell of the strip
            leie_size low = 0, high = count;
            while (low < high) {
                leie_size middle = (low + high) / 2;
                if (col[middle] < j0)
                    low = middle + 1;
                else
                    high = middle;
            }
            t = low;
        }
        for (; t < count && (col ? (leie_size)col[t] : t) < j1; t++) {
            leie_size j = col ? (leie_size)col[t] : t, c = j - j0;
            double a = val[t] * p->in->base.scale[j];
            if ((float)a == 0)
                continue;
            x->row[c * p->n + x->start[c]] = (leie_index)i;
            x->value[c * p->n + x->start[c]++] = a;
        }
    }
}

// Better: a larger share, then the earlier cell.
static bool better(const leie_driver *a, const leie_driver *b)
{
    if (a->share != b->share)
        return a->share > b->share;
    if (a->block != b->block)
        return a->block < b->block;
    return a->row != b->row ? a->row < b->row : a->col < b->col;
}

void leie_driver_offer(leie_driver *list, leie_size n, const leie_driver *d)
{
    if (n == 0 || !(d->share > 0) || !better(d, &list[n - 1]))
        return;
    leie_size at = n - 1;
    for (; at > 0 && better(d, &list[at - 1]); at--)
        list[at] = list[at - 1];
    list[at] = *d;
}

// Offers the cells of an item for region q: g = slope lambda' sd, G the sums of its groups.
static void rank_item(const leie_propagation *p, const item *c, const double *mean, const double *T, leie_size step, leie_size q,
                      double slope, leie_driver *list)
{
    const leie_inputs *in = p->in;
    leie_size K = p->K, s = p->output, o = q * K + s;
    double variance = p->variance[o];
    if (!(variance > 0) || slope == 0)
        return;
    for (leie_size t = 0; t < c->n; t++) {
        if (c->sd[t] == 0)
            continue;
        int rule = c->rule[t], b = 0;
        double rho = in->u->rule[rule].rho, G = 0;
        while (in->rule[c->block][b] != rule)
            b++;
        double g = slope * (p->lambda[row_of(c, t) * K + s] - mean[b * K + s]) * c->sd[t];
        if (rho > 0)
            G = reaches(p, rule) ? group_sum(p, rule, leie_inputs_group(in, rule, row_of(c, t), c->at))[o]
                                 : slope * T[b * step + s];
        leie_driver d = {c->block, false, row_of(c, t), c->at, g * (rho * G + (1 - rho) * g) / variance,
                         c->sd[t] / fabs(c->value[t])};
        leie_driver_offer(list, p->mc->ranked, &d);
    }
}

static leie_status do_strips(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    leie_propagation *p = ctx;
    strip x;
    leie_status st = strip_new(&x, p, err);
    if (st)
        return st;
    for (leie_size at = first; at < last; at++) {
        leie_size j0 = at * STRIP, j1 = j0 + STRIP < p->n ? j0 + STRIP : p->n;
        read_strip(&x, p, j0, j1);
        for (leie_size j = j0; j < j1; j++) {
            item c = {LEIE_EDIT_A, j, x.start[j - j0], x.row + (j - j0) * p->n, x.value + (j - j0) * p->n, x.sd, x.rule};
            if (!p->in->cols[LEIE_EDIT_A][j])
                continue;
            weigh_item(p, &c);
            sum_column(p, &c, p->ranking ? x.v : p->V + j * p->K, p->T ? p->T + j * p->K : NULL, p->n * p->K, x.mean);
            for (leie_size q = 0; p->ranking && q < p->mc->q; q++)
                rank_item(p, &c, x.mean, p->T ? p->T + j * p->K : NULL, p->n * p->K, q, p->w->X[j * p->mc->q + q],
                          p->best + (worker * p->mc->q + q) * p->mc->ranked);
        }
    }
    strip_clear(&x);
    return LEIE_OK;
}

static leie_status pass_A(leie_propagation *p, leie_error *err)
{
    if (!p->in->any[LEIE_EDIT_A])
        return LEIE_OK;
    return leie_parallel_for((p->n + STRIP - 1) / STRIP, 1, do_strips, p, err);
}

// From the sums of columns to variances and groups, column by column.
static void add_A(leie_propagation *p)
{
    leie_size K = p->K, q_n = p->mc->q;
    for (leie_size j = 0; p->in->any[LEIE_EDIT_A] && j < p->n; j++)
        for (leie_size q = 0; q < q_n; q++) {
            double x = p->w->X[j * q_n + q];
            for (leie_size s = 0; x != 0 && s < K; s++)
                p->variance[q * K + s] += x * x * p->V[j * K + s];
            for (int b = 0; p->T && x != 0 && b < p->in->rules[LEIE_EDIT_A]; b++) {
                int rule = p->in->rule[LEIE_EDIT_A][b];
                double rho = p->in->u->rule[rule].rho;
                const double *T = p->T + (b * p->n + j) * K;
                for (leie_size s = 0; rho > 0 && s < K; s++)
                    if (reaches(p, rule))
                        group_sum(p, rule, leie_inputs_group(p->in, rule, 0, j))[q * K + s] += x * T[s];
                    else
                        p->variance[q * K + s] += rho * x * x * T[s] * T[s];
            }
        }
}

// ---- Y, S, F_Y ----

bool leie_propagation_region(const leie_propagation *p, leie_size q, leie_size column)
{
    leie_size R = p->w->t->sector.region.n, r = p->w->region[column];
    return r >= 0 && p->w->q->member[q * R + r];
}

// Columns of Y; in the second pass they are ranked.
static leie_status pass_Y(leie_propagation *p, leie_error *err)
{
    leie_size n = p->n, m = p->w->m, K = p->K;
    const leie_inputs *in = p->in;
    strip x;
    if (!in->any[LEIE_EDIT_Y])
        return LEIE_OK;
    double *T = leie_new(LEIE_RULES_MAX * K, sizeof *T);
    if (!T)
        return leie_fail_memory(err, "columns of Y", LEIE_RULES_MAX * K, sizeof *T);
    leie_status st = strip_new(&x, p, err);
    for (leie_size j = 0; !st && j < m; j++) {
        if (p->w->region[j] < 0 || !in->cols[LEIE_EDIT_Y][j])
            continue;
        for (leie_size i = 0; i < n; i++)
            x.value[i] = p->w->t->Y[i * m + j];
        item c = {LEIE_EDIT_Y, j, n, NULL, x.value, x.sd, x.rule};
        weigh_item(p, &c);
        sum_column(p, &c, x.v, T, K, x.mean);
        for (leie_size q = 0; q < p->mc->q; q++) {
            if (!leie_propagation_region(p, q, j))
                continue;
            if (p->ranking) {
                rank_item(p, &c, x.mean, T, K, q, 1, p->best + q * p->mc->ranked);
                continue;
            }
            for (leie_size s = 0; s < K; s++)
                p->variance[q * K + s] += x.v[s];
            for (int b = 0; b < in->rules[LEIE_EDIT_Y]; b++) {
                int rule = in->rule[LEIE_EDIT_Y][b];
                double rho = in->u->rule[rule].rho;
                for (leie_size s = 0; rho > 0 && s < K; s++)
                    if (reaches(p, rule))
                        group_sum(p, rule, leie_inputs_group(in, rule, 0, j))[q * K + s] += T[b * K + s];
                    else
                        p->variance[q * K + s] += rho * T[b * K + s] * T[b * K + s];
            }
        }
    }
    if (!st)
        strip_clear(&x);
    leie_free(T);
    return st;
}

// Rows of S and F_Y: de/ds_i = x_i, de/dF_Y = 1.
static leie_status pass_pressures(leie_propagation *p, leie_edited block, leie_error *err)
{
    leie_size k = p->mc->k, K = p->K, q_n = p->mc->q;
    const leie_inputs *in = p->in;
    bool S = block == LEIE_EDIT_S;
    leie_size n = S ? p->n : p->w->m, room = n ? n : 1;
    if (!in->any[block])
        return LEIE_OK;
    double *sd = leie_new(room, sizeof *sd);
    int *rules = leie_new(room, sizeof *rules);
    if (!sd || !rules) {
        leie_free(sd);
        leie_free(rules);
        return leie_fail_memory(err, "pressures", n, sizeof *sd);
    }
    for (leie_size s = 0; s < k; s++) {
        item c = {block, s, n, NULL, (S ? p->w->t->F : p->w->t->F_Y) + s * n, sd, rules};
        weigh_item(p, &c);
        for (leie_size t = 0; t < n; t++)
            for (leie_size q = 0; sd[t] > 0 && q < q_n; q++) {
                int rule = rules[t];
                double rho = in->u->rule[rule].rho, slope = S ? p->w->X[t * q_n + q] * in->base.scale[t] : leie_propagation_region(p, q, t);
                double g = slope * sd[t];
                if (g == 0)
                    continue;
                for (int total = 0; total < 2; total++) {
                    leie_size out = total ? K - 1 : s, o = q * K + out;
                    if (total && !(p->mc->has_total && p->w->material[s]))
                        continue;
                    double *G = rho > 0 ? &group_sum(p, rule, leie_inputs_group(in, rule, s, t))[o] : NULL;
                    if (!p->ranking) {
                        p->variance[o] += (1 - rho) * g * g;
                        if (G)
                            *G += g;
                    } else if (out == p->output && p->variance[o] > 0) {
                        leie_driver d = {block, false, s, t, g * (rho * (G ? *G : 0) + (1 - rho) * g) / p->variance[o],
                                         sd[t] / fabs(c.value[t])};
                        leie_driver_offer(p->best + q * p->mc->ranked, p->mc->ranked, &d);
                    }
                }
            }
    }
    leie_free(sd);
    leie_free(rules);
    return LEIE_OK;
}

// ---- the recipe ----

static leie_status take_room(leie_propagation *p, leie_error *err)
{
    const leie_inputs *in = p->in;
    leie_size rules = in->u->cells.interventions, correlated = 0, lists = leie_threads() * p->mc->q * p->mc->ranked;
    p->first = leie_new(rules + 1, sizeof *p->first);
    if (!p->first)
        return leie_fail_memory(err, "rules", rules, sizeof *p->first);
    for (leie_size r = 0; r < rules; r++) {
        bool column = is_column(in->u->cells.intervention[r].matrix) && in->u->rule[r].grouping == LEIE_GROUP_COLUMN;
        p->first[r + 1] = p->first[r] + (column ? 0 : leie_inputs_groups(in, r));
    }
    for (int b = 0; b < in->rules[LEIE_EDIT_A]; b++)
        correlated += in->u->rule[in->rule[LEIE_EDIT_A][b]].rho > 0;
    p->lambda = leie_new(p->n * p->K, sizeof *p->lambda);
    p->V = leie_new(p->n * p->K, sizeof *p->V);
    p->T = correlated ? leie_new(in->rules[LEIE_EDIT_A] * p->n, (size_t)p->K * sizeof *p->T) : NULL;
    p->variance = leie_new(p->mc->outputs, sizeof *p->variance);
    p->group = leie_new(p->first[rules] * p->mc->outputs + 1, sizeof *p->group);
    p->best = leie_new(lists + 1, sizeof *p->best);
    if (!p->lambda || !p->V || (correlated && !p->T) || !p->variance || !p->group || !p->best)
        return leie_fail_memory(err, "first-order propagation", p->n * p->K, sizeof *p->V);
    return LEIE_OK;
}

static leie_status all_passes(leie_propagation *p, leie_error *err)
{
    leie_status st = pass_A(p, err);
    if (!st && !p->ranking)
        add_A(p);
    st = st ? st : pass_Y(p, err);
    st = st ? st : pass_pressures(p, LEIE_EDIT_S, err);
    st = st ? st : pass_pressures(p, LEIE_EDIT_F_Y, err);
    st = st ? st : leie_propagate_keys(p, err);
    return st ? st : leie_propagate_industries(p, err);
}

leie_status leie_montecarlo_propagate(leie_montecarlo *mc, leie_error *err)
{
    leie_montecarlo_work *w = mc->work;
    leie_propagation p = {.mc = mc, .w = w, .in = &w->in, .n = w->n, .K = mc->k + 1, .output = mc->has_total ? mc->k : 0};
    leie_status st = take_room(&p, err);
    for (leie_size i = 0; !st && i < p.n; i++)
        for (leie_size s = 0; s < mc->k; s++) {
            p.lambda[i * p.K + s] = w->M[i * mc->k + s];
            p.lambda[i * p.K + mc->k] += mc->has_total && w->material[s] ? w->M[i * mc->k + s] : 0;
        }
    st = st ? st : all_passes(&p, err);
    for (leie_size r = 0; !st && r < w->in.u->cells.interventions; r++)
        for (leie_size g = p.first[r]; g < p.first[r + 1]; g++)
            for (leie_size o = 0; o < mc->outputs; o++)
                p.variance[o] += w->in.u->rule[r].rho * p.group[g * mc->outputs + o] * p.group[g * mc->outputs + o];
    for (leie_size o = 0; !st && o < mc->outputs; o++)
        mc->first_order[o] = sqrt(p.variance[o]);
    if (!st && mc->ranked) {
        p.ranking = true;
        st = all_passes(&p, err);
        for (leie_size q = 0; !st && q < mc->q; q++)
            for (leie_size i = 0; i < leie_threads() * mc->ranked; i++)
                leie_driver_offer(mc->driver + q * mc->ranked, mc->ranked, &p.best[(i / mc->ranked * mc->q + q) * mc->ranked + i % mc->ranked]);
    }
    leie_free(p.first);
    leie_free(p.lambda);
    leie_free(p.V);
    leie_free(p.T);
    leie_free(p.variance);
    leie_free(p.group);
    leie_free(p.best);
    return st;
}
