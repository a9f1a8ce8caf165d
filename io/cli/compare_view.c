// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/cli/compare_view.h"

#include <math.h>
#include <string.h>

#include "io/cli/show_values.h"
#include "io/cli/texttable.h"

enum { WHERE_ROOM = 600, LISTS_MOST = 6 };

static const char *said(const char *text)
{
    return text && text[0] ? text : "not stated";
}

// ---- where they come from ----

static void show_side(FILE *to, char letter, const leie_compare_side *side)
{
    fprintf(to, "%c  %s: study %s, edition %s%s%s%s%s\n", letter, side->name, said(leie_dataset_get_text(side->ds, NULL, "study")),
            said(leie_edition_of(side->ds)), side->year ? ", year " : "", side->year ? side->year : "",
            side->scenario ? ", scenario " : "", side->scenario ? side->scenario : "");
}

leie_status leie_compare_show_origins(FILE *to, const leie_comparison *c, const leie_origin_changes *list, leie_error *err)
{
    leie_texttable t;
    show_side(to, 'A', &c->side[0]);
    show_side(to, 'B', &c->side[1]);
    fprintf(to, "\nOrigin: %lld of %lld files have the same bytes%s\n", (long long)list->same_files, (long long)list->files,
            list->n ? "" : "; nothing differs");
    leie_texttable_start(&t, "lll");
    for (leie_size i = 0; i < list->n; i++) {
        leie_texttable_add(&t, "%s", list->item[i].what);
        leie_texttable_add(&t, "%s", list->item[i].a[0] ? list->item[i].a : "-");
        leie_texttable_add(&t, "%s", list->item[i].b[0] ? list->item[i].b : "-");
    }
    leie_status st = list->n ? leie_texttable_print(&t, to, 2, err) : LEIE_OK;
    leie_texttable_clear(&t);
    return st;
}

// ---- what changed ----

static void show_labels(FILE *to, const leie_comparison *c)
{
    char text[LEIE_LABEL_ROOM];
    for (leie_size i = 0; i < c->dims; i++) {
        const leie_compared_dim *d = &c->dim[i];
        const leie_dataset *A = c->side[0].ds;
        if (!d->to || d->only[0] + d->only[1] == 0)
            continue;
        fprintf(to, "  %s: %lld in both, %lld in A alone, %lld in B alone", A->dim[d->a].name, (long long)d->common, (long long)d->only[0],
                (long long)d->only[1]);
        for (leie_size k = 0, shown = 0; k < A->dim[d->a].n && shown < 3; k++)
            if (d->to[k] < 0)
                fprintf(to, "%s%s", shown++ ? ", " : " (A: ", leie_dataset_label(text, A, d->a, k));
        fprintf(to, "%s\n", d->only[0] > 3 ? ", ...)" : d->only[0] ? ")" : "");
    }
}

// The variables that differ, or cannot be compared; the others are counted.
static leie_status show_variables(FILE *to, const leie_comparison *c, leie_error *err)
{
    leie_texttable t;
    char where[WHERE_ROOM], unit[LEIE_LABEL_ROOM];
    leie_size same = 0;
    leie_texttable_start(&t, "lrrrrl");
    t.limit[5] = 70;
    const char *const head[] = {"variable", "values", "changed", "largest", "unit", "where"};
    for (int i = 0; i < 6; i++)
        leie_texttable_add(&t, "%s", head[i]);
    for (leie_size i = 0; i < c->n; i++) {
        const leie_compared *v = &c->item[i];
        same += !v->changed && !v->why_not[0];
        if (!v->changed && !v->why_not[0])
            continue;
        leie_texttable_add(&t, "%s", v->var[0]->name);
        leie_texttable_add(&t, "%lld", (long long)v->values);
        leie_texttable_add(&t, "%lld", (long long)v->changed);
        where[0] = '\0';
        if (v->largest > 0)
            leie_comparison_where(where, sizeof where, c, v, v->at);
        leie_texttable_add(&t, v->largest > 0 ? "%.5g" : "-", v->largest);
        leie_texttable_add(&t, "%s", v->largest > 0 ? leie_dataset_value_unit(unit, c->side[0].ds, v->var[0], v->at) : "");
        if (v->appeared + v->gone)
            snprintf(where + strlen(where), sizeof where - strlen(where), "%s%lld missing in A, %lld in B", where[0] ? "; " : "", (long long)v->appeared, (long long)v->gone);
        leie_texttable_add(&t, "%s", v->why_not[0] ? v->why_not : where);
    }
    leie_status st = LEIE_OK;
    if (same < c->n)
        st = leie_texttable_print(&t, to, 2, err);
    fprintf(to, "  %s%lld of %lld variables are the same\n", same == c->n ? "nothing: " : "", (long long)same, (long long)c->n);
    if (c->only[0] + c->only[1])
        fprintf(to, "  variables that A alone has: %lld, B alone: %lld\n", (long long)c->only[0], (long long)c->only[1]);
    leie_texttable_clear(&t);
    return st;
}

static leie_status show_movers(FILE *to, const leie_comparison *c, const leie_compared *item, leie_size top, leie_error *err)
{
    leie_movers list[LISTS_MOST];
    char where[WHERE_ROOM];
    leie_status st = LEIE_OK;
    leie_size lists = leie_comparison_movers(list, LISTS_MOST, top, c, item);
    for (leie_size l = 0; !st && l < lists; l++) {
        leie_texttable t;
        fprintf(to, "\nLargest changes of %s [%s]\n", item->var[0]->name, list[l].unit);
        leie_texttable_start(&t, "lrrrr");
        const char *const head[] = {"", "A", "B", "change", "%"};
        for (int i = 0; i < 5; i++)
            leie_texttable_add(&t, "%s", head[i]);
        for (leie_size i = 0; i < list[l].n; i++) {
            const leie_mover *m = &list[l].item[i];
            leie_comparison_where(where, sizeof where, c, item, m->at);
            leie_texttable_add(&t, "%s", where);
            leie_texttable_add(&t, "%.6g", m->a);
            leie_texttable_add(&t, "%.6g", m->b);
            leie_texttable_add(&t, "%+.5g", m->b - m->a);
            leie_texttable_add(&t, m->a != 0 ? "%+.1f" : "-", 100 * (m->b - m->a) / fabs(m->a));
        }
        st = leie_texttable_print(&t, to, 2, err);
        leie_texttable_clear(&t);
    }
    return st;
}

leie_status leie_compare_show_changes(FILE *to, const leie_comparison *c, const char *name, leie_size top, leie_error *err)
{
    static const char *const usual[] = {"mfa", "D_cba"};
    fputs("\nWhat changed\n", to);
    leie_status st = show_variables(to, c, err);
    show_labels(to, c);
    bool found = false;
    for (leie_size i = 0; !st && i < c->n; i++) {
        bool wanted = false;
        for (int u = 0; u < 2; u++)
            wanted |= strcmp(c->item[i].var[0]->name, name ? name : usual[u]) == 0;
        found |= wanted;
        if (wanted)
            st = show_movers(to, c, &c->item[i], top, err);
    }
    if (!st && name && !found)
        st = leie_fail(err, LEIE_ERR_USAGE, "--by %.60s: the two have no variable of that name in common", name);
    return st;
}

// ---- why ----

enum { F = LEIE_SDA_FACTORS };

// One row of effects of one step.
typedef struct effects {
    double from, to, effect[F];
} effects;

static effects effects_of(const leie_sda *a, leie_size at, leie_size product)
{
    effects e = {a->total_from[at], a->total_to[at], {0}};
    const double *effect = a->total + at * F;
    if (product >= 0) {
        e.from = a->from[at * a->P + product];
        e.to = a->to[at * a->P + product];
        effect = a->effect + (at * a->P + product) * F;
    }
    memcpy(e.effect, effect, sizeof e.effect);
    return e;
}

// Digits after the point so that the largest figure of the row has six.
static int decimals(const effects *e)
{
    double largest = fmax(fabs(e->from), fabs(e->to));
    for (int f = 0; f < F; f++)
        largest = fmax(largest, fabs(e->effect[f]));
    int before = largest > 0 ? (int)floor(log10(largest)) : 0;
    return before > 5 ? 0 : before < -4 ? 9 : 5 - before;
}

static void add_row(leie_texttable *t, const char *label, const char *unit, effects e, int digits, const bool *shown)
{
    double scale = pow(10, digits);
    e.from *= scale;
    e.to *= scale;
    for (int f = 0; f < F; f++)
        e.effect[f] *= scale;
    leie_additive_round(e.effect, 1, F, &e.from, &e.to, 1);
    leie_texttable_add(t, unit[0] ? "%s [%s]" : "%s", label, unit);
    leie_texttable_add(t, "%.*f", digits, e.from / scale);
    for (int f = 0; f < F; f++)
        if (shown[f])
            leie_texttable_add(t, "%+.*f", digits, e.effect[f] / scale + 0.0);
    leie_texttable_add(t, "%.*f", digits, e.to / scale);
}

// Factors with an effect anywhere in a step.
static void find_shown(bool *shown, const leie_sda *a)
{
    for (int f = 0; f < F; f++)
        shown[f] = false;
    for (leie_size i = 0; i < a->q * a->k; i++)
        for (int f = 0; f < F; f++)
            shown[f] |= a->total[i * F + f] != 0;
}

static void head_row(leie_texttable *t, const leie_step *step, const bool *shown)
{
    char align[F + 4] = "lr";
    for (int f = 0; f < F; f++)
        strcat(align, shown[f] ? "r" : "");
    leie_texttable_start(t, strcat(align, "r"));
    t->limit[0] = 44;
    leie_texttable_add(t, "%s", "");
    leie_texttable_add(t, "%s", step->from);
    for (int f = 0; f < F; f++)
        if (shown[f])
            leie_texttable_add(t, "%s", leie_sda_factor_name((leie_sda_factor)f));
    leie_texttable_add(t, "%s", step->to);
}

/* Positions of the `top` largest changes: of stressors (product -1) or of the products of one. */
static leie_size rank(leie_size order[LEIE_MOVERS_MOST], leie_size top, const leie_sda *a, leie_size region, leie_size stressor)
{
    leie_size n = 0, all = stressor < 0 ? a->k : a->P;
    for (leie_size i = 0; i < all; i++) {
        effects e = stressor < 0 ? effects_of(a, region * a->k + i, -1) : effects_of(a, region * a->k + stressor, i);
        double size = fabs(e.to - e.from);
        if (size == 0)
            continue;
        leie_size at = n < top ? n++ : n;
        for (; at > 0; at--) {
            effects o = stressor < 0 ? effects_of(a, region * a->k + order[at - 1], -1) : effects_of(a, region * a->k + stressor, order[at - 1]);
            if (fabs(o.to - o.from) >= size)
                break;
            if (at < top)
                order[at] = order[at - 1];
        }
        if (at < top)
            order[at] = i;
    }
    return n;
}

// Digits of a label are those of its largest figure in any step, so that steps meet in print too.
static int common_decimals(const leie_decomposition *d, bool total, leie_size at, leie_size product)
{
    int digits = 9;
    for (leie_size i = 0; i < d->kinds; i++) {
        effects e = effects_of(total ? &d->kind[i].total : &d->kind[i].sda, at, product);
        int own = decimals(&e);
        digits = own < digits ? own : digits;
    }
    return digits;
}

static leie_status show_products(FILE *to, const leie_decomposition *d, const leie_step *step, leie_size region, leie_size top, const bool *shown,
                                 leie_size first, leie_error *err)
{
    leie_texttable t;
    leie_size order[LEIE_MOVERS_MOST];
    bool total = step->total.k > 0;
    const leie_sda *a = total ? &step->total : &step->sda;
    leie_size s = total ? 0 : first, n = rank(order, top, a, region, s);
    fprintf(to, "\n  by product bought, %s [%s]\n", a->stressor.name[s][0] ? a->stressor.name[s] : a->stressor.code[s], a->stressor.unit[s]);
    head_row(&t, step, shown);
    for (leie_size i = 0; i < n; i++) {
        const char *name = a->product.name[order[i]], *code = a->product.code[order[i]];
        char label[300];
        snprintf(label, sizeof label, name[0] && strcmp(name, code) != 0 ? "%.40s %.200s" : "%.40s", code, name);
        add_row(&t, label, "", effects_of(a, region * a->k + s, order[i]), common_decimals(d, total, region * a->k + s, order[i]), shown);
    }
    leie_status st = leie_texttable_print(&t, to, 2, err);
    leie_texttable_clear(&t);
    return st;
}

static leie_status show_step(FILE *to, const leie_decomposition *d, const leie_step *step, leie_size region, leie_size top, leie_error *err)
{
    leie_texttable t;
    leie_size order[LEIE_MOVERS_MOST];
    bool shown[F];
    const leie_sda *a = &step->sda;
    leie_size n = rank(order, top, a, region, -1);
    find_shown(shown, a);
    fprintf(to, "\nWhy the footprint of %s changed: %s, %s -> %s", d->q.label.code[region], step->kind, step->from, step->to);
    if (step->steps > 1)
        fprintf(to, ", the sum of %lld steps", (long long)step->steps);
    fprintf(to, "\n  %s%s\n", step->prices, step->steps > 1 ? " (of the first step, the others alike)" : "");
    if (n == 0) {
        fputs("  nothing changed\n", to);
        return LEIE_OK;
    }
    head_row(&t, step, shown);
    if (step->total.k)
        add_row(&t, "all materials", step->total.stressor.unit[0], effects_of(&step->total, region, -1), common_decimals(d, true, region, -1), shown);
    for (leie_size i = 0; i < n; i++)
        add_row(&t, a->stressor.name[order[i]][0] ? a->stressor.name[order[i]] : a->stressor.code[order[i]], a->stressor.unit[order[i]],
                effects_of(a, region * a->k + order[i], -1), common_decimals(d, false, region * a->k + order[i], -1), shown);
    leie_status st = leie_texttable_print(&t, to, 2, err);
    leie_texttable_clear(&t);
    return st ? st : show_products(to, d, step, region, top, shown, order[0], err);
}

leie_status leie_compare_show_steps(FILE *to, const leie_decomposition *d, leie_size region, leie_size top, leie_error *err)
{
    leie_status st = LEIE_OK;
    for (leie_size i = 0; !st && i < d->kinds; i++)
        st = show_step(to, d, &d->kind[i], region, top, err);
    fputc('\n', to);
    for (leie_size i = 0; !st && i < d->kinds; i++) {
        const leie_step *s = &d->kind[i];
        const leie_sda *a = &s->sda;
        fprintf(to, "%s: solver %s, largest residual %.1e; %lld purchases of one table alone, %lld with negative cells (no shares)%s\n", s->kind,
                leie_solver_name(a->solver), a->residual, (long long)a->borrowed, (long long)a->unsplit,
                a->peopled[region] ? "" : "; no population: volume is final demand as a whole");
        if (a->left_out)
            fprintf(to, "  %lld stressors that one table alone has are left out\n", (long long)a->left_out);
    }
    return st;
}

// ---- CSV ----

typedef struct csv_out {
    FILE *to;
    const leie_comparison *c;
} csv_out;

static void csv_number(FILE *to, double value)
{
    leie_var v = {.type = LEIE_VAR_DOUBLE, .number = &value, .count = 1};
    char text[LEIE_LABEL_ROOM];
    fprintf(to, ",%s", leie_dataset_exact(text, &v, 0));
}

static void csv_row(FILE *to, const char *variable, const char *where, const char *unit, double a, double b, double change)
{
    fprintf(to, "%s,", variable);
    leie_show_field(to, where);
    fputc(',', to);
    leie_show_field(to, unit);
    csv_number(to, a);
    csv_number(to, b);
    csv_number(to, change);
    fputc('\n', to);
}

static leie_status csv_pair(void *ctx, const leie_compared *item, const leie_size *const at[2], double a, double b, leie_error *err)
{
    const csv_out *o = ctx;
    char where[WHERE_ROOM], unit[LEIE_LABEL_ROOM];
    (void)err;
    if (!leie_pair_changed(o->c, a, b))
        return LEIE_OK;
    leie_comparison_where(where, sizeof where, o->c, item, at[0]);
    csv_row(o->to, item->var[0]->name, where, leie_dataset_value_unit(unit, o->c->side[0].ds, item->var[0], at[0]), a, b, b - a);
    return LEIE_OK;
}

static void csv_steps(FILE *to, const leie_decomposition *d, const leie_step *step, const leie_sda *a)
{
    char where[WHERE_ROOM];
    for (leie_size at = 0; at < a->q * a->k; at++) {
        const char *region = d->q.label.code[at / a->k], *stressor = a->stressor.code[at % a->k], *unit = a->stressor.unit[at % a->k];
        snprintf(where, sizeof where, "step=%s -> %s, region=%s, stressor=%s", step->from, step->to, region, stressor);
        csv_row(to, "sda", where, unit, a->total_from[at], a->total_to[at], a->total_to[at] - a->total_from[at]);
        for (int f = 0; f < F; f++) {
            snprintf(where, sizeof where, "step=%s -> %s, region=%s, stressor=%s, factor=%s", step->from, step->to, region, stressor,
                     leie_sda_factor_name((leie_sda_factor)f));
            csv_row(to, "sda_effect", where, unit, NAN, NAN, a->total[at * F + f]);
        }
    }
}

leie_status leie_compare_csv(FILE *to, const leie_comparison *c, const leie_decomposition *d, leie_error *err)
{
    csv_out o = {to, c};
    leie_status st = LEIE_OK;
    fputs("variable,where,unit,a,b,change\n", to);
    for (leie_size i = 0; !st && i < c->n; i++)
        if (!c->item[i].why_not[0])
            st = leie_comparison_each(c, &c->item[i], csv_pair, &o, err);
    for (leie_size i = 0; d && i < d->steps; i++) {
        csv_steps(to, d, &d->step[i], &d->step[i].sda);
        csv_steps(to, d, &d->step[i], &d->step[i].total);
    }
    return st;
}
