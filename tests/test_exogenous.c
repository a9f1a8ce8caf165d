// SPDX-License-Identifier: GPL-3.0-or-later
#include "solver/build/exogenous.h"
#include "tests/check.h"
#include "tests/toy_table.h"

#include <stdlib.h>
#include <string.h>

static char be[] = "BE", fr[] = "FR", us[] = "US", de[] = "DE", a[] = "a", b[] = "b", c[] = "c", abroad[] = "abroad";

/* eeio_mrio_small: the second region leaves. By hand from the printed Z and Y: Z of the first region, what it sells to the second
 * one (sectors and demand), what it buys there. */
static void test_worked_example(void)
{
    leie_error err = {0};
    leie_table t, old;
    toy_small_mrio(&t);
    toy_small_mrio(&old);
    char *gone[] = {old.sector.region.code[1]};
    check_ok(leie_table_remove(&t, &(leie_exogenous){.regions = 1, .region = gone, .rest = abroad}, &err), &err);
    check_size(t.sector.n, 3);
    check_size(t.sector.region.n, 1);
    check_size(t.demand.n, 2);
    check_text(t.demand.code[1], "abroad");
    check_true(t.demand.kind[1] == LEIE_DEMAND_EXPORT);
    check_size(t.stressor.n, old.stressor.n + 1);
    check_text(t.stressor.code[old.stressor.n], "abroad");
    check_text(t.extension[old.stressor.n], "trade");
    check_text(t.stressor.unit[old.stressor.n], "MEUR");
    for (leie_size i = 0; i < 3; i++) {
        double sold = old.Y[2 * i + 1], bought = 0, row = t.Y[2 * i] + t.Y[2 * i + 1];
        for (leie_size j = 0; j < 3; j++) {
            check_near(leie_matrix_get(&t.Z, i, j), *toy_Z(&old, i, j), 0);
            sold += *toy_Z(&old, i, j + 3);
            bought += *toy_Z(&old, j + 3, i);
            row += leie_matrix_get(&t.Z, i, j);
        }
        check_near(t.Y[2 * i], old.Y[2 * i], 0);
        check_near(t.Y[2 * i + 1], sold, 0);
        check_near(t.F[old.stressor.n * 3 + i], bought, 0);
        check_near(t.F[i], old.F[i], 0);
        check_near(t.x[i], old.x[i], 0);
        check_near(row, t.x[i], 1e-15);
    }
    check_near(t.F_Y[2 * old.stressor.n], old.Y[6] + old.Y[8] + old.Y[10], 0);
    check_near(t.F_Y[2 * old.stressor.n + 1], 0, 0);
    check_has(toy_note(&t, "trade moved"), "3 of 6 sectors removed, 1 of 2 regions kept, trade moved to 'abroad'");
    check_has(toy_note(&t, "pressures of"), "of 2 stressors, the largest share of");
    leie_table_clear(&t);
    leie_table_clear(&old);
}

// W so that columns are complete:  w0 a quarter and w1 the rest of x_j - sum over i of Z_ij.
static void complete_columns(leie_table *t)
{
    leie_size n = t->sector.n;
    for (leie_size j = 0; j < n; j++) {
        double paid = t->x[j];
        for (leie_size i = 0; i < n; i++)
            paid -= leie_matrix_get(&t->Z, i, j);
        t->W[j] = 0.25 * paid;
        t->W[n + j] = 0.75 * paid;
    }
}

static double column(const leie_table *t, leie_size j)
{
    double sum = 0;
    for (leie_size i = 0; i < t->sector.n; i++)
        sum += leie_matrix_get(&t->Z, i, j);
    for (leie_size v = 0; v < t->input.n; v++)
        sum += t->W[v * t->sector.n + j];
    return sum;
}

/* Unequal regions, a region and a sector leave: rows and columns still add up to x; with inputs of two kinds and trade as the
 * stressors, what all final demand needs is what it pays. */
static void test_totals_kept(void)
{
    leie_error err = {0};
    for (uint64_t seed = 1; seed <= 5; seed++) {
        leie_table t;
        toy_table(&t, "BE a b c|FR c a|DE b d|US a b c d", "BE household gfcf|FR household inventories|US gfcf export", 2, 2);
        toy_fill(&t, seed, 0.7);
        complete_columns(&t);
        char *regions[] = {us, de}, *sectors[] = {c};
        double use = toy_sum(&t.Z) + leie_sum(t.Y, t.sector.n * t.demand.n, 1);
        check_ok(leie_table_remove(&t, &(leie_exogenous){2, 1, regions, sectors, NULL}, &err), &err);
        check_size(t.sector.n, 3); // BE a, BE b, FR a
        check_size(t.demand.n, 6); // household, gfcf, REST; household, inventories, REST
        check_text(t.demand.code[2], "REST");
        check_text(t.input.n == 3 ? t.input.code[2] : "", "REST");
        for (leie_size i = 0; i < t.sector.n; i++) {
            double row = leie_sum(t.Y + i * t.demand.n, t.demand.n, 1);
            for (leie_size j = 0; j < t.sector.n; j++)
                row += leie_matrix_get(&t.Z, i, j);
            check_near(row, t.x[i], 1e-12);
            check_near(column(&t, i), t.x[i], 1e-12);
        }
        check_near(t.Y[5], 0, 0); // BE sells to the rest in its own column only
        check_has(toy_note(&t, "trade moved"), "8 of 11 sectors removed, 2 of 4 regions kept");
        double before = 0, after = 1;
        const char *note = toy_note(&t, "trade moved"), *of = strstr(note, "use of "), *all = strrchr(note, ':');
        check_true(of && all);
        before = of ? strtod(of + 7, NULL) : 0;
        after = all ? strtod(all + 2, NULL) : 1;
        check_near(before, use, 1e-11);
        check_near(after, use, 1e-11);
        // value added and imports of every column are its spending: e'W (I - A)^-1 y + direct imports = e'y + direct imports
        leie_size trade = t.stressor.n - 1, n = t.sector.n;
        memcpy(t.F, t.W, (size_t)(2 * n) * sizeof *t.F); // the two stressors become the inputs
        for (leie_size f = 0; f < t.demand.n; f++) {
            double paid = 0, needed = toy_footprint(&t, 0, f) + toy_footprint(&t, 1, f) + toy_footprint(&t, trade, f);
            for (leie_size i = 0; i < n; i++)
                paid += t.Y[i * t.demand.n + f];
            check_near(needed, paid, 1e-10);
        }
        leie_table_clear(&t);
    }
}

// The same bytes from a dense and a sparse Z.
static void test_forms(void)
{
    leie_error err = {0};
    leie_table t, sparse = {0};
    leie_matrix Z;
    toy_table(&t, "BE a b|FR a b|US a", "BE household|FR household|US household", 1, 0);
    toy_fill(&t, 7, 0.5);
    check_ok(leie_table_copy(&sparse, &t, &err), &err);
    check_ok(leie_matrix_copy(&Z, &sparse.Z, LEIE_SPARSE, &err), &err);
    leie_matrix_free(&sparse.Z);
    sparse.Z = Z;
    char *regions[] = {us}, *sectors[] = {b};
    const leie_exogenous remove = {1, 1, regions, sectors, abroad};
    check_ok(leie_table_remove(&t, &remove, &err), &err);
    check_ok(leie_table_remove(&sparse, &remove, &err), &err);
    for (leie_size i = 0; i < 2; i++)
        for (leie_size j = 0; j < 2; j++)
            check_near(leie_matrix_get(&t.Z, i, j), leie_matrix_get(&sparse.Z, i, j), 0);
    for (leie_size k = 0; k < 2 * t.demand.n; k++)
        check_near(t.Y[k], sparse.Y[k], 0);
    for (leie_size k = 0; k < 4; k++)
        check_near(t.F[k], sparse.F[k], 0);
    leie_table_clear(&t);
    leie_table_clear(&sparse);
}

// Goods in other units are a stressor of their own and no primary input.
static void test_units(void)
{
    leie_error err = {0};
    leie_table t;
    toy_table(&t, "BE a b|US a b", "BE household|US household", 1, 1);
    toy_fill(&t, 3, 1);
    leie_free(t.sector.unit[3]);
    t.sector.unit[3] = leie_strdup("TJ");
    double money[2] = {*toy_Z(&t, 2, 0), *toy_Z(&t, 2, 1)}, energy[2] = {*toy_Z(&t, 3, 0), *toy_Z(&t, 3, 1)};
    double direct = t.Y[3 * 2];
    char *gone[] = {us};
    check_ok(leie_table_remove(&t, &(leie_exogenous){.regions = 1, .region = gone}, &err), &err);
    check_size(t.stressor.n, 3);
    check_text(t.stressor.code[2], "REST [TJ]");
    check_text(t.stressor.unit[2], "TJ");
    for (leie_size j = 0; j < 2; j++) {
        check_near(t.W[2 + j], money[j], 0);
        check_near(t.F[2 + j], money[j], 0);
        check_near(t.F[4 + j], energy[j], 0);
    }
    check_near(t.F_Y[4], direct, 0);
    leie_table_clear(&t);
}

static void refuse(leie_exogenous remove, const char *piece)
{
    leie_error err = {0};
    leie_table t;
    toy_table(&t, "BE a b|FR a", "BE household|FR household", 1, 0);
    toy_fill(&t, 5, 0.9);
    leie_size notes = t.provenance.notes;
    check_status(leie_table_remove(&t, &remove, &err), LEIE_ERR_DATA, &err);
    check_has(err.text, piece);
    check_size(t.sector.n, 3); // untouched
    check_size(t.provenance.notes, notes);
    leie_table_clear(&t);
}

static void test_errors(void)
{
    char *both[] = {be, fr}, *far[] = {us}, *only[] = {a}, *none[] = {c};
    char household[] = "household", f0[] = "f0";
    refuse((leie_exogenous){1, 0, far, NULL, NULL}, "cannot remove the region 'US': it is not in the table");
    refuse((leie_exogenous){0, 1, NULL, none, NULL}, "cannot remove the sector 'c': it is not in the table");
    refuse((leie_exogenous){2, 0, both, NULL, NULL}, "nothing is left of the table");
    refuse((leie_exogenous){0, 1, NULL, only, NULL}, "nothing is left of region 'FR': remove the region");
    refuse((leie_exogenous){1, 0, both + 1, NULL, household}, "region 'BE' has a final-demand category 'household' already");
    refuse((leie_exogenous){1, 0, both + 1, NULL, f0}, "'f0'");
}

CHECK_SUITE(exogenous, {"worked example", test_worked_example, NULL}, {"totals are kept", test_totals_kept, NULL},
            {"dense and sparse", test_forms, NULL}, {"units", test_units, NULL}, {"errors", test_errors, NULL})
