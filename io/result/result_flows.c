// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/result/result_flows_impl.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "io/result/dataset_impl.h"

#define FROM "computed_from"
#define FLOWS "material flows"

#define TABLES "tables and material flows" // drawn up from other variables of the result

bool leie_result_from_flows(const leie_dataset *ds, const leie_var *var)
{
    const char *from = leie_dataset_get_text(ds, var, FROM);
    return from && (strcmp(from, FLOWS) == 0 || strcmp(from, TABLES) == 0);
}

// ---- variables ----

leie_status leie_flow_variable(leie_var **var, const leie_flow_places *p, const char *name, leie_var_type type, const char *dims,
                               const char *units, const char *long_name, bool averaged, leie_error *err)
{
    char averaging[64];
    leie_averaging_name(averaging, sizeof averaging, averaged ? &p->a->averaging : &(leie_averaging){0});
    leie_status st = leie_dataset_var(var, p->ds, name, type, dims, units, long_name, err);
    st = st ? st : leie_dataset_text(p->ds, *var, FROM, p->a->there ? FLOWS : TABLES, err);
    if (!st && p->a->edition && p->a->edition[0])
        st = leie_dataset_text(p->ds, *var, "edition", p->a->edition, err);
    return st ? st : leie_dataset_text(p->ds, *var, "averaging", averaging, err);
}

static leie_status mark(leie_dataset *ds, const char *name, leie_error *err)
{
    leie_var *var = leie_dataset_find(ds, name);
    return var ? leie_dataset_text(ds, var, FROM, FLOWS, err) : LEIE_OK;
}

leie_status leie_flow_coordinate(const leie_flow_places *p, const char *name, leie_size n, const char *const *code,
                                 const char *const *label, const char *long_name, leie_error *err)
{
    leie_labels labels = {0};
    char beside[64];
    leie_status st = LEIE_OK;
    for (leie_size i = 0; !st && i < n; i++) {
        leie_size at = leie_labels_add(&labels, code[i], label ? label[i] : NULL, NULL, NULL, err);
        st = at < 0 ? (leie_status)at : LEIE_OK;
    }
    if (!st)
        st = leie_dataset_coordinate(p->ds, name, n, labels.code, label ? labels.name : NULL, long_name, err);
    leie_labels_clear(&labels);
    snprintf(beside, sizeof beside, "%s_name", name);
    st = st ? st : mark(p->ds, name, err);
    return st ? st : mark(p->ds, beside, err);
}

// ---- axes ----

static leie_status find_places(leie_flow_places *p, leie_error *err)
{
    const leie_flow_accounts *a = p->a;
    const leie_var *year = leie_dataset_find(p->ds, "year"), *region = leie_dataset_find(p->ds, "region");
    leie_size M = a->material.label.n;
    p->routes = p->io->there ? LEIE_ROUTES : LEIE_ROUTE_IO;
    p->scenarios = p->ds->dim[leie_dataset_find_dim(p->ds, "scenario")].n;
    p->years = year->count;
    p->regions = region->count;
    p->year = leie_new(a->mfa.Y, sizeof *p->year);
    p->region = leie_new(a->q.label.n, sizeof *p->region);
    p->material = leie_new(M, sizeof *p->material);
    if (!p->year || !p->region || !p->material)
        return leie_fail_memory(err, "axes of the flows", M, sizeof *p->material);
    for (leie_size y = 0; y < a->mfa.Y; y++)
        while (year->integer[p->year[y]] != a->mfa.year[y])
            p->year[y]++;
    for (leie_size q = 0; q < a->q.label.n; q++)
        while (strcmp(region->text[p->region[q]], a->q.label.code[q]) != 0)
            p->region[q]++;
    const leie_var *material = leie_dataset_find(p->ds, "material");
    for (leie_size i = 0; i < material->count; i++)
        p->material[p->materials++] = leie_labels_find(&a->material.label, material->text[i]);
    return LEIE_OK;
}

// Materials that the axis holds: those of the flows, those that stressors go to and all above these.
static leie_status find_materials(bool *used, const leie_flow_accounts *a, const leie_labels *stressor, leie_error *err)
{
    const leie_materials *m = &a->material;
    leie_size M = m->label.n, unused, unknown;
    double *factor = leie_new(stressor->n * M, sizeof *factor);
    bool *given = leie_new(M, sizeof *given);
    leie_status st = factor && given ? LEIE_OK : leie_fail_memory(err, "materials", stressor->n * M, sizeof *factor);
    if (!st && a->route[LEIE_ROUTE_IO])
        st = leie_material_map_factors(factor, given, NULL, &unused, &unknown, &a->map, m, stressor->n, stressor->code,
                                       stressor->kind, stressor->unit, err);
    for (leie_size i = LEIE_MATERIAL_FIRST; !st && i < M; i++)
        for (leie_size at = i; given[i] && at >= 0; at = m->parent[at])
            used[at] = true;
    for (leie_size i = 0; i < LEIE_MATERIAL_FIRST && !st; i++)
        used[i] = used[LEIE_MATERIAL_TOTAL];
    for (leie_size i = 0; !st && a->there && i < M; i++)
        used[i] |= a->mfa.used[i];
    leie_free(factor);
    leie_free(given);
    return st;
}

static leie_status material_axis(const leie_flow_places *p, leie_error *err)
{
    const leie_materials *m = &p->a->material;
    const char **code = leie_new(2 * p->materials, sizeof *code), **name = code + p->materials;
    if (!code)
        return leie_fail_memory(err, "materials", 2 * p->materials, sizeof *code);
    for (leie_size i = 0; i < p->materials; i++) {
        code[i] = m->label.code[p->material[i]];
        name[i] = m->label.name[p->material[i]];
    }
    leie_status st = leie_flow_coordinate(p, "material", p->materials, code, name, "material (EW-MFA code)", err);
    leie_var *dutch = NULL, *parent = NULL;
    if (!st)
        st = leie_flow_variable(&dutch, p, "material_name_nl", LEIE_VAR_TEXT, "material", NULL, "name of the material in Dutch", false, err);
    if (!st)
        st = leie_flow_variable(&parent, p, "material_parent", LEIE_VAR_TEXT, "material", NULL, "material that this one is part of", false, err);
    for (leie_size i = 0; !st && i < p->materials; i++) {
        leie_index above = m->parent[p->material[i]];
        st = leie_var_set_text(dutch, i, m->name_nl[p->material[i]], err);
        if (!st)
            st = leie_var_set_text(parent, i, above < 0 ? "" : m->label.code[above], err);
    }
    leie_free(code);
    return st;
}

static leie_status axes(const leie_flow_places *p, leie_error *err)
{
    static const char *const route[] = {"ewmfa", "rme", "io"};
    static const char *const route_name[] = {"direct flows", "raw material equivalents by coefficients",
                                             "multi-regional input-output table"};
    const char *code[LEIE_MFA_INDICATORS], *name[LEIE_MFA_INDICATORS];
    for (int i = 0; i < LEIE_MFA_INDICATORS; i++) {
        code[i] = leie_mfa_name((leie_mfa_indicator)i);
        name[i] = leie_mfa_long_name((leie_mfa_indicator)i);
    }
    leie_status st = leie_flow_coordinate(p, "route", p->routes, route, route_name, "route to the indicator", err);
    return st ? st : leie_flow_coordinate(p, "indicator", LEIE_MFA_INDICATORS, code, name, "indicator", err);
}

// ---- masses ----

// Whether a route shows an indicator: extraction is in both. A route that the study leaves out shows none.
static bool shows(const leie_flow_accounts *a, int route, leie_mfa_indicator i)
{
    if (!a->route[route])
        return false;
    return i == LEIE_MFA_DEU || leie_mfa_is_rme(i) == (route == LEIE_ROUTE_RME);
}

// Position along (outer axis, year, region), and along (route, scenario, year, region) for the baseline.
static leie_size slot(const leie_flow_places *p, leie_size outer, leie_size y, leie_size q)
{
    return (outer * p->years + p->year[y]) * p->regions + p->region[q];
}

static leie_size route_slot(const leie_flow_places *p, int route, leie_size y, leie_size q)
{
    return slot(p, route * p->scenarios, y, q);
}

// Position of the first value of the route io: its scenarios, years and regions are those of the dataset.
static leie_size io_slot(const leie_flow_places *p)
{
    return LEIE_ROUTE_IO * p->scenarios * p->years * p->regions;
}

typedef enum measure { MASS, PER_CAPITA, DEVIATION } measure;

static double measured(const leie_flow_accounts *a, leie_size y, leie_size q, leie_mfa_indicator i, leie_size m,
                       measure what, bool averaged)
{
    if (what == PER_CAPITA)
        return leie_flow_value(a, y, q, i, m, true, averaged);
    if (what == MASS)
        return leie_flow_value(a, y, q, i, m, false, averaged) / 1000;
    const double *variance = averaged ? a->average_variance : a->mfa.variance;
    bool known = !isnan(leie_flow_value(a, y, q, i, m, false, averaged));
    return known ? sqrt(variance[leie_mfa_at(&a->mfa, y, q, i, m)]) / 1000 : NAN;
}

// The route io: all scenarios, years and regions of the dataset.
static void put_io(const leie_flow_places *p, leie_var *var, measure what)
{
    const leie_io_route *io = p->io;
    const leie_var *people = leie_dataset_find(p->ds, "population");
    for (leie_size at = 0; io->there && at < io->S * io->Y * io->Q; at++) {
        double per = what == MASS ? 1000 : people ? people->number[at % (io->Y * io->Q)] : NAN;
        for (int i = 0; i < LEIE_MFA_INDICATORS; i++)
            for (leie_size m = 0; m < p->materials; m++)
                var->number[((io_slot(p) + at) * LEIE_MFA_INDICATORS + i) * p->materials + m] =
                    per > 0 ? io->value[(at * LEIE_MFA_INDICATORS + i) * io->M + p->material[m]] / per : NAN;
    }
}

static leie_status mass_variable(const leie_flow_places *p, const char *name, const char *long_name, measure what, bool averaged,
                                 leie_error *err)
{
    const leie_flow_accounts *a = p->a;
    leie_var *var;
    leie_status st = leie_flow_variable(&var, p, name, LEIE_VAR_DOUBLE, "route scenario year region indicator material",
                                        what == PER_CAPITA ? "t" : "1000 t", long_name, averaged, err);
    if (!st)
        st = leie_dataset_text(p->ds, var, "cell_methods", averaged ? "year: mean" : "year: sum", err);
    if (st)
        return st;
    for (int r = 0; r < LEIE_ROUTE_IO; r++)
        for (leie_size y = 0; y < a->mfa.Y; y++)
            for (leie_size q = 0; q < a->q.label.n; q++)
                for (int i = 0; i < LEIE_MFA_INDICATORS; i++) {
                    leie_size at = (route_slot(p, r, y, q) * LEIE_MFA_INDICATORS + i) * p->materials;
                    for (leie_size m = 0; shows(a, r, (leie_mfa_indicator)i) && m < p->materials; m++)
                        var->number[at + m] = measured(a, y, q, (leie_mfa_indicator)i, p->material[m], what, averaged);
                }
    if (!averaged && what != DEVIATION)
        put_io(p, var, what);
    return LEIE_OK;
}

// What the route io counts, and what of the tables it leaves out.
static leie_status describe_io(const leie_flow_places *p, leie_error *err)
{
    char text[400];
    snprintf(text, sizeof text,
             "route io: RMI = DEU + IMP_RME, RMC = D_cba + direct = RMI - EXP_RME - unallocated - left_out; "
             "%lld stressors of kind material are no material of the list, %lld of the map are in no table",
             (long long)p->io->unused, (long long)p->io->unknown);
    return leie_dataset_text(p->ds, leie_dataset_find(p->ds, "mfa"), "comment", text, err);
}

static leie_status masses(const leie_flow_places *p, leie_error *err)
{
    const leie_flow_accounts *a = p->a;
    leie_status st = mass_variable(p, "mfa", "material flow indicator", MASS, false, err);
    if (!st && p->io->there)
        st = describe_io(p, err);
    if (!st && a->rme.reference.n)
        st = leie_dataset_text(p->ds, leie_dataset_find(p->ds, "mfa"), "rme_prices",
                               "route rme: coefficients per EUR corrected by the price of each flow, amount = t / (t per EUR of reference)", err);
    if (!st && (a->population || (p->io->there && leie_dataset_find(p->ds, "population"))))
        st = mass_variable(p, "mfa_per_capita", "material flow indicator per inhabitant", PER_CAPITA, false, err);
    if (!st && a->mfa.variance)
        st = mass_variable(p, "mfa_sd", "standard deviation of the indicator, flows independent of each other", DEVIATION,
                           false, err);
    if (st || !a->average)
        return st;
    st = mass_variable(p, "mfa_average", "moving average of the indicator", MASS, true, err);
    if (!st && a->population)
        st = mass_variable(p, "mfa_average_per_capita", "averaged indicator per averaged inhabitant", PER_CAPITA, true, err);
    if (!st && a->average_variance)
        st = mass_variable(p, "mfa_average_sd", "standard deviation of the moving average, years independent", DEVIATION,
                           true, err);
    return st;
}

static leie_status statuses(const leie_flow_places *p, leie_error *err)
{
    const leie_flow_accounts *a = p->a;
    leie_var *var;
    leie_status st = leie_flow_variable(&var, p, "mfa_status", LEIE_VAR_INT, "route scenario year region indicator", "1",
                                        "worst status of the flows behind the indicator", false, err);
    static const int64_t values[] = {-1, 0, 1, 2, 3, 4};
    char meanings[128] = "missing";
    static_assert(sizeof values / sizeof values[0] == LEIE_FLOW_STATUSES + 1, "one value per status, and missing");
    for (int s = 0; s < LEIE_FLOW_STATUSES; s++)
        snprintf(meanings + strlen(meanings), sizeof meanings - strlen(meanings), " %s",
                 leie_flow_status_name((leie_flow_status)s));
    if (!st)
        st = leie_dataset_attribute(p->ds, var, "flag_values", LEIE_VAR_INT, values, LEIE_FLOW_STATUSES + 1, err);
    if (!st)
        st = leie_dataset_text(p->ds, var, "flag_meanings", meanings, err);
    for (leie_size i = 0; !st && i < var->count; i++)
        var->integer[i] = -1;
    for (int r = 0; !st && r < LEIE_ROUTE_IO; r++)
        for (leie_size y = 0; y < a->mfa.Y; y++)
            for (leie_size q = 0; q < a->q.label.n; q++)
                for (int i = 0; i < LEIE_MFA_INDICATORS; i++)
                    if (shows(a, r, (leie_mfa_indicator)i))
                        var->integer[route_slot(p, r, y, q) * LEIE_MFA_INDICATORS + i] =
                            a->mfa.status[(y * a->mfa.q + q) * LEIE_MFA_INDICATORS + i];
    const leie_io_route *io = p->io;
    for (leie_size at = 0; !st && io->there && at < io->S * io->Y * io->Q * LEIE_MFA_INDICATORS; at++)
        if (!isnan(io->value[at * io->M + LEIE_MATERIAL_TOTAL])) // a model's figure
            var->integer[io_slot(p) * LEIE_MFA_INDICATORS + at] = LEIE_FLOW_ESTIMATED;
    return st;
}

// ---- ratios ----

static leie_status put_circularity(const leie_flow_places *p, const char *name, const char *long_name, bool averaged, leie_error *err)
{
    const leie_flow_accounts *a = p->a;
    leie_var *var;
    leie_status st = leie_flow_variable(&var, p, name, LEIE_VAR_DOUBLE, "cmu_definition scenario year region material", "1", long_name,
                                        averaged, err);
    for (int d = 0; !st && d < LEIE_CMU_DEFINITIONS; d++)
        for (leie_size y = 0; y < a->mfa.Y; y++)
            for (leie_size q = 0; q < a->mfa.q; q++)
                for (leie_size m = 0; m < p->materials; m++)
                    var->number[slot(p, d * p->scenarios, y, q) * p->materials + m] =
                        leie_flow_cmu(a, (leie_cmu_definition)d, y, q, p->material[m], averaged);
    return st;
}

static leie_status circularity(const leie_flow_places *p, leie_error *err)
{
    const leie_flow_accounts *a = p->a;
    const char *code[LEIE_CMU_DEFINITIONS];
    static const char *const name[] = {"recycled, less imported and plus exported waste for recycling, over DMC plus the same",
                                       "waste trade with other regions of the account left out",
                                       "recycled over DMC plus recycled: waste trade not corrected"};
    bool any = false;
    for (leie_size i = 0; a->there && i < a->mfa.Y * a->mfa.q * a->mfa.M; i++)
        any |= !isnan(a->mfa.cmu[LEIE_CMU_UNCORRECTED * a->mfa.Y * a->mfa.q * a->mfa.M + i]);
    if (!any)
        return LEIE_OK;
    for (int d = 0; d < LEIE_CMU_DEFINITIONS; d++)
        code[d] = leie_cmu_name((leie_cmu_definition)d);
    leie_status st = leie_flow_coordinate(p, "cmu_definition", LEIE_CMU_DEFINITIONS, code, name, "definition of circular use", err);
    st = st ? st : put_circularity(p, "cmu", "circular material use rate", false, err);
    return st || !a->average ? st : put_circularity(p, "cmu_average", "circular material use rate of the averaged flows", true, err);
}

static leie_status put_dependency(const leie_flow_places *p, const char *name, const char *long_name, bool averaged, leie_error *err)
{
    const leie_flow_accounts *a = p->a;
    leie_var *var;
    leie_status st = leie_flow_variable(&var, p, name, LEIE_VAR_DOUBLE, "route scenario year region material", "1", long_name, averaged, err);
    for (int r = 0; !st && r < LEIE_ROUTE_IO; r++)
        for (leie_size y = 0; a->route[r] && y < a->mfa.Y; y++)
            for (leie_size q = 0; q < a->mfa.q; q++)
                for (leie_size m = 0; m < p->materials; m++)
                    var->number[route_slot(p, r, y, q) * p->materials + m] =
                        leie_flow_dependency(a, (leie_route)r, y, q, p->material[m], averaged);
    const leie_io_route *io = p->io;
    for (leie_size at = 0; !st && !averaged && io->there && at < io->S * io->Y * io->Q; at++)
        for (leie_size m = 0; m < p->materials; m++) {
            const double *value = io->value + at * LEIE_MFA_INDICATORS * io->M + p->material[m];
            double input = value[LEIE_MFA_RMI * io->M];
            var->number[(io_slot(p) + at) * p->materials + m] = input > 0 ? value[LEIE_MFA_IMP_RME * io->M] / input : NAN;
        }
    return st;
}

static leie_status dependency(const leie_flow_places *p, leie_error *err)
{
    leie_status st = put_dependency(p, "import_dependency", "share of imports in the input: IMP / DMI, IMP_RME / RMI", false, err);
    return st || !p->a->average ? st : put_dependency(p, "import_dependency_average", "the same share of the averaged flows", true, err);
}

static leie_status put_productivity(const leie_flow_places *p, const char *name, const char *long_name, bool averaged, leie_error *err)
{
    const leie_flow_accounts *a = p->a;
    char units[24];
    leie_var *ratio;
    snprintf(units, sizeof units, "%s kg-1", a->currency);
    leie_status st = leie_flow_variable(&ratio, p, name, LEIE_VAR_DOUBLE, "route scenario year region", units, long_name, averaged, err);
    for (leie_size y = 0; !st && y < a->mfa.Y; y++)
        for (leie_size q = 0; q < a->mfa.q; q++) {
            for (int r = 0; r < LEIE_ROUTE_IO; r++)
                ratio->number[route_slot(p, r, y, q)] = a->route[r] ? leie_flow_productivity(a, (leie_route)r, y, q, averaged) : NAN;
            if (p->io->there && !averaged) {
                double mass = leie_io_route_value(p->io, 0, p->year[y], p->region[q], LEIE_MFA_RMC, LEIE_MATERIAL_TOTAL);
                ratio->number[route_slot(p, LEIE_ROUTE_IO, y, q)] = mass > 0 ? a->gdp[y * a->mfa.q + q] / (1000 * mass) : NAN;
            }
        }
    return st;
}

static leie_status productivity(const leie_flow_places *p, leie_error *err)
{
    const leie_flow_accounts *a = p->a;
    leie_var *gdp;
    if (!a->gdp)
        return LEIE_OK;
    leie_status st = leie_flow_variable(&gdp, p, "gdp", LEIE_VAR_DOUBLE, "year region", a->currency, "gross domestic product", false, err);
    for (leie_size y = 0; !st && y < a->mfa.Y; y++)
        for (leie_size q = 0; q < a->mfa.q; q++)
            gdp->number[slot(p, 0, y, q)] = a->gdp[y * a->mfa.q + q];
    if (!st)
        st = put_productivity(p, "productivity", "material productivity: GDP per DMC (ewmfa) and per RMC (rme, io)", false, err);
    return st || !a->average ? st : put_productivity(p, "productivity_average", "averaged GDP per averaged DMC (ewmfa) and RMC (rme)", true, err);
}

// Of single regions only: a group has its members'.
static leie_status coverage(const leie_flow_places *p, leie_error *err)
{
    static const char *const direction[] = {"imports", "exports"};
    const leie_flow_accounts *a = p->a;
    leie_var *var;
    if (!a->rme.n)
        return LEIE_OK;
    leie_status st = leie_flow_coordinate(p, "direction", 2, direction, NULL, "direction of trade", err);
    if (!st)
        st = leie_flow_variable(&var, p, "rme_coverage", LEIE_VAR_DOUBLE, "direction year region", "1",
                                "share of traded tonnes that has an RME coefficient", false, err);
    for (leie_size q = 0; !st && q < a->mfa.q; q++) {
        leie_size r = leie_labels_find(&a->flows.region, a->q.label.code[q]);
        for (leie_size y = 0; r >= 0 && y < a->mfa.Y; y++)
            for (int d = 0; d < 2; d++)
                var->number[slot(p, d, y, q)] = a->mfa.covered[(y * a->mfa.R + r) * 2 + d];
    }
    return st;
}

// Inhabitants of the years and regions that have no table.
static leie_status population(const leie_flow_places *p, leie_error *err)
{
    leie_var *var = leie_dataset_find(p->ds, "population");
    leie_status st = LEIE_OK;
    if (!p->a->population)
        return LEIE_OK;
    if (!var)
        st = leie_dataset_var(&var, p->ds, "population", LEIE_VAR_DOUBLE, "year region", "1", "inhabitants", err);
    for (leie_size y = 0; !st && y < p->a->mfa.Y; y++)
        for (leie_size q = 0; q < p->a->mfa.q; q++)
            var->number[slot(p, 0, y, q)] = p->a->population[y * p->a->mfa.q + q];
    return st;
}

// ---- the whole ----

leie_status leie_result_add_materials(leie_dataset *ds, const leie_flow_accounts *a, const leie_labels *stressor,
                                      leie_error *err)
{
    leie_size M = a->material.label.n;
    leie_flow_places p = {.ds = ds, .a = a};
    bool *used = leie_new(M, sizeof *used);
    p.material = leie_new(M, sizeof *p.material);
    leie_status st = used && p.material ? find_materials(used, a, stressor, err)
                                        : leie_fail_memory(err, "materials", M, sizeof *p.material);
    for (leie_size m = 0; !st && m < M; m++)
        if (used[m])
            p.material[p.materials++] = m;
    if (!st && p.materials)
        st = material_axis(&p, err);
    leie_free(used);
    leie_free(p.material);
    return st;
}

leie_status leie_result_add_flows(leie_dataset *ds, const leie_flow_accounts *a, leie_error *err)
{
    static leie_status (*const step[])(const leie_flow_places *, leie_error *) = {axes,       population,   masses,  statuses, circularity,
                                                                        dependency, productivity, coverage};
    leie_io_route io;
    leie_status st = leie_io_route_make(&io, ds, a, err);
    leie_flow_places p = {.ds = ds, .a = a, .io = &io, .years = leie_dataset_find(ds, "year")->count};
    bool accounts = a->there || io.there;
    st = st ? st : leie_io_targets(&p.target, &p.targets, &p.left_out, a, &io, ds, err);
    st = st || !accounts ? st : find_places(&p, err);
    for (size_t i = 0; !st && accounts && i < sizeof step / sizeof step[0]; i++)
        st = step[i](&p, err);
    st = st ? st : leie_flow_add_targets(&p, err);
    if (!st && accounts)
        st = leie_dataset_text(ds, NULL, "flows_hash", a->hash, err);
    leie_labels_clear(&p.left_out);
    leie_free(p.year);
    leie_free(p.region);
    leie_free(p.material);
    leie_free(p.target);
    leie_io_route_clear(&io);
    return st;
}
