// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/result/result_flows_impl.h"

#include <math.h>

#include "kernels/memory.h"

typedef double (*target_number)(const leie_flow_target *t);
typedef const char *(*target_word)(const leie_flow_target *t);

static double target_level(const leie_flow_target *t) { return t->goal.level; }
static double target_base(const leie_flow_target *t) { return t->goal.base; }
static double target_base_year(const leie_flow_target *t) { return t->goal.base_year ? t->goal.base_year : NAN; }
static double target_year(const leie_flow_target *t) { return t->goal.year; }
static double target_last_year(const leie_flow_target *t) { return t->track.last_year ? t->track.last_year : NAN; }
static double target_last(const leie_flow_target *t) { return t->track.last; }
static double target_distance(const leie_flow_target *t) { return t->track.distance; }
static double target_required(const leie_flow_target *t) { return t->track.required; }
static double target_rate(const leie_flow_target *t) { return t->track.required_rate; }
static double target_trend(const leie_flow_target *t) { return t->track.trend; }
static double target_reached(const leie_flow_target *t) { return t->track.reached; }

static const char *target_indicator(const leie_flow_target *t) { return t->row.indicator; }
static const char *target_region(const leie_flow_target *t) { return t->row.region; }
static const char *target_material(const leie_flow_target *t) { return t->row.material; }
static const char *target_route(const leie_flow_target *t) { return t->io ? "io" : leie_mfa_is_rme(t->indicator) ? "rme" : "ewmfa"; }
static const char *target_per(const leie_flow_target *t) { return t->per_capita ? "capita" : "absolute"; }
static const char *target_unit(const leie_flow_target *t) { return t->row.unit[0] ? t->row.unit : "t"; }
static const char *target_status(const leie_flow_target *t) { return t->row.status; }
static const char *target_source(const leie_flow_target *t) { return t->row.source; }

static leie_status target_numbers(const leie_flow_places *p, leie_error *err)
{
    static const struct {
        const char *name, *units, *long_name;
        target_number number;
    } list[] = {{"target_year", "1", "year of the target", target_year},
                {"target_level", "1", "level that is to be reached, in target_unit", target_level},
                {"target_base_year", "1", "base year of the target", target_base_year},
                {"target_base", "1", "value in the base year, in target_unit", target_base},
                {"target_last_year", "1", "last year of the series", target_last_year},
                {"target_last", "1", "value in the last year, in target_unit", target_last},
                {"target_distance", "1", "last value less the path in that year (less the level without a path)", target_distance},
                {"target_required_change", "1", "change per year that reaches the level, in target_unit", target_required},
                {"target_required_rate", "1", "the same as a constant rate per year", target_rate},
                {"target_trend", "1", "trend since the base year, in target_unit per year", target_trend},
                {"target_year_reached", "1", "year in which the trend reaches the level", target_reached}};
    leie_status st = LEIE_OK;
    for (size_t i = 0; !st && i < sizeof list / sizeof list[0]; i++) {
        leie_var *var;
        st = leie_flow_variable(&var, p, list[i].name, LEIE_VAR_DOUBLE, "target", list[i].units, list[i].long_name, false, err);
        for (leie_size t = 0; !st && t < p->targets; t++)
            var->number[t] = list[i].number(&p->target[t]);
    }
    return st;
}

static leie_status target_words(const leie_flow_places *p, leie_error *err)
{
    static const struct {
        const char *name, *long_name;
        target_word word;
    } list[] = {{"target_indicator", "indicator", target_indicator}, {"target_region", "region", target_region},
                {"target_material", "material", target_material},    {"target_route", "route of the series", target_route},
                {"target_per", "capita or absolute", target_per},    {"target_unit", "unit of the target", target_unit},
                {"target_status", "status of the target", target_status},
                {"target_source", "source of the target", target_source}};
    leie_status st = LEIE_OK;
    for (size_t i = 0; !st && i < sizeof list / sizeof list[0]; i++) {
        leie_var *var;
        st = leie_flow_variable(&var, p, list[i].name, LEIE_VAR_TEXT, "target", NULL, list[i].long_name, false, err);
        for (leie_size t = 0; !st && t < p->targets; t++)
            st = leie_var_set_text(var, t, list[i].word(&p->target[t]), err);
    }
    return st;
}

static leie_status left_out(const leie_flow_places *p, leie_error *err)
{
    const leie_labels *l = &p->left_out;
    return l->n ? leie_flow_coordinate(p, "target_left_out", l->n, (const char *const *)l->code, (const char *const *)l->name,
                                       "target that speaks of no series of the study; its name says why", err)
                : LEIE_OK;
}

// The targets that speak of a series, with their path.
static leie_status followed(const leie_flow_places *p, leie_error *err)
{
    const leie_var *year = leie_dataset_find(p->ds, "year");
    leie_var *path;
    const char **label = leie_new(p->targets, sizeof *label);
    if (!label)
        return leie_fail_memory(err, "targets", p->targets, sizeof *label);
    for (leie_size t = 0; t < p->targets; t++)
        label[t] = p->target[t].label;
    leie_status st = leie_flow_coordinate(p, "target", p->targets, label, NULL, "target: indicator, region, year", err);
    leie_free(label);
    if (!st)
        st = leie_flow_variable(&path, p, "target_path", LEIE_VAR_DOUBLE, "target year", "1",
                                "straight path from the base year to the target, in target_unit", false, err);
    for (leie_size t = 0; !st && t < p->targets; t++)
        for (leie_size y = 0; y < p->years; y++)
            path->number[t * p->years + y] = leie_target_path(&p->target[t].goal, (int)year->integer[y]);
    st = st ? st : target_numbers(p, err);
    return st ? st : target_words(p, err);
}

leie_status leie_flow_add_targets(const leie_flow_places *p, leie_error *err)
{
    leie_status st = p->targets ? followed(p, err) : LEIE_OK;
    return st ? st : left_out(p, err);
}
