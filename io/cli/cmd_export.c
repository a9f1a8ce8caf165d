// SPDX-License-Identifier: GPL-3.0-or-later
/* leie export: the assembled table of a study (read, extended, aggregated, nested), or a table file, for
 * other programs. */
#include <string.h>

#include "io/cli/cmd.h"

static const leie_option options[] = {
    {"to", 0, "csv", "format: csv, a folder in the layout that studies read"},
    {"output", 'o', "FOLDER", "where it goes, in the working folder"},
    {"year", 0, "N", "which year, when the study has several"},
    {"digits", 0, "N", "significant digits, 1 to 17 (default: as many as give the same number back)"},
    LEIE_OPTION_SET,
    LEIE_OPTION_THREADS,
    LEIE_OPTION_LOG,
    LEIE_OPTION_QUIET,
    {0}};

static const leie_verb verb = {
    .name = "export",
    .operands = "STUDY|TABLE",
    .operands_min = 1,
    .operands_max = 1,
    .purpose = "Writes the assembled table of one year of a study, or a table file, as a folder of CSV files.",
    .example = "  leie export recipe/study.yaml --to csv -o tables/2011 --year 2011 --digits 9\n"
               "  leie export table.nc --to csv -o table",
    .option = options};

static leie_status export_study(leie_cmd *cmd)
{
    leie_table t = {0};
    leie_size digits = 0;
    int year = 0;
    const char *to = leie_args_value(&cmd->args, "to"), *folder = leie_args_value(&cmd->args, "output");
    const leie_watch watch = leie_log_watch(&cmd->log);
    if (!to || strcmp(to, "csv") != 0)
        return leie_fail(&cmd->err, LEIE_ERR_USAGE, "leie export needs --to csv%s%.60s", to ? ", found " : "",
                         to ? to : "");
    if (!folder)
        return leie_fail(&cmd->err, LEIE_ERR_USAGE, "leie export needs -o FOLDER");
    leie_status st = leie_args_integer(&cmd->args, "digits", 1, 17, &digits, &cmd->err);
    st = st ? st : leie_cmd_study(cmd);
    st = st ? st : leie_cmd_year(&year, cmd);
    st = st ? st : leie_assemble(&t, &cmd->study, year, &watch, &cmd->err);
    st = st ? st : leie_write_csv_table(folder, &t, (int)digits, &cmd->err);
    if (!st)
        printf("%s: %d, %lld sectors in %lld regions, %lld final-demand columns, %lld stressors\n", folder, year,
               (long long)t.sector.n, (long long)t.sector.region.n, (long long)t.demand.n, (long long)t.stressor.n);
    leie_table_clear(&t);
    return st;
}

int leie_cmd_export(int argc, char **argv)
{
    leie_cmd cmd;
    leie_status st = leie_cmd_begin(&cmd, &verb, argc, argv);
    if (!st && !cmd.args.help)
        st = export_study(&cmd);
    return leie_cmd_end(&cmd, st);
}
