// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/cli/summary_stocks.h"

#include <math.h>
#include <string.h>

#include "io/cli/texttable.h"

enum { GOODS_SHOWN = 8, YEARS_SHOWN = 3 };

static const leie_var *numbers(const leie_dataset *ds, const char *name)
{
    const leie_var *var = leie_dataset_find(ds, name);
    return var && var->type == LEIE_VAR_DOUBLE && var->number ? var : NULL;
}

// First, middle and last of n; how many differ.
static int pick(leie_size n, leie_size at[YEARS_SHOWN])
{
    int count = 0;
    const leie_size all[YEARS_SHOWN] = {0, n / 2, n - 1};
    for (int i = 0; i < YEARS_SHOWN; i++)
        if (!count || at[count - 1] != all[i])
            at[count++] = all[i];
    return count;
}

// Sum over the items of a variable (item, year).
static double over_items(const leie_var *var, leie_size items, leie_size T, leie_size t)
{
    double sum = 0;
    for (leie_size i = 0; i < items; i++)
        sum += var->number[i * T + t];
    return sum;
}

static leie_status print_model(FILE *to, const leie_dataset *ds, leie_error *err)
{
    static const char *const name[] = {"stock_inflow", "stock_outflow", "stock_total", "stock_net_addition"};
    static const char *const head[] = {"inflow", "outflow", "stock", "net addition"};
    const leie_var *year = leie_dataset_find(ds, "stock_year"), *item = leie_dataset_find(ds, "stock_item");
    leie_size at[YEARS_SHOWN];
    leie_texttable t;
    if (!year || !item || !year->integer || !numbers(ds, "stock_total"))
        return LEIE_OK;
    int n = pick(year->count, at);
    leie_texttable_start(&t, "lrrrr");
    leie_texttable_add(&t, "%s", leie_dataset_get_text(ds, leie_dataset_find(ds, "stock_total"), "units"));
    for (int k = 0; k < 4; k++)
        leie_texttable_add(&t, "%s", head[k]);
    for (int i = 0; i < n; i++) {
        leie_texttable_add(&t, "%lld", (long long)year->integer[at[i]]);
        for (int k = 0; k < 4; k++)
            leie_texttable_add(&t, "%.5g", over_items(numbers(ds, name[k]), item->count, year->count, at[i]));
    }
    fprintf(to, "\nStocks, %lld items\n", (long long)item->count);
    leie_status st = leie_texttable_print(&t, to, 0, err);
    leie_texttable_clear(&t);
    return st;
}

// The table route against the stock model, last year of tables.
static leie_status print_comparison(FILE *to, const leie_dataset *ds, leie_error *err)
{
    const leie_var *table = numbers(ds, "stock_mass_table"), *model = numbers(ds, "stock_mass_model"), *gap = numbers(ds, "stock_mass_gap");
    const leie_var *good = leie_dataset_find(ds, "durable"), *year = leie_dataset_find(ds, "year");
    leie_texttable t;
    if (!table || !model || !gap || !good || !year)
        return LEIE_OK;
    leie_size G = good->count, y = year->count - 1, shown = G < GOODS_SHOWN ? G : GOODS_SHOWN;
    while (y > 0 && isnan(table->number[y * G]))
        y--;
    leie_texttable_start(&t, "lrrr");
    leie_texttable_add(&t, "%s", leie_dataset_get_text(ds, table, "units"));
    leie_texttable_add(&t, "by the table");
    leie_texttable_add(&t, "by the model");
    leie_texttable_add(&t, "gap, %%");
    for (leie_size g = 0; g < shown; g++) {
        leie_texttable_add(&t, "%s", good->text[g]);
        leie_texttable_add(&t, "%.5g", table->number[y * G + g]);
        leie_texttable_add(&t, "%.5g", model->number[y * G + g]);
        leie_texttable_number(&t, 1, 100 * gap->number[y * G + g]);
    }
    fprintf(to, "\nMass put into stock, %lld\n", (long long)year->integer[y]);
    leie_status st = leie_texttable_print(&t, to, 0, err);
    if (shown < G)
        fprintf(to, "(%lld more goods are in the file)\n", (long long)(G - shown));
    leie_texttable_clear(&t);
    return st;
}

// Net additions to stock: account against model, every region and year that has both.
static leie_status print_nas(FILE *to, const leie_dataset *ds, leie_error *err)
{
    const leie_var *account = numbers(ds, "nas_account"), *model = numbers(ds, "nas_model"), *gap = numbers(ds, "nas_gap");
    const leie_var *region = leie_dataset_find(ds, "region"), *year = leie_dataset_find(ds, "year");
    leie_texttable t;
    leie_size rows = 0;
    if (!account || !model || !gap || !region || !year)
        return LEIE_OK;
    leie_texttable_start(&t, "lrrrr");
    leie_texttable_add(&t, "%s", leie_dataset_get_text(ds, account, "units"));
    leie_texttable_add(&t, "year");
    leie_texttable_add(&t, "NAS, account");
    leie_texttable_add(&t, "model");
    leie_texttable_add(&t, "difference");
    for (leie_size k = 0; k < account->count && rows < GOODS_SHOWN; k++) {
        if (isnan(account->number[k]) || isnan(model->number[k]))
            continue;
        rows++;
        leie_texttable_add(&t, "%s", region->text[k % region->count]);
        leie_texttable_add(&t, "%lld", (long long)year->integer[k / region->count]);
        leie_texttable_add(&t, "%.5g", account->number[k]);
        leie_texttable_add(&t, "%.5g", model->number[k]);
        leie_texttable_add(&t, "%.5g", gap->number[k]);
    }
    if (rows)
        fprintf(to, "\nNet additions to stock\n");
    leie_status st = rows ? leie_texttable_print(&t, to, 0, err) : LEIE_OK;
    leie_texttable_clear(&t);
    return st;
}

// Sum over all entries of a year but the last dimension, of one of its members.
static double sum_of(const leie_var *var, leie_size u, leie_size U, leie_size members, leie_size member)
{
    leie_size size = var->count / U;
    double sum = 0;
    for (leie_size k = u * size + member; k < (u + 1) * size; k += members)
        sum += var->number[k];
    return sum;
}

// Where a region of the stock model stands on the axis of the result.
static leie_size first_region(const leie_dataset *ds)
{
    const leie_var *region = leie_dataset_find(ds, "region"), *own = leie_dataset_find(ds, "stock_item_region");
    for (leie_size r = 0; region && own && r < region->count; r++)
        if (strcmp(region->text[r], own->text[0]) == 0)
            return r;
    return 0;
}

// Change of the raw material footprint of a region, in the unit of the first material; NaN when they do not add up.
static double material_change(const leie_dataset *ds, leie_size u, leie_size region, const char **unit)
{
    const leie_var *change = numbers(ds, "loop_D_cba_change"), *axis = leie_dataset_find(ds, "region");
    const leie_var *kind = leie_dataset_find(ds, "stressor_kind"), *units = leie_dataset_find(ds, "stressor_unit");
    double sum = 0;
    *unit = "";
    for (leie_size s = 0; change && axis && kind && units && s < kind->count; s++) {
        double value = change->number[(u * axis->count + region) * kind->count + s], factor;
        if (strcmp(kind->text[s], LEIE_STRESSOR_MATERIAL) != 0 || isnan(value))
            continue;
        *unit = **unit ? *unit : units->text[s];
        if (leie_unit_factor(&factor, units->text[s], *unit, NULL))
            return NAN;
        sum += factor * value;
    }
    return **unit ? sum : NAN;
}

static leie_status print_loop(FILE *to, const leie_dataset *ds, leie_error *err)
{
    const leie_var *year = leie_dataset_find(ds, "loop_year"), *round = leie_dataset_find(ds, "loop_round"), *gap = numbers(ds, "loop_gap");
    const leie_var *recovery = numbers(ds, "loop_recovery"), *used = numbers(ds, "loop_secondary_used"), *region = leie_dataset_find(ds, "region");
    const char *unit = "";
    leie_size at[YEARS_SHOWN];
    leie_texttable t;
    if (!year || !round || !gap || !region)
        return LEIE_OK;
    leie_size R = first_region(ds), U = year->count, stages = LEIE_RECOVERY_STAGES;
    int n = pick(U, at);
    material_change(ds, 0, R, &unit);
    leie_texttable_start(&t, "lrrrrr");
    leie_texttable_add(&t, "%s", recovery ? leie_dataset_get_text(ds, recovery, "units") : "");
    leie_texttable_add(&t, "waste");
    leie_texttable_add(&t, "collected");
    leie_texttable_add(&t, "secondary");
    leie_texttable_add(&t, "in place of primary");
    leie_texttable_add(&t, "footprint of %s, %s", region->text[R], unit);
    for (int i = 0; i < n; i++) {
        leie_texttable_add(&t, "%lld", (long long)year->integer[at[i]]);
        leie_texttable_add(&t, recovery ? "%.5g" : "-", recovery ? sum_of(recovery, at[i], U, stages, LEIE_RECOVERY_GENERATED) : 0);
        leie_texttable_add(&t, recovery ? "%.5g" : "-", recovery ? sum_of(recovery, at[i], U, stages, LEIE_RECOVERY_COLLECTED) : 0);
        leie_texttable_add(&t, recovery ? "%.5g" : "-", recovery ? sum_of(recovery, at[i], U, stages, LEIE_RECOVERY_SUPPLIED) : 0);
        leie_texttable_add(&t, used ? "%.5g" : "-", used ? sum_of(used, at[i], U, 1, 0) : 0);
        leie_texttable_add(&t, "%+.5g", material_change(ds, at[i], R, &unit));
    }
    fprintf(to, "\nStocks coupled to the economy: %lld rounds, the last one changed outputs by %.1e\n", (long long)round->count, gap->number[gap->count - 1]);
    leie_status st = leie_texttable_print(&t, to, 0, err);
    leie_texttable_clear(&t);
    return st;
}

// ---- systems ----

static const char ending[] = "_degrees_of_freedom";

// Whether an attribute is that of a system.
static bool of_system(const leie_attribute *a)
{
    size_t size = strlen(a->name), tail = sizeof ending - 1;
    return size > tail && size <= 200 && strcmp(a->name + size - tail, ending) == 0 && a->type == LEIE_VAR_INT;
}

static void print_systems(FILE *to, const leie_dataset *ds)
{
    char name[256];
    for (leie_size i = 0; i < ds->attribute.n; i++) {
        const leie_attribute *dof = &ds->attribute.item[i];
        size_t size = strlen(dof->name), tail = sizeof ending - 1;
        if (!of_system(dof))
            continue;
        snprintf(name, sizeof name, "%.*s_title", (int)(size - tail), dof->name);
        const char *title = leie_dataset_get_text(ds, NULL, name);
        snprintf(name, sizeof name, "%.*s_probability", (int)(size - tail), dof->name);
        const leie_attribute *p = leie_dataset_get(ds, NULL, name);
        fprintf(to, "\nSystem '%s': %lld degrees of freedom", title ? title : "", (long long)dof->integer[0]);
        if (p && p->type == LEIE_VAR_DOUBLE && dof->integer[0] > 0)
            fprintf(to, ", probability of the data %.3g", p->number[0]);
        fputc('\n', to);
    }
}

bool leie_summary_has_stocks(const leie_dataset *ds)
{
    bool systems = false;
    for (leie_size i = 0; i < ds->attribute.n; i++)
        systems |= of_system(&ds->attribute.item[i]);
    return systems || numbers(ds, "stock_total");
}

leie_status leie_summary_print_stocks(FILE *to, const leie_dataset *ds, leie_error *err)
{
    leie_status st = print_model(to, ds, err);
    st = st ? st : print_comparison(to, ds, err);
    st = st ? st : print_nas(to, ds, err);
    st = st ? st : print_loop(to, ds, err);
    if (!st)
        print_systems(to, ds);
    return st;
}
