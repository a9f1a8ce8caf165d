// SPDX-License-Identifier: GPL-3.0-or-later
/* leie stock: cohort stocks of a study, as NetCDF and as a table. */
#include <string.h>

#include "io/cli/cmd.h"
#include "io/cli/texttable.h"

static const leie_option options[] = {
    {"output", 'o', "FILE", "result file, in the working folder (default: the study's)"},
    LEIE_OPTION_SET,
    LEIE_OPTION_THREADS,
    LEIE_OPTION_LOG,
    {"quiet", 'q', NULL, "no log and no table: errors only"},
    {0}};

static const leie_verb verb = {
    .name = "stock",
    .operands = "STUDY",
    .operands_min = 1,
    .operands_max = 1,
    .purpose = "Follows what was put into use by year of inflow until it leaves at the end of its life.",
    .example = "  leie stock tests/cases/houses/study.yaml -o houses.nc\n"
               "  leie stock study.yaml --set lifetime.change=cohort --set by=cohort",
    .option = options};

enum { ITEMS_SHOWN = 20 };

// First and last year of the first items.
static leie_status print_table(const leie_dataset *ds, leie_error *err)
{
    const char *const column[] = {"inflow", "outflow", "stock", "net_addition"};
    const leie_var *item = leie_dataset_find(ds, "item"), *year = leie_dataset_find(ds, "year");
    const leie_var *stock = leie_dataset_find(ds, "stock");
    leie_size T = year->count;
    leie_texttable table;
    leie_texttable_start(&table, "lrrrrr");
    leie_texttable_add(&table, "item");
    leie_texttable_add(&table, "year");
    for (int k = 0; k < 4; k++)
        leie_texttable_add(&table, "%s", leie_dataset_find(ds, column[k])->name);
    for (leie_size i = 0; i < item->count && i < ITEMS_SHOWN; i++)
        for (leie_size t = 0; t < T; t += T > 1 ? T - 1 : 1) {
            leie_texttable_add(&table, "%s", item->text[i]);
            leie_texttable_add(&table, "%lld", (long long)year->integer[t]);
            for (int k = 0; k < 4; k++)
                leie_texttable_add(&table, "%.6g", leie_dataset_find(ds, column[k])->number[i * T + t]);
        }
    printf("%s\n", leie_dataset_get_text(ds, NULL, "title"));
    const char *label = leie_dataset_get_text(ds, NULL, "label");
    if (label)
        printf("%s\n", label);
    printf("unit: %s\n\n", leie_dataset_get_text(ds, stock, "units"));
    leie_status st = leie_texttable_print(&table, stdout, 2, err);
    if (item->count > ITEMS_SHOWN)
        printf("  ... and %lld more items: leie show FILE stock\n", (long long)item->count - ITEMS_SHOWN);
    leie_texttable_clear(&table);
    return st;
}

static leie_status run_study(leie_cmd *cmd, const leie_stock_study *study)
{
    char text[512];
    leie_dataset ds = {0};
    leie_stock_info info;
    const char *output = leie_args_value(&cmd->args, "output");
    output = output ? output : study->head.output;
    leie_status st = leie_stock_run(&ds, study, &info, &cmd->err);
    st = st ? st : leie_netcdf_write(output, &ds, 0, &cmd->err);
    if (st)
        goto done;
    if (info.scaled) {
        snprintf(text, sizeof text, "%lld stocks of a year fell faster than lifetimes allow and were scaled down: see years_scaled",
                 (long long)info.scaled);
        leie_log_line(&cmd->log, "warning", 0, text);
    }
    snprintf(text, sizeof text, "%.300s: %lld items, %lld years, stock change equals inflow less outflow within %.1e", output,
             (long long)info.items, (long long)info.years, info.gap);
    leie_log_line(&cmd->log, "info", 0, text);
    if (!cmd->log.quiet)
        st = print_table(&ds, &cmd->err);
done:
    leie_dataset_clear(&ds);
    return st;
}

int leie_cmd_stock(int argc, char **argv)
{
    leie_cmd cmd;
    leie_stock_study study = {0};
    char **set = NULL;
    leie_size sets = 0;
    leie_status st = leie_cmd_begin(&cmd, &verb, argc, argv);
    if (!st && !cmd.args.help) {
        st = leie_cmd_sets(&set, &sets, &cmd);
        st = st ? st : leie_stock_study_read(&study, cmd.args.operand[0], sets, set, &cmd.err);
        st = st ? st : run_study(&cmd, &study);
    }
    leie_stock_study_clear(&study);
    leie_free(set);
    return leie_cmd_end(&cmd, st);
}
