// SPDX-License-Identifier: GPL-3.0-or-later
/* The study datasets/rmc-2011 on the originals: RMC of two routes, and the reconciliation of both for Belgium with
 * the table's own averages over the European Union as coefficients (no table of coefficients of Eurostat and no
 * trade in tonnes is at hand: trade is the table's own, in money). */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/check.h"
#include "tests/results.h"
#include "tests/write_files.h"

#define STUDY "datasets/rmc-2011/study.yaml"

static const double EURO = 1.392; // dollars of 2011

static void find_originals(void)
{
    static const char *const list[][2] = {{"WIOD", "wiod2013"}, {"MATERIALS", "wiod2011_materials"}, {"EUROSTAT", "eurostat_material"}};
    for (size_t i = 0; i < sizeof list / sizeof list[0]; i++) {
        char path[600];
        snprintf(path, sizeof path, "%s/%s", check_data(), list[i][1]);
        setenv(list[i][0], path, 1);
    }
}

static void test_two_routes(void)
{
    leie_dataset ds = {0};
    char output[512];
    find_originals();
    snprintf(output, sizeof output, "%s/rmc.nc", check_folder());
    result_run(&ds, STUDY, output, NULL);
    check_near(result_value(&ds, "mfa", "route=io|year=2011|region=BEL|indicator=RMC|material=TOTAL") / 1000, 233.96, 1e-4);
    check_near(result_value(&ds, "mfa_average", "route=rme|year=2011|region=BEL|indicator=RMC|material=TOTAL") / 1000, 159.19, 1e-4);
    check_near(result_value(&ds, "mfa", "route=rme|year=2011|region=NLD|indicator=RMC|material=TOTAL") / 1000, 172.84, 1e-4);
    check_has(result_note(&ds, "take the codes of"), "26 of 30");
    leie_dataset_clear(&ds);
}

// Average multiplier of product p over the member states of the list of regions, weighed with output.
static double average(const leie_table *t, const leie_accounts *a, const char *product, leie_size s)
{
    static const char members[] = "AUT BEL BGR CYP CZE DEU DNK ESP EST FIN FRA GBR GRC HUN IRL ITA LTU LUX LVA MLT NLD POL "
                                  "PRT ROM SVK SVN SWE";
    double sum = 0, output = 0;
    for (leie_size i = 0; i < t->sector.n; i++)
        if (strcmp(t->sector.code[i], product) == 0 && t->x[i] > 0 && strstr(members, t->sector.region.code[t->sector.of[i]])) {
            sum += a->M[s * a->n + i] * t->x[i];
            output += t->x[i];
        }
    return output > 0 ? sum / output : 0;
}

static double trade_of(const leie_table *t, leie_size i, leie_size home, bool exports)
{
    double sum = 0;
    for (leie_size j = 0; j < t->sector.n; j++)
        if ((t->sector.of[j] == home) != exports)
            sum += leie_matrix_get(&t->Z, i, j);
    for (leie_size j = 0; j < t->demand.n; j++)
        if ((t->demand.of[j] == home) != exports)
            sum += t->Y[i * t->demand.n + j];
    return sum;
}

// Material of each stressor of the study's map.
static const char *material_of(const char *stressor)
{
    static const char *const list[][2] = {{"crops", "MF11"}, {"grazing", "MF122"}, {"wood", "MF13"}, {"fish", "MF14"},
                                          {"iron", "MF21"}, {"nonferrous", "MF22"}, {"construction", "MF3"},
                                          {"industrial", "MF3"}, {"coal", "MF41"}, {"oil_gas", "MF42"}};
    for (size_t i = 0; i < sizeof list / sizeof list[0]; i++)
        if (strcmp(list[i][0], stressor) == 0)
            return list[i][1];
    return NULL;
}

static void write_inputs(const char *folder, const leie_table *t, const leie_accounts *a, leie_size home)
{
    static const char *const materials[] = {"MF11", "MF122", "MF13", "MF14", "MF21", "MF22", "MF3", "MF41", "MF42"};
    FILE *flows = fopen(path_in(folder, "flows.csv"), "w"), *rme = fopen(path_in(folder, "rme.csv"), "w");
    fprintf(flows, "region,year,kind,material,tonnes,product,partner,value_eur\n");
    fprintf(rme, "direction,product,material,origin,year,value,unit\n");
    for (leie_size i = 0; i < t->sector.n; i++) {
        bool exports = t->sector.of[i] == home;
        double money = trade_of(t, i, home, exports);
        if (money > 0) // the figure of tonnes is a placeholder: coefficients are per EUR
            fprintf(flows, "BEL,2011,%s,MF5,1,%s,%s,%.17g\n", exports ? "EXP" : "IMP", t->sector.code[i],
                    exports ? "world" : t->sector.region.code[t->sector.of[i]], 1e6 * money / EURO);
        for (int direction = 0; exports && direction < 2; direction++)
            for (size_t m = 0; m < sizeof materials / sizeof materials[0]; m++) {
                double value = 0;
                for (leie_size s = 0; s < t->stressor.n; s++)
                    if (material_of(t->stressor.code[s]) && strcmp(material_of(t->stressor.code[s]), materials[m]) == 0)
                        value += average(t, a, t->sector.code[i], s);
                fprintf(rme, "%s,%s,%s,,,%.17g,t/EUR\n", direction ? "exp" : "imp", t->sector.code[i], materials[m], value * EURO / 1e6);
            }
    }
    for (size_t m = 0; m < sizeof materials / sizeof materials[0]; m++) {
        double DE = 0;
        for (leie_size s = 0; s < t->stressor.n; s++)
            if (material_of(t->stressor.code[s]) && strcmp(material_of(t->stressor.code[s]), materials[m]) == 0)
                for (leie_size i = t->sector.first[home]; i < t->sector.first[home + 1]; i++)
                    DE += t->F[s * t->sector.n + i];
        fprintf(flows, "BEL,2011,DE,%s,%.17g,,,\n", materials[m], DE);
    }
    fclose(flows);
    fclose(rme);
}

static void test_belgium(void)
{
    leie_study study = {0};
    leie_table t = {0};
    leie_account_regions q = {0};
    leie_accounts a;
    leie_dataset ds = {0};
    leie_error err = {0};
    char output[512], set[1600];
    find_originals();
    result_assemble(&study, &t, STUDY, 2011, NULL);
    leie_size home = leie_labels_find(&t.sector.region, "BEL");
    check_ok(leie_account_regions_add(&q, &t.sector, "BEL", NULL, 0, NULL, &err), &err);
    check_ok(leie_accounts_make(&a, &t, &q, &(leie_accounts_opts){.by = LEIE_BY_MULTIPLIER}, &err), &err);
    const char *folder = check_folder();
    write_inputs(folder, &t, &a, home);
    snprintf(output, sizeof output, "%s/bridge.nc", folder);
    snprintf(set, sizeof set, "flows=%s/flows.csv|rme=%s/rme.csv|averaging=|accounts.regions=[BEL]", folder, folder);
    char *gone = strstr(set, "averaging=|");
    memmove(gone, gone + strlen("averaging=|"), strlen(gone + strlen("averaging=|")) + 1);
    result_run(&ds, STUDY, output, set);
    double rme = result_value(&ds, "route_bridge", "bridge_step=rme|year=2011|region=BEL|material=TOTAL") / 1000;
    double io = result_value(&ds, "route_bridge", "bridge_step=io|year=2011|region=BEL|material=TOTAL") / 1000, sum = rme;
    const leie_var *step = leie_dataset_find(&ds, "bridge_step");
    for (leie_size s = 0; s < step->count; s++) {
        char where[128];
        snprintf(where, sizeof where, "bridge_step=%s|year=2011|region=BEL|material=TOTAL", step->text[s]);
        double value = result_value(&ds, "route_bridge", where) / 1000;
        if (getenv("LEIE_SHOW"))
            printf("%-12s %10.3f Mt\n", step->text[s], value);
        sum += s > 0 && s < step->count - 1 ? value : 0;
        if (strcmp(step->text[s], "price") == 0 || strcmp(step->text[s], "remainder") == 0 || strcmp(step->text[s], "extraction") == 0)
            check_close(value, 0, 0, 1e-6 * rme);
    }
    check_near(io, 233.96, 1e-4);
    check_near(sum, io, 1e-12);
    double origin = result_value(&ds, "route_bridge", "bridge_step=origin|year=2011|region=BEL|material=TOTAL") / 1000;
    check_close(origin, io - rme, 0.02, 0); // the average against the exporter's own multiplier is nearly all of it
    leie_dataset_clear(&ds);
    leie_accounts_clear(&a);
    leie_account_regions_clear(&q);
    leie_table_clear(&t);
    leie_study_clear(&study);
}

CHECK_SUITE(data_bridge, {"RMC of two routes, 2011", test_two_routes, check_needs_data},
            {"Belgium: average coefficients against the exporters' multipliers", test_belgium, check_needs_data})
