// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/result/result_stocks.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "io/mfa/stock_run.h"
#include "io/result/dataset_join.h"
#include "io/result/measure.h"
#include "kernels/memory.h"

static const char *const stages[] = {"generated", "collected", "sorted", "treated", "supplied"};

// ---- axes ----

// Names of any list as a coordinate.
static leie_status add_names(leie_dataset *ds, const char *dim, const char *what, leie_size n, const void *list, size_t size, leie_error *err)
{
    char **name = leie_new(n, sizeof *name);
    if (!name)
        return leie_fail_memory(err, what, n, sizeof *name);
    for (leie_size i = 0; i < n; i++)
        memcpy(&name[i], (const char *)list + (size_t)i * size, sizeof *name); // the name comes first in each of them
    leie_status st = leie_dataset_coordinate(ds, dim, n, name, NULL, what, err);
    leie_free(name);
    return st;
}

static leie_status add_integers(leie_dataset *ds, const char *dim, leie_size first, leie_size n, const char *what, leie_error *err)
{
    leie_var *var = NULL;
    leie_size at = leie_dataset_dim(ds, dim, n, err);
    leie_status st = at < 0 ? (leie_status)at : leie_dataset_var(&var, ds, dim, LEIE_VAR_INT, dim, "1", what, err);
    for (leie_size i = 0; i < n && !st; i++)
        var->integer[i] = first + i;
    return st;
}

static leie_status add_axes(leie_dataset *ds, const leie_coupled_stocks *c, leie_error *err)
{
    const leie_stock_links *l = &c->links;
    char *stage[LEIE_RECOVERY_STAGES];
    memcpy(stage, stages, sizeof stage);
    leie_status st = add_integers(ds, "loop_year", c->first, c->looped, "year of the coupled stock model", err);
    st = st ? st : add_integers(ds, "loop_round", 1, c->loop.rounds, "round of the fixed point", err);
    st = st ? st : add_names(ds, "durable", "durable good and region", l->durables, l->durable, sizeof *l->durable, err);
    if (!st && l->recoveries) {
        st = leie_dataset_coordinate(ds, "recovery_stage", LEIE_RECOVERY_STAGES, stage, NULL, "stage of a recovery", err);
        st = st ? st : add_names(ds, "recovery", "material, region and secondary material", l->recoveries, l->recovery, sizeof *l->recovery, err);
    }
    if (!st && l->replacements)
        st = add_names(ds, "replacement", "secondary material, region and users", l->replacements, l->replacement, sizeof *l->replacement, err);
    return st;
}

// ---- comparison ----

// Position of a year on the axis of the result, -1 when it is not there.
static leie_size find_year(const leie_dataset *ds, int year)
{
    const leie_var *var = leie_dataset_find(ds, "year");
    for (leie_size y = 0; var && y < var->count; y++)
        if (var->integer[y] == year)
            return y;
    return -1;
}

static leie_status add_comparison(leie_dataset *ds, const leie_coupled_stocks *c, const char *unit, leie_error *err)
{
    leie_var *table, *model = NULL, *gap = NULL;
    leie_status st = leie_dataset_var(&table, ds, "stock_mass_table", LEIE_VAR_DOUBLE, "year durable", unit, "mass that final demand of the table puts into stock", err);
    st = st ? st : leie_dataset_var(&model, ds, "stock_mass_model", LEIE_VAR_DOUBLE, "year durable", unit, "inflow of the stock model before coupling", err);
    st = st ? st : leie_dataset_var(&gap, ds, "stock_mass_gap", LEIE_VAR_DOUBLE, "year durable", "1", "their difference over the inflow of the stock model", err);
    for (leie_size k = 0; k < c->years && !st; k++) {
        leie_size y = find_year(ds, c->year[k].year), G = c->links.durables;
        for (leie_size g = 0; g < G && y >= 0; g++) {
            table->number[y * G + g] = c->year[k].table[g];
            model->number[y * G + g] = c->year[k].model[g];
            gap->number[y * G + g] = c->year[k].model[g] > 0 ? (c->year[k].table[g] - c->year[k].model[g]) / c->year[k].model[g] : NAN;
        }
    }
    return st;
}

// ---- net additions to stock ----

// Net addition of a region or group in a year of the stock model, in its unit; NaN when the model has none of its regions.
static double model_addition(const leie_coupled_stocks *c, const leie_flow_accounts *flows, leie_size a, leie_size t)
{
    double sum = NAN;
    leie_size T = c->model.years;
    for (leie_size i = 0; i < c->data.item.n; i++) {
        leie_size r = leie_labels_find(&flows->flows.region, c->data.part[i * LEIE_STOCK_PARTS + 2]);
        bool own = r >= 0 && flows->q.member[a * flows->flows.region.n + r];
        if (own)
            sum = (isnan(sum) ? 0 : sum) + c->made.inflow[i * T + t] - c->made.outflow[i * T + t];
    }
    return sum;
}

static leie_status add_nas(leie_dataset *ds, const leie_coupled_stocks *c, const leie_flow_accounts *flows, const char *unit, leie_error *err)
{
    leie_var *account, *model = NULL, *gap = NULL;
    const leie_var *region = leie_dataset_find(ds, "region");
    const leie_mfa *m = &flows->mfa;
    double factor;
    if (!flows->there || !region || leie_unit_factor(&factor, "t", c->model.unit, NULL))
        return LEIE_OK; // a stock that is no mass has nothing to compare
    leie_status st = leie_dataset_var(&account, ds, "nas_account", LEIE_VAR_DOUBLE, "year region", unit, "net additions to stock of the material flow account", err);
    st = st ? st : leie_dataset_var(&model, ds, "nas_model", LEIE_VAR_DOUBLE, "year region", unit, "net addition of the stock model: inflow less outflow", err);
    st = st ? st : leie_dataset_var(&gap, ds, "nas_gap", LEIE_VAR_DOUBLE, "year region", unit, "account less model: what the stock model does not hold, and what they differ by", err);
    for (leie_size y = 0; y < m->Y && !st; y++) {
        leie_size t = m->year[y] - c->model.first_year, at = find_year(ds, m->year[y]);
        for (leie_size a = 0; a < m->q && at >= 0 && t >= 0 && t < c->model.years; a++) {
            leie_size r = 0;
            while (r < region->count && strcmp(region->text[r], flows->q.label.code[a]) != 0)
                r++;
            if (r == region->count)
                continue;
            leie_size k = at * region->count + r;
            double given = factor * m->value[(((y * m->q) + a) * LEIE_MFA_INDICATORS + LEIE_MFA_NAS) * m->M + LEIE_MATERIAL_TOTAL];
            account->number[k] = given;
            model->number[k] = model_addition(c, flows, a, t);
            gap->number[k] = given - model->number[k];
        }
    }
    return st;
}

// ---- the loop ----

static leie_status add_array(leie_dataset *ds, const char *name, const char *dims, const char *unit, const char *what, const double *from, leie_error *err)
{
    leie_var *var;
    leie_status st = leie_dataset_var(&var, ds, name, LEIE_VAR_DOUBLE, dims, unit, what, err);
    if (!st)
        memcpy(var->number, from, (size_t)var->count * sizeof *from);
    return st;
}

static leie_status add_secondary(leie_dataset *ds, const leie_coupled_stocks *c, const char *unit, leie_error *err)
{
    const leie_loop_result *r = &c->loop;
    leie_status st = LEIE_OK;
    if (c->links.recoveries)
        st = add_array(ds, "loop_recovery", "loop_year recovery recovery_stage", unit, "waste on its way to secondary material", r->stage, err);
    if (st || !c->links.replacements)
        return st;
    st = add_array(ds, "loop_replaced_share", "loop_year replacement", "1", "share of the primary material that secondary material replaces", r->theta, err);
    st = st ? st : add_array(ds, "loop_primary_use", "loop_year replacement", "1", "primary material that the users would need, in the unit of its rows", r->use, err);
    st = st ? st : add_array(ds, "loop_secondary_used", "loop_year replacement", unit, "secondary material used in its place", r->used, err);
    return st ? st : add_array(ds, "loop_secondary_unused", "loop_year replacement", unit, "secondary material meant for these users and not used", r->unused, err);
}

// Changes of footprints on the axes of the result.
static leie_status add_change(leie_dataset *ds, const char *name, const char *what, const double *from, const leie_coupled_stocks *c,
                              const leie_account_regions *q, const leie_labels *own, leie_error *err)
{
    const leie_var *region = leie_dataset_find(ds, "region"), *stressor = leie_dataset_find(ds, "stressor"), *like = leie_dataset_find(ds, "D_cba");
    leie_size U = c->loop.U, k = own->n;
    leie_var *var;
    if (!region || !stressor || !like)
        return LEIE_OK;
    const char *by = leie_dataset_get_text(ds, like, "units_by");
    leie_status st = leie_dataset_var(&var, ds, name, LEIE_VAR_DOUBLE, "loop_year region stressor", leie_dataset_get_text(ds, like, "units"), what, err);
    if (!st && by)
        st = leie_dataset_text(ds, var, "units_by", by, err);
    for (leie_size a = 0; a < q->label.n && !st; a++)
        for (leie_size s = 0; s < k; s++) {
            leie_size r = 0, at = 0;
            while (r < region->count && strcmp(region->text[r], q->label.code[a]) != 0)
                r++;
            while (at < stressor->count && strcmp(stressor->text[at], own->code[s]) != 0)
                at++;
            for (leie_size u = 0; u < U && r < region->count && at < stressor->count; u++)
                var->number[(u * region->count + r) * stressor->count + at] = from[(u * q->label.n + a) * k + s];
        }
    return st;
}

static leie_status add_loop(leie_dataset *ds, const leie_coupled_stocks *c, const leie_account_regions *q, const leie_labels *stressor,
                            const char *unit, leie_error *err)
{
    const leie_loop_result *r = &c->loop;
    leie_status st = add_array(ds, "loop_demand", "loop_year durable", "1", "purchases over those of the table", c->factor, err);
    st = st ? st : add_secondary(ds, c, unit, err);
    st = st ? st : add_change(ds, "loop_D_cba_change", "footprint of the coupled economy less that of the table", r->D_cba, c, q, stressor, err);
    st = st ? st : add_change(ds, "loop_D_pba_change", "production-based account of the coupled economy less that of the table", r->D_pba, c, q, stressor, err);
    st = st ? st : add_array(ds, "loop_gap", "loop_round", "1", "largest relative change of outputs in a round", r->gap, err);
    st = st ? st : leie_dataset_number(ds, NULL, "loop_residual", r->residual, err);
    return st ? st : leie_dataset_number(ds, NULL, "loop_footprint_residual", r->response, err);
}

// ---- the whole ----

leie_status leie_result_add_stocks(leie_dataset *ds, const leie_coupled_stocks *c, const leie_account_regions *q,
                                   const leie_flow_accounts *flows, const leie_labels *stressor, leie_error *err)
{
    leie_dataset part = {0};
    char unit[128];
    if (!c->there)
        return LEIE_OK;
    leie_status st = leie_unit_spelling(unit, sizeof unit, c->model.unit, err);
    st = st ? st : leie_stock_dataset(&part, &c->model, &c->data, &c->made, err);
    st = st ? st : leie_dataset_join(ds, &part, "stock", err);
    leie_dataset_clear(&part);
    if (!st && c->coupled)
        st = add_axes(ds, c, err);
    if (!st && c->coupled)
        st = add_comparison(ds, c, unit, err);
    st = st ? st : add_nas(ds, c, flows, unit, err);
    return st || !c->coupled ? st : add_loop(ds, c, q, stressor, unit, err);
}
