// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/mfa/stock_study.h"

#include "io/study/study_impl.h"
#include "kernels/memory.h"

static const char *const study_keys[] = {"leie",  "study",   "title",     "summary",  "edition",            "label",
                                         "years", "unit",    "inflow",    "stock",    "initial",            "lifetimes",
                                         "ends",  "by",    "lifetime", "falling_stock", "output", "inflow_within_year", NULL};

// ---- years and unit ----

static leie_status read_years(leie_stock_study *study, const leie_yaml *root, leie_error *err)
{
    int *year = NULL;
    leie_status st = leie_study_read_years(&year, &study->years, root, err);
    if (st)
        return st;
    if (!study->years)
        st = leie_yaml_fail(root, err, "a stock model needs years: 1990-2030");
    for (leie_size t = 1; t < study->years && !st; t++)
        if (year[t] != year[t - 1] + 1)
            st = leie_yaml_fail(leie_yaml_get(root, "years"), err,
                                "the years of a stock model follow one after the other, but %d comes after %d", year[t],
                                year[t - 1]);
    study->first_year = study->years ? year[0] : 0;
    leie_free(year);
    return st;
}

static leie_status read_unit(leie_stock_study *study, const leie_yaml *root, leie_error *err)
{
    leie_status st = leie_study_string(&study->unit, root, "unit", err);
    if (!st && !study->unit)
        return leie_yaml_fail(root, err, "'unit' is missing: the unit of inflow and stock, as t");
    if (!st && !leie_unit_known(study->unit))
        return leie_yaml_fail(leie_yaml_get(root, "unit"), err, "'unit': the unit '%.60s' is not known", study->unit);
    return st;
}

// ---- the model ----

static leie_status read_lifetime(leie_stock_study *study, const leie_yaml *root, leie_error *err)
{
    static const char *const keys[] = {"change", "truncate", NULL};
    static const char *const changes[] = {"constant", "cohort", "year", NULL};
    const leie_yaml *node = leie_yaml_get(root, "lifetime");
    int change = LEIE_LIFE_CONSTANT;
    if (!node)
        return LEIE_OK;
    leie_status st = leie_yaml_known(node, keys, err);
    st = st ? st : leie_study_choice(&change, node, "change", changes, err);
    st = st ? st : leie_yaml_flag(node, "truncate", &study->truncate, err);
    study->within.change = (leie_lifetime_change)change;
    return st;
}

static leie_status read_within_year(leie_stock_study *study, const leie_yaml *root, leie_error *err)
{
    static const char *const keys[] = {"age", "points", NULL};
    const leie_yaml *node = leie_yaml_get(root, "inflow_within_year");
    leie_size points = 0;
    if (!node)
        return LEIE_OK;
    leie_status st = leie_yaml_known(node, keys, err);
    st = st ? st : leie_yaml_number(node, "age", &study->within.age, err);
    st = st ? st : leie_yaml_integer(node, "points", &points, err);
    if (st)
        return st;
    if (leie_yaml_get(node, "age") && leie_yaml_get(node, "points"))
        return leie_yaml_fail(node, err, "'inflow_within_year' takes an age or points, not both");
    if (!(study->within.age >= 0 && study->within.age <= 1))
        return leie_yaml_fail(leie_yaml_get(node, "age"), err, "'age' should lie between 0 and 1, found %g",
                              study->within.age);
    if (leie_yaml_get(node, "points") && (points < 1 || points > LEIE_INFLOW_POINTS_MAX))
        return leie_yaml_fail(leie_yaml_get(node, "points"), err, "'points' should lie between 1 and %d, found %lld",
                              LEIE_INFLOW_POINTS_MAX, (long long)points);
    study->within.points = (int)points;
    return LEIE_OK;
}

static leie_status read_by(leie_stock_study *study, const leie_yaml *root, leie_error *err)
{
    static const char *const breakdowns[] = {"cohort", NULL};
    char **list = NULL;
    leie_size n = 0;
    leie_status st = leie_study_strings(&list, &n, root, "by", err);
    for (leie_size i = 0; i < n && !st; i++)
        if (leie_yaml_word(list[i], breakdowns) < 0)
            st = leie_study_choice_fail(leie_yaml_get(root, "by"), "by", list[i], breakdowns, err);
    study->by_cohort = n > 0;
    leie_study_free_strings(list, n);
    return st;
}

static leie_status read_model(leie_stock_study *study, const leie_yaml *root, leie_error *err)
{
    static const char *const falling[] = {"refuse", "scale", NULL};
    int choice = 0;
    leie_status st = read_lifetime(study, root, err);
    st = st ? st : read_within_year(study, root, err);
    st = st ? st : leie_study_choice(&choice, root, "falling_stock", falling, err);
    study->scale_down = choice == 1;
    return st ? st : read_by(study, root, err);
}

// ---- the whole ----

static leie_status read_paths(leie_stock_study *study, const leie_yaml *root, leie_error *err)
{
    leie_status st = leie_study_path(&study->inflow, &study->head, root, "inflow", NULL, err);
    st = st ? st : leie_study_path(&study->stock, &study->head, root, "stock", NULL, err);
    st = st ? st : leie_study_path(&study->initial, &study->head, root, "initial", NULL, err);
    st = st ? st : leie_study_path(&study->lifetimes, &study->head, root, "lifetimes", NULL, err);
    st = st ? st : leie_study_path(&study->ends, &study->head, root, "ends", NULL, err);
    if (!st && !study->inflow.real && !study->stock.real)
        st = leie_yaml_fail(root, err, "a stock model needs 'inflow' or 'stock', a CSV file");
    if (!st && !study->lifetimes.real)
        st = leie_yaml_fail(root, err, "'lifetimes' is missing: a CSV file with a distribution per product");
    return st;
}

leie_status leie_stock_study_read(leie_stock_study *study, const char *path, leie_size sets, char *const *set,
                                  leie_error *err)
{
    leie_yaml *root = NULL;
    *study = (leie_stock_study){0};
    leie_status st = leie_study_begin(&study->head, &root, path, sets, set, err);
    st = st ? st : leie_yaml_known(root, study_keys, err);
    st = st ? st : leie_study_read_texts(&study->head, root, err);
    st = st ? st : read_years(study, root, err);
    st = st ? st : read_unit(study, root, err);
    st = st ? st : read_paths(study, root, err);
    st = st ? st : read_model(study, root, err);
    leie_yaml_free(root);
    if (st)
        leie_stock_study_clear(study);
    return st;
}

void leie_stock_study_clear(leie_stock_study *study)
{
    leie_study_path_clear(&study->inflow);
    leie_study_path_clear(&study->stock);
    leie_study_path_clear(&study->initial);
    leie_study_path_clear(&study->lifetimes);
    leie_study_path_clear(&study->ends);
    leie_free(study->unit);
    leie_study_clear(&study->head);
    *study = (leie_stock_study){0};
}
