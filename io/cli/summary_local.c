// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/cli/summary_local.h"

#include <math.h>
#include <string.h>

#include "io/cli/texttable.h"

enum { PLACES_SHOWN = 10 };

// A variable [year, place, stressor] of numbers; NULL when the result does not have it so.
static const double *local_array(const leie_view *v, const char *name, leie_size places)
{
    const leie_var *var = leie_dataset_find(v->ds, name);
    bool fits = var && var->type == LEIE_VAR_DOUBLE && var->count == v->years * places * v->stressors;
    return fits ? var->number + v->year * places * v->stressors : NULL;
}

// Sum over the materials in v->unit: footprint and direct pressures, and their standard deviations.
static double total(const leie_view *v, const double *a, const double *b, leie_size place)
{
    double sum = 0;
    for (leie_size i = 0; i < v->materials; i++) {
        leie_size at = place * v->stressors + v->material[i];
        double x = a[at] + b[at];
        sum += isnan(x) ? 0 : v->scale[v->material[i]] * x;
    }
    return sum;
}

leie_status leie_summary_print_local(FILE *to, const leie_view *v, leie_error *err)
{
    leie_size dim = leie_dataset_find_dim(v->ds, "place"), places = dim >= 0 ? v->ds->dim[dim].n : 0;
    const double *D = local_array(v, "local_D_cba", places), *direct = local_array(v, "local_direct", places);
    const double *D_sd = local_array(v, "local_D_cba_sd", places), *direct_sd = local_array(v, "local_direct_sd", places);
    const leie_var *people = leie_dataset_find(v->ds, "local_population");
    if (!places || !v->materials || !D || !direct || !D_sd || !direct_sd)
        return LEIE_OK;
    leie_size n = places < PLACES_SHOWN ? places : PLACES_SHOWN;
    bool heads = people && people->type == LEIE_VAR_DOUBLE && people->count == v->years * places;
    leie_texttable t;
    char align[PLACES_SHOWN + 2] = "l";
    for (leie_size m = 0; m < n; m++)
        strcat(align, "r");
    leie_texttable_start(&t, align);
    leie_texttable_add(&t, "by place");
    for (leie_size m = 0; m < n; m++)
        leie_texttable_add(&t, "%s", leie_view_name(v, "place", m));
    leie_texttable_add(&t, "%s", v->unit);
    for (leie_size m = 0; m < n; m++)
        leie_texttable_number(&t, 2, total(v, D, direct, m));
    leie_texttable_add(&t, "%s/inh.", v->head_unit);
    for (leie_size m = 0; m < n; m++)
        leie_texttable_number(&t, 1, heads ? v->head * total(v, D, direct, m) / people->number[v->year * places + m] : NAN);
    leie_texttable_add(&t, "sd, %%");
    for (leie_size m = 0; m < n; m++)
        leie_texttable_number(&t, 1, 100 * total(v, D_sd, direct_sd, m) / total(v, D, direct, m));
    fputc('\n', to);
    leie_status st = leie_texttable_print(&t, to, 0, err);
    if (n < places)
        fprintf(to, "(%lld more places are in the file)\n", (long long)(places - n));
    leie_texttable_clear(&t);
    return st;
}
