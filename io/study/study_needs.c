// SPDX-License-Identifier: GPL-3.0-or-later
/* The needs of a study: one list, or several by name; margins that go to the good bought, and
 * a concordance for products that the lists do not know. */
#include <ctype.h>
#include <string.h>

#include "io/study/study_impl.h"
#include "kernels/memory.h"

static const char *const need_keys[] = {"path", "overlapping", NULL};

// Dimensions that results have already.
static const char *const taken[] = {"scenario", "year", "region", "stressor", "sector", "product", "category", "origin", "supplier",
                                    "exporter", "importer", "material", "route", "indicator", "target", "margins", "concordance", NULL};

static leie_status check_name(const leie_yaml *node, const char *name, leie_error *err)
{
    bool good = isalpha((unsigned char)name[0]) && leie_yaml_word(name, taken) < 0 && strlen(name) < 32;
    for (const char *c = name; *c; c++)
        good &= isalnum((unsigned char)*c) || *c == '_';
    return good ? LEIE_OK
                : leie_yaml_fail(node, err, "'%s' cannot name a list of needs: a word of letters, digits and _ that no dimension "
                                            "of a result has", name);
}

static leie_status read_list(leie_study *study, const leie_yaml *map, const char *key, const char *name, leie_error *err)
{
    const leie_yaml *node = leie_yaml_get(map, key);
    leie_study_needs *list = &study->need[study->needs];
    leie_status st = check_name(node, name, err);
    st = st ? st : leie_study_set_string(&list->name, name, err);
    study->needs++;
    if (node->kind != LEIE_YAML_MAP)
        return st ? st : leie_study_path(&list->path, study, map, key, NULL, err);
    st = st ? st : leie_yaml_known(node, need_keys, err);
    st = st ? st : leie_study_path(&list->path, study, node, "path", NULL, err);
    st = st ? st : leie_yaml_flag(node, "overlapping", &list->overlapping, err);
    if (!st && !list->path.real)
        st = leie_yaml_fail(node, err, "'%s' needs 'path', a file of product,category,need[,weight]", name);
    return st;
}

leie_status leie_study_read_needs(leie_study *study, const leie_yaml *root, leie_error *err)
{
    const leie_yaml *node = leie_yaml_get(root, "needs");
    if (!node)
        return LEIE_OK;
    if (!leie_yaml_get(root, "tables"))
        return leie_yaml_fail(node, err, "'needs' need 'tables'");
    leie_size n = node->kind == LEIE_YAML_MAP ? node->n : 1;
    study->need = leie_new(n, sizeof *study->need);
    if (!study->need)
        return leie_fail_memory(err, "needs", n, sizeof *study->need);
    if (node->kind != LEIE_YAML_MAP)
        return read_list(study, root, "needs", "need", err);
    leie_status st = LEIE_OK;
    for (leie_size i = 0; !st && i < n; i++) {
        if (strcmp(node->key[i], "margins") == 0)
            st = leie_study_path(&study->margins, study, node, "margins", NULL, err);
        else if (strcmp(node->key[i], "concordance") == 0)
            st = leie_study_path(&study->needs_concordance, study, node, "concordance", NULL, err);
        else
            st = read_list(study, node, node->key[i], node->key[i], err);
    }
    if (!st && study->needs == 0)
        st = leie_yaml_fail(node, err, "'needs' has no list");
    return st;
}

void leie_study_needs_clear(leie_study *study)
{
    for (leie_size i = 0; i < study->needs; i++) {
        leie_free(study->need[i].name);
        leie_study_path_clear(&study->need[i].path);
    }
    leie_free(study->need);
    leie_study_path_clear(&study->margins);
    leie_study_path_clear(&study->needs_concordance);
}
