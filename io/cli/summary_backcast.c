// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/cli/summary_backcast.h"

#include <math.h>
#include <string.h>

#include "io/cli/texttable.h"

typedef struct view {
    const leie_var *name, *status, *cost, *lever, *intensity, *value, *lever_cost, *goal, *unit, *start, *level, *reached, *missing;
    leie_size year;
} view;

static bool open_view(view *v, const leie_dataset *ds)
{
    static const char *const names[] = {"backcast", "backcast_status", "backcast_cost", "lever",      "lever_intensity", "lever_value", "lever_cost",
                                        "goal",     "goal_unit",       "goal_start",    "goal_level", "goal_reached",    "goal_missing"};
    const leie_var **to[] = {&v->name, &v->status, &v->cost, &v->lever, &v->intensity, &v->value, &v->lever_cost,
                             &v->goal, &v->unit,   &v->start, &v->level, &v->reached, &v->missing};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        *to[i] = leie_dataset_find(ds, names[i]);
        if (!*to[i] || ((*to[i])->type == LEIE_VAR_TEXT ? !(*to[i])->text : !(*to[i])->number))
            return false;
    }
    v->year = -1;
    for (leie_size at = 0; at < v->status->count; at++)
        if (v->status->text[at][0])
            v->year = at / v->name->count;
    return v->year >= 0;
}

// Whether a label "code/..." belongs to a back-cast; what comes after the code.
static const char *rest_of(const char *label, const char *code)
{
    size_t n = strlen(code);
    return strncmp(label, code, n) == 0 && label[n] == '/' ? label + n + 1 : NULL;
}

static leie_status print_goals(FILE *to, const view *v, const char *code, leie_error *err)
{
    leie_texttable t;
    leie_texttable_start(&t, "llrrrrr");
    static const char *const heads[] = {"target", "unit", "without", "goal", "reached", "missing", "change %"};
    for (int i = 0; i < 7; i++)
        leie_texttable_add(&t, "%s", heads[i]);
    for (leie_size j = 0; j < v->goal->count; j++) {
        const char *rest = rest_of(v->goal->text[j], code);
        leie_size at = v->year * v->goal->count + j;
        if (!rest)
            continue;
        leie_texttable_add(&t, "%s", rest);
        leie_texttable_add(&t, "%s", v->unit->text[j]);
        leie_texttable_add(&t, "%.5g", v->start->number[at]);
        leie_texttable_add(&t, "%.5g", v->level->number[at]);
        leie_texttable_add(&t, "%.5g", v->reached->number[at]);
        leie_texttable_add(&t, v->missing->number[at] > 0 ? "%.4g" : "-", v->missing->number[at]);
        leie_texttable_add(&t, "%+.1f", 100 * (v->reached->number[at] / v->start->number[at] - 1));
    }
    leie_status st = leie_texttable_print(&t, to, 2, err);
    leie_texttable_clear(&t);
    return st;
}

static leie_status print_levers(FILE *to, const view *v, const char *code, leie_error *err)
{
    leie_texttable t;
    leie_texttable_start(&t, "lrrr");
    static const char *const heads[] = {"lever", "pulled %", "value", "cost"};
    for (int i = 0; i < 4; i++)
        leie_texttable_add(&t, "%s", heads[i]);
    for (leie_size j = 0; j < v->lever->count; j++) {
        const char *rest = rest_of(v->lever->text[j], code);
        leie_size at = v->year * v->lever->count + j;
        if (!rest)
            continue;
        leie_texttable_add(&t, "%s", rest);
        leie_texttable_add(&t, "%.2f", 100 * v->intensity->number[at]);
        leie_texttable_add(&t, "%.5g", v->value->number[at]);
        leie_texttable_add(&t, "%.4g", v->lever_cost->number[at]);
    }
    leie_status st = leie_texttable_print(&t, to, 2, err);
    leie_texttable_clear(&t);
    return st;
}

leie_status leie_summary_print_backcasts(FILE *to, const leie_dataset *ds, leie_error *err)
{
    view v;
    if (!open_view(&v, ds))
        return LEIE_OK;
    leie_status st = LEIE_OK;
    for (leie_size b = 0; !st && b < v.name->count; b++) {
        leie_size at = v.year * v.name->count + b;
        const char *code = v.name->text[b], *status = v.status->text[at];
        bool infeasible = strcmp(status, "infeasible") == 0;
        fprintf(to, "\nBack-cast %s: %s%s, cost %.4g\n", code, status,
                infeasible ? " (no mix of these levers within their bounds was found; the one that misses least)" : "", v.cost->number[at]);
        st = print_goals(to, &v, code, err);
        st = st ? st : print_levers(to, &v, code, err);
    }
    return st;
}
