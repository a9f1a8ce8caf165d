// SPDX-License-Identifier: GPL-3.0-or-later
/* Concordances, keys of a nest, characterisations and population from files. */
#include "io/read/read_table.h"
#include "tests/check.h"
#include "tests/write_files.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static leie_path path_of(const char *folder, const char *name)
{
    char *path = (char *)(uintptr_t)path_in(folder, name);
    return (leie_path){.shown = path, .real = path};
}

// ---- concordances ----

static leie_status read_concordance(leie_concordance *c, const char *text, leie_error *err)
{
    leie_provenance p = {0};
    char folder[512];
    snprintf(folder, sizeof folder, "%s", check_folder());
    write_text(folder, "map.csv", text);
    leie_path path = path_of(folder, "map.csv");
    *c = (leie_concordance){0};
    *err = (leie_error){0};
    leie_status st = leie_read_concordance(c, &path, "sectors", &p, err);
    check_true(st || p.sources == 1);
    leie_provenance_clear(&p);
    return st;
}

static void test_concordance(void)
{
    leie_concordance c;
    leie_error err;
    check_ok(read_concordance(&c, "to,from,weight,name\nB-E,c2,0.25,Mining\nF,c2,0.75,\nF,c18,1,\n", &err), &err);
    check_size(c.n, 3);
    check_text(c.link[1].from, "c2");
    check_near(c.link[1].weight, 0.75, 0);
    check_size(c.link[2].line, 4);
    check_size(c.to.n, 2);
    check_text(c.to.name[0], "Mining");
    leie_concordance_clear(&c);
    check_ok(read_concordance(&c, "from,to\na,b\n", &err), &err);
    check_near(c.link[0].weight, 1, 0);
    leie_concordance_clear(&c);
    check_status(read_concordance(&c, "from,to\n", &err), LEIE_ERR_DATA, &err);
    check_has(err.text, "a concordance without links");
    check_status(read_concordance(&c, "from,to,weight\na,b,-1\n", &err), LEIE_ERR_DATA, &err);
    check_has(err.text, "map.csv:2: column 'weight': a negative weight");
    check_status(read_concordance(&c, "from,to\n,b\n", &err), LEIE_ERR_DATA, &err);
    check_has(err.text, "column 'from': nothing where a label belongs");
}

// ---- keys ----

// BEL with sectors c1, c2, c3 and three final-demand columns, FRA with c1.
static void make_table(leie_table *t)
{
    static const double x[] = {10, 30, 60, 5};
    leie_error err = {0};
    leie_labels stressor = {0};
    *t = (leie_table){.year = 2011};
    leie_axis_add(&t->sector, "BEL", "c1", "", "", 0, &err);
    leie_axis_add(&t->sector, "BEL", "c2", "", "", 0, &err);
    leie_axis_add(&t->sector, "BEL", "c3", "", "", 0, &err);
    leie_axis_add(&t->sector, "FRA", "c9", "", "", 0, &err);
    leie_axis_add(&t->demand, "BEL", "hh", "", "", LEIE_DEMAND_HOUSEHOLD, &err);
    leie_axis_add(&t->demand, "BEL", "gov", "", "", LEIE_DEMAND_GOVERNMENT, &err);
    leie_axis_add(&t->demand, "BEL", "stock", "", "", LEIE_DEMAND_INVENTORIES, &err);
    leie_axis_add(&t->demand, "FRA", "gfcf", "", "", LEIE_DEMAND_GFCF, &err);
    t->x = leie_new(4, sizeof *t->x);
    memcpy(t->x, x, sizeof x);
    t->Y = leie_new(16, sizeof *t->Y);
    leie_labels_add(&stressor, "sand", "", "t", "material", &err);
    leie_labels_add(&stressor, "co2", "", "t", "", &err);
    check_size(leie_table_add_stressors(t, &stressor, "materials", "", &err), 0);
    leie_labels_clear(&stressor);
}

static const char keys[] = "region,variable,list,sector,year,value,unit,source\n"
                           "N,jobs,nace,A,2010,30,person,x\nS,jobs,nace,A,2010,10,person,x\n"
                           "N,jobs,nace,B,2010,20,person,x\nS,jobs,nace,B,2010,60,person,x\n"
                           "N,jobs,nace,A,2013,1,person,x\nS,jobs,nace,A,2013,1,person,x\n"
                           "N,income,,,2011,700,MEUR,x\nS,income,,,2011,300,MEUR,x\nS,income,,,2012,1,MEUR,x\n"
                           "S,people,,,2011,4,person,x\nN,people,,,2011,6,person,x\nW,people,,,2011,9,person,x\n"
                           "N,extraction,,sand,2011,90,t,x\nS,extraction,,sand,2011,10,t,x\n"
                           "N,extraction,,water,2009,5,m3,x\n";
static const char links[] = "from,to,weight\nA,c1,1\nB,c2,1\nA,c3,0.5\nB,c3,0.25\nA,c9,1\n";

static bool nearest = true; // keys of another year: the study says so
static const char *income = "income"; // the key of households

static leie_status read_keys(leie_nest *nest, leie_table *t, const char *text, const char *map, leie_error *err)
{
    static char word[][16] = {"BEL", "jobs", "", "people", "output", "extraction"};
    leie_study_nest spec = {.country = word[0], .industries = word[1], .direct = word[3], .pressure = word[5]};
    spec.demand[LEIE_DEMAND_HOUSEHOLD] = (char *)(uintptr_t)income;
    spec.demand[LEIE_DEMAND_GOVERNMENT] = word[3];
    spec.demand[LEIE_DEMAND_INVENTORIES] = word[4];
    char folder[512];
    snprintf(folder, sizeof folder, "%s", check_folder());
    write_text(folder, "keys.csv", text);
    write_text(folder, "map.csv", map);
    spec.keys = path_of(folder, "keys.csv");
    spec.nearest_keys = nearest;
    spec.sectors = path_of(folder, "map.csv");
    *err = (leie_error){0};
    leie_labels_add(&spec.region, "N", "North", NULL, NULL, err);
    leie_labels_add(&spec.region, "S", "South", NULL, NULL, err);
    leie_status st = leie_read_keys(nest, &spec, t, &t->provenance, err);
    leie_labels_clear(&spec.region);
    return st;
}

static bool has_note(const leie_table *t, const char *piece)
{
    for (leie_size i = 0; i < t->provenance.notes; i++)
        if (strstr(t->provenance.note[i].text, piece))
            return true;
    return false;
}

// A transit sector has the shares of the industry whose product it passes on.
static void test_transit(void)
{
    static const double x[] = {10, 30, 5};
    leie_table t = {.year = 2011};
    leie_nest nest;
    leie_error err = {0};
    leie_axis_add(&t.sector, "BEL", "c1", "", "", 0, &err);
    leie_axis_add(&t.sector, "BEL", "c2", "", "", 0, &err);
    leie_axis_add(&t.sector, "BEL", "transit c2", "", "", 0, &err);
    leie_axis_add(&t.demand, "BEL", "hh", "", "", LEIE_DEMAND_HOUSEHOLD, &err);
    t.x = leie_new(3, sizeof *t.x);
    memcpy(t.x, x, sizeof x);
    if (check_ok(read_keys(&nest, &t, keys, "from,to,weight\nA,c1,1\nB,c2,1\n", &err), &err)) {
        check_near(nest.industry[1], 0.25, 1e-15);
        check_near(nest.industry[2], 0.25, 1e-15);
        check_near(nest.industry[3 + 2], 0.75, 1e-15);
        leie_nest_shares_free(&nest);
    }
    leie_table_clear(&t);
}

static void test_keys(void)
{
    leie_table t;
    leie_nest nest;
    leie_error err;
    make_table(&t);
    check_ok(read_keys(&nest, &t, keys, links, &err), &err);
    check_size(nest.region.n, 2);
    check_size(nest.sectors, 3);
    check_size(nest.categories, 3);
    // jobs of 2010, the nearest year: A 30 + 10, B 20 + 60; c3 = 0.5 A + 0.25 B: 20 and 20
    check_near(nest.industry[0], 0.75, 1e-15);
    check_near(nest.industry[3 + 1], 0.75, 1e-15);
    check_near(nest.industry[2], 0.5, 1e-15);
    check_near(nest.demand[0], 0.7, 1e-15);
    check_near(nest.demand[1], 0.6, 1e-15);
    // output: (0.75 * 10 + 0.25 * 30 + 0.5 * 60) / 100
    check_near(nest.demand[2], 0.45, 1e-15);
    check_near(nest.direct[3 + 2], 0.4, 1e-15);
    check_near(nest.pressure[0], 0.9, 1e-15);
    check_near(nest.pressure[2], 0.1, 1e-15);
    check_true(nest.pressure[1] < 0 && nest.pressure[3] < 0);
    check_true(has_note(&t, "industries of 'BEL' by key 'jobs' of 2010, the nearest year to 2011"));
    check_true(has_note(&t, "household of 'BEL' by shares of key 'income' of 2011"));
    check_true(has_note(&t, "keys of regions that are no part of 'BEL'"));
    leie_nest_shares_free(&nest);
    leie_table_clear(&t);
    make_table(&t);
    nearest = false; // which the study must ask for
    check_status(read_keys(&nest, &t, keys, links, &err), LEIE_ERR_DATA, &err);
    check_has(err.text, "key 'jobs' of 'BEL' has no value for 2011, the nearest year is 2010: write keys: {path: ..., years: nearest}");
    nearest = true;
    leie_table_clear(&t);
}

// Of several years the nearest one counts, and of two as near the earlier one, whatever their order in the file.
static void test_nearest(void)
{
    static const struct {
        const char *more;
        double north; // share of N in the income
        const char *note;
    } cases[] = {{"N,pay,,,2008,9,EUR,x\nS,pay,,,2008,1,EUR,x\nN,pay,,,2010,3,EUR,x\nS,pay,,,2010,1,EUR,x\nN,pay,,,2013,1,EUR,x\nS,pay,,,2013,1,EUR,x\n",
                  0.75, "key 'pay' of 2010, the nearest year to 2011"},
                 {"N,pay,,,2012,1,EUR,x\nS,pay,,,2012,1,EUR,x\nN,pay,,,2010,3,EUR,x\nS,pay,,,2010,1,EUR,x\n", 0.75, "key 'pay' of 2010"},
                 {"N,pay,,,2010,3,EUR,x\nS,pay,,,2010,1,EUR,x\nN,pay,,,2012,1,EUR,x\nS,pay,,,2012,1,EUR,x\n", 0.75, "key 'pay' of 2010"},
                 {"N,pay,,,2010,3,EUR,x\nS,pay,,,2010,1,EUR,x\nN,pay,,,2011,1,EUR,x\nS,pay,,,2011,1,EUR,x\n", 0.5, "key 'pay' of 2011"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        leie_table t;
        leie_nest nest;
        leie_error err;
        char text[2000];
        make_table(&t);
        snprintf(text, sizeof text, "%s%s", keys, cases[i].more);
        income = "pay";
        if (check_ok(read_keys(&nest, &t, text, links, &err), &err)) {
            check_near(nest.demand[0], cases[i].north, 1e-15);
            check_true(has_note(&t, cases[i].note));
            leie_nest_shares_free(&nest);
        }
        income = "income";
        leie_table_clear(&t);
    }
}

static void test_bad_keys(void)
{
    static const struct {
        const char *more, *map, *message;
    } cases[] = {
        {"N,jobs,nace,C,2010,1,person,x\n", "from,to\nA,c1\nA,c2\nC,c3\n",
         "keys.csv: region 'S' has no key 'jobs' for 'C'"},
        {"N,jobs,nace,C,2010,0,person,x\nS,jobs,nace,C,2010,0,person,x\n", "from,to\nA,c1\nA,c2\nC,c3\n",
         "key 'jobs' is zero or missing in all regions for sector 'c3'"},
        {"", "from,to\nA,c1\nB,c2\n", "zero or missing in all regions for sector 'c3' of 'BEL'"},
        {"", "from,to\nA,c1\nBB,c2\n", "map.csv:3: the keys have no sector 'BB'; 'B' is near"},
        {"", "from,to\nA,c1\nB,c22\n", "map.csv:3: the table has no sector 'c22'; 'c2' is near"},
        {"", "from,to\nA,c1\nB,c2\nA,c1\n", "map.csv:4: 'A' to 'c1' is in line 2 already"},
        {"N,income,,,2011,5,MEUR,x\n", links, "keys.csv:17: key 'income' of region 'N' was given in line 8"},
        {"N,income,,,2009,5,EUR,x\n", links, "keys.csv:17: column 'unit': 'EUR' where the rows before had 'MEUR'"},
        {"N,income,,,2009,-5,MEUR,x\n", links, "keys.csv:17: column 'value': a negative key: -5"},
        {"N,income,,,2009,5,,x\n", links, "keys.csv:17: column 'unit': nothing where a label belongs"},
        {"N,extraction,,snad,2011,5,t,x\n", links, "keys.csv:17: unknown stressor 'snad'; 'sand' is near"},
        {"N,extraction,,co2,2011,5,t,x\n", links, "keys.csv: region 'S' has no key 'extraction' for 'co2'"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        leie_table t;
        leie_nest nest;
        leie_error err;
        char text[2000];
        make_table(&t);
        snprintf(text, sizeof text, "%s%s", keys, cases[i].more);
        check_status(read_keys(&nest, &t, text, cases[i].map, &err), LEIE_ERR_DATA, &err);
        check_has(err.text, cases[i].message);
        check_true(!nest.industry && !nest.demand);
        leie_table_clear(&t);
    }
    leie_table t;
    leie_nest nest;
    leie_error err;
    make_table(&t);
    check_status(read_keys(&nest, &t, "region,variable,sector,year,value,unit\nN,job,A,2011,1,person\n", links, &err),
                 LEIE_ERR_DATA, &err);
    check_has(err.text, "no key 'jobs' for the regions of 'BEL'; 'job' is near");
    leie_table_clear(&t);
}

// ---- characterisation ----

static void test_characterisation(void)
{
    char folder[512];
    leie_error err = {0};
    leie_provenance p = {0};
    leie_characterisation c = {0};
    snprintf(folder, sizeof folder, "%s", check_folder());
    write_text(folder, "groups.csv", "group,name,unit,kind\nMF3,Minerals,t,material\nMF2,Metal ores,t,material\n");
    write_text(folder, "factors.csv",
               "stressor,group,region,sector,value,unit,source\nsand,MF3,,,1,t/t,x\ncopper,MF2,CHL,,142.5,t/t,x\n");
    write_text(folder, "totals.csv", "group,region,residual,value,unit,source\nMF3,,RoW,45.5,Gt,x\nMF2,BEL,,0,t,x\n");
    write_text(folder, "allocate.csv", "group,region,sector,weight,source\nMF3,,c11,0.4,x\n");
    leie_study_extension spec = {.name = (char *)(uintptr_t) "materials",
                                 .factors = path_of(folder, "factors.csv"),
                                 .groups = path_of(folder, "groups.csv"),
                                 .totals = path_of(folder, "totals.csv"),
                                 .allocate = path_of(folder, "allocate.csv")};
    check_ok(leie_read_characterisation(&c, &spec, &p, &err), &err);
    check_size(c.group.n, 2);
    check_text(c.group.unit[0], "t");
    check_size(c.factors, 2);
    check_text(c.factor[1].region, "CHL");
    check_near(c.factor[1].value, 142.5, 0);
    check_size(c.factor[1].line, 3);
    check_text(c.total[0].residual, "RoW");
    check_text(c.total[0].unit, "Gt");
    check_near(c.allocation[0].weight, 0.4, 0);
    check_size(p.sources, 4);
    leie_characterisation_clear(&c);
    write_text(folder, "factors.csv", "stressor,group,value,unit\nsand,MF33,1,t/t\n");
    check_status(leie_read_characterisation(&c, &spec, &p, &err), LEIE_ERR_DATA, &err);
    check_has(err.text, "factors.csv:2: column 'group': unknown group 'MF33'; 'MF3' is near");
    err = (leie_error){0};
    write_text(folder, "factors.csv", "stressor,group,value,unit\nsand,MF3,1,\n");
    check_status(leie_read_characterisation(&c, &spec, &p, &err), LEIE_ERR_UNIT, &err);
    check_has(err.text, "factors.csv:2: column 'unit': nothing where a unit belongs");
    check_size(c.factors, 0);
    leie_provenance_clear(&p);
}

// ---- population ----

static leie_status read_population(double *value, const char *text, leie_provenance *p, leie_error *err)
{
    char folder[512];
    leie_table t;
    leie_account_regions q = {0};
    bool member[] = {true, false, false, true, true, true};
    snprintf(folder, sizeof folder, "%s", check_folder());
    write_text(folder, "population.csv", text);
    leie_path path = path_of(folder, "population.csv");
    make_table(&t);
    *err = (leie_error){0};
    leie_labels_add(&q.label, "BEL", "", "", "region", err);
    leie_labels_add(&q.label, "FRA", "", "", "region", err);
    leie_labels_add(&q.label, "BOTH", "", "", "group", err);
    q.member = member;
    leie_status st = leie_read_population(value, &path, 2011, &q, &t.sector.region, p, err);
    leie_labels_clear(&q.label);
    leie_table_clear(&t);
    return st;
}

static void test_population(void)
{
    double value[3];
    leie_error err;
    leie_provenance p = {0};
    check_ok(read_population(value,
                             "region,year,value,kind,source\nBEL,2011,11e6,1 January,x\nBEL,2011,11.05e6,average,x\n"
                             "FRA,2011,65e6,1 January,x\nFRA,2012,66e6,,x\n",
                             &p, &err),
             &err);
    check_near(value[0], 11.05e6, 0);
    check_near(value[1], 65e6, 0);
    check_near(value[2], 76.05e6, 1e-15);
    check_has(p.note[0].text, "counts of 1 January");
    check_ok(read_population(value, "region,year,value\nBEL,2011,11e6\nBOTH,2010,7\n", &p, &err), &err);
    check_true(isnan(value[1]) && isnan(value[2]));
    check_status(read_population(value, "region,year,value\nBEL,2011,11\nBEL,2011,12\n", &p, &err), LEIE_ERR_DATA,
                 &err);
    check_has(err.text, "population.csv:3: the population of 'BEL' in 2011 was given before");
    check_status(read_population(value, "region,year,value\nBEL,2011,0\n", &p, &err), LEIE_ERR_DATA, &err);
    check_has(err.text, "a population of 0");
    check_status(read_population(value, "region,year,value,kind\nBEL,2011,1,mean\n", &p, &err), LEIE_ERR_DATA, &err);
    check_has(err.text, "unknown kind 'mean'");
    leie_provenance_clear(&p);
}

CHECK_SUITE(read_keys, {"concordance", test_concordance, NULL}, {"keys", test_keys, NULL}, {"nearest years", test_nearest, NULL}, {"transit sectors", test_transit, NULL},
            {"bad keys", test_bad_keys, NULL}, {"characterisation", test_characterisation, NULL},
            {"population", test_population, NULL})
