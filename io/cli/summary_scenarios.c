// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/cli/summary_scenarios.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "io/cli/texttable.h"

enum { ROWS = 40, OTHERS = 3, TITLE = 38 };

// Other stressors than materials and their variants, the first few.
static leie_size others(leie_size other[OTHERS], const leie_view *v)
{
    leie_size n = 0;
    for (leie_size k = 0; k < v->stressors && n < OTHERS; k++) {
        bool taken = false;
        for (leie_size i = 0; i < v->materials; i++)
            taken |= v->material[i] == k;
        for (leie_size i = 0; i < v->variants; i++)
            taken |= v->variant[i] == k;
        if (!taken)
            other[n++] = k;
    }
    return n;
}

// Value of a variable over scenario, year, region and stressor.
static double value(const leie_view *v, const char *name, leie_size scenario, leie_size year, leie_size region, leie_size stressor)
{
    const leie_var *var = leie_dataset_find(v->ds, name);
    leie_size at = ((scenario * v->years + year) * v->regions + region) * v->stressors + stressor;
    return var && var->rank == 4 && var->number && at < var->count ? var->number[at] : NAN;
}

static double change(const leie_view *v, const char *name, leie_size scenario, leie_size year, leie_size region, leie_size stressor)
{
    return value(v, name, scenario, year, region, stressor) - value(v, name, 0, year, region, stressor);
}

static double material_sum(const leie_view *v, const char *name, leie_size scenario, leie_size year, leie_size region)
{
    double sum = 0;
    for (leie_size i = 0; i < v->materials; i++) {
        double one = value(v, name, scenario, year, region, v->material[i]);
        sum += isnan(one) ? 0 : one * v->scale[v->material[i]];
    }
    return sum;
}

// Change of the pressure in all other regions; NaN when the result does not show them all.
static double elsewhere(const leie_view *v, leie_size scenario, leie_size year, leie_size region, leie_size stressor)
{
    const leie_var *kind = leie_dataset_find(v->ds, "region_kind");
    leie_size shown = 0, origin = leie_dataset_find_dim(v->ds, "origin");
    double sum = 0;
    for (leie_size r = 0; kind && kind->text && r < v->regions; r++) {
        bool single = strcmp(kind->text[r], "region") == 0;
        shown += single;
        sum += single && r != region ? change(v, "D_pba", scenario, year, r, stressor) : 0;
    }
    return origin >= 0 && shown == v->ds->dim[origin].n ? sum : NAN;
}

// Direct material input of the scenario in the unit of the screen; NaN without physical trade.
static double input(const leie_view *v, leie_size scenario, leie_size year, leie_size region)
{
    static const char *const names[] = {"route", "indicator", "material"}, *const codes[] = {"io", "DMI", "TOTAL"};
    const leie_var *mass = leie_dataset_find(v->ds, "mfa");
    leie_size at[3], n[3];
    for (int i = 0; i < 3; i++) {
        const leie_var *axis = leie_dataset_find(v->ds, names[i]);
        leie_size dim = leie_dataset_find_dim(v->ds, names[i]);
        at[i] = -1;
        n[i] = dim >= 0 ? v->ds->dim[dim].n : 0;
        for (leie_size x = 0; axis && axis->text && x < n[i]; x++)
            at[i] = strcmp(axis->text[x], codes[i]) == 0 ? x : at[i];
        if (at[i] < 0)
            return NAN;
    }
    leie_size scenarios = v->ds->dim[leie_dataset_find_dim(v->ds, "scenario")].n;
    leie_size cell = ((((at[0] * scenarios + scenario) * v->years + year) * v->regions + region) * n[1] + at[1]) * n[2] + at[2];
    if (!mass || !mass->number || mass->rank != 6 || cell >= mass->count)
        return NAN;
    return mass->number[cell] * (strcmp(v->unit, "Mt") == 0 ? 1e-3 : strcmp(v->unit, "t") == 0 ? 1e3 : 1); // written in 1000 t
}

// The last year in which a scenario has values, -1 for none.
static leie_size last_year(const leie_view *v, leie_size scenario)
{
    for (leie_size y = v->years - 1; y >= 0; y--)
        for (leie_size k = 0; k < v->stressors; k++)
            if (!isnan(value(v, "D_cba", scenario, y, v->focus[0], k)))
                return y;
    return -1;
}

static void add_significant(leie_texttable *t, double number)
{
    leie_texttable_add(t, isnan(number) ? "-" : "%+.4g", number == 0 ? 0 : number);
}

static void heading(leie_texttable *t, const leie_view *v, const leie_size *other, leie_size n)
{
    leie_texttable_add(t, "scenario");
    leie_texttable_add(t, "year");
    leie_texttable_add(t, "%s", "");
    if (v->materials) {
        leie_texttable_add(t, "RMC %s", v->unit);
        leie_texttable_add(t, "change");
        leie_texttable_add(t, "%%");
        leie_texttable_add(t, "at home");
        leie_texttable_add(t, "abroad");
        leie_texttable_add(t, "DMI");
    }
    for (leie_size i = 0; i < n; i++) {
        leie_texttable_add(t, "%s: home", leie_view_code(v, "stressor", other[i]));
        leie_texttable_add(t, "abroad");
    }
}

static void scenario_row(leie_texttable *t, const leie_view *v, leie_size s, leie_size y, const leie_size *other, leie_size n)
{
    leie_size r = v->focus[0];
    leie_texttable_add(t, "%s", leie_view_code(v, "scenario", s));
    leie_texttable_add(t, "%d", leie_view_year(v, y));
    leie_texttable_add(t, "%s", leie_view_name(v, "scenario", s));
    if (v->materials) {
        double base = material_sum(v, "D_cba", 0, y, r), now = material_sum(v, "D_cba", s, y, r);
        double abroad = material_sum(v, "D_imp", s, y, r) - material_sum(v, "D_imp", 0, y, r);
        leie_texttable_add(t, "%.2f", now + material_sum(v, "direct", s, y, r));
        leie_texttable_add(t, "%+.2f", now - base);
        leie_texttable_add(t, "%+.2f", base > 0 ? 100 * (now - base) / base : 0);
        leie_texttable_add(t, "%+.2f", now - base - abroad);
        leie_texttable_add(t, "%+.2f", abroad);
        double direct = input(v, s, y, r) - input(v, 0, y, r);
        leie_texttable_add(t, isnan(direct) ? "-" : "%+.2f", direct);
    }
    for (leie_size i = 0; i < n; i++) {
        add_significant(t, change(v, "D_pba", s, y, r, other[i]));
        add_significant(t, elsewhere(v, s, y, r, other[i]));
    }
}

// Regions whose production has the pressure, and all that are shown.
static leie_size regions_with(const leie_view *v, leie_size stressor, leie_size *all)
{
    const leie_var *kind = leie_dataset_find(v->ds, "region_kind");
    leie_size with = 0;
    *all = 0;
    for (leie_size r = 0; kind && kind->text && r < v->regions; r++) {
        bool single = strcmp(kind->text[r], "region") == 0;
        *all += single;
        with += single && value(v, "D_pba", 0, v->year, r, stressor) != 0;
    }
    return with;
}

static void print_units(FILE *to, const leie_view *v, const leie_size *other, leie_size n, bool direct)
{
    const leie_var *unit = leie_dataset_find(v->ds, "stressor_unit");
    for (leie_size i = 0; i < n; i++)
        fprintf(to, "%s%s in %s", i ? "; " : "(pressures of production: ", leie_view_code(v, "stressor", other[i]),
                unit && unit->text ? unit->text[other[i]] : "");
    fputs(n ? ")\n" : "", to);
    for (leie_size i = 0; i < n; i++) {
        leie_size all, with = regions_with(v, other[i], &all);
        if (with < all)
            fprintf(to, "(%s: the study has rows of %lld of %lld regions; abroad is what these show)\n", leie_view_code(v, "stressor", other[i]),
                    (long long)with, (long long)all);
    }
    if (v->materials && !direct)
        fputs("(DMI: the study has no physical trade by product, 'flows' with 'accounts: {by: [direct]}')\n", to);
}

// Years without a table, as the result marks them.
static void print_projections(FILE *to, const leie_view *v)
{
    const leie_var *mark = leie_dataset_find(v->ds, "projection");
    bool any = false;
    for (leie_size y = 0; mark && mark->integer && y < v->years && y < mark->count; y++) {
        if (!mark->integer[y])
            continue;
        fprintf(to, "%s%d", any ? ", " : "(projections, the last table with the drivers of the scenario file: ", leie_view_year(v, y));
        any = true;
    }
    fputs(any ? ")\n" : "", to);
}

leie_status leie_summary_print_scenarios(FILE *to, const leie_view *v, leie_error *err)
{
    leie_size axis = leie_dataset_find_dim(v->ds, "scenario"), scenarios = axis >= 0 ? v->ds->dim[axis].n : 1;
    leie_size other[OTHERS], n = others(other, v), shown = 0;
    if (scenarios < 2 || v->focuses == 0)
        return LEIE_OK;
    leie_texttable t;
    char align[LEIE_TEXTTABLE_COLUMNS + 1] = "lll";
    memset(align + 3, 'r', (size_t)((v->materials ? 6 : 0) + 2 * n));
    align[3 + (v->materials ? 6 : 0) + 2 * n] = '\0';
    leie_texttable_start(&t, align);
    t.limit[2] = TITLE;
    heading(&t, v, other, n);
    for (leie_size s = 1; s < scenarios && shown < ROWS; s++) {
        leie_size y = last_year(v, s);
        if (y >= 0) {
            scenario_row(&t, v, s, y, other, n);
            shown++;
        }
    }
    fprintf(to, "\nScenarios for %s: what changes against the baseline of the same year\n", leie_view_name(v, "region", v->focus[0]));
    leie_status st = leie_texttable_print(&t, to, 0, err);
    leie_texttable_clear(&t);
    print_units(to, v, other, n, !isnan(input(v, 0, v->year, v->focus[0])));
    print_projections(to, v);
    if (scenarios - 1 > shown)
        fprintf(to, "(%lld scenarios more are in the file)\n", (long long)(scenarios - 1 - shown));
    return st;
}
