// SPDX-License-Identifier: GPL-3.0-or-later
/* The reconciliation of the routes rme and io: coefficients taken from the table's own multipliers make both equal;
 * one element moved by a known amount lands in its own step. */
#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "io/read/read_flows.h"
#include "io/run/route_bridges.h"
#include "kernels/memory.h"
#include "tests/check.h"
#include "tests/toy_table.h"
#include "tests/write_files.h"

/* What a case changes; zero is the untouched one. */
typedef struct change {
    double extraction;     // added to DE of the first material, share
    bool coverage;         // one row of imports less
    double price;          // of one row of imports, share more
    double origin;         // coefficient of one row of imports, share more
    double product;        // coefficients of the two fine products of one product, share up and down
    double definition;     // of the second material
    bool inventories;      // left out of footprints by the study
    double averaging;      // share added to the figure that is shown
} change;

/* How trade is counted; quantities and coefficients mean the same in each. */
typedef enum form {
    PER_EUR,   // t/EUR
    PER_TONNE, // t/t, with published unit values
    CORRECTED, // t/EUR with reference prices: EUR of the flows are off, their tonnes are not
    FORMS
} form;

typedef struct bridge_case {
    form form;
    leie_table t;
    leie_account_regions q;
    leie_accounts accounts;
    leie_flow_accounts a;
    leie_study study;
    double *bridge;
} bridge_case;

enum { REGION = 0, YEAR = 2011, MF1 = LEIE_MATERIAL_FIRST, MF2 };

static leie_index label(leie_labels *list, const char *code)
{
    leie_error err = {0};
    leie_size at = leie_labels_find(list, code);
    return (leie_index)(at < 0 ? leie_labels_add(list, code, NULL, NULL, NULL, &err) : at);
}

// t per EUR of a product, whatever its origin.
static double unit_value(const char *product)
{
    return 0.002 + 0.001 * (product[0] - 'a');
}

static void add_flow(bridge_case *c, leie_flow_kind kind, const char *partner, const char *product, double euro,
                     leie_index material, double tonnes)
{
    if (product)
        tonnes = euro * unit_value(product);
    if (c->form == CORRECTED)
        euro *= 1.7;
    leie_error err = {0};
    leie_flows *f = &c->a.flows;
    leie_flow row = {.year = YEAR, .region = label(&f->region, c->t.sector.region.code[REGION]), .partner = -1,
                     .material = material, .tag = {-1, -1, -1, -1}, .kind = kind, .tonnes = tonnes, .value_eur = euro,
                     .sd = NAN, .line = f->n + 2};
    if (partner)
        row.partner = label(&f->partner, partner);
    if (product)
        row.tag[0] = label(&f->tag[0], product);
    check_ok(leie_flows_add(f, &row, &err), &err);
}

// Coefficients of a product of one origin: M per EUR, in the definition of the accounts.
static void add_coefficients(bridge_case *c, bool exports, const char *product, const char *origin, leie_size i,
                             double share, double definition)
{
    leie_error err = {0};
    for (int s = 0; s < 2; s++) {
        share /= c->form == PER_TONNE && s == 0 ? unit_value(product) : 1;
        leie_rme_coefficient x = {.exports = exports, .money = c->form != PER_TONNE, .product = label(&c->a.rme.product, product),
                                  .origin = label(&c->a.rme.origin, origin), .material = (leie_index)(MF1 + s),
                                  .value = share * (s ? definition : 1) * c->accounts.M[s * c->accounts.n + i] / 1e6};
        check_ok(leie_rme_add(&c->a.rme, &x, &err), &err);
    }
}

// What region REGION buys from sector i, or sells abroad of it, in MEUR.
static double money_of(const leie_table *t, leie_size i, bool exports)
{
    double sum = 0;
    for (leie_size j = 0; j < t->sector.n; j++)
        if ((t->sector.of[j] == REGION) != exports)
            sum += leie_matrix_get(&t->Z, i, j);
    for (leie_size j = 0; j < t->demand.n; j++)
        if ((t->demand.of[j] == REGION) != exports)
            sum += t->Y[i * t->demand.n + j];
    return sum;
}

// The trade of REGION as the table has it, with coefficients that are the table's multipliers.
static void add_trade(bridge_case *c, const change *x)
{
    const leie_axis *sector = &c->t.sector;
    double definition = x->definition > 0 ? x->definition : 1;
    leie_size first = sector->first[1];
    for (leie_size i = 0; i < sector->n; i++) {
        bool exports = sector->of[i] == REGION, one = i == first;
        const char *origin = sector->region.code[sector->of[i]], *product = sector->code[i];
        double euro = 1e6 * money_of(&c->t, i, exports);
        leie_flow_kind kind = exports ? LEIE_FLOW_EXP : LEIE_FLOW_IMP;
        const char *partner = exports ? "ROW" : origin;
        if (!exports && x->product != 0 && strcmp(product, "b") == 0) {
            // two fine products in halves over all origins, and not in each of them: the first has more of one
            double tilt = sector->of[i] == 1 ? 0.1 : -0.1 * money_of(&c->t, leie_axis_find_in(sector, 1, "b"), false) / money_of(&c->t, i, false);
            add_flow(c, kind, partner, "b1", euro * (0.5 + tilt), MF1, 1);
            add_flow(c, kind, partner, "b2", euro * (0.5 - tilt), MF1, 1);
            add_coefficients(c, false, "b1", origin, i, 1 + x->product, definition);
            add_coefficients(c, false, "b2", origin, i, 1 - x->product, definition);
            continue;
        }
        if (!(one && x->coverage))
            add_flow(c, kind, partner, product, euro * (one ? 1 + x->price : 1), MF1, 1);
        add_coefficients(c, exports, product, origin, i, one ? 1 + x->origin : 1, definition);
    }
    for (int s = 0; s < 2; s++)
        add_flow(c, LEIE_FLOW_DE, NULL, NULL, NAN, (leie_index)(MF1 + s),
                 (c->accounts.D_pba[REGION * 2 + s] + c->accounts.direct[REGION * 2 + s]) *
                     (s ? definition : 1 + x->extraction));
}

// t per EUR of every product, as published and as the reference of coefficients.
static void make_unit_values(bridge_case *c)
{
    static const char *const product[] = {"a", "b", "b1", "b2", "c", "d"};
    char text[1024] = "direction,region,product,year,value,unit\n", path[600];
    leie_error err = {0};
    for (int i = 0; i < 12; i++) {
        const char *name = product[i % 6];
        snprintf(text + strlen(text), sizeof text - strlen(text), "%s,,%s,,%.17g,t/EUR\n", i < 6 ? "imp" : "exp", name, unit_value(name));
    }
    snprintf(path, sizeof path, "%s", write_text(check_folder(), "unit_values.csv", text));
    leie_path *to = &c->study.flows.unit_values;
    *to = (leie_path){.real = leie_strdup(path), .shown = leie_strdup("unit_values.csv")};
    if (c->form == CORRECTED)
        check_ok(leie_read_unit_values(&c->a.rme.reference, to, &c->a.material, "EUR", NULL, &err), &err);
    if (c->form != PER_TONNE) {
        to->real = leie_free(to->real);
        to->shown = leie_free(to->shown);
    }
}

static void make_flow_accounts(bridge_case *c, const change *x)
{
    leie_error err = {0};
    leie_flow_accounts *a = &c->a;
    char code[] = "f0", region[64];
    for (int s = 0; s < 2; s++) {
        code[1] = (char)('0' + s);
        leie_material_link link = {.material = (leie_index)(MF1 + s), .factor = 1,
                                   .definition = s && x->definition > 0 ? x->definition : 1};
        check_ok(leie_material_map_add(&a->map, code, &link, &err), &err);
    }
    check_ok(leie_concordance_add(&a->products, "b1", "b", NULL, 1, 2, &err), &err);
    check_ok(leie_concordance_add(&a->products, "b2", "b", NULL, 1, 3, &err), &err);
    check_ok(leie_flows_close(&a->flows, &err), &err);
    check_ok(leie_rme_close(&a->rme, &a->material, &err), &err);
    snprintf(region, sizeof region, "%s", c->t.sector.region.code[REGION]);
    check_ok(leie_account_regions_add_from(&a->q, &a->flows.region, region, NULL, 0, NULL, &err), &err);
    check_ok(leie_mfa_make(&a->mfa, &a->flows, &a->rme, &a->material, &a->q, &err), &err);
    if (x->averaging != 0) {
        leie_size size = a->mfa.Y * a->mfa.q * LEIE_MFA_INDICATORS * a->mfa.M;
        a->average = leie_new(size, sizeof *a->average);
        for (leie_size i = 0; i < size; i++)
            a->average[i] = (1 + x->averaging) * a->mfa.value[i];
    }
}

static void open_case(bridge_case *c, const change *x, form how)
{
    leie_error err = {0};
    *c = (bridge_case){.form = how};
    toy_table(&c->t, "A a b c|B a b|C b c d", "A hh inventories|B hh|C hh", 2, 0);
    toy_fill(&c->t, 77, 1);
    c->t.year = YEAR;
    for (leie_size i = 0; i < c->t.sector.n; i++) // inventories of both signs
        c->t.Y[i * c->t.demand.n + 1] = i % 2 ? -0.385 : 1.21;
    check_ok(leie_table_set_x(&c->t, LEIE_X_ROW, NULL, &err), &err);
    check_ok(leie_account_regions_all(&c->q, &c->t.sector, &err), &err);
    leie_accounts_opts opts = {.by = LEIE_BY_MULTIPLIER};
    opts.exclude[LEIE_DEMAND_INVENTORIES] = x->inventories;
    check_ok(leie_accounts_make(&c->accounts, &c->t, &c->q, &opts, &err), &err);
    check_ok(leie_materials_add(&c->a.material, "MF1", "one", "", "", LEIE_SPLIT_YES, LEIE_SPLIT_NO, &err), &err);
    check_ok(leie_materials_add(&c->a.material, "MF2", "two", "", "", LEIE_SPLIT_NO, LEIE_SPLIT_NO, &err), &err);
    add_trade(c, x);
    make_unit_values(c);
    make_flow_accounts(c, x);
    check_ok(leie_route_bridges(&c->bridge, &c->a, &c->study, &c->t, &c->q, &c->accounts, &err), &err);
}

static void close_case(bridge_case *c)
{
    leie_free(c->bridge);
    leie_flow_accounts_clear(&c->a);
    leie_free(c->study.flows.unit_values.real);
    leie_free(c->study.flows.unit_values.shown);
    leie_accounts_clear(&c->accounts);
    leie_account_regions_clear(&c->q);
    leie_table_clear(&c->t);
}

static double row(const bridge_case *c, leie_size at, leie_size m)
{
    return c->bridge[(REGION * LEIE_BRIDGE_ROWS + at) * c->a.material.label.n + m];
}

static void test_own_multipliers(void)
{
    for (int how = 0; how < FORMS; how++) {
        bridge_case c;
        open_case(&c, &(change){0}, (form)how);
        for (leie_size m = 0; m < c.a.material.label.n; m++) {
            if (m > LEIE_MATERIAL_TOTAL && m < MF1)
                continue;
            double rmc = row(&c, 0, m);
            check_true(rmc > 0);
            check_near(rmc, row(&c, LEIE_BRIDGE_ROWS - 1, m), 1e-10);
            for (leie_size s = 1; s < LEIE_BRIDGE_ROWS - 1; s++)
                check_close(row(&c, s, m), 0, 0, 1e-10 * rmc);
        }
        // other regions have no flows: missing
        check_true(isnan(c.bridge[LEIE_BRIDGE_ROWS * c.a.material.label.n]));
        close_case(&c);
    }
}

// Imports of sector i as the table values them with its multiplier.
static double imported(const bridge_case *c, leie_size i, leie_size m)
{
    return money_of(&c->t, i, false) * c->accounts.M[(m - MF1) * c->accounts.n + i];
}

// What a change should do to RMC on the way from rme to io.
static double known(const bridge_case *c, const change *x, leie_size m)
{
    const leie_axis *sector = &c->t.sector;
    leie_size first = sector->first[1], s = m - MF1, b1 = leie_axis_find_in(sector, 1, "b"), b2 = leie_axis_find_in(sector, 2, "b");
    double DE = c->accounts.D_pba[REGION * 2 + s] + c->accounts.direct[REGION * 2 + s], io = row(c, LEIE_BRIDGE_ROWS - 1, m);
    if (x->extraction != 0)
        return -x->extraction * DE;
    if (x->coverage)
        return imported(c, first, m);
    if (x->price != 0)
        return -x->price * imported(c, first, m);
    if (x->origin != 0)
        return -x->origin * imported(c, first, m);
    if (x->product != 0) // the first fine product has a tenth more of one origin, and less of the other so that halves stay
        return -x->product * 2 * 0.1 * (imported(c, b1, m) - imported(c, b2, m) * money_of(&c->t, b1, false) / money_of(&c->t, b2, false));
    if (x->definition != 0)
        return (1 - x->definition) * io;
    return x->inventories ? -c->accounts.left_out[REGION * 2 + s] : -x->averaging * io;
}

static void test_one_at_a_time(void)
{
    static const struct {
        change x;
        leie_bridge_step step;
        leie_size material;
    } list[] = {{{.extraction = 0.1}, LEIE_BRIDGE_EXTRACTION, MF1}, {{.coverage = true}, LEIE_BRIDGE_COVERAGE, MF1},
                {{.price = 0.2}, LEIE_BRIDGE_PRICE, MF2},           {{.origin = 0.3}, LEIE_BRIDGE_ORIGIN, MF1},
                {{.product = 0.4}, LEIE_BRIDGE_PRODUCT, MF2},       {{.definition = 1.25}, LEIE_BRIDGE_DEFINITION, MF2},
                {{.inventories = true}, LEIE_BRIDGE_INVENTORIES, MF1}, {{.averaging = 0.05}, LEIE_BRIDGE_AVERAGING, MF1}};
    static_assert(sizeof list / sizeof list[0] == LEIE_BRIDGE_STEPS, "one change for every step");
    for (size_t i = 0; i < FORMS * LEIE_BRIDGE_STEPS; i++) {
        bridge_case c;
        const change *x = &list[i % LEIE_BRIDGE_STEPS].x;
        leie_bridge_step step = list[i % LEIE_BRIDGE_STEPS].step;
        leie_size m = list[i % LEIE_BRIDGE_STEPS].material;
        open_case(&c, x, (form)(i / LEIE_BRIDGE_STEPS));
        double moved = row(&c, LEIE_BRIDGE_ROWS - 1, m) - row(&c, 0, m), sum = row(&c, 0, m);
        bool good = check_true(fabs(moved) > 1e-4 * row(&c, 0, m));
        good &= check_close(row(&c, 1 + (leie_size)step, m), moved, 0.01, 0);
        good &= check_close(row(&c, 1 + (leie_size)step, m), known(&c, x, m), 0.01, 0);
        for (leie_size s = 1; s < LEIE_BRIDGE_ROWS - 1; s++) {
            sum += row(&c, s, m);
            if (s != 1 + (leie_size)step)
                good &= check_close(row(&c, s, m), 0, 0, 0.01 * fabs(moved));
        }
        good &= check_near(sum, row(&c, LEIE_BRIDGE_ROWS - 1, m), 1e-12);
        good &= check_close(row(&c, LEIE_BRIDGE_ROWS - 2, m), 0, 0, 1e-10 * row(&c, 0, m));
        // the sum of the materials has it too
        good &= check_close(row(&c, 1 + (leie_size)step, LEIE_MATERIAL_TOTAL),
                            row(&c, 1 + (leie_size)step, MF1) + row(&c, 1 + (leie_size)step, MF2), 1e-9, 1e-9);
        if (!good)
            printf("step %s, form %d\n", leie_bridge_name(step), (int)(i / LEIE_BRIDGE_STEPS));
        close_case(&c);
    }
}

// Quantity 10 to 12 and coefficient 2 to 3: in order 4 and 12, mirrored 6 and 10; the steps are the means.
static void test_two_orders(void)
{
    const leie_bridge_cell cell = {.sign = 1, .rme = 10, .io = 12, .fine = 2, .coarse = 2, .table = 3};
    const leie_bridge_frame frame = {.de_rme = 5, .de_io = 5, .definition = 1, .average = 25, .year = 25};
    double step[LEIE_BRIDGE_STEPS];
    check_near(leie_bridge_make(step, 1, &cell, &frame), 41, 1e-15);
    check_near(step[LEIE_BRIDGE_PRICE], 5, 1e-15);
    check_near(step[LEIE_BRIDGE_ORIGIN], 11, 1e-15);
    check_near(step[LEIE_BRIDGE_EXTRACTION], 0, 0);
}

CHECK_SUITE(route_bridge, {"the table's own multipliers make both routes equal", test_own_multipliers, NULL},
            {"one element at a time lands in its step", test_one_at_a_time, NULL},
            {"steps are means of two orders", test_two_orders, NULL})
