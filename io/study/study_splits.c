// SPDX-License-Identifier: GPL-3.0-or-later
/* The sectors that a study cuts into parts. */
#include "io/study/study_impl.h"
#include "kernels/memory.h"

static const char *const split_keys[] = {"sector", "regions", "parts", "weights", "normalise", NULL};

void leie_study_split_clear(leie_study_split *split)
{
    leie_free(split->sector);
    leie_labels_clear(&split->part);
    leie_study_free_strings(split->region, split->regions);
    leie_study_path_clear(&split->weights);
    *split = (leie_study_split){0};
}

static leie_status read_split(leie_study_split *split, const leie_study *study, const leie_yaml *map, leie_error *err)
{
    split->line = map->line;
    leie_status st = leie_yaml_known(map, split_keys, err);
    st = st ? st : leie_study_string(&split->sector, map, "sector", err);
    st = st ? st : leie_study_strings(&split->region, &split->regions, map, "regions", err);
    st = st ? st : leie_study_labels(&split->part, map, "parts", LEIE_STUDY_NAME, err);
    st = st ? st : leie_study_path(&split->weights, study, map, "weights", NULL, err);
    st = st ? st : leie_yaml_flag(map, "normalise", &split->normalise, err);
    if (st)
        return st;
    if (!split->sector)
        return leie_yaml_fail(map, err, "a disaggregation needs 'sector', the code that is cut");
    if (split->part.n < 2)
        return leie_yaml_fail(map, err, "a disaggregation needs 'parts', at least two codes");
    if (!split->weights.real)
        return leie_yaml_fail(map, err, "a disaggregation needs 'weights' (part,what,in,region,item,value)");
    return LEIE_OK;
}

leie_status leie_study_splits_read(leie_study *study, const char *path, leie_error *err)
{
    static const char *const keys[] = {"leie", "disaggregate", NULL};
    leie_yaml *root = NULL;
    leie_status st = leie_study_begin(study, &root, path, 0, NULL, err);
    st = st ? st : leie_yaml_known(root, keys, err);
    st = st ? st : leie_study_read_splits(study, root, err);
    if (!st && study->splits == 0)
        st = leie_yaml_fail(root, err, "no 'disaggregate': nothing to cut");
    leie_yaml_free(root);
    if (st)
        leie_study_clear(study);
    return st;
}

leie_status leie_study_read_splits(leie_study *study, const leie_yaml *root, leie_error *err)
{
    const leie_yaml *node = leie_yaml_get(root, "disaggregate");
    if (!node)
        return LEIE_OK;
    study->split = leie_new(leie_study_items(node), sizeof *study->split);
    if (!study->split)
        return leie_fail_memory(err, "disaggregations", leie_study_items(node), sizeof *study->split);
    leie_status st = LEIE_OK;
    for (leie_size i = 0; i < leie_study_items(node) && !st; i++)
        st = read_split(&study->split[study->splits++], study, leie_study_item(node, i), err);
    return st;
}
