// SPDX-License-Identifier: GPL-3.0-or-later
#include <string.h>

#include "kernels/memory.h"
#include "kernels/parallel.h"
#include "solver/scenario/uncertain_impl.h"

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

bool leie_inputs_own_cells(const leie_inputs *in, leie_edited b)
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
    if (leie_inputs_own_cells(in, LEIE_EDIT_A)) {
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
        dims += leie_inputs_own_cells(in, (leie_edited)b) ? size[b] : 0;
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
        k->one = leie_new(room, sizeof *k->one);
        k->factor = leie_new(room, sizeof *k->factor);
        k->flow = leie_new(room, sizeof *k->flow);
        k->before = leie_new(in->row_groups + 1, sizeof *k->before);
        k->after = leie_new(in->row_groups + 1, sizeof *k->after);
        k->rule = leie_new(room, sizeof *k->rule);
        if (!k->word || !k->z || !k->one || !k->factor || !k->flow || !k->before || !k->after || !k->rule)
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
