// SPDX-License-Identifier: GPL-3.0-or-later
#include "solver/build/characterise.h"
#include "tests/check.h"
#include "tests/toy_table.h"

#include <stdlib.h>
#include <string.h>

static void add_factor(leie_characterisation *c, const char *stressor, const char *group, const char *region,
                       const char *sector, double value, const char *unit)
{
    c->factor = leie_resize(c->factor, c->factors, c->factors + 1, sizeof *c->factor);
    c->factor[c->factors] =
        (leie_factor){leie_strdup(stressor), leie_strdup(group), leie_strdup(region), leie_strdup(sector), value,
                      leie_strdup(unit),     c->factors + 2};
    c->factors++;
}

static void add_total(leie_characterisation *c, const char *group, const char *region, const char *residual,
                      double value, const char *unit)
{
    c->total = leie_resize(c->total, c->totals, c->totals + 1, sizeof *c->total);
    c->total[c->totals] = (leie_group_total){leie_strdup(group), leie_strdup(region), leie_strdup(residual), value,
                                             leie_strdup(unit),  c->totals + 2};
    c->totals++;
}

static void add_weight(leie_characterisation *c, const char *group, const char *region, const char *sector,
                       double weight)
{
    c->allocation = leie_resize(c->allocation, c->allocations, c->allocations + 1, sizeof *c->allocation);
    c->allocation[c->allocations] =
        (leie_allocation){leie_strdup(group), leie_strdup(region), leie_strdup(sector), weight, c->allocations + 2};
    c->allocations++;
}

/* F [3, 5]: f0 and f1 in t, f2 in kt. x = 10, 20, 30 | 40, 0. Two groups in t and kt. */
static void make(leie_table *t, leie_characterisation *c)
{
    static const double F[15] = {1, 2, 3, 4, 5, 10, 20, 30, 40, 50, 100, 200, 300, 400, 500},
                        F_Y[6] = {0.5, 0.25, 5, 2.5, 50, 25}, x[5] = {10, 20, 30, 40, 0};
    leie_error err = {0};
    toy_table(t, "BE mine stone build|FR mine build", "BE household|FR household", 3, 0);
    memcpy(t->F, F, sizeof F);
    memcpy(t->F_Y, F_Y, sizeof F_Y);
    memcpy(t->x, x, sizeof x);
    leie_free(t->stressor.unit[2]);
    t->stressor.unit[2] = leie_strdup("kt");
    *c = (leie_characterisation){.path = leie_strdup("factors.csv")};
    leie_labels_add(&c->group, "ores", "metal ores", "t", LEIE_STRESSOR_MATERIAL, &err);
    leie_labels_add(&c->group, "sand", "sand and gravel", "kt", LEIE_STRESSOR_VARIANT, &err);
}

static void test_factors(void)
{
    static const double ores[5] = {20 * 1 + 10, 30 * 2 + 20, 20 * 3 + 30, 50 * 4 + 40, 40 * 5 + 50},
                        sand[5] = {200, 400, 600, 800, 1000};
    leie_error err = {0};
    leie_table t;
    leie_characterisation c;
    make(&t, &c);
    add_factor(&c, "f0", "ores", "FR", "mine", 50, "t/t"); // the most specific wins in any order
    add_factor(&c, "f0", "ores", "", "", 20, "t/t");
    add_factor(&c, "f0", "ores", "FR", "", 40, "kg/kg");
    add_factor(&c, "f0", "ores", "", "mine", 20000, "kg/t");
    add_factor(&c, "f0", "ores", "BE", "stone", 0.03, "kt/t");
    add_factor(&c, "f1", "ores", "", "", 1, "t/t");
    add_factor(&c, "f2", "sand", "", "", 2, "kg/kg");
    check_ok(leie_table_characterise(&t, "ext", &c, &err), &err);
    check_size(t.stressor.n, 2);
    check_text(t.stressor.code[1], "sand");
    check_text(t.stressor.name[1], "sand and gravel");
    check_text(t.stressor.unit[1], "kt");
    check_text(t.stressor.kind[1], LEIE_STRESSOR_VARIANT);
    check_text(t.extension[1], "ext");
    check_text(t.basis[1], "residence");
    for (leie_size j = 0; j < 5; j++) {
        check_near(t.F[j], ores[j], 1e-15);
        check_near(t.F[5 + j], sand[j], 1e-15);
    }
    check_near(t.F_Y[0], 20 * 0.5 + 5, 1e-15);
    check_near(t.F_Y[1], 40 * 0.25 + 2.5, 1e-15);
    check_near(t.F_Y[3], 50, 1e-15);
    check_text(toy_note(&t, "'ores'"), "ext 'ores', world: 173.25 t before, 717.5 after factors");
    check_text(toy_note(&t, "'sand'"), "ext 'sand', world: 1575 kt before, 3150 after factors");
    leie_characterisation_clear(&c);
    leie_table_clear(&t);
}

static void test_dropped(void)
{
    leie_error err = {0};
    leie_table t;
    leie_characterisation c;
    leie_labels other = {0};
    make(&t, &c);
    leie_labels_add(&other, "CO2", "", "t CO2", "", &err);
    check_size(leie_table_add_stressors(&t, &other, "air", "territory", &err), 3);
    t.F[3 * 5 + 2] = 2.385;
    add_factor(&c, "f1", "ores", "BE", "mine", 3, "t/t");
    check_ok(leie_table_characterise(&t, "ext", &c, &err), &err);
    check_size(t.stressor.n, 3); // ores, sand, CO2
    check_text(t.stressor.code[2], "CO2");
    check_text(t.extension[2], "air");
    check_text(t.basis[2], "territory");
    check_near(t.F[2 * 5 + 2], 2.385, 0);
    check_near(t.F[0], 30, 0);
    check_near(leie_sum(t.F + 1, 4, 1), 0, 0);
    check_text(toy_note(&t, "without a factor"), "2 stressors of 'ext' without a factor: 'f0', 'f2'");
    check_text(toy_note(&t, "has no factor"), "147.5 t of 'f1' in 6 places has no factor to group 'ores'");
    leie_labels_clear(&other);
    leie_characterisation_clear(&c);
    leie_table_clear(&t);
}

// Plain totals first, whatever their line; F and F_Y together.
static void test_totals(void)
{
    leie_error err = {0};
    leie_table t;
    leie_characterisation c;
    make(&t, &c);
    add_factor(&c, "f1", "ores", "", "", 1, "t/t");
    add_total(&c, "ores", "", "FR", 1, "kt");  // BE 65 -> 130, so FR = 1000 - 130
    add_total(&c, "ores", "BE", "", 130, "t"); // was 60 + 5
    check_ok(leie_table_characterise(&t, "ext", &c, &err), &err);
    check_near(t.F[1], 40, 1e-15);
    check_near(t.F_Y[0], 10, 1e-15);
    check_near(t.F[3], 40 * 870 / 92.5, 1e-15);
    check_near(leie_sum(t.F, 5, 1) + leie_sum(t.F_Y, 2, 1), 1000, 1e-15);
    check_text(toy_note(&t, "ores', BE"), "ext 'ores', BE: 65 t before, 130 after scaling (line 3)");
    check_text(toy_note(&t, "ores', FR"), "ext 'ores', FR: 92.5 t before, 870 after scaling (line 2)");
    check_has(t.provenance.note[t.provenance.notes - 1].text, "ext 'ores', world: 1000 t after scaling");
    leie_characterisation_clear(&c);
    leie_table_clear(&t);
}

// BE moves to stone (weight 1) and build (weight 3 there, 5 elsewhere); FR has no output in build.
static void test_allocation(void)
{
    leie_error err = {0};
    leie_table t;
    leie_characterisation c;
    make(&t, &c);
    add_factor(&c, "f1", "ores", "", "", 1, "t/t");
    add_factor(&c, "f1", "sand", "", "", 1, "t/t");
    add_weight(&c, "ores", "BE", "build", 3);
    add_weight(&c, "ores", "", "build", 5);
    add_weight(&c, "ores", "BE", "stone", 1);
    check_ok(leie_table_characterise(&t, "ext", &c, &err), &err);
    check_near(t.F[0], 0, 0);
    check_near(t.F[1], 60 * 20.0 / 110, 1e-15);
    check_near(t.F[2], 60 * 90.0 / 110, 1e-15);
    check_near(t.F[3], 40, 0); // kept
    check_near(t.F[4], 50, 0);
    check_near(t.F[5], 0.01, 1e-15); // the other group stays on its rows
    check_has(toy_note(&t, "stays"), "ext 'ores', FR: 90 t stays where it was");
    check_has(toy_note(&t, "moved"), "ext 'ores': 60 t in 2 regions moved");
    check_has(toy_note(&t, "after allocation"), "world: 157.5 t after allocation");
    leie_characterisation_clear(&c);
    leie_table_clear(&t);
}

static void refuse(leie_table *t, leie_characterisation *c, leie_status expected, const char *piece)
{
    leie_error err = {0};
    leie_size notes = t->provenance.notes;
    check_status(leie_table_characterise(t, "ext", c, &err), expected, &err);
    check_has(err.text, piece);
    check_size(t->stressor.n, 3); // untouched
    check_near(t->F[14], 500, 0);
    check_size(t->provenance.notes, notes);
    leie_characterisation_clear(c);
    leie_table_clear(t);
}

static void test_label_errors(void)
{
    leie_table t;
    leie_characterisation c;
    make(&t, &c);
    add_factor(&c, "f9", "ores", "", "", 1, "t/t");
    refuse(&t, &c, LEIE_ERR_DATA, "factors.csv:2: unknown stressor 'f9', the nearest is 'f0'");
    make(&t, &c);
    add_factor(&c, "f0", "ore", "", "", 1, "t/t");
    refuse(&t, &c, LEIE_ERR_DATA, "factors.csv:2: unknown group 'ore', the nearest is 'ores'");
    make(&t, &c);
    add_factor(&c, "f0", "ores", "BEL", "", 1, "t/t");
    refuse(&t, &c, LEIE_ERR_DATA, "factors.csv:2: unknown region 'BEL', the nearest is 'BE'");
    make(&t, &c);
    add_factor(&c, "f0", "ores", "FR", "stone", 1, "t/t");
    refuse(&t, &c, LEIE_ERR_DATA, "factors.csv:2: unknown sector 'stone' in region 'FR'");
    make(&t, &c);
    add_factor(&c, "f0", "ores", "", "quarry", 1, "t/t");
    refuse(&t, &c, LEIE_ERR_DATA, "factors.csv:2: unknown sector 'quarry'");
    make(&t, &c);
    add_factor(&c, "f0", "ores", "BE", "", 1, "t/t");
    add_factor(&c, "f0", "ores", "BE", "", 2, "t/t");
    refuse(&t, &c, LEIE_ERR_DATA,
           "factors.csv:3: the factor of 'f0' to 'ores' for region 'BE', sector '' is already on "
           "line 2");
    make(&t, &c);
    add_factor(&c, "f0", "ores", "", "", 1, "t/t");
    add_weight(&c, "ores", "", "mine", -1);
    refuse(&t, &c, LEIE_ERR_DATA, "factors.csv:2: weight -1");
    leie_error err = {0};
    make(&t, &c);
    check_status(leie_table_characterise(&t, "air", &c, &err), LEIE_ERR_DATA, &err);
    check_has(err.text, "the table has no extension 'air'");
    t.basis[2][0] = 't';
    refuse(&t, &c, LEIE_ERR_DATA, "extension 'ext' mixes 'f0' (residence) and 'f2' (tesidence)");
}

static void test_value_errors(void)
{
    leie_table t;
    leie_characterisation c;
    make(&t, &c);
    add_factor(&c, "f0", "ores", "", "", 1, "t/MEUR");
    refuse(&t, &c, LEIE_ERR_UNIT,
           "factors.csv:2: a factor in 't/MEUR' on stressor 'f0' in 't' does not give 't' of group "
           "'ores'");
    make(&t, &c);
    add_factor(&c, "f0", "ores", "", "", 1, "");
    refuse(&t, &c, LEIE_ERR_UNIT, "factors.csv:2: the factor for stressor 'f0' has no unit");
    make(&t, &c);
    add_factor(&c, "f1", "ores", "", "", 1, "t/t");
    add_total(&c, "ores", "", "FR", 60, "t");
    refuse(&t, &c, LEIE_ERR_DATA,
           "factors.csv:2: residual of 'ores' in 'FR' is negative: world total 60 less 65 t of the "
           "other regions is -5");
    make(&t, &c);
    add_factor(&c, "f1", "ores", "FR", "", 1, "t/t");
    add_total(&c, "ores", "BE", "", 60, "t");
    refuse(&t, &c, LEIE_ERR_DATA, "factors.csv:2: group 'ores' is 0 t in region 'BE': cannot be scaled to 60");
    make(&t, &c);
    add_factor(&c, "f1", "ores", "", "", 1, "t/t");
    add_total(&c, "ores", "BE", "", 60, "TJ");
    refuse(&t, &c, LEIE_ERR_UNIT, "factors.csv:2: a total in 'TJ' does not give 't' of group 'ores'");
    make(&t, &c);
    add_factor(&c, "f1", "ores", "", "", 1, "t/t");
    add_total(&c, "ores", "", "", 60, "t");
    refuse(&t, &c, LEIE_ERR_DATA, "factors.csv:2: a total of 'ores' needs a region, or a residual region");
    make(&t, &c);
    add_factor(&c, "f1", "ores", "", "", 1, "t/t");
    add_total(&c, "ores", "BE", "", 60, "t");
    add_total(&c, "ores", "", "BE", 600, "t");
    refuse(&t, &c, LEIE_ERR_DATA, "factors.csv:3: the total of 'ores' in 'BE' is already on line 2");
    make(&t, &c);
    c.group.unit[1][0] = 0;
    refuse(&t, &c, LEIE_ERR_UNIT, "factors.csv: group 'sand' has no unit");
}

CHECK_SUITE(characterise, {"factors", test_factors, NULL}, {"what has no factor", test_dropped, NULL},
            {"totals and residual", test_totals, NULL}, {"allocation", test_allocation, NULL},
            {"unknown and doubled labels", test_label_errors, NULL}, {"units and values", test_value_errors, NULL})
