// SPDX-License-Identifier: GPL-3.0-or-later
/* Parts of table files in every layout: Z of one region, and everything of one region for other programs. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/leie_io.h"
#include "kernels/memory.h"
#include "tests/faults/faults.h"

static char files[LEIE_TABLE_FORMS][128], folder[128];

static leie_status fill(leie_table *t, leie_error *err)
{
    static const char *const region[] = {"AA", "BB", "BB"}, *const code[] = {"farm", "farm", "fab"};
    leie_size at = 0;
    t->year = 2015;
    t->unit = leie_strdup("MEUR");
    for (int i = 0; at >= 0 && i < 3; i++)
        at = leie_axis_add(&t->sector, region[i], code[i], NULL, NULL, LEIE_DEMAND_HOUSEHOLD, err);
    if (at >= 0)
        at = leie_axis_add(&t->demand, "BB", "hh", NULL, NULL, LEIE_DEMAND_HOUSEHOLD, err);
    leie_status st = at < 0 ? (leie_status)at : leie_matrix_new_dense(&t->Z, 3, 3, err);
    t->Y = leie_new(3, sizeof *t->Y);
    t->x = leie_new(3, sizeof *t->x);
    if (!st && (!t->unit || !t->Y || !t->x))
        st = leie_fail_memory(err, "a table", 3, sizeof *t->x);
    for (int i = 0; !st && i < 3; i++) {
        t->x[i] = i == 1 ? 0 : 9.5 + i; // a sector without output: the layout block has cells of Z too
        t->Y[i] = 2.385;
        for (int j = 0; j < 3; j++)
            t->Z.val[i * t->Z.ld + j] = 1 + i + 0.25 * j;
    }
    return st;
}

/* A small table in every layout: labels are most of the allocations. */
static void prepare(void)
{
    leie_error err = {0};
    leie_table t = {0};
    if (folder[0])
        return;
    leie_status st = fill(&t, &err);
    for (int form = LEIE_TABLE_DENSE; !st && form < LEIE_TABLE_FORMS; form++) {
        const leie_netcdf_table_opts opts = {.form = (leie_table_form)form};
        char name[32];
        snprintf(name, sizeof name, "part-%d.nc", form);
        fault_path(files[form], sizeof files[form], name);
        st = leie_write_netcdf_table(files[form], &t, &opts, &err);
    }
    fault_path(folder, sizeof folder, "part");
    leie_table_clear(&t);
    if (st) {
        fprintf(stderr, "faults_part: %s\n", err.text);
        exit(2);
    }
}

/* Rows of the second region. */
static leie_status cut(void *ctx, leie_dataset *ds, leie_size *from, leie_error *err)
{
    const leie_var *in = leie_dataset_find(ds, "sector_region");
    leie_size first = 0, last;
    (void)ctx;
    while (strcmp(in->text[first], "BB") != 0)
        first++;
    for (last = first; last < in->count && strcmp(in->text[last], "BB") == 0; last++)
        continue;
    from[in->dim[0]] = first;
    return leie_dataset_cut(ds, in->dim[0], first, last - first, err);
}

/* Everything of that region; a whole file is not tried in another process first. */
static leie_status read_part(leie_table_form form, leie_error *err)
{
    const leie_netcdf_part_of part = {.cut = cut, .judged = true};
    leie_dataset ds = {0};
    leie_size written;
    prepare();
    leie_status st = leie_netcdf_read_part(&ds, files[form], &part, err);
    if (!st && !leie_dataset_find(&ds, "Z")->number)
        st = leie_fail(err, LEIE_ERR_CHECK, "no part of Z");
    st = st ? st : leie_write_result_csv(&written, folder, &ds, err);
    leie_dataset_clear(&ds);
    return st;
}

static leie_status part_dense(leie_error *err)
{
    return read_part(LEIE_TABLE_DENSE, err);
}
FAULT_SCENARIO(part_dense, part_dense)

static leie_status part_single(leie_error *err)
{
    return read_part(LEIE_TABLE_SINGLE, err);
}
FAULT_SCENARIO(part_single, part_single)

static leie_status part_csr(leie_error *err)
{
    return read_part(LEIE_TABLE_CSR, err);
}
FAULT_SCENARIO(part_csr, part_csr)

static leie_status part_block(leie_error *err)
{
    return read_part(LEIE_TABLE_BLOCK, err);
}
FAULT_SCENARIO(part_block, part_block)

/* The header, which has Z in every layout. */
static leie_status part_header(leie_error *err)
{
    leie_dataset ds = {0};
    prepare();
    leie_status st = leie_netcdf_read(&ds, files[LEIE_TABLE_BLOCK], true, err);
    if (!st && !leie_dataset_find(&ds, "buyer_region"))
        st = leie_fail(err, LEIE_ERR_CHECK, "no regions of buyers");
    leie_dataset_clear(&ds);
    return st;
}
FAULT_SCENARIO(part_header, part_header)
