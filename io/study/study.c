// SPDX-License-Identifier: GPL-3.0-or-later
/* The study file as a whole: its keys, accounts, groups and solver. Tables, extensions and nests have
 * files of their own. */
#include "io/study/study.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "io/read/text.h"
#include "io/study/study_impl.h"
#include "kernels/memory.h"
#include "kernels/number.h"

static const char *const study_keys[] = {
    "leie",  "study",      "title",      "summary",   "edition", "label",  "tables",   "aggregate", "remove", "nest",
    "disaggregate", "local", "stocks", "systems",
    "extensions", "population", "published", "targets", "groups", "accounts", "solver", "output",
    "flows", "materials", "rme", "gdp", "routes", "averaging", "scenarios", "uncertainty", "backcast",
    "products", "unit_values", "capital", "needs", NULL};
static const char *const aggregate_keys[] = {"regions", "sectors", NULL};
static const char *const remove_keys[] = {"regions", "sectors", "rest", NULL};
static const char *const account_keys[] = {"regions", "by", "exclude", "report", "materials", "only", NULL};
static const char *const solver_keys[] = {"method", "tolerance", "max_iterations", "memory", "condition", "scenarios", NULL};
static const char *const capital_keys[] = {"input", "consumption", "matrix", NULL};
static const char *const group_keys[] = {"name", "members", NULL};

// In the order of the bits of leie_breakdown.
static const char *const breakdowns[] = {"product",  "sector",  "category", "origin", "origin_sector",
                                         "supplier", "imports", "exports",  "trade",  "multiplier", "gross",
                                         "domestic_technology", "direct", NULL};

// ---- groups ----

static leie_status read_group(leie_study_group *group, const leie_yaml *groups, leie_size i, leie_error *err)
{
    const leie_yaml *node = groups->child[i];
    const char *code = groups->key[i];
    leie_status st = leie_study_set_string(&group->code, code, err);
    group->line = node->line;
    if (!st && node->kind == LEIE_YAML_MAP) {
        st = leie_yaml_known(node, group_keys, err);
        st = st ? st : leie_study_string(&group->name, node, "name", err);
        st = st ? st : leie_study_strings(&group->member, &group->members, node, "members", err);
    } else if (!st)
        st = leie_study_strings(&group->member, &group->members, groups, code, err);
    if (!st && !group->name)
        st = leie_study_set_string(&group->name, "", err);
    if (!st && !group->members)
        st = leie_yaml_fail(node, err, "group '%s' needs members: [code, code]", code);
    return st;
}

static leie_status read_groups(leie_study *study, const leie_yaml *root, leie_error *err)
{
    const leie_yaml *node = leie_yaml_get(root, "groups");
    leie_status st = LEIE_OK;
    if (!node)
        return LEIE_OK;
    if (node->kind != LEIE_YAML_MAP)
        return leie_yaml_fail(node, err, "'groups' should be a map: CODE: [members]");
    study->group = leie_new(node->n, sizeof *study->group);
    if (!study->group)
        return leie_fail_memory(err, "groups", node->n, sizeof *study->group);
    for (leie_size i = 0; i < node->n && !st; i++)
        st = read_group(&study->group[study->groups++], node, i, err);
    return st;
}

// ---- scenarios ----

// One file, or a list of files.
static leie_status read_scenario_files(leie_study *study, const leie_yaml *root, leie_error *err)
{
    const leie_yaml *node = leie_yaml_get(root, "scenarios");
    char **list = NULL;
    leie_size n = 0;
    leie_status st = leie_study_strings(&list, &n, root, "scenarios", err);
    study->scenario_file = st || !n ? NULL : leie_new(n, sizeof *study->scenario_file);
    if (!st && n && !study->scenario_file)
        st = leie_fail_memory(err, "scenario files", n, sizeof *study->scenario_file);
    for (leie_size i = 0; !st && i < n; i++)
        st = leie_study_default_path(&study->scenario_file[study->scenario_files++], study, node, "scenarios", list[i], NULL, err);
    leie_study_free_strings(list, n);
    return st;
}

// ---- accounts ----

// Words of a list as positions in `words`, each marked in mark[]; *found counts them.
static leie_status mark_words(bool *mark, bool *found, const leie_yaml *map, const char *key,
                              const char *const *words, leie_error *err)
{
    char **list = NULL;
    leie_size n = 0;
    leie_status st = leie_study_strings(&list, &n, map, key, err);
    for (leie_size i = 0; i < n && !st; i++) {
        int word = leie_yaml_word(list[i], words);
        if (word < 0)
            st = leie_study_choice_fail(leie_yaml_get(map, key), key, list[i], words, err);
        else
            mark[word] = true;
    }
    *found = n > 0;
    leie_study_free_strings(list, n);
    return st;
}

static leie_status read_breakdowns(unsigned *by, const leie_yaml *map, leie_error *err)
{
    bool mark[sizeof breakdowns / sizeof breakdowns[0]] = {false}, found = false;
    leie_status st = mark_words(mark, &found, map, "by", breakdowns, err);
    if (st || !found)
        return st;
    *by = 0;
    for (int i = 0; breakdowns[i]; i++)
        *by |= mark[i] ? 1u << i : 0u;
    return LEIE_OK;
}

// Whatever else needs to know who sold what to whom, or the table of a scenario.
static const char *more_than_footprints(const leie_study *study)
{
    for (int i = 0; breakdowns[i]; i++)
        if (study->by & LEIE_NOT_FOOTPRINTS & 1u << i)
            return breakdowns[i];
    return study->scenario_files         ? "scenarios"
           : study->backcasts            ? "backcast"
           : study->flows.materials.real ? "materials"
                                         : NULL;
}

// only: footprints.
static leie_status read_only(leie_study *study, const leie_yaml *map, leie_error *err)
{
    static const char *const words[] = {"footprints", NULL};
    const leie_yaml *node = leie_yaml_get(map, "only");
    char *word = NULL;
    if (!node)
        return LEIE_OK;
    leie_status st = leie_study_string(&word, map, "only", err);
    if (!st && leie_yaml_word(word, words) < 0)
        st = leie_study_choice_fail(node, "only", word, words, err);
    leie_free(word);
    if (!st && !leie_yaml_get(map, "by"))
        study->by = LEIE_BY_PRODUCT | LEIE_BY_CATEGORY | LEIE_BY_SUPPLIER;
    const char *other = st ? NULL : more_than_footprints(study);
    if (other)
        return leie_yaml_fail(node, err, "'only: footprints' leaves out what '%s' needs", other);
    study->by |= LEIE_ONLY_FOOTPRINTS;
    return st;
}

static leie_status read_excluded(bool *exclude, const leie_yaml *map, leie_error *err)
{
    const char *kinds[LEIE_DEMAND_KINDS + 1] = {0};
    bool found;
    for (int k = 0; k < LEIE_DEMAND_KINDS; k++)
        kinds[k] = leie_demand_name((leie_demand_kind)k);
    return mark_words(exclude, &found, map, "exclude", kinds, err);
}

static leie_status read_accounts(leie_study *study, const leie_yaml *root, leie_error *err)
{
    const leie_yaml *node = leie_yaml_get(root, "accounts");
    study->by = LEIE_BY_PRODUCT | LEIE_BY_CATEGORY | LEIE_BY_ORIGIN | LEIE_BY_SUPPLIER | LEIE_BY_TRADE;
    if (!node)
        return LEIE_OK;
    leie_status st = leie_yaml_known(node, account_keys, err);
    const leie_yaml *regions = leie_yaml_get(node, "regions");
    study->accounts_line = regions ? regions->line : node->line;
    st = st ? st : leie_study_strings(&study->account_region, &study->account_regions, node, "regions", err);
    st = st ? st : read_breakdowns(&study->by, node, err);
    st = st ? st : leie_study_path(&study->report, study, node, "report", NULL, err);
    st = st ? st : leie_study_path(&study->material_map, study, node, "materials", NULL, err);
    if (!st && (study->by & LEIE_BY_DIRECT) && !study->flows.materials.real)
        st = leie_yaml_fail(leie_yaml_get(node, "by"), err, "the breakdown direct needs 'materials', the list of material codes");
    if (!st && study->material_map.real && !study->flows.materials.real)
        st = leie_yaml_fail(node, err, "'accounts: materials' needs 'materials', the list of material codes");
    st = st ? st : read_only(study, node, err);
    return st ? st : read_excluded(study->exclude, node, err);
}

// ---- capital ----

static leie_status read_capital(leie_study *study, const leie_yaml *root, leie_error *err)
{
    const leie_yaml *node = leie_yaml_get(root, "capital");
    leie_study_capital *capital = &study->capital;
    if (!node)
        return LEIE_OK;
    capital->line = node->line;
    leie_status st = leie_yaml_known(node, capital_keys, err);
    st = st ? st : leie_study_string(&capital->input, node, "input", err);
    st = st ? st : leie_study_path(&capital->consumption, study, node, "consumption", NULL, err);
    st = st ? st : leie_study_path(&capital->matrix, study, node, "matrix", NULL, err);
    int given = (capital->input != NULL) + (capital->consumption.real != NULL) + (capital->matrix.real != NULL);
    if (!st && given != 1)
        st = leie_yaml_fail(node, err, "'capital' needs one of input (a row of primary inputs), consumption and matrix (files)");
    return st;
}

// ---- solver ----

// "4 GB", "512 MiB", "1e9": bytes.
static leie_status read_memory(leie_size *bytes, const leie_yaml *map, leie_error *err)
{
    static const struct {
        const char *unit;
        double bytes;
    } units[] = {{"", 1},      {"B", 1},       {"kB", 1e3},       {"MB", 1e6},       {"GB", 1e9},
                 {"TB", 1e12}, {"KiB", 0x1p10}, {"MiB", 0x1p20}, {"GiB", 0x1p30}, {"TiB", 0x1p40}};
    const char *text = NULL;
    leie_status st = leie_yaml_text(map, "memory", &text, err);
    if (st || !text)
        return st;
    size_t digits = strspn(text, "0123456789.eE+-");
    const char *unit = text + digits + strspn(text + digits, " ");
    double value;
    if (leie_number_read(&value, text, (leie_size)digits) == LEIE_NUMBER_OK)
        for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
            if (strcmp(unit, units[i].unit) == 0 && value * units[i].bytes >= 1 && value * units[i].bytes < 0x1p62) {
                *bytes = (leie_size)(value * units[i].bytes);
                return LEIE_OK;
            }
    return leie_yaml_fail(leie_yaml_get(map, "memory"), err,
                          "'memory' should be an amount like 4 GB (kB, MB, GB, TB, KiB, MiB, GiB), found '%.100s'",
                          text);
}

static leie_status read_solver(leie_study *study, const leie_yaml *root, leie_error *err)
{
    const leie_yaml *node = leie_yaml_get(root, "solver");
    const char *methods[LEIE_SOLVERS + 1] = {0}, *ways[LEIE_METHODS + 1] = {0};
    int method = LEIE_SOLVER_AUTO;
    leie_linsys_opts *opts = &study->linsys;
    *opts = (leie_linsys_opts){.method = LEIE_SOLVER_AUTO, .tolerance = 1e-12, .max_iterations = 200};
    if (!node)
        return LEIE_OK;
    for (int i = 0; i < LEIE_SOLVERS; i++)
        methods[i] = leie_solver_name((leie_solver)i);
    leie_status st = leie_yaml_known(node, solver_keys, err);
    st = st ? st : leie_study_choice(&method, node, "method", methods, err);
    st = st ? st : leie_yaml_number(node, "tolerance", &opts->tolerance, err);
    st = st ? st : leie_yaml_integer(node, "max_iterations", &opts->max_iterations, err);
    st = st ? st : read_memory(&opts->memory_limit, node, err);
    st = st ? st : leie_yaml_flag(node, "condition", &opts->condition, err);
    opts->method = (leie_solver)method;
    for (int i = 0; i < LEIE_METHODS; i++)
        ways[i] = leie_scenario_method_name((leie_scenario_method)i);
    st = st ? st : leie_study_choice(&study->scenario_method, node, "scenarios", ways, err);
    if (!st && !(opts->tolerance > 0 && opts->tolerance < 1))
        st = leie_yaml_fail(leie_yaml_get(node, "tolerance"), err, "'tolerance' should lie between 0 and 1, found %g",
                            opts->tolerance);
    if (!st && (opts->max_iterations < 1 || opts->max_iterations > 1000000))
        st = leie_yaml_fail(leie_yaml_get(node, "max_iterations"), err,
                            "'max_iterations' should lie between 1 and 1000000, found %lld",
                            (long long)opts->max_iterations);
    return st;
}

// ---- the whole ----

static leie_status check_version(const leie_yaml *root, leie_error *err)
{
    leie_size version = 0;
    if (root->kind != LEIE_YAML_MAP)
        return leie_yaml_fail(root, err, "a study is a map that begins with 'leie: 1'");
    if (!leie_yaml_get(root, "leie"))
        return leie_yaml_fail(root, err, "'leie: 1' is missing: is this a study file?");
    leie_status st = leie_yaml_integer(root, "leie", &version, err);
    if (!st && version != 1)
        st = leie_yaml_fail(leie_yaml_get(root, "leie"), err, "this program reads studies of version 1, found %lld",
                            (long long)version);
    return st;
}

// Folder of the file, "." when it has none; and the file's name without its ending.
static leie_status set_file(leie_study *study, const char *path, leie_error *err)
{
    const char *slash = strrchr(path, '/');
    const char *base = slash ? slash + 1 : path;
    const char *dot = strrchr(base, '.');
    size_t stem = dot && dot > base ? (size_t)(dot - base) : strlen(base);
    study->file = leie_strdup(path);
    study->folder = slash ? leie_strndup(path, slash == path ? 1 : (size_t)(slash - path)) : leie_strdup(".");
    study->name = leie_strndup(base, stem);
    if (!study->file || !study->folder || !study->name)
        return leie_fail_memory(err, "study", 1, strlen(path) + 1);
    return LEIE_OK;
}

leie_status leie_study_read_texts(leie_study *study, const leie_yaml *root, leie_error *err)
{
    char output[512];
    leie_status st = leie_study_string(&study->name, root, "study", err);
    st = st ? st : leie_study_set_string(&study->title, study->name, err);
    st = st ? st : leie_study_string(&study->title, root, "title", err);
    st = st ? st : leie_study_string(&study->summary, root, "summary", err);
    st = st ? st : leie_study_string(&study->edition, root, "edition", err);
    st = st ? st : leie_study_string(&study->label, root, "label", err);
    if (!st && (size_t)snprintf(output, sizeof output, "%s.nc", study->name) >= sizeof output)
        st = leie_yaml_fail(root, err, "the name of the study is longer than %zu characters", sizeof output - 4);
    st = st ? st : leie_study_set_string(&study->output, output, err);
    return st ? st : leie_study_string(&study->output, root, "output", err);
}

// Regions and sectors that leave the system.
static leie_status read_remove(leie_study *study, const leie_yaml *root, leie_error *err)
{
    const leie_yaml *node = leie_yaml_get(root, "remove");
    leie_exogenous *remove = &study->remove;
    if (!node)
        return LEIE_OK;
    leie_status st = leie_yaml_known(node, remove_keys, err);
    st = st ? st : leie_study_strings(&remove->region, &remove->regions, node, "regions", err);
    st = st ? st : leie_study_strings(&remove->sector, &remove->sectors, node, "sectors", err);
    st = st ? st : leie_study_string(&remove->rest, node, "rest", err);
    return st || remove->regions || remove->sectors ? st : leie_yaml_fail(node, err, "'remove' needs regions or sectors");
}

static leie_status read_small_files(leie_study *study, const leie_yaml *root, leie_error *err)
{
    const leie_yaml *aggregate = leie_yaml_get(root, "aggregate");
    leie_status st = aggregate ? leie_yaml_known(aggregate, aggregate_keys, err) : LEIE_OK;
    if (!st && aggregate)
        st = leie_study_path(&study->aggregate_regions, study, aggregate, "regions", NULL, err);
    if (!st && aggregate)
        st = leie_study_path(&study->aggregate_sectors, study, aggregate, "sectors", NULL, err);
    st = st ? st : leie_study_path(&study->population, study, root, "population", NULL, err);
    st = st ? st : leie_study_path(&study->published, study, root, "published", NULL, err);
    return st ? st : leie_study_path(&study->targets, study, root, "targets", NULL, err);
}

static leie_status interpret(leie_study *study, const leie_yaml *root, leie_error *err)
{
    leie_status st = check_version(root, err);
    st = st ? st : leie_yaml_known(root, study_keys, err);
    st = st ? st : leie_study_read_texts(study, root, err);
    st = st ? st : leie_study_read_flows(study, root, err);
    st = st ? st : leie_study_read_tables(study, root, err);
    st = st ? st : read_small_files(study, root, err);
    st = st ? st : read_remove(study, root, err);
    st = st ? st : leie_study_read_nests(study, root, err);
    st = st ? st : leie_study_read_splits(study, root, err);
    st = st ? st : leie_study_read_extensions(study, root, err);
    st = st ? st : read_capital(study, root, err);
    st = st ? st : leie_study_read_needs(study, root, err);
    st = st ? st : read_groups(study, root, err);
    st = st ? st : read_scenario_files(study, root, err);
    st = st ? st : leie_study_read_uncertainty(study, root, err);
    st = st ? st : leie_study_read_backcasts(study, root, err);
    st = st ? st : read_accounts(study, root, err);
    st = st ? st : leie_study_read_local(study, root, err);
    st = st ? st : leie_study_read_stocks(study, root, err);
    st = st ? st : leie_study_read_systems(study, root, err);
    return st ? st : read_solver(study, root, err);
}

leie_status leie_study_begin(leie_study *study, leie_yaml **root, const char *path, leie_size sets, char *const *set,
                            leie_error *err)
{
    *study = (leie_study){0};
    *root = NULL;
    leie_status st = set_file(study, path, err);
    st = st ? st : leie_yaml_read(root, path, study->sha256, NULL, err);
    for (leie_size i = 0; i < sets && !st; i++)
        st = leie_yaml_set(*root, set[i], err);
    return st ? st : check_version(*root, err);
}

/* The study of a tree that was read with status st; the tree is released. */
static leie_status finish(leie_study *study, leie_status st, leie_yaml *root, leie_size sets, char *const *set,
                          leie_error *err)
{
    for (leie_size i = 0; i < sets && !st; i++)
        st = leie_yaml_set(root, set[i], err);
    st = st ? st : interpret(study, root, err);
    st = st ? st : leie_study_options_hash(study->options_sha256, study, 0, err);
    leie_yaml_free(root);
    if (st)
        leie_study_clear(study);
    return st;
}

leie_status leie_study_read(leie_study *study, const char *path, leie_size sets, char *const *set, leie_error *err)
{
    leie_yaml *root = NULL;
    *study = (leie_study){0};
    leie_status st = set_file(study, path, err);
    st = st ? st : leie_yaml_read(&root, path, study->sha256, NULL, err);
    return finish(study, st, root, sets, set, err);
}

leie_status leie_study_parse(leie_study *study, const char *name, const char *text, leie_size sets, char *const *set,
                             leie_error *err)
{
    leie_yaml *root = NULL;
    leie_size size = (leie_size)strlen(text);
    *study = (leie_study){.file = leie_strdup(name), .folder = leie_strdup("."), .name = leie_strdup("study")};
    leie_status st = LEIE_OK;
    if (!study->file || !study->folder || !study->name)
        st = leie_fail_memory(err, "study", 1, strlen(name) + 1);
    leie_hash_bytes(study->sha256, text, (size_t)size);
    st = st ? st : leie_yaml_parse(&root, name, text, size, err);
    return finish(study, st, root, sets, set, err);
}

void leie_study_clear(leie_study *study)
{
    leie_path *const paths[] = {&study->aggregate_regions, &study->aggregate_sectors, &study->population,
                                &study->published, &study->targets, &study->report,
                                &study->material_map, &study->capital.consumption, &study->capital.matrix};
    char *const texts[] = {study->file,    study->folder, study->name,   study->title,
                           study->summary, study->edition, study->label, study->output, study->capital.input, study->remove.rest};
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++)
        leie_study_path_clear(paths[i]);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        leie_free(texts[i]);
    for (leie_size i = 0; i < study->tables; i++)
        leie_study_tables_clear(&study->table[i]);
    for (leie_size i = 0; i < study->nests; i++)
        leie_study_nest_clear(&study->nest[i]);
    for (leie_size i = 0; i < study->splits; i++)
        leie_study_split_clear(&study->split[i]);
    for (leie_size i = 0; i < study->extensions; i++)
        leie_study_extension_clear(&study->extension[i]);
    for (leie_size i = 0; i < study->groups; i++) {
        leie_free(study->group[i].code);
        leie_free(study->group[i].name);
        leie_study_free_strings(study->group[i].member, study->group[i].members);
    }
    for (leie_size i = 0; i < study->scenario_files; i++)
        leie_study_path_clear(&study->scenario_file[i]);
    leie_free(study->scenario_file);
    leie_study_uncertainty_clear(&study->uncertainty);
    for (leie_size i = 0; i < study->backcasts; i++)
        leie_study_backcast_clear(&study->backcast[i]);
    leie_free(study->backcast);
    leie_study_flows_clear(&study->flows);
    leie_study_local_clear(&study->local);
    leie_study_stocks_clear(study);
    leie_study_needs_clear(study);
    leie_free(study->table);
    leie_free(study->nest);
    leie_free(study->split);
    leie_free(study->extension);
    leie_free(study->group);
    leie_study_free_strings(study->account_region, study->account_regions);
    leie_study_free_strings(study->remove.region, study->remove.regions);
    leie_study_free_strings(study->remove.sector, study->remove.sectors);
    *study = (leie_study){0};
}
