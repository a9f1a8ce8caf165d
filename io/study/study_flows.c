// SPDX-License-Identifier: GPL-3.0-or-later
/* The material flows of a study: which file, which edition, which routes, which averages. */
#include <string.h>

#include "io/study/study_impl.h"
#include "kernels/memory.h"

static const char *const flow_keys[] = {"path", "edition", "regions", NULL};
static const char *const rme_keys[] = {"path", "prices", NULL};
static const char *const averaging_keys[] = {"years", "centred", NULL};
static const char *const routes[] = {"ewmfa", "rme", "io", NULL}; // leie_route
static const char *const needs_flows[] = {"rme", "gdp", "averaging"};

enum { WINDOW_MAX = 99 };

const char *leie_route_name(leie_route route)
{
    return routes[route];
}

void leie_study_flows_clear(leie_study_flows *flows)
{
    leie_study_path_clear(&flows->path);
    leie_study_path_clear(&flows->materials);
    leie_study_path_clear(&flows->rme);
    leie_study_path_clear(&flows->rme_prices);
    leie_study_path_clear(&flows->gdp);
    leie_study_path_clear(&flows->products);
    leie_study_path_clear(&flows->regions);
    leie_study_path_clear(&flows->unit_values);
    leie_free(flows->edition);
    *flows = (leie_study_flows){0};
}

// A path, or {path: ..., edition: ...}.
static leie_status read_path(leie_study *study, const leie_yaml *root, const leie_yaml *node, leie_error *err)
{
    if (node->kind != LEIE_YAML_MAP)
        return leie_study_path(&study->flows.path, study, root, "flows", NULL, err);
    leie_status st = leie_yaml_known(node, flow_keys, err);
    st = st ? st : leie_study_path(&study->flows.path, study, node, "path", NULL, err);
    st = st ? st : leie_study_string(&study->flows.edition, node, "edition", err);
    st = st ? st : leie_study_path(&study->flows.regions, study, node, "regions", NULL, err);
    if (!st && !study->flows.path.real)
        st = leie_yaml_fail(node, err, "'flows' needs 'path', a file of flows");
    return st;
}

// A path, or {path: ..., prices: ...}.
static leie_status read_rme(leie_study *study, const leie_yaml *root, leie_error *err)
{
    const leie_yaml *node = leie_yaml_get(root, "rme");
    leie_study_flows *flows = &study->flows;
    if (!node || node->kind != LEIE_YAML_MAP)
        return leie_study_path(&flows->rme, study, root, "rme", NULL, err);
    leie_status st = leie_yaml_known(node, rme_keys, err);
    st = st ? st : leie_study_path(&flows->rme, study, node, "path", NULL, err);
    st = st ? st : leie_study_path(&flows->rme_prices, study, node, "prices", NULL, err);
    if (!st && !flows->rme.real)
        st = leie_yaml_fail(node, err, "'rme' needs 'path', a file of coefficients");
    return st;
}

static leie_status read_routes(leie_study_flows *flows, const leie_yaml *root, leie_error *err)
{
    char **list = NULL;
    leie_size n = 0;
    const leie_yaml *node = leie_yaml_get(root, "routes");
    leie_status st = leie_study_strings(&list, &n, root, "routes", err);
    for (int r = 0; r < LEIE_ROUTES; r++)
        flows->route[r] = n == 0;
    for (leie_size i = 0; !st && i < n; i++) {
        int word = leie_yaml_word(list[i], routes);
        if (word < 0)
            st = leie_study_choice_fail(node, "routes", list[i], routes, err);
        else
            flows->route[word] = true;
    }
    if (!st && n && flows->route[LEIE_ROUTE_IO] && !leie_yaml_get(root, "tables"))
        st = leie_yaml_fail(node, err, "the route io needs 'tables'");
    if (!st && n && (flows->route[LEIE_ROUTE_EWMFA] || flows->route[LEIE_ROUTE_RME]) && !leie_yaml_get(root, "flows"))
        st = leie_yaml_fail(node, err, "the routes ewmfa and rme need 'flows'");
    leie_study_free_strings(list, n);
    return st;
}

static leie_status read_averaging(leie_averaging *averaging, const leie_yaml *root, leie_error *err)
{
    const leie_yaml *node = leie_yaml_get(root, "averaging");
    if (!node)
        return LEIE_OK;
    averaging->centred = true;
    leie_status st = leie_yaml_known(node, averaging_keys, err);
    st = st ? st : leie_yaml_integer(node, "years", &averaging->years, err);
    st = st ? st : leie_yaml_flag(node, "centred", &averaging->centred, err);
    if (!st && (averaging->years < 2 || averaging->years > WINDOW_MAX))
        st = leie_yaml_fail(node, err, "'averaging' needs 'years' between 2 and %d", WINDOW_MAX);
    if (!st && averaging->centred && averaging->years % 2 == 0)
        st = leie_yaml_fail(node, err, "an average of %lld years has no centre: an odd number, or centred: false",
                            (long long)averaging->years);
    return st;
}

leie_status leie_study_read_flows(leie_study *study, const leie_yaml *root, leie_error *err)
{
    const leie_yaml *node = leie_yaml_get(root, "flows");
    leie_study_flows *flows = &study->flows;
    for (size_t i = 0; !node && i < sizeof needs_flows / sizeof needs_flows[0]; i++)
        if (leie_yaml_get(root, needs_flows[i]))
            return leie_yaml_fail(leie_yaml_get(root, needs_flows[i]), err, "'%s' needs 'flows'", needs_flows[i]);
    leie_status st = leie_study_path(&flows->materials, study, root, "materials", NULL, err);
    st = st ? st : leie_study_path(&flows->unit_values, study, root, "unit_values", NULL, err);
    st = st ? st : leie_study_path(&flows->products, study, root, "products", NULL, err);
    if (!st && (flows->unit_values.real || flows->products.real) && !flows->materials.real)
        st = leie_yaml_fail(root, err, "'unit_values' and 'products' need 'materials', the list of material codes");
    if (!node)
        return st ? st : read_routes(flows, root, err);
    flows->line = node->line;
    st = st ? st : read_path(study, root, node, err);
    st = st ? st : read_rme(study, root, err);
    st = st ? st : leie_study_path(&flows->gdp, study, root, "gdp", NULL, err);
    st = st ? st : read_routes(flows, root, err);
    st = st ? st : read_averaging(&flows->averaging, root, err);
    if (!st && !flows->materials.real)
        st = leie_yaml_fail(node, err, "'flows' need 'materials', the list of material codes "
                            "(datasets/classifications/ew_mfa.csv)");
    return st;
}
