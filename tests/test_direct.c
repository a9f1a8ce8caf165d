// SPDX-License-Identifier: GPL-3.0-or-later
/* Direct flows by industry and product, and endogenous capital. */
#include <math.h>
#include <string.h>

#include "kernels/memory.h"
#include "solver/leie.h"
#include "tests/check.h"
#include "tests/small_table.h"
#include "tests/toy_table.h"

enum { TOTAL = LEIE_MATERIAL_TOTAL };

typedef struct direct_case {
    leie_table t;
    leie_account_regions q;
    leie_materials m;
    leie_flows f;
    leie_labels product, category;
    double *factor;
    bool *given;
    leie_unit_values u;
    leie_direct d;
} direct_case;

// The small system of pymrio with material MF1 for its first stressor.
static void open_case(direct_case *c)
{
    leie_error err = {0};
    char one[] = "reg1", two[] = "reg2", *both[] = {one, two};
    leie_size unused, unknown;
    *c = (direct_case){0};
    small_table_pymrio(&c->t);
    check_ok(leie_account_regions_all(&c->q, &c->t.sector, &err), &err);
    check_ok(leie_account_regions_add(&c->q, &c->t.sector, "world", NULL, 2, both, &err), &err);
    check_ok(leie_materials_add(&c->m, "MF1", "Biomass", "", "", LEIE_SPLIT_YES, LEIE_SPLIT_NO, &err), &err);
    check_ok(leie_axis_codes(&c->product, NULL, &c->t.sector, &err), &err);
    check_true(leie_labels_add(&c->category, c->t.demand.code[0], NULL, NULL, "household", &err) == 0);
    leie_size k = c->t.stressor.n, M = c->m.label.n;
    c->factor = leie_new(k * M, sizeof *c->factor);
    c->given = leie_new(M, sizeof *c->given);
    leie_material_map map = {0};
    check_ok(leie_material_map_add(&map, c->t.stressor.code[0], &(leie_material_link){.material = LEIE_MATERIAL_FIRST,
             .factor = 2, .definition = 1}, &err), &err);
    char tonne[] = "t", *unit[] = {tonne, tonne};
    check_ok(leie_material_map_factors(c->factor, c->given, NULL, &unused, &unknown, &map, &c->m, k, c->t.stressor.code,
             c->t.stressor.kind, unit, &err), &err);
    leie_material_map_clear(&map);
}

static void add_flow(direct_case *c, const char *region, leie_flow_kind kind, const char *partner, const char *product,
                     double tonnes)
{
    leie_error err = {0};
    leie_labels *list[] = {&c->f.region, &c->f.partner, &c->f.tag[0]};
    const char *code[] = {region, partner, product};
    leie_index at[3];
    for (int i = 0; i < 3; i++) {
        leie_size found = code[i] ? leie_labels_find(list[i], code[i]) : -1;
        if (code[i] && found < 0)
            found = leie_labels_add(list[i], code[i], NULL, NULL, NULL, &err);
        at[i] = (leie_index)found;
    }
    leie_flow row = {.year = 2011, .region = at[0], .partner = at[1], .material = LEIE_MATERIAL_FIRST,
                     .tag = {at[2], -1, -1, -1}, .kind = kind, .tonnes = tonnes, .value_eur = NAN, .sd = NAN,
                     .line = c->f.n + 2};
    check_ok(leie_flows_add(&c->f, &row, &err), &err);
}

static void make_case(direct_case *c)
{
    leie_error err = {0};
    leie_direct_source source = {.flows = &c->f, .material = &c->m};
    check_ok(leie_flows_close(&c->f, &err), &err);
    check_ok(leie_unit_values_make(&c->u, &source, 2011, &c->t, &c->q, &c->product, &err), &err);
    check_ok(leie_direct_make(&c->d, &c->u, &c->m, c->factor, c->given, &c->t, &c->q, &c->product, &c->category, &err), &err);
}

static void close_case(direct_case *c)
{
    leie_direct_clear(&c->d);
    leie_unit_values_clear(&c->u);
    leie_flows_clear(&c->f);
    leie_materials_clear(&c->m);
    leie_labels_clear(&c->product);
    leie_labels_clear(&c->category);
    leie_account_regions_clear(&c->q);
    leie_table_clear(&c->t);
    leie_free(c->factor);
    leie_free(c->given);
}

static double of(const double *array, leie_size q, leie_size m, leie_size M, leie_size width, leie_size at)
{
    return array[(q * M + m) * width + at];
}

static double total(const direct_case *c, leie_size q, int side)
{
    double sum = c->d.unspread[(q * 2 + side) * c->d.M + TOTAL];
    for (leie_size j = 0; j < c->d.n; j++)
        sum += of(side ? c->d.exp_sector : c->d.imp_sector, q, TOTAL, c->d.M, c->d.n, j);
    for (leie_size k = 0; !side && k < c->d.C; k++)
        sum += of(c->d.imp_category, q, TOTAL, c->d.M, c->d.C, k);
    return sum;
}

// Tonnes of a product go to its users in proportion to money; what the table does not have stays apart.
static void test_spread(void)
{
    direct_case c;
    open_case(&c);
    add_flow(&c, "reg1", LEIE_FLOW_IMP, "reg2", c.product.code[0], 600);
    add_flow(&c, "reg1", LEIE_FLOW_IMP, "reg2", c.product.code[1], 100);
    add_flow(&c, "reg1", LEIE_FLOW_IMP, "ROW", "unicorns", 7);
    add_flow(&c, "reg1", LEIE_FLOW_EXP, "reg2", c.product.code[2], 50);
    add_flow(&c, "reg2", LEIE_FLOW_EXP, "ROW", "unicorns", 1);
    make_case(&c);
    double bought = 0, used = leie_matrix_get(&c.t.Z, 3, 0);
    for (leie_size j = 0; j < 3; j++)
        bought += leie_matrix_get(&c.t.Z, 3, j);
    bought += c.t.Y[3 * c.t.demand.n];
    double other = leie_matrix_get(&c.t.Z, 4, 1), others = c.t.Y[4 * c.t.demand.n];
    for (leie_size j = 0; j < 3; j++)
        others += leie_matrix_get(&c.t.Z, 4, j);
    check_true(used > 0 && other > 0);
    check_near(of(c.d.imp_sector, 0, TOTAL, c.d.M, c.d.n, 0), 600 * used / bought, 1e-13);
    check_near(of(c.d.imp_sector, 0, TOTAL, c.d.M, c.d.n, 1), 100 * other / others, 1e-13);
    check_near(total(&c, 0, 0), 707, 1e-13);
    check_near(total(&c, 0, 1), 50, 1e-13);
    check_near(c.d.unspread[TOTAL], 7, 0);
    check_near(c.d.de_sector[TOTAL * c.d.n + 2], 2 * c.t.F[2], 1e-15);
    // the mirrored trade of the other region
    check_near(total(&c, 1, 0), 50, 1e-13);
    check_near(total(&c, 1, 1), 701, 1e-13);
    close_case(&c);
}

// Partners without flows of their own are one pool; a region without imports of its own: missing, not zero.
static void test_pools(void)
{
    direct_case c;
    open_case(&c);
    add_flow(&c, "reg1", LEIE_FLOW_IMP, "ROW", c.product.code[0], 600);
    make_case(&c);
    check_near(total(&c, 0, 0), 600, 1e-13); // reg2 has no flows: its sales take the 600 t
    check_near(c.d.unspread[TOTAL], 0, 0);
    check_true(isnan(of(c.d.imp_sector, 1, TOTAL, c.d.M, c.d.n, 3)) && isnan(total(&c, 0, 1)));
    close_case(&c);
    open_case(&c);
    add_flow(&c, "reg1", LEIE_FLOW_IMP, "ROW", c.product.code[0], 600);
    add_flow(&c, "reg2", LEIE_FLOW_IMP, "ROW", "unicorns", 5);
    make_case(&c);
    check_near(total(&c, 0, 0), 600, 1e-13); // reg2 has, and sells no such tonnes: they meet no trade of the table
    check_near(c.d.unspread[TOTAL], 600, 0);
    close_case(&c);
}

// What an export column buys of another region is imported and leaves again: no industry of the region makes it.
static void test_reexports(void)
{
    leie_table t;
    leie_account_regions q = {0};
    leie_labels product = {0}, category = {0};
    direct_case c = {0}; // its flows and materials
    leie_error err = {0};
    toy_table(&t, "A a b|B a b", "A household export|B household", 1, 0);
    toy_fill(&t, 5, 1);
    t.year = 2011;
    check_ok(leie_account_regions_all(&q, &t.sector, &err), &err);
    check_ok(leie_materials_add(&c.m, "MF1", "Biomass", "", "", LEIE_SPLIT_YES, LEIE_SPLIT_NO, &err), &err);
    check_ok(leie_axis_codes(&product, NULL, &t.sector, &err), &err);
    check_true(leie_labels_add(&category, "household", NULL, NULL, "household", &err) == 0);
    add_flow(&c, "A", LEIE_FLOW_EXP, "ROW", "a", 10);
    add_flow(&c, "B", LEIE_FLOW_EXP, "A", "a", 4);
    check_ok(leie_flows_close(&c.f, &err), &err);
    leie_direct_source source = {.flows = &c.f, .material = &c.m};
    double factor[16] = {0}, own = t.Y[1], other = t.Y[2 * t.demand.n + 1];
    bool given[16] = {false};
    check_ok(leie_unit_values_make(&c.u, &source, 2011, &t, &q, &product, &err), &err);
    check_ok(leie_direct_make(&c.d, &c.u, &c.m, factor, given, &t, &q, &product, &category, &err), &err);
    check_true(own > 0 && other > 0);
    check_near(c.d.exp_sector[TOTAL * c.d.n], 10 * own / (own + other), 1e-13);
    check_near(c.d.unspread[c.d.M + TOTAL], 10 * other / (own + other), 1e-13);
    check_near(total(&c, 0, 0), 4, 1e-13);
    check_near(total(&c, 1, 1), 4, 1e-13);
    leie_labels_clear(&product);
    leie_labels_clear(&category);
    leie_account_regions_clear(&q);
    leie_table_clear(&t);
    leie_direct_clear(&c.d);
    leie_unit_values_clear(&c.u);
    leie_flows_clear(&c.f);
    leie_materials_clear(&c.m);
}

// Trade among the members is left out of a group; both members must have physical trade.
static void test_group(void)
{
    direct_case c;
    open_case(&c);
    for (int r = 0; r < 2; r++) {
        const char *own = r ? "reg2" : "reg1";
        add_flow(&c, own, LEIE_FLOW_IMP, "ROW", "unicorns", 5);
        add_flow(&c, own, LEIE_FLOW_EXP, "ROW", "unicorns", 2);
    }
    add_flow(&c, "reg1", LEIE_FLOW_IMP, "reg2", c.product.code[0], 600);
    make_case(&c);
    check_near(total(&c, 0, 0), 605, 1e-13);
    check_near(total(&c, 2, 0), 10, 1e-13); // without the 600 t among them
    check_near(total(&c, 2, 1), 4, 1e-13);
    close_case(&c);
}

// Under a scenario imports follow their money at the baseline's unit value.
static void test_scenario(void)
{
    direct_case c;
    leie_error err = {0};
    open_case(&c);
    add_flow(&c, "reg1", LEIE_FLOW_IMP, "ROW", c.product.code[0], 600);
    add_flow(&c, "reg1", LEIE_FLOW_EXP, "ROW", c.product.code[0], 60);
    make_case(&c);
    double before = of(c.d.imp_sector, 0, TOTAL, c.d.M, c.d.n, 0), out = total(&c, 0, 1), all = total(&c, 0, 0);
    leie_direct_clear(&c.d);
    for (leie_size i = 3; i < 6; i++)
        *toy_Z(&c.t, i, 0) *= 1.5; // sector 1 of region 1 imports half as much again
    for (leie_size j = 0; j < c.t.stressor.n * c.t.sector.n; j++)
        c.t.F[j] *= 1.25; // as output
    check_ok(leie_direct_make(&c.d, &c.u, &c.m, c.factor, c.given, &c.t, &c.q, &c.product, &c.category, &err), &err);
    check_true(before > 0);
    check_near(of(c.d.imp_sector, 0, TOTAL, c.d.M, c.d.n, 0), 1.5 * before, 1e-13);
    check_near(total(&c, 0, 0), all + 0.5 * before, 1e-13);
    check_near(total(&c, 0, 1), out, 1e-13);
    check_near(c.d.de_sector[TOTAL * c.d.n], 2 * c.t.F[0], 1e-15);
    close_case(&c);
}

// ---- capital ----

// World totals stay; what a region no longer invests its users of capital pass on.
static void test_capital(void)
{
    for (uint64_t seed = 3; seed < 6; seed++) {
        leie_table t;
        leie_account_regions q = {0};
        leie_accounts before, after;
        leie_error err = {0};
        toy_table(&t, "A a b|B a b c", "A household gfcf|B household gfcf inventories", 2, 1);
        toy_fill(&t, seed, 0.8);
        check_ok(leie_account_regions_all(&q, &t.sector, &err), &err);
        check_ok(leie_accounts_make(&before, &t, &q, NULL, &err), &err);
        double *worn = leie_new(t.sector.n, sizeof *worn), paid = t.W[0];
        for (leie_size j = 0; j < t.sector.n; j++)
            worn[j] = 0.01 * t.x[j];
        check_ok(leie_table_capital(&t, worn, NULL, 0, &err), &err);
        check_ok(leie_accounts_make(&after, &t, &q, NULL, &err), &err);
        for (leie_size s = 0; s < 2; s++) {
            check_near(after.D_cba_world[s], before.D_cba_world[s], 1e-12);
            check_true(fabs(after.D_cba[s] - before.D_cba[s]) > 1e-6 * before.D_cba[s]);
            check_true(fabs(after.imbalance[s]) < 1e-11 * before.D_cba_world[s]);
        }
        check_near(t.W[0], paid - worn[0], 1e-12);
        check_has(toy_note(&t, "capital is endogenous"), "investment became inputs");
        leie_free(worn);
        leie_accounts_clear(&before);
        leie_accounts_clear(&after);
        leie_account_regions_clear(&q);
        leie_table_clear(&t);
    }
}

static void test_capital_refused(void)
{
    leie_table t;
    leie_error err = {0};
    toy_table(&t, "A a b|B a", "A household gfcf|B household", 1, 0);
    toy_fill(&t, 9, 0.9);
    double x = leie_matrix_get(&t.Z, 0, 1), negative[3] = {1, -2, 0}, idle[3] = {1, 1, 4};
    check_status(leie_table_capital(&t, negative, NULL, -1, &err), LEIE_ERR_DATA, &err);
    check_has(err.text, "A b");
    check_near(leie_matrix_get(&t.Z, 0, 1), x, 0);
    leie_cells cells = {0};
    err = (leie_error){0};
    check_ok(leie_cells_add(&cells, 0, 2, 1.5, &err), &err);
    check_status(leie_table_capital(&t, NULL, &cells, -1, &err), LEIE_ERR_DATA, &err);
    check_has(err.text, "no column of kind gfcf");
    leie_cells_free(&cells);
    err = (leie_error){0};
    check_ok(leie_table_capital(&t, idle, NULL, -1, &err), &err);
    check_has(toy_note(&t, "no investment"), "1 regions");
    leie_table_clear(&t);
}

CHECK_SUITE(direct, {"tonnes go to users by money", test_spread, NULL}, {"pools of partners", test_pools, NULL}, {"re-exports", test_reexports, NULL}, {"groups leave trade among members out", test_group, NULL},
            {"scenarios keep the unit values of the baseline", test_scenario, NULL},
            {"endogenous capital keeps world totals", test_capital, NULL}, {"capital refused", test_capital_refused, NULL})
