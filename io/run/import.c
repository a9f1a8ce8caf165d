// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/run/import.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "io/read/read_table.h"
#include "io/read/text.h"
#include "io/result/netcdf.h"
#include "io/run/inputs.h"
#include "io/write/write_netcdf_table.h"

/* Everything that decides what the file holds, in one hash. */
static leie_status hash_import(char *hex, const leie_study *study, int year, const leie_import_opts *opts,
                               leie_error *err)
{
    char inputs[65], text[128];
    leie_status st = leie_inputs_hash(inputs, study, year, err);
    if (st)
        return st;
    int length = snprintf(text, sizeof text, "%s layout %d raw %d compress %d form %d", inputs, LEIE_TABLE_LAYOUT, opts->raw,
                          opts->compress, opts->form);
    leie_hash_bytes(hex, text, (size_t)length);
    return LEIE_OK;
}

/* Whether the file that is there states this hash; one that cannot be read is written again. */
static bool is_same(const char *path, const char *hex)
{
    leie_dataset ds = {0};
    if (leie_netcdf_read(&ds, path, true, NULL))
        return false;
    const char *stated = leie_dataset_get_text(&ds, NULL, "inputs_sha256");
    bool same = stated && strcmp(stated, hex) == 0;
    leie_dataset_clear(&ds);
    return same;
}

static leie_status read_raw(leie_table *t, const leie_study *study, int year, bool blocks, leie_error *err)
{
    const leie_study_tables *spec = leie_study_tables_of(study, year);
    if (!spec)
        return leie_fail(err, LEIE_ERR_DATA, "%s: no table for %d", study->file, year);
    leie_study_tables own = *spec;
    own.blocks_from = blocks ? LEIE_BLOCKS_FROM : 0;
    leie_status st = leie_read_table(t, &own, year, err);
    st = st ? st : leie_table_inspect(t, err);
    if (st)
        leie_table_clear(t);
    return st;
}

leie_status leie_import(leie_table *t, bool *same, const leie_study *study, int year, const leie_import_opts *opts,
                        const leie_watch *watch, leie_error *err)
{
    char hex[65];
    *t = (leie_table){0};
    struct stat info;
    bool old = !opts->force && stat(opts->output, &info) == 0;
    leie_status st = old ? hash_import(hex, study, year, opts, err) : LEIE_OK;
    *same = !st && old && is_same(opts->output, hex);
    if (st || *same)
        return st;
    bool blocks = opts->form == LEIE_TABLE_BLOCK;
    if (opts->raw)
        st = read_raw(t, study, year, blocks, err);
    else
        st = blocks ? leie_assemble_blocks(t, study, year, watch, err) : leie_assemble(t, study, year, watch, err);
    if (!st && watch && watch->stop && watch->stop(watch->ctx))
        st = leie_fail(err, LEIE_ERR_STOPPED, "stopped on request; nothing was written");
    if (!st && !old) // its largest file has been hashed beside the reading
        st = hash_import(hex, study, year, opts, err);
    const leie_netcdf_table_opts how = {.form = opts->form, .compress = opts->compress, .inputs = hex};
    st = st ? st : leie_write_netcdf_table(opts->output, t, &how, err);
    if (st)
        leie_table_clear(t);
    return st;
}
