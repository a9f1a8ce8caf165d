// SPDX-License-Identifier: GPL-3.0-or-later
#include "solver/table/table.h"
#include "tests/check.h"
#include "tests/toy_table.h"

#include <math.h>
#include <string.h>

static void test_provenance(void)
{
    leie_error err = {0};
    leie_provenance p = {0}, copy = {0};
    char long_text[3000];
    memset(long_text, 'a', sizeof long_text - 1);
    long_text[sizeof long_text - 1] = 0;
    check_ok(leie_provenance_source(&p, "Z", "tables/Z.csv.gz", "csv", 2385, "ab12", &err), &err);
    for (int i = 0; i < 20; i++)
        check_ok(leie_provenance_note(&p, LEIE_NOTE_REPAIRED, i, &err, "note %d %s", i, i == 19 ? long_text : ""),
                 &err);
    check_ok(leie_provenance_copy(&copy, &p, &err), &err);
    leie_provenance_clear(&p);
    check_size(copy.sources, 1);
    check_text(copy.source[0].path, "tables/Z.csv.gz");
    check_text(copy.source[0].sha256, "ab12");
    check_size(copy.source[0].bytes, 2385);
    check_size(copy.notes, 20);
    check_text(copy.note[7].text, "note 7 ");
    check_size(copy.note[7].count, 7);
    check_size((leie_size)strlen(copy.note[19].text), 8 + (leie_size)strlen(long_text));
    check_text(leie_note_name(LEIE_NOTE_DONE), "done");
    check_text(leie_note_name(LEIE_NOTE_REPAIRED), "repaired");
    leie_provenance_clear(&copy);
    leie_provenance_clear(&copy);
}

static void test_copy(void)
{
    leie_error err = {0};
    leie_table t, copy = {0};
    toy_table(&t, "BE a b c|FR a b", "BE household inventories|FR household", 2, 1);
    toy_fill(&t, 11, 0.6);
    check_ok(leie_table_copy(&copy, &t, &err), &err);
    check_true(leie_axis_same(&copy.sector, &t.sector));
    check_true(leie_axis_same(&copy.demand, &t.demand));
    for (leie_size i = 0; i < 5; i++)
        for (leie_size j = 0; j < 5; j++)
            check_near(leie_matrix_get(&copy.Z, i, j), leie_matrix_get(&t.Z, i, j), 0);
    check_true(memcmp(copy.Y, t.Y, 15 * sizeof *t.Y) == 0);
    check_true(memcmp(copy.F, t.F, 10 * sizeof *t.F) == 0);
    check_true(memcmp(copy.W, t.W, 5 * sizeof *t.W) == 0);
    check_text(copy.extension[1], "ext");
    check_text(copy.basis[1], "residence");
    check_text(copy.unit, "MEUR");
    check_true(copy.prices == NULL);
    check_size(copy.provenance.notes, t.provenance.notes);
    leie_table_clear(&t);
    leie_table_clear(&copy);
}

static void test_add_stressors(void)
{
    leie_error err = {0};
    leie_table t;
    leie_labels more = {0};
    toy_table(&t, "BE a b", "BE household", 1, 0);
    t.F[1] = 2.385;
    t.F_Y[0] = 7.5;
    leie_labels_add(&more, "CO2", "", "t", "", &err);
    leie_labels_add(&more, "CH4", "", "kg", "", &err);
    check_size(leie_table_add_stressors(&t, &more, "air", "territory", &err), 1);
    check_size(t.stressor.n, 3);
    check_near(t.F[1], 2.385, 0);
    check_near(t.F[2 * 2 + 1], 0, 0);
    check_near(t.F_Y[0], 7.5, 0);
    check_text(t.extension[0], "ext");
    check_text(t.extension[2], "air");
    check_text(t.basis[2], "territory");
    check_size(leie_table_add_stressors(&t, &more, "air", "", &err), LEIE_ERR_DATA);
    check_has(err.text, "label 'CO2' appears twice");
    check_size(t.stressor.n, 3);
    check_near(t.F[1], 2.385, 0);
    leie_labels_clear(&more);
    leie_table_clear(&t);
}

// Z and Y of eeio_mrio_small: x = 51, 15, 58, 50, 52, 39.
static void test_set_x(void)
{
    static const double x[6] = {51, 15, 58, 50, 52, 39}, given[6] = {51, 15, 58, 50, 52, 41.5};
    leie_error err = {0};
    leie_table t;
    toy_small_mrio(&t);
    for (int i = 0; i < 6; i++)
        check_near(t.x[i], x[i], 0);
    check_has(toy_note(&t, "output"), "output x is the row sum Z e + Y e");
    check_ok(leie_table_set_x(&t, LEIE_X_GIVEN, given, &err), &err);
    check_near(t.x[5], 41.5, 0);
    check_has(toy_note(&t, "differs"), "the row sum Z e + Y e differs from x in 1 of 6 sectors, most at reg2 s3: "
                                       "39 against 41.5 MEUR");
    leie_size notes = t.provenance.notes;
    check_status(leie_table_set_x(&t, LEIE_X_COLUMN, given, &err), LEIE_ERR_DATA, &err);
    check_has(err.text, "no primary inputs W");
    err = (leie_error){0};
    check_status(leie_table_set_x(&t, LEIE_X_GIVEN, NULL, &err), LEIE_ERR_DATA, &err);
    check_has(err.text, "gives no x");
    check_near(t.x[5], 41.5, 0);
    check_size(t.provenance.notes, notes);
    leie_table_clear(&t);
}

static void test_set_x_column(void)
{
    leie_error err = {0};
    leie_table t;
    toy_table(&t, "BE a b", "BE household", 0, 2);
    *toy_Z(&t, 0, 1) = 3;
    *toy_Z(&t, 1, 1) = 0.5;
    t.Y[0] = 10;
    t.Y[1] = 6;
    t.W[0] = 1e16; // a plain sum loses what is beside it
    t.W[2] = 13 - 1e16;
    t.W[1] = 3;
    check_ok(leie_table_set_x(&t, LEIE_X_COLUMN, NULL, &err), &err);
    check_near(t.x[0], 1e16 + (13 - 1e16), 0);
    check_near(t.x[1], 6.5, 0);
    t.sector.unit[1] = leie_free(t.sector.unit[1]);
    t.sector.unit[1] = leie_strdup("TJ");
    check_status(leie_table_set_x(&t, LEIE_X_COLUMN, NULL, &err), LEIE_ERR_DATA, &err);
    check_has(err.text, "different units: BE b in 'TJ', the first in 'MEUR'");
    leie_table_clear(&t);
}

static void test_inspect_notes(void)
{
    leie_error err = {0};
    leie_table t;
    toy_table(&t, "BE a b c|FR a", "BE household inventories", 2, 0);
    *toy_Z(&t, 0, 1) = -2.5;
    *toy_Z(&t, 3, 2) = 4;
    t.Y[0] = 10;
    t.Y[1] = -3;
    t.Y[2] = 8;
    t.Y[6] = -6;
    check_ok(leie_table_set_x(&t, LEIE_X_ROW, NULL, &err), &err);
    t.F[2] = 30; // f0 at BE c, which has x = 0
    t.F[1] = 90;
    check_ok(leie_table_inspect(&t, &err), &err);
    check_text(toy_note(&t, "without output:"), "1 sectors without output: BE c");
    check_text(toy_note(&t, "negative output"), "1 sectors with negative output, largest -2 MEUR at FR a");
    check_text(toy_note(&t, "purchases"), "1 purchases of sectors without output, largest 4 MEUR from FR a to BE c");
    check_text(toy_note(&t, "'f0'"), "30 t of 'f0' (25 %) on 1 sectors without output, largest at BE c");
    check_text(toy_note(&t, "'f1'"), "");
    check_text(toy_note(&t, "final demand Y"), "2 negative cells of final demand Y, together -9 MEUR, largest -6 MEUR "
                                               "from FR a to BE household");
    check_text(toy_note(&t, "use Z"), "1 negative cells of intermediate use Z, together -2.5 MEUR, largest -2.5 MEUR "
                                      "from BE a to BE b");
    leie_table_clear(&t);
}

// Columns are judged when the table is complete: x = 30, 7, and W may come after x was set.
static void test_inspect_columns(void)
{
    leie_error err = {0};
    leie_table t;
    toy_table(&t, "BE a b", "BE household", 0, 1);
    *toy_Z(&t, 0, 1) = 5;
    t.Y[0] = 25;
    t.Y[1] = 7;
    check_ok(leie_table_set_x(&t, LEIE_X_ROW, NULL, &err), &err);
    check_text(toy_note(&t, "column"), "");
    t.W[0] = 30;
    t.W[1] = 3.5;
    check_ok(leie_table_inspect(&t, &err), &err);
    check_text(toy_note(&t, "column"),
               "the column sum e'Z + e'W differs from x in 1 of 2 sectors, most at BE b: 8.5 against 7 MEUR");
    leie_table_clear(&t);
}

static void inspect_fails(leie_table *t, leie_status expected, const char *piece)
{
    leie_error err = {0};
    leie_size notes = t->provenance.notes;
    check_status(leie_table_inspect(t, &err), expected, &err);
    check_has(err.text, piece);
    check_size(t->provenance.notes, notes);
}

static void test_inspect_errors(void)
{
    leie_table t;
    toy_table(&t, "BE a b|FR a", "BE household|FR household", 1, 1);
    toy_fill(&t, 3, 0.8);
    *toy_Z(&t, 1, 2) = NAN;
    inspect_fails(&t, LEIE_ERR_DATA, "Z from BE b to FR a is nan: expected a finite number");
    *toy_Z(&t, 1, 2) = 1;
    t.Y[5] = INFINITY;
    inspect_fails(&t, LEIE_ERR_DATA, "Y of FR a at FR household is inf");
    t.Y[5] = 1;
    t.W[2] = NAN;
    inspect_fails(&t, LEIE_ERR_DATA, "W of w0 at FR a is nan");
    t.W[2] = 1;
    t.F[0] = NAN;
    inspect_fails(&t, LEIE_ERR_DATA, "F of f0 at BE a is nan");
    t.F[0] = 1;
    t.F_Y[1] = -INFINITY;
    inspect_fails(&t, LEIE_ERR_DATA, "F_Y of f0 at FR household is -inf");
    t.F_Y[1] = 1;
    t.x[1] = NAN;
    inspect_fails(&t, LEIE_ERR_DATA, "output x of BE b is nan");
    t.x[1] = 1;
    t.stressor.unit[0][0] = 0;
    inspect_fails(&t, LEIE_ERR_UNIT, "stressor 'f0' of extension 'ext' has no unit");
    t.unit[0] = 0;
    inspect_fails(&t, LEIE_ERR_UNIT, "sector BE a has no unit, and neither has the table");
    t.x = leie_free(t.x);
    inspect_fails(&t, LEIE_ERR_SHAPE, "x is missing");
    t.Z.cols = 2;
    inspect_fails(&t, LEIE_ERR_SHAPE, "Z is 3 x 2 for 3 sectors");
    leie_table_clear(&t);
    inspect_fails(&t, LEIE_ERR_SHAPE, "no sectors");
}

CHECK_SUITE(table, {"provenance", test_provenance, NULL}, {"copy", test_copy, NULL},
            {"add stressors", test_add_stressors, NULL}, {"set x", test_set_x, NULL},
            {"set x by column", test_set_x_column, NULL}, {"inspect: notes", test_inspect_notes, NULL},
            {"inspect: columns", test_inspect_columns, NULL},
            {"inspect: errors", test_inspect_errors, NULL})
