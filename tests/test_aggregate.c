// SPDX-License-Identifier: GPL-3.0-or-later
#include "solver/build/aggregate.h"
#include "tests/check.h"
#include "tests/toy_table.h"

#include <stdlib.h>
#include <string.h>

// "a>X b>X c>Y:0.4 c>X:0.6"
static void links(leie_concordance *c, const char *text)
{
    char *copy = leie_strdup(text), *rest = NULL;
    leie_error err = {0};
    leie_size line = 1;
    *c = (leie_concordance){.path = leie_strdup("concordance.csv")};
    for (char *link = strtok_r(copy, " ", &rest); link; link = strtok_r(NULL, " ", &rest)) {
        char *to = strchr(link, '>');
        *to++ = 0;
        char *weight = strchr(to, ':');
        if (weight)
            *weight++ = 0;
        check_ok(leie_concordance_add(c, link, to, "", weight ? atof(weight) : 1, ++line, &err), &err);
    }
    leie_free(copy);
}

static double total(const double *x, leie_size n)
{
    return x ? leie_sum(x, n, 1) : 0;
}

/* eeio_mrio_small: sectors s1 and s2 of both regions into one, by hand from the printed Z and Y. */
static void test_worked_example(void)
{
    leie_error err = {0};
    leie_table t;
    leie_concordance sectors;
    toy_small_mrio(&t);
    links(&sectors, "s1>goods s2>goods s3>services");
    check_ok(leie_table_aggregate(&t, NULL, &sectors, &err), &err);
    check_size(t.sector.n, 4);
    check_text(t.sector.code[0], "goods");
    check_size(t.demand.n, 2);
    static const double Z[4][4] = {{17, 1, 16, 10}, {13, 20, 6, 0}, {15, 1, 31, 10}, {5, 0, 11, 10}};
    static const double Y[8] = {16.5, 5.5, 13, 6, 15, 30, 3, 10}, x[4] = {66, 58, 102, 39};
    static const double F[8] = {21, 42, 24, 5, 9, 11, 10, 10};
    for (leie_size i = 0; i < 4; i++) {
        for (leie_size j = 0; j < 4; j++)
            check_near(leie_matrix_get(&t.Z, i, j), Z[i][j], 0);
        check_near(t.x[i], x[i], 0);
    }
    for (leie_size i = 0; i < 8; i++) {
        check_near(t.Y[i], Y[i], 0);
        check_near(t.F[i], F[i], 0);
    }
    check_near(t.F_Y[3], 20, 0);
    check_has(toy_note(&t, "aggregated"),
              "2 regions to 2, 6 sectors to 4 by concordance.csv, 2 final-demand columns to 2; "
              "output 265 MEUR before, 265 after");
    leie_concordance_clear(&sectors);
    leie_table_clear(&t);
}

/* Regions with unequal lists of sectors and of demand columns, shares on both. */
static void test_totals_kept(void)
{
    leie_error err = {0};
    for (uint64_t seed = 1; seed <= 5; seed++) {
        leie_table t;
        leie_concordance regions, sectors;
        toy_table(&t, "BE a b c|FR c a|DE b d|US a b c d", "BE household gfcf|FR household inventories|US gfcf export",
                  3, 2);
        toy_fill(&t, seed, 0.7);
        leie_size n = t.sector.n, m = t.demand.n;
        double Z = toy_sum(&t.Z), Y = total(t.Y, n * m), x = total(t.x, n), F = total(t.F + n, n),
               F_Y = total(t.F_Y + 2 * m, m), W = total(t.W + n, n);
        links(&regions, "BE>EU FR>EU:0.75 FR>RoW:0.25 DE>EU US>RoW");
        links(&sectors, "d>D a>A b>A:0.4 b>B:0.6 c>B");
        check_ok(leie_table_aggregate(&t, &regions, &sectors, &err), &err);
        check_size(t.sector.n, 6);
        check_text(t.sector.code[0], "D"); // order of the concordance
        check_size(t.demand.n, 7);         // EU: household gfcf inventories; RoW those and export
        n = t.sector.n;
        m = t.demand.n;
        check_near(toy_sum(&t.Z), Z, 1e-13);
        check_near(total(t.Y, n * m), Y, 1e-13);
        check_near(total(t.x, n), x, 1e-13);
        check_near(total(t.F + n, n), F, 1e-13);
        check_near(total(t.F_Y + 2 * m, m), F_Y, 1e-13);
        check_near(total(t.W + n, n), W, 1e-13);
        for (leie_size i = 0; i < n; i++) { // rows still balance
            double row = total(t.Y + i * m, m);
            for (leie_size j = 0; j < n; j++)
                row += leie_matrix_get(&t.Z, i, j);
            check_near(row, t.x[i], 1e-12);
        }
        leie_concordance_clear(&regions);
        leie_concordance_clear(&sectors);
        leie_table_clear(&t);
    }
}

// Two steps or one; and everything into one cell.
static void test_order(void)
{
    leie_error err = {0};
    leie_table one, two = {0};
    leie_concordance regions, sectors, all, goods;
    toy_table(&one, "BE a b c|FR a b c|US a b c", "BE household|FR household|US household", 2, 0);
    toy_fill(&one, 9, 0.9);
    check_ok(leie_table_copy(&two, &one, &err), &err);
    links(&regions, "BE>EU FR>EU US>US");
    links(&sectors, "a>X b>X c>Y");
    check_ok(leie_table_aggregate(&one, &regions, &sectors, &err), &err);
    check_ok(leie_table_aggregate(&two, NULL, &sectors, &err), &err);
    check_ok(leie_table_aggregate(&two, &regions, NULL, &err), &err);
    check_true(leie_axis_same(&one.sector, &two.sector));
    for (leie_size i = 0; i < one.sector.n; i++)
        for (leie_size j = 0; j < one.sector.n; j++)
            check_near(leie_matrix_get(&one.Z, i, j), leie_matrix_get(&two.Z, i, j), 1e-14);
    double Z = toy_sum(&one.Z), x = total(one.x, one.sector.n);
    links(&all, "EU>World US>World");
    links(&goods, "X>goods Y>goods");
    check_ok(leie_table_aggregate(&one, &all, &goods, &err), &err);
    check_size(one.sector.n, 1);
    check_near(leie_matrix_get(&one.Z, 0, 0), Z, 1e-14);
    check_near(one.x[0], x, 1e-14);
    leie_concordance_clear(&regions);
    leie_concordance_clear(&sectors);
    leie_concordance_clear(&all);
    leie_concordance_clear(&goods);
    leie_table_clear(&one);
    leie_table_clear(&two);
}

/* Aggregating sectors with equal columns of A and S, then solving, is solving and then aggregating. */
static void test_exact_aggregation(void)
{
    leie_error err = {0};
    leie_table t;
    leie_concordance sectors;
    toy_table(&t, "BE a b c", "BE household", 1, 0);
    static const double Z[3][3] = {{2, 4, 3}, {1, 2, 5}, {3, 6, 1}}, Y[3] = {3, 24, 7}; // x = 12, 32, 17
    for (leie_size i = 0; i < 3; i++) {
        for (leie_size j = 0; j < 3; j++)
            *toy_Z(&t, i, j) = Z[i][j];
        t.Y[i] = Y[i];
    }
    check_ok(leie_table_set_x(&t, LEIE_X_ROW, NULL, &err), &err);
    for (leie_size i = 0; i < 3; i++) { // the column of b is that of a times x_b / x_a
        *toy_Z(&t, i, 1) = *toy_Z(&t, i, 0) * t.x[1] / t.x[0];
        t.F[i] = i < 2 ? 2.385 * t.x[i] : 9;
    }
    for (leie_size i = 0; i < 3; i++)
        t.Y[i] = t.x[i] - *toy_Z(&t, i, 0) - *toy_Z(&t, i, 1) - *toy_Z(&t, i, 2);
    double before = toy_footprint(&t, 0, 0);
    links(&sectors, "a>ab b>ab c>c");
    check_ok(leie_table_aggregate(&t, NULL, &sectors, &err), &err);
    check_near(toy_footprint(&t, 0, 0), before, 1e-13);
    leie_concordance_clear(&sectors);
    leie_table_clear(&t);
}

static void refuse(const char *regions, const char *sectors, leie_status expected, const char *piece)
{
    leie_error err = {0};
    leie_table t;
    leie_concordance r = {0}, s = {0};
    toy_table(&t, "BE a b|FR a b", "BE household x|FR household x", 1, 0);
    toy_fill(&t, 5, 0.9);
    t.demand.kind[3] = LEIE_DEMAND_EXPORT;
    leie_free(t.sector.unit[1]);
    t.sector.unit[1] = leie_strdup("TJ");
    if (regions)
        links(&r, regions);
    if (sectors)
        links(&s, sectors);
    leie_size notes = t.provenance.notes;
    check_status(leie_table_aggregate(&t, regions ? &r : NULL, sectors ? &s : NULL, &err), expected, &err);
    check_has(err.text, piece);
    check_size(t.sector.n, 4); // untouched
    check_size(t.provenance.notes, notes);
    leie_concordance_clear(&r);
    leie_concordance_clear(&s);
    leie_table_clear(&t);
}

static void test_errors(void)
{
    refuse("BE>EU", NULL, LEIE_ERR_DATA, "concordance.csv: label 'FR' of the table has no target");
    refuse("BE>EU FR>EU FRA>EU", NULL, LEIE_ERR_DATA,
           "concordance.csv:4: label 'FRA' is not in the table, the nearest is 'FR'");
    refuse("BE>EU FR>EU:0.5 FR>RoW:0.4", NULL, LEIE_ERR_DATA, "weights of 'FR' sum to 0.9: expected 1");
    refuse("BE>EU BE>EU FR>EU", NULL, LEIE_ERR_DATA, "concordance.csv:3: 'BE' to 'EU' appears twice");
    refuse(NULL, "a>A b>A", LEIE_ERR_UNIT, "BE a ('MEUR') and BE b ('TJ') cannot be added into BE A: different units");
    refuse("BE>EU FR>EU", "a>A b>B", LEIE_ERR_UNIT, "BE b ('TJ') and FR b ('MEUR')");
    leie_table t;
    leie_error err = {0};
    leie_concordance r;
    toy_table(&t, "BE a|FR a", "BE x|FR x", 0, 0);
    t.demand.kind[1] = LEIE_DEMAND_EXPORT;
    links(&r, "BE>EU FR>EU");
    check_status(leie_table_aggregate(&t, &r, NULL, &err), LEIE_ERR_DATA, &err);
    check_has(err.text, "BE x (household) and FR x (export) cannot be added into EU x: different kinds of demand");
    err = (leie_error){0};
    check_status(leie_concordance_add(&r, "DE", "EU", "", 1.5, 9, &err), LEIE_ERR_DATA, &err);
    check_has(err.text, "concordance.csv:9: weight 1.5 of 'DE' to 'EU': expected 0 to 1");
    err = (leie_error){0};
    check_status(leie_concordance_add(&r, "", "EU", "", 1, 9, &err), LEIE_ERR_DATA, &err);
    check_has(err.text, "concordance.csv:9: empty label");
    leie_concordance_clear(&r);
    leie_table_clear(&t);
}

/* What has no link goes to the rest; labels of other releases are no error when they are optional. */
static void test_rest(void)
{
    leie_error err = {0};
    leie_table t, whole;
    leie_concordance sectors, all;
    toy_small_mrio(&t);
    toy_small_mrio(&whole);
    links(&sectors, "s1>goods old>goods gone>nothing *>rest");
    links(&all, "s1>goods s2>rest s3>rest");
    sectors.link[1].optional = sectors.link[2].optional = true;
    check_ok(leie_table_aggregate(&t, NULL, &sectors, &err), &err);
    check_ok(leie_table_aggregate(&whole, NULL, &all, &err), &err);
    check_size(t.sector.n, 4);
    check_text(t.sector.n == 4 ? t.sector.code[1] : "", "rest");
    for (leie_size i = 0; i < t.sector.n && t.sector.n == whole.sector.n; i++)
        for (leie_size j = 0; j < t.sector.n; j++)
            check_near(leie_matrix_get(&t.Z, i, j), leie_matrix_get(&whole.Z, i, j), 0);
    sectors.link[1].optional = false;
    leie_table_clear(&t);
    toy_small_mrio(&t);
    check_status(leie_table_aggregate(&t, NULL, &sectors, &err), LEIE_ERR_DATA, &err);
    check_has(err.text, "label 'old' is not in the table");
    leie_concordance_clear(&sectors);
    leie_concordance_clear(&all);
    leie_table_clear(&t);
    leie_table_clear(&whole);
}

CHECK_SUITE(aggregate, {"worked example", test_worked_example, NULL}, {"totals are kept", test_totals_kept, NULL},
            {"in one step or two", test_order, NULL}, {"exact aggregation", test_exact_aggregation, NULL},
            {"rest", test_rest, NULL},
            {"errors", test_errors, NULL})
