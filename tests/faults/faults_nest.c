// SPDX-License-Identifier: GPL-3.0-or-later
/* A nest with every bridge, a split written to a folder, a coupling. */
#include "io/leie_io.h"
#include "tests/faults/faults.h"

#define STUDY "tests/cases/nest/study.yaml"

static leie_status assemble(leie_table *t, leie_study *study, char *change, leie_error *err)
{
    char *const set[] = {change};
    leie_status st = leie_study_read(study, STUDY, change ? 1 : 0, set, err);
    return st ? st : leie_assemble(t, study, 2018, NULL, err);
}

static leie_status nest_with(char *change, leie_error *err)
{
    leie_table t = {0};
    leie_study study = {0};
    leie_status st = assemble(&t, &study, change, err);
    leie_table_clear(&t);
    leie_study_clear(&study);
    return st;
}

static leie_status nest_world(leie_error *err)
{
    return nest_with(NULL, err);
}
FAULT_SCENARIO(nest_world, nest_world)

static leie_status nest_national(leie_error *err)
{
    static char change[] = "nest.bridge={currency: {EUR: 1.1}, concordance: lists.csv, totals: national, re_exports: reroute}";
    return nest_with(change, err);
}
FAULT_SCENARIO(nest_national, nest_national)

static leie_status coupling(leie_error *err)
{
    leie_table t = {0};
    leie_study study = {0};
    double D[2];
    leie_status st = assemble(&t, &study, NULL, err);
    for (int way = 0; !st && way < 3; way++)
        st = leie_coupling_footprint(D, NULL, NULL, &t, &study.nest[0].region, (leie_coupling)way, NULL, err);
    leie_table_clear(&t);
    leie_study_clear(&study);
    return st;
}
FAULT_SCENARIO(coupling, coupling)

static leie_status split_regions(leie_error *err)
{
    leie_study study = {0};
    leie_sut s = {0}, to = {0};
    leie_nest shares = {0};
    leie_split_info info = {0};
    leie_adjustments list = {0};
    leie_status st = leie_study_read(&study, STUDY, 0, NULL, err);
    st = st ? st : leie_nest_read_sut(&s, &study.nest[0].sut, err);
    st = st ? st : leie_nest_split(&to, &shares, &info, &s, &study.nest[0], NULL, err);
    st = st ? st : leie_sut_add_up(&list, &to, &s, err);
    st = st ? st : leie_write_sut("build/faults-split", &to, 0, false, err);
    st = st ? st : leie_write_marks("build/faults-split", &to, &info, err);
    st = st ? st : leie_write_adjustments("build/faults-split", &list, err);
    leie_adjustments_clear(&list);
    leie_split_info_clear(&info);
    leie_nest_shares_free(&shares);
    leie_sut_clear(&to);
    leie_sut_clear(&s);
    leie_study_clear(&study);
    return st;
}
FAULT_SCENARIO(split_regions, split_regions)
