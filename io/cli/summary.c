// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/cli/summary.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "io/cli/summary_backcast.h"
#include "io/cli/summary_drawn.h"
#include "io/cli/summary_flows.h"
#include "io/cli/summary_local.h"
#include "io/cli/summary_scenarios.h"
#include "io/cli/summary_stocks.h"
#include "io/cli/summary_uncertainty.h"
#include "io/cli/summary_view.h"
#include "io/cli/texttable.h"

enum { GROUP_ROWS = 10, VARIANT_ROWS = 2, SERIES_YEARS = 13, STRESSOR_ROWS = 24, PLAIN_REGIONS = 5, NAME_WIDTH = 26, EDITIONS = 3,
       LINE_WIDTH = 100, PRODUCT_ROWS = 3, OTHERS_LABEL = 6, OTHERS_NUMBER = 5 }; // widths in characters

static double per_head(const leie_view *v, double amount, leie_size year, leie_size region)
{
    return v->head * amount / leie_view_population(v, year, region);
}

static void print_heading(FILE *to, const leie_view *v, const leie_study *study)
{
    char year[16];
    snprintf(year, sizeof year, "%d", leie_view_year(v, v->year));
    bool named = strstr(study->title, year) != NULL;
    fprintf(to, "%s%s%s%s%s%s\n", study->title, named ? "" : ", ", named ? "" : year, study->label ? "  [" : "",
            study->label ? study->label : "", study->label ? "]" : "");
}

// ---- by material group ----

// One row: amounts of the regions in focus, then the same per inhabitant.
static void amount_row(leie_texttable *t, const leie_view *v, const char *name, const double *amount)
{
    leie_texttable_add(t, "%s", name);
    for (leie_size i = 0; i < v->focuses; i++)
        leie_texttable_number(t, 2, amount[i]);
    leie_texttable_add(t, "|");
    for (leie_size i = 0; i < v->focuses; i++)
        leie_texttable_number(t, 2, per_head(v, amount[i], v->year, v->focus[i]));
}

static void stressor_row(leie_texttable *t, const leie_view *v, const char *prefix, leie_size k)
{
    double amount[LEIE_VIEW_FOCUS];
    char name[256];
    snprintf(name, sizeof name, "%s%s", prefix, leie_view_name(v, "stressor", k));
    for (leie_size i = 0; i < v->focuses; i++)
        amount[i] = v->scale[k] * leie_view_footprint(v, v->year, v->focus[i], k);
    amount_row(t, v, name, amount);
}

// Groups beyond the first ones, in one row.
static void other_groups_row(leie_texttable *t, const leie_view *v)
{
    double amount[LEIE_VIEW_FOCUS] = {0};
    char name[64];
    snprintf(name, sizeof name, "%lld other groups", (long long)(v->materials - GROUP_ROWS + 1));
    for (leie_size i = 0; i < v->focuses; i++)
        for (leie_size m = GROUP_ROWS - 1; m < v->materials; m++) {
            leie_size k = v->material[m];
            double value = v->scale[k] * leie_view_footprint(v, v->year, v->focus[i], k);
            amount[i] += isnan(value) ? 0 : value;
        }
    amount_row(t, v, name, amount);
}

static leie_status print_groups(FILE *to, const leie_view *v, leie_error *err)
{
    leie_texttable t;
    double total[LEIE_VIEW_FOCUS];
    char align[2 * LEIE_VIEW_FOCUS + 3] = "l";
    for (leie_size i = 0; i < 2 * v->focuses + 1; i++)
        strcat(align, "r");
    leie_texttable_start(&t, align);
    t.limit[0] = NAME_WIDTH;
    leie_texttable_add(&t, "%s | %s per inhabitant", v->unit, v->head_unit);
    for (int half = 0; half < 2; half++) {
        for (leie_size i = 0; i < v->focuses; i++)
            leie_texttable_add(&t, "%s", leie_view_code(v, "region", v->focus[i]));
        if (half == 0)
            leie_texttable_add(&t, "|");
    }
    bool all = v->materials <= GROUP_ROWS;
    for (leie_size m = 0; m < (all ? v->materials : GROUP_ROWS - 1); m++)
        stressor_row(&t, v, "", v->material[m]);
    if (!all)
        other_groups_row(&t, v);
    for (leie_size i = 0; i < v->focuses; i++)
        total[i] = leie_view_total(v, v->year, v->focus[i]);
    amount_row(&t, v, "TOTAL", total);
    for (leie_size m = 0; m < v->variants && m < VARIANT_ROWS; m++)
        stressor_row(&t, v, "variant: ", v->variant[m]);
    leie_status st = leie_texttable_print(&t, to, 0, err);
    leie_texttable_clear(&t);
    return st;
}

// Extraction and gross trade behind RMC of the first region, where no flows show them below.
static void print_trade(FILE *to, const leie_view *v)
{
    static const char *const rows[] = {"DEU", "IMP_RME", "EXP_RME"};
    double Mt[3];
    if (leie_summary_has_flows(v->ds))
        return;
    for (int i = 0; i < 3; i++)
        Mt[i] = leie_summary_mfa(v->ds, "io", v->year, v->focus[0], rows[i]) / 1000;
    if (!isnan(Mt[0]) && !isnan(Mt[1]) && !isnan(Mt[2]))
        fprintf(to, "RMI of %s: %.4g Mt extracted + %.4g Mt imported in RME; %.4g Mt RME go into exports\n",
                leie_view_code(v, "region", v->focus[0]), Mt[0], Mt[1], Mt[2]);
}

// ---- other regions ----

// How many of the other regions fit beside each other on a line.
static leie_size fitting(const leie_view *v)
{
    leie_size n = 0;
    for (size_t used = OTHERS_LABEL; n < v->others; n++) {
        size_t code = strlen(leie_view_code(v, "region", v->other[n]));
        used += 2 + (code > OTHERS_NUMBER ? code : OTHERS_NUMBER);
        if (used > LINE_WIDTH)
            break;
    }
    return n;
}

static void short_number(leie_texttable *t, double value)
{
    leie_texttable_number(t, fabs(value) >= 999.95 ? 0 : 1, value);
}

static leie_status print_others(FILE *to, const leie_view *v, leie_error *err)
{
    leie_texttable t;
    char align[LEIE_VIEW_OTHERS + 2] = "l";
    leie_size n = fitting(v), more = v->others - n + v->left_out;
    if (!n)
        return LEIE_OK;
    for (leie_size i = 0; i < n; i++)
        strcat(align, "r");
    leie_texttable_start(&t, align);
    leie_texttable_add(&t, "others");
    for (leie_size i = 0; i < n; i++)
        leie_texttable_add(&t, "%s", leie_view_code(v, "region", v->other[i]));
    leie_texttable_add(&t, "%s", v->unit);
    for (leie_size i = 0; i < n; i++)
        short_number(&t, leie_view_total(v, v->year, v->other[i]));
    leie_texttable_add(&t, "%s/inh.", v->head_unit);
    for (leie_size i = 0; i < n; i++)
        short_number(&t, per_head(v, leie_view_total(v, v->year, v->other[i]), v->year, v->other[i]));
    leie_status st = leie_texttable_print(&t, to, 0, err);
    if (more)
        fprintf(to, "(%lld more regions are in the file)\n", (long long)more);
    leie_texttable_clear(&t);
    return st;
}

// ---- by category and by origin, side by side ----

typedef struct share {
    const char *name;
    double amount;
} share;

static int by_amount(const void *a, const void *b)
{
    double p = ((const share *)a)->amount, q = ((const share *)b)->amount;
    return (p < q) - (p > q);
}

/* The largest parts of a region's footprint, largest first; what is beyond `rows` goes into the last one
 * as "others". Parts [n] are allocated and the caller's. */
static leie_size largest(share **parts, const leie_view *v, leie_size region, const char *dim, leie_size n,
                         leie_size rows, double (*amount)(const leie_view *, leie_size, leie_size))
{
    *parts = leie_new(n, sizeof **parts);
    for (leie_size i = 0; *parts && i < n; i++)
        (*parts)[i] = (share){leie_view_name(v, dim, i), amount(v, region, i)};
    if (!*parts)
        return 0;
    qsort(*parts, (size_t)n, sizeof **parts, by_amount);
    for (leie_size i = rows; i < n; i++)
        (*parts)[rows - 1].amount += (*parts)[i].amount;
    if (n > rows)
        (*parts)[rows - 1].name = "others";
    return n > rows ? rows : n;
}

static void share_cells(leie_texttable *t, const leie_view *v, leie_size region, const share *part, double total)
{
    if (!part) {
        for (int c = 0; c < 4; c++)
            leie_texttable_add(t, "%s", "");
        return;
    }
    leie_texttable_add(t, "%s", part->name);
    leie_texttable_number(t, 2, part->amount);
    leie_texttable_number(t, 2, per_head(v, part->amount, v->year, region));
    leie_texttable_number(t, 0, 100 * part->amount / total);
}

// right NULL: one side alone
static void share_heads(leie_texttable *t, const leie_view *v, const char *left, const char *right)
{
    for (int side = 0; side < (right ? 2 : 1); side++) {
        leie_texttable_add(t, "%s", side == 0 ? left : right);
        leie_texttable_add(t, "%s", v->unit);
        leie_texttable_add(t, "%s/inh.", v->head_unit);
        leie_texttable_add(t, "%%");
        if (side == 0 && right)
            leie_texttable_add(t, "|");
    }
}

static leie_status print_shares(FILE *to, const leie_view *v, leie_error *err)
{
    leie_texttable t;
    char head[2][64];
    share *category = NULL, *origin = NULL;
    leie_size region = v->focus[0], rows = v->years > 1 || v->products > 2 * PRODUCT_ROWS ? 5 : 6;
    double total = leie_view_total(v, v->year, region);
    bool both = v->categories && v->origins;
    if (!v->categories && !v->origins)
        return LEIE_OK;
    leie_texttable_start(&t, both ? "lrrrllrrr" : "lrrr");
    t.limit[0] = t.limit[5] = NAME_WIDTH;
    snprintf(head[0], sizeof head[0], "%.20s by final demand", leie_view_code(v, "region", region));
    snprintf(head[1], sizeof head[1], "%.20s by extraction in", leie_view_code(v, "region", region));
    share_heads(&t, v, v->categories ? head[0] : head[1], both ? head[1] : NULL);
    leie_size left = largest(&category, v, region, "category", v->categories, rows, leie_view_category);
    leie_size right = largest(&origin, v, region, "origin", v->origins, rows, leie_view_origin);
    for (leie_size i = 0; i < left || i < right; i++) {
        if (v->categories)
            share_cells(&t, v, region, i < left ? &category[i] : NULL, total);
        if (both)
            leie_texttable_add(&t, "|");
        if (v->origins)
            share_cells(&t, v, region, i < right ? &origin[i] : NULL, total);
    }
    fputc('\n', to);
    bool whole = (left || !v->categories) && (right || !v->origins);
    leie_status st = whole ? leie_texttable_print(&t, to, 0, err)
                           : leie_fail_memory(err, "the summary", v->categories + v->origins, sizeof *origin);
    leie_texttable_clear(&t);
    leie_free(category);
    leie_free(origin);
    return st;
}

// ---- by product ----

// The largest products bought, down two columns; not beside a series of years.
static leie_status print_products(FILE *to, const leie_view *v, leie_error *err)
{
    leie_texttable t;
    share *product = NULL;
    char head[2][64];
    leie_size region = v->focus[0];
    double total = leie_view_total(v, v->year, region);
    if (v->products <= 2 * PRODUCT_ROWS || v->years > 1)
        return LEIE_OK;
    largest(&product, v, region, "product", v->products, v->products, leie_view_product);
    if (!product)
        return leie_fail_memory(err, "the summary", v->products, sizeof *product);
    snprintf(head[0], sizeof head[0], "%.20s by product", leie_view_code(v, "region", region));
    snprintf(head[1], sizeof head[1], "largest of %lld", (long long)v->products);
    leie_texttable_start(&t, "lrrrllrrr");
    t.limit[0] = t.limit[5] = NAME_WIDTH;
    share_heads(&t, v, head[0], head[1]);
    for (leie_size i = 0; i < PRODUCT_ROWS; i++) {
        share_cells(&t, v, region, &product[i], total);
        leie_texttable_add(&t, "|");
        share_cells(&t, v, region, &product[PRODUCT_ROWS + i], total);
    }
    fputc('\n', to);
    leie_status st = leie_texttable_print(&t, to, 0, err);
    leie_texttable_clear(&t);
    leie_free(product);
    return st;
}

// ---- several years ----

static leie_status print_series(FILE *to, const leie_view *v, leie_error *err)
{
    leie_texttable t;
    char align[SERIES_YEARS + 2] = "l";
    leie_size year[SERIES_YEARS], n = 0; // the last ones with a table and an extension, from the back
    for (leie_size y = v->years - 1; y >= 0 && n < SERIES_YEARS; y--)
        if (leie_view_known(v, y, v->focus[0]))
            year[n++] = y;
    if (n < 2)
        return LEIE_OK;
    for (leie_size i = 0; i < n; i++)
        strcat(align, "r");
    bool heads = !isnan(leie_view_population(v, v->year, v->focus[0]));
    leie_texttable_start(&t, align);
    leie_texttable_add(&t, "%s%s", heads ? v->head_unit : v->unit, heads ? "/inh." : "");
    for (leie_size i = n - 1; i >= 0; i--)
        leie_texttable_add(&t, "%d", leie_view_year(v, year[i]));
    for (leie_size f = 0; f < v->focuses; f++) {
        leie_texttable_add(&t, "%s", leie_view_code(v, "region", v->focus[f]));
        for (leie_size i = n - 1; i >= 0; i--) {
            double total = leie_view_total(v, year[i], v->focus[f]);
            leie_texttable_number(&t, 1, heads ? per_head(v, total, year[i], v->focus[f]) : total);
        }
    }
    fputc('\n', to);
    leie_status st = leie_texttable_print(&t, to, 0, err);
    leie_texttable_clear(&t);
    return st;
}

// ---- targets and published values ----

static bool is_total(const char *material)
{
    return !material[0] || strcmp(material, "TOTAL") == 0;
}

static leie_status print_targets(FILE *to, const leie_view *v, const leie_study *study, leie_error *err)
{
    leie_targets list = {0};
    leie_size region = v->focus[0];
    double own = per_head(v, leie_view_total(v, v->year, region), v->year, region);
    if (!study->targets.real || isnan(own))
        return LEIE_OK;
    leie_status st = leie_read_targets(&list, study->targets.real, err);
    if (st)
        return st;
    bool any = false;
    for (leie_size i = 0; i < list.n; i++) {
        const leie_target *t = &list.item[i];
        if (strcmp(t->indicator, "RMC") != 0 || strcmp(t->region, leie_view_code(v, "region", region)) != 0 ||
            !is_total(t->material) || strcmp(t->per, "capita") != 0 || strcmp(t->kind, "change") != 0)
            continue;
        if (!any)
            fprintf(to, "\nTargets on %.1f %s/inh. of %d (no distance to a target):", own, v->head_unit, leie_view_year(v, v->year));
        fprintf(to, "%s %+.0f %% by %lld = %.1f", any ? ";" : "", t->value, (long long)t->year, own * (1 + t->value / 100));
        any = true;
    }
    fputs(any ? "\n" : "", to);
    leie_targets_clear(&list);
    return LEIE_OK;
}

static bool same_edition(const leie_published *a, const leie_published *b)
{
    return strcmp(a->edition, b->edition) == 0 && strcmp(a->route, b->route) == 0;
}

// Whether no other row of the same region, indicator, route and edition is nearer to the year.
static bool nearest_of_edition(const leie_published_list *list, leie_size at, int year)
{
    const leie_published *p = &list->item[at];
    for (leie_size i = 0; i < list->n; i++) {
        const leie_published *q = &list->item[i];
        if (!same_edition(p, q) || strcmp(p->region, q->region) != 0 || strcmp(p->indicator, q->indicator) != 0)
            continue;
        leie_size gap = llabs(q->year - year), own = llabs(p->year - year);
        if (gap < own || (gap == own && i < at))
            return false;
    }
    return true;
}

// One published value; what all of them share stands before the first.
static void print_value(FILE *to, const leie_published *p, const leie_published *before, bool shared)
{
    bool unit = !before || strcmp(p->unit, before->unit) != 0;
    const char *route = p->route[0] ? p->route : "route not stated", *average = p->averaging[0] ? p->averaging : "averaging not stated";
    if (!before && shared)
        fprintf(to, "Published (%s, %s): ", route, average);
    else
        fputs(before ? shared ? "; " : ";\n           " : "Published: ", to);
    fprintf(to, "%g%s%s (%lld, ", p->value, unit ? " " : "", unit ? p->unit : "", (long long)p->year);
    if (!shared)
        fprintf(to, "%s, %s, ", route, average);
    fprintf(to, "%s)", p->edition[0] ? p->edition : "edition not stated");
}

static leie_status print_published(FILE *to, const leie_view *v, const leie_study *study, leie_error *err)
{
    leie_published_list list = {0};
    const leie_published *shown[EDITIONS];
    const char *region = leie_view_code(v, "region", v->focus[0]);
    int year = leie_view_year(v, v->year), n = 0;
    bool shared = true;
    if (!study->published.real)
        return LEIE_OK;
    leie_status st = leie_read_published(&list, study->published.real, err);
    if (st)
        return st;
    for (leie_size i = 0; i < list.n && n < EDITIONS; i++) {
        const leie_published *p = &list.item[i];
        if (strcmp(p->indicator, "RMC") == 0 && strcmp(p->region, region) == 0 && nearest_of_edition(&list, i, year))
            shown[n++] = p;
    }
    for (int i = 1; i < n; i++)
        shared &= strcmp(shown[i]->route, shown[0]->route) == 0 && strcmp(shown[i]->averaging, shown[0]->averaging) == 0;
    for (int i = 0; i < n; i++)
        print_value(to, shown[i], i ? shown[i - 1] : NULL, shared);
    fputs(n ? "\n" : "", to);
    leie_published_clear(&list);
    return LEIE_OK;
}

// ---- without materials ----

static leie_status print_stressors(FILE *to, const leie_view *v, leie_error *err)
{
    leie_texttable t;
    leie_size columns[PLAIN_REGIONS], n = 0;
    for (leie_size i = 0; i < v->focuses && n < PLAIN_REGIONS; i++)
        columns[n++] = v->focus[i];
    for (leie_size i = 0; i < v->others && n < PLAIN_REGIONS; i++)
        columns[n++] = v->other[i];
    char align[PLAIN_REGIONS + 3] = "ll";
    for (leie_size i = 0; i < n; i++)
        strcat(align, "r");
    leie_texttable_start(&t, align);
    t.limit[0] = NAME_WIDTH;
    leie_texttable_add(&t, "footprint %d", leie_view_year(v, v->year));
    leie_texttable_add(&t, "unit");
    for (leie_size i = 0; i < n; i++)
        leie_texttable_add(&t, "%s", leie_view_code(v, "region", columns[i]));
    const leie_var *unit = leie_dataset_find(v->ds, "stressor_unit");
    for (leie_size k = 0; k < v->stressors && k < STRESSOR_ROWS; k++) {
        leie_texttable_add(&t, "%s", leie_view_name(v, "stressor", k));
        leie_texttable_add(&t, "%s", unit && unit->text ? unit->text[k] : "");
        for (leie_size i = 0; i < n; i++) {
            double value = leie_view_footprint(v, v->year, columns[i], k);
            leie_texttable_add(&t, isnan(value) ? "-" : "%.5g", value);
        }
    }
    leie_status st = leie_texttable_print(&t, to, 0, err);
    leie_texttable_clear(&t);
    if (v->stressors > STRESSOR_ROWS || v->left_out || n < v->focuses + v->others)
        fprintf(to, "(%lld stressors and %lld regions are in the file)\n", (long long)v->stressors,
                (long long)v->regions);
    return st;
}

// ---- the whole ----

// Solver and residual of the worst year, as the result file states them.
static void print_solver(FILE *to, const leie_view *v, const leie_study *study, const leie_run_info *info)
{
    const leie_var *solver = leie_dataset_find(v->ds, "solver"), *residual = leie_dataset_find(v->ds, "solver_residual");
    leie_size worst = 0; // years without a table have none
    if (solver && residual && solver->text && residual->number && solver->count == residual->count) {
        for (leie_size y = 1; y < residual->count; y++)
            if (residual->number[y] > residual->number[worst] || isnan(residual->number[worst]))
                worst = y;
        fprintf(to, "\nSolver: %s, largest residual %.1e (goal %.0e)%s\n", solver->text[worst], residual->number[worst],
                study->linsys.tolerance, info->converged ? "" : "  NOT REACHED");
    }
    const leie_var *condition = leie_dataset_find(v->ds, "solver_condition");
    for (leie_size y = 0, most = 0; condition && condition->number && y < condition->count; y++) {
        most = condition->number[y] > condition->number[most] || isnan(condition->number[most]) ? y : most;
        if (y + 1 == condition->count)
            fprintf(to, "Condition of I - A: about %.1e, so relative errors of the table come out at most so many times larger\n",
                    condition->number[most]);
    }
    fprintf(to, "Result: %s\n", info->output ? info->output : study->output);
}

// A study of flows, stocks and systems alone.
static leie_status print_flows_alone(FILE *to, const leie_dataset *ds, const leie_study *study, const leie_run_info *info,
                                     leie_error *err)
{
    fprintf(to, "%s%s%s%s\n", study->title, study->label ? "  [" : "", study->label ? study->label : "",
            study->label ? "]" : "");
    leie_status st = LEIE_OK;
    if (leie_summary_has_flows(ds)) {
        fputc('\n', to);
        st = leie_summary_print_flows(to, ds, 0, NULL, err);
    }
    st = st ? st : leie_summary_print_stocks(to, ds, err);
    if (!st)
        leie_summary_print_left_out(to, ds);
    if (!st)
        fprintf(to, "\nResult: %s\n", info->output ? info->output : study->output);
    return st;
}

leie_status leie_summary_print(FILE *to, const leie_dataset *ds, const leie_study *study, const leie_run_info *info,
                               leie_error *err)
{
    leie_view v;
    bool flows = leie_summary_has_flows(ds);
    if ((flows || leie_summary_has_stocks(ds)) && !leie_dataset_find(ds, "x"))
        return print_flows_alone(to, ds, study, info, err);
    leie_status st = leie_view_open(&v, ds, study, err);
    if (st)
        return st;
    print_heading(to, &v, study);
    if (v.materials) {
        fprintf(to, "Raw material footprint of %s and others, %d (route io)\n", leie_view_name(&v, "region", v.focus[0]),
                leie_view_year(&v, v.year));
        st = print_groups(to, &v, err);
        if (!st)
            print_trade(to, &v);
        st = st ? st : print_others(to, &v, err);
        st = st ? st : print_shares(to, &v, err);
        st = st ? st : print_products(to, &v, err);
        st = st ? st : leie_summary_print_local(to, &v, err);
        st = st ? st : print_series(to, &v, err);
        st = st ? st : print_targets(to, &v, study, err);
        st = st ? st : print_published(to, &v, study, err);
    } else {
        fputc('\n', to);
        st = print_stressors(to, &v, err);
    }
    if (!st)
        st = leie_summary_print_uncertainty(to, &v, err);
    if (!st)
        st = leie_summary_print_backcasts(to, ds, err);
    if (!st && flows) {
        fputc('\n', to);
        st = leie_summary_print_flows(to, ds, v.focuses, v.focus, err);
    }
    if (!st)
        st = leie_summary_print_scenarios(to, &v, err);
    if (!st)
        st = leie_summary_print_drawn(to, &v, err);
    if (!st)
        st = leie_summary_print_stocks(to, ds, err);
    if (!st) {
        leie_summary_print_left_out(to, ds);
        print_solver(to, &v, study, info);
    }
    leie_view_close(&v);
    return st;
}
