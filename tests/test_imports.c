// SPDX-License-Identifier: GPL-3.0-or-later
#include "solver/build/imports.h"
#include "tests/check.h"
#include "tests/toy_table.h"

#include <math.h>
#include <string.h>

enum { SECTORS = 4, COLUMNS = 3 };

// A country with imports for production, consumption and re-export.
typedef struct nation {
    leie_table t;
    leie_matrix Zm;
    double Ym[SECTORS * COLUMNS];
} nation;

static void make_nation(nation *c, uint64_t seed)
{
    leie_error err = {0};
    *c = (nation){0};
    toy_table(&c->t, "BE a b c d", "BE household gfcf export", 2, 1);
    toy_fill(&c->t, seed, 0.8);
    check_ok(leie_matrix_new_dense(&c->Zm, SECTORS, SECTORS, &err), &err);
    for (leie_size i = 0; i < SECTORS; i++) {
        for (leie_size j = 0; j < SECTORS; j++)
            c->Zm.val[i * c->Zm.ld + j] = 20 * check_random(&seed);
        for (leie_size f = 0; f < COLUMNS; f++)
            c->Ym[i * COLUMNS + f] = 30 * check_random(&seed) - (f == 1 ? 5 : 0);
    }
    for (leie_size j = 0; j < SECTORS; j++) { // W closes the columns
        c->t.W[j] = c->t.x[j];
        for (leie_size i = 0; i < SECTORS; i++)
            c->t.W[j] -= *toy_Z(&c->t, i, j) + c->Zm.val[i * c->Zm.ld + j];
    }
}

static void clear_nation(nation *c)
{
    leie_table_clear(&c->t);
    leie_matrix_free(&c->Zm);
}

static double row_sum(const leie_table *t, leie_size i)
{
    double sum = leie_sum(t->Y + i * t->demand.n, t->demand.n, 1);
    for (leie_size j = 0; j < t->sector.n; j++)
        sum += leie_matrix_get(&t->Z, i, j);
    return sum;
}

static double column_sum(const leie_table *t, leie_size j)
{
    double sum = leie_sum(t->W + j, t->input.n, t->sector.n);
    for (leie_size i = 0; i < t->sector.n; i++)
        sum += leie_matrix_get(&t->Z, i, j);
    return sum;
}

static void test_domestic_technology(void)
{
    leie_error err = {0};
    nation c;
    make_nation(&c, 3);
    leie_table old = {0};
    check_ok(leie_table_copy(&old, &c.t, &err), &err);
    check_ok(
        leie_table_close_imports(&c.t, "IMP", "Imports", LEIE_IMPORTS_DOMESTIC_TECHNOLOGY, &c.Zm, c.Ym, NULL, &err),
        &err);
    leie_table *t = &c.t;
    check_size(t->sector.n, 2 * SECTORS);
    check_text(t->sector.region.name[1], "Imports");
    check_size(t->demand.n, COLUMNS);
    check_true(t->demand.kind[2] == LEIE_DEMAND_EXPORT);
    for (leie_size i = 0; i < 2 * SECTORS; i++) {
        check_near(row_sum(t, i), t->x[i], 1e-12);
        check_near(column_sum(t, i), t->x[i], 1e-12);
    }
    for (leie_size i = 0; i < SECTORS; i++)
        for (leie_size j = 0; j < SECTORS; j++) {
            double A_w = (leie_matrix_get(&old.Z, i, j) + leie_matrix_get(&c.Zm, i, j)) / old.x[j];
            check_near(leie_matrix_get(&t->Z, i, j), leie_matrix_get(&old.Z, i, j), 0);
            check_near(leie_matrix_get(&t->Z, i, SECTORS + j), 0, 0);
            check_near(leie_matrix_get(&t->Z, SECTORS + i, SECTORS + j), A_w * t->x[SECTORS + j], 1e-14);
        }
    // the same technology and pressures on both sides of the border: one multiplier per product,
    // S (I - A_d - A_m)^-1
    double m[2 * SECTORS];
    toy_multipliers(m, t, 1);
    for (leie_size j = 0; j < SECTORS; j++)
        check_near(m[SECTORS + j], m[j], 1e-12);
    check_has(toy_note(t, "domestic technology"), "come from a region 'IMP' with the technology");
    leie_table_clear(&old);
    clear_nation(&c);
}

static void test_multipliers(void)
{
    leie_error err = {0};
    nation c;
    make_nation(&c, 8);
    double given[2 * SECTORS] = {0.5, 1.25, 2.385, 0, 3, 0.125, 1, 2}, m[2 * SECTORS];
    check_ok(leie_table_close_imports(&c.t, "IMP", "", LEIE_IMPORTS_MULTIPLIERS, &c.Zm, c.Ym, given, &err), &err);
    toy_multipliers(m, &c.t, 0);
    for (leie_size j = 0; j < SECTORS; j++) {
        double need = leie_sum(c.Zm.val + j * c.Zm.ld, SECTORS, 1) + leie_sum(c.Ym + j * COLUMNS, COLUMNS, 1);
        check_near(m[SECTORS + j], given[j], 1e-14);
        check_near(c.t.x[SECTORS + j], need, 1e-14);
        check_near(row_sum(&c.t, SECTORS + j), need, 1e-14);
        for (leie_size i = 0; i < 2 * SECTORS; i++)
            check_near(leie_matrix_get(&c.t.Z, i, SECTORS + j), 0, 0);
    }
    clear_nation(&c);
}

// In a closed table every unit of final demand is value added somewhere: its multiplier is 1.
static void test_prices(void)
{
    leie_error err = {0};
    for (int method = 0; method < 2; method++) {
        nation c;
        double given[2 * SECTORS] = {0}, m[2 * SECTORS];
        make_nation(&c, 30 + (uint64_t)method);
        check_ok(leie_table_close_imports(&c.t, "IMP", "", (leie_import_method)method, &c.Zm, c.Ym, given, &err), &err);
        check_ok(leie_table_derive(&c.t, "value_added", "money", &err), &err);
        leie_size s = leie_labels_find(&c.t.stressor, "value_added");
        check_text(c.t.stressor.unit[s], "MEUR");
        check_text(c.t.extension[s], "money");
        toy_multipliers(m, &c.t, s);
        for (leie_size j = 0; j < 2 * SECTORS; j++)
            check_near(m[j], 1, 1e-12);
        clear_nation(&c);
    }
}

static void test_inputs(void)
{
    leie_error err = {0};
    leie_table t;
    toy_table(&t, "BE a b", "BE household", 1, 2);
    toy_fill(&t, 6, 1);
    check_ok(leie_table_derive(&t, "inputs", "factors", &err), &err);
    check_size(t.stressor.n, 3);
    check_text(t.stressor.code[2], "w1");
    check_near(t.F[2 * 2 + 1], t.W[2 + 1], 0);
    leie_size notes = t.provenance.notes;
    check_status(leie_table_derive(&t, "inputs", "factors", &err), LEIE_ERR_DATA, &err);
    check_has(err.text, "label 'w0' appears twice");
    check_size(t.provenance.notes, notes);
    err = (leie_error){0};
    check_status(leie_table_derive(&t, "profit", "factors", &err), LEIE_ERR_USAGE, &err);
    check_has(err.text, "'profit' cannot be derived: expected value_added or inputs");
    leie_free(t.sector.unit[1]);
    t.sector.unit[1] = leie_strdup("TJ");
    err = (leie_error){0};
    check_status(leie_table_derive(&t, "value_added", "v", &err), LEIE_ERR_UNIT, &err);
    check_has(err.text, "needs every sector in the table's unit 'MEUR': BE b is in 'TJ'");
    leie_table_clear(&t);
}

// Imported and not made at home.
static void test_unmade(void)
{
    leie_error err = {0};
    nation c;
    make_nation(&c, 12);
    for (leie_size j = 0; j < SECTORS; j++)
        *toy_Z(&c.t, 3, j) = *toy_Z(&c.t, j, 3) = c.Zm.val[j * c.Zm.ld + 3] = 0;
    for (leie_size f = 0; f < COLUMNS; f++)
        c.t.Y[3 * COLUMNS + f] = 0;
    check_ok(leie_table_set_x(&c.t, LEIE_X_ROW, NULL, &err), &err);
    check_ok(leie_table_close_imports(&c.t, "IMP", "", LEIE_IMPORTS_DOMESTIC_TECHNOLOGY, &c.Zm, c.Ym, NULL, &err),
             &err);
    check_has(toy_note(&c.t, "without output at home"), "of imports in 1 sectors without output at home");
    for (leie_size i = 0; i < 2 * SECTORS; i++)
        check_near(row_sum(&c.t, i), c.t.x[i], 1e-12);
    check_near(c.t.F[SECTORS + 3], 0, 0);
    clear_nation(&c);
}

static void refuse(nation *c, const char *region, leie_import_method method, leie_status expected, const char *piece)
{
    leie_error err = {0};
    leie_size n = c->t.sector.n;
    check_status(leie_table_close_imports(&c->t, region, "", method, &c->Zm, c->Ym, NULL, &err), expected, &err);
    check_has(err.text, piece);
    check_size(c->t.sector.n, n);
    clear_nation(c);
}

static void test_errors(void)
{
    nation c;
    make_nation(&c, 1);
    refuse(&c, "BE", LEIE_IMPORTS_DOMESTIC_TECHNOLOGY, LEIE_ERR_DATA, "'BE' is the table's own");
    make_nation(&c, 1);
    refuse(&c, "IMP", LEIE_IMPORTS_MULTIPLIERS, LEIE_ERR_DATA, "need the multipliers");
    make_nation(&c, 1);
    c.Zm.rows = 3;
    refuse(&c, "IMP", LEIE_IMPORTS_DOMESTIC_TECHNOLOGY, LEIE_ERR_SHAPE, "imported use is 3 x 4: expected 4 x 4");
    make_nation(&c, 1);
    leie_table_clear(&c.t);
    toy_table(&c.t, "BE a|FR a", "BE household", 0, 0);
    refuse(&c, "IMP", LEIE_IMPORTS_DOMESTIC_TECHNOLOGY, LEIE_ERR_SHAPE, "a table of one region: this one has 2");
    make_nation(&c, 1);
    for (leie_size i = 0; i < SECTORS; i++) // a buys all it makes from itself and abroad
        *toy_Z(&c.t, i, 0) = i == 0 ? c.t.x[0] / 2 : 0;
    for (leie_size i = 0; i < SECTORS; i++)
        c.Zm.val[i * c.Zm.ld] = i == 0 ? c.t.x[0] / 2 : 0;
    refuse(&c, "IMP", LEIE_IMPORTS_DOMESTIC_TECHNOLOGY, LEIE_ERR_SINGULAR, "");
}

CHECK_SUITE(imports, {"domestic technology", test_domestic_technology, NULL},
            {"given multipliers", test_multipliers, NULL}, {"price identity", test_prices, NULL},
            {"primary inputs as an extension", test_inputs, NULL}, {"imported, not made at home", test_unmade, NULL},
            {"errors", test_errors, NULL})
