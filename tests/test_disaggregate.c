// SPDX-License-Identifier: GPL-3.0-or-later
/* A sector cut into parts: totals kept, cells of others to the bit, true weights give the detailed table back. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/run/run.h"
#include "kernels/memory.h"
#include "kernels/sum.h"
#include "solver/account/accounts.h"
#include "solver/build/aggregate.h"
#include "solver/build/disaggregate.h"
#include "tests/check.h"
#include "tests/toy_table.h"

static leie_disaggregation new_cut(const char *sector, const char *a, const char *b)
{
    leie_error err = {0};
    leie_disaggregation d = {.sector = leie_strdup(sector)};
    check_true(leie_labels_add(&d.part, a, "the first part", NULL, NULL, &err) >= 0);
    check_true(leie_labels_add(&d.part, b, NULL, NULL, NULL, &err) >= 0);
    return d;
}

static void add(leie_disaggregation *d, leie_part_what what, leie_index part, const char *in, const char *region,
                const char *item, double value)
{
    leie_error err = {0};
    leie_part_weight w = {what, part, (char *)(uintptr_t)in, (char *)(uintptr_t)region, (char *)(uintptr_t)item, value, 0};
    check_ok(leie_disaggregation_add(d, &w, &err), &err);
}

/* ---- the detailed table, its aggregate, and the true weights ---- */

// Parts a and b of every region that has both become p.
static void merge(leie_table *t, const leie_table *detailed, const char *a, const char *b, const char *p)
{
    leie_error err = {0};
    leie_concordance c = {0};
    leie_labels codes = {0};
    check_ok(leie_table_copy(t, detailed, &err), &err);
    check_ok(leie_axis_codes(&codes, NULL, &t->sector, &err), &err);
    for (leie_size i = 0; i < codes.n; i++) {
        bool part = strcmp(codes.code[i], a) == 0 || strcmp(codes.code[i], b) == 0;
        check_ok(leie_concordance_add(&c, codes.code[i], part ? p : codes.code[i], "", 1, i + 2, &err), &err);
    }
    check_ok(leie_table_aggregate(t, NULL, &c, &err), &err);
    leie_labels_clear(&codes);
    leie_concordance_clear(&c);
}

static leie_size find(const leie_table *t, const char *region, const char *code)
{
    return leie_axis_find(&t->sector, region, code);
}

/* Weights of the parts as the detailed table has them: output alone, or rows, columns and pressures too. */
static void true_weights(leie_disaggregation *d, const leie_table *t, bool all)
{
    for (leie_size r = 0; r < t->sector.region.n; r++) {
        const char *in = t->sector.region.code[r];
        leie_size part[2] = {find(t, in, d->part.code[0]), find(t, in, d->part.code[1])};
        if (part[0] < 0)
            continue;
        double x = t->x[part[0]] + t->x[part[1]];
        for (leie_index k = 0; k < 2; k++) {
            leie_size p = part[k];
            add(d, LEIE_PART_OUTPUT, k, in, "", "", x > 0 ? t->x[p] / x : k);
            for (leie_size j = 0; all && j < t->sector.n; j++) {
                const char *region = t->sector.region.code[t->sector.of[j]], *code = t->sector.code[j];
                add(d, LEIE_PART_ROW, k, in, region, code, leie_matrix_get(&t->Z, p, j));
                if (strcmp(code, d->part.code[0]) != 0 && strcmp(code, d->part.code[1]) != 0)
                    add(d, LEIE_PART_COLUMN, k, in, region, code, leie_matrix_get(&t->Z, j, p));
            }
            for (leie_size q = 0; all && q < t->sector.region.n; q++) { // purchases from both parts of a region
                const char *region = t->sector.region.code[q];
                leie_size a = find(t, region, d->part.code[0]), b = find(t, region, d->part.code[1]);
                if (a >= 0)
                    add(d, LEIE_PART_COLUMN, k, in, region, d->sector,
                        leie_matrix_get(&t->Z, a, p) + leie_matrix_get(&t->Z, b, p));
            }
            for (leie_size f = 0; all && f < t->demand.n; f++)
                add(d, LEIE_PART_ROW, k, in, t->demand.region.code[t->demand.of[f]], t->demand.code[f],
                    t->Y[p * t->demand.n + f]);
            for (leie_size u = 0; all && t->W && u < t->input.n; u++)
                add(d, LEIE_PART_COLUMN, k, in, "", t->input.code[u], t->W[u * t->sector.n + p]);
            for (leie_size s = 0; all && s < t->stressor.n; s++) {
                double F = t->F[s * t->sector.n + part[0]] + t->F[s * t->sector.n + part[1]];
                if (F != 0)
                    add(d, LEIE_PART_EXTENSION, k, in, "", t->stressor.code[s], t->F[s * t->sector.n + p] / F);
            }
        }
    }
}

/* Largest difference of two tables with the same sectors in any order, relative to the largest cell. */
static double distance(const leie_table *a, const leie_table *b)
{
    double worst = 0, scale = 0;
    leie_size n = a->sector.n, m = a->demand.n;
    leie_size *at = leie_new(n, sizeof *at);
    for (leie_size i = 0; i < n; i++)
        at[i] = find(b, a->sector.region.code[a->sector.of[i]], a->sector.code[i]);
    for (leie_size i = 0; i < n; i++) {
        if (!check_true(at[i] >= 0))
            continue;
        for (leie_size j = 0; j < n; j++) {
            double cell = leie_matrix_get(&a->Z, i, j);
            scale = fmax(scale, fabs(cell));
            worst = fmax(worst, fabs(cell - leie_matrix_get(&b->Z, at[i], at[j])));
        }
        for (leie_size f = 0; f < m; f++)
            worst = fmax(worst, fabs(a->Y[i * m + f] - b->Y[at[i] * m + f]));
        worst = fmax(worst, fabs(a->x[i] - b->x[at[i]]));
        for (leie_size s = 0; s < a->stressor.n; s++)
            worst = fmax(worst, fabs(a->F[s * n + i] - b->F[s * n + at[i]]));
        for (leie_size u = 0; a->W && u < a->input.n; u++)
            worst = fmax(worst, fabs(a->W[u * n + i] - b->W[u * n + at[i]]));
    }
    leie_free(at);
    return worst / scale;
}

static void detailed_table(leie_table *t)
{
    toy_table(t, "AUT a b c|BEL a b c d|CHN c d", "AUT household inventories|BEL household gfcf|CHN household", 3, 2);
    toy_fill(t, 2385, 0.7);
    for (leie_size j = 0; j < t->sector.n; j++) { // columns with all their inputs
        double bought = 0;
        for (leie_size i = 0; i < t->sector.n; i++)
            bought += leie_matrix_get(&t->Z, i, j);
        t->W[j] = 0.25 * (t->x[j] - bought);
        t->W[t->sector.n + j] = t->x[j] - bought - t->W[j];
    }
}

static void test_true(void)
{
    leie_table detailed, t = {0};
    leie_error err = {0};
    detailed_table(&detailed);
    merge(&t, &detailed, "a", "b", "ab");
    check_size(t.sector.n, detailed.sector.n - 2);
    leie_disaggregation d = new_cut("ab", "a", "b");
    true_weights(&d, &detailed, true);
    check_ok(leie_table_disaggregate(&t, &d, &err), &err);
    check_true(distance(&detailed, &t) <= 1e-10);
    check_text(t.sector.name[find(&t, "BEL", "a")], "the first part");
    leie_disaggregation_clear(&d);
    leie_table_clear(&t);
    leie_table_clear(&detailed);
}

/* ---- totals ---- */

// Rows and columns of the parts add up to the parent's, cell by cell; others are the same to the bit.
static void check_kept(const leie_table *old, const leie_table *t, const char *parent, const leie_labels *part)
{
    leie_table back = {0};
    merge(&back, t, part->code[0], part->code[1], parent);
    check_true(distance(old, &back) <= 1e-12);
    leie_size moved = 0;
    for (leie_size i = 0; i < old->sector.n; i++)
        for (leie_size j = 0; j < old->sector.n; j++) {
            leie_size a = find(t, old->sector.region.code[old->sector.of[i]], old->sector.code[i]);
            leie_size b = find(t, old->sector.region.code[old->sector.of[j]], old->sector.code[j]);
            moved += a >= 0 && b >= 0 && leie_matrix_get(&t->Z, a, b) != leie_matrix_get(&old->Z, i, j);
        }
    check_size(moved, 0);
    leie_table_clear(&back);
}

// Each part buys and sells its share of the parent.
static void check_balanced(const leie_table *t, const leie_table *old, const char *region, const leie_labels *part,
                           const char *parent, const double *share)
{
    leie_size p = find(old, region, parent), n = t->sector.n;
    for (leie_size k = 0; k < part->n; k++) {
        leie_size q = find(t, region, part->code[k]);
        double sold = leie_sum(t->Y + q * t->demand.n, t->demand.n, 1), bought = 0;
        for (leie_size j = 0; j < n; j++) {
            sold += leie_matrix_get(&t->Z, q, j);
            bought += leie_matrix_get(&t->Z, j, q);
        }
        for (leie_size u = 0; u < t->input.n; u++)
            bought += t->W[u * n + q];
        check_near(t->x[q], share[k] * old->x[p], 1e-14);
        check_near(sold, t->x[q], 1e-9);
        check_near(bought, t->x[q], 1e-9);
    }
}

static void test_totals(void)
{
    leie_table old, t = {0};
    leie_error err = {0};
    detailed_table(&old);
    check_ok(leie_table_copy(&t, &old, &err), &err);
    leie_disaggregation d = new_cut("c", "c1", "c2");
    const double share[] = {0.3, 0.7};
    for (leie_index k = 0; k < 2; k++)
        add(&d, LEIE_PART_OUTPUT, k, "", "", "", share[k]);
    add(&d, LEIE_PART_ROW, 0, "", "", "a", 1);                  // a buys only c1, wherever it is
    add(&d, LEIE_PART_ROW, 0, "BEL", "BEL", "household", 0.1);
    add(&d, LEIE_PART_ROW, 1, "BEL", "BEL", "household", 0.9);
    add(&d, LEIE_PART_ROW, 0, "", "", "c", 1);                  // parts buy half and half of each other
    add(&d, LEIE_PART_ROW, 1, "", "", "c", 1);
    add(&d, LEIE_PART_COLUMN, 0, "", "CHN", "d", 5);
    add(&d, LEIE_PART_COLUMN, 1, "", "CHN", "d", 1);
    add(&d, LEIE_PART_EXTENSION, 1, "", "", "f1", 1);
    check_ok(leie_table_disaggregate(&t, &d, &err), &err);
    check_kept(&old, &t, "c", &d.part);
    check_balanced(&t, &old, "AUT", &d.part, "c", share);
    check_balanced(&t, &old, "BEL", &d.part, "c", share);
    check_balanced(&t, &old, "CHN", &d.part, "c", share);
    check_near(leie_matrix_get(&t.Z, find(&t, "AUT", "c2"), find(&t, "BEL", "a")), 0, 0);
    check_near(t.F[1 * t.sector.n + find(&t, "BEL", "c1")], 0, 0);
    check_near(t.F[1 * t.sector.n + find(&t, "BEL", "c2")], old.F[1 * old.sector.n + find(&old, "BEL", "c")], 0);
    check_has(toy_note(&t, "sector c cut in 3 regions into c1"), "(30.0 % of output), c2 (70.0 % of output)");
    check_has(toy_note(&t, "the largest move is"), "parts of c balanced to their shares of output");
    leie_disaggregation_clear(&d);
    leie_table_clear(&t);
    leie_table_clear(&old);
}

// A coefficient stays through the balance, and the other part takes the rest.
static void test_coefficient(void)
{
    leie_table old, t = {0};
    leie_error err = {0};
    detailed_table(&old);
    check_ok(leie_table_copy(&t, &old, &err), &err);
    leie_disaggregation d = new_cut("c", "c1", "c2");
    d.region = leie_new(1, sizeof *d.region);
    d.region[d.regions++] = leie_strdup("BEL");
    add(&d, LEIE_PART_OUTPUT, 0, "", "", "", 0.25);
    add(&d, LEIE_PART_OUTPUT, 1, "", "", "", 0.75);
    leie_size p = find(&old, "BEL", "c"), i = find(&old, "BEL", "b");
    double sold = leie_matrix_get(&old.Z, i, p), a = 0.6 * sold / (0.25 * old.x[p]);
    check_true(sold > 0);
    add(&d, LEIE_PART_COEFFICIENT, 0, "", "BEL", "b", a);
    check_ok(leie_table_disaggregate(&t, &d, &err), &err);
    check_near(leie_matrix_get(&t.Z, find(&t, "BEL", "b"), find(&t, "BEL", "c1")), 0.6 * sold, 1e-14);
    check_near(leie_matrix_get(&t.Z, find(&t, "BEL", "b"), find(&t, "BEL", "c2")), 0.4 * sold, 1e-9);
    check_true(find(&t, "AUT", "c") >= 0 && find(&t, "AUT", "c1") < 0);
    check_near(leie_matrix_get(&t.Z, find(&t, "AUT", "c"), find(&t, "CHN", "c")),
               leie_matrix_get(&old.Z, find(&old, "AUT", "c"), find(&old, "CHN", "c")), 0);
    leie_disaggregation_clear(&d);
    leie_table_clear(&t);
    leie_table_clear(&old);
}

/* ---- mistakes ---- */

static void refused(void (*spoil)(leie_disaggregation *d), const char *message)
{
    leie_table t;
    leie_error err = {0};
    detailed_table(&t);
    leie_disaggregation d = new_cut("c", "c1", "c2");
    d.path = leie_strdup("w.csv");
    add(&d, LEIE_PART_OUTPUT, 0, "", "", "", 0.5);
    add(&d, LEIE_PART_OUTPUT, 1, "", "", "", 0.5);
    spoil(&d);
    for (leie_size i = 0; i < d.weights; i++)
        d.weight[i].line = i + 2;
    leie_size n = t.sector.n;
    check_status(leie_table_disaggregate(&t, &d, &err), LEIE_ERR_DATA, &err);
    check_has(err.text, message);
    check_size(t.sector.n, n);
    leie_disaggregation_clear(&d);
    leie_table_clear(&t);
}

static void no_sector(leie_disaggregation *d)
{
    leie_free(d->sector);
    d->sector = leie_strdup("cc");
}
static void no_region(leie_disaggregation *d)
{
    d->region = leie_new(1, sizeof *d->region);
    d->region[d->regions++] = leie_strdup("BELG");
}
static void no_output(leie_disaggregation *d)
{
    for (leie_size i = 0; i < d->weights; i++)
        d->weight[i].what = LEIE_PART_ROW;
}
static void half_output(leie_disaggregation *d)
{
    d->weight[1].value = 0.25;
}
static void twice(leie_disaggregation *d)
{
    add(d, LEIE_PART_ROW, 0, "", "BEL", "a", 1);
    add(d, LEIE_PART_ROW, 0, "", "BEL", "a", 2);
}
static void negative(leie_disaggregation *d)
{
    add(d, LEIE_PART_EXTENSION, 0, "", "", "f0", -1);
}
static void unknown_buyer(leie_disaggregation *d)
{
    add(d, LEIE_PART_ROW, 0, "", "BEL", "housefold", 1);
}
static void unknown_place(leie_disaggregation *d)
{
    add(d, LEIE_PART_COLUMN, 0, "", "BEN", "a", 1);
}
static void unknown_stressor(leie_disaggregation *d)
{
    add(d, LEIE_PART_EXTENSION, 0, "", "", "f9", 1);
}
static void pressures(leie_disaggregation *d)
{
    add(d, LEIE_PART_EXTENSION, 0, "", "", "f1", 0.4);
}
static void too_much(leie_disaggregation *d)
{
    add(d, LEIE_PART_COEFFICIENT, 0, "", "BEL", "b", 7);
}
static void cannot_sell(leie_disaggregation *d)
{
    add(d, LEIE_PART_ROW, 0, "", "", "", 1); // everybody buys c1 only, which makes half
    add(d, LEIE_PART_ROW, 1, "", "", "", 0);
}
static void taken(leie_disaggregation *d)
{
    leie_labels_clear(&d->part);
    leie_labels_add(&d->part, "c1", NULL, NULL, NULL, NULL);
    leie_labels_add(&d->part, "d", NULL, NULL, NULL, NULL);
}

static void test_mistakes(void)
{
    refused(no_sector, "no region of the table has a sector 'cc'; 'c' is near");
    refused(no_region, "region 'BELG', where 'c' is to be cut, is not in the table; 'BEL' is near");
    refused(no_output, "w.csv: no shares of output for the parts of AUT c");
    refused(half_output, "shares of output of the parts of AUT c sum to 0.75: expected 1 (w.csv)");
    refused(twice, "w.csv:5: 'row' of part 'c1' is given twice for the same place");
    refused(negative, "w.csv:4: a share of -1: expected 0 or more");
    refused(unknown_buyer, "w.csv:4: no buyer 'BEL housefold'; 'household' is near");
    refused(unknown_place, "w.csv:4: region 'BEN' is not in the table; 'BEL' is near");
    refused(unknown_stressor, "w.csv:4: no stressor 'f9'");
    refused(pressures, "shares of f1 of the parts of AUT c sum to 0.4: expected 1");
    refused(too_much, "by their coefficients the parts of AUT c buy ");
    refused(cannot_sell, "sales of the parts of AUT c: ");
    refused(taken, "part 'd' of 'c' is already a sector of 'BEL'");
}

/* ---- a real table ---- */

static double footprint(leie_table *t, const char *region, const char *stressor)
{
    leie_error err = {0};
    leie_account_regions q = {0};
    leie_accounts a = {0};
    check_ok(leie_account_regions_all(&q, &t->sector, &err), &err);
    check_ok(leie_accounts_make(&a, t, &q, NULL, &err), &err);
    double D_cba = a.D_cba[leie_labels_find(&q.label, region) * a.k + leie_labels_find(&t->stressor, stressor)];
    leie_accounts_clear(&a);
    leie_account_regions_clear(&q);
    return D_cba;
}

// Agriculture (c1) and mining (c2) of WIOD, merged and cut again: the error of Belgium's footprint of fossil CO2.
static void test_wiod(void)
{
    static const char stressor[] = "Carbon dioxide, fossil [air]";
    leie_study study;
    leie_table detailed, merged = {0}, t = {0};
    leie_error err = {0};
    setenv("LEIE_DATA", check_data(), 1);
    check_ok(leie_study_read(&study, "tests/studies/wiod-2011.yaml", 0, NULL, &err), &err);
    check_ok(leie_assemble(&detailed, &study, 2011, NULL, &err), &err);
    merge(&merged, &detailed, "c1", "c2", "c1c2");
    double truth = footprint(&detailed, "BEL", stressor), error[3];
    error[2] = fabs(footprint(&merged, "BEL", stressor) / truth - 1);
    for (int all = 0; all < 2; all++) {
        leie_disaggregation d = new_cut("c1c2", "c1", "c2");
        check_ok(leie_table_copy(&t, &merged, &err), &err);
        true_weights(&d, &detailed, all);
        check_ok(leie_table_disaggregate(&t, &d, &err), &err);
        check_size(t.sector.n, detailed.sector.n);
        error[all] = fabs(footprint(&t, "BEL", stressor) / truth - 1);
        if (all)
            check_true(distance(&detailed, &t) <= 1e-9);
        leie_disaggregation_clear(&d);
        leie_table_clear(&t);
    }
    printf("Belgium's %s, c1 and c2 merged: off by %.2e; cut by output alone %.2e, by all weights %.2e\n", stressor,
           error[2], error[0], error[1]);
    check_true(error[1] <= 1e-9 && error[0] > 1e-4);
    leie_table_clear(&merged);
    leie_table_clear(&detailed);
    leie_study_clear(&study);
}

CHECK_SUITE(disaggregate, {"true weights give the table back", test_true, NULL}, {"totals are kept", test_totals, NULL},
            {"coefficients", test_coefficient, NULL}, {"mistakes by name", test_mistakes, NULL})
CHECK_SUITE(data_disaggregate, {"WIOD 2011, merged and cut again", test_wiod, check_needs_data})
