// SPDX-License-Identifier: GPL-3.0-or-later
/* The keys `stocks` (a stock model, by itself or coupled to the tables) and `systems` (material flow systems) of a study.
 *
 *   stocks:
 *     model: stocks.yaml              # as for leie stock; a text alone is the same
 *     durables: durables.csv          # what puts mass into stock: with it the model is coupled to the last table
 *     intensities: intensities.csv
 *     recovery: recovery.csv
 *     replace: replace.csv
 *     supply: additional              # or all
 *     gap: 0.1                        # allowed between the table route and the inflow of the stock model
 *     allow_gap: false
 *     rounds: 100
 *     tolerance: 1e-10
 *   systems: [minerals.yaml]          # as for leie reconcile
 */
#include <string.h>

#include "io/study/study_impl.h"
#include "kernels/memory.h"

static const char *const stock_keys[] = {"model", "durables", "intensities", "recovery", "replace", "supply", "gap", "allow_gap",
                                         "rounds", "tolerance", "note", NULL};

static leie_status read_files(leie_study_stocks *s, const leie_study *study, const leie_yaml *map, leie_error *err)
{
    leie_status st = leie_study_path(&s->model, study, map, "model", NULL, err);
    st = st ? st : leie_study_path(&s->durables, study, map, "durables", NULL, err);
    st = st ? st : leie_study_path(&s->intensities, study, map, "intensities", NULL, err);
    st = st ? st : leie_study_path(&s->recovery, study, map, "recovery", NULL, err);
    st = st ? st : leie_study_path(&s->replace, study, map, "replace", NULL, err);
    if (!st && !s->model.real)
        st = leie_yaml_fail(map, err, "'stocks' needs 'model', the study file of a stock model");
    if (!st && !s->durables.real && (s->intensities.real || s->recovery.real || s->replace.real))
        st = leie_yaml_fail(map, err, "'stocks' needs 'durables', the final demand that puts mass into stock, to be coupled to a table");
    if (!st && s->replace.real && !s->recovery.real)
        st = leie_yaml_fail(map, err, "'replace' needs 'recovery', where secondary material comes from");
    if (!st && s->durables.real && !study->tables)
        st = leie_yaml_fail(map, err, "'durables' need 'tables'");
    return st;
}

static leie_status read_options(leie_study_stocks *s, const leie_yaml *map, leie_error *err)
{
    static const char *const supplies[] = {"additional", "all", NULL};
    int supply = 0;
    leie_status st = leie_study_choice(&supply, map, "supply", supplies, err);
    s->all = supply == 1;
    st = st ? st : leie_yaml_number(map, "gap", &s->gap, err);
    st = st ? st : leie_yaml_flag(map, "allow_gap", &s->allow_gap, err);
    st = st ? st : leie_yaml_integer(map, "rounds", &s->rounds, err);
    st = st ? st : leie_yaml_number(map, "tolerance", &s->tolerance, err);
    if (!st && !(s->gap >= 0))
        st = leie_yaml_fail(leie_yaml_get(map, "gap"), err, "'gap' is a share, 0.1 for 10 %%; found %g", s->gap);
    if (!st && (s->rounds < 1 || s->rounds > 100000))
        st = leie_yaml_fail(leie_yaml_get(map, "rounds"), err, "'rounds' should lie between 1 and 100000, found %lld", (long long)s->rounds);
    if (!st && !(s->tolerance > 0 && s->tolerance < 1))
        st = leie_yaml_fail(leie_yaml_get(map, "tolerance"), err, "'tolerance' should lie between 0 and 1, found %g", s->tolerance);
    return st;
}

leie_status leie_study_read_stocks(leie_study *study, const leie_yaml *root, leie_error *err)
{
    leie_study_stocks *s = &study->stocks;
    const leie_yaml *map = leie_yaml_get(root, "stocks");
    *s = (leie_study_stocks){.gap = 0.1, .rounds = 100, .tolerance = 1e-10};
    if (!map)
        return LEIE_OK;
    s->line = map->line;
    if (map->kind == LEIE_YAML_SCALAR)
        return leie_study_path(&s->model, study, root, "stocks", NULL, err);
    leie_status st = leie_yaml_known(map, stock_keys, err);
    st = st ? st : read_files(s, study, map, err);
    return st ? st : read_options(s, map, err);
}

leie_status leie_study_read_systems(leie_study *study, const leie_yaml *root, leie_error *err)
{
    const leie_yaml *node = leie_yaml_get(root, "systems");
    leie_size n = node ? leie_study_items(node) : 0;
    leie_status st = LEIE_OK;
    if (!n)
        return LEIE_OK;
    study->system = leie_new(n, sizeof *study->system);
    if (!study->system)
        return leie_fail_memory(err, "material flow systems", n, sizeof *study->system);
    for (leie_size i = 0; !st && i < n; i++) {
        const leie_yaml *item = leie_study_item(node, i);
        if (item->kind != LEIE_YAML_SCALAR || !item->text[0])
            return leie_yaml_fail(item, err, "'systems' lists files of material flow systems");
        st = leie_study_default_path(&study->system[study->systems++], study, item, "systems", item->text, NULL, err);
    }
    return st;
}

void leie_study_stocks_clear(leie_study *study)
{
    leie_study_stocks *s = &study->stocks;
    leie_path *const paths[] = {&s->model, &s->durables, &s->intensities, &s->recovery, &s->replace};
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++)
        leie_study_path_clear(paths[i]);
    for (leie_size i = 0; i < study->systems; i++)
        leie_study_path_clear(&study->system[i]);
    leie_free(study->system);
}
