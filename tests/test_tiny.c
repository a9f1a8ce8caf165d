// SPDX-License-Identifier: GPL-3.0-or-later
/* The main job on tests/cases/tiny against its answers, which numpy drew up with the inverse. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/leie_io.h"
#include "tests/check.h"

enum { ANSWERS = 144 };

typedef struct answer {
    int year;
    char account[32], region[16], stressor[16], origin[16];
    double value;
} answer;

/* Fields of a line between commas, which may be empty. */
static void read_answer(answer *a, char *line)
{
    char *field[6] = {line};
    for (int i = 1; i < 6 && field[i - 1]; i++) {
        field[i] = strchr(field[i - 1], ',');
        if (field[i])
            *field[i]++ = '\0';
    }
    if (!check_true(field[5] != NULL))
        return;
    a->year = atoi(field[0]);
    snprintf(a->account, sizeof a->account, "%s", field[1]);
    snprintf(a->region, sizeof a->region, "%s", field[2]);
    snprintf(a->stressor, sizeof a->stressor, "%s", field[3]);
    snprintf(a->origin, sizeof a->origin, "%s", field[4]);
    a->value = strtod(field[5], NULL);
}

/* Position of a label in a text coordinate, of a number in `year`. */
static leie_size place(const leie_dataset *ds, const char *dim, const char *label)
{
    const leie_var *v = leie_dataset_find(ds, dim);
    for (leie_size i = 0; v && i < v->count; i++)
        if (v->type == LEIE_VAR_TEXT ? strcmp(v->text[i], label) == 0 : v->integer[i] == atoi(label))
            return i;
    return -1;
}

/* Value of an account: D_cba(scenario, year, region, stressor), or with an origin before the stressor. */
static double value(const leie_dataset *ds, const answer *a)
{
    bool origin = a->origin[0] != '\0';
    const leie_var *v = leie_dataset_find(ds, origin ? "footprint_origin" : a->account);
    char year[16];
    snprintf(year, sizeof year, "%d", a->year);
    leie_size at = place(ds, "year", year), regions = ds->dim[leie_dataset_find_dim(ds, "region")].n;
    at = at * regions + place(ds, "region", a->region);
    if (origin)
        at = at * ds->dim[leie_dataset_find_dim(ds, "origin")].n + place(ds, "origin", a->origin);
    at = at * ds->dim[leie_dataset_find_dim(ds, "stressor")].n + place(ds, "stressor", a->stressor);
    return check_true(v && at >= 0 && at < v->count) ? v->number[at] : 0;
}

static void run_tiny(leie_dataset *ds, const char *solver)
{
    leie_error err = {0};
    leie_study study = {0};
    leie_run_info info = {0};
    char output[512], method[64], *set[] = {method};
    snprintf(output, sizeof output, "%s/tiny.nc", check_folder());
    snprintf(method, sizeof method, "solver.method=%s", solver);
    leie_run_opts opts = {.output = output};
    check_ok(leie_study_read(&study, "tests/cases/tiny/study.yaml", 1, set, &err), &err);
    check_ok(leie_run(ds, &study, &opts, NULL, &info, &err), &err);
    check_true(info.converged);
    leie_run_info_clear(&info);
    leie_study_clear(&study);
}

static void compare(const char *solver)
{
    leie_dataset ds = {0};
    char line[256];
    int read = 0;
    run_tiny(&ds, solver);
    FILE *file = fopen("tests/cases/tiny/answers.csv", "r");
    if (!check_true(file != NULL))
        return;
    bool header = fgets(line, sizeof line, file) != NULL;
    while (header && fgets(line, sizeof line, file)) {
        answer a = {0};
        read_answer(&a, line);
        check_close(value(&ds, &a), a.value, 1e-10, 1e-9);
        read++;
    }
    check_size(read, ANSWERS);
    fclose(file);
    leie_dataset_clear(&ds);
}

static void test_lu(void)
{
    compare("lu");
}

static void test_sparse(void)
{
    compare("sparse");
}

static void test_block(void)
{
    compare("block");
}

CHECK_SUITE(tiny, {"answers by dense LU", test_lu, NULL}, {"answers by sparse LU", test_sparse, NULL},
            {"answers by iteration over regions", test_block, NULL})
