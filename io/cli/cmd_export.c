// SPDX-License-Identifier: GPL-3.0-or-later
/* leie export: the assembled table of a study (read, extended, aggregated, nested), a table file, or a result, for
 * other programs. */
#include <string.h>

#include "io/cli/cmd.h"
#include "io/cli/cut.h"

static const leie_option options[] = {
    {"to", 0, "csv|xlsx|pymrio", "csv: a folder in the layout that studies read (a result: a file per variable); xlsx: a\n"
                                 "workbook with a sheet per table or variable; pymrio: the folder of pymrio.load_all"},
    {"output", 'o', "PATH", "where it goes, in the working folder: a folder, or a file with xlsx"},
    {"year", 0, "N", "which year, when the study has several"},
    {"where", 0, "DIMENSION=LABEL", "of a result or a table file only that label, or what has one text (sector_region=BEL,\n"
                                    "buyer_region=DEU); may be repeated. Nothing else is read, and the seal of the file is\n"
                                    "not checked. The part is no table that a study reads, but a file per variable: Z, Y,\n"
                                    "x, F ... as far as they have that dimension"},
    {"digits", 0, "N", "significant digits, 1 to 17 (default: as many as give the same number back; xlsx: 16)"},
    LEIE_OPTION_SET,
    LEIE_OPTION_THREADS,
    LEIE_OPTION_LOG,
    LEIE_OPTION_QUIET,
    {0}};

static const leie_verb verb = {
    .name = "export",
    .operands = "STUDY|TABLE|RESULT",
    .operands_min = 1,
    .operands_max = 1,
    .purpose = "Writes the assembled table of one year of a study, a table file, or a result for other programs.",
    .example = "  leie export recipe/study.yaml --to csv -o tables/2011 --year 2011 --digits 9\n"
               "  leie export table.nc --to pymrio -o for_pymrio\n"
               "  leie export results.nc --to xlsx -o results.xlsx\n"
               "  leie export results.nc --to csv -o flanders --where year=2011 --where region=BE-VLG\n"
               "  leie export table.nc --to csv -o sales --where sector_region=BEL --where buyer_region=DEU",
    .option = options};

typedef enum format { TO_CSV, TO_XLSX, TO_PYMRIO, FORMATS } format;
static const char *const format_names[FORMATS] = {"csv", "xlsx", "pymrio"};

typedef struct export_args {
    format to;
    const char *output;
    leie_size digits;
} export_args;

static leie_status take_args(export_args *a, leie_cmd *cmd)
{
    const char *to = leie_args_value(&cmd->args, "to");
    *a = (export_args){.output = leie_args_value(&cmd->args, "output")};
    while (to && a->to < FORMATS && strcmp(to, format_names[a->to]) != 0)
        a->to++;
    if (!to || a->to == FORMATS)
        return leie_fail(&cmd->err, LEIE_ERR_USAGE, "leie export needs --to csv, xlsx or pymrio%s%.60s", to ? ", found " : "",
                         to ? to : "");
    if (!a->output)
        return leie_fail(&cmd->err, LEIE_ERR_USAGE, "leie export needs -o %s", a->to == TO_XLSX ? "FILE" : "FOLDER");
    leie_status st = leie_args_integer(&cmd->args, "digits", 1, 17, &a->digits, &cmd->err);
    if (!st && a->to == TO_XLSX && a->digits)
        st = leie_fail(&cmd->err, LEIE_ERR_USAGE, "--digits belongs to csv and pymrio; xlsx has 16");
    return st;
}

// ---- a table ----

static void warn(leie_cmd *cmd, int year, leie_size count, const char *what, const char *code)
{
    char text[256];
    if (count == 0)
        return;
    snprintf(text, sizeof text, "%lld %s%.100s", (long long)count, what, code);
    leie_log_line(&cmd->log, "warning", year, text);
}

static leie_status export_pymrio(leie_cmd *cmd, const export_args *a, const leie_table *t)
{
    leie_pymrio_notes notes;
    leie_status st = leie_write_pymrio(a->output, t, (int)a->digits, &notes, &cmd->err);
    if (st)
        return st;
    warn(cmd, t->year, notes.not_demand,
         "final-demand columns are exports or discrepancies: pymrio counts them in the footprint of their region", "");
    warn(cmd, t->year, notes.negative, "sectors have negative output: pymrio divides by it, Leie counts them as idle", "");
    warn(cmd, t->year, notes.missing, "codes are read as missing by pandas, the first is ", notes.missing_code);
    return LEIE_OK;
}

static leie_status export_table(leie_cmd *cmd, const export_args *a)
{
    leie_table t = {0};
    int year = 0;
    const leie_watch watch = leie_log_watch(&cmd->log);
    leie_status st = leie_cmd_study(cmd);
    if (!st && leie_args_has(&cmd->args, "where"))
        st = leie_fail(&cmd->err, LEIE_ERR_USAGE, "--where takes a part of a result or a table file; %s is a study or a folder: "
                       "leie import makes a table file of it", cmd->args.operand[0]);
    st = st ? st : leie_cmd_year(&year, cmd);
    st = st ? st : leie_assemble(&t, &cmd->study, year, &watch, &cmd->err);
    if (!st && a->to == TO_CSV)
        st = leie_write_csv_table(a->output, &t, (int)a->digits, &cmd->err);
    else if (!st && a->to == TO_XLSX)
        st = leie_write_xlsx_table(a->output, &t, &cmd->err);
    else if (!st)
        st = export_pymrio(cmd, a, &t);
    if (!st && a->to == TO_CSV && t.adjusted.n > 0)
        st = leie_write_adjustments(a->output, &t.adjusted, &cmd->err);
    if (!st)
        printf("%s: %d, %lld sectors in %lld regions, %lld final-demand columns, %lld stressors\n", a->output, year,
               (long long)t.sector.n, (long long)t.sector.region.n, (long long)t.demand.n, (long long)t.stressor.n);
    leie_table_clear(&t);
    return st;
}

// ---- a result, or a part ----

/* Whether the operand is a NetCDF file, without a table (what leie run writes) or, with parts, any. */
static bool is_dataset(const char *path, bool parts)
{
    leie_dataset ds = {0};
    FILE *file = fopen(path, "rb");
    char begin[8] = "";
    size_t got = file ? fread(begin, 1, sizeof begin, file) : 0;
    if (file)
        fclose(file);
    if (got < sizeof begin || memcmp(begin, "\x89HDF\r\n\x1a\n", sizeof begin) != 0)
        return false;
    bool dataset = parts || (!leie_netcdf_describe(&ds, path, NULL) && !leie_dataset_get(&ds, NULL, "leie_table"));
    leie_dataset_clear(&ds);
    return dataset;
}

/* All of a result, or what --where leaves of the file. */
static leie_status read_result(leie_dataset *ds, const leie_cmd *cmd, leie_error *err)
{
    char *where[LEIE_WHERE_MOST];
    int n = 0;
    for (int i = 0; i < cmd->args.givens; i++) {
        if (strcmp(cmd->args.given[i].option->name, "where"))
            continue;
        if (n == LEIE_WHERE_MOST)
            return leie_fail(err, LEIE_ERR_USAGE, "more than %d times --where", LEIE_WHERE_MOST);
        where[n++] = (char *)(uintptr_t)cmd->args.given[i].value;
    }
    if (n > 0)
        return leie_cut_read(ds, cmd->args.operand[0], NULL, where, n, err);
    return leie_netcdf_read(ds, cmd->args.operand[0], false, err);
}

static leie_status export_result(leie_cmd *cmd, const export_args *a)
{
    leie_dataset ds = {0};
    leie_size files = 0;
    const char *path = cmd->args.operand[0];
    leie_status st = LEIE_OK;
    if (a->to == TO_PYMRIO || a->digits || leie_args_has(&cmd->args, "year") || leie_args_has(&cmd->args, "set"))
        return leie_fail(&cmd->err, LEIE_ERR_USAGE, "%s is a result, or a part of a table: it goes to csv or xlsx, without --year, --set and --digits", path);
    st = read_result(&ds, cmd, &cmd->err);
    if (!st && a->to == TO_CSV)
        st = leie_write_result_csv(&files, a->output, &ds, &cmd->err);
    else if (!st)
        st = leie_write_xlsx_result(a->output, &ds, &cmd->err);
    if (!st && a->to == TO_CSV)
        printf("%s: %lld variables\n", a->output, (long long)files);
    else if (!st)
        printf("%s\n", a->output);
    leie_dataset_clear(&ds);
    return st;
}

int leie_cmd_export(int argc, char **argv)
{
    leie_cmd cmd;
    export_args a;
    leie_status st = leie_cmd_begin(&cmd, &verb, argc, argv);
    if (!st && !cmd.args.help) {
        st = take_args(&a, &cmd);
        if (!st)
            st = is_dataset(cmd.args.operand[0], leie_args_has(&cmd.args, "where")) ? export_result(&cmd, &a) : export_table(&cmd, &a);
    }
    return leie_cmd_end(&cmd, st);
}
