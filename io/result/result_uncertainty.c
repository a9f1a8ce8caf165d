// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/result/result_uncertainty.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "kernels/memory.h"

typedef struct adding {
    leie_dataset *ds;
    const leie_study *study;
    leie_size years;
    const leie_year *year;
    const leie_labels *stressor;
    const leie_measures *m;
    leie_size regions, quantiles;
    const char *material_unit; // NULL when no year has a total
    leie_size draws;           // of kept draws, else 0
} adding;

// ---- axes ----

static leie_status number_axis(leie_dataset *ds, const char *name, leie_size n, const char *long_name, leie_var **var, leie_error *err)
{
    leie_size at = leie_dataset_dim(ds, name, n, err);
    if (at < 0)
        return (leie_status)at;
    return leie_dataset_var(var, ds, name, LEIE_VAR_DOUBLE, name, "1", long_name, err);
}

static leie_status add_axes(adding *a, leie_error *err)
{
    const leie_study_uncertainty *u = &a->study->uncertainty;
    leie_var *quantile = NULL, *checkpoint = NULL, *rank = NULL, *draw = NULL;
    leie_status st = number_axis(a->ds, "quantile", u->quantiles, "probability of the quantile", &quantile, err);
    st = st ? st : number_axis(a->ds, "checkpoint", LEIE_CHECKPOINTS, "draws so far", &checkpoint, err);
    if (!st && u->ranking)
        st = number_axis(a->ds, "rank", u->ranking, "rank among the cells that drive the variance", &rank, err);
    if (!st && u->keep)
        st = number_axis(a->ds, "draw", u->inputs.draws, "number of the draw, from 0", &draw, err);
    if (st)
        return st;
    a->quantiles = u->quantiles;
    a->draws = u->keep ? u->inputs.draws : 0;
    memcpy(quantile->number, u->quantile, (size_t)u->quantiles * sizeof *u->quantile);
    for (leie_size c = 0; c < LEIE_CHECKPOINTS; c++)
        checkpoint->number[c] = (double)((u->inputs.draws * (c + 1) + LEIE_CHECKPOINTS - 1) / LEIE_CHECKPOINTS);
    for (leie_size i = 0; rank && i < u->ranking; i++)
        rank->number[i] = (double)(i + 1);
    for (leie_size i = 0; draw && i < a->draws; i++)
        draw->number[i] = (double)i;
    return LEIE_OK;
}

static leie_status add_attributes(const adding *a, leie_error *err)
{
    const leie_uncertain *u = &a->study->uncertainty.inputs;
    leie_status st = leie_dataset_integer(a->ds, NULL, "uncertainty_seed", (int64_t)u->seed, err);
    st = st ? st : leie_dataset_integer(a->ds, NULL, "uncertainty_draws_asked", u->draws, err);
    st = st ? st : leie_dataset_text(a->ds, NULL, "uncertainty_method", leie_design_name(u->design), err);
    return st;
}

// ---- footprints ----

// Draws of [q, k + 1] outputs, from output `first` of their record on.
typedef struct drawn {
    const leie_draws *record;
    const double *first_order, *middle; // of the first output; NULL: none
    leie_size first, q, k;
    const leie_labels *stressor; // of the table
} drawn;

// What is reported of an output: where it is, with one value per item of the last or of the middle dimension.
typedef struct field {
    const char *name, *before, *after, *long_name; // dimensions before region, and behind stressor
    double (*value)(const drawn *d, leie_size item, leie_size output);
} field;

static double mean_of(const drawn *d, leie_size item, leie_size output)
{
    (void)item;
    return d->record->tally.draws ? d->record->tally.mean[d->first + output] : NAN;
}

static double sd_of(const drawn *d, leie_size item, leie_size output)
{
    (void)item;
    return leie_tally_sd(&d->record->tally, d->first + output);
}

static double first_order_of(const drawn *d, leie_size item, leie_size output)
{
    (void)item;
    return d->first_order[output];
}

static double mean_at(const drawn *d, leie_size item, leie_size output)
{
    return d->record->mean_at[item * d->record->outputs + d->first + output];
}

static double sd_at(const drawn *d, leie_size item, leie_size output)
{
    return d->record->sd_at[item * d->record->outputs + d->first + output];
}

static double draw_of(const drawn *d, leie_size item, leie_size output)
{
    return d->record->draw ? d->record->draw[item * d->record->outputs + d->first + output] : NAN;
}

static double middle_of(const drawn *d, leie_size item, leie_size output)
{
    (void)item;
    return d->middle ? d->middle[output] : NAN;
}

static const field fields[] = {
    {"mean", NULL, NULL, "mean of the draws", mean_of},
    {"sd", NULL, NULL, "standard deviation of the draws", sd_of},
    {"sd_first_order", NULL, NULL, "standard deviation by first-order propagation, without draws", first_order_of},
    {"mean_at", "checkpoint", NULL, "mean of the draws so far", mean_at},
    {"sd_at", "checkpoint", NULL, "standard deviation of the draws so far", sd_at},
    {"draw", "draw", NULL, "one draw", draw_of},
    {"quantile", NULL, "quantile", "quantile of the draws", NULL},
    {"undrawn", NULL, NULL, "with the parameters as they are written", middle_of},
};
enum { FIELDS = sizeof fields / sizeof fields[0] };

// What is drawn: inputs of the table, parameters of scenarios, or both at once, with what scenarios change then.
typedef enum group { OF_TABLE, OF_SCENARIOS, OF_JOINT, OF_CHANGES } group;

static const struct {
    const char *before, *behind, *long_name;
    bool scenarios; // along the axis
} groups[] = {{"", "", "", false},
              {"scenario_", "", ", of the scenario's parameters", true},
              {"joint_", "", ", of table and parameters together", true},
              {"joint_", "change_", ", of what the scenario changes against the baseline of the same draw of table and parameters", true}};

// Whether a field is there: kept draws on request, values as they are of scenarios alone, the first order where there is one.
static bool has_field(const adding *a, const field *f, group g)
{
    return (f->value != draw_of || a->draws) && (f->value != middle_of || g == OF_SCENARIOS) &&
           (f->value != first_order_of || g == OF_TABLE || g == OF_SCENARIOS);
}

// The variable of a field, for stressors or for the sum over materials.
static leie_status field_variable(leie_var **var, const adding *a, const field *f, bool material, group g, leie_error *err)
{
    char name[96], dims[128], long_name[240];
    snprintf(name, sizeof name, "%s%sfootprint_%s%s", groups[g].before, material ? "material_" : "", groups[g].behind, f->name);
    snprintf(dims, sizeof dims, "%syear%s%s region%s%s%s", groups[g].scenarios ? "scenario " : "", f->before ? " " : "", f->before ? f->before : "",
             material ? "" : " stressor", f->after ? " " : "", f->after ? f->after : "");
    snprintf(long_name, sizeof long_name, "%s%s: D_cba with direct pressures%s", f->long_name, groups[g].long_name,
             material ? ", sum over materials" : "");
    leie_status st = leie_dataset_var(var, a->ds, name, LEIE_VAR_DOUBLE, dims, material ? a->material_unit : a->m->units[LEIE_IN_STRESSOR],
                                      long_name, err);
    if (!st && !material && a->m->by[LEIE_IN_STRESSOR])
        st = leie_dataset_text(a->ds, *var, "units_by", a->m->by[LEIE_IN_STRESSOR], err);
    return st;
}

// Values of a field in a block of the variable: a year, or a scenario in a year.
static leie_status fill_field(const adding *a, const field *f, leie_var *var, bool material, leie_size block, const drawn *d, leie_error *err)
{
    leie_size before = !f->before ? 1 : f->before[0] == 'c' ? LEIE_CHECKPOINTS : a->draws, behind = f->after ? a->quantiles : 1;
    leie_size stressors = material ? 1 : a->stressor->n;
    double quantile[LEIE_QUANTILES_MAX];
    leie_status st = LEIE_OK;
    for (leie_size q = 0; !st && q < d->q; q++)
        for (leie_size s = 0; !st && s < (material ? 1 : d->k); s++) {
            leie_size at = material ? 0 : leie_labels_find(a->stressor, d->stressor->code[s]), output = q * (d->k + 1) + (material ? d->k : s);
            if (!f->value)
                st = leie_tally_quantiles(quantile, &d->record->tally, d->first + output, a->quantiles, a->study->uncertainty.quantile, err);
            for (leie_size i = 0; !st && i < before; i++)
                for (leie_size j = 0; j < behind; j++)
                    var->number[(((block * before + i) * a->regions + q) * stressors + at) * behind + j] =
                        f->value ? f->value(d, i, output) : quantile[j];
        }
    return st;
}

static drawn drawn_table(const leie_year *year)
{
    const leie_montecarlo *mc = &year->uncertainty;
    return (drawn){.record = &mc->record, .first_order = mc->first_order, .q = mc->q, .k = mc->k, .stressor = &year->table.stressor};
}

static leie_status add_footprints(const adding *a, leie_error *err)
{
    leie_status st = LEIE_OK;
    for (int i = 0; !st && i < FIELDS; i++)
        for (int material = 0; !st && has_field(a, &fields[i], OF_TABLE) && material < (a->material_unit ? 2 : 1); material++) {
            leie_var *var = NULL;
            st = field_variable(&var, a, &fields[i], material, OF_TABLE, err);
            for (leie_size y = 0; !st && y < a->years; y++) {
                drawn d = drawn_table(&a->year[y]);
                if (a->year[y].uncertain && (!material || a->year[y].uncertainty.has_total))
                    st = fill_field(a, &fields[i], var, material, y, &d, err);
            }
        }
    return st;
}

// ---- footprints of scenarios ----

// Place of a case of a year's draws on the axes scenario and year.
static leie_size block_of(const adding *a, const leie_drawn_case *c)
{
    leie_size y = 0;
    while (y < a->years && a->year[y].year != c->year)
        y++;
    return (1 + c->scenario) * a->years + y; // the baseline comes first
}

static leie_status add_drawn(const adding *a, const field *f, leie_var *var, bool material, leie_size y, leie_error *err)
{
    const leie_scenario_draws *all = &a->year[y].drawn;
    leie_status st = LEIE_OK;
    for (leie_size c = 0; !st && c < all->cases; c++) {
        drawn d = {.record = &all->record, .first_order = all->first_order + c * all->each, .middle = all->middle + c * all->each,
                   .first = c * all->each, .q = all->q, .k = all->k, .stressor = &a->year[y].table.stressor};
        st = fill_field(a, f, var, material, block_of(a, &all->of[c]), &d, err);
    }
    return st;
}

static leie_status add_scenario_footprints(const adding *a, leie_error *err)
{
    leie_status st = LEIE_OK;
    for (int i = 0; !st && i < FIELDS; i++)
        for (int material = 0; !st && has_field(a, &fields[i], OF_SCENARIOS) && material < (a->material_unit ? 2 : 1); material++) {
            leie_var *var = NULL;
            st = field_variable(&var, a, &fields[i], material, OF_SCENARIOS, err);
            for (leie_size y = 0; !st && y < a->years; y++)
                if (!material || a->year[y].drawn.has_total)
                    st = add_drawn(a, &fields[i], var, material, y, err);
        }
    return st;
}

// Which parameters drive the variance of a scenario, and how the draws went.
static leie_status add_parameter_shares(const adding *a, leie_error *err)
{
    leie_var *share = NULL, *draws = NULL, *failed = NULL, *residual = NULL;
    char long_name[200];
    snprintf(long_name, sizeof long_name, "share of the parameter in the first-order variance of the footprint of the scenario (%.100s)",
             a->material_unit ? "the sum over materials" : a->stressor->code[0]);
    leie_status st = leie_dataset_var(&share, a->ds, "parameter_share", LEIE_VAR_DOUBLE, "scenario year region parameter", "1", long_name, err);
    st = st ? st : leie_dataset_var(&draws, a->ds, "scenario_draws", LEIE_VAR_INT, "year", "1", "draws of parameters of scenarios in the statistics", err);
    st = st ? st : leie_dataset_var(&failed, a->ds, "scenario_draws_failed", LEIE_VAR_INT, "year", "1", "draws without a solution, in no statistic", err);
    st = st ? st : leie_dataset_var(&residual, a->ds, "scenario_draws_residual", LEIE_VAR_DOUBLE, "year", "1",
                                    "largest relative residual of the changed systems of all draws", err);
    for (leie_size y = 0; !st && y < a->years; y++) {
        const leie_scenario_draws *all = &a->year[y].drawn;
        if (!all->cases)
            continue;
        draws->integer[y] = all->record.tally.draws;
        failed->integer[y] = all->record.failed;
        residual->number[y] = all->record.residual;
        for (leie_size c = 0; c < all->cases; c++)
            memcpy(share->number + block_of(a, &all->of[c]) * a->regions * all->P, all->share + c * all->q * all->P,
                   (size_t)(all->q * all->P) * sizeof *share->number);
    }
    return st;
}

// ---- table and scenarios in one draw ----

static leie_status add_joint(const adding *a, const field *f, leie_var *var, bool material, group g, leie_size y, leie_error *err)
{
    const leie_joint_draws *all = &a->year[y].joint;
    drawn d = {.record = &all->record, .q = all->q, .k = all->k, .stressor = &a->year[y].table.stressor};
    leie_status st = g == OF_JOINT ? fill_field(a, f, var, material, y, &d, err) : LEIE_OK; // the baseline
    for (leie_size c = 0; !st && c < all->cases; c++) {
        d.first = g == OF_JOINT ? leie_joint_case(all, c) : leie_joint_change(all, c);
        st = fill_field(a, f, var, material, block_of(a, &all->of[c]), &d, err);
    }
    return st;
}

static leie_status add_joint_footprints(const adding *a, group g, leie_error *err)
{
    leie_status st = LEIE_OK;
    for (int i = 0; !st && i < FIELDS; i++)
        for (int material = 0; !st && has_field(a, &fields[i], g) && material < (a->material_unit ? 2 : 1); material++) {
            leie_var *var = NULL;
            st = field_variable(&var, a, &fields[i], material, g, err);
            for (leie_size y = 0; !st && y < a->years; y++)
                if (a->year[y].joint.cases && (!material || a->year[y].joint.has_total))
                    st = add_joint(a, &fields[i], var, material, g, y, err);
        }
    return st;
}

static leie_status add_joint_years(const adding *a, leie_error *err)
{
    leie_var *draws = NULL, *failed = NULL, *residual = NULL;
    leie_status st = leie_dataset_var(&draws, a->ds, "joint_draws", LEIE_VAR_INT, "year", "1", "draws of table and parameters together in the statistics", err);
    st = st ? st : leie_dataset_var(&failed, a->ds, "joint_draws_failed", LEIE_VAR_INT, "year", "1", "joint draws without a solution, in no statistic", err);
    st = st ? st : leie_dataset_var(&residual, a->ds, "joint_draws_residual", LEIE_VAR_DOUBLE, "year", "1",
                                    "largest relative residual of the drawn and changed systems of all draws", err);
    for (leie_size y = 0; !st && y < a->years; y++) {
        const leie_joint_draws *all = &a->year[y].joint;
        if (!all->cases)
            continue;
        draws->integer[y] = all->record.tally.draws;
        failed->integer[y] = all->record.failed;
        residual->number[y] = all->record.residual;
    }
    return st;
}

// ---- what drives the variance ----

static void sector_text(char *text, size_t size, const leie_axis *axis, leie_size i)
{
    snprintf(text, size, "%s/%s", axis->region.code[axis->of[i]], axis->code[i]);
}

// "A CHN/c1 -> BEL/c2", "S iron CHN/c1", "keys BEL/household".
static void driver_text(char *text, size_t size, const leie_table *t, const leie_driver *d)
{
    char row[200], col[200];
    const leie_axis *cols = d->block == LEIE_EDIT_Y || d->block == LEIE_EDIT_F_Y ? &t->demand : &t->sector;
    sector_text(col, sizeof col, cols, d->col);
    sector_text(row, sizeof row, &t->sector, d->block == LEIE_EDIT_A ? d->row : 0);
    if (d->keys && d->block == LEIE_EDIT_A)
        snprintf(text, size, "keys %s", row);
    else if (d->keys)
        snprintf(text, size, "keys %s", col);
    else if (d->block == LEIE_EDIT_A || d->block == LEIE_EDIT_Y) {
        sector_text(row, sizeof row, &t->sector, d->row);
        snprintf(text, size, "%s %s -> %s", leie_edited_name(d->block), row, col);
    } else
        snprintf(text, size, "%s %.190s %s", leie_edited_name(d->block), t->stressor.code[d->row], col);
}

static leie_status add_drivers(const adding *a, leie_error *err)
{
    leie_var *cell = NULL, *share = NULL, *sd = NULL;
    leie_size ranked = a->study->uncertainty.ranking;
    if (!ranked)
        return LEIE_OK;
    const char *of = a->material_unit ? "the sum over materials" : a->stressor->code[0];
    char long_name[200];
    snprintf(long_name, sizeof long_name, "share of the cell in the first-order variance of the footprint (%.100s)", of);
    leie_status st = leie_dataset_var(&cell, a->ds, "driver_cell", LEIE_VAR_TEXT, "year region rank", NULL,
                                      "uncertain cell: seller -> buyer, stressor and sector, or column of keys", err);
    st = st ? st : leie_dataset_var(&share, a->ds, "driver_share", LEIE_VAR_DOUBLE, "year region rank", "1", long_name, err);
    st = st ? st : leie_dataset_var(&sd, a->ds, "driver_sd", LEIE_VAR_DOUBLE, "year region rank", "1",
                                    "relative standard deviation of the cell", err);
    for (leie_size y = 0; !st && y < a->years; y++) {
        const leie_montecarlo *mc = &a->year[y].uncertainty;
        for (leie_size q = 0; a->year[y].uncertain && !st && q < mc->q; q++)
            for (leie_size i = 0; !st && i < mc->ranked; i++) {
                const leie_driver *d = &mc->driver[q * mc->ranked + i];
                leie_size at = (y * a->regions + q) * ranked + i;
                char text[512];
                if (!(d->share > 0))
                    break;
                driver_text(text, sizeof text, &a->year[y].table, d);
                share->number[at] = d->share;
                sd->number[at] = d->sd;
                st = leie_var_set_text(cell, at, text, err);
            }
    }
    return st;
}

// ---- each year ----

static leie_status add_years(const adding *a, leie_error *err)
{
    leie_var *draws = NULL, *failed = NULL, *error = NULL, *residual = NULL, *way = NULL;
    leie_status st = leie_dataset_var(&draws, a->ds, "uncertainty_draws", LEIE_VAR_INT, "year", "1", "draws in the statistics", err);
    st = st ? st : leie_dataset_var(&failed, a->ds, "uncertainty_failed", LEIE_VAR_INT, "year", "1",
                                    "draws without a solution, in no statistic", err);
    st = st ? st : leie_dataset_var(&error, a->ds, "uncertainty_rank_error", LEIE_VAR_DOUBLE, "year", "1",
                                    "most that the rank of a quantile can be off, as a share of the draws; 0: exact", err);
    st = st ? st : leie_dataset_var(&residual, a->ds, "uncertainty_residual", LEIE_VAR_DOUBLE, "year", "1",
                                    "largest relative residual of the linear systems of all draws", err);
    st = st ? st : leie_dataset_var(&way, a->ds, "uncertainty_way", LEIE_VAR_TEXT, "year", NULL, "how draws were solved", err);
    for (leie_size y = 0; !st && y < a->years; y++) {
        const leie_montecarlo *mc = &a->year[y].uncertainty;
        if (!a->year[y].uncertain)
            continue;
        draws->integer[y] = mc->record.tally.draws;
        failed->integer[y] = mc->record.failed;
        error->number[y] = leie_tally_rank_error(&mc->record.tally);
        residual->number[y] = mc->record.residual;
        st = leie_var_set_text(way, y, leie_draw_way_name(mc->way), err);
    }
    return st;
}

leie_status leie_result_add_uncertainty(leie_dataset *ds, const leie_study *study, leie_size years, const leie_year *year,
                                        const leie_labels *stressor, const leie_measures *m, leie_error *err)
{
    adding a = {.ds = ds, .study = study, .years = years, .year = year, .stressor = stressor, .m = m,
                .regions = ds->dim[leie_dataset_find_dim(ds, "region")].n};
    bool table = false, scenarios = false, joint = false, same = true;
    for (leie_size y = 0; y < years; y++) {
        table |= year[y].has_table && leie_study_uncertain(study, year[y].year);
        scenarios |= year[y].drawn.cases > 0;
        joint |= year[y].joint.cases > 0;
    }
    if ((!table && !scenarios) || stressor->n == 0)
        return LEIE_OK;
    for (leie_size s = 0; s < stressor->n; s++) {
        if (strcmp(stressor->kind[s], LEIE_STRESSOR_MATERIAL) != 0)
            continue;
        same &= !a.material_unit || strcmp(a.material_unit, stressor->unit[s]) == 0;
        a.material_unit = stressor->unit[s];
    }
    a.material_unit = same ? a.material_unit : NULL;
    leie_status st = add_axes(&a, err);
    st = st ? st : add_attributes(&a, err);
    if (scenarios) {
        st = st ? st : add_scenario_footprints(&a, err);
        st = st ? st : add_parameter_shares(&a, err);
    }
    if (joint) {
        st = st ? st : add_joint_footprints(&a, OF_JOINT, err);
        st = st ? st : add_joint_footprints(&a, OF_CHANGES, err);
        st = st ? st : add_joint_years(&a, err);
    }
    if (!table)
        return st;
    st = st ? st : add_footprints(&a, err);
    st = st ? st : add_drivers(&a, err);
    return st ? st : add_years(&a, err);
}
