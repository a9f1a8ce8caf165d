// SPDX-License-Identifier: GPL-3.0-or-later
/* Footprints by need: weights, the part without a need, margins to the good bought, lists that overlap. */
#include <math.h>
#include <string.h>

#include "io/result/result_needs.h"
#include "kernels/memory.h"
#include "tests/check.h"
#include "tests/results.h"
#include "tests/toy_table.h"
#include "tests/write_files.h"

typedef struct need_case {
    leie_table t;
    leie_account_regions q;
    leie_accounts a;
} need_case;

static void open_case(need_case *c)
{
    leie_error err = {0};
    *c = (need_case){0};
    toy_table(&c->t, "A good trade c|B good trade", "A hh gov|B hh", 2, 0);
    toy_fill(&c->t, 41, 1);
    check_ok(leie_account_regions_all(&c->q, &c->t.sector, &err), &err);
    check_ok(leie_accounts_make(&c->a, &c->t, &c->q, &(leie_accounts_opts){.by = LEIE_BY_CATEGORY_PRODUCT | LEIE_BY_PRODUCT}, &err), &err);
}

static void close_case(need_case *c)
{
    leie_accounts_clear(&c->a);
    leie_account_regions_clear(&c->q);
    leie_table_clear(&c->t);
}

static double cell(const leie_accounts *a, leie_size q, leie_size s, const char *product, const char *category)
{
    return a->by_product_category[((q * a->k + s) * a->P + leie_labels_find(&a->product, product)) * a->C +
                                  leie_labels_find(&a->category, category)];
}

static void add_rule(leie_need_list *list, const char *product, const char *category, const char *need, double weight)
{
    leie_error err = {0};
    check_ok(leie_need_add(list, product, category, need, NULL, NULL, weight, list->n + 2, &err), &err);
}

// The most exact rules count, what is left has no need, and the parts are the whole.
static void test_weights(void)
{
    need_case c;
    leie_error err = {0};
    leie_need_list list = {.path = leie_strdup("needs.csv"), .name = leie_strdup("need")};
    open_case(&c);
    add_rule(&list, "", "hh", "living", 1);
    add_rule(&list, "good", "", "things", 0.5);
    add_rule(&list, "good", "hh", "food", 0.25);
    add_rule(&list, "good", "hh", "things", 0.5);
    add_rule(&list, "nothing", "", "things", 1);
    leie_size N = list.need.n + 1, unused;
    double *weight = leie_new(c.a.P * c.a.C * N, sizeof *weight), *by = leie_new(c.a.q * N * c.a.k, sizeof *by),
           *money = leie_new(c.a.q * N, sizeof *money);
    check_ok(leie_need_weights(weight, &unused, &list, NULL, &c.a.product, &c.a.category, &err), &err);
    check_size(unused, 1);
    leie_needs_weigh(by, money, N, weight, &c.a, c.a.demand_product);
    for (leie_size q = 0; q < c.a.q; q++)
        for (leie_size s = 0; s < c.a.k; s++) {
            double living = cell(&c.a, q, s, "trade", "hh") + cell(&c.a, q, s, "c", "hh"), sum = 0;
            check_near(by[(q * N + 0) * c.a.k + s], living, 1e-13);
            check_near(by[(q * N + 1) * c.a.k + s], 0.5 * (cell(&c.a, q, s, "good", "hh") + cell(&c.a, q, s, "good", "gov")), 1e-13);
            check_near(by[(q * N + 2) * c.a.k + s], 0.25 * cell(&c.a, q, s, "good", "hh"), 1e-13);
            for (leie_size n = 0; n < N; n++)
                sum += by[(q * N + n) * c.a.k + s];
            check_near(sum, c.a.D_cba[q * c.a.k + s], 1e-13);
        }
    // a product that no rule names by those it stands for; one that a rule names keeps its own
    leie_concordance via = {0};
    check_ok(leie_concordance_add(&via, "trade", "good", NULL, 0.75, 2, &err), &err);
    check_ok(leie_concordance_add(&via, "trade", "elsewhere", NULL, 0.25, 3, &err), &err);
    check_ok(leie_concordance_add(&via, "good", "elsewhere", NULL, 1, 4, &err), &err);
    check_ok(leie_need_weights(weight, &unused, &list, &via, &c.a.product, &c.a.category, &err), &err);
    leie_size hh = leie_labels_find(&c.a.category, "hh"), trade = leie_labels_find(&c.a.product, "trade"),
              good = leie_labels_find(&c.a.product, "good");
    const double *w = weight + (trade * c.a.C + hh) * N, *g = weight + (good * c.a.C + hh) * N;
    check_near(w[0], 0.25, 1e-13);        // living, as "elsewhere" falls under the rule of hh
    check_near(w[1], 0.75 * 0.5, 1e-13);  // things
    check_near(w[2], 0.75 * 0.25, 1e-13); // food
    check_near(w[3], 0.75 * 0.25, 1e-13); // the rest
    check_near(g[2], 0.25, 1e-13);
    leie_concordance_clear(&via);
    // too much is refused, unless the list overlaps
    add_rule(&list, "good", "hh", "living", 0.5);
    check_status(leie_need_weights(weight, &unused, &list, NULL, &c.a.product, &c.a.category, &err), LEIE_ERR_DATA, &err);
    check_has(err.text, "needs.csv:7: the weights of ('good', 'hh') sum to 1.25");
    err = (leie_error){0};
    list.overlapping = true;
    check_ok(leie_need_weights(weight, &unused, &list, NULL, &c.a.product, &c.a.category, &err), &err);
    leie_free(weight);
    leie_free(by);
    leie_free(money);
    leie_need_list_clear(&list);
    close_case(&c);
}

// Trade goes to the good: totals stay, and never more than there is.
static void test_margins(void)
{
    need_case c;
    leie_error err = {0};
    leie_trade_margins m = {0};
    leie_trade_margins_info info;
    open_case(&c);
    check_ok(leie_trade_margin_add(&m, "good", "trade", "hh", 0.1, 2, &err), &err);
    check_ok(leie_trade_margin_add(&m, "good", "tax", "", 0.21, 3, &err), &err);
    check_ok(leie_trade_margin_add(&m, "elsewhere", "trade", "", 0.21, 4, &err), &err);
    leie_size size = c.a.q * c.a.P * c.a.C, good = leie_labels_find(&c.a.product, "good"), trade = leie_labels_find(&c.a.product, "trade");
    double *purchasers = leie_new(size, sizeof *purchasers);
    double before = cell(&c.a, 0, 0, "trade", "hh"), bought = cell(&c.a, 0, 0, "good", "hh");
    double money = c.a.demand_product[good * c.a.C], trades = c.a.demand_product[trade * c.a.C];
    check_ok(leie_trade_margins_move(&c.a, purchasers, &m, &info, &err), &err);
    check_size(info.unknown, 1);
    double share = fmin(0.1 * money / trades, 1);
    check_near(cell(&c.a, 0, 0, "good", "hh"), bought + share * before, 1e-13);
    check_close(cell(&c.a, 0, 0, "trade", "hh"), (1 - share) * before, 1e-12, 1e-12);
    check_near(purchasers[good * c.a.C], money * 1.21 + share * trades, 1e-13);
    check_near(purchasers[good * c.a.C + 1], c.a.demand_product[good * c.a.C + 1] * 1.21, 1e-13);
    // a margin beyond all purchases of trade takes them all and is counted
    check_ok(leie_trade_margin_add(&m, "good", "trade", "gov", 1e9, 5, &err), &err);
    check_ok(leie_trade_margins_move(&c.a, purchasers, &m, &info, &err), &err);
    check_true(info.short_of >= 1);
    check_close(cell(&c.a, 0, 0, "trade", "gov"), 0, 0, 1e-9 * before);
    leie_free(purchasers);
    leie_trade_margins_clear(&m);
    close_case(&c);
}

// The embedded study by needs: parts add up to the footprint, agendas say that theirs do not.
static void test_embedded(void)
{
    leie_dataset ds = {0};
    char output[512];
    snprintf(output, sizeof output, "%s/needs.nc", check_folder());
    result_run(&ds, "datasets/flanders-2011/study.yaml", output, NULL);
    const leie_var *need = leie_dataset_find(&ds, "need");
    double sum = 0;
    for (leie_size n = 0; n < need->count; n++) {
        char where[128];
        snprintf(where, sizeof where, "need=%s|region=BE-VLG|stressor=construction", need->text[n]);
        sum += result_value(&ds, "footprint_need", where);
    }
    check_near(sum, result_value(&ds, "D_cba", "region=BE-VLG|stressor=construction"), 1e-12);
    check_text(need->text[need->count - 1], "unassigned");
    check_true(leie_result_additive(&ds, "need"));
    check_true(!leie_result_additive(&ds, "agenda"));
    check_size(result_size(&ds, "agenda"), 6);
    leie_dataset_clear(&ds);
}

static void test_files_refused(void)
{
    static const struct {
        const char *file, *set, *message;
    } list[] = {{"product,category,need,weight\na,,x,1.5\n", "needs=%s/n.csv", "n.csv:2:"},
                {"product,category,need\na,,TOTAL\n", "needs=%s/n.csv", "cannot be a need"},
                {"product,category,need\nfarm,,x\nfarm,,y\n", "needs=%s/n.csv", "sum to 2, more than one"},
                {"product,category,need\na,,x\n", "needs={region: %s/n.csv}", "cannot name a list of needs"}};
    const char *folder = check_folder();
    for (size_t i = 0; i < sizeof list / sizeof list[0]; i++) {
        leie_study study = {0};
        leie_run_info info = {0};
        leie_error err = {0};
        char set[600], output[600], *sets[] = {set};
        write_text(folder, "n.csv", list[i].file);
        snprintf(set, sizeof set, list[i].set, folder);
        snprintf(output, sizeof output, "%s/refused.nc", folder);
        leie_status st = leie_study_read(&study, "tests/cases/tiny/study.yaml", 1, sets, &err);
        if (!st)
            st = leie_run(NULL, &study, &(leie_run_opts){.output = output}, NULL, &info, &err);
        check_true(st == LEIE_ERR_DATA || st == LEIE_ERR_USAGE);
        check_has(err.text, list[i].message);
        leie_run_info_clear(&info);
        leie_study_clear(&study);
    }
}

CHECK_SUITE(needs, {"weights of rules", test_weights, NULL}, {"margins to the good bought", test_margins, NULL},
            {"the embedded study by needs", test_embedded, NULL}, {"files refused", test_files_refused, NULL})
