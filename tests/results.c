// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/results.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "io/read/text.h"
#include "io/result/netcdf.h"
#include "tests/check.h"

enum { TEXT_SIZE = 2048, SETS = 8 };

// ---- runs ----

// The assignments of a set, in text; returns how many.
static leie_size split_sets(char *list[SETS], char text[TEXT_SIZE], const char *set)
{
    leie_size sets = 0;
    if (check_data())
        setenv("LEIE_DATA", check_data(), 1);
    snprintf(text, TEXT_SIZE, "%s", set ? set : "");
    for (char *rest = text, *item; sets < SETS && (item = strtok_r(rest, "|", &rest));)
        list[sets++] = item;
    return sets;
}

static void read_study(leie_study *study, const char *path, const char *set)
{
    leie_error err = {0};
    char text[TEXT_SIZE], *list[SETS];
    check_ok(leie_study_read(study, path, split_sets(list, text, set), list, &err), &err);
}

leie_size result_run(leie_dataset *ds, const char *study, const char *output, const char *set)
{
    leie_error err = {0};
    leie_study s = {0};
    leie_run_info info = {0};
    leie_run_opts opts = {.output = output};
    read_study(&s, study, set);
    check_ok(leie_run(NULL, &s, &opts, NULL, &info, &err), &err);
    check_true(info.converged);
    leie_size computed = info.computed;
    leie_run_info_clear(&info);
    leie_study_clear(&s);
    if (ds)
        check_ok(leie_netcdf_read(ds, output, false, &err), &err);
    return computed;
}

// A line about draws; the one on their continuation or on other inputs stays.
static void keep_text(void *ctx, leie_log_level level, int year, const char *text)
{
    result_stopping *s = ctx;
    (void)level;
    (void)year;
    if (strstr(text, "draw") && !strstr(s->text, "continues") && !strstr(s->text, "other inputs"))
        snprintf(s->text, sizeof s->text, "%s", text);
}

leie_status result_try(const char *study, const char *output, const char *set, int questions, result_stopping *s, leie_error *err)
{
    leie_study read = {0};
    leie_run_info info = {0};
    char text[TEXT_SIZE], *list[SETS];
    *s = (result_stopping){.left = questions < 0 ? 1 << 30 : questions};
    leie_status st = leie_study_read(&read, study, split_sets(list, text, set), list, err);
    const leie_run_opts opts = {.output = output};
    const leie_watch watch = {.ctx = s, .stop = result_stop, .log = keep_text};
    st = st ? st : leie_run(NULL, &read, &opts, &watch, &info, err);
    leie_run_info_clear(&info);
    leie_study_clear(&read);
    return st;
}

void result_assemble(leie_study *study, leie_table *t, const char *path, int year, const char *set)
{
    leie_error err = {0};
    *study = (leie_study){0};
    *t = (leie_table){0};
    read_study(study, path, set);
    check_ok(leie_assemble(t, study, year, NULL, &err), &err);
}

// ---- values ----

// Position of a label of length `size` in a coordinate.
static leie_size find_label(const leie_var *coordinate, const char *label, size_t size)
{
    for (leie_size i = 0; coordinate && i < coordinate->count; i++) {
        char number[32];
        const char *own = number;
        if (coordinate->type == LEIE_VAR_TEXT)
            own = coordinate->text[i];
        else
            snprintf(number, sizeof number, "%.17g", coordinate->number ? coordinate->number[i] : (double)coordinate->integer[i]);
        if (strlen(own) == size && strncmp(own, label, size) == 0)
            return i;
    }
    return -1;
}

// What `where` says about a dimension: position of its label, 0 for a dimension of one label, else -1.
static leie_size find_place(const leie_dataset *ds, const leie_dim *dim, const char *where)
{
    size_t length = strlen(dim->name);
    for (const char *at = where; *at; at += strcspn(at, "|"), at += *at == '|')
        if (strncmp(at, dim->name, length) == 0 && at[length] == '=')
            return find_label(leie_dataset_find(ds, dim->name), at + length + 1, strcspn(at + length + 1, "|"));
    return dim->n == 1 ? 0 : -1;
}

double result_value(const leie_dataset *ds, const char *name, const char *where)
{
    const leie_var *v = leie_dataset_find(ds, name);
    leie_size at = 0;
    for (int d = 0; v && d < v->rank; d++) {
        const leie_dim *dim = &ds->dim[v->dim[d]];
        leie_size place = find_place(ds, dim, where);
        if (place < 0) {
            printf("%s: no place along %s by '%s'\n", name, dim->name, where);
            check_true(place >= 0);
            return NAN;
        }
        at = at * dim->n + place;
    }
    return check_true(v && v->number) ? v->number[at] : NAN;
}

double result_sum(const leie_dataset *ds, const char *name, const char *dim, const char *begins, const char *where)
{
    const leie_var *labels = leie_dataset_find(ds, dim);
    double sum = 0;
    char full[512];
    for (leie_size i = 0; labels && i < labels->count; i++) {
        if (strncmp(labels->text[i], begins, strlen(begins)) != 0)
            continue;
        snprintf(full, sizeof full, "%s=%s|%s", dim, labels->text[i], where);
        sum += result_value(ds, name, full);
    }
    return sum;
}

leie_size result_size(const leie_dataset *ds, const char *dim)
{
    leie_size at = leie_dataset_find_dim(ds, dim);
    return at < 0 ? 0 : ds->dim[at].n;
}

const char *result_note(const leie_dataset *ds, const char *piece)
{
    const leie_var *v = leie_dataset_find(ds, "note_text");
    for (leie_size i = 0; v && i < v->count; i++)
        if (strstr(v->text[i], piece))
            return v->text[i];
    return "";
}

// ---- files ----

bool result_stop(void *stopping)
{
    result_stopping *s = stopping;
    return s->left-- <= 0;
}

bool result_same_file(const char *a, const char *b)
{
    const char *const path[2] = {a, b};
    leie_error err = {0};
    leie_size bytes;
    char hash[2][65] = {{0}};
    for (int i = 0; i < 2; i++) {
        leie_text text = {0};
        if (strstr(path[i], ".gz")) {
            check_ok(leie_text_read(&text, path[i], 0, &err), &err);
            leie_hash_bytes(hash[i], text.data, (size_t)text.size);
            leie_text_free(&text);
        } else
            check_ok(leie_hash_file(hash[i], &bytes, path[i], &err), &err);
    }
    return strcmp(hash[0], hash[1]) == 0;
}

static const char *python(void)
{
    const char *env = getenv("PYTHON");
    return env && env[0] ? env : "/usr/bin/python3";
}

int result_check_netcdf(const char *path)
{
    char command[2 * TEXT_SIZE];
    snprintf(command, sizeof command, "%s tests/check_netcdf.py '%s'", python(), path);
    int status = system(command);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

const char *result_needs_xarray(void)
{
    char command[TEXT_SIZE];
    snprintf(command, sizeof command, "%s -c 'import xarray, netCDF4' 2>/dev/null", python());
    return system(command) ? "no python with xarray and netCDF4 (PYTHON)" : NULL;
}
