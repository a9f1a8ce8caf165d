// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/run/table_study.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "io/read/container.h"
#include "io/read/layout.h"
#include "io/read/text.h"
#include "io/result/netcdf.h"
#include "io/study/yaml.h"

static const char *const formats[] = {"csv", "triplets", "matrix", "netcdf", NULL}; // leie_format; else a layout
static const char STUDY[] = "leie: 1\nstudy: accounts\n"; // its table comes as assignments

static bool is_hdf5(const char *path)
{
    static const unsigned char mark[4] = {0x89, 'H', 'D', 'F'};
    unsigned char head[sizeof mark];
    FILE *file = leie_is_folder(path) ? NULL : fopen(path, "rb");
    bool same = file && fread(head, 1, sizeof head, file) == sizeof head && memcmp(head, mark, sizeof mark) == 0;
    if (file)
        fclose(file);
    return same;
}

leie_status leie_years_of_table(int **years, leie_size *n, const char *format, const char *path, leie_error *err)
{
    leie_layout layout = {0};
    leie_bundle bundle;
    leie_status st = leie_bundle_open(&bundle, path, err);
    if (st)
        return st;
    st = strcmp(format, "auto") == 0 ? leie_layout_detect(&layout, &bundle, err) : leie_layout_open(&layout, format, err);
    st = st ? st : leie_layout_years(years, n, &layout, &bundle, err);
    leie_layout_close(&layout);
    leie_bundle_close(&bundle);
    return st;
}

bool leie_format_is_ours(const char *format)
{
    return leie_yaml_word(format, formats) >= 0 || strcmp(format, "study") == 0;
}

leie_size leie_database_list(const char *const **name, char title[][LEIE_DATABASE_TITLE], leie_size most)
{
    leie_size n = 0;
    for (*name = leie_layout_names(); (*name)[n] && n < most; n++) {
        leie_layout layout;
        title[n][0] = '\0';
        if (leie_layout_open(&layout, (*name)[n], NULL))
            continue;
        const leie_yaml *what = leie_yaml_get(layout.root, "title"), *release = leie_yaml_get(layout.root, "release");
        snprintf(title[n], LEIE_DATABASE_TITLE, "%s%s%s", what ? what->text : "", release ? "; " : "",
                 release ? release->text : "");
        leie_layout_close(&layout);
    }
    return n;
}

// ---- the year that a table states ----

static leie_status year_of_folder(int *year, const char *path, leie_error *err)
{
    char file[4096], sha256[65];
    leie_yaml *root = NULL;
    leie_size bytes, stated = 0;
    bool there = false;
    snprintf(file, sizeof file, "%s/table.yaml", path);
    leie_status st = leie_text_exists(&there, file, err);
    if (!st && !there && access(path, F_OK) && errno == ENOENT) // behind an archive it would be ENOTDIR
        st = leie_fail(err, LEIE_ERR_IO, "%s: %s", path, strerror(errno));
    if (st || !there)
        return st;
    st = leie_yaml_read(&root, file, sha256, &bytes, err);
    st = st ? st : leie_yaml_integer(root, "year", &stated, err);
    *year = stated > 0 && stated < 10000 ? (int)stated : 0;
    leie_yaml_free(root);
    return st;
}

static leie_status year_of_file(int *year, const char *path, leie_error *err)
{
    leie_dataset ds = {0};
    leie_status st = leie_netcdf_describe(&ds, path, err);
    const leie_attribute *own = st ? NULL : leie_dataset_get(&ds, NULL, "year");
    if (!st && !leie_dataset_get(&ds, NULL, "leie_table"))
        st = leie_fail(err, LEIE_ERR_DATA, "%s: no table file of Leie: the attribute 'leie_table' is missing%s", path,
                       leie_dataset_find_dim(&ds, "scenario") < 0 ? "" : " (this is a result)");
    if (own && own->type == LEIE_VAR_INT && own->n == 1 && own->integer[0] > 0 && own->integer[0] < 10000)
        *year = (int)own->integer[0];
    leie_dataset_clear(&ds);
    return st;
}

// The year that the names of a database's files tell.
static leie_status year_of_database(int *year, const char *layout, const char *path, leie_error *err)
{
    int *years = NULL;
    leie_size n = 0;
    leie_status st = leie_years_of_table(&years, &n, layout, path, err);
    if (!st && n > 1)
        st = leie_fail(err, LEIE_ERR_USAGE, "%s: files of %lld years, %d to %d: give --year or --years", path,
                       (long long)n, years[0], years[n - 1]);
    *year = !st && n == 1 ? years[0] : 0;
    leie_free(years);
    return st;
}

static leie_status find_year(int *year, leie_format format, const char *layout, const char *path, leie_error *err)
{
    leie_status st = LEIE_OK;
    if (*year == 0 && format == LEIE_FORMAT_CSV)
        st = year_of_folder(year, path, err);
    else if (*year == 0 && format == LEIE_FORMAT_NETCDF)
        st = year_of_file(year, path, err);
    else if (*year == 0 && format == LEIE_FORMAT_LAYOUT)
        st = year_of_database(year, layout, path, err);
    if (!st && *year == 0)
        st = leie_fail(err, LEIE_ERR_USAGE, "%s: the table does not say its year: give --year", path);
    return st;
}

// ---- assignments ----

// What is done to the table once it is read is said by keys of the study, everything else by keys of its tables.
static bool is_of_study(const char *assignment)
{
    static const char *const keys[] = {"aggregate", "remove"};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        size_t length = strlen(keys[i]);
        if (strncmp(assignment, keys[i], length) == 0 && strchr(".=", assignment[length]) && assignment[length])
            return true;
    }
    return false;
}

/* "tables.path='it''s here'": a text of YAML in quotes. */
static leie_status quoted(char **assignment, const char *key, const char *text, leie_error *err)
{
    size_t size = strlen(key) + 2 * strlen(text) + 16;
    char *to = leie_new((leie_size)size, 1);
    *assignment = to;
    if (!to)
        return leie_fail_memory(err, key, (leie_size)size, 1);
    to += sprintf(to, "tables.%s='", key);
    for (; *text; text++) {
        if (*text == '\'')
            *to++ = '\'';
        *to++ = *text;
    }
    *to = '\'';
    return LEIE_OK;
}

static leie_status prefixed(char **assignment, const char *prefix, const char *text, leie_error *err)
{
    size_t size = strlen(prefix) + strlen(text) + 1;
    *assignment = leie_new((leie_size)size, 1);
    if (!*assignment)
        return leie_fail_memory(err, "--set", (leie_size)size, 1);
    snprintf(*assignment, size, "%s%s", prefix, text);
    return LEIE_OK;
}

/* The study around a table: three assignments of ours, then those of the caller behind a prefix. */
static leie_status wrap(leie_study *study, leie_format format, const char *layout, const char *path, int year, const char *prefix,
                        leie_size sets, char *const *set, leie_error *err)
{
    enum { OWN = 3 };
    char text[64];
    const char *key = format == LEIE_FORMAT_MATRIX && !leie_is_folder_or_archive(path) ? "Z" : "path";
    char **all = leie_new(OWN + sets, sizeof *all);
    leie_status st = all ? find_year(&year, format, layout, path, err) : leie_fail_memory(err, "--set", OWN + sets, sizeof *all);
    st = st ? st : quoted(&all[0], "format", format == LEIE_FORMAT_LAYOUT ? layout : formats[format], err);
    snprintf(text, sizeof text, "tables.year=%d", year);
    st = st ? st : prefixed(&all[1], "", text, err);
    st = st ? st : quoted(&all[2], key, path, err);
    for (leie_size i = 0; !st && i < sets; i++)
        st = prefixed(&all[OWN + i], is_of_study(set[i]) ? "" : prefix, set[i], err);
    st = st ? st : leie_study_parse(study, path, STUDY, OWN + sets, all, err);
    for (leie_size i = 0; all && i < OWN + sets; i++)
        leie_free(all[i]);
    leie_free(all);
    return st;
}

leie_status leie_study_of_table(leie_study *study, const char *format, const char *path, int year, leie_size sets,
                                char *const *set, leie_error *err)
{
    int at = leie_yaml_word(format, formats);
    if (at < 0 && strcmp(format, "auto") != 0 && !leie_layout_known(format))
        return leie_fail(err, LEIE_ERR_USAGE,
                         "unknown format '%.60s': csv, triplets, matrix, netcdf, auto or a database (`leie import --list` "
                         "names them)", format);
    return wrap(study, at < 0 ? LEIE_FORMAT_LAYOUT : (leie_format)at, format, path, year, "tables.", sets, set, err);
}

leie_status leie_study_open(leie_study *study, const char *path, leie_size sets, char *const *set, leie_error *err)
{
    if (leie_is_folder_or_archive(path))
        return wrap(study, LEIE_FORMAT_CSV, NULL, path, 0, "", sets, set, err);
    if (is_hdf5(path))
        return wrap(study, LEIE_FORMAT_NETCDF, NULL, path, 0, "", sets, set, err);
    return leie_study_read(study, path, sets, set, err);
}
