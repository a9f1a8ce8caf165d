// SPDX-License-Identifier: GPL-3.0-or-later
/* leie import: a table in any format that is read, or the table of a study, as Leie's table file. */
#include <string.h>
#include <sys/stat.h>

#include "io/cli/cmd.h"
#include "io/cli/texttable.h"

static const leie_option options[] = {
    {"output", 'o', "FILE", "the table file, in the working folder"},
    {"year", 0, "N", "its year, when the files do not say it or there are several"},
    {"set", 0, "KEY=VALUE", "as in the tables of a study: --set unit=MUSD --set \"demand={hh: household}\""},
    {"raw", 0, NULL, "of a study: the table as published, without extensions, aggregation and nests"},
    {"compress", 0, NULL, "smaller, and slower to write and read"},
    {"force", 0, NULL, "write it again although nothing has changed"},
    LEIE_OPTION_THREADS,
    LEIE_OPTION_LOG,
    LEIE_OPTION_QUIET,
    {0}};

static const leie_verb verb = {
    .name = "import",
    .operands = "csv|triplets|matrix|netcdf|study PATH",
    .operands_min = 2,
    .operands_max = 2,
    .purpose = "Reads a table and writes it as Leie's table file (NetCDF-4), which is read at the speed of memory.",
    .example = "  leie import csv tables/2011 -o 2011.nc\n"
               "  leie import triplets wiod2013 -o wiod.nc --year 2011 --set unit=MUSD --set x_from=row \\\n"
               "       --set \"demand={hh: household, gfcf: gfcf}\"\n"
               "  leie import study study.yaml -o assembled.nc --year 2011",
    .option = options};

static leie_status read_study(leie_cmd *cmd)
{
    const char *format = cmd->args.operand[0], *path = cmd->args.operand[1];
    leie_size year = 0, sets = 0;
    leie_status st = leie_args_integer(&cmd->args, "year", 1, 9999, &year, &cmd->err);
    if (st)
        return st;
    char **set = leie_new(cmd->args.givens + 1, sizeof *set); // borrowed values of --set
    if (!set)
        return leie_fail_memory(&cmd->err, "--set", cmd->args.givens + 1, sizeof *set);
    for (int i = 0; i < cmd->args.givens; i++)
        if (strcmp(cmd->args.given[i].option->name, "set") == 0)
            set[sets++] = cmd->args.given[i].value;
    if (strcmp(format, "study") == 0)
        st = leie_study_read(&cmd->study, path, sets, set, &cmd->err);
    else if (leie_args_has(&cmd->args, "raw"))
        st = leie_fail(&cmd->err, LEIE_ERR_USAGE, "--raw belongs to leie import study");
    else
        st = leie_study_of_table(&cmd->study, format, path, (int)year, sets, set, &cmd->err);
    leie_free(set);
    return st;
}

// ---- what was found ----

static double sum_matrix(const leie_matrix *m)
{
    leie_acc total = {0};
    for (leie_size i = 0; i < m->rows; i++) {
        const leie_index *col;
        const double *val;
        leie_size count = leie_matrix_row(m, i, &col, &val);
        for (leie_size c = 0; c < count; c++)
            leie_acc_add(&total, val[c]);
    }
    return leie_acc_value(&total);
}

static double sum_array(const double *array, leie_size count)
{
    leie_acc total = {0};
    for (leie_size i = 0; array && i < count; i++)
        leie_acc_add(&total, array[i]);
    return leie_acc_value(&total);
}

static void add_count(leie_texttable *table, const char *what, leie_size count)
{
    leie_texttable_add(table, "%s", what);
    leie_texttable_add(table, "%lld", (long long)count);
    leie_texttable_end_row(table);
}

static void add_sum(leie_texttable *table, const char *what, double sum, const char *unit)
{
    leie_texttable_add(table, "%s", what);
    leie_texttable_add(table, "%.10g", sum);
    leie_texttable_add(table, "%s", unit);
}

/* Units are in no sum when sectors have different ones. */
static const char *unit_of_sums(const leie_table *t)
{
    for (leie_size i = 0; i < t->sector.n; i++)
        if (t->sector.unit[i][0] && strcmp(t->sector.unit[i], t->unit))
            return "(mixed units)";
    return t->unit;
}

static leie_status print_found(const leie_table *t, leie_error *err)
{
    leie_texttable table;
    leie_size n = t->sector.n, nonzeros = leie_matrix_nonzeros(&t->Z);
    const char *unit = unit_of_sums(t);
    leie_texttable_start(&table, "lrl");
    add_count(&table, "regions", t->sector.region.n);
    add_count(&table, "sectors", n);
    add_count(&table, "final-demand columns", t->demand.n);
    add_count(&table, "primary inputs", t->input.n);
    add_count(&table, "stressors", t->stressor.n);
    leie_texttable_add(&table, "non-zeros of Z");
    leie_texttable_add(&table, "%lld", (long long)nonzeros);
    leie_texttable_add(&table, "%.2f %%, kept %s", 100.0 * (double)nonzeros / ((double)n * (double)n),
                       t->Z.form == LEIE_DENSE ? "dense" : "sparse");
    add_sum(&table, "sum of Z", sum_matrix(&t->Z), unit);
    add_sum(&table, "sum of Y", sum_array(t->Y, n * t->demand.n), unit);
    add_sum(&table, "sum of x", sum_array(t->x, n), unit);
    if (t->input.n)
        add_sum(&table, "sum of W", sum_array(t->W, t->input.n * n), unit);
    leie_status st = leie_texttable_print(&table, stdout, 2, err);
    leie_texttable_clear(&table);
    for (leie_size i = 0; i < t->provenance.notes; i++)
        printf("  %s: %s\n", leie_note_name(t->provenance.note[i].kind), t->provenance.note[i].text);
    return st;
}

static leie_status import(leie_cmd *cmd)
{
    leie_table t = {0};
    bool same = false;
    int year = 0;
    const leie_import_opts opts = {.output = leie_args_value(&cmd->args, "output"),
                                   .raw = leie_args_has(&cmd->args, "raw"),
                                   .compress = leie_args_has(&cmd->args, "compress"),
                                   .force = leie_args_has(&cmd->args, "force")};
    leie_watch watch = leie_log_watch(&cmd->log);
    watch.log = NULL; // the notes are printed with the result
    if (!opts.output)
        return leie_fail(&cmd->err, LEIE_ERR_USAGE, "leie import needs -o FILE");
    leie_status st = read_study(cmd);
    st = st ? st : leie_cmd_year(&year, cmd);
    st = st ? st : leie_import(&t, &same, &cmd->study, year, &opts, &watch, &cmd->err);
    struct stat info;
    if (!st && same)
        printf("%s: %d, made from the same files and options: nothing to do\n", opts.output, year);
    if (!st && !same) {
        printf("%s: %d, %.1f MB\n", opts.output, year, stat(opts.output, &info) ? 0.0 : 1e-6 * (double)info.st_size);
        st = print_found(&t, &cmd->err);
    }
    leie_table_clear(&t);
    return st;
}

int leie_cmd_import(int argc, char **argv)
{
    leie_cmd cmd;
    leie_status st = leie_cmd_begin(&cmd, &verb, argc, argv);
    if (!st && !cmd.args.help)
        st = import(&cmd);
    return leie_cmd_end(&cmd, st);
}
