// SPDX-License-Identifier: GPL-3.0-or-later
/* What leaves the program: tables and results as workbooks, results as CSV; and Eurostat's tables coming in. */
#define _XOPEN_SOURCE 700
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "io/leie_io.h"
#include "tests/faults/faults.h"

static char book[96], csv[96], result[96], cube[128];

static void prepare(void)
{
    if (book[0])
        return;
    fault_path(book, sizeof book, "export.xlsx");
    fault_path(result, sizeof result, "result.nc");
    fault_path(csv, sizeof csv, "csv");
    fault_path(cube, sizeof cube, "naio_10_cp1700.tsv");
    FILE *file = fopen(cube, "w");
    if (!file)
        exit(2);
    fputs("freq,unit,stk_flow,prd_use,prd_ava,geo\\TIME_PERIOD\t2015 \n", file);
    static const char *const use[] = {"CPA_A01", "CPA_L68A", "CPA_L68", "P3_S14", "P52", "P53", "P5M"};
    for (int i = 0; i < 7; i++)
        fprintf(file, "A,MIO_EUR,DOM,%s,CPA_A01,BE\t%d \nA,MIO_EUR,DOM,%s,CPA_L68A,BE\t%d \nA,MIO_EUR,IMP,%s,CPA_A01,BE\t1 \n", use[i],
                i + 1, use[i], 2 * i + 1, use[i]);
    fclose(file);
}

static leie_status open_study(leie_study *s, leie_error *err)
{
    prepare();
    return leie_study_read(s, "tests/cases/tiny/study.yaml", 0, NULL, err);
}

static leie_status export_table_xlsx(leie_error *err)
{
    leie_study s = {0};
    leie_table t = {0};
    leie_status st = open_study(&s, err);
    st = st ? st : leie_assemble(&t, &s, 2015, NULL, err);
    st = st ? st : leie_write_xlsx_table(book, &t, err);
    if (st && access(book, F_OK) == 0)
        st = leie_fail(NULL, LEIE_ERR_CHECK, "half a workbook is left");
    unlink(book);
    leie_table_clear(&t);
    leie_study_clear(&s);
    return st;
}
FAULT_SCENARIO(export_table_xlsx, export_table_xlsx)

static leie_status export_result(bool workbook, leie_error *err)
{
    leie_study s = {0};
    leie_dataset ds = {0};
    leie_run_info info = {0};
    leie_run_opts opts = {.output = result, .force = true};
    leie_size files;
    leie_status st = open_study(&s, err);
    st = st ? st : leie_run(&ds, &s, &opts, NULL, &info, err);
    if (!st)
        st = workbook ? leie_write_xlsx_result(book, &ds, err) : leie_write_result_csv(&files, csv, &ds, err);
    unlink(book);
    leie_dataset_clear(&ds);
    leie_run_info_clear(&info);
    leie_study_clear(&s);
    return st;
}

static leie_status export_result_xlsx(leie_error *err)
{
    return export_result(true, err);
}
FAULT_SCENARIO(export_result_xlsx, export_result_xlsx)

static leie_status export_result_csv(leie_error *err)
{
    return export_result(false, err);
}
FAULT_SCENARIO(export_result_csv, export_result_csv)

static leie_status import_cube(leie_error *err)
{
    leie_study s = {0};
    leie_table t = {0};
    prepare();
    leie_status st = leie_study_of_table(&s, "eurostat_iot", cube, 2015, 0, NULL, err);
    st = st ? st : leie_assemble(&t, &s, 2015, NULL, err);
    leie_table_clear(&t);
    leie_study_clear(&s);
    return st;
}
FAULT_SCENARIO(import_cube, import_cube)
