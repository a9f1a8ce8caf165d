// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/cli/summary_flows.h"

#include <math.h>
#include <string.h>

#include "io/cli/texttable.h"

enum { REGIONS_SHOWN = 4, YEARS_SHOWN = 12, MATERIALS_SHOWN = 8, TARGETS_SHOWN = 6, LEFT_OUT_SHOWN = 3, NAME_WIDTH = 34, KT_PER_MT = 1000 };

// The variables mfa(route, scenario, year, region, indicator, material) with the lengths of their axes.
typedef struct flow_view {
    const leie_dataset *ds;
    const leie_var *mass, *head;                       // mfa and mfa_per_capita (NULL without population)
    leie_size routes, years, regions, indicators, materials;
    leie_size shown, column[REGIONS_SHOWN];            // regions in columns
    leie_size year;                                    // the last one with figures
} flow_view;

static const char *text_at(const leie_dataset *ds, const char *name, leie_size i)
{
    const leie_var *var = leie_dataset_find(ds, name);
    return var && var->type == LEIE_VAR_TEXT && i < var->count ? var->text[i] : "";
}

static leie_size find_label(const leie_dataset *ds, const char *name, const char *label)
{
    const leie_var *var = leie_dataset_find(ds, name);
    for (leie_size i = 0; var && i < var->count; i++)
        if (strcmp(var->text[i], label) == 0)
            return i;
    return -1;
}

static double number_at(const leie_dataset *ds, const char *name, leie_size i)
{
    const leie_var *var = leie_dataset_find(ds, name);
    return var && var->type == LEIE_VAR_DOUBLE && i >= 0 && i < var->count ? var->number[i] : NAN;
}

// Value by route and indicator name; material is a position. NaN where the variable is not there.
static double value_of(const flow_view *v, const leie_var *var, const char *route, leie_size year, leie_size region,
                       const char *indicator, leie_size material)
{
    leie_size r = find_label(v->ds, "route", route), i = find_label(v->ds, "indicator", indicator);
    if (!var || r < 0 || i < 0)
        return NAN;
    return var->number[(((r * v->years + year) * v->regions + region) * v->indicators + i) * v->materials + material];
}

// Whether a region has any figure in a year.
static bool has_figures(const flow_view *v, leie_size year, leie_size region)
{
    for (leie_size i = 0; i < v->indicators; i++)
        for (leie_size r = 0; r < v->routes; r++)
            if (!isnan(v->mass->number[(((r * v->years + year) * v->regions + region) * v->indicators + i) * v->materials]))
                return true;
    return false;
}

static bool any_figures(const flow_view *v, leie_size year)
{
    for (leie_size q = 0; q < v->regions; q++)
        if (has_figures(v, year, q))
            return true;
    return false;
}

static void add_column(flow_view *v, leie_size region)
{
    for (leie_size c = 0; c < v->shown; c++)
        if (v->column[c] == region)
            return;
    if (v->shown < REGIONS_SHOWN && has_figures(v, v->year, region))
        v->column[v->shown++] = region;
}

static bool is_mfa(const leie_var *mfa)
{
    return mfa && mfa->type == LEIE_VAR_DOUBLE && mfa->rank == 6 && mfa->number;
}

// The last year with figures; columns are the regions in focus, then the first others, as far as they have figures.
static void open_view(flow_view *v, const leie_dataset *ds, leie_size focuses, const leie_size *focus)
{
    const leie_var *mass = leie_dataset_find(ds, "mfa");
    *v = (flow_view){.ds = ds, .mass = mass, .head = leie_dataset_find(ds, "mfa_per_capita")};
    v->routes = ds->dim[mass->dim[0]].n;
    v->years = ds->dim[mass->dim[2]].n;
    v->regions = ds->dim[mass->dim[3]].n;
    v->indicators = ds->dim[mass->dim[4]].n;
    v->materials = ds->dim[mass->dim[5]].n;
    v->year = v->years - 1;
    while (v->year > 0 && !any_figures(v, v->year))
        v->year--;
    for (leie_size i = 0; i < focuses; i++)
        add_column(v, focus[i]);
    for (leie_size q = 0; q < v->regions; q++)
        add_column(v, q);
}

double leie_summary_mfa(const leie_dataset *ds, const char *route, leie_size year, leie_size region, const char *indicator)
{
    flow_view v;
    if (!is_mfa(leie_dataset_find(ds, "mfa")))
        return NAN;
    open_view(&v, ds, 0, NULL);
    return value_of(&v, v.mass, route, year, region, indicator, 0);
}

// Whether flows were given: with the route io alone, what there is stands in the footprint already.
bool leie_summary_has_flows(const leie_dataset *ds)
{
    flow_view v;
    if (!is_mfa(leie_dataset_find(ds, "mfa")))
        return false;
    open_view(&v, ds, 0, NULL);
    leie_size cells = v.routes ? v.mass->count / v.routes : 0;
    for (leie_size r = 0; r < v.routes; r++)
        for (leie_size i = 0; strcmp(text_at(ds, "route", r), "io") != 0 && i < cells; i++)
            if (!isnan(v.mass->number[r * cells + i]))
                return true;
    return false;
}

// ---- tables ----

static void start_columns(leie_texttable *t, const flow_view *v, const char *title)
{
    char align[2 * REGIONS_SHOWN + 3] = "l";
    leie_size columns = v->head ? 2 * v->shown + 1 : v->shown;
    for (leie_size i = 0; i < columns; i++)
        strcat(align, "r");
    leie_texttable_start(t, align);
    t->limit[0] = NAME_WIDTH;
    leie_texttable_add(t, "%s", title);
    for (int half = 0; half < (v->head ? 2 : 1); half++) {
        if (half)
            leie_texttable_add(t, "|");
        for (leie_size q = 0; q < v->shown; q++)
            leie_texttable_add(t, "%s", text_at(v->ds, "region", v->column[q]));
    }
}

// Mt, then t per inhabitant; a row without any figure is left out. Whether it was added.
static bool add_row(leie_texttable *t, const flow_view *v, const char *name, const char *route, const char *indicator,
                    leie_size material)
{
    bool any = false;
    for (leie_size c = 0; c < v->shown; c++)
        any |= !isnan(value_of(v, v->mass, route, v->year, v->column[c], indicator, material));
    if (!any)
        return false;
    leie_texttable_add(t, "%s", name);
    for (leie_size c = 0; c < v->shown; c++)
        leie_texttable_number(t, 2, value_of(v, v->mass, route, v->year, v->column[c], indicator, material) / KT_PER_MT);
    if (!v->head)
        return true;
    leie_texttable_add(t, "|");
    for (leie_size c = 0; c < v->shown; c++)
        leie_texttable_number(t, 2, value_of(v, v->head, route, v->year, v->column[c], indicator, material));
    return true;
}

static leie_status print_indicators(FILE *to, const flow_view *v, leie_error *err)
{
    static const char *const row[][2] = {{"ewmfa", "DEU"},   {"ewmfa", "IMP"}, {"ewmfa", "EXP"},   {"ewmfa", "DMI"},
                                         {"ewmfa", "DMC"},   {"ewmfa", "NAS"}, {"rme", "IMP_RME"}, {"rme", "EXP_RME"},
                                         {"rme", "RMI"},     {"rme", "RMC"},   {"io", "DEU"},      {"io", "DMI"},
                                         {"io", "DMC"},      {"io", "IMP_RME"}, {"io", "EXP_RME"}, {"io", "RMI"},
                                         {"io", "RMC"}};
    leie_texttable t;
    start_columns(&t, v, v->head ? "Mt | t per inhabitant" : "Mt");
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        char name[64];
        snprintf(name, sizeof name, "%s%s", row[i][1], strcmp(row[i][0], "io") == 0 ? " (route io)" : "");
        add_row(&t, v, name, row[i][0], row[i][1], 0);
    }
    leie_status st = leie_texttable_print(&t, to, 0, err);
    leie_texttable_clear(&t);
    return st;
}

// The groups under TOTAL of one indicator; *rows is how many there are.
static leie_status print_split(FILE *to, const flow_view *v, const char *route, const char *indicator, leie_size *rows, leie_error *err)
{
    leie_texttable t;
    *rows = 0;
    start_columns(&t, v, indicator);
    for (leie_size m = 0; m < v->materials && *rows < MATERIALS_SHOWN; m++) {
        char name[256];
        if (strcmp(text_at(v->ds, "material_parent", m), "TOTAL") != 0)
            continue;
        snprintf(name, sizeof name, "%s %s", text_at(v->ds, "material", m), text_at(v->ds, "material_name", m));
        *rows += add_row(&t, v, name, route, indicator, m);
    }
    leie_status st = LEIE_OK;
    if (*rows) {
        fputc('\n', to);
        st = leie_texttable_print(&t, to, 0, err);
    }
    leie_texttable_clear(&t);
    return st;
}

// RMC where it is broken down, else DMC.
static leie_status print_materials(FILE *to, const flow_view *v, leie_error *err)
{
    leie_size rows;
    leie_status st = print_split(to, v, "rme", "RMC", &rows, err);
    return st || rows ? st : print_split(to, v, "ewmfa", "DMC", &rows, err);
}

static leie_status print_series(FILE *to, const flow_view *v, leie_error *err)
{
    static const char *const row[][3] = {{"ewmfa", "DMC", "DMC"}, {"rme", "RMC", "RMC"}, {"io", "RMC", "RMC (io)"}};
    const leie_var *year = leie_dataset_find(v->ds, "year"), *var = v->head ? v->head : v->mass;
    leie_size first = v->years > YEARS_SHOWN ? v->years - YEARS_SHOWN : 0;
    leie_texttable t;
    char align[YEARS_SHOWN + 2] = "l";
    leie_size rows = 0, region = v->shown ? v->column[0] : 0;
    if (v->years < 2)
        return LEIE_OK;
    for (leie_size y = first; y < v->years; y++)
        strcat(align, "r");
    leie_texttable_start(&t, align);
    leie_texttable_add(&t, "%s, %s", text_at(v->ds, "region", region), v->head ? "t/inh." : "Mt");
    for (leie_size y = first; y < v->years; y++)
        leie_texttable_add(&t, "%d", (int)year->integer[y]);
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        bool any = false;
        for (leie_size y = first; y < v->years; y++)
            any |= !isnan(value_of(v, var, row[i][0], y, region, row[i][1], 0));
        if (!any)
            continue;
        rows++;
        leie_texttable_add(&t, "%s", row[i][2]);
        for (leie_size y = first; y < v->years; y++)
            leie_texttable_number(&t, 1, value_of(v, var, row[i][0], y, region, row[i][1], 0) / (v->head ? 1 : KT_PER_MT));
    }
    leie_status st = LEIE_OK;
    if (rows) {
        fputc('\n', to);
        st = leie_texttable_print(&t, to, 0, err);
    }
    leie_texttable_clear(&t);
    return st;
}

// ---- targets ----

static leie_status print_targets(FILE *to, const leie_dataset *ds, leie_error *err)
{
    static const char *const head[] = {"target", "unit", "base", "level", "last", "in", "distance", "per year", "reached"};
    enum { COLUMNS = sizeof head / sizeof head[0] };
    const leie_var *target = leie_dataset_find(ds, "target");
    leie_texttable t;
    if (!target)
        return LEIE_OK;
    leie_texttable_start(&t, "llrrrrrrr");
    t.limit[0] = NAME_WIDTH;
    for (int c = 0; c < COLUMNS; c++)
        leie_texttable_add(&t, "%s", head[c]);
    for (leie_size i = 0; i < target->count && i < TARGETS_SHOWN; i++) {
        bool capita = strcmp(text_at(ds, "target_per", i), "capita") == 0;
        leie_texttable_add(&t, "%s", target->text[i]);
        leie_texttable_add(&t, "%s%s", text_at(ds, "target_unit", i), capita ? "/inh." : "");
        leie_texttable_number(&t, 2, number_at(ds, "target_base", i));
        leie_texttable_number(&t, 2, number_at(ds, "target_level", i));
        leie_texttable_number(&t, 2, number_at(ds, "target_last", i));
        leie_texttable_number(&t, 0, number_at(ds, "target_last_year", i));
        leie_texttable_number(&t, 2, number_at(ds, "target_distance", i));
        leie_texttable_number(&t, 3, number_at(ds, "target_required_change", i));
        leie_texttable_number(&t, 0, number_at(ds, "target_year_reached", i));
    }
    fputc('\n', to);
    leie_status st = leie_texttable_print(&t, to, 0, err);
    leie_texttable_clear(&t);
    if (target->count > TARGETS_SHOWN)
        fprintf(to, "(%lld more targets are in the file)\n", (long long)(target->count - TARGETS_SHOWN));
    return st;
}

void leie_summary_print_left_out(FILE *to, const leie_dataset *ds)
{
    const leie_var *name = leie_dataset_find(ds, "target_left_out");
    if (!name)
        return;
    fprintf(to, "\n%lld target%s of no series here: ", (long long)name->count, name->count == 1 ? " speaks" : "s speak");
    for (leie_size i = 0; i < name->count && i < LEFT_OUT_SHOWN; i++)
        fprintf(to, "%s%s (%s)", i ? "; " : "", name->text[i], text_at(ds, "target_left_out_name", i));
    fputs(name->count > LEFT_OUT_SHOWN ? "; more are in the file\n" : "\n", to);
}

// ---- the whole ----

leie_status leie_summary_print_flows(FILE *to, const leie_dataset *ds, leie_size focuses, const leie_size *focus, leie_error *err)
{
    flow_view v;
    open_view(&v, ds, focuses, focus);
    const char *edition = leie_dataset_get_text(ds, v.mass, "edition");
    const leie_var *average = leie_dataset_find(ds, "mfa_average");
    fprintf(to, "Material flow accounts, %d, single year%s%s%s\n", (int)leie_dataset_find(ds, "year")->integer[v.year],
            edition ? ", edition " : "", edition ? edition : "", average ? " (averages are in the file)" : "");
    leie_status st = print_indicators(to, &v, err);
    if (!st)
        st = print_materials(to, &v, err);
    st = st ? st : print_series(to, &v, err);
    st = st ? st : print_targets(to, ds, err);
    if (!st && v.regions > v.shown)
        fprintf(to, "(%lld more regions are in the file)\n", (long long)(v.regions - v.shown));
    return st;
}
