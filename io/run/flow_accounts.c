// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/run/flow_accounts.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "io/read/read_flows.h"
#include "io/read/read_table.h"
#include "io/run/inputs.h"

// ---- account regions ----

static bool has_members(const leie_labels *region, const leie_study_group *group)
{
    for (leie_size i = 0; i < group->members; i++)
        if (leie_labels_find(region, group->member[i]) < 0)
            return false;
    return true;
}

// A region of the flows, or a group all of whose members they have; anything else is left out.
static leie_status add_code(leie_flow_accounts *a, const leie_study *study, const char *code, leie_error *err)
{
    const leie_labels *region = &a->flows.region;
    if (leie_labels_find(region, code) >= 0)
        return leie_account_regions_add_from(&a->q, region, code, NULL, 0, NULL, err);
    for (leie_size g = 0; g < study->groups; g++) {
        const leie_study_group *group = &study->group[g];
        if (strcmp(group->code, code) == 0 && has_members(region, group))
            return leie_account_regions_add_from(&a->q, region, code, group->name, group->members, group->member, err);
    }
    return LEIE_OK;
}

static leie_status choose_regions(leie_flow_accounts *a, const leie_study *study, leie_error *err)
{
    const leie_labels *region = &a->flows.region;
    leie_status st = LEIE_OK;
    for (leie_size i = 0; !st && i < study->account_regions; i++)
        st = add_code(a, study, study->account_region[i], err);
    for (leie_size r = 0; !st && !study->account_regions && r < region->n; r++)
        st = add_code(a, study, region->code[r], err);
    for (leie_size g = 0; !st && !study->account_regions && g < study->groups; g++)
        if (leie_labels_find(region, study->group[g].code) < 0)
            st = add_code(a, study, study->group[g].code, err);
    if (!st && a->q.label.n == 0)
        st = leie_fail(err, LEIE_ERR_DATA, "%s: none of 'accounts: regions' is in the flows", study->file);
    return st;
}

// ---- beside the flows ----

static leie_status read_population(leie_flow_accounts *a, const leie_study *study, leie_error *err)
{
    leie_status st = LEIE_OK;
    leie_size q = a->q.label.n;
    if (!study->population.real)
        return LEIE_OK;
    a->population = leie_new(a->mfa.Y * q, sizeof *a->population);
    if (!a->population)
        return leie_fail_memory(err, "population", a->mfa.Y * q, sizeof *a->population);
    for (leie_size y = 0; !st && y < a->mfa.Y; y++) {
        leie_provenance again = {0}; // the file is one source, however many years are taken from it
        st = leie_read_population(a->population + y * q, &study->population, a->mfa.year[y], &a->q, &a->flows.region,
                                  y == 0 ? &a->mfa.provenance : &again, err);
        leie_provenance_clear(&again);
    }
    return st;
}

static leie_status read_gdp(leie_flow_accounts *a, const leie_study *study, leie_error *err)
{
    if (!study->flows.gdp.real)
        return LEIE_OK;
    a->gdp = leie_new(a->mfa.Y * a->q.label.n, sizeof *a->gdp);
    if (!a->gdp)
        return leie_fail_memory(err, "GDP", a->mfa.Y * a->q.label.n, sizeof *a->gdp);
    return leie_read_gdp(a->gdp, a->currency, &study->flows.gdp, a->mfa.year, a->mfa.Y, &a->q, &a->flows.region,
                         &a->mfa.provenance, err);
}

// Moving averages of every series of an array [blocks, Y, series].
static leie_status average(double **to, const leie_flow_accounts *a, const double *from, leie_size blocks, leie_size series,
                           int power, leie_error *err)
{
    leie_size size = a->mfa.Y * series;
    if (!from)
        return LEIE_OK;
    *to = leie_new(blocks * size, sizeof **to);
    if (!*to)
        return leie_fail_memory(err, "moving averages", blocks * size, sizeof **to);
    for (leie_size b = 0; b < blocks; b++)
        for (leie_size s = b * size; s < b * size + series; s++)
            leie_moving_average(*to + s, from + s, a->mfa.year, a->mfa.Y, series, &a->averaging, power);
    return LEIE_OK;
}

static leie_status make_averages(leie_flow_accounts *a, leie_error *err)
{
    leie_size q = a->q.label.n, series = q * LEIE_MFA_INDICATORS * a->mfa.M;
    if (a->averaging.years < 2)
        return LEIE_OK;
    leie_status st = average(&a->average, a, a->mfa.value, 1, series, 1, err);
    st = st ? st : average(&a->average_variance, a, a->mfa.variance, 1, series, 2, err);
    st = st ? st : average(&a->average_circular, a, a->mfa.circular, LEIE_CMU_DEFINITIONS, q * a->mfa.M, 1, err);
    st = st ? st : average(&a->average_population, a, a->population, 1, q, 1, err);
    return st ? st : average(&a->average_gdp, a, a->gdp, 1, q, 1, err);
}

double leie_flow_value(const leie_flow_accounts *a, leie_size y, leie_size q, leie_mfa_indicator i, leie_size m,
                       bool per_capita, bool averaged)
{
    const double *value = averaged ? a->average : a->mfa.value;
    const double *people = averaged ? a->average_population : a->population;
    if (!value || (per_capita && !people))
        return NAN;
    double mass = value[leie_mfa_at(&a->mfa, y, q, i, m)];
    return per_capita ? mass / people[y * a->q.label.n + q] : mass;
}

// ---- ratios ----

double leie_flow_cmu(const leie_flow_accounts *a, leie_cmu_definition d, leie_size y, leie_size q, leie_size m, bool averaged)
{
    const double *circular = averaged ? a->average_circular : a->mfa.circular;
    if (!circular)
        return NAN;
    double U = circular[(((leie_size)d * a->mfa.Y + y) * a->mfa.q + q) * a->mfa.M + m];
    return leie_cmu(U, leie_flow_value(a, y, q, LEIE_MFA_DMC, m, false, averaged));
}

double leie_flow_dependency(const leie_flow_accounts *a, leie_route route, leie_size y, leie_size q, leie_size m, bool averaged)
{
    bool rme = route == LEIE_ROUTE_RME;
    double imports = leie_flow_value(a, y, q, rme ? LEIE_MFA_IMP_RME : LEIE_MFA_IMP, m, false, averaged);
    double input = leie_flow_value(a, y, q, rme ? LEIE_MFA_RMI : LEIE_MFA_DMI, m, false, averaged);
    return input > 0 ? imports / input : NAN;
}

double leie_flow_productivity(const leie_flow_accounts *a, leie_route route, leie_size y, leie_size q, bool averaged)
{
    const double *gdp = averaged ? a->average_gdp : a->gdp;
    double use = leie_flow_value(a, y, q, route == LEIE_ROUTE_RME ? LEIE_MFA_RMC : LEIE_MFA_DMC, LEIE_MATERIAL_TOTAL, false, averaged);
    return gdp && use > 0 ? gdp[y * a->mfa.q + q] / (1000 * use) : NAN;
}

// ---- the whole ----

// Coefficients, and the prices that those per EUR were made with.
static leie_status read_rme(leie_flow_accounts *a, const leie_study_flows *spec, leie_provenance *p, leie_error *err)
{
    bool money = false;
    leie_status st = leie_read_rme(&a->rme, &spec->rme, &a->material, p, err);
    if (st || !spec->rme_prices.real)
        return st;
    for (leie_size i = 0; i < a->rme.n; i++)
        money |= a->rme.item[i].money;
    if (!money)
        return leie_fail(err, LEIE_ERR_DATA, "%s: 'prices' correct coefficients per EUR, and all of %s are per tonne",
                         spec->rme_prices.shown, spec->rme.shown);
    return leie_read_unit_values(&a->rme.reference, &spec->rme_prices, &a->material, "EUR", p, err);
}

static leie_status read_files(leie_flow_accounts *a, const leie_study *study, leie_error *err)
{
    const leie_study_flows *spec = &study->flows;
    leie_provenance p = {0}; // of what is read before the flows
    leie_status st = leie_read_materials(&a->material, &spec->materials, &p, err);
    if (!st && study->material_map.real)
        st = leie_read_material_map(&a->map, &study->material_map, &a->material, &p, err);
    if (!st && spec->products.real)
        st = leie_read_concordance(&a->products, &spec->products, "products of flows", &p, err);
    if (!st && spec->path.real)
        st = leie_read_flows(&a->flows, &spec->path, spec->edition, &a->material, err);
    if (!st && spec->rme.real && spec->route[LEIE_ROUTE_RME])
        st = read_rme(a, spec, &p, err);
    for (leie_size i = 0; !st && i < p.sources; i++)
        st = leie_provenance_source(&a->flows.provenance, p.source[i].role, p.source[i].path, p.source[i].reader,
                                    p.source[i].bytes, p.source[i].sha256, err);
    leie_provenance_clear(&p);
    const char *edition = !st && a->flows.edition && a->flows.edition[0] ? a->flows.edition : study->edition;
    if (!st && !(a->edition = leie_strdup(edition ? edition : "")))
        st = leie_fail_memory(err, "edition", 1, 1);
    return st;
}

// Regions of the flows under the codes of the study.
static leie_status rename_regions(leie_flow_accounts *a, const leie_study *study, leie_error *err)
{
    leie_concordance c = {0};
    leie_error why = {0};
    if (!study->flows.regions.real || !a->there)
        return LEIE_OK;
    leie_status st = leie_read_concordance(&c, &study->flows.regions, "regions of flows", &a->flows.provenance, err);
    const char **code = leie_new(2 * c.n, sizeof *code);
    if (!st && !code)
        st = leie_fail_memory(err, "regions of flows", 2 * c.n, sizeof *code);
    for (leie_size i = 0; !st && i < c.n; i++) {
        code[i] = c.link[i].from;
        code[c.n + i] = c.link[i].to;
    }
    leie_size renamed = st ? 0 : leie_flows_rename(&a->flows, c.n, code, code + c.n, &why);
    if (!st && renamed < 0)
        st = leie_fail(err, (leie_status)renamed, "%s: %s", study->flows.regions.shown, why.text);
    if (!st)
        st = leie_provenance_note(&a->flows.provenance, LEIE_NOTE_DONE, renamed, err,
                                  "%lld of %lld regions of the flows take the codes of %s", (long long)renamed,
                                  (long long)a->flows.region.n, study->flows.regions.shown);
    leie_free(code);
    leie_concordance_clear(&c);
    return st;
}

// A route that the study names must have data.
static leie_status check_routes(const leie_flow_accounts *a, const leie_study *study, leie_error *err)
{
    bool named = !study->flows.route[LEIE_ROUTE_EWMFA] || !study->flows.route[LEIE_ROUTE_IO];
    if (!named || !study->flows.route[LEIE_ROUTE_RME] || a->rme.n)
        return LEIE_OK;
    for (leie_size c = 0; c < a->mfa.cells; c++)
        if (a->mfa.cell[c].kind >= LEIE_FLOW_IMP_RME)
            return LEIE_OK;
    return leie_fail(err, LEIE_ERR_DATA,
                     "%s:%lld: the route rme needs 'rme', a file of coefficients, or flows of kind IMP_RME and EXP_RME",
                     study->file, (long long)study->flows.line);
}

leie_status leie_flow_accounts_make(leie_flow_accounts *a, const leie_study *study, leie_error *err)
{
    *a = (leie_flow_accounts){.averaging = study->flows.averaging};
    a->there = study->flows.materials.real && study->flows.path.real;
    for (int r = 0; r < LEIE_ROUTES; r++)
        a->route[r] = study->flows.route[r];
    leie_status st = a->there ? leie_flows_hash(a->hash, study, err) : LEIE_OK;
    if (study->flows.materials.real)
        st = st ? st : read_files(a, study, err);
    if (!a->there) {
        st = st ? st : leie_flow_targets_follow(a, study, err);
        if (st)
            leie_flow_accounts_clear(a);
        return st;
    }
    st = st ? st : rename_regions(a, study, err);
    st = st ? st : choose_regions(a, study, err);
    if (!st)
        st = leie_mfa_make(&a->mfa, &a->flows, a->rme.n ? &a->rme : NULL, &a->material, &a->q, err);
    st = st ? st : check_routes(a, study, err);
    st = st ? st : read_population(a, study, err);
    st = st ? st : read_gdp(a, study, err);
    st = st ? st : make_averages(a, err);
    st = st ? st : leie_flow_targets_follow(a, study, err);
    if (st)
        leie_flow_accounts_clear(a);
    return st;
}

void leie_flow_accounts_clear(leie_flow_accounts *a)
{
    leie_materials_clear(&a->material);
    leie_material_map_clear(&a->map);
    leie_concordance_clear(&a->products);
    leie_flows_clear(&a->flows);
    leie_rme_clear(&a->rme);
    leie_account_regions_clear(&a->q);
    leie_mfa_clear(&a->mfa);
    leie_free(a->population);
    leie_free(a->gdp);
    leie_free(a->edition);
    leie_free(a->average);
    leie_free(a->average_variance);
    leie_free(a->average_circular);
    leie_free(a->average_population);
    leie_free(a->average_gdp);
    leie_free(a->target);
    leie_free(a->io_row);
    leie_labels_clear(&a->left_out);
    *a = (leie_flow_accounts){0};
}
