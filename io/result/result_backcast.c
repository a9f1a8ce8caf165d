// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/result/result_backcast.h"

#include <stdio.h>
#include <string.h>

// The label of lever or goal i of a back-cast.
static void lever_label(char *text, size_t size, const leie_study_backcast *b, leie_size i)
{
    snprintf(text, size, "%.100s/%.100s", b->name, b->lever[i].parameter);
}

static void goal_label(char *text, size_t size, const leie_study_backcast *b, leie_size i)
{
    snprintf(text, size, "%.100s/%.100s/%.100s", b->name, b->goal[i].region, b->goal[i].stressor ? b->goal[i].stressor : "TOTAL");
}

// A text axis of all levers (goals false) or goals of the study.
static leie_status list_axis(leie_dataset *ds, const leie_study *study, bool goals, leie_error *err)
{
    leie_labels list = {0};
    leie_status st = LEIE_OK;
    for (leie_size b = 0; !st && b < study->backcasts; b++)
        for (leie_size i = 0; !st && i < (goals ? study->backcast[b].goals : study->backcast[b].levers); i++) {
            char text[320];
            if (goals)
                goal_label(text, sizeof text, &study->backcast[b], i);
            else
                lever_label(text, sizeof text, &study->backcast[b], i);
            if (leie_labels_find(&list, text) >= 0) // a second goal on the same footprint
                snprintf(text + strlen(text), sizeof text - strlen(text), "/%lld", (long long)i + 1);
            leie_size at = leie_labels_add(&list, text, NULL, NULL, NULL, err);
            st = at < 0 ? (leie_status)at : LEIE_OK;
        }
    if (!st)
        st = leie_dataset_coordinate(ds, goals ? "goal" : "lever", list.n, list.code, NULL,
                                     goals ? "target of a back-cast: its code, region and stressor" : "lever of a back-cast: its code and parameter", err);
    leie_labels_clear(&list);
    return st;
}

static leie_status axes(leie_dataset *ds, const leie_study *study, leie_error *err)
{
    leie_labels list = {0};
    leie_status st = LEIE_OK;
    for (leie_size b = 0; !st && b < study->backcasts; b++) {
        leie_size at = leie_labels_add(&list, study->backcast[b].name, NULL, NULL, NULL, err);
        st = at < 0 ? (leie_status)at : LEIE_OK;
    }
    st = st ? st : leie_dataset_coordinate(ds, "backcast", list.n, list.code, NULL, "back-cast", err);
    leie_labels_clear(&list);
    st = st ? st : list_axis(ds, study, false, err);
    return st ? st : list_axis(ds, study, true, err);
}

static leie_status fill_backcasts(leie_dataset *ds, const leie_study *study, leie_size years, const leie_year *year, leie_error *err)
{
    leie_var *status = NULL, *cost = NULL, *residual = NULL, *count = NULL;
    leie_status st = leie_dataset_var(&status, ds, "backcast_status", LEIE_VAR_TEXT, "year backcast", NULL,
                                      "found, met without levers, infeasible (not with all levers together) or stalled", err);
    st = st ? st : leie_dataset_var(&cost, ds, "backcast_cost", LEIE_VAR_DOUBLE, "year backcast", "1", "cost of all levers, in the study's own measure", err);
    st = st ? st : leie_dataset_var(&residual, ds, "backcast_residual", LEIE_VAR_DOUBLE, "year backcast", "1",
                                    "relative residual of the changed system at the answer", err);
    st = st ? st : leie_dataset_var(&count, ds, "backcast_evaluations", LEIE_VAR_INT, "year backcast", "1", "scenarios tried", err);
    for (leie_size y = 0; !st && y < years; y++)
        for (leie_size b = 0; !st && b < year[y].backcasts; b++) {
            leie_size at = y * study->backcasts + b;
            const leie_backcast_result *r = &year[y].backcast[b];
            cost->number[at] = r->answer.total;
            residual->number[at] = r->residual;
            count->integer[at] = r->answer.evaluations;
            st = leie_var_set_text(status, at, leie_backcast_name(r->answer.end), err);
        }
    return st;
}

static leie_status fill_levers(leie_dataset *ds, leie_size years, const leie_year *year, leie_error *err)
{
    leie_var *intensity = NULL, *value = NULL, *cost = NULL;
    leie_size levers = ds->dim[leie_dataset_find_dim(ds, "lever")].n;
    leie_status st = leie_dataset_var(&intensity, ds, "lever_intensity", LEIE_VAR_DOUBLE, "year lever", "1",
                                      "how far the lever is pulled: 0 as it is, 1 all there is", err);
    st = st ? st : leie_dataset_var(&value, ds, "lever_value", LEIE_VAR_DOUBLE, "year lever", "1", "value of its parameter", err);
    st = st ? st : leie_dataset_var(&cost, ds, "lever_cost", LEIE_VAR_DOUBLE, "year lever", "1", "cost of the lever as far as it is pulled", err);
    for (leie_size y = 0; !st && y < years; y++) {
        leie_size at = y * levers;
        for (leie_size b = 0; b < year[y].backcasts; b++)
            for (leie_size i = 0; i < year[y].backcast[b].answer.levers; i++, at++) {
                const leie_backcast *a = &year[y].backcast[b].answer;
                intensity->number[at] = a->t[i];
                value->number[at] = year[y].backcast[b].value[i];
                cost->number[at] = a->cost[i] * a->t[i];
            }
    }
    return st;
}

// The unit of each goal: that of its stressor, or of the materials.
static leie_status goal_units(leie_dataset *ds, const leie_study *study, const leie_labels *stressor, leie_error *err)
{
    leie_var *unit = NULL;
    leie_size at = 0;
    leie_status st = leie_dataset_var(&unit, ds, "goal_unit", LEIE_VAR_TEXT, "goal", NULL, "unit of the footprint", err);
    for (leie_size b = 0; !st && b < study->backcasts; b++)
        for (leie_size i = 0; !st && i < study->backcast[b].goals; i++, at++) {
            const char *code = study->backcast[b].goal[i].stressor;
            leie_size s = code && strcmp(code, "TOTAL") != 0 ? leie_labels_find(stressor, code) : 0;
            while (s >= 0 && s < stressor->n && (!code || strcmp(code, "TOTAL") == 0) && strcmp(stressor->kind[s], LEIE_STRESSOR_MATERIAL) != 0)
                s++;
            st = leie_var_set_text(unit, at, s >= 0 && s < stressor->n ? stressor->unit[s] : "", err);
        }
    return st;
}

static leie_status fill_goals(leie_dataset *ds, const leie_study *study, leie_size years, const leie_year *year, const leie_labels *stressor,
                              leie_error *err)
{
    static const char *const names[][2] = {{"goal_start", "footprint without levers"},
                                           {"goal_level", "footprint to be reached"},
                                           {"goal_reached", "footprint with the levers of the answer"},
                                           {"goal_missing", "what is missing to the target"},
                                           {"goal_price", "cost of lowering the target by one unit; 0 where it does not bind, of one lever not known"}};
    leie_var *var[5] = {0};
    leie_size goals = ds->dim[leie_dataset_find_dim(ds, "goal")].n;
    leie_status st = goal_units(ds, study, stressor, err);
    for (int i = 0; !st && i < 5; i++) {
        st = leie_dataset_var(&var[i], ds, names[i][0], LEIE_VAR_DOUBLE, "year goal", "1", names[i][1], err);
        st = st ? st : leie_dataset_text(ds, var[i], i == 4 ? "per" : "units_by", "goal_unit", err);
    }
    for (leie_size y = 0; !st && y < years; y++) {
        leie_size at = y * goals;
        for (leie_size b = 0; b < year[y].backcasts; b++) {
            const leie_backcast *a = &year[y].backcast[b].answer;
            for (leie_size j = 0; j < a->goals; j++, at++) {
                const double values[5] = {a->start[j], a->goal[j], a->reached[j], a->missing[j], a->price[j]};
                for (int i = 0; i < 5; i++)
                    var[i]->number[at] = values[i];
            }
        }
    }
    return st;
}

leie_status leie_result_add_backcasts(leie_dataset *ds, const leie_study *study, leie_size years, const leie_year *year,
                                      const leie_labels *stressor, leie_error *err)
{
    if (!study->backcasts)
        return LEIE_OK;
    leie_status st = axes(ds, study, err);
    st = st ? st : fill_backcasts(ds, study, years, year, err);
    st = st ? st : fill_levers(ds, years, year, err);
    return st ? st : fill_goals(ds, study, years, year, stressor, err);
}
