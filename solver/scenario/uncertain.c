// SPDX-License-Identifier: GPL-3.0-or-later
#include "solver/scenario/uncertain.h"

#include <math.h>
#include <string.h>

#include "kernels/memory.h"
#include "kernels/parallel.h"
#include "kernels/sum.h"

enum {
    STREAM_CELLS = 0,   // + block: variates of cells; + LEIE_EDITED: of keys; + 1: of keys of industries
    STREAM_GROUPS = 16, // + rule: variates of groups
    STREAM_SHARES = 128 // + rule: gamma variates
};

// Arrays for one worker, as long as the longest column or row.
typedef struct leie_draw_work {
    uint32_t *word;
    float *z, *s, *m, *one;
    double *factor, *flow, *before, *after; // the last two by group of industries
    int *rule;
    leie_draw_counts counts;
} leie_draw_work;

static const char *const groupings[LEIE_GROUPINGS] = {"none", "column", "region", "all"};

const char *leie_grouping_name(leie_grouping grouping)
{
    return groupings[grouping];
}

int leie_grouping_find(const char *name)
{
    for (int g = 0; g < LEIE_GROUPINGS; g++)
        if (strcmp(groupings[g], name) == 0)
            return g;
    return -1;
}

// ---- rules ----

static leie_status check_rule(const leie_intervention *v, const leie_uncertain_rule *r, leie_error *err)
{
    const char *wrong = NULL;
    if (!(r->cv >= 0) || !isfinite(r->cv) || !isfinite(r->power) || !(r->most >= 0))
        wrong = "the coefficient of variation and its bound may not be negative";
    else if (r->ranged && !(r->low <= r->mode && r->mode <= r->high && r->low < r->high && isfinite(r->low) && isfinite(r->high)))
        wrong = "a range needs low <= mode <= high and low < high";
    else if (r->ranged && r->distribution != LEIE_UNIFORM && r->distribution != LEIE_TRIANGULAR)
        wrong = "low, mode and high belong to uniform and triangular";
    else if (r->ranged && r->shares && !(r->low > 0))
        wrong = "factors of shares must be above zero";
    else if (!(r->rho >= 0 && r->rho <= 1))
        wrong = "rho lies between 0 and 1";
    else if (r->rho > 0 && r->grouping == LEIE_GROUP_NONE)
        wrong = "rho needs a group: column, region or all";
    else if (r->concentration < 0 || !isfinite(r->concentration))
        wrong = "the concentration of Dirichlet shares must be above zero";
    else if (r->concentration > 0 && r->rho > 0)
        wrong = "Dirichlet shares have a correlation of their own: no rho";
    else if (r->shares && r->concentration == 0 && r->distribution != LEIE_LOGNORMAL && !r->ranged)
        wrong = "shares are lognormal, dirichlet, or have a range above zero";
    else if (r->shares && !r->keys && v->matrix != LEIE_EDIT_A && v->matrix != LEIE_EDIT_Y)
        wrong = "shares are shares of a column of A or Y";
    if (!wrong)
        return LEIE_OK;
    return leie_fail(err, LEIE_ERR_DATA, "%s:%lld: uncertainty '%s': %s", v->path ? v->path : "uncertainty", (long long)v->line,
                     v->name, wrong);
}

leie_status leie_uncertain_check(const leie_uncertain *u, leie_error *err)
{
    leie_status st = LEIE_OK;
    for (leie_size i = 0; !st && i < u->cells.interventions; i++)
        st = check_rule(&u->cells.intervention[i], &u->rule[i], err);
    if (!st && (u->draws < 0 || u->draws >= INT32_MAX))
        st = leie_fail(err, LEIE_ERR_DATA, "uncertainty: %lld draws; between 1 and 2147483646", (long long)u->draws);
    return st;
}

void leie_uncertain_clear(leie_uncertain *u)
{
    leie_scenarios_clear(&u->cells);
    leie_free(u->rule);
    *u = (leie_uncertain){0};
}

static double cv_of(const leie_uncertain_rule *r, double value)
{
    double c = r->power == 0 ? r->cv : value == 0 ? 0 : r->cv * pow(fabs(value), r->power);
    return r->most > 0 && c > r->most ? r->most : c;
}

static double width_of(const leie_uncertain_rule *r, double value)
{
    return cv_of(r, value) * sqrt(r->distribution == LEIE_UNIFORM ? 3 : 6);
}

double leie_rule_mean(const leie_uncertain_rule *r)
{
    if (!r->ranged || r->distribution == LEIE_FIXED)
        return 1;
    return r->distribution == LEIE_UNIFORM ? (r->low + r->high) / 2 : (r->low + r->mode + r->high) / 3;
}

double leie_rule_sd(const leie_uncertain_rule *r, double value)
{
    if (r->distribution == LEIE_FIXED)
        return 0;
    if (!r->ranged)
        return cv_of(r, value);
    return leie_distribution_width(r->distribution, r->mode, r->low, r->high);
}

// The factor that a variate gives.
static double factor_of(const leie_uncertain_rule *r, double z, double value)
{
    double low = r->low, mode = r->mode, high = r->high;
    if (r->distribution == LEIE_NORMAL || r->distribution == LEIE_LOGNORMAL)
        return leie_distribution_at(r->distribution, z, 1, cv_of(r, value), 0, 0);
    if (!r->ranged) {
        double half = r->distribution == LEIE_FIXED ? 0 : width_of(r, value);
        low = 1 - half;
        mode = 1;
        high = 1 + half;
    }
    return leie_distribution_at(r->distribution, z, mode, 0, low, high);
}

// ---- which rule a cell has ----

static int last_rule(const leie_inputs *in, leie_edited block, uint64_t bits)
{
    return bits ? in->rule[block][63 - __builtin_clzll(bits)] : -1;
}

static uint64_t place_bits(const leie_inputs *in, leie_edited block, leie_size row, leie_size col)
{
    if (block == LEIE_EDIT_S || block == LEIE_EDIT_F_Y)
        return UINT64_MAX;
    leie_index buyer = block == LEIE_EDIT_A ? in->base.region[col] : in->base.demand_region[col];
    return in->base.region[row] == buyer ? in->domestic[block] : in->imported[block];
}

int leie_inputs_rule(const leie_inputs *in, leie_edited block, leie_size row, leie_size col)
{
    if (!in->any[block])
        return -1;
    return last_rule(in, block, in->rows[block][row] & in->cols[block][col] & place_bits(in, block, row, col));
}

static leie_status mark_cells(leie_inputs *in, leie_error *err)
{
    const leie_table *t = in->t;
    leie_size rows[LEIE_EDITED] = {t->sector.n, t->sector.n, t->stressor.n, t->stressor.n};
    leie_size cols[LEIE_EDITED] = {t->sector.n, t->demand.n, t->sector.n, t->demand.n};
    for (int b = 0; b < LEIE_EDITED; b++) {
        in->rows[b] = leie_new(rows[b], sizeof *in->rows[b]);
        in->cols[b] = leie_new(cols[b], sizeof *in->cols[b]);
        if (!in->rows[b] || !in->cols[b])
            return leie_fail_memory(err, "uncertain cells", rows[b] + cols[b], sizeof *in->rows[b]);
    }
    for (leie_size i = 0; i < in->u->cells.interventions; i++) {
        const leie_intervention *v = &in->u->cells.intervention[i];
        const leie_found *f = &in->base.found[i];
        leie_edited b = v->matrix;
        if (in->u->rule[i].keys)
            continue;
        if (in->rules[b] == LEIE_RULES_MAX)
            return leie_fail(err, LEIE_ERR_LIMIT, "%s:%lld: uncertainty: more than %d rules for %s", v->path ? v->path : "uncertainty",
                             (long long)v->line, LEIE_RULES_MAX, leie_edited_name(b));
        uint64_t bit = UINT64_C(1) << in->rules[b];
        in->rule[b][in->rules[b]++] = (int)i;
        in->any[b] = true;
        for (leie_size p = 0; p < f->row.n; p++)
            in->rows[b][f->row.at[p]] |= bit;
        for (leie_size p = 0; p < f->col.n; p++)
            in->cols[b][f->col.at[p]] |= bit;
        in->domestic[b] |= v->cells != LEIE_CELLS_IMPORTED ? bit : 0;
        in->imported[b] |= v->cells != LEIE_CELLS_DOMESTIC ? bit : 0;
    }
    return LEIE_OK;
}

// Columns that share a key: those of one category that one rule names.
static leie_status mark_keys(leie_inputs *in, leie_error *err)
{
    const leie_table *t = in->t;
    leie_size m = t->demand.n;
    in->share_group = leie_new(m, sizeof *in->share_group);
    in->key_rule = leie_new(m, sizeof *in->key_rule);
    in->column = leie_new(m, sizeof *in->column);
    if (!in->share_group || !in->key_rule || !in->column)
        return leie_fail_memory(err, "uncertain keys", m, sizeof *in->column);
    for (leie_size j = 0; j < m; j++)
        in->share_group[j] = in->key_rule[j] = -1;
    for (leie_size i = 0; i < in->u->cells.interventions; i++) {
        const leie_found *f = &in->base.found[i];
        if (!in->u->rule[i].keys || in->u->rule[i].industries)
            continue;
        in->keys = true;
        for (leie_size p = 0; p < f->col.n; p++) {
            leie_size j = f->col.at[p], q = 0;
            while (q < p && strcmp(t->demand.code[f->col.at[q]], t->demand.code[j]) != 0)
                q++;
            in->share_group[j] = q < p ? in->share_group[f->col.at[q]] : (leie_index)in->groups++;
            in->key_rule[j] = (leie_index)i;
        }
    }
    for (leie_size i = 0; i < t->sector.n; i++)
        for (leie_size j = 0; j < m; j++)
            in->column[j] += t->Y[i * m + j];
    return LEIE_OK;
}

// Sectors that share a key: those of one code that one rule names.
static leie_status mark_industries(leie_inputs *in, leie_error *err)
{
    const leie_axis *sector = &in->t->sector;
    leie_size n = sector->n;
    in->row_group = leie_new(n, sizeof *in->row_group);
    in->row_rule = leie_new(n, sizeof *in->row_rule);
    in->row_factor = leie_new(n, sizeof *in->row_factor);
    if (!in->row_group || !in->row_rule || !in->row_factor)
        return leie_fail_memory(err, "uncertain keys", n, sizeof *in->row_factor);
    for (leie_size i = 0; i < n; i++)
        in->row_group[i] = in->row_rule[i] = -1;
    for (leie_size r = 0; r < in->u->cells.interventions; r++) {
        const leie_found *f = &in->base.found[r];
        for (leie_size p = 0; in->u->rule[r].industries && p < f->row.n; p++) {
            leie_size i = f->row.at[p], q = 0;
            while (q < p && strcmp(sector->code[f->row.at[q]], sector->code[i]) != 0)
                q++;
            in->industries = true;
            in->row_group[i] = q < p ? in->row_group[f->row.at[q]] : (leie_index)in->row_groups++;
            in->row_rule[i] = (leie_index)r;
        }
    }
    return LEIE_OK;
}

// Money inputs of every column of A, to tell in which draws they rise above one.
static leie_status sum_inputs(leie_inputs *in, leie_error *err)
{
    leie_size n = in->t->sector.n;
    in->inputs = leie_new(n, sizeof *in->inputs);
    if (!in->inputs)
        return leie_fail_memory(err, "inputs of sectors", n, sizeof *in->inputs);
    in->all_money = true;
    for (leie_size i = 0; i < n; i++) {
        const leie_index *col;
        const double *val;
        leie_size count = leie_matrix_row(&in->t->Z, i, &col, &val);
        in->all_money &= in->base.money[i];
        for (leie_size c = 0; in->base.money[i] && c < count; c++) {
            leie_size j = col ? col[c] : c;
            in->inputs[j] += val[c] * in->base.scale[j];
        }
    }
    return LEIE_OK;
}

// ---- Sobol' dimensions ----

leie_size leie_inputs_groups(const leie_inputs *in, leie_size rule)
{
    const leie_uncertain_rule *r = &in->u->rule[rule];
    leie_edited b = in->u->cells.intervention[rule].matrix;
    bool pressures = b == LEIE_EDIT_S || b == LEIE_EDIT_F_Y;
    if (r->rho == 0 || r->grouping == LEIE_GROUP_NONE)
        return 0;
    if (r->grouping == LEIE_GROUP_ALL)
        return 1;
    leie_size columns = b == LEIE_EDIT_A ? in->t->sector.n : in->t->demand.n, regions = in->base.R + 1;
    if (pressures)
        return r->grouping == LEIE_GROUP_COLUMN ? in->base.k : in->base.k * regions;
    return r->grouping == LEIE_GROUP_COLUMN ? columns : regions;
}

static bool block_has_cells(const leie_inputs *in, leie_edited b)
{
    for (int r = 0; r < in->rules[b]; r++)
        if (in->u->rule[in->rule[b][r]].rho < 1)
            return true;
    return false;
}

static leie_status count_dimensions(leie_inputs *in, leie_error *err)
{
    const leie_table *t = in->t;
    leie_size n = t->sector.n, m = t->demand.n, k = t->stressor.n, dims = 0;
    const leie_size size[LEIE_EDITED] = {0, n * m, k * n, k * m};
    in->group_dim = leie_new(in->u->cells.interventions + 1, sizeof *in->group_dim);
    in->sobol_A = leie_new(n + 1, sizeof *in->sobol_A);
    if (!in->group_dim || !in->sobol_A)
        return leie_fail_memory(err, "Sobol' dimensions", n, sizeof *in->sobol_A);
    for (leie_size r = 0; r < in->u->cells.interventions; r++) {
        in->group_dim[r] = dims;
        dims += leie_inputs_groups(in, r);
        if (in->u->rule[r].concentration > 0)
            return leie_fail(err, LEIE_ERR_USAGE, "uncertainty: Dirichlet shares have no Sobol' points: use random or latin");
    }
    if (block_has_cells(in, LEIE_EDIT_A)) {
        for (leie_size i = 0; i < n; i++) {
            const leie_index *col;
            const double *val;
            leie_size count = leie_matrix_row(&t->Z, i, &col, &val);
            for (leie_size c = 0; c < count; c++)
                in->sobol_A[(col ? col[c] : c) + 1] += (float)(val[c] * in->base.scale[col ? col[c] : c]) != 0;
        }
        for (leie_size j = 0; j < n; j++)
            in->sobol_A[j + 1] += in->sobol_A[j];
        for (leie_size j = 0; j <= n; j++)
            in->sobol_A[j] += dims;
        dims = in->sobol_A[n];
    }
    for (int b = LEIE_EDIT_Y; b < LEIE_EDITED; b++) {
        in->first_dim[b] = dims;
        dims += block_has_cells(in, (leie_edited)b) ? size[b] : 0;
    }
    in->first_dim[LEIE_EDITED] = dims;
    dims += in->keys ? m : 0;
    in->first_dim[LEIE_EDITED + 1] = dims;
    dims += in->industries ? n : 0;
    in->dims = dims;
    if (dims > LEIE_SOBOL_MAX)
        return leie_fail(err, LEIE_ERR_USAGE, "uncertainty: %lld inputs are too many for Sobol' points (%d); use latin, or groups with "
                         "rho: 1", (long long)dims, LEIE_SOBOL_MAX);
    return leie_sobol_new(&in->sobol, dims, in->u->seed, err);
}

// ---- life ----

static leie_status new_work(leie_inputs *in, leie_error *err)
{
    leie_size room = in->t->sector.n > in->t->demand.n ? in->t->sector.n : in->t->demand.n;
    room = (room + 127) / 64 * 64;
    in->workers = leie_threads();
    in->work = leie_new(in->workers, sizeof *in->work);
    for (leie_size w = 0; in->work && w < in->workers; w++) {
        leie_draw_work *k = &in->work[w];
        k->word = leie_new(room, sizeof *k->word);
        k->z = leie_new(room, sizeof *k->z);
        k->s = leie_new(room, sizeof *k->s);
        k->m = leie_new(room, sizeof *k->m);
        k->one = leie_new(room, sizeof *k->one);
        k->factor = leie_new(room, sizeof *k->factor);
        k->flow = leie_new(room, sizeof *k->flow);
        k->before = leie_new(in->row_groups + 1, sizeof *k->before);
        k->after = leie_new(in->row_groups + 1, sizeof *k->after);
        k->rule = leie_new(room, sizeof *k->rule);
        if (!k->word || !k->z || !k->s || !k->m || !k->one || !k->factor || !k->flow || !k->before || !k->after || !k->rule)
            return leie_fail_memory(err, "draws", room, sizeof *k->factor);
    }
    return in->work ? LEIE_OK : leie_fail_memory(err, "draws", in->workers, sizeof *in->work);
}

leie_status leie_inputs_make(leie_inputs *in, const leie_table *t, const leie_uncertain *u, leie_error *err)
{
    *in = (leie_inputs){.t = t, .u = u};
    leie_status st = leie_uncertain_check(u, err);
    st = st ? st : leie_baseline_make(&in->base, t, &u->cells, err);
    if (st)
        return st;
    st = mark_cells(in, err);
    st = st ? st : mark_keys(in, err);
    st = st ? st : mark_industries(in, err);
    st = st ? st : sum_inputs(in, err);
    if (!st && u->design == LEIE_DESIGN_SOBOL)
        st = count_dimensions(in, err);
    st = st ? st : new_work(in, err);
    if (st)
        leie_inputs_clear(in);
    return st;
}

void leie_inputs_clear(leie_inputs *in)
{
    for (int b = 0; b < LEIE_EDITED; b++) {
        leie_free(in->rows[b]);
        leie_free(in->cols[b]);
    }
    for (leie_size w = 0; in->work && w < in->workers; w++) {
        leie_free(in->work[w].word);
        leie_free(in->work[w].z);
        leie_free(in->work[w].s);
        leie_free(in->work[w].m);
        leie_free(in->work[w].one);
        leie_free(in->work[w].factor);
        leie_free(in->work[w].flow);
        leie_free(in->work[w].before);
        leie_free(in->work[w].after);
        leie_free(in->work[w].rule);
    }
    leie_free(in->work);
    leie_free(in->share_group);
    leie_free(in->key_rule);
    leie_free(in->row_group);
    leie_free(in->row_rule);
    leie_free(in->row_factor);
    leie_free(in->column);
    leie_free(in->inputs);
    leie_free(in->sobol_A);
    leie_free(in->group_dim);
    leie_sobol_free(in->sobol);
    if (in->u)
        leie_baseline_clear(&in->base);
    *in = (leie_inputs){0};
}

leie_draw_counts leie_inputs_counts(leie_inputs *in)
{
    leie_draw_counts all = {0, 0};
    for (leie_size w = 0; w < in->workers; w++) {
        all.sign_changes += in->work[w].counts.sign_changes;
        all.over_one += in->work[w].counts.over_one;
        in->work[w].counts = (leie_draw_counts){0, 0};
    }
    return all;
}

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
    double cv = cv_of(r, 1);
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
        in->row_factor[i] = rule < 0 || in->u->rule[rule].concentration > 0 ? 1 : factor_of(&in->u->rule[rule], (double)w->z[i], in->t->x[i]);
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
    for (leie_size t = 0; t < n; t++) {
        w->z[t] = x.own * w->z[t] + x.common;
        w->s[t] = x.s;
        w->m[t] = x.m;
    }
    leie_lognormal_scale(value, w->z, w->s, w->m, n);
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
            w->factor[t] = factor_of(r, (double)(x.own * w->z[t] + x.common), (double)value[t] * x_j);
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

// The money in a column of A, four chains side by side.
static double money_of(const leie_inputs *in, leie_size n, const leie_index *row, const float *value)
{
    double chain[4] = {0};
    leie_size t = 0;
    for (; in->all_money && t + 4 <= n; t += 4)
        for (int c = 0; c < 4; c++)
            chain[c] += (double)value[t + c];
    for (; t < n; t++)
        chain[0] += in->all_money || in->base.money[row[t]] ? (double)value[t] : 0;
    return (chain[0] + chain[1]) + (chain[2] + chain[3]);
}

void leie_inputs_draw_A(leie_inputs *in, uint32_t draw, leie_size j, leie_size n, const leie_index *row, float *value,
                        int worker)
{
    leie_draw_work *w = &in->work[worker];
    bool cells = in->any[LEIE_EDIT_A] && in->cols[LEIE_EDIT_A][j];
    if (!cells && !in->industries)
        return;
    if (cells && (!in->sobol || block_has_cells(in, LEIE_EDIT_A))) {
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
    for (leie_size t = 0; t < p->n; t++) {
        w->z[t] = x.own * w->z[t] + x.common;
        w->s[t] = x.s;
        w->m[t] = x.m;
        w->one[t] = 1;
    }
    leie_lognormal_scale(w->one, w->z, w->s, w->m, p->n);
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
        if (!in->sobol || block_has_cells(in, p->block)) {
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
                w->factor[t] = factor_of(r, z, value);
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
        w->factor[j] = rule < 0 || in->u->rule[rule].concentration > 0 ? 1 : factor_of(&in->u->rule[rule], (double)w->z[j], in->column[j]);
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
