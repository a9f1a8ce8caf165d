// SPDX-License-Identifier: GPL-3.0-or-later
/* Results beside each other, and their decomposition. */
#include <stdio.h>
#include <stdlib.h>

#include "io/leie_io.h"
#include "tests/faults/faults.h"

#define STUDY "tests/cases/tiny/study.yaml"
#define SCENARIOS "tests/cases/circular/study.yaml"

/* Prices of all products in both years, in a file of its own. */
static const char *prices(void)
{
    static char path[128];
    if (path[0])
        return path;
    fault_path(path, sizeof path, "prices.csv");
    FILE *f = fopen(path, "w");
    if (!f)
        exit(2);
    fputs("region,product,year,value\n,,2015,100\n,,2016,103\nAA,serv,2016,107\n", f);
    fclose(f);
    return path;
}

static leie_status decompose(const char *path, const leie_decompose_side *ends, const leie_decompose_opts *opts, bool editions, leie_error *err)
{
    leie_study study[2] = {{0}, {0}};
    leie_decomposition d = {0};
    leie_dataset ds = {0};
    leie_decompose_side side[2] = {ends[0], ends[1]};
    leie_status st = leie_study_read(&study[0], path, 0, NULL, err);
    st = st || !editions ? st : leie_study_read(&study[1], path, 0, NULL, err);
    side[0].study = &study[0];
    side[1].study = &study[editions];
    st = st ? st : leie_decompose(&d, side, opts, NULL, err);
    st = st ? st : leie_decomposition_dataset(&ds, &d, err);
    leie_dataset_clear(&ds);
    leie_decomposition_clear(&d);
    leie_study_clear(&study[0]);
    leie_study_clear(&study[1]);
    return st;
}

/* Two years of two editions in constant prices: change, then revision. */
static leie_status decompose_editions(leie_error *err)
{
    const leie_decompose_side side[2] = {{.year = 2015}, {.year = 2016}};
    const leie_decompose_opts opts = {.region = "EAST", .deflators = prices()};
    return decompose(STUDY, side, &opts, true, err);
}
FAULT_SCENARIO(decompose_editions, decompose_editions)

static leie_status decompose_scenario(leie_error *err)
{
    const leie_decompose_side side[2] = {{.year = 2011, .scenario = "baseline"}, {.year = 2011, .scenario = "all"}};
    const leie_decompose_opts opts = {.mean = LEIE_SDA_ALL};
    return decompose(SCENARIOS, side, &opts, false, err);
}
FAULT_SCENARIO(decompose_scenario, decompose_scenario)

/* A small result: mass by region, and a file it comes from. */
static leie_status make_result(leie_dataset *ds, double add, leie_error *err)
{
    leie_var *v = NULL;
    char *region[] = {(char[]){"AA"}, (char[]){"BB"}};
    leie_status st = leie_dataset_coordinate(ds, "region", 2, region, region, "region", err);
    st = st ? st : leie_dataset_var(&v, ds, "mass", LEIE_VAR_DOUBLE, "region", "t", "mass", err);
    for (int i = 0; !st && i < 2; i++)
        v->number[i] = 2.385 + add * i;
    return st ? st : leie_dataset_text(ds, NULL, "edition", add > 0 ? "one" : "two", err);
}

static leie_status compare(leie_error *err)
{
    leie_dataset ds[2] = {{0}, {0}}, out = {0};
    leie_comparison c = {0};
    leie_origin_changes origins = {0};
    leie_total total = {0};
    leie_status st = make_result(&ds[0], 0, err);
    st = st ? st : make_result(&ds[1], 1, err);
    const leie_compare_side side[2] = {{.ds = &ds[0], .name = "a"}, {.ds = &ds[1], .name = "b"}};
    st = st ? st : leie_compare(&c, side, 0, err);
    st = st ? st : leie_compare_origins(&origins, side, err);
    st = st ? st : leie_comparison_dataset(&out, &c, err);
    st = st ? st : leie_total_make(&total, &ds[0], leie_dataset_find(&ds[0], "mass"), 0, err);
    leie_total_clear(&total);
    leie_dataset_clear(&out);
    leie_origin_changes_clear(&origins);
    leie_comparison_clear(&c);
    leie_dataset_clear(&ds[0]);
    leie_dataset_clear(&ds[1]);
    return st;
}
FAULT_SCENARIO(compare, compare)
