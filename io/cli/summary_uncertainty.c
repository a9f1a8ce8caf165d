// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/cli/summary_uncertainty.h"

#include <math.h>
#include <string.h>

#include "io/cli/texttable.h"

enum { STRESSORS = 6, DRIVERS = 5, REGIONS = 3, NAME_WIDTH = 30 };

// The variables of one kind of footprint, for stressors or for the sum over materials.
typedef struct numbers {
    const leie_var *mean, *sd, *first_order, *quantile, *mean_at, *sd_at;
} numbers;

static bool find_numbers(numbers *n, const leie_dataset *ds, bool material)
{
    static const char *const names[] = {"mean", "sd", "sd_first_order", "quantile", "mean_at", "sd_at"};
    const leie_var **to[] = {&n->mean, &n->sd, &n->first_order, &n->quantile, &n->mean_at, &n->sd_at};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char name[64];
        snprintf(name, sizeof name, "%sfootprint_%s", material ? "material_" : "", names[i]);
        *to[i] = leie_dataset_find(ds, name);
        if (!*to[i] || (*to[i])->type != LEIE_VAR_DOUBLE || !(*to[i])->number)
            return false;
    }
    return true;
}

// The last year with draws, -1 for none.
static leie_size year_of(const leie_view *v, const leie_var *mean)
{
    leie_size each = mean->count / v->years;
    for (leie_size y = v->years - 1; y >= 0; y--)
        for (leie_size i = 0; i < each; i++)
            if (!isnan(mean->number[y * each + i]))
                return y;
    return -1;
}

static double percent(double part, double whole)
{
    return whole != 0 ? 100 * part / fabs(whole) : NAN;
}

// One row: name, mean, sd and first-order sd in percent, the range of the outermost quantiles; at is the output.
static void number_row(leie_texttable *t, const numbers *n, leie_size at, leie_size quantiles, double scale, const char *region,
                       const char *name)
{
    double mean = n->mean->number[at];
    leie_texttable_add(t, "%s", region);
    leie_texttable_add(t, "%s", name);
    leie_texttable_add(t, "%.4g", scale * mean);
    leie_texttable_add(t, "%.2f", percent(n->sd->number[at], mean));
    leie_texttable_add(t, "%.2f", percent(n->first_order->number[at], mean));
    leie_texttable_add(t, "%.4g", scale * n->quantile->number[at * quantiles]);
    leie_texttable_add(t, "%.4g", scale * n->quantile->number[at * quantiles + quantiles - 1]);
}

static void heading(leie_texttable *t, const leie_var *quantile, const char *unit)
{
    leie_texttable_add(t, "region");
    leie_texttable_add(t, "footprint");
    leie_texttable_add(t, "mean%s%s", unit ? ", " : "", unit ? unit : "");
    leie_texttable_add(t, "sd %%");
    leie_texttable_add(t, "first order %%");
    leie_texttable_add(t, "%g %%", 100 * quantile->number[0]);
    leie_texttable_add(t, "%g %%", 100 * quantile->number[quantile->count - 1]);
}

static leie_status print_ranges(FILE *to, const leie_view *v, const numbers *each, const numbers *total, leie_size y, leie_error *err)
{
    const leie_var *quantile = leie_dataset_find(v->ds, "quantile");
    leie_texttable t;
    leie_texttable_start(&t, "llrrrrr");
    t.limit[1] = NAME_WIDTH;
    heading(&t, quantile, total ? v->unit : NULL);
    for (leie_size i = 0; total && i < v->focuses && i < REGIONS; i++) {
        double scale = v->materials ? v->scale[v->material[0]] : 1;
        number_row(&t, total, y * v->regions + v->focus[i], quantile->count, scale, leie_view_code(v, "region", v->focus[i]), "materials");
    }
    leie_size shown = total ? v->materials : v->stressors;
    for (leie_size m = 0; m < shown && m < STRESSORS; m++) {
        leie_size s = total ? v->material[m] : m, region = v->focuses ? v->focus[0] : 0;
        leie_size at = (y * v->regions + region) * v->stressors + s;
        if (isnan(each->mean->number[at]))
            continue;
        number_row(&t, each, at, quantile->count, total ? v->scale[s] : 1, leie_view_code(v, "region", region),
                   leie_view_name(v, "stressor", s));
    }
    leie_status st = leie_texttable_print(&t, to, 0, err);
    leie_texttable_clear(&t);
    return st;
}

// How much mean and sd of the first output in focus still moved in the last tenth of the draws.
static void print_convergence(FILE *to, const leie_view *v, const numbers *n, leie_size y, bool material)
{
    const leie_var *draws = leie_dataset_find(v->ds, "uncertainty_draws"), *checkpoint = leie_dataset_find(v->ds, "checkpoint");
    leie_size inner = material ? v->regions : v->regions * v->stressors, region = v->focuses ? v->focus[0] : 0, c = checkpoint->count;
    leie_size at = material ? region : region * v->stressors;
    const double *mean = n->mean_at->number + y * c * inner, *sd = n->sd_at->number + y * c * inner;
    double now = mean[(c - 1) * inner + at], before = mean[(c - 2) * inner + at];
    double sd_now = sd[(c - 1) * inner + at], sd_before = sd[(c - 2) * inner + at];
    double count = (double)draws->integer[y];
    fprintf(to, "Converged: the last tenth of the draws moved the mean by %.2g %% and the sd by %.2g %%; standard error of the mean "
            "%.2g %%%s\n",
            percent(now - before, now), percent(sd_now - sd_before, sd_now), percent(sd_now / sqrt(count), now),
            material ? "" : " (first row)");
}

static leie_status print_drivers(FILE *to, const leie_view *v, leie_size y, leie_error *err)
{
    const leie_var *cell = leie_dataset_find(v->ds, "driver_cell"), *share = leie_dataset_find(v->ds, "driver_share");
    const leie_var *sd = leie_dataset_find(v->ds, "driver_sd");
    leie_texttable t;
    if (!cell || !cell->text || !share || !share->number || !sd || !sd->number)
        return LEIE_OK;
    leie_size ranked = cell->count / (v->years * v->regions), region = v->focuses ? v->focus[0] : 0;
    leie_texttable_start(&t, "lrr");
    leie_texttable_add(&t, "drives the variance of %s", leie_view_code(v, "region", region));
    leie_texttable_add(&t, "share %%");
    leie_texttable_add(&t, "sd %%");
    for (leie_size i = 0; i < ranked && i < DRIVERS; i++) {
        leie_size at = (y * v->regions + region) * ranked + i;
        if (!cell->text[at][0])
            break;
        leie_texttable_add(&t, "%s", cell->text[at]);
        leie_texttable_add(&t, "%.1f", 100 * share->number[at]);
        leie_texttable_add(&t, "%.1f", 100 * sd->number[at]);
    }
    leie_status st = leie_texttable_print(&t, to, 0, err);
    leie_texttable_clear(&t);
    return st;
}

leie_status leie_summary_print_uncertainty(FILE *to, const leie_view *v, leie_error *err)
{
    numbers each, total;
    const leie_var *draws = leie_dataset_find(v->ds, "uncertainty_draws"), *failed = leie_dataset_find(v->ds, "uncertainty_failed");
    const leie_var *error = leie_dataset_find(v->ds, "uncertainty_rank_error"), *way = leie_dataset_find(v->ds, "uncertainty_way");
    const char *method = leie_dataset_get_text(v->ds, NULL, "uncertainty_method");
    const leie_attribute *seed = leie_dataset_get(v->ds, NULL, "uncertainty_seed");
    if (!draws || !failed || !error || !way || !method || !seed || !leie_dataset_find(v->ds, "checkpoint") ||
        !leie_dataset_find(v->ds, "quantile") || !find_numbers(&each, v->ds, false))
        return LEIE_OK;
    bool material = v->materials && find_numbers(&total, v->ds, true);
    leie_size y = year_of(v, each.mean);
    if (y < 0)
        return LEIE_OK;
    fprintf(to, "\nUncertainty %d: %lld draws (%s, seed %lld, by %s)", leie_view_year(v, y), (long long)draws->integer[y], method,
            seed->n ? (long long)(seed->integer ? seed->integer[0] : 0) : 0, way->text[y]);
    if (failed->integer[y])
        fprintf(to, "; %lld without a solution, left out", (long long)failed->integer[y]);
    if (error->number[y] > 0)
        fprintf(to, "; ranks of quantiles within %.2g %%", 100 * error->number[y]);
    fputc('\n', to);
    leie_status st = print_ranges(to, v, &each, material ? &total : NULL, y, err);
    if (st)
        return st;
    print_convergence(to, v, material ? &total : &each, y, material);
    return print_drivers(to, v, y, err);
}
