// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/mfa/waste_study.h"

#include <string.h>

#include "io/study/study_impl.h"
#include "kernels/memory.h"
#include "solver/table/unit.h"

static const char *const study_keys[] = {"leie",  "study",      "title",  "summary", "edition", "label",    "year",       "unit",   "accounts",
                                         "rows",  "treatments", "choice", "exports", "yields",  "residual", "population", "plants", "output", "closure",
                                         NULL};
static const char *const sides[] = {"extraction", "waste_supply", "waste_use", "stock_additions", "stock_depletion", NULL};

const char *leie_waste_side_name(leie_waste_side side)
{
    return sides[side];
}

static leie_status read_head(leie_waste_study *study, const leie_yaml *root, leie_error *err)
{
    leie_size year = 0;
    leie_status st = leie_yaml_integer(root, "year", &year, err);
    if (!st && !leie_yaml_get(root, "year"))
        st = leie_yaml_fail(root, err, "'year' is missing: the year of the accounts");
    st = st ? st : leie_study_string(&study->unit, root, "unit", err);
    study->year = (int)year;
    if (!st && !study->unit)
        st = leie_study_set_string(&study->unit, "t", err);
    if (!st && !leie_unit_known(study->unit))
        st = leie_yaml_fail(leie_yaml_get(root, "unit"), err, "'unit': the unit '%.60s' is not known", study->unit);
    return st;
}

static leie_status read_accounts(leie_waste_study *study, const leie_yaml *root, leie_error *err)
{
    static const char *const parts[] = {"activities", "final", NULL};
    const leie_yaml *map = leie_yaml_get(root, "accounts");
    if (!map)
        return leie_yaml_fail(root, err, "'accounts' is missing: files of waste_supply, waste_use, ...");
    leie_status st = leie_yaml_known(map, sides, err);
    for (int k = 0; k < LEIE_WASTE_SIDES && !st; k++) {
        const leie_yaml *side = leie_yaml_get(map, sides[k]);
        st = side ? leie_yaml_known(side, parts, err) : LEIE_OK;
        for (int f = 0; side && f < 2 && !st; f++)
            st = leie_study_path(&study->account[k][f], &study->head, side, parts[f], NULL, err);
    }
    if (!st && !study->account[LEIE_WASTE_SUPPLY][0].real && !study->account[LEIE_WASTE_SUPPLY][1].real)
        st = leie_yaml_fail(map, err, "'waste_supply' is missing: the waste that there is");
    return st;
}

static leie_status read_paths(leie_waste_study *study, const leie_yaml *root, leie_error *err)
{
    static const char *const residual_keys[] = {"shares", "target", "count", NULL};
    const leie_yaml *residual = leie_yaml_get(root, "residual");
    const char *choice = NULL;
    leie_status st = leie_study_path(&study->rows, &study->head, root, "rows", NULL, err);
    st = st ? st : leie_study_path(&study->treatments, &study->head, root, "treatments", NULL, err);
    st = st ? st : leie_yaml_text(root, "choice", &choice, err);
    study->choice_from_use = choice && strcmp(choice, "use") == 0;
    if (!st && !study->choice_from_use)
        st = leie_study_path(&study->choice, &study->head, root, "choice", NULL, err);
    st = st ? st : leie_study_path(&study->exports, &study->head, root, "exports", NULL, err);
    st = st ? st : leie_study_path(&study->yields, &study->head, root, "yields", NULL, err);
    st = st ? st : leie_study_path(&study->population, &study->head, root, "population", NULL, err);
    st = st ? st : leie_study_path(&study->plants, &study->head, root, "plants", NULL, err);
    study->target = 100;
    if (st || !residual)
        return st;
    st = leie_yaml_known(residual, residual_keys, err);
    st = st ? st : leie_study_path(&study->residual, &study->head, residual, "shares", NULL, err);
    st = st ? st : leie_study_strings(&study->residual_count, &study->residual_counts, residual, "count", err);
    return st ? st : leie_yaml_number(residual, "target", &study->target, err);
}

static leie_status read_closure(leie_waste_study *study, const leie_yaml *root, leie_error *err)
{
    static const char *const keys[] = {"table", "year", "inputs", "waste", "pressures", NULL};
    const leie_yaml *map = leie_yaml_get(root, "closure");
    leie_size year = 0;
    if (!map)
        return LEIE_OK;
    leie_status st = leie_yaml_known(map, keys, err);
    st = st ? st : leie_study_path(&study->closure.table, &study->head, map, "table", NULL, err);
    st = st ? st : leie_study_path(&study->closure.inputs, &study->head, map, "inputs", NULL, err);
    st = st ? st : leie_study_path(&study->closure.waste, &study->head, map, "waste", NULL, err);
    st = st ? st : leie_study_path(&study->closure.pressures, &study->head, map, "pressures", NULL, err);
    st = st ? st : leie_yaml_integer(map, "year", &year, err);
    study->closure.year = (int)year;
    if (!st && !study->closure.table.real)
        st = leie_yaml_fail(map, err, "'closure' needs 'table', a table with the activities of waste_supply as its sectors");
    if (!st && !study->choice.real && !study->choice_from_use)
        st = leie_yaml_fail(map, err, "'closure' needs 'choice': where waste goes");
    return st;
}

// What needs what.
static leie_status check_parts(const leie_waste_study *study, const leie_yaml *root, leie_error *err)
{
    bool routed = study->choice.real || study->choice_from_use;
    if (study->account[LEIE_WASTE_USE][0].real && !study->treatments.real)
        return leie_yaml_fail(root, err, "'treatments' is missing: what the activities of waste_use do with waste");
    if (study->choice_from_use && !study->account[LEIE_WASTE_USE][0].real)
        return leie_yaml_fail(leie_yaml_get(root, "choice"), err, "'choice: use' needs the account waste_use");
    if (!routed && (study->exports.real || study->yields.real || study->plants.real))
        return leie_yaml_fail(root, err, "'choice' is missing: exports, yields and plants need to know where waste goes");
    if (study->residual.real && !study->population.real)
        return leie_yaml_fail(root, err, "'population' is missing: residual waste is counted per inhabitant");
    return LEIE_OK;
}

leie_status leie_waste_study_read(leie_waste_study *study, const char *path, leie_size sets, char *const *set,
                                  leie_error *err)
{
    leie_yaml *root = NULL;
    *study = (leie_waste_study){0};
    leie_status st = leie_study_begin(&study->head, &root, path, sets, set, err);
    st = st ? st : leie_yaml_known(root, study_keys, err);
    st = st ? st : leie_study_read_texts(&study->head, root, err);
    st = st ? st : read_head(study, root, err);
    st = st ? st : read_accounts(study, root, err);
    st = st ? st : read_paths(study, root, err);
    st = st ? st : read_closure(study, root, err);
    st = st ? st : check_parts(study, root, err);
    leie_yaml_free(root);
    if (st)
        leie_waste_study_clear(study);
    return st;
}

void leie_waste_study_clear(leie_waste_study *study)
{
    leie_path *const all[] = {&study->rows, &study->treatments, &study->choice, &study->exports, &study->yields,
                              &study->residual, &study->population, &study->plants,
                              &study->closure.table, &study->closure.inputs, &study->closure.waste, &study->closure.pressures};
    for (size_t k = 0; k < sizeof all / sizeof all[0]; k++)
        leie_study_path_clear(all[k]);
    for (int k = 0; k < LEIE_WASTE_SIDES; k++)
        for (int f = 0; f < 2; f++)
            leie_study_path_clear(&study->account[k][f]);
    leie_study_free_strings(study->residual_count, study->residual_counts);
    leie_free(study->unit);
    leie_study_clear(&study->head);
    *study = (leie_waste_study){0};
}
