// SPDX-License-Identifier: GPL-3.0-or-later
/* The main job on tests/cases/tiny, its parts, and what follows it. */
#define _XOPEN_SOURCE 700
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "io/leie_io.h"
#include "tests/faults/faults.h"

#define STUDY "tests/cases/tiny/study.yaml"
#define NATIONAL "tests/cases/national/study.yaml"
#define BUILT "tests/cases/tiny/built.yaml"
#define FLOWS "tests/cases/ewmfa/study.yaml"
#define BOTH "tests/cases/ewmfa/both.yaml"
#define PRICED "tests/cases/ewmfa/priced.yaml"
#define DIRECT "tests/cases/ewmfa/direct.yaml"
#define DIRECT_ALL "tests/cases/ewmfa/direct_all.yaml"

static char fresh[96], kept[96], table[96], file[96];

/* Where files go. */
static void prepare(void)
{
    fault_path(fresh, sizeof fresh, "fresh.nc");
    fault_path(kept, sizeof kept, "kept.nc");
    fault_path(table, sizeof table, "table");
    fault_path(file, sizeof file, "table.nc");
}

static leie_status run_study(const char *path, char *set, const char *output, leie_error *err)
{
    leie_study study = {0};
    leie_dataset ds = {0};
    leie_run_info info = {0};
    leie_run_opts opts = {.output = output};
    leie_status st = leie_study_read(&study, path, set ? 1 : 0, &set, err);
    if (!st)
        st = leie_run(&ds, &study, &opts, NULL, &info, err);
    leie_dataset_clear(&ds);
    leie_run_info_clear(&info);
    leie_study_clear(&study);
    return st;
}

/* A failed run leaves no result file where there was none. */
static leie_status run_set(const char *path, char *set, leie_error *err)
{
    prepare();
    unlink(fresh);
    leie_status st = run_study(path, set, fresh, err);
    if (st && access(fresh, F_OK) == 0) {
        fprintf(stderr, "    a failed run left %s behind\n", fresh);
        return LEIE_ERR_CHECK;
    }
    return st;
}

static leie_status run_fresh(const char *path, leie_error *err)
{
    return run_set(path, NULL, err);
}

static leie_status study(leie_error *err)
{
    leie_study s = {0};
    leie_status st = leie_study_read(&s, STUDY, 0, NULL, err);
    leie_study_clear(&s);
    return st;
}
FAULT_SCENARIO(study, study)

static leie_status run(leie_error *err)
{
    return run_fresh(STUDY, err);
}
FAULT_SCENARIO(run, run)

/* Aggregated, characterised and nested. */
static leie_status run_built(leie_error *err)
{
    return run_fresh(BUILT, err);
}
FAULT_SCENARIO(run_built, run_built)

/* Material flows alone, with coefficients, averages and targets; and beside tables. */
static leie_status run_flows(leie_error *err)
{
    return run_fresh(FLOWS, err);
}
FAULT_SCENARIO(run_flows, run_flows)

static leie_status run_both(leie_error *err)
{
    return run_fresh(BOTH, err);
}
FAULT_SCENARIO(run_both, run_both)

/* Coefficients per EUR at reference prices. */
static leie_status run_priced(leie_error *err)
{
    return run_fresh(PRICED, err);
}
FAULT_SCENARIO(run_priced, run_priced)

/* Targets of the route io, one of them without a series. */
static leie_status run_io_targets(leie_error *err)
{
    char set[] = "targets=targets_io.csv";
    return run_set(DIRECT, set, err);
}
FAULT_SCENARIO(run_io_targets, run_io_targets)

/* Gross trade and direct flows under scenarios. */
static leie_status run_scenario_flows(leie_error *err)
{
    return run_fresh(DIRECT_ALL, err);
}
FAULT_SCENARIO(run_scenario_flows, run_scenario_flows)

/* A matrix file with signed inputs, closed by its imports. */
static leie_status run_national(leie_error *err)
{
    return run_fresh(NATIONAL, err);
}
FAULT_SCENARIO(run_national, run_national)

/* The years of an older result are taken over, or computed when there is no memory to read it; a failure
 * leaves the old file. */
static leie_status run_again(leie_error *err)
{
    prepare();
    leie_status st = run_study(STUDY, NULL, kept, err);
    if (st && fault_struck() && access(kept, R_OK) != 0) {
        fprintf(stderr, "    a failed run removed %s\n", kept);
        return LEIE_ERR_CHECK;
    }
    return st;
}
FAULT_SCENARIO_RECOVERS(run_again, run_again)

/* The result file is read back (run_again has written it). */
static leie_status show(leie_error *err)
{
    prepare();
    leie_dataset ds = {0};
    leie_status st = leie_netcdf_read(&ds, kept, false, err);
    leie_dataset_clear(&ds);
    return st;
}
FAULT_SCENARIO(show, show)

static leie_status assemble(leie_table *t, leie_error *err)
{
    leie_study s = {0};
    leie_status st = leie_study_read(&s, STUDY, 0, NULL, err);
    if (!st)
        st = leie_assemble(t, &s, 2015, NULL, err);
    leie_study_clear(&s);
    return st;
}

/* Assembled and written as a CSV folder. */
static leie_status export_table(leie_error *err)
{
    prepare();
    leie_table t = {0};
    leie_status st = assemble(&t, err);
    if (!st)
        st = leie_write_csv_table(table, &t, 0, err);
    leie_table_clear(&t);
    return st;
}
FAULT_SCENARIO(export_table, export_table)

/* The same for pymrio. */
static leie_status export_pymrio(leie_error *err)
{
    prepare();
    leie_table t = {0};
    char place[sizeof table + 8];
    snprintf(place, sizeof place, "%s.txt", table);
    leie_status st = assemble(&t, err);
    if (!st)
        st = leie_write_pymrio(place, &t, 0, NULL, err);
    leie_table_clear(&t);
    return st;
}
FAULT_SCENARIO(export_pymrio, export_pymrio)

/* A sector cut, accounts of places with a firm, stocks and ports. */
static leie_status places(leie_error *err)
{
    prepare();
    leie_study s = {0};
    leie_run_info info = {0};
    leie_run_opts opts = {.output = file, .force = true};
    leie_status st = leie_study_read(&s, "tests/cases/places/study.yaml", 0, NULL, err);
    st = st ? st : leie_run(NULL, &s, &opts, NULL, &info, err);
    leie_run_info_clear(&info);
    leie_study_clear(&s);
    return st;
}
FAULT_SCENARIO(places, places)

/* Imported anew into a table file. */
static leie_status import_table(leie_error *err)
{
    prepare();
    leie_table t = {0};
    leie_study s = {0};
    bool same;
    leie_import_opts opts = {.output = file, .force = true};
    leie_status st = leie_study_open(&s, "tests/cases/tiny/2015", 0, NULL, err);
    st = st ? st : leie_import(&t, &same, &s, 2015, &opts, NULL, err);
    leie_table_clear(&t);
    leie_study_clear(&s);
    return st;
}
FAULT_SCENARIO(import_table, import_table)

/* The table file as a study (import_table has written it). */
static leie_status read_table_file(leie_error *err)
{
    prepare();
    leie_table t = {0};
    leie_study s = {0};
    leie_status st = leie_study_open(&s, file, 0, NULL, err);
    st = st ? st : leie_assemble(&t, &s, 2015, NULL, err);
    leie_table_clear(&t);
    leie_study_clear(&s);
    return st;
}
FAULT_SCENARIO(read_table_file, read_table_file)

/* The accounts by each back end, and their identities. */
static leie_status check_by(leie_solver solver, leie_error *err)
{
    leie_table t = {0};
    leie_account_regions q = {0};
    leie_accounts a = {0};
    leie_identities list = {0};
    leie_accounts_opts opts = {.by = ~(unsigned)LEIE_ONLY_FOOTPRINTS, .linsys = {.method = solver}};
    leie_status st = assemble(&t, err);
    if (!st)
        st = leie_account_regions_all(&q, &t.sector, err);
    if (!st)
        st = leie_accounts_make(&a, &t, &q, &opts, err);
    if (!st)
        st = leie_identities_table(&list, &t, err);
    if (!st)
        st = leie_identities_accounts(&list, &t, &q, &a, err);
    leie_identities_clear(&list);
    leie_accounts_clear(&a);
    leie_account_regions_clear(&q);
    leie_table_clear(&t);
    return st;
}

static leie_status check_lu(leie_error *err)
{
    return check_by(LEIE_SOLVER_LU, err);
}
FAULT_SCENARIO(check_lu, check_lu)

static leie_status check_mixed(leie_error *err)
{
    return check_by(LEIE_SOLVER_MIXED, err);
}
FAULT_SCENARIO(check_mixed, check_mixed)

static leie_status check_klu(leie_error *err)
{
    return check_by(LEIE_SOLVER_KLU, err);
}
FAULT_SCENARIO(check_klu, check_klu)

static leie_status check_sparse(leie_error *err)
{
    return check_by(LEIE_SOLVER_SPARSE, err);
}
FAULT_SCENARIO(check_sparse, check_sparse)

static leie_status check_block(leie_error *err)
{
    return check_by(LEIE_SOLVER_BLOCK, err);
}
FAULT_SCENARIO(check_block, check_block)
