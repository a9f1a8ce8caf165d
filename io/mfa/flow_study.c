// SPDX-License-Identifier: GPL-3.0-or-later
#include <stdio.h>
#include <string.h>

#include "io/mfa/flow_system.h"
#include "io/study/study_impl.h"
#include "kernels/memory.h"
#include "kernels/number.h"

static const char *const study_keys[] = {"leie",      "study",  "title",          "summary",   "edition",   "label",
                                         "years",     "unit",   "substances",     "flows",     "processes", "values",
                                         "transfers", "relations", "concentrations", "negative", "tests",     "solver",
                                         "output",    "quality", "correlations", "covariance", "sample", "units", NULL};

static leie_status read_paths(leie_flow_study *study, const leie_yaml *root, leie_error *err)
{
    const struct {
        leie_path *to;
        const char *key;
    } paths[] = {{&study->flows, "flows"},           {&study->processes, "processes"},
                 {&study->values, "values"},         {&study->concentrations, "concentrations"},
                 {&study->transfers, "transfers"},   {&study->relations, "relations"},
                 {&study->correlations, "correlations"}};
    leie_status st = LEIE_OK;
    for (size_t k = 0; k < sizeof paths / sizeof paths[0] && !st; k++)
        st = leie_study_path(paths[k].to, &study->head, root, paths[k].key, NULL, err);
    if (!st && (!study->flows.real || !study->values.real))
        st = leie_yaml_fail(root, err, "a material flow system needs 'flows' and 'values', CSV files");
    return st;
}

static leie_status read_layers(leie_flow_study *study, const leie_yaml *root, leie_error *err)
{
    leie_size at = leie_labels_add(&study->layer, "goods", NULL, NULL, NULL, err);
    leie_status st = at < 0 ? (leie_status)at : leie_study_labels(&study->layer, root, "substances", LEIE_STUDY_NAME, err);
    return st ? st : leie_study_strings(&study->negative, &study->negatives, root, "negative", err);
}

bool leie_flow_layer_apart(const leie_flow_study *study, leie_size layer)
{
    return strcmp(study->measured_in.unit[layer], "1") != 0;
}

// "TJ/kt"; a unit of several words or factors in brackets.
static void write_ratio(char *text, size_t size, const char *above, const char *below)
{
    const char *const compound = " */.^-";
    bool a = strpbrk(above, compound), b = strpbrk(below, compound);
    snprintf(text, size, "%s%.200s%s/%s%.200s%s", a ? "(" : "", above, a ? ")" : "", b ? "(" : "", below, b ? ")" : "");
}

// Units of layers: that of goods, and shares, unless `units` says otherwise: {energy: TJ}.
static leie_status read_layer_units(leie_flow_study *study, const leie_yaml *root, leie_error *err)
{
    const leie_yaml *map = leie_yaml_get(root, "units");
    leie_labels own = {0};
    leie_status st = leie_study_labels(&own, root, "units", LEIE_STUDY_NAME, err);
    for (leie_size k = 0; k < own.n && !st; k++) {
        if (leie_labels_find(&study->layer, own.code[k]) < 1)
            st = leie_yaml_fail(map, err, "'units': '%.60s' is no layer under 'substances'", own.code[k]);
        else if (!leie_unit_known(own.name[k]))
            st = leie_yaml_fail(map, err, "'units': the unit '%.60s' of '%.60s' is not known", own.name[k], own.code[k]);
    }
    for (leie_size l = 0; l < study->layer.n && !st; l++) {
        char ratio[512] = "1";
        leie_size k = leie_labels_find(&own, study->layer.code[l]);
        if (k >= 0)
            write_ratio(ratio, sizeof ratio, own.name[k], study->unit);
        leie_size at = leie_labels_add(&study->measured_in, study->layer.code[l], k < 0 ? study->unit : own.name[k], ratio, NULL, err);
        st = at < 0 ? (leie_status)at : LEIE_OK;
    }
    leie_labels_clear(&own);
    return st;
}

// Data-quality classes: a map from their names to relative standard deviations.
static leie_status read_quality(leie_flow_study *study, const leie_yaml *root, leie_error *err)
{
    const leie_yaml *map = leie_yaml_get(root, "quality");
    leie_status st = leie_study_labels(&study->quality, root, "quality", LEIE_STUDY_NAME, err);
    study->quality_sd = leie_new(study->quality.n + 1, sizeof *study->quality_sd);
    if (!st && !study->quality_sd)
        st = leie_fail_memory(err, "data-quality classes", study->quality.n, sizeof *study->quality_sd);
    for (leie_size k = 0; k < study->quality.n && !st; k++) {
        const char *text = study->quality.name[k];
        if (leie_number_read(&study->quality_sd[k], text, (leie_size)strlen(text)) || !(study->quality_sd[k] >= 0))
            st = leie_yaml_fail(map, err, "'quality': '%.60s' is %.60s; a relative standard deviation was expected, as 0.1",
                                study->quality.code[k], text[0] ? text : "without a number");
    }
    return st;
}

static leie_status read_unit_and_years(leie_flow_study *study, const leie_yaml *root, leie_error *err)
{
    leie_status st = leie_study_string(&study->unit, root, "unit", err);
    st = st ? st : leie_study_read_years(&study->year, &study->years, root, err);
    if (st)
        return st;
    if (!study->years)
        return leie_yaml_fail(root, err, "a material flow system needs years: 2018-2020");
    if (!study->unit)
        return leie_yaml_fail(root, err, "'unit' is missing: the unit of the flows, as t");
    if (!leie_unit_known(study->unit))
        return leie_yaml_fail(leie_yaml_get(root, "unit"), err, "'unit': the unit '%.60s' is not known", study->unit);
    return LEIE_OK;
}

static leie_status read_options(leie_flow_study *study, const leie_yaml *root, leie_error *err)
{
    static const char *const test_keys[] = {"level", "eliminate", NULL};
    static const char *const solver_keys[] = {"tolerance", "max_iterations", "huber", NULL};
    const leie_yaml *tests = leie_yaml_get(root, "tests"), *solver = leie_yaml_get(root, "solver");
    leie_reconcile_opts *o = &study->opts;
    *o = (leie_reconcile_opts){.tolerance = 1e-8, .max_iterations = 100, .level = 0.05};
    leie_status st = tests ? leie_yaml_known(tests, test_keys, err) : LEIE_OK;
    if (!st && tests) {
        st = leie_yaml_number(tests, "level", &o->level, err);
        st = st ? st : leie_yaml_integer(tests, "eliminate", &o->eliminate, err);
        if (!st && !(o->level > 0 && o->level < 1))
            st = leie_yaml_fail(tests, err, "'level' should lie between 0 and 1, found %g", o->level);
        if (!st && o->eliminate < 0)
            st = leie_yaml_fail(tests, err, "'eliminate' should be zero or more, found %lld", (long long)o->eliminate);
    }
    st = st || !solver ? st : leie_yaml_known(solver, solver_keys, err);
    if (!st && solver) {
        st = leie_yaml_number(solver, "tolerance", &o->tolerance, err);
        st = st ? st : leie_yaml_integer(solver, "max_iterations", &o->max_iterations, err);
        st = st ? st : leie_yaml_number(solver, "huber", &o->huber, err);
        if (!st && leie_yaml_get(solver, "huber") && !(o->huber > 0))
            st = leie_yaml_fail(leie_yaml_get(solver, "huber"), err, "'huber' should be above 0, found %g", o->huber);
        if (!st && !(o->tolerance > 0 && o->tolerance < 1 && o->max_iterations >= 1))
            st = leie_yaml_fail(solver, err, "'tolerance' should lie between 0 and 1 and 'max_iterations' above 0");
    }
    return st;
}

static leie_status read_sample(leie_flow_study *study, const leie_yaml *root, leie_error *err)
{
    static const char *const keys[] = {"draws", "seed", NULL};
    const leie_yaml *map = leie_yaml_get(root, "sample");
    leie_status st = leie_study_strings(&study->covariance, &study->covariances, root, "covariance", err);
    study->seed = 1;
    if (st || !map)
        return st;
    study->draws = 1000;
    st = leie_yaml_known(map, keys, err);
    st = st ? st : leie_yaml_integer(map, "draws", &study->draws, err);
    st = st ? st : leie_yaml_integer(map, "seed", &study->seed, err);
    if (!st && (study->draws < 2 || study->draws > 10000000 || study->seed < 0))
        st = leie_yaml_fail(map, err, "'sample' needs from 2 to 10000000 draws and a seed of zero or more, found %lld and %lld", (long long)study->draws, (long long)study->seed);
    return st;
}

leie_status leie_flow_study_read(leie_flow_study *study, const char *path, leie_size sets, char *const *set,
                                 leie_error *err)
{
    leie_yaml *root = NULL;
    *study = (leie_flow_study){0};
    leie_status st = leie_study_begin(&study->head, &root, path, sets, set, err);
    st = st ? st : leie_yaml_known(root, study_keys, err);
    st = st ? st : leie_study_read_texts(&study->head, root, err);
    st = st ? st : read_unit_and_years(study, root, err);
    st = st ? st : read_paths(study, root, err);
    st = st ? st : read_layers(study, root, err);
    st = st ? st : read_layer_units(study, root, err);
    st = st ? st : read_quality(study, root, err);
    st = st ? st : read_options(study, root, err);
    st = st ? st : read_sample(study, root, err);
    leie_yaml_free(root);
    if (st)
        leie_flow_study_clear(study);
    return st;
}

void leie_flow_study_clear(leie_flow_study *study)
{
    leie_path *const paths[] = {&study->flows,          &study->processes, &study->values,
                                &study->concentrations, &study->transfers, &study->relations, &study->correlations};
    for (size_t k = 0; k < sizeof paths / sizeof paths[0]; k++)
        leie_study_path_clear(paths[k]);
    leie_free(study->year);
    leie_free(study->unit);
    leie_labels_clear(&study->layer);
    leie_labels_clear(&study->measured_in);
    leie_labels_clear(&study->quality);
    leie_free(study->quality_sd);
    leie_study_free_strings(study->negative, study->negatives);
    leie_study_free_strings(study->covariance, study->covariances);
    leie_study_clear(&study->head);
    *study = (leie_flow_study){0};
}
