// SPDX-License-Identifier: GPL-3.0-or-later
/* Material flow accounts in memory: the worked example, the material tree, groups, equivalents, uncertainty. */
#include <math.h>
#include <string.h>

#include "kernels/memory.h"
#include "solver/account/averaging.h"
#include "solver/account/ewmfa.h"
#include "solver/account/target_path.h"
#include "tests/check.h"

static const leie_flow_kind DE = LEIE_FLOW_DE, IMP = LEIE_FLOW_IMP, EXP = LEIE_FLOW_EXP;

typedef struct account {
    leie_materials m;
    leie_flows f;
    leie_rme rme;
    leie_account_regions q;
    leie_mfa mfa;
} account;

static leie_size label(leie_labels *labels, const char *code)
{
    leie_size at = code ? leie_labels_find(labels, code) : -1;
    return code && at < 0 ? leie_labels_add(labels, code, NULL, NULL, NULL, NULL) : at;
}

// MF1 (with two children, one of them fuel wood), MF2, MF3 and MF4.
static void start(account *a)
{
    static const struct {
        const char *code, *parent;
        leie_split renewable, energy;
    } list[] = {{"MF1", "", LEIE_SPLIT_YES, LEIE_SPLIT_MIXED},   {"MF11", "MF1", LEIE_SPLIT_YES, LEIE_SPLIT_NO},
                {"MF132", "MF1", LEIE_SPLIT_YES, LEIE_SPLIT_YES}, {"MF2", "", LEIE_SPLIT_NO, LEIE_SPLIT_NO},
                {"MF3", "", LEIE_SPLIT_NO, LEIE_SPLIT_NO},        {"MF4", "", LEIE_SPLIT_NO, LEIE_SPLIT_YES}};
    leie_error err = {0};
    *a = (account){0};
    for (size_t i = 0; i < sizeof list / sizeof list[0]; i++)
        check_ok(leie_materials_add(&a->m, list[i].code, "", "", list[i].parent, list[i].renewable, list[i].energy, &err), &err);
}

static leie_flow *flow(account *a, const char *region, leie_flow_kind kind, const char *partner, const char *material,
                       double tonnes)
{
    leie_error err = {0};
    leie_flow row = {.year = 2020,
                     .region = (leie_index)label(&a->f.region, region),
                     .partner = (leie_index)label(&a->f.partner, partner),
                     .material = (leie_index)leie_labels_find(&a->m.label, material),
                     .tag = {-1, -1, -1, -1},
                     .kind = kind,
                     .tonnes = tonnes,
                     .value_eur = NAN,
                     .sd = NAN,
                     .line = a->f.n + 2};
    check_ok(leie_flows_add(&a->f, &row, &err), &err);
    return &a->f.row[a->f.n - 1];
}

static void coefficient(account *a, bool exports, const char *product, const char *origin, const char *material, double value)
{
    leie_error err = {0};
    leie_rme_coefficient item = {.exports = exports,
                                 .product = (leie_index)label(&a->rme.product, product),
                                 .origin = (leie_index)label(&a->rme.origin, origin),
                                 .material = (leie_index)leie_labels_find(&a->m.label, material),
                                 .value = value,
                                 .line = a->rme.n + 2};
    check_ok(leie_rme_add(&a->rme, &item, &err), &err);
}

// A group of all regions when its code is given.
static void draw_up(account *a, const char *group)
{
    leie_error err = {0};
    check_ok(leie_flows_close(&a->f, &err), &err);
    check_ok(leie_rme_close(&a->rme, &a->m, &err), &err);
    for (leie_size r = 0; r < a->f.region.n; r++)
        check_ok(leie_account_regions_add_from(&a->q, &a->f.region, a->f.region.code[r], NULL, 0, NULL, &err), &err);
    if (group)
        check_ok(leie_account_regions_add_from(&a->q, &a->f.region, group, NULL, a->f.region.n, a->f.region.code, &err), &err);
    check_ok(leie_mfa_make(&a->mfa, &a->f, a->rme.n ? &a->rme : NULL, &a->m, &a->q, &err), &err);
}

static double value(const account *a, const char *region, leie_mfa_indicator i, const char *material)
{
    leie_size q = leie_labels_find(&a->q.label, region), m = leie_labels_find(&a->m.label, material);
    return a->mfa.value[leie_mfa_at(&a->mfa, 0, q, i, m)];
}

static void finish(account *a)
{
    leie_mfa_clear(&a->mfa);
    leie_account_regions_clear(&a->q);
    leie_rme_clear(&a->rme);
    leie_flows_clear(&a->f);
    leie_materials_clear(&a->m);
}

// ---- the worked example of reference case ewmfa_indicators_toy (figures made for this project) ----

static void toy_flows(account *a)
{
    static const double table[4][5] = {{18, 70, 52, 95, 120}, {0, 42, 33, 140, 118}, {31, 68, 40, 88, 61}, {0, 112, 54, 190, 96}};
    static const leie_flow_kind kind[] = {LEIE_FLOW_DE, LEIE_FLOW_IMP, LEIE_FLOW_EXP, LEIE_FLOW_IMP_RME, LEIE_FLOW_EXP_RME};
    static const char *const material[] = {"MF1", "MF2", "MF3", "MF4"};
    for (int m = 0; m < 4; m++)
        for (int k = 0; k < 5; k++)
            flow(a, "A", kind[k], NULL, material[m], table[m][k]);
    flow(a, "A", LEIE_FLOW_RCV, NULL, "TOTAL", 38);
    flow(a, "A", LEIE_FLOW_IMP_W, NULL, "TOTAL", 6);
    flow(a, "A", LEIE_FLOW_EXP_W, NULL, "TOTAL", 9);
    flow(a, "A", LEIE_FLOW_BI_IN, NULL, "TOTAL", 80);
    flow(a, "A", LEIE_FLOW_BI_OUT, NULL, "TOTAL", 60);
    flow(a, "A", LEIE_FLOW_DPO, NULL, "TOTAL", 110);
    flow(a, "A", LEIE_FLOW_UDE, NULL, "TOTAL", 25);
}

static void test_toy(void)
{
    static const double expected[5][6] = {{88, 36, 18, 113, -7, -25},
                                          {42, 9, 9, 140, 22, 22},
                                          {99, 59, 28, 119, 58, 27},
                                          {112, 58, 58, 190, 94, 94},
                                          {341, 162, 113, 562, 167, 118}};
    static const leie_mfa_indicator indicator[] = {LEIE_MFA_DMI, LEIE_MFA_DMC, LEIE_MFA_PTB,
                                                   LEIE_MFA_RMI, LEIE_MFA_RMC, LEIE_MFA_RTB};
    static const char *const material[] = {"MF1", "MF2", "MF3", "MF4", "TOTAL"};
    account a;
    start(&a);
    toy_flows(&a);
    draw_up(&a, NULL);
    for (int m = 0; m < 5; m++)
        for (int i = 0; i < 6; i++)
            check_near(value(&a, "A", indicator[i], material[m]), expected[m][i], 0);
    check_near(value(&a, "A", LEIE_MFA_NAS, "TOTAL"), 72, 0);
    check_near(value(&a, "A", LEIE_MFA_NAS, "MF1"), NAN, 0);
    check_near(value(&a, "A", LEIE_MFA_TDO, "TOTAL"), 135, 0);
    check_near(value(&a, "A", LEIE_MFA_U, "TOTAL"), 41, 0);
    check_near(a.mfa.cmu[LEIE_CMU_EUROSTAT * a.mfa.M], 0.2019704433497537, 1e-15);
    check_near(a.mfa.cmu[LEIE_CMU_UNCORRECTED * a.mfa.M], 38.0 / 200, 1e-15);
    check_near(value(&a, "A", LEIE_MFA_DMC, "RENEWABLE"), 36, 0);
    check_near(value(&a, "A", LEIE_MFA_DMC, "NON_RENEWABLE"), 126, 0);
    check_near(value(&a, "A", LEIE_MFA_DMC, "ENERGY"), NAN, 0); // biomass is not broken down
    check_true(a.mfa.variance == NULL);
    finish(&a);
}

// Its coefficients: IMP_RME by product, four products by four materials.
static void test_toy_coefficients(void)
{
    static const double imports[] = {40, 25, 60, 12}, expected[] = {57.6, 94.7, 106.4, 75.3};
    static const double rme[4][4] = {{1.2, 0, 0.1, 0.3}, {0, 3.5, 0.4, 0.9}, {0.1, 0, 1.5, 0.2}, {0.3, 0.6, 0.2, 2.4}};
    static const char *const material[] = {"MF1", "MF2", "MF3", "MF4"}, *const product[] = {"p1", "p2", "p3", "p4"};
    account a;
    start(&a);
    for (int p = 0; p < 4; p++) {
        flow(&a, "A", IMP, NULL, material[p], imports[p])->tag[0] = (leie_index)label(&a.f.tag[0], product[p]);
        for (int m = 0; m < 4; m++)
            coefficient(&a, false, product[p], NULL, material[m], rme[p][m]);
    }
    flow(&a, "A", DE, NULL, "TOTAL", 0);
    flow(&a, "A", EXP, NULL, "TOTAL", 0); // no exports: no coefficient is needed
    draw_up(&a, NULL);
    for (int m = 0; m < 4; m++) {
        check_near(value(&a, "A", LEIE_MFA_IMP_RME, material[m]), expected[m], 1e-14);
        check_near(value(&a, "A", LEIE_MFA_RMC, material[m]), expected[m], 1e-14);
    }
    check_near(a.mfa.covered[0], 1, 0);
    finish(&a);
}

/* Flanders 2021 as the CE Monitor publishes it (edition 2023, Mt, rounded; RMI and RMC are three-year averages, so
 * trade in raw material equivalents is implied): the published figures fit together. */
static void test_published(void)
{
    account a;
    start(&a);
    flow(&a, "BE-VLG", DE, NULL, "TOTAL", 49);
    flow(&a, "BE-VLG", IMP, NULL, "TOTAL", 341 - 49);
    flow(&a, "BE-VLG", EXP, NULL, "TOTAL", 341 - 164);
    flow(&a, "BE-VLG", LEIE_FLOW_IMP_RME, NULL, "TOTAL", 562 - 49);
    flow(&a, "BE-VLG", LEIE_FLOW_EXP_RME, NULL, "TOTAL", 562 - 196);
    draw_up(&a, NULL);
    check_near(value(&a, "BE-VLG", LEIE_MFA_DMC, "TOTAL"), 164, 0);
    check_near(value(&a, "BE-VLG", LEIE_MFA_RMC, "TOTAL"), 196, 0);
    // inhabitants implied by 29.5 t RMC and by 24.7 t DMC per head; imports are 91 % of RMI
    check_near(196 / 29.5, 164 / 24.7, 0.002);
    check_near(value(&a, "BE-VLG", LEIE_MFA_IMP_RME, "TOTAL") / value(&a, "BE-VLG", LEIE_MFA_RMI, "TOTAL"), 0.91, 0.006);
    check_near(value(&a, "BE-VLG", LEIE_MFA_DMC, "MF1"), NAN, 0); // a total alone says nothing of its parts
    finish(&a);
}

// ---- the tree ----

static void test_tree(void)
{
    account a;
    start(&a);
    flow(&a, "A", DE, NULL, "MF11", 7);
    flow(&a, "A", DE, NULL, "MF132", 2.5);
    flow(&a, "A", DE, NULL, "MF4", 4);
    flow(&a, "B", DE, NULL, "MF1", 10); // half a tonne more than its child
    flow(&a, "B", DE, NULL, "MF11", 9.5);
    flow(&a, "C", DE, NULL, "MF1", 10);
    flow(&a, "C", DE, NULL, "MF2", 0);
    draw_up(&a, "ABC");
    check_near(value(&a, "A", LEIE_MFA_DEU, "MF1"), 9.5, 0);
    check_near(value(&a, "A", LEIE_MFA_DEU, "TOTAL"), 13.5, 0);
    check_near(value(&a, "A", LEIE_MFA_DEU, "ENERGY"), 6.5, 0);
    check_near(value(&a, "A", LEIE_MFA_DEU, "NON_ENERGY"), 7, 0);
    check_near(value(&a, "A", LEIE_MFA_DEU, "MF2"), 0, 0);
    check_near(value(&a, "B", LEIE_MFA_DEU, "TOTAL"), 10, 0);
    check_near(value(&a, "C", LEIE_MFA_DEU, "MF11"), NAN, 0); // MF1 is known, its parts are not
    check_near(value(&a, "C", LEIE_MFA_DEU, "MF3"), 0, 0);
    check_near(value(&a, "ABC", LEIE_MFA_DEU, "MF1"), 29.5, 0);
    check_near(value(&a, "ABC", LEIE_MFA_DEU, "MF11"), NAN, 0);
    check_near(value(&a, "A", LEIE_MFA_IMP, "TOTAL"), NAN, 0); // not reported: missing, not zero
    check_near(value(&a, "A", LEIE_MFA_DMC, "TOTAL"), NAN, 0);
    check_size(a.mfa.gaps, 1);
    check_near(a.mfa.gap[0].gap, 0.5, 0);
    check_size(a.mfa.gap[0].region, 1);
    finish(&a);
}

static void test_tree_refused(void)
{
    account a;
    leie_error err = {0};
    start(&a);
    check_status(leie_materials_add(&a.m, "MF99", "", "", "MF9", LEIE_SPLIT_NO, LEIE_SPLIT_NO, &err), LEIE_ERR_DATA, &err);
    check_has(err.text, "'MF99': its parent 'MF9'");
    err = (leie_error){0};
    check_status(leie_materials_add(&a.m, "MF1", "", "", "", LEIE_SPLIT_NO, LEIE_SPLIT_NO, &err), LEIE_ERR_DATA, &err);
    finish(&a);
}

// ---- three regions of one country ----

/* Foreign trade of each with coefficients of the average, trade among them valued with the export coefficients
 * of the region that delivers; one trade is reported by the importer alone, one by the exporter alone. */
static void three_regions(account *a)
{
    start(a);
    for (int r = 0; r < 3; r++) {
        const char *region[] = {"VLG", "WAL", "BRU"};
        flow(a, region[r], DE, NULL, "MF3", 40 - 13 * r);
        flow(a, region[r], IMP, "ROW", "MF4", 30 + r);
        flow(a, region[r], IMP, "ROW", "MF1", 12.5);
        flow(a, region[r], EXP, "ROW", "MF4", 21 - 2 * r);
    }
    flow(a, "VLG", IMP, "WAL", "MF3", 9.25);
    flow(a, "VLG", EXP, "BRU", "MF4", 6.5);
    flow(a, "BRU", EXP, "WAL", "MF1", 3.75);
    flow(a, "WAL", IMP, "BRU", "MF1", 3.75);
    coefficient(a, false, "MF4", NULL, "MF4", 1.25);
    coefficient(a, false, "MF4", NULL, "MF2", 0.3);
    coefficient(a, false, "MF1", NULL, "MF1", 2.125);
    coefficient(a, true, "MF4", NULL, "MF4", 1.1);
    coefficient(a, true, "MF4", "VLG", "MF4", 1.4);
    coefficient(a, true, "MF4", "VLG", "MF3", 0.2);
    coefficient(a, true, "MF3", NULL, "MF3", 1.05);
    coefficient(a, true, "MF1", NULL, "MF1", 1.9);
}

static void test_regions_add_up(void)
{
    static const leie_mfa_indicator adds[] = {LEIE_MFA_DEU, LEIE_MFA_DMC, LEIE_MFA_PTB, LEIE_MFA_RMC, LEIE_MFA_RTB};
    static const leie_mfa_indicator not[] = {LEIE_MFA_IMP, LEIE_MFA_DMI, LEIE_MFA_RMI};
    account a;
    three_regions(&a);
    draw_up(&a, "BEL");
    check_size(a.f.mirrored, 2);
    for (leie_size m = 0; m < a.m.label.n; m++) {
        const char *code = a.m.label.code[m];
        for (size_t i = 0; i < sizeof adds / sizeof adds[0]; i++) {
            double sum = value(&a, "VLG", adds[i], code) + value(&a, "WAL", adds[i], code) + value(&a, "BRU", adds[i], code);
            check_close(sum, value(&a, "BEL", adds[i], code), 1e-14, 1e-14);
        }
    }
    for (size_t i = 0; i < sizeof not / sizeof not[0]; i++) {
        double sum = value(&a, "VLG", not[i], "TOTAL") + value(&a, "WAL", not[i], "TOTAL") + value(&a, "BRU", not[i], "TOTAL");
        check_true(sum > value(&a, "BEL", not[i], "TOTAL") + 1);
    }
    check_near(value(&a, "BRU", LEIE_MFA_IMP_INTER, "TOTAL"), 6.5, 0);
    check_near(value(&a, "BEL", LEIE_MFA_IMP_INTER, "TOTAL"), 0, 0);
    // imports of Brussels: 32 t of MF4 at 1.25, and 6.5 t from Flanders at 1.4
    check_near(value(&a, "BRU", LEIE_MFA_IMP_RME, "MF4"), 32 * 1.25 + 6.5 * 1.4, 1e-15);
    check_near(value(&a, "VLG", LEIE_MFA_EXP_RME, "MF3"), (21 + 6.5) * 0.2, 1e-15);
    finish(&a);
}

static void test_no_coefficient(void)
{
    account a;
    three_regions(&a);
    flow(&a, "VLG", IMP, "ROW", "MF2", 10);
    draw_up(&a, NULL);
    check_near(a.mfa.covered[0], (30 + 12.5 + 9.25) / (30 + 12.5 + 9.25 + 10), 1e-15);
    check_size(a.mfa.provenance.notes, 1);
    check_has(a.mfa.provenance.note[0].text, "without an RME coefficient: 10 t in 1 rows");
    finish(&a);
}

// ---- refused ----

static void test_flows_refused(void)
{
    account a;
    leie_error err = {0};
    start(&a);
    flow(&a, "A", DE, NULL, "MF1", 1);
    flow(&a, "A", DE, NULL, "MF2", 1);
    flow(&a, "A", DE, NULL, "MF1", 2);
    check_status(leie_flows_close(&a.f, &err), LEIE_ERR_DATA, &err);
    check_has(err.text, "line 4 of the flows repeats line 2: DE of 'A' in 2020");
    finish(&a);
    start(&a);
    err = (leie_error){0};
    flow(&a, "A", IMP, "A", "MF1", 1);
    check_status(leie_flows_close(&a.f, &err), LEIE_ERR_DATA, &err);
    check_has(err.text, "line 2 of the flows: 'A' trades with itself");
    finish(&a);
}

static void test_coefficients_refused(void)
{
    account a;
    leie_error err = {0};
    start(&a);
    coefficient(&a, false, "oil", NULL, "MF4", 1);
    coefficient(&a, false, "oil", NULL, "MF4", 1.5);
    check_status(leie_rme_close(&a.rme, &a.m, &err), LEIE_ERR_DATA, &err);
    check_has(err.text, "line 3 of the RME coefficients repeats line 2: 'MF4' of 'oil'");
    finish(&a);
    start(&a);
    err = (leie_error){0};
    coefficient(&a, false, "oil", NULL, "MF4", 1);
    coefficient(&a, false, "oil", NULL, "MF3", 1);
    a.rme.item[1].money = true;
    check_status(leie_rme_close(&a.rme, &a.m, &err), LEIE_ERR_UNIT, &err);
    check_has(err.text, "'oil': line 3 is per EUR and line 2 per tonne");
    finish(&a);
}

// ---- money, uncertainty ----

// A product that holds stone and oil, valued per EUR: warned about.
static void test_per_euro(void)
{
    account a;
    start(&a);
    const char *material[] = {"MF3", "MF4"};
    for (int i = 0; i < 2; i++) {
        leie_flow *row = flow(&a, "A", IMP, NULL, material[i], 100);
        row->tag[0] = (leie_index)label(&a.f.tag[0], "mining");
        row->value_eur = i ? 4000 : 250;
        row->sd = 5;
    }
    coefficient(&a, false, "mining", NULL, "MF3", 0.02);
    a.rme.item[0].money = true;
    draw_up(&a, NULL);
    check_near(value(&a, "A", LEIE_MFA_IMP_RME, "MF3"), 85, 1e-15);
    leie_size at = leie_mfa_at(&a.mfa, 0, 0, LEIE_MFA_IMP_RME, LEIE_MATERIAL_TOTAL);
    check_near(a.mfa.variance[at], 0.0025 * (80.0 * 80 + 5 * 5), 1e-13); // 5 % of 80 and of 5
    at = leie_mfa_at(&a.mfa, 0, 0, LEIE_MFA_IMP, LEIE_MATERIAL_TOTAL);
    check_near(a.mfa.variance[at], 50, 1e-15);
    check_size(a.mfa.provenance.notes, 1);
    check_has(a.mfa.provenance.note[0].text, "product 'mining' has an RME coefficient per EUR and holds MF3 as well as MF4");
    finish(&a);
}

static void test_status(void)
{
    account a;
    start(&a);
    flow(&a, "A", DE, NULL, "MF1", 1);
    flow(&a, "A", IMP, NULL, "MF1", 3)->status = LEIE_FLOW_PROVISIONAL;
    flow(&a, "A", LEIE_FLOW_RMC, NULL, "TOTAL", 3.5)->status = LEIE_FLOW_IMPUTED;
    draw_up(&a, NULL);
    check_size(a.mfa.status[LEIE_MFA_DEU], LEIE_FLOW_GIVEN);
    check_size(a.mfa.status[LEIE_MFA_DMI], LEIE_FLOW_PROVISIONAL);
    check_size(a.mfa.status[LEIE_MFA_DMC], -1);
    check_size(a.mfa.status[LEIE_MFA_RMC], LEIE_FLOW_IMPUTED); // as reported: its parts are missing
    check_near(value(&a, "A", LEIE_MFA_RMC, "TOTAL"), 3.5, 0);
    finish(&a);
}

// ---- averages and targets ----

static void test_averages(void)
{
    static const int year[] = {2010, 2011, 2012, 2014, 2015, 2016};
    static const double from[] = {1, 2, 6, 4, 5, 9};
    const leie_averaging centred = {3, true}, trailing = {3, false};
    double to[6];
    char name[40];
    leie_moving_average(to, from, year, 6, 1, &centred, 1);
    check_near(to[0], NAN, 0);
    check_near(to[1], 3, 0);
    check_near(to[2], NAN, 0); // 2013 is missing
    check_near(to[4], 6, 0);
    leie_moving_average(to, from, year, 6, 1, &trailing, 1);
    check_near(to[2], 3, 0);
    check_near(to[4], NAN, 0);
    check_near(to[5], 6, 0);
    leie_moving_average(to, from, year, 6, 1, &trailing, 2);
    check_near(to[2], 1, 0);
    leie_averaging_name(name, sizeof name, &centred);
    check_text(name, "3 years, centred");
}

static void test_target(void)
{
    static const int year[] = {2010, 2015, 2020};
    static const double value_of[] = {30, 29, 28};
    const leie_target_goal goal = {.base_year = 2010, .base = 30, .year = 2030, .level = 21};
    const leie_target_goal bare = {.base_year = 0, .base = NAN, .year = 2050, .level = 29};
    leie_target_track track;
    check_near(leie_target_path(&goal, 2020), 25.5, 1e-15);
    check_near(leie_target_path(&goal, 2031), NAN, 0);
    leie_target_follow(&track, &goal, year, value_of, 3);
    check_near(track.last, 28, 0);
    check_near(track.distance, 2.5, 1e-14);
    check_near(track.required, -0.7, 1e-14);
    check_near(track.required_rate, pow(0.75, 0.1) - 1, 1e-14);
    check_near(track.trend, -0.2, 1e-14);
    check_near(track.reached, 2055, 1e-12);
    leie_target_follow(&track, &bare, year, value_of, 3);
    check_near(track.distance, -1, 1e-14);
    check_near(track.reached, NAN, 0); // the level lies above and the trend falls
}

CHECK_SUITE(ewmfa, {"the worked example", test_toy, NULL}, {"its RME coefficients", test_toy_coefficients, NULL},
            {"published figures of Flanders", test_published, NULL}, {"the material tree", test_tree, NULL}, {"a tree that does not grow", test_tree_refused, NULL},
            {"regions add up to the country", test_regions_add_up, NULL},
            {"trade without a coefficient", test_no_coefficient, NULL}, {"flows refused", test_flows_refused, NULL},
            {"coefficients refused", test_coefficients_refused, NULL}, {"coefficients per EUR", test_per_euro, NULL},
            {"statuses", test_status, NULL}, {"moving averages", test_averages, NULL},
            {"a target", test_target, NULL})
