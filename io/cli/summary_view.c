// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/cli/summary_view.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static leie_size length_of(const leie_dataset *ds, const char *dim)
{
    leie_size at = leie_dataset_find_dim(ds, dim);
    return at < 0 ? 0 : ds->dim[at].n;
}

// A variable over exactly these dimensions, NULL when the result does not have it.
static const leie_var *shaped(const leie_dataset *ds, const char *name, leie_var_type type, int rank,
                              const char *const *dims)
{
    const leie_var *var = leie_dataset_find(ds, name);
    if (!var || var->type != type || var->rank != rank)
        return NULL;
    for (int d = 0; d < rank; d++)
        if (strcmp(ds->dim[var->dim[d]].name, dims[d]) != 0)
            return NULL;
    return type == LEIE_VAR_DOUBLE && !var->number ? NULL : var;
}

// ---- labels ----

const char *leie_view_code(const leie_view *v, const char *dim, leie_size i)
{
    const leie_var *var = shaped(v->ds, dim, LEIE_VAR_TEXT, 1, &dim);
    return var ? var->text[i] : "";
}

// Text variable <dim>_<what> at i, "" when there is none.
static const char *beside(const leie_view *v, const char *dim, const char *what, leie_size i)
{
    char name[64];
    snprintf(name, sizeof name, "%s_%s", dim, what);
    const leie_var *var = shaped(v->ds, name, LEIE_VAR_TEXT, 1, &dim);
    return var ? var->text[i] : "";
}

const char *leie_view_name(const leie_view *v, const char *dim, leie_size i)
{
    const char *name = beside(v, dim, "name", i);
    return name[0] ? name : leie_view_code(v, dim, i);
}

int leie_view_year(const leie_view *v, leie_size year)
{
    return (int)leie_dataset_find(v->ds, "year")->integer[year];
}

// ---- numbers ----

// Value of the baseline scenario at [year, a, b] or [year, a, b, c]; NaN when the variable is not there.
static double at(const leie_view *v, const char *name, const char *const *dims, int rank, const leie_size *position)
{
    const leie_var *var = shaped(v->ds, name, LEIE_VAR_DOUBLE, rank, dims);
    leie_size index = 0;
    if (!var)
        return NAN;
    for (int d = 0; d < rank; d++)
        index = index * v->ds->dim[var->dim[d]].n + position[d];
    return var->number[index];
}

static double by_stressor(const leie_view *v, const char *name, leie_size year, leie_size region, leie_size stressor)
{
    static const char *const dims[] = {"scenario", "year", "region", "stressor"};
    return at(v, name, dims, 4, (const leie_size[]){0, year, region, stressor});
}

static double or_zero(double value)
{
    return isnan(value) ? 0 : value;
}

double leie_view_footprint(const leie_view *v, leie_size year, leie_size region, leie_size stressor)
{
    return by_stressor(v, "D_cba", year, region, stressor) + or_zero(by_stressor(v, "direct", year, region, stressor));
}

// Whether a year has a table; a year of material flows alone has no solution.
static bool has_table(const leie_view *v, leie_size year)
{
    const leie_var *residual = leie_dataset_find(v->ds, "solver_residual");
    return !residual || !residual->number || year >= residual->count || !isnan(residual->number[year]);
}

bool leie_view_known(const leie_view *v, leie_size year, leie_size region)
{
    bool any = false;
    for (leie_size m = 0; m < v->materials; m++)
        any |= !isnan(leie_view_footprint(v, year, region, v->material[m]));
    return any && has_table(v, year);
}

double leie_view_total(const leie_view *v, leie_size year, leie_size region)
{
    double sum = leie_view_known(v, year, region) ? 0 : NAN;
    for (leie_size m = 0; m < v->materials; m++)
        sum += v->scale[v->material[m]] * or_zero(leie_view_footprint(v, year, region, v->material[m]));
    return sum;
}

double leie_view_category(const leie_view *v, leie_size region, leie_size category)
{
    static const char *const dims[] = {"scenario", "year", "region", "category", "stressor"};
    double sum = 0;
    for (leie_size m = 0; m < v->materials; m++) {
        const leie_size position[] = {0, v->year, region, category, v->material[m]};
        sum += v->scale[v->material[m]] * (or_zero(at(v, "footprint_category", dims, 5, position)) +
                                           or_zero(at(v, "direct_category", dims, 5, position)));
    }
    return sum;
}

double leie_view_origin(const leie_view *v, leie_size region, leie_size origin)
{
    static const char *const dims[] = {"scenario", "year", "region", "origin", "stressor"};
    double sum = 0;
    for (leie_size m = 0; m < v->materials; m++)
        sum += v->scale[v->material[m]] *
               or_zero(at(v, "footprint_origin", dims, 5,
                          (const leie_size[]){0, v->year, region, origin, v->material[m]}));
    return sum;
}

double leie_view_product(const leie_view *v, leie_size region, leie_size product)
{
    static const char *const dims[] = {"scenario", "year", "region", "stressor", "product"};
    double sum = 0;
    for (leie_size m = 0; m < v->materials; m++)
        sum += v->scale[v->material[m]] *
               or_zero(at(v, "footprint_product", dims, 5,
                          (const leie_size[]){0, v->year, region, v->material[m], product}));
    return sum;
}

double leie_view_population(const leie_view *v, leie_size year, leie_size region)
{
    static const char *const dims[] = {"year", "region"};
    double people = at(v, "population", dims, 2, (const leie_size[]){year, region});
    return people > 0 ? people : NAN;
}

// ---- opening ----

static leie_size find_region(const leie_view *v, const char *code)
{
    for (leie_size r = 0; r < v->regions; r++)
        if (strcmp(leie_view_code(v, "region", r), code) == 0)
            return r;
    return -1;
}

static bool in_focus(const leie_view *v, leie_size r)
{
    for (leie_size i = 0; i < v->focuses; i++)
        if (v->focus[i] == r)
            return true;
    return false;
}

static void add_focus(leie_view *v, leie_size r)
{
    if (r >= 0 && v->focuses < LEIE_VIEW_FOCUS && !in_focus(v, r))
        v->focus[v->focuses++] = r;
}

static bool holds(const leie_study_group *group, const char *code)
{
    for (leie_size i = 0; i < group->members; i++)
        if (strcmp(group->member[i], code) == 0)
            return true;
    return false;
}

// Whether a group holds what the group of that code holds: a nested region that was nested again.
static bool shares_member(const leie_study *study, const leie_study_group *group, const char *code)
{
    for (leie_size g = 0; g < study->groups; g++)
        if (strcmp(study->group[g].code, code) == 0 && study->group[g].members > 0 && &study->group[g] != group)
            return holds(group, study->group[g].member[0]);
    return false;
}

// The regions of the first nest, else the first account region; then the groups that hold the first of them.
static void choose_regions(leie_view *v, const leie_study *study)
{
    for (leie_size i = 0; study->nests > 0 && i < study->nest[0].region.n; i++)
        if (v->focuses < LEIE_VIEW_FOCUS - 1)
            add_focus(v, find_region(v, study->nest[0].region.code[i]));
    if (!v->focuses)
        add_focus(v, 0);
    const char *first = leie_view_code(v, "region", v->focus[0]);
    for (leie_size g = 0; g < study->groups; g++)
        if (holds(&study->group[g], first) || shares_member(study, &study->group[g], first))
            add_focus(v, find_region(v, study->group[g].code));
    for (leie_size r = 0; r < v->regions; r++) {
        if (in_focus(v, r))
            continue;
        if (v->others < LEIE_VIEW_OTHERS)
            v->other[v->others++] = r;
        else
            v->left_out++;
    }
}

// The largest of Mt, kt and t in which the first region's total is one or more; scale is to Mt before.
static void choose_mass_unit(leie_view *v)
{
    static const struct {
        const char *unit;
        double per_Mt, head; // head: t in one of them
    } units[] = {{"Mt", 1, 1e6}, {"kt", 1e3, 1e3}, {"t", 1e6, 1}};
    double total = fabs(leie_view_total(v, v->year, v->focus[0]));
    int u = total >= 1 || total == 0 ? 0 : total >= 1e-3 ? 1 : 2;
    for (leie_size k = 0; k < v->stressors; k++)
        v->scale[k] *= units[u].per_Mt;
    v->unit = units[u].unit;
    v->head = units[u].head;
    v->head_unit = "t";
}

// One unit that all materials share, as it is; different ones do not add up and the plain table takes over.
static void choose_common_unit(leie_view *v)
{
    v->unit = v->head_unit = v->materials ? beside(v, "stressor", "unit", v->material[0]) : "";
    v->head = 1;
    for (leie_size k = 0; k < v->stressors; k++)
        v->scale[k] = 1;
    for (leie_size m = 1; m < v->materials; m++)
        if (strcmp(beside(v, "stressor", "unit", v->material[m]), v->unit) != 0)
            v->materials = v->variants = 0;
}

// Materials and variants by their kind, with factors to the unit in which they are shown.
static void choose_materials(leie_view *v)
{
    bool mass = true;
    for (leie_size k = 0; k < v->stressors; k++) {
        const char *kind = beside(v, "stressor", "kind", k);
        bool material = strcmp(kind, LEIE_STRESSOR_MATERIAL) == 0;
        if (!material && strcmp(kind, LEIE_STRESSOR_VARIANT) != 0)
            continue;
        if (material)
            v->material[v->materials++] = k;
        else
            v->variant[v->variants++] = k;
        mass &= leie_unit_factor(&v->scale[k], beside(v, "stressor", "unit", k), "Mt", NULL) == LEIE_OK;
    }
    if (mass)
        choose_mass_unit(v);
    else
        choose_common_unit(v);
}

leie_status leie_view_open(leie_view *v, const leie_dataset *ds, const leie_study *study, leie_error *err)
{
    static const char *const dims[] = {"scenario", "year", "region", "stressor"};
    *v = (leie_view){.ds = ds,
                     .years = length_of(ds, "year"),
                     .regions = length_of(ds, "region"),
                     .stressors = length_of(ds, "stressor"),
                     .categories = leie_dataset_find(ds, "footprint_category") ? length_of(ds, "category") : 0,
                     .origins = leie_dataset_find(ds, "footprint_origin") ? length_of(ds, "origin") : 0,
                     .products = length_of(ds, "product")};
    if (!leie_dataset_find(ds, "footprint_product"))
        v->products = 0;
    v->year = v->years - 1;
    while (v->year > 0 && !has_table(v, v->year))
        v->year--;
    if (!v->regions || !shaped(ds, "year", LEIE_VAR_INT, 1, dims + 1))
        return leie_fail(err, LEIE_ERR_DATA, "the result has no regions or no years");
    if (v->stressors && !shaped(ds, "D_cba", LEIE_VAR_DOUBLE, 4, dims))
        return leie_fail(err, LEIE_ERR_DATA, "the result has no variable D_cba(scenario, year, region, stressor)");
    v->material = leie_new(v->stressors, sizeof *v->material);
    v->variant = leie_new(v->stressors, sizeof *v->variant);
    v->scale = leie_new(v->stressors, sizeof *v->scale);
    if (!v->material || !v->variant || !v->scale) {
        leie_view_close(v);
        return leie_fail_memory(err, "the summary", v->stressors, sizeof *v->material);
    }
    choose_regions(v, study);
    choose_materials(v);
    return LEIE_OK;
}

void leie_view_close(leie_view *v)
{
    leie_free(v->material);
    leie_free(v->variant);
    leie_free(v->scale);
    *v = (leie_view){0};
}
