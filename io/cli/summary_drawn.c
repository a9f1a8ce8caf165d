// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/cli/summary_drawn.h"

#include <math.h>
#include <string.h>

#include "io/cli/texttable.h"

enum { ROWS = 20, NAMED = 3, DRIVERS_ROOM = 120 };

// Variables over (scenario, year, region): of the sum over materials, or of the first stressor.
typedef struct drawn {
    const leie_var *undrawn, *mean, *sd, *quantile, *share;
    bool material;
    leie_size quantiles, scenarios, parameters;
    double scale;
} drawn;

static const leie_var *find(const leie_view *v, bool material, const char *name)
{
    char full[96];
    snprintf(full, sizeof full, "scenario_%sfootprint_%s", material ? "material_" : "", name);
    const leie_var *var = leie_dataset_find(v->ds, full);
    return var && var->type == LEIE_VAR_DOUBLE ? var : NULL;
}

static bool open_drawn(drawn *d, const leie_view *v)
{
    leie_size scenario = leie_dataset_find_dim(v->ds, "scenario"), parameter = leie_dataset_find_dim(v->ds, "parameter");
    const leie_var *quantile = leie_dataset_find(v->ds, "quantile");
    d->material = v->materials && find(v, true, "mean");
    d->undrawn = find(v, d->material, "undrawn");
    d->mean = find(v, d->material, "mean");
    d->sd = find(v, d->material, "sd");
    d->quantile = find(v, d->material, "quantile");
    d->share = leie_dataset_find(v->ds, "parameter_share");
    if (!d->undrawn || !d->mean || !d->sd || !d->quantile || !quantile || !d->share || !d->share->number || scenario < 0 || parameter < 0 || v->focuses == 0)
        return false;
    d->quantiles = quantile->count;
    d->scenarios = v->ds->dim[scenario].n;
    d->parameters = v->ds->dim[parameter].n;
    d->scale = d->material ? v->scale[v->material[0]] : 1;
    return true;
}

// Place of the last year of a scenario with draws, -1 for none; of the first stressor where there is no total.
static leie_size place_of(const drawn *d, const leie_view *v, leie_size s, leie_size *year)
{
    for (*year = v->years - 1; *year >= 0; --*year) {
        leie_size at = (s * v->years + *year) * v->regions + v->focus[0];
        at = d->material ? at : at * v->stressors;
        if (!isnan(d->mean->number[at]))
            return at;
    }
    return -1;
}

// "reach 67 %, yield 28 %": the parameters that drive the variance most.
static void drivers_of(char text[DRIVERS_ROOM], const drawn *d, const leie_view *v, leie_size s, leie_size year)
{
    const double *share = d->share->number + ((s * v->years + year) * v->regions + v->focus[0]) * d->parameters;
    double above = INFINITY;
    int used = 0;
    text[0] = '\0';
    for (int i = 0; i < NAMED && used < DRIVERS_ROOM; i++) {
        leie_size best = -1;
        for (leie_size p = 0; p < d->parameters; p++)
            if (share[p] < above && share[p] > 0.005 && (best < 0 || share[p] > share[best]))
                best = p;
        if (best < 0)
            break;
        above = share[best];
        used += snprintf(text + used, (size_t)(DRIVERS_ROOM - used), "%s%.40s %.0f %%", i ? ", " : "", leie_view_code(v, "parameter", best), 100 * share[best]);
    }
}

static void drawn_row(leie_texttable *t, const drawn *d, const leie_view *v, leie_size s, leie_size at, leie_size year)
{
    char drivers[DRIVERS_ROOM];
    double mean = d->mean->number[at];
    drivers_of(drivers, d, v, s, year);
    leie_texttable_add(t, "%s", leie_view_code(v, "scenario", s));
    leie_texttable_add(t, "%d", leie_view_year(v, year));
    leie_texttable_add(t, "%.4g", d->scale * d->undrawn->number[at]);
    leie_texttable_add(t, "%.4g", d->scale * mean);
    leie_texttable_add(t, "%.2f", mean != 0 ? 100 * d->sd->number[at] / fabs(mean) : 0);
    leie_texttable_add(t, "%.4g", d->scale * d->quantile->number[at * d->quantiles]);
    leie_texttable_add(t, "%.4g", d->scale * d->quantile->number[(at + 1) * d->quantiles - 1]);
    leie_texttable_add(t, "%s", drivers);
}

// ---- table and parameters in one draw ----

// A value of a variable over (scenario, year, region[, stressor][, quantile]) in the unit of the screen.
static double joint_value(const leie_view *v, bool material, const char *name, leie_size place, leie_size behind, leie_size of)
{
    char full[96];
    snprintf(full, sizeof full, "joint_%sfootprint_%s", material ? "material_" : "", name);
    const leie_var *var = leie_dataset_find(v->ds, full);
    leie_size at = place * behind + of;
    return var && var->number && at < var->count ? var->number[at] * (material ? v->scale[v->material[0]] : 1) : NAN;
}

// What scenarios change against the baseline of the same draw.
static leie_status print_joint(FILE *to, const leie_view *v, leie_error *err)
{
    leie_size axis = leie_dataset_find_dim(v->ds, "scenario"), shown = 0;
    const leie_var *quantile = leie_dataset_find(v->ds, "quantile");
    bool material = v->materials && leie_dataset_find(v->ds, "joint_material_footprint_mean");
    if (!leie_dataset_find(v->ds, "joint_footprint_mean") || !quantile || axis < 0 || v->focuses == 0)
        return LEIE_OK;
    leie_texttable t;
    leie_texttable_start(&t, "llrrrrrr");
    leie_texttable_add(&t, "scenario");
    leie_texttable_add(&t, "year");
    leie_texttable_add(&t, "mean");
    leie_texttable_add(&t, "sd");
    leie_texttable_add(&t, "change");
    leie_texttable_add(&t, "sd");
    leie_texttable_add(&t, "%g %%", 100 * quantile->number[0]);
    leie_texttable_add(&t, "%g %%", 100 * quantile->number[quantile->count - 1]);
    for (leie_size s = 0; s < v->ds->dim[axis].n && shown < ROWS; s++)
        for (leie_size y = 0; y < v->years && shown < ROWS; y++) {
            leie_size place = ((s * v->years + y) * v->regions + v->focus[0]) * (material ? 1 : v->stressors);
            if (isnan(joint_value(v, material, "mean", place, 1, 0)))
                continue;
            leie_texttable_add(&t, "%s", leie_view_code(v, "scenario", s));
            leie_texttable_add(&t, "%d", leie_view_year(v, y));
            leie_texttable_add(&t, "%.4g", joint_value(v, material, "mean", place, 1, 0));
            leie_texttable_add(&t, "%.3g", joint_value(v, material, "sd", place, 1, 0));
            static const char *const names[] = {"change_mean", "change_sd", "change_quantile", "change_quantile"};
            for (int c = 0; c < 4; c++) {
                double value = joint_value(v, material, names[c], place, c < 2 ? 1 : quantile->count, c < 3 ? 0 : quantile->count - 1);
                if (s == 0) // the baseline
                    leie_texttable_add(&t, "%s", "");
                else
                    leie_texttable_add(&t, c == 1 ? "%.3g" : "%+.4g", value);
            }
            shown++;
        }
    fprintf(to, "\nScenarios for %s over draws of table and parameters together; change against the baseline of the same draw (%s%s%s)\n",
            leie_view_name(v, "region", v->focus[0]), material ? "materials" : leie_view_name(v, "stressor", 0), material ? ", " : "",
            material ? v->unit : "");
    leie_status st = leie_texttable_print(&t, to, 0, err);
    leie_texttable_clear(&t);
    return st;
}

static leie_status print_parameters(FILE *to, const leie_view *v, leie_error *err)
{
    drawn d;
    leie_texttable t;
    leie_size year, shown = 0, more = 0;
    if (!open_drawn(&d, v))
        return LEIE_OK;
    const leie_var *quantile = leie_dataset_find(v->ds, "quantile");
    leie_texttable_start(&t, "llrrrrrl");
    leie_texttable_add(&t, "scenario");
    leie_texttable_add(&t, "year");
    leie_texttable_add(&t, "as written");
    leie_texttable_add(&t, "mean");
    leie_texttable_add(&t, "sd %%");
    leie_texttable_add(&t, "%g %%", 100 * quantile->number[0]);
    leie_texttable_add(&t, "%g %%", 100 * quantile->number[d.quantiles - 1]);
    leie_texttable_add(&t, "driven by");
    for (leie_size s = 1; s < d.scenarios; s++) {
        leie_size at = place_of(&d, v, s, &year);
        if (at < 0)
            continue;
        if (shown < ROWS)
            drawn_row(&t, &d, v, s, at, year);
        else
            more++;
        shown += shown < ROWS;
    }
    fprintf(to, "\nRanges of scenarios for %s over draws of their parameters, the table as it is (%s%s%s)\n", leie_view_name(v, "region", v->focus[0]),
            d.material ? "materials" : leie_view_name(v, "stressor", 0), d.material ? ", " : "", d.material ? v->unit : "");
    leie_status st = leie_texttable_print(&t, to, 0, err);
    leie_texttable_clear(&t);
    if (!st && more)
        fprintf(to, "(%lld scenarios more are in the file)\n", (long long)more);
    return st;
}

leie_status leie_summary_print_drawn(FILE *to, const leie_view *v, leie_error *err)
{
    leie_status st = print_parameters(to, v, err);
    return st ? st : print_joint(to, v, err);
}
