// SPDX-License-Identifier: GPL-3.0-or-later
/* The steps that build a table, each on a small one: a failed step leaves it as it was. */
#include <string.h>

#include "io/write/write_csv.h"
#include "solver/leie.h"
#include "tests/faults/faults.h"

enum { REGIONS = 2, SECTORS = 3, N = REGIONS * SECTORS };

static leie_status add_axes(leie_table *t, leie_error *err)
{
    static const char *const region[] = {"BEL", "FRA"}, *const sector[] = {"a", "b", "c"};
    leie_size at = 0;
    for (int r = 0; at >= 0 && r < REGIONS; r++)
        for (int s = 0; at >= 0 && s < SECTORS; s++)
            at = leie_axis_add(&t->sector, region[r], sector[s], "", "MEUR", LEIE_DEMAND_HOUSEHOLD, err);
    for (int r = 0; at >= 0 && r < REGIONS; r++)
        at = leie_axis_add(&t->demand, region[r], "household", "", "", LEIE_DEMAND_HOUSEHOLD, err);
    return at < 0 ? (leie_status)at : LEIE_OK;
}

static leie_status add_flows(leie_table *t, leie_error *err)
{
    leie_cells cells = {0};
    leie_status st = LEIE_OK;
    for (leie_size i = 0; !st && i < N; i++)
        st = leie_cells_add(&cells, i, (i + 1) % N, 2.385, err);
    if (!st)
        st = leie_matrix_from_cells(&t->Z, N, N, &cells, NULL, err);
    leie_cells_free(&cells);
    t->Y = leie_new(N * REGIONS, sizeof *t->Y);
    t->unit = leie_strdup("MEUR");
    if (!st && (!t->Y || !t->unit))
        st = leie_fail_memory(err, "Y", N * REGIONS, sizeof *t->Y);
    for (leie_size i = 0; !st && i < N * REGIONS; i++)
        t->Y[i] = 7 + (double)i;
    return st ? st : leie_table_set_x(t, LEIE_X_ROW, NULL, err);
}

static leie_status make(leie_table *t, leie_error *err)
{
    leie_labels rows = {0};
    leie_status st = add_axes(t, err);
    if (!st)
        st = add_flows(t, err);
    leie_size at = st ? st : leie_labels_add(&rows, "coal", "", "t", LEIE_STRESSOR_MATERIAL, err);
    if (at >= 0)
        at = leie_labels_add(&rows, "sand", "", "kt", LEIE_STRESSOR_MATERIAL, err);
    if (at >= 0)
        at = leie_table_add_stressors(t, &rows, "ext", "residence", err);
    leie_labels_clear(&rows);
    for (leie_size c = 0; at >= 0 && c < 2 * N; c++)
        t->F[c] = 1 + (double)c;
    return at < 0 ? (leie_status)at : leie_table_inspect(t, err);
}

// A step that failed has not moved the table.
static leie_status untouched(const leie_table *t, leie_size notes, leie_status st)
{
    bool same = t->sector.n == N && t->stressor.n == 2 && t->provenance.notes == notes && t->F[1] == 2;
    return st && !same ? LEIE_ERR_CHECK : st;
}

static leie_status aggregate(leie_error *err)
{
    leie_table t = {0};
    leie_concordance sectors = {0};
    leie_status st = make(&t, err);
    if (!st)
        st = leie_concordance_add(&sectors, "a", "A", "", 1, 2, err);
    if (!st)
        st = leie_concordance_add(&sectors, "b", "A", "", 1, 3, err);
    if (!st)
        st = leie_concordance_add(&sectors, "c", "B", "", 1, 4, err);
    leie_size notes = t.provenance.notes;
    if (!st)
        st = untouched(&t, notes, leie_table_aggregate(&t, NULL, &sectors, err));
    leie_concordance_clear(&sectors);
    leie_table_clear(&t);
    return st;
}
FAULT_SCENARIO(aggregate, aggregate)

static leie_status remove_rest(leie_error *err)
{
    static char fra[] = "FRA", b[] = "b";
    char *region[] = {fra}, *sector[] = {b};
    leie_table t = {0};
    leie_status st = make(&t, err);
    leie_size notes = t.provenance.notes;
    if (!st)
        st = untouched(&t, notes, leie_table_remove(&t, &(leie_exogenous){1, 1, region, sector, NULL}, err));
    leie_table_clear(&t);
    return st;
}
FAULT_SCENARIO(remove, remove_rest)

static leie_status characterise(leie_error *err)
{
    static char sand[] = "sand", minerals[] = "minerals", none[] = "", ratio[] = "kg/kg", tonne[] = "t", bel[] = "BEL",
                c_sector[] = "c";
    leie_factor factor = {sand, minerals, none, none, 2, ratio, 2};
    leie_group_total total = {minerals, bel, none, 900, tonne, 3};
    leie_allocation weight = {minerals, none, c_sector, 1, 4};
    leie_characterisation c = {
        .factors = 1, .factor = &factor, .totals = 1, .total = &total, .allocations = 1, .allocation = &weight};
    leie_table t = {0};
    leie_status st = make(&t, err);
    leie_size at = st ? st : leie_labels_add(&c.group, minerals, "", "t", LEIE_STRESSOR_MATERIAL, err);
    st = at < 0 ? (leie_status)at : LEIE_OK;
    leie_size notes = t.provenance.notes;
    if (!st)
        st = untouched(&t, notes, leie_table_characterise(&t, "ext", &c, err));
    leie_labels_clear(&c.group);
    leie_table_clear(&t);
    leie_unit_release();
    return st;
}
FAULT_SCENARIO(characterise, characterise)

static leie_status disaggregate(leie_error *err)
{
    static char none[] = "", bel[] = "BEL", a[] = "a";
    const leie_part_weight weight[] = {{LEIE_PART_OUTPUT, 0, none, none, none, 0.25, 2},
                                       {LEIE_PART_OUTPUT, 1, none, none, none, 0.75, 3},
                                       {LEIE_PART_ROW, 0, none, bel, a, 1, 4}};
    leie_disaggregation d = {.sector = leie_strdup("b")};
    leie_table t = {0};
    leie_status st = make(&t, err);
    if (!st && !d.sector)
        st = leie_fail_memory(err, "a sector", 2, 1);
    for (int k = 0; !st && k < 2; k++)
        st = leie_labels_add(&d.part, k ? "b2" : "b1", "", "", "", err) < 0 ? LEIE_ERR_NOMEM : LEIE_OK;
    for (int i = 0; !st && i < 3; i++)
        st = leie_disaggregation_add(&d, &weight[i], err);
    leie_size notes = t.provenance.notes;
    if (!st)
        st = untouched(&t, notes, leie_table_disaggregate(&t, &d, err));
    leie_disaggregation_clear(&d);
    leie_table_clear(&t);
    return st;
}
FAULT_SCENARIO(disaggregate, disaggregate)

static leie_status nest(leie_error *err)
{
    static const double industry[2 * SECTORS] = {0.25, 0.5, 0.75, 0.75, 0.5, 0.25}, demand[2] = {0.5, 0.5};
    leie_nest keys = {.country = "BEL", .sectors = SECTORS, .industry = industry, .categories = 1, .demand = demand};
    leie_table t = {0}, copy = {0};
    leie_status st = make(&t, err);
    leie_size at = st ? st : leie_labels_add(&keys.region, "BE-VLG", "", "", "", err);
    if (at >= 0)
        at = leie_labels_add(&keys.region, "BE-WAL", "", "", "", err);
    st = at < 0 ? (leie_status)at : leie_table_copy(&copy, &t, err);
    leie_size notes = t.provenance.notes;
    if (!st)
        st = untouched(&t, notes, leie_table_nest(&t, &keys, err));
    leie_labels_clear(&keys.region);
    leie_table_clear(&t);
    leie_table_clear(&copy);
    return st;
}
FAULT_SCENARIO(nest, nest)

static leie_status make_national(leie_table *t, leie_matrix *Zm, double **Ym, leie_error *err)
{
    leie_concordance regions = {0};
    leie_status st = make(t, err);
    if (!st)
        st = leie_concordance_add(&regions, "BEL", "BE", "", 1, 2, err);
    if (!st)
        st = leie_concordance_add(&regions, "FRA", "BE", "", 1, 3, err);
    if (!st)
        st = leie_table_aggregate(t, &regions, NULL, err);
    if (!st)
        st = leie_matrix_new_dense(Zm, SECTORS, SECTORS, err);
    if (!st && !(*Ym = leie_new(SECTORS, sizeof **Ym)))
        st = leie_fail_memory(err, "Y", SECTORS, sizeof **Ym);
    for (leie_size i = 0; !st && i < SECTORS; i++)
        Zm->val[i * Zm->ld] = (*Ym)[i] = 1;
    leie_concordance_clear(&regions);
    return st;
}

static leie_status imports(leie_error *err)
{
    leie_table t = {0};
    leie_matrix Zm = {0};
    double *Ym = NULL;
    leie_status st = make_national(&t, &Zm, &Ym, err);
    if (!st) {
        st = leie_table_close_imports(&t, "IMP", "", LEIE_IMPORTS_DOMESTIC_TECHNOLOGY, &Zm, Ym, NULL, err);
        st = st && t.sector.n != SECTORS ? LEIE_ERR_CHECK : st;
    }
    if (!st) {
        st = leie_table_derive(&t, "value_added", "money", err);
        st = st && t.stressor.n != 2 ? LEIE_ERR_CHECK : st;
    }
    leie_matrix_free(&Zm);
    leie_free(Ym);
    leie_table_clear(&t);
    return st;
}
FAULT_SCENARIO(imports, imports)

static leie_status spelling(leie_error *err)
{
    char text[32];
    double factor = 0;
    leie_status st = leie_unit_factor(&factor, "kt", "t", err);
    if (!st)
        st = leie_unit_spelling(text, sizeof text, "kt/MEUR", err);
    leie_unit_release();
    return st ? st : factor == 1000 ? LEIE_OK : LEIE_ERR_CHECK;
}
FAULT_SCENARIO(spelling, spelling)
