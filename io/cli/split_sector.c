// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/cli/split_sector.h"

#include <string.h>

#include "io/cli/texttable.h"

// Output of all sectors of a code, over regions.
static double output_of(const leie_table *t, const char *code)
{
    leie_acc x = {0};
    for (leie_size i = 0; i < t->sector.n; i++)
        if (strcmp(t->sector.code[i], code) == 0)
            leie_acc_add(&x, t->x[i]);
    return leie_acc_value(&x);
}

static leie_status print_parts(const leie_table *t, const leie_study_split *split, leie_error *err)
{
    leie_texttable text;
    double all = 0;
    for (leie_size k = 0; k < split->part.n; k++)
        all += output_of(t, split->part.code[k]);
    leie_texttable_start(&text, "llrr");
    leie_texttable_add(&text, "%s", split->sector);
    leie_texttable_add(&text, "cut into");
    leie_texttable_add(&text, "x, %s", t->unit ? t->unit : "");
    leie_texttable_add(&text, "%%");
    for (leie_size k = 0; k < split->part.n; k++) {
        double x = output_of(t, split->part.code[k]);
        leie_texttable_add(&text, "%s", split->part.code[k]);
        leie_texttable_add(&text, "%s", split->part.name[k]);
        leie_texttable_number(&text, 1, x);
        leie_texttable_number(&text, 1, all != 0 ? 100 * x / all : 0);
    }
    leie_status st = leie_texttable_print(&text, stdout, 0, err);
    leie_texttable_clear(&text);
    return st;
}

leie_status leie_split_sector(leie_cmd *cmd)
{
    leie_study spec = {0};
    leie_table t = {0};
    leie_size digits = 0, notes = 0;
    int year = 0;
    const char *path = leie_args_value(&cmd->args, "sector"), *folder = leie_args_value(&cmd->args, "output");
    const leie_watch watch = leie_log_watch(&cmd->log);
    leie_status st = leie_args_integer(&cmd->args, "digits", 1, 17, &digits, &cmd->err);
    if (!st && !folder)
        st = leie_fail(&cmd->err, LEIE_ERR_USAGE, "leie split needs -o FOLDER");
    st = st ? st : leie_study_splits_read(&spec, path, &cmd->err);
    st = st ? st : leie_cmd_study(cmd);
    st = st ? st : leie_cmd_year(&year, cmd);
    st = st ? st : leie_assemble(&t, &cmd->study, year, &watch, &cmd->err);
    notes = t.provenance.notes;
    for (leie_size i = 0; !st && i < spec.splits; i++)
        st = leie_assemble_split(&t, &spec, i, year, &cmd->err);
    for (leie_size i = notes; !st && i < t.provenance.notes; i++)
        watch.log(watch.ctx, LEIE_LOG_NOTE, year, t.provenance.note[i].text);
    st = st ? st : leie_write_csv_table(folder, &t, (int)digits, &cmd->err);
    for (leie_size i = 0; !st && i < spec.splits; i++)
        st = print_parts(&t, &spec.split[i], &cmd->err);
    if (!st)
        printf("%s: %d, %lld sectors in %lld regions\n", folder, year, (long long)t.sector.n, (long long)t.sector.region.n);
    leie_table_clear(&t);
    leie_study_clear(&spec);
    return st;
}
