// SPDX-License-Identifier: GPL-3.0-or-later
/* The embedded study: its regions by their own 64 products. The figures of its page from the committed table; the table
 * and its totals once more from the originals. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/read/csv.h"
#include "io/read/read_sut.h"
#include "io/read/read_table.h"
#include "tests/check.h"
#include "tests/results.h"
#include "tests/write_files.h"

#define STUDY "datasets/flanders-2011/study.yaml"
#define FOLDER "datasets/flanders-2011/sut"
#define TOTALS "datasets/flanders-2011/recipe/totals_2011.csv"

enum { REGIONS = 4, GROUPS = 4, KINDS = 5, PRODUCTS = 64, INDUSTRIES = 35, CATEGORIES = 5, DIGITS = 6 };

static const char *const region[REGIONS] = {"BE-VLG", "BE-WAL", "BE-BRU", "BEL"};

static void run_study(leie_dataset *ds, const char *study, const char *name)
{
    char path[512];
    *ds = (leie_dataset){0};
    snprintf(path, sizeof path, "%s/%s", check_folder(), name);
    check_size(result_run(ds, study, path, NULL), 1);
}

static double cell(const leie_dataset *ds, const char *account, const char *of, const char *stressor)
{
    char where[256];
    snprintf(where, sizeof where, "region=%s|stressor=%s", of, stressor);
    return result_value(ds, account, where);
}

// ---- from the committed table ----

static const char *const group[GROUPS][KINDS] = {{"crops", "grazing", "wood", "fish", NULL},
                                                 {"iron", "nonferrous", NULL},
                                                 {"construction", "industrial", NULL},
                                                 {"coal", "oil_gas", NULL}};

// Mt by material (biomass, ores, minerals, fossil carriers), as on the page.
static void test_page(void)
{
    static const double megatonnes[REGIONS][GROUPS] = {
        {34.56, 14.61, 35.75, 31.00}, {19.35, 6.91, 29.35, 14.79}, {5.53, 2.51, 8.22, 5.22}, {59.44, 24.02, 73.32, 51.01}};
    static const double per_head[REGIONS] = {18.26, 19.83, 18.83, 18.82};
    leie_dataset ds;
    run_study(&ds, STUDY, "page.nc");
    for (int r = 0; r < REGIONS; r++) {
        double head = 0;
        for (int g = 0; g < GROUPS; g++) {
            double sum = 0;
            for (int s = 0; group[g][s]; s++) {
                sum += cell(&ds, "D_cba", region[r], group[g][s]) / 1e6;
                head += cell(&ds, "footprint_per_capita", region[r], group[g][s]);
            }
            check_close(sum, megatonnes[r][g], 0, 0.0051);
        }
        check_close(head, per_head[r], 0, 0.0051);
    }
    check_size(result_size(&ds, "product"), PRODUCTS);
    check_size(result_size(&ds, "category"), CATEGORIES);
    check_has(result_note(&ds, "final use take"), "'P.31/S14' is 'households'");
    leie_dataset_clear(&ds);
}

// Shares of Flanders' final demand in per cent, as on the page beside the published route.
static void test_categories(void)
{
    static const char *const category[] = {"households", "npish", "government", "gfcf", "inventories"};
    static const double share[] = {57.5, 0.4, 8.1, 32.0, 2.1};
    double sum[CATEGORIES] = {0}, total = 0;
    leie_dataset ds;
    run_study(&ds, STUDY, "categories.nc");
    for (int c = 0; c < CATEGORIES; c++)
        for (int g = 0; g < GROUPS; g++)
            for (int s = 0; group[g][s]; s++) {
                char where[256];
                snprintf(where, sizeof where, "region=BE-VLG|category=%s|stressor=%s", category[c], group[g][s]);
                sum[c] += result_value(&ds, "footprint_category", where);
                total += result_value(&ds, "footprint_category", where);
            }
    for (int c = 0; c < CATEGORIES; c++)
        check_close(100 * sum[c] / total, share[c], 0, 0.051);
    leie_dataset_clear(&ds);
}

/* Beside the proportional split: extraction is where the keys put it, other countries produce the same, regions add up
 * to Belgium in both, and here they differ by more than their keys. */
static void test_beside_proportional(void)
{
    leie_dataset own, split;
    run_study(&own, STUDY, "own.nc");
    run_study(&split, "datasets/flanders-2011/proportional.yaml", "split.nc");
    for (int g = 0; g < GROUPS; g++)
        for (int s = 0; group[g][s]; s++) {
            const char *k = group[g][s];
            double sum = 0;
            for (int r = 0; r < REGIONS; r++) {
                check_close(cell(&own, "D_pba", region[r], k), cell(&split, "D_pba", region[r], k), 1e-9, 1);
                sum += r < 3 ? cell(&own, "D_cba", region[r], k) : 0;
            }
            check_near(cell(&own, "D_cba", "BEL", k), sum, 1e-12);
            check_close(cell(&own, "D_pba", "DEU", k), cell(&split, "D_pba", "DEU", k), 0, 0);
        }
    double ratio = cell(&own, "D_cba", "BE-WAL", "construction") / cell(&own, "D_cba", "BE-VLG", "construction");
    check_true(ratio > 1.5 * cell(&split, "D_cba", "BE-WAL", "construction") / cell(&split, "D_cba", "BE-VLG", "construction"));
    leie_dataset_clear(&own);
    leie_dataset_clear(&split);
}

// Shares of the regions in per cent, as on the page: value added, exports without and with re-exports.
static void test_shares(void)
{
    static const double page[][3] = {{57.5, 25.1, 17.4}, {62.7, 24.2, 13.1}, {62.0, 24.4, 13.6}};
    leie_error err = {0};
    leie_sut s;
    const leie_sut_source from = {.folder = FOLDER};
    if (!check_ok(leie_read_sut(&s, &from, &err), &err))
        return;
    double sum[3][3] = {0};
    leie_size K = s.account.sector.n, k = K / 3, M = s.account.demand.n, m = M / 3;
    for (leie_size v = 0; v < s.account.input.n; v++)
        for (leie_size j = 0; strcmp(s.account.input.kind[v], LEIE_INPUT_PRODUCT_TAX) != 0 && j < K; j++)
            sum[0][j / k] += s.account.W[v * K + j];
    for (int o = 0; o < 2; o++)
        for (leie_size i = 0; i < s.product.n; i++)
            for (leie_size c = 0; c < M; c++)
                if (s.account.demand.kind[c] == LEIE_DEMAND_EXPORT) {
                    double cell = s.layer[o][LEIE_BASIC].final[i * M + c];
                    sum[2][c / m] += cell;
                    sum[1][c / m] += o == LEIE_DOMESTIC ? cell : 0;
                }
    for (int q = 0; q < 3; q++)
        for (int r = 0; r < 3; r++)
            check_close(100 * sum[q][r] / (sum[q][0] + sum[q][1] + sum[q][2]), page[q][r], 0, 0.051);
    leie_sut_clear(&s);
}

// ---- from the originals ----

static const char recipe_text[] =
    "leie: 1\nstudy: recipe\ntitle: recipe\n"
    "tables:\n"
    "  - {year: 2011, format: triplets, path: %s/wiod2013, labels: labels.csv, Z: 'Z_{year}.csv.gz', Y: 'Y_{year}.csv.gz',\n"
    "     demand: [{code: households, kind: household}, {code: npish, kind: npish}, {code: government, kind: government},\n"
    "              {code: gfcf, kind: gfcf}, {code: inventories, kind: inventories}],\n"
    "     x_from: row, currency: USD, unit: MUSD, valuation: basic, prices: current, system: ixi, source: WIOD}\n"
    "nest:\n"
    "  country: BEL\n"
    "  regions: [BE-VLG, BE-WAL, BE-BRU]\n"
    "  sut: {path: %s/be_sut_2015/csv, format: be2015}\n"
    "  keys: datasets/flanders-2011/keys.csv\n"
    "  sectors: datasets/concordances/nace_sections_nace64.csv\n"
    "%s"
    "  bridge: {concordance: datasets/concordances/nace64_wiod35.csv}\n";

static bool read_recipe(leie_study *study, leie_sut *s, bool updated)
{
    static char text[4096];
    leie_error err = {0};
    snprintf(text, sizeof text, recipe_text, check_data(), check_data(),
             updated ? "  update: {to: 2011, totals: " TOTALS "}\n" : "");
    return check_ok(leie_study_parse(study, "recipe.yaml", text, 0, NULL, &err), &err) &&
           check_ok(leie_nest_read_sut(s, &study->nest[0].sut, &err), &err);
}

// Every figure of the committed table comes out of the recipe; names are this project's, lists are the same.
static void test_rebuilt(void)
{
    static const char *const files[] = {"categories.csv", "supply.csv",       "use.csv.gz",  "final.csv.gz",
                                        "inputs.csv",     "inputs_final.csv", "imports.csv", "output.csv"};
    leie_error err = {0};
    leie_study study = {0};
    leie_sut nation = {0}, made = {0}, kept = {0};
    leie_nest shares = {0};
    const char *folder = check_folder();
    char one[1024], other[1024];
    if (read_recipe(&study, &nation, true) &&
        check_ok(leie_nest_split(&made, &shares, NULL, &nation, &study.nest[0], NULL, &err), &err) &&
        check_ok(leie_write_sut(folder, &made, DIGITS, true, &err), &err)) {
        for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
            snprintf(one, sizeof one, "%s/%s", folder, files[i]);
            snprintf(other, sizeof other, FOLDER "/%s", files[i]);
            if (!check_true(result_same_file(one, other)))
                printf("%s differs from what the recipe makes\n", other);
        }
        const leie_sut_source from = {.folder = FOLDER};
        if (check_ok(leie_read_sut(&kept, &from, &err), &err)) {
            check_true(leie_axis_same(&kept.product, &made.product));
            check_true(leie_axis_same(&kept.account.sector, &made.account.sector));
            check_size(kept.account.year, 2011);
        }
    }
    leie_nest_shares_free(&shares);
    leie_sut_clear(&kept);
    leie_sut_clear(&made);
    leie_sut_clear(&nation);
    leie_study_clear(&study);
}

// No committed figure is one of the originals: what the regions add up to is not the national cell of 2015.
static void test_derived(void)
{
    leie_error err = {0};
    leie_study study = {0};
    leie_sut nation = {0}, kept = {0};
    const leie_sut_source from = {.folder = FOLDER};
    leie_size same = 0, cells = 0;
    if (read_recipe(&study, &nation, false) && check_ok(leie_read_sut(&kept, &from, &err), &err)) {
        leie_size K = nation.account.sector.n, M = nation.account.demand.n;
        for (int o = 0; o < 2; o++)
            for (leie_size i = 0; i < PRODUCTS; i++)
                for (leie_size u = 0; u < K + M; u++) {
                    const leie_sut_layer *was = &nation.layer[o][LEIE_BASIC], *is = &kept.layer[o][LEIE_BASIC];
                    double before = u < K ? was->use[i * K + u] : was->final[i * M + u - K], after = 0;
                    for (leie_size from_r = 0; from_r < 3; from_r++)
                        for (leie_size to_r = 0; to_r < 3; to_r++) {
                            leie_size row = from_r * PRODUCTS + i;
                            after += u < K ? is->use[row * 3 * K + to_r * K + u] : is->final[row * 3 * M + to_r * M + u - K];
                        }
                    if (fabs(before) < 1)
                        continue;
                    cells++;
                    same += fabs(after - before) <= 1e-6 * fabs(before);
                }
        for (leie_size i = 0; i < PRODUCTS; i++)
            for (leie_size k = 0; k < K; k++) {
                double before = nation.supply[i * K + k], after = 0;
                for (leie_size r = 0; r < 3; r++)
                    after += kept.supply[(r * PRODUCTS + i) * 3 * K + r * K + k];
                cells += before >= 1;
                same += before >= 1 && fabs(after - before) <= 1e-6 * before;
            }
        check_true(cells > 4000);
        check_size(same, 0);
    }
    leie_sut_clear(&kept);
    leie_sut_clear(&nation);
    leie_study_clear(&study);
}

typedef struct totals {
    double output[PRODUCTS], final[CATEGORIES], imports; // M EUR of 2011
    const leie_sut *nation;
    leie_size seen;
} totals;

/* output of 2011 = x sum_j P[., j] X_j / sum of P[., j] x,  X of the world table; final demand of the world table by
 * kind; imports of 2015 as output moves. */
static void compute_totals(totals *w, const leie_sut *s, const leie_table *t, const leie_concordance *c)
{
    const double rate = 1.392;
    leie_error err = {0};
    leie_size r = leie_labels_find(&t->sector.region, "BEL"), K = s->account.sector.n, M = s->account.demand.n;
    double *P = leie_new(K * INDUSTRIES, sizeof *P), all[INDUSTRIES] = {0}, before = 0, after = 0;
    leie_labels own = {0};
    for (leie_size k = 0; k < K; k++)
        leie_labels_add(&own, s->account.sector.code[k], NULL, NULL, NULL, &err);
    check_ok(leie_concordance_weights(P, c, &own, &err), &err);
    for (leie_size k = 0; k < K; k++)
        for (leie_size j = 0; j < INDUSTRIES; j++)
            all[j] += P[k * INDUSTRIES + j] * s->account.x[k];
    for (leie_size k = 0; k < K; k++) {
        before += s->account.x[k];
        for (leie_size j = 0; j < INDUSTRIES; j++)
            w->output[k] += s->account.x[k] * P[k * INDUSTRIES + j] *
                            t->x[leie_axis_find_in(&t->sector, r, c->to.code[j])] / all[j] / rate;
        after += w->output[k];
    }
    for (leie_size f = 0; f < CATEGORIES; f++)
        w->final[f] = leie_sum(t->Y + t->demand.first[r] + f, t->sector.n, t->demand.n) / rate;
    const leie_sut_layer *m = &s->layer[LEIE_IMPORTED][LEIE_BASIC];
    w->imports = (leie_sum(m->use, s->product.n * K, 1) + leie_sum(m->final, s->product.n * M, 1)) * after / before;
    leie_labels_clear(&own);
    leie_free(P);
}

static void check_total(totals *w, const char *account, const char *item, double value)
{
    static const char *const category[] = {"P.31/S14", "P.31/S15", "P3./S13", "P.51"};
    const leie_axis *sector = &w->nation->account.sector;
    w->seen++;
    if (strcmp(account, "output") == 0)
        check_near(value, w->output[leie_axis_find_in(sector, 0, item)], 6e-6);
    else if (strcmp(account, "imports") == 0)
        check_near(value, w->imports, 6e-6);
    else
        for (int f = 0; f < 4; f++)
            if (strcmp(item, category[f]) == 0)
                check_near(value, w->final[f], 6e-6);
}

// totals_2011.csv by the formula of its page.
static void test_totals(void)
{
    static const char *const columns[] = {"region", "account", "item", "year", "value", "source", NULL};
    leie_error err = {0};
    leie_study study = {0};
    leie_sut nation = {0};
    leie_table t = {0};
    leie_concordance c = {0};
    leie_csv csv = {0};
    totals w = {.nation = &nation};
    if (read_recipe(&study, &nation, false) &&
        check_ok(leie_read_concordance(&c, &study.nest[0].sut.concordance, "industries", &nation.account.provenance, &err), &err)) {
        study.nests = 0; // the world table as it is
        check_ok(leie_assemble(&t, &study, 2011, NULL, &err), &err);
        study.nests = 1;
        compute_totals(&w, &nation, &t, &c);
        check_ok(leie_csv_open(&csv, TOTALS, columns, NULL, &err), &err);
        for (bool more = true; check_ok(leie_csv_next(&csv, &more, &err), &err) && more;) {
            char account[64], item[64];
            double value;
            check_ok(leie_csv_string(&csv, leie_csv_column(&csv, "account"), account, sizeof account, &err), &err);
            check_ok(leie_csv_string(&csv, leie_csv_column(&csv, "item"), item, sizeof item, &err), &err);
            check_ok(leie_csv_number(&csv, leie_csv_column(&csv, "value"), &value, &err), &err);
            check_total(&w, account, item, value);
        }
        leie_csv_close(&csv);
        check_size(w.seen, PRODUCTS + 4 + 1);
    }
    leie_concordance_clear(&c);
    leie_table_clear(&t);
    leie_sut_clear(&nation);
    leie_study_clear(&study);
}

CHECK_SUITE(regional_study, {"figures of the page", test_page, NULL}, {"final demand", test_categories, NULL},
            {"shares of the regions", test_shares, NULL},
            {"beside the proportional split", test_beside_proportional, NULL})
CHECK_SUITE(data_regional_study, {"rebuilt from the originals", test_rebuilt, check_needs_data},
            {"no figure is the original's", test_derived, check_needs_data}, {"totals of 2011", test_totals, check_needs_data})
