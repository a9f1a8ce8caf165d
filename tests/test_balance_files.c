// SPDX-License-Identifier: GPL-3.0-or-later
/* Files of `leie balance`: what is read, what is refused, what is written. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "io/read/csv.h"
#include "io/read/read_balance.h"
#include "io/write/write_balance.h"
#include "tests/balance_tables.h"
#include "tests/check.h"
#include "tests/write_files.h"

static const char PRIOR[] = "row,col,value\nBE-a,x,7\nBE-a,y,3\nBE-b,x,2\nBE-b,y,9\nFR-a,x,-1\nFR-a,z,4\nFR-a,y,0\n";
static const char U[] = "label,value,sd\nFR-a,3,\nBE-a,11,0.5\n", V[] = "value,label\n9,x\n";

// Reads the files given, NULL for none.
static leie_status read_files(leie_balance_input *in, const char *prior, const char *blocks, const char *fixed,
                              const char *bounds, const char *reliability, leie_error *err)
{
    const char *folder = check_folder();
    char path[7][1024];
    const char *text[7] = {prior, U, V, blocks, fixed, bounds, reliability};
    for (int k = 0; k < 7; k++) {
        char name[32];
        snprintf(name, sizeof name, "file%d.csv", k);
        if (text[k])
            snprintf(path[k], sizeof path[k], "%s", write_text(folder, name, text[k]));
    }
    leie_balance_files files = {path[0],
                                path[1],
                                path[2],
                                blocks ? path[3] : NULL,
                                fixed ? path[4] : NULL,
                                bounds ? path[5] : NULL,
                                reliability ? path[6] : NULL};
    *in = (leie_balance_input){0};
    return leie_read_balance(in, &files, err);
}

static void test_long(void)
{
    leie_error err = {0};
    leie_balance_input in;
    check_ok(read_files(&in, PRIOR, NULL, NULL, NULL, NULL, &err), &err);
    check_size(in.prior.nnz, 6);
    check_size(in.row.n, 3);
    check_size(in.col.n, 3);
    check_near(cell_of(&in.prior, 2, 0), -1, 0);
    check_near(in.row_total[0], 11, 0);
    check_near(in.row_sd[0], .5, 0);
    check_true(isnan(in.row_total[1]));
    check_near(in.row_total[2], 3, 0);
    check_near(in.col_total[0], 9, 0);
    check_true(isnan(in.col_total[1]));
    check_text(in.margins.row_name[2], "FR-a");
    leie_balance_input_clear(&in);
}

static void test_wide(void)
{
    leie_error err = {0};
    leie_balance_input in;
    check_ok(read_files(&in, ",x,y,z\nBE-a,7,3,0\nBE-b,2,9,0\nFR-a,-1,0,4\n", NULL, NULL, NULL, NULL, &err), &err);
    check_size(in.prior.nnz, 6);
    check_near(cell_of(&in.prior, 2, 2), 4, 0);
    check_text(in.col.code[1], "y");
    leie_balance_input_clear(&in);
}

static void test_cells(void)
{
    leie_error err = {0};
    leie_balance_input in;
    check_ok(read_files(&in, PRIOR,
                        "block,row,col,value,sd\nhome,BE*,*,20,2\nall,*,*,,\nhome,BE-a,x,,\nall,FR-a,z,25,\n",
                        "row,col,value\nBE-a,y,2.5\nFR-a,*,\n", "row,col,lower,upper\n*,*,-5,\nBE-b,x,1,3\n",
                        "row,col,sd,relative\n*,*,,0.1\nBE-b,*,2,\n", &err),
             &err);
    check_size(in.block.n, 2);
    check_text(in.block.name[0], "home");
    check_size(in.block.first[1], 4);
    check_size(in.block.first[2], 10);
    check_near(in.block.total[1], 25, 0);
    check_near(in.block.sd[0], 2, 0);
    check_near(in.prior.val[1], 2.5, 0);
    check_true(!in.fixed[0] && in.fixed[1] && !in.fixed[3] && in.fixed[4] && in.fixed[5]);
    check_near(in.lower[0], -5, 0);
    check_true(isinf(in.upper[0]));
    check_near(in.upper[2], 3, 0);
    check_near(in.variance[0], .49, 1e-15);
    check_near(in.variance[2], 4, 0);
    leie_balance_input_clear(&in);
}

static void refused(const char *prior, const char *blocks, const char *fixed, const char *bounds,
                    const char *reliability, const char *piece)
{
    leie_error err = {0};
    leie_balance_input in;
    check_status(read_files(&in, prior, blocks, fixed, bounds, reliability, &err), LEIE_ERR_DATA, &err);
    check_has(err.text, piece);
}

static void test_refused(void)
{
    refused("row,col,value\na,x,1\na,x,2\n", NULL, NULL, NULL, NULL, "file0.csv: row 'a', column 'x' is given twice");
    refused("row,col,value\na,x,1\n", NULL, NULL, NULL, NULL, "file1.csv:2: column 'label': unknown row 'FR-a'");
    refused(PRIOR, NULL, "row,col\nBE-c,x\n", NULL, NULL, "file4.csv:2: column 'row': unknown row 'BE-c'; 'BE-");
    refused(PRIOR, NULL, "row,col\nNL*,x\n", NULL, NULL, "no row begins as 'NL*' says");
    refused(PRIOR, NULL, "row,col\nBE-a,z\n", NULL, NULL, "file4.csv:2: the prior has no cell there");
    refused(PRIOR, "block,row,col,value\nB,*,*,\n", NULL, NULL, NULL, "block 'B' has no value in any record");
    refused(PRIOR, "block,row,col,value\nB,*,x,1\nB,*,y,2\n", NULL, NULL, NULL,
            "file3.csv:3: column 'value': the total of block 'B' was given before");
    refused(PRIOR, "block,row,col,value,sd\nB,*,x,1,\nB,*,y,,2\n", NULL, NULL, NULL,
            "file3.csv:3: column 'sd': a standard error without a value");
    refused(PRIOR, NULL, NULL, NULL, "row,col,sd,relative\n*,x,1,0.1\n",
            "one of sd and relative belongs here, found both");
    refused(PRIOR, NULL, NULL, NULL, "row,col,sd\n*,x,1\n", "no record for row 'BE-a', column 'y'");
    refused(PRIOR, NULL, NULL, "row,col,lower\n*,x,low\n", NULL, "file5.csv:2: column 'lower'");
}

static void test_sut(void)
{
    const char *folder = check_folder();
    char prior[1024], totals[1024];
    leie_error err = {0};
    leie_sut_input in = {0};
    snprintf(prior, sizeof prior, "%s",
             write_text(folder, "sut.csv",
                        "table,row,col,value\nuse,p,farms,10\nuse,q,homes,15\nsupply,p,farms,85\n"
                        "supply,q,mills,45\nimports,q,homes,2\n"));
    snprintf(totals, sizeof totals, "%s",
             write_text(folder, "totals.csv", "table,label,value\nuse,homes,17\nsupply,farms,90\nimports,total,3\n"));
    check_ok(leie_read_sut_prior(&in, prior, totals, &err), &err);
    check_size(in.product.n, 2);
    check_size(in.user.n, 2);
    check_size(in.industry.n, 2);
    check_near(cell_of(&in.supply, 1, 1), 45, 0);
    check_true(in.prior.imports != NULL);
    check_near(in.totals.imports, 3, 0);
    check_near(in.user_total[1], 17, 0);
    check_true(isnan(in.user_total[0]) && isnan(in.output[1]));
    leie_sut_input_clear(&in);
    write_text(folder, "totals.csv", "table,label,value\nuse,homes,17\nmake,homes,18\n");
    check_status(leie_read_sut_prior(&in, prior, totals, &err), LEIE_ERR_DATA, &err);
    check_has(err.text, "totals.csv:3: column 'table': 'make': expected use, supply or imports");
}

// What is written can be read as a prior again, with the same values.
static void test_round_trip(void)
{
    char folder[1024], path[1100];
    leie_error err = {0};
    leie_balance_input in, again = {0};
    leie_balance_report report;
    check_ok(read_files(&in, PRIOR, NULL, NULL, NULL, NULL, &err), &err);
    double before[6];
    memcpy(before, in.prior.val, sizeof before);
    in.prior.val[0] = 1 / 3.;
    in.prior.val[1] = 0;
    check_ok(leie_balance_report_make(&report, &in.prior, before, &in.margins, NULL, &err), &err);
    leie_balanced_part part = {NULL, &in.prior, &in.row, &in.col};
    snprintf(folder, sizeof folder, "%s", path_in(check_folder(), "out"));
    check_ok(leie_write_balance(folder, &part, 1, &report, &in.margins, &err), &err);
    snprintf(path, sizeof path, "%s/balanced.csv", folder);
    check_ok(leie_read_balance(&again, &(leie_balance_files){.prior = path}, &err), &err);
    check_size(again.prior.nnz, 5);
    check_near(again.prior.val[0], 1 / 3., 0);
    leie_csv csv = {0};
    bool more = true;
    check_ok(leie_csv_open_wide(&csv, path, &err), &err);
    for (int k = 0; k < 5; k++)
        check_ok(leie_csv_next(&csv, &more, &err), &err);
    check_true(more);
    check_ok(leie_csv_next(&csv, &more, &err), &err);
    check_true(!more); // the cell that became zero has no record
    leie_csv_close(&csv);
    leie_balance_input_clear(&again);
    leie_balance_report_clear(&report);
    leie_balance_input_clear(&in);
}

CHECK_SUITE(balance_files, {"a long prior with totals", test_long, NULL}, {"a wide prior", test_wide, NULL},
            {"blocks, fixed cells, bounds, reliabilities", test_cells, NULL}, {"refused", test_refused, NULL},
            {"supply and use", test_sut, NULL}, {"written and read", test_round_trip, NULL})
