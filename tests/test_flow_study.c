// SPDX-License-Identifier: GPL-3.0-or-later
/* Material flows through the main job: from a study to a result, alone and beside tables. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/leie_io.h"
#include "tests/check.h"

#define FLOWS "tests/cases/ewmfa/study.yaml"
#define PRICED "tests/cases/ewmfa/priced.yaml"
#define BOTH "tests/cases/ewmfa/both.yaml"

static char output[512];

static leie_status run_with(leie_dataset *ds, const char *path, char *set, leie_run_info *info, leie_error *err)
{
    leie_study study = {0};
    leie_run_opts opts = {.output = output};
    leie_status st = leie_study_read(&study, path, set ? 1 : 0, &set, err);
    if (!st)
        st = leie_run(ds, &study, &opts, NULL, info, err);
    leie_study_clear(&study);
    return st;
}

static void run(leie_dataset *ds, const char *path, leie_run_info *info)
{
    leie_error err = {0};
    leie_run_info whole = {0};
    check_ok(run_with(ds, path, NULL, &whole, &err), &err);
    *info = whole;
    info->plan = info->output = NULL; // the counts outlive the texts
    leie_run_info_clear(&whole);
}

static leie_size place(const leie_dataset *ds, const char *dim, const char *label)
{
    const leie_var *v = leie_dataset_find(ds, dim);
    for (leie_size i = 0; v && i < v->count; i++)
        if (v->type == LEIE_VAR_TEXT ? strcmp(v->text[i], label) == 0 : v->integer[i] == atoi(label))
            return i;
    printf("no %s '%s'\n", dim, label);
    return -1;
}

// Value at labels given in the order of the dimensions, blanks between; scenario is left out.
static double at(const leie_dataset *ds, const char *name, const char *labels)
{
    const leie_var *v = leie_dataset_find(ds, name);
    char text[256], *next = text;
    leie_size index = 0;
    if (!check_true(v != NULL))
        return 0;
    snprintf(text, sizeof text, "%s", labels);
    for (int d = 0; d < v->rank; d++) {
        const leie_dim *dim = &ds->dim[v->dim[d]];
        leie_size i = 0;
        if (strcmp(dim->name, "scenario") != 0) {
            char *label = next;
            next = strchr(label, ' ');
            if (next)
                *next++ = '\0';
            i = place(ds, dim->name, label);
        }
        if (!check_true(i >= 0))
            return 0;
        index = index * dim->n + i;
    }
    return v->type == LEIE_VAR_INT ? (double)v->integer[index] : v->number[index];
}

static const char *attribute(const leie_dataset *ds, const char *name, const char *which)
{
    return leie_dataset_get_text(ds, leie_dataset_find(ds, name), which);
}

// ---- coefficients per EUR: figures worked in cases/ewmfa/README.md ----

// RMC and RTB of the three regions add up to those of the country, material by material.
static void regions_add_up(const leie_dataset *ds)
{
    static const char *const indicator[] = {"RMC", "RTB", "DMC"}, *const route[] = {"rme", "rme", "ewmfa"};
    const leie_var *material = leie_dataset_find(ds, "material");
    for (size_t i = 0; i < 3; i++)
        for (leie_size m = 0; m < material->count; m++) {
            double sum = 0;
            static const char *const region[] = {"BE-VLG", "BE-WAL", "BE-BRU", "BEL"};
            for (int r = 0; r < 4; r++) {
                char labels[128];
                snprintf(labels, sizeof labels, "%s 2010 %s %s %s", route[i], region[r], indicator[i], material->text[m]);
                sum += (r < 3 ? 1 : -1) * at(ds, "mfa", labels);
            }
            check_true(isnan(sum) ? strcmp(material->text[m], "MF23") == 0 : fabs(sum) <= 1e-12); // traded, never extracted
        }
}

static void test_price_correction(void)
{
    leie_dataset ds = {0};
    leie_run_info info;
    snprintf(output, sizeof output, "%s/priced.nc", check_folder());
    run(&ds, PRICED, &info);
    check_near(at(&ds, "mfa", "rme 2010 BE-VLG IMP_RME MF4"), 0.120 + 0.025, 1e-14);
    check_near(at(&ds, "mfa", "rme 2010 BE-VLG IMP_RME MF2"), 0.125, 1e-14);
    check_near(at(&ds, "mfa", "rme 2010 BE-VLG IMP_RME MF11"), 0.100, 1e-14); // per tonne: no price
    check_near(at(&ds, "mfa", "rme 2010 BE-VLG EXP_RME MF2"), 0.120, 1e-14);
    check_near(at(&ds, "mfa", "rme 2010 BE-BRU IMP_RME MF2"), 0.009 + 0.025, 1e-14);
    check_near(at(&ds, "mfa", "rme 2010 BE-WAL EXP_RME MF2"), 0.125 + 0.025 + 0.15625, 1e-14);
    regions_add_up(&ds);
    check_has(attribute(&ds, "mfa", "rme_prices"), "corrected by the price of each flow");
    leie_dataset_clear(&ds);
    char plain[] = "rme=priced_rme.csv";
    leie_error err = {0};
    leie_run_info again = {0};
    check_ok(run_with(&ds, PRICED, plain, &again, &err), &err);
    leie_run_info_clear(&again);
    check_near(at(&ds, "mfa", "rme 2010 BE-VLG IMP_RME MF4"), 0.150 + 0.020, 1e-14);
    check_near(at(&ds, "mfa", "rme 2010 BE-VLG EXP_RME MF2"), 0.096, 1e-14);
    regions_add_up(&ds);
    check_true(attribute(&ds, "mfa", "rme_prices") == NULL);
    leie_dataset_clear(&ds);
}

// ---- flows alone: figures worked in cases/ewmfa/README.md ----

static void test_indicators(void)
{
    leie_dataset ds = {0};
    leie_run_info info;
    snprintf(output, sizeof output, "%s/flows.nc", check_folder());
    run(&ds, FLOWS, &info);
    check_size(info.flow_years, 6);
    check_size(info.years, 0);
    check_near(at(&ds, "mfa", "ewmfa 2010 BE-VLG DEU TOTAL"), 50500, 1e-14);
    check_near(at(&ds, "mfa", "rme 2010 BE-VLG DEU TOTAL"), 50500, 1e-14);
    check_near(at(&ds, "mfa", "ewmfa 2010 BE-VLG IMP TOTAL"), 63500, 1e-14);
    check_near(at(&ds, "mfa", "ewmfa 2010 BE-VLG EXP TOTAL"), 46000, 1e-14);
    check_near(at(&ds, "mfa", "ewmfa 2010 BE-VLG DMC TOTAL"), 68000, 1e-14);
    check_near(at(&ds, "mfa", "rme 2010 BE-VLG IMP_RME TOTAL"), 96750, 1e-14);
    check_near(at(&ds, "mfa", "rme 2010 BE-VLG EXP_RME TOTAL"), 82540, 1e-14);
    check_near(at(&ds, "mfa", "rme 2010 BE-VLG RMC TOTAL"), 64710, 1e-14);
    check_near(at(&ds, "mfa", "ewmfa 2010 BE-VLG RMC TOTAL"), NAN, 0);
    check_near(at(&ds, "mfa", "ewmfa 2010 BE-VLG DEU ENERGY"), 1500, 1e-14);
    check_near(at(&ds, "mfa_per_capita", "ewmfa 2010 BE-VLG DMC TOTAL"), 68 / 6.3, 1e-14);
    check_near(at(&ds, "import_dependency", "ewmfa 2010 BE-VLG TOTAL"), 63.5 / 114, 1e-14);
    check_near(at(&ds, "productivity", "rme 2010 BE-VLG"), 210.0 / 64.71, 1e-14);
    check_near(at(&ds, "mfa_status", "ewmfa 2014 BE-VLG DMC"), LEIE_FLOW_GIVEN, 0);
    check_near(at(&ds, "mfa_status", "ewmfa 2015 BE-VLG DMC"), LEIE_FLOW_PROVISIONAL, 0);
    check_near(at(&ds, "mfa_status", "ewmfa 2015 BE-VLG NAS"), -1, 0);
    double variance = 0.0025 * (18.0 * 18 + 1.5 * 1.5 + 31 * 31) + 0.01 * (40.0 * 40 + 12 * 12 + 9 * 9);
    check_near(at(&ds, "mfa_sd", "ewmfa 2010 BE-VLG DMC TOTAL"), 1000 * sqrt(variance), 1e-12);
    check_text(attribute(&ds, "mfa", "edition"), "demo");
    check_text(attribute(&ds, "mfa", "averaging"), "none");
    leie_dataset_clear(&ds);
}

static void test_ratios_and_averages(void)
{
    leie_dataset ds = {0};
    leie_run_info info;
    snprintf(output, sizeof output, "%s/flows.nc", check_folder());
    run(&ds, FLOWS, &info);
    // waste: 9 recycled, 1.2 in, 0.7 out abroad and 0.3 to BE-WAL
    check_near(at(&ds, "cmu", "eurostat 2010 BE-VLG TOTAL"), 8.8 / 76.8, 1e-14);
    check_near(at(&ds, "cmu", "foreign_waste_trade 2010 BE-VLG TOTAL"), 8.5 / 76.5, 1e-14);
    check_near(at(&ds, "cmu", "uncorrected 2010 BE-VLG TOTAL"), 9.0 / 77, 1e-14);
    double sum = 0, people = 0;
    static const char *const year[] = {"2010", "2011", "2012"};
    for (int y = 0; y < 3; y++) {
        char labels[64];
        snprintf(labels, sizeof labels, "rme %s BEL RMC TOTAL", year[y]);
        sum += at(&ds, "mfa", labels);
        snprintf(labels, sizeof labels, "%s BEL", year[y]);
        people += at(&ds, "population", labels);
    }
    check_near(at(&ds, "mfa_average", "rme 2011 BEL RMC TOTAL"), sum / 3, 1e-14);
    check_near(at(&ds, "mfa_average_per_capita", "rme 2011 BEL RMC TOTAL"), 1000 * sum / people, 1e-14);
    check_near(at(&ds, "mfa_average", "rme 2010 BEL RMC TOTAL"), NAN, 0);
    check_near(at(&ds, "mfa_average", "rme 2015 BEL RMC TOTAL"), NAN, 0);
    check_text(attribute(&ds, "mfa_average", "averaging"), "3 years, centred");
    check_text(attribute(&ds, "cmu_average", "averaging"), "3 years, centred");
    check_text(attribute(&ds, "cmu", "averaging"), "none");
    check_near(at(&ds, "rme_coverage", "imports 2010 BE-VLG"), 1, 0);
    leie_dataset_clear(&ds);
}

static void write_file(const char *folder, const char *name, const char *text)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    if (check_true(file != NULL)) {
        fputs(text, file);
        fclose(file);
    }
}

/* By hand, one region of three years: DE 10, 20, 60 t, imports 5, 5, 20, recycled 1, 2, 9, GDP 1, 1, 4 kEUR. Averages: DMI = DMC = 40,
 * U = 4, GDP = 2; the ratios of single years are 1/16, 2/27, 9/89. */
static void test_averaged_ratios(void)
{
    char path[512], materials[600], trailing[] = "averaging={years: 2, centred: false}";
    leie_dataset ds = {0};
    leie_run_info info = {0};
    leie_error err = {0};
    const char *folder = check_folder();
    write_file(folder, "hand.csv", "region,year,kind,material,tonnes\nA,2010,DE,MF3,10\nA,2010,IMP,MF3,5\nA,2010,EXP,MF3,0\nA,2010,RCV,TOTAL,1\n"
                           "A,2011,DE,MF3,20\nA,2011,IMP,MF3,5\nA,2011,EXP,MF3,0\nA,2011,RCV,TOTAL,2\n"
                           "A,2012,DE,MF3,60\nA,2012,IMP,MF3,20\nA,2012,EXP,MF3,0\nA,2012,RCV,TOTAL,9\n");
    write_file(folder, "hand_gdp.csv", "region,year,value,unit\nA,2010,0.001,MEUR\nA,2011,0.001,MEUR\nA,2012,0.004,MEUR\n");
    write_file(folder, "hand.yaml", "leie: 1\nstudy: hand\ntitle: By hand\nflows: hand.csv\nmaterials: materials.csv\ngdp: hand_gdp.csv\n"
                            "averaging: {years: 3, centred: true}\n");
    snprintf(materials, sizeof materials, "cp datasets/classifications/ew_mfa.csv '%s/materials.csv'", folder);
    check_size(system(materials), 0);
    snprintf(path, sizeof path, "%s/hand.yaml", folder);
    snprintf(output, sizeof output, "%s/hand.nc", folder);
    check_ok(run_with(&ds, path, NULL, &info, &err), &err);
    check_near(at(&ds, "cmu", "uncorrected 2011 A TOTAL"), 2.0 / 27, 1e-15);
    check_near(at(&ds, "cmu_average", "uncorrected 2011 A TOTAL"), 4.0 / 44, 1e-15);
    check_near(at(&ds, "cmu_average", "uncorrected 2010 A TOTAL"), NAN, 0);
    check_near(at(&ds, "import_dependency_average", "ewmfa 2011 A TOTAL"), 0.25, 1e-15);
    check_near(at(&ds, "import_dependency_average", "rme 2011 A TOTAL"), NAN, 0);
    check_near(at(&ds, "productivity_average", "ewmfa 2011 A"), 0.05, 1e-15);
    leie_run_info_clear(&info);
    leie_dataset_clear(&ds);
    check_ok(run_with(&ds, path, trailing, &info, &err), &err);
    check_near(at(&ds, "cmu_average", "uncorrected 2012 A TOTAL"), 5.5 / 58, 1e-15);
    check_near(at(&ds, "cmu_average", "uncorrected 2011 A TOTAL"), 1.5 / 21.5, 1e-15);
    check_near(at(&ds, "import_dependency_average", "ewmfa 2011 A TOTAL"), 5.0 / 20, 1e-15);
    check_near(at(&ds, "productivity_average", "ewmfa 2012 A"), 2.5 / 52.5, 1e-15);
    leie_run_info_clear(&info);
    leie_dataset_clear(&ds);
}

// The only target that speaks of no series, and why.
static void check_left_out(const leie_dataset *ds, const char *name, const char *why)
{
    const leie_var *left = leie_dataset_find(ds, "target_left_out"), *reason = leie_dataset_find(ds, "target_left_out_name");
    check_true(left && reason);
    if (!left || !reason)
        return;
    check_size(left->count, 1);
    check_text(left->text[0], name);
    check_text(reason->text[0], why);
}

static void test_targets(void)
{
    leie_dataset ds = {0};
    leie_run_info info;
    snprintf(output, sizeof output, "%s/flows.nc", check_folder());
    run(&ds, FLOWS, &info);
    check_size(ds.dim[leie_dataset_find_dim(&ds, "target")].n, 3); // the one of another account is left out, and said so
    check_left_out(&ds, "WASTE BE-VLG 2030", "the flows have no such indicator");
    const leie_var *base = leie_dataset_find(&ds, "target_base"), *level = leie_dataset_find(&ds, "target_level");
    const leie_var *last = leie_dataset_find(&ds, "target_last_year"), *path = leie_dataset_find(&ds, "target_path");
    check_near(base->number[0], 64.71 / 6.3, 1e-14); // its own series: no base value is given
    check_near(level->number[0], 0.7 * 64.71 / 6.3, 1e-14);
    check_near(base->number[1], 12.5, 0);
    check_near(last->number[1], 2014, 0); // the centred average ends a year earlier
    check_near(level->number[2], 60, 0);
    check_near(path->number[0], base->number[0], 1e-15);
    check_near(path->number[5], base->number[0] * (1 - 0.3 * 5 / 20), 1e-14);
    leie_dataset_clear(&ds);
}

// Targets of the route io: an indicator, tonnes of the flows with it, the footprint of a stressor; others are left out.
static void test_io_targets(void)
{
    leie_dataset ds = {0};
    leie_error err = {0};
    leie_run_info info = {0};
    char set[] = "targets=targets_io.csv";
    snprintf(output, sizeof output, "%s/io_targets.nc", check_folder());
    check_ok(run_with(&ds, "tests/cases/ewmfa/direct.yaml", set, &info, &err), &err);
    leie_run_info_clear(&info);
    check_size(ds.dim[leie_dataset_find_dim(&ds, "target")].n, 3);
    const leie_var *last = leie_dataset_find(&ds, "target_last"), *level = leie_dataset_find(&ds, "target_level");
    const leie_var *distance = leie_dataset_find(&ds, "target_distance"), *route = leie_dataset_find(&ds, "target_route");
    double people = at(&ds, "population", "2016 AA");
    check_left_out(&ds, "WASTE AA 2050 (io)", "the tables have no such indicator or stressor");
    check_text(route->text[0], "io");
    check_near(last->number[0], 1000 * at(&ds, "mfa", "io 2016 AA RMC TOTAL") / people, 1e-13);
    check_near(level->number[0], 0.28, 1e-14);
    check_near(distance->number[0], last->number[0] - (0.4 - 0.12 / 15), 1e-13);
    check_near(last->number[1], at(&ds, "mfa", "io 2016 AA DMI TOTAL"), 1e-13);
    check_near(last->number[2], 1e6 * (at(&ds, "D_cba", "2016 AA co2") + at(&ds, "direct", "2016 AA co2")) / people, 1e-13);
    leie_dataset_clear(&ds);
}

static void refused_in(const char *study, char *set, const char *targets, leie_status status, const char *piece)
{
    leie_dataset ds = {0};
    leie_run_info info = {0};
    leie_error err = {0};
    char path[512], assignment[600];
    snprintf(output, sizeof output, "%s/refused.nc", check_folder());
    if (targets) {
        snprintf(path, sizeof path, "%s/targets.csv", check_folder());
        FILE *file = fopen(path, "w");
        fprintf(file, "indicator,route,edition,averaging,region,per,kind,base_year,base_value,year,value,unit,source\n%s\n", targets);
        fclose(file);
        snprintf(assignment, sizeof assignment, "targets=%s", path);
        set = assignment;
    }
    check_status(run_with(&ds, study, set, &info, &err), status, &err);
    check_has(err.text, piece);
    leie_run_info_clear(&info);
    leie_dataset_clear(&ds);
}

static void refused(char *set, const char *targets, leie_status status, const char *piece)
{
    refused_in(FLOWS, set, targets, status, piece);
}

// A base value of another edition, average or route is never compared with the series.
static void test_mixed_targets(void)
{
    refused(NULL, "RMC,rme,CE Monitor 2021,none,BE-VLG,capita,change,2010,28.2,2030,-30,,x", LEIE_ERR_DATA,
            "the base value is of edition 'CE Monitor 2021' and the series of edition 'demo'");
    refused(NULL, "RMC,,demo,none,BE-VLG,capita,change,2010,28.2,2030,-30,,x", LEIE_ERR_DATA, "of what route is the base value?");
    refused(NULL, "RMC,rme,demo,,BE-VLG,capita,change,2010,28.2,2030,-30,,x", LEIE_ERR_DATA,
            "of what averaging (none, or the study's) is the base value?");
    refused(NULL, "RMC,rme,demo,\"5 years, trailing\",BE-VLG,capita,change,2010,28.2,2030,-30,,x", LEIE_ERR_DATA,
            "the target is for averaging '5 years, trailing' and the study has '3 years, centred'");
    refused(NULL, "RMC,ewmfa,,,BE-VLG,capita,change,2010,,2030,-30,,x", LEIE_ERR_DATA,
            "RMC belongs to the route rme, the target is of the route 'ewmfa'");
    refused(NULL, "RMC,rme,,,BE-VLG,head,change,2010,,2030,-30,,x", LEIE_ERR_DATA, "per is capita or absolute, found 'head'");
    refused(NULL, "RMC,rme,,,BE-VLG,capita,share,2010,,2030,-30,,x", LEIE_ERR_DATA, "kind is change or level, found 'share'");
    refused(NULL, "RMC,rme,,,BE-VLG,capita,level,2030,,2030,7,,x", LEIE_ERR_DATA, "does not come after the base year 2030");
    refused(NULL, "RMC,rme,,,BE-VLG,capita,level,,,2030,7,m3,x", LEIE_ERR_UNIT, "'m3' is no unit of mass");
    refused_in("tests/cases/ewmfa/direct.yaml", NULL, "RMC,io,,\"3 years, centred\",AA,capita,level,,,2030,7,t,x", LEIE_ERR_DATA,
               "the route io has single years, the target is for averaging '3 years, centred'");
}

static void test_study_refused(void)
{
    char route[] = "routes=[io]", even[] = "averaging.years=4", word[] = "routes=[rne]", regions[] = "accounts.regions=[XX]",
         rme[] = "rme=~", nest[] = "aggregate={regions: x.csv}", materials[] = "materials=~";
    refused(route, NULL, LEIE_ERR_USAGE, "the route io needs 'tables'");
    refused(even, NULL, LEIE_ERR_DATA, "an average of 4 years has no centre");
    refused(word, NULL, LEIE_ERR_USAGE, "did you mean 'rme'?");
    refused(regions, NULL, LEIE_ERR_DATA, "none of 'accounts: regions' is in the flows");
    refused(nest, NULL, LEIE_ERR_USAGE, "'aggregate' needs 'tables'");
    refused(materials, NULL, LEIE_ERR_DATA, "'flows' need 'materials'");
    leie_dataset ds = {0};
    leie_run_info info = {0};
    leie_error err = {0};
    snprintf(output, sizeof output, "%s/plain.nc", check_folder());
    check_ok(run_with(&ds, FLOWS, rme, &info, &err), &err); // without coefficients: no RMC, and nothing wrong
    check_near(at(&ds, "mfa", "rme 2010 BE-VLG RMC TOTAL"), NAN, 0);
    check_true(leie_dataset_find(&ds, "rme_coverage") == NULL);
    leie_run_info_clear(&info);
    leie_dataset_clear(&ds);
    char direct[] = "routes=[ewmfa]";
    check_ok(run_with(&ds, FLOWS, direct, &info, &err), &err);
    check_near(at(&ds, "mfa", "ewmfa 2010 BE-VLG DMC TOTAL"), 68000, 1e-14);
    check_near(at(&ds, "mfa", "rme 2010 BE-VLG DEU TOTAL"), NAN, 0);
    leie_run_info_clear(&info);
    leie_dataset_clear(&ds);
}

// ---- beside tables ----

static void test_beside_tables(void)
{
    leie_dataset ds = {0}, alone = {0};
    leie_run_info info;
    snprintf(output, sizeof output, "%s/both.nc", check_folder());
    run(&ds, BOTH, &info);
    check_size(ds.dim[leie_dataset_find_dim(&ds, "year")].n, 3);
    check_size(ds.dim[leie_dataset_find_dim(&ds, "region")].n, 5);
    check_near(at(&ds, "mfa", "ewmfa 2017 AA DMC TOTAL"), 1.495, 1e-14);
    check_near(at(&ds, "mfa", "ewmfa 2017 ZZ DMC TOTAL"), 0.042, 1e-14);
    check_near(at(&ds, "mfa", "ewmfa 2015 AA DMC TOTAL"), NAN, 0);
    check_near(at(&ds, "mfa_per_capita", "ewmfa 2016 AA DMC TOTAL"), 1485.0 / 121700, 1e-14);
    check_near(at(&ds, "population", "2016 EAST"), 64250 + 241900, 1e-15);
    check_near(at(&ds, "population", "2017 ZZ"), NAN, 0);
    // the accounts of the tables are those without flows
    snprintf(output, sizeof output, "%s/alone.nc", check_folder());
    run(&alone, "tests/cases/tiny/study.yaml", &info);
    const leie_var *stressor = leie_dataset_find(&alone, "stressor");
    for (leie_size s = 0; s < stressor->count; s++)
        for (int r = 0; r < 3; r++) {
            char labels[128];
            snprintf(labels, sizeof labels, "2016 %s %s", (const char *const[]){"AA", "BB", "EAST"}[r], stressor->text[s]);
            check_near(at(&ds, "D_cba", labels), at(&alone, "D_cba", labels), 0);
        }
    leie_dataset_clear(&ds);
    leie_dataset_clear(&alone);
}

static void copy_file(const char *from, const char *to)
{
    char command[1100];
    snprintf(command, sizeof command, "cp '%s' '%s'", from, to);
    check_size(system(command), 0);
}

// Years of tables are taken over, flows are drawn up anew, and the bytes are those of a full run.
static void test_taken_over(void)
{
    leie_dataset ds = {0};
    leie_run_info info;
    char full[520], fresh[512], command[1100];
    snprintf(output, sizeof output, "%s/both.nc", check_folder());
    run(&ds, BOTH, &info);
    leie_dataset_clear(&ds);
    check_size(info.computed, 2);
    snprintf(full, sizeof full, "%s.full", output);
    copy_file(output, full);
    run(&ds, BOTH, &info); // nothing has changed
    leie_dataset_clear(&ds);
    check_size(info.computed, 0);
    check_size(info.reused, 2);
    // the result of one year only, completed
    snprintf(fresh, sizeof fresh, "%s/fresh.nc", check_folder());
    snprintf(output, sizeof output, "%s", fresh);
    char one[] = "tables=[{years: [2015], format: csv, path: \"../tiny/{year}\"}]";
    leie_error err = {0};
    info = (leie_run_info){0};
    check_ok(run_with(&ds, BOTH, one, &info, &err), &err);
    leie_run_info_clear(&info);
    leie_dataset_clear(&ds);
    run(&ds, BOTH, &info);
    check_size(info.computed, 1);
    check_size(info.reused, 1);
    leie_dataset_clear(&ds);
    snprintf(command, sizeof command, "cmp '%s' '%s'", full, fresh);
    check_size(system(command), 0);
}

// The route io on the axes of the flows, and tonnes by industry: totals are those of the parts.
static void test_route_io(void)
{
    leie_dataset ds = {0};
    leie_run_info info;
    snprintf(output, sizeof output, "%s/direct.nc", check_folder());
    run(&ds, "tests/cases/ewmfa/direct.yaml", &info);
    double D = at(&ds, "D_cba", "2016 AA ore") + at(&ds, "direct", "2016 AA ore");
    double DE = at(&ds, "D_pba", "2016 AA ore") + at(&ds, "direct", "2016 AA ore");
    check_near(at(&ds, "mfa", "io 2016 AA RMC MF2"), D / 1000, 1e-14);
    check_near(at(&ds, "mfa", "io 2016 AA RMC TOTAL"), D / 1000, 1e-14);
    check_near(at(&ds, "mfa", "io 2015 EAST RMI TOTAL"),
               (at(&ds, "D_pba", "2015 EAST ore") + at(&ds, "direct", "2015 EAST ore") + at(&ds, "imports_rme", "2015 EAST ore")) / 1000,
               1e-14);
    check_near(at(&ds, "mfa", "io 2016 AA RMI MF2") - at(&ds, "mfa", "io 2016 AA EXP_RME MF2"),
               (D + at(&ds, "unallocated", "2016 AA ore")) / 1000, 1e-12);
    check_near(at(&ds, "mfa", "io 2016 AA DMI TOTAL"), (DE + 412) / 1000, 1e-14);
    check_near(at(&ds, "mfa", "io 2016 AA DMC TOTAL"), (DE + 412 - 75) / 1000, 1e-14);
    check_near(at(&ds, "mfa", "io 2015 AA DMI TOTAL"), NAN, 0);
    check_near(at(&ds, "mfa_per_capita", "io 2016 AA RMC TOTAL"), D / at(&ds, "population", "2016 AA"), 1e-14);
    // industries and categories, with what could not be spread, are the region's input
    double dmi = at(&ds, "imports_unspread", "2016 AA TOTAL");
    check_near(dmi, 0.012, 1e-14);
    const leie_var *sector = leie_dataset_find(&ds, "sector"), *category = leie_dataset_find(&ds, "category");
    for (leie_size j = 0; j < sector->count; j++) {
        char labels[128];
        snprintf(labels, sizeof labels, "2016 AA TOTAL %s", sector->text[j]);
        double value = at(&ds, "dmi_sector", labels);
        check_true(isnan(value) == (strncmp(sector->text[j], "AA/", 3) != 0));
        dmi += isnan(value) ? 0 : value;
    }
    for (leie_size c = 0; c < category->count; c++) {
        char labels[128];
        snprintf(labels, sizeof labels, "2016 AA TOTAL %s", category->text[c]);
        dmi += at(&ds, "dmi_category", labels);
    }
    check_near(dmi, (DE + 412) / 1000, 1e-13);
    check_near(at(&ds, "dmi_product", "2016 BB TOTAL farm"), NAN, 0);
    leie_dataset_clear(&ds);
    // taken over: the same bytes
    char full[520], command[1100];
    snprintf(full, sizeof full, "%s.full", output);
    copy_file(output, full);
    char one[] = "tables=[{years: [2015], format: csv, path: \"../tiny/{year}\"}]";
    leie_error err = {0};
    snprintf(output, sizeof output, "%s/fresh.nc", check_folder());
    info = (leie_run_info){0};
    check_ok(run_with(&ds, "tests/cases/ewmfa/direct.yaml", one, &info, &err), &err);
    leie_run_info_clear(&info);
    leie_dataset_clear(&ds);
    run(&ds, "tests/cases/ewmfa/direct.yaml", &info);
    check_size(info.reused, 1);
    leie_dataset_clear(&ds);
    snprintf(command, sizeof command, "cmp '%s' '%s'", full, output);
    check_size(system(command), 0);
}

// What a study of the route io may not say.
static void test_route_io_refused(void)
{
    static const struct {
        const char *set, *message;
    } list[] = {{"accounts.by=[direct]", "needs 'materials'"},
                {"capital={input: a, matrix: b}", "needs one of input"},
                {"accounts.materials=nowhere.csv", "needs 'materials'"}};
    for (size_t i = 0; i < sizeof list / sizeof list[0]; i++) {
        leie_study study;
        leie_error err = {0};
        char set[128], *sets[] = {set};
        snprintf(set, sizeof set, "%s", list[i].set);
        check_true(leie_study_read(&study, "tests/cases/tiny/study.yaml", 1, sets, &err) != LEIE_OK);
        check_has(err.text, list[i].message);
    }
}

CHECK_SUITE(flow_study, {"route io", test_route_io, NULL}, {"route io refused", test_route_io_refused, NULL},
            {"indicators", test_indicators, NULL}, {"coefficients per EUR", test_price_correction, NULL}, {"ratios and averages", test_ratios_and_averages, NULL},
            {"averaged ratios", test_averaged_ratios, NULL}, {"targets", test_targets, NULL}, {"targets of the route io", test_io_targets, NULL}, {"targets that mix", test_mixed_targets, NULL},
            {"studies refused", test_study_refused, NULL}, {"beside tables", test_beside_tables, NULL},
            {"years taken over", test_taken_over, NULL})
