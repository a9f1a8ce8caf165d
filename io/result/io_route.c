// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/result/io_route.h"

#include <math.h>
#include <string.h>

#include "kernels/memory.h"

// The accounts that the route is made of, in the order of `accounts`.
enum account { D_PBA, DIRECT, D_CBA, IMPORTS_RME, EXPORTS_RME, ACCOUNTS };
static const char *const accounts[ACCOUNTS] = {"D_pba", "direct", "D_cba", "imports_rme", "exports_rme"};

// An indicator as a sum of accounts: +1 or -1 for each.
typedef struct formula {
    leie_mfa_indicator indicator;
    int sign[ACCOUNTS];
} formula;

static const formula formulas[] = {{LEIE_MFA_DEU, {1, 1, 0, 0, 0}},      {LEIE_MFA_IMP_RME, {0, 0, 0, 1, 0}},
                                   {LEIE_MFA_EXP_RME, {0, 0, 0, 0, 1}},  {LEIE_MFA_RMI, {1, 1, 0, 1, 0}},
                                   {LEIE_MFA_RMC, {0, 1, 1, 0, 0}},      {LEIE_MFA_RTB, {0, 0, 0, 1, -1}}};

typedef struct route {
    leie_io_route *io;
    const leie_dataset *ds;
    const leie_flow_accounts *a;
    const leie_var *account[ACCOUNTS]; // [S, Y, Q, k]
    leie_size k;
    double *factor;                    // [k, M]
    bool *given, *work;                // [M]
} route;

static leie_size dimension(const leie_dataset *ds, const char *name)
{
    leie_size at = leie_dataset_find_dim(ds, name);
    return at < 0 ? 0 : ds->dim[at].n;
}

// Whether the dataset has all that is needed.
static bool find_accounts(route *d)
{
    d->k = dimension(d->ds, "stressor");
    for (int i = 0; i < ACCOUNTS; i++) {
        d->account[i] = leie_dataset_find(d->ds, accounts[i]);
        if (!d->account[i] || !d->account[i]->number)
            return false;
    }
    return d->k > 0;
}

static leie_status find_factors(route *d, leie_error *err)
{
    const leie_var *code = leie_dataset_find(d->ds, "stressor"), *kind = leie_dataset_find(d->ds, "stressor_kind"),
                   *unit = leie_dataset_find(d->ds, "stressor_unit");
    leie_size M = d->io->M;
    d->factor = leie_new(d->k * M, sizeof *d->factor);
    d->given = leie_new(2 * M, sizeof *d->given);
    if (!d->factor || !d->given)
        return leie_fail_memory(err, "materials of the route io", d->k * M, sizeof *d->factor);
    d->work = d->given + M;
    return leie_material_map_factors(d->factor, d->given, NULL, &d->io->unused, &d->io->unknown, &d->a->map,
                                     &d->a->material, d->k, code->text, kind->text, unit->text, err);
}

// One indicator of one region: sum over stressors, brought up the tree. A year without the stressor has none.
static void make_indicator(const route *d, leie_size at, const formula *f)
{
    leie_size M = d->io->M;
    double *value = d->io->value + (at * LEIE_MFA_INDICATORS + (leie_size)f->indicator) * M;
    for (leie_size m = 0; m < M; m++)
        value[m] = 0;
    for (leie_size s = 0; s < d->k; s++) {
        double sum = 0;
        for (int i = 0; i < ACCOUNTS; i++)
            if (f->sign[i])
                sum += f->sign[i] * d->account[i]->number[at * d->k + s];
        for (leie_size m = LEIE_MATERIAL_FIRST; m < M; m++)
            if (d->factor[s * M + m] != 0)
                value[m] += d->factor[s * M + m] * sum;
    }
    leie_materials_roll(&d->a->material, value, d->given, NULL, d->work);
}

// Position of the dataset's region and year in the material flow accounts, false when they lack one.
static bool find_flows(leie_size *y, leie_size *q, const route *d, leie_size year, leie_size region)
{
    const leie_var *years = leie_dataset_find(d->ds, "year"), *regions = leie_dataset_find(d->ds, "region");
    for (*y = 0; *y < d->a->mfa.Y && d->a->mfa.year[*y] != years->integer[year];)
        ++*y;
    *q = leie_labels_find(&d->a->q.label, regions->text[region]);
    return *y < d->a->mfa.Y && *q >= 0;
}

// Traded tonnes of the flows (baseline), else those of the direct flows of the table; false where there are none.
static bool find_trade(double *imp, double *exp, const route *d, leie_size scenario, leie_size year, leie_size region)
{
    leie_size y, q, M = d->io->M, at = (scenario * d->io->Y + year) * d->io->Q + region;
    if (scenario == 0 && find_flows(&y, &q, d, year, region)) {
        memcpy(imp, d->a->mfa.value + leie_mfa_at(&d->a->mfa, y, q, LEIE_MFA_IMP, 0), (size_t)M * sizeof *imp);
        memcpy(exp, d->a->mfa.value + leie_mfa_at(&d->a->mfa, y, q, LEIE_MFA_EXP, 0), (size_t)M * sizeof *exp);
        return true;
    }
    const leie_var *material = leie_dataset_find(d->ds, "material");
    const leie_var *in = leie_dataset_find(d->ds, "imports_tonnes"), *out = leie_dataset_find(d->ds, "exports_tonnes");
    if (!material || !in || !out)
        return false;
    for (leie_size m = 0; m < M; m++)
        imp[m] = exp[m] = NAN;
    for (leie_size i = 0; i < material->count; i++) {
        leie_size m = leie_labels_find(&d->a->material.label, material->text[i]);
        imp[m] = 1000 * in->number[at * material->count + i];
        exp[m] = 1000 * out->number[at * material->count + i];
    }
    return true;
}

// DMI, DMC and PTB: extraction of the table with the tonnes traded.
static void add_physical(const route *d, leie_size scenario, leie_size year, leie_size region, double *imp, double *exp)
{
    leie_size M = d->io->M;
    if (!find_trade(imp, exp, d, scenario, year, region))
        return;
    double *value = d->io->value + ((scenario * d->io->Y + year) * d->io->Q + region) * LEIE_MFA_INDICATORS * M;
    for (leie_size m = 0; m < M; m++) {
        double DE = value[LEIE_MFA_DEU * M + m];
        value[LEIE_MFA_IMP * M + m] = imp[m];
        value[LEIE_MFA_EXP * M + m] = exp[m];
        value[LEIE_MFA_DMI * M + m] = DE + imp[m];
        value[LEIE_MFA_DMC * M + m] = DE + imp[m] - exp[m];
        value[LEIE_MFA_PTB * M + m] = imp[m] - exp[m];
    }
}

static leie_status make_values(route *d, leie_error *err)
{
    leie_io_route *io = d->io;
    leie_size places = io->S * io->Y * io->Q;
    io->value = leie_new(places * LEIE_MFA_INDICATORS * io->M, sizeof *io->value);
    double *trade = leie_new(2 * io->M, sizeof *trade);
    if (!io->value || !trade) {
        leie_free(trade);
        return leie_fail_memory(err, "route io", places * LEIE_MFA_INDICATORS * io->M, sizeof *io->value);
    }
    for (leie_size i = 0; i < places * LEIE_MFA_INDICATORS * io->M; i++)
        io->value[i] = NAN;
    for (leie_size at = 0; at < places; at++)
        for (size_t f = 0; f < sizeof formulas / sizeof formulas[0]; f++)
            make_indicator(d, at, &formulas[f]);
    for (leie_size at = 0; at < places; at++)
        add_physical(d, at / (io->Y * io->Q), at / io->Q % io->Y, at % io->Q, trade, trade + io->M);
    leie_free(trade);
    return LEIE_OK;
}

leie_status leie_io_route_make(leie_io_route *io, const leie_dataset *ds, const leie_flow_accounts *a, leie_error *err)
{
    *io = (leie_io_route){.S = dimension(ds, "scenario"), .Y = dimension(ds, "year"), .Q = dimension(ds, "region"),
                          .M = a->material.label.n};
    route d = {.io = io, .ds = ds, .a = a};
    if (!a->route[LEIE_ROUTE_IO] || !io->M || !find_accounts(&d))
        return LEIE_OK;
    leie_status st = find_factors(&d, err);
    for (leie_size m = 0; !st && m < io->M; m++)
        io->there |= d.given[m];
    if (!st && io->there)
        st = make_values(&d, err);
    leie_free(d.factor);
    leie_free(d.given);
    if (st)
        leie_io_route_clear(io);
    return st;
}

void leie_io_route_clear(leie_io_route *io)
{
    leie_free(io->value);
    *io = (leie_io_route){0};
}
