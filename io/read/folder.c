// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/read/folder.h"

#include <stdio.h>
#include <string.h>

#include "io/read/container.h"
#include "io/read/lookup.h"
#include "io/read/read_impl.h"
#include "io/study/study_impl.h"

leie_status leie_folder_file(leie_place *place, const leie_place *folder, const char *file, leie_error *err)
{
    bool there = false;
    leie_status st = leie_place_in(place, folder, file, err);
    if (!st)
        st = leie_text_exists(&there, place->real, err);
    if (!there)
        leie_place_clear(place);
    return st;
}

leie_status leie_folder_read(const leie_place *folder, const char *name, bool needed, const leie_record_file *file,
                             void *ctx, leie_provenance *p, leie_error *err)
{
    leie_place place;
    leie_status st = needed ? leie_place_in(&place, folder, name, err) : leie_folder_file(&place, folder, name, err);
    if (!st && place.real)
        st = leie_records_read(&place, file, ctx, p, err);
    leie_place_clear(&place);
    return st;
}

// ---- table.yaml ----

static leie_status own_year(int *year, const leie_yaml *root, leie_error *err)
{
    leie_size own = 0;
    leie_status st = root ? leie_yaml_integer(root, "year", &own, err) : LEIE_OK;
    if (!st && own >= 0 && own <= 9999)
        *year = (int)own;
    return st;
}

// Words for what x is, as in a study.
static leie_status own_x(leie_x_choice *x_from, const leie_yaml *root, const leie_study_tables *spec, leie_error *err)
{
    int choice = (int)spec->x_choice;
    leie_status st = root && !spec->x_stated ? leie_study_choice(&choice, root, "x_from", leie_x_words, err) : LEIE_OK;
    *x_from = (leie_x_choice)choice;
    return st;
}

leie_status leie_folder_about(leie_table *t, leie_x_choice *x_from, const leie_place *folder,
                              const leie_study_tables *spec, int year, leie_error *err)
{
    static const char *const keys[] = {"year",   "currency", "unit",    "valuation", "prices",
                                       "system", "source",   "licence", "title",     "x_from",    NULL};
    leie_place place;
    leie_yaml *root = NULL;
    char sha256[65];
    leie_size bytes;
    leie_status st = leie_folder_file(&place, folder, "table.yaml", err);
    if (!st && place.real)
        st = leie_yaml_read(&root, place.real, sha256, &bytes, err);
    if (!st && root)
        st = leie_yaml_known(root, keys, err);
    if (!st && year == 0)
        st = own_year(&year, root, err);
    if (!st)
        st = leie_read_strings(t, spec, year, root, err);
    if (!st && x_from)
        st = own_x(x_from, root, spec, err);
    if (!st && root)
        st = leie_provenance_source(&t->provenance, "table", place.shown, "yaml", bytes, sha256, err);
    leie_yaml_free(root);
    leie_place_clear(&place);
    return st;
}

// ---- extensions ----

leie_status leie_folder_extension(char *file, size_t size, const char *prefix, const char *name, leie_error *err)
{
    if (snprintf(file, size, "%s%s.csv", prefix, name) < (int)size)
        return LEIE_OK;
    return leie_fail(err, LEIE_ERR_DATA, "the name of extension '%.40s...' is too long", name);
}

// The name inside F_<name>.csv, F_Y_<name>.csv, with or without .gz; false for other files.
static bool extension_name(char name[LEIE_LABEL_SIZE], const char *file)
{
    size_t length = strlen(file);
    if (length > 3 && strcmp(file + length - 3, ".gz") == 0)
        length -= 3;
    size_t prefix = strncmp(file, "F_Y_", 4) == 0 ? 4 : strncmp(file, "F_", 2) == 0 ? 2 : 0;
    if (!prefix || length < prefix + 5 || strncmp(file + length - 4, ".csv", 4) != 0 || length >= LEIE_LABEL_SIZE)
        return false;
    memcpy(name, file + prefix, length - prefix - 4);
    name[length - prefix - 4] = '\0';
    return true;
}

// Files are sorted, names without F_ and F_Y_ are not yet: sorted by insertion.
static leie_status sort_names(leie_labels *names, leie_error *err)
{
    leie_labels sorted = {0};
    for (leie_size k = 0; k < names->n; k++) {
        const char *next = NULL;
        for (leie_size i = 0; i < names->n; i++)
            if (leie_labels_find(&sorted, names->code[i]) < 0 && (!next || strcmp(names->code[i], next) < 0))
                next = names->code[i];
        leie_size at = leie_labels_add(&sorted, next, NULL, NULL, NULL, err);
        if (at < 0) {
            leie_labels_clear(&sorted);
            return (leie_status)at;
        }
    }
    leie_labels_clear(names);
    *names = sorted;
    return LEIE_OK;
}

leie_status leie_folder_extensions(leie_labels *names, const leie_place *folder, leie_error *err)
{
    char name[LEIE_LABEL_SIZE];
    leie_labels files = {0};
    leie_status st = leie_container_list(&files, folder->real, err);
    for (leie_size i = 0; !st && i < files.n; i++) {
        if (!extension_name(name, files.code[i]) || leie_labels_find(names, name) >= 0)
            continue;
        leie_size at = leie_labels_add(names, name, NULL, NULL, NULL, err);
        st = at < 0 ? (leie_status)at : LEIE_OK;
    }
    leie_labels_clear(&files);
    return st ? st : sort_names(names, err);
}

static leie_status read_extension(leie_table *t, const leie_place *folder, const char *name, const leie_place *list,
                                  leie_error *err)
{
    leie_place F = {0}, F_Y = {0};
    char file[LEIE_LABEL_SIZE];
    leie_status st = leie_folder_extension(file, sizeof file, "F_", name, err);
    if (!st)
        st = leie_folder_file(&F, folder, file, err);
    if (!st)
        st = leie_folder_extension(file, sizeof file, "F_Y_", name, err);
    if (!st)
        st = leie_folder_file(&F_Y, folder, file, err);
    leie_extension_files files = {.name = name, .F = &F, .F_Y = &F_Y, .list = list};
    if (!st)
        st = leie_extension_read(t, &files, err);
    leie_place_clear(&F);
    leie_place_clear(&F_Y);
    return st;
}

leie_status leie_folder_read_extensions(leie_table *t, const leie_place *folder, const leie_labels *names,
                                        leie_error *err)
{
    leie_place list = {0};
    leie_status st = leie_folder_file(&list, folder, "stressors.csv", err);
    for (leie_size i = 0; !st && i < names->n; i++)
        st = read_extension(t, folder, names->code[i], &list, err);
    leie_place_clear(&list);
    return st;
}
