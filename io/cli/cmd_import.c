// SPDX-License-Identifier: GPL-3.0-or-later
/* leie import: a table in any format that is read, or the table of a study, as Leie's table file. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "io/cli/cmd.h"
#include "io/cli/texttable.h"

static const leie_option options[] = {
    {"output", 'o', "FILE", "the table file, in the working folder; {year} in its name stands for the year"},
    {"year", 0, "N", "its year, when the files do not say it or there are several"},
    {"years", 0, "LIST", "several years, one file each: 1995-2011, 2010,2015"},
    {"regions", 0, "LIST", "of a database: regions to keep, by code; the others become one"},
    {"map-regions", 0, "FILE", "a concordance by which regions are added up: from,to[,weight][,name][,optional]"},
    {"map-sectors", 0, "FILE", "the same for sectors"},
    {"remove", 0, "LIST", "regions that leave the table: trade with them becomes an export and an import"},
    {"remove-sectors", 0, "LIST", "sectors that leave it in every region"},
    {"rest", 0, "CODE", "code of what --regions leaves, or of what is removed (default REST)"},
    {"stressors", 0, "LIST", "of a database: stressors or extensions to read, * for any text (default all)"},
    {"list", 0, NULL, "the databases that can be read, and nothing else"},
    {"set", 0, "KEY=VALUE", "as in the tables of a study: --set unit=MUSD --set \"demand={hh: household}\""},
    {"raw", 0, NULL, "of a study: the table as published, without extensions, aggregation and nests"},
    {"layout", 0, "NAME", "how the file keeps Z: auto (as it is in memory), dense, single, csr, block"},
    {"compress", 0, NULL, "smaller, and slower to write and read"},
    {"force", 0, NULL, "write it again although nothing has changed"},
    LEIE_OPTION_THREADS,
    LEIE_OPTION_LOG,
    LEIE_OPTION_QUIET,
    {0}};

static const leie_verb verb = {
    .name = "import",
    .operands = "auto|DATABASE|csv|triplets|matrix|netcdf|study PATH",
    .operands_min = 0,
    .operands_max = 2,
    .purpose = "Reads a table and writes it as Leie's table file (NetCDF-4), which is read at the speed of memory.\n"
               "PATH of a database is the file, the folder or the zip archive as its publisher ships it; auto finds out\n"
               "which database and year it is, by the names of the files. A layout file (NAME.yaml) may stand for DATABASE.",
    .example = "  leie import exiobase3 IOT_2011_ixi.zip -o 2011.nc --stressors \"*CO2*,material\"\n"
               "  leie import auto figaro/ -o \"figaro_{year}.nc\" --years 2015-2020 --regions BE,DE,FR --rest ROW\n"
               "  leie import wiod2013 wiot11.xlsx -o exogenous.nc --map-regions eu.csv --remove ROW --rest abroad\n"
               "  leie import csv tables/2011 -o 2011.nc --layout block\n"
               "  leie import triplets wiod2013 -o wiod.nc --year 2011 --set unit=MUSD --set x_from=row \\\n"
               "       --set \"demand={hh: household, gfcf: gfcf}\"\n"
               "  leie import study study.yaml -o assembled.nc --year 2011",
    .option = options};

// ---- what to read ----

// "key=['a', 'b']" from "a,b", or "key='a'": an assignment to the tables of the study.
static leie_status assignment(char **to, const char *key, const char *list, bool many, leie_error *err)
{
    size_t size = strlen(key) + 4 * strlen(list) + 16;
    char *at = *to = leie_new((leie_size)size, 1);
    if (!at)
        return leie_fail_memory(err, key, (leie_size)size, 1);
    at += sprintf(at, "%s=%s'", key, many ? "[" : "");
    for (; *list; list++) {
        if (many && *list == ',')
            at += sprintf(at, "','");
        else if (*list == '\'')
            at += sprintf(at, "''");
        else
            *at++ = *list;
    }
    sprintf(at, "'%s", many ? "]" : "");
    return LEIE_OK;
}

// An option that says a key of the study around the table.
typedef struct choice {
    const char *option, *key;
    bool many, database; // a list; only of a database
} choice;

static const choice choices[] = {{"regions", "regions", true, true},
                                 {"rest", "rest", false, true},
                                 {"stressors", "stressors", true, true},
                                 {"map-regions", "aggregate.regions", false, false},
                                 {"map-sectors", "aggregate.sectors", false, false},
                                 {"remove", "remove.regions", true, false},
                                 {"remove-sectors", "remove.sectors", true, false},
                                 {"rest", "remove.rest", false, false}};
enum { CHOICES = sizeof choices / sizeof choices[0] };

// --rest names what --regions leaves, what --remove takes out, or both.
static bool is_meant(const leie_cmd *cmd, const choice *c)
{
    bool removes = leie_args_has(&cmd->args, "remove") || leie_args_has(&cmd->args, "remove-sectors");
    if (!leie_args_value(&cmd->args, c->option))
        return false;
    if (strcmp(c->key, "rest") == 0)
        return leie_args_has(&cmd->args, "regions") || !removes;
    return strcmp(c->key, "remove.rest") != 0 || removes;
}

// Values of --set (borrowed), and what the choices say (owned: those from `owned` on).
static leie_status collect_sets(char ***set, leie_size *sets, leie_size *owned, leie_cmd *cmd)
{
    bool database = !leie_format_is_ours(cmd->args.operand[0]), raw = leie_args_has(&cmd->args, "raw");
    leie_size room = cmd->args.givens + CHOICES;
    char **all = *set = leie_new(room, sizeof *all);
    leie_status st = all ? LEIE_OK : leie_fail_memory(&cmd->err, "--set", room, sizeof *all);
    for (int i = 0; !st && i < cmd->args.givens; i++)
        if (strcmp(cmd->args.given[i].option->name, "set") == 0)
            all[(*sets)++] = cmd->args.given[i].value;
    *owned = *sets;
    for (size_t i = 0; !st && i < CHOICES; i++) {
        const choice *c = &choices[i];
        if (!is_meant(cmd, c))
            continue;
        if (c->database && !database)
            st = leie_fail(&cmd->err, LEIE_ERR_USAGE, "--%s belongs to a database", c->option);
        else if (!c->database && raw)
            st = leie_fail(&cmd->err, LEIE_ERR_USAGE, "--raw is the table as published, without --%s", c->option);
        else
            st = assignment(&all[*sets], c->key, leie_args_value(&cmd->args, c->option), c->many, &cmd->err);
        *sets += !st;
    }
    return st;
}

static leie_status read_study(leie_cmd *cmd, int year)
{
    const char *format = cmd->args.operand[0], *path = cmd->args.operand[1];
    leie_size sets = 0, owned = 0;
    char **set = NULL;
    leie_status st = collect_sets(&set, &sets, &owned, cmd);
    if (!st && strcmp(format, "study") == 0)
        st = leie_study_read(&cmd->study, path, sets, set, &cmd->err);
    else if (!st && leie_args_has(&cmd->args, "raw"))
        st = leie_fail(&cmd->err, LEIE_ERR_USAGE, "--raw belongs to leie import study");
    else if (!st)
        st = leie_study_of_table(&cmd->study, format, path, year, sets, set, &cmd->err);
    for (leie_size i = owned; set && i < sets; i++)
        leie_free(set[i]);
    leie_free(set);
    return st;
}

// "1995-2011,2015" as a list of years.
static leie_status parse_years(int **years, leie_size *n, const char *list, leie_error *err)
{
    *years = leie_new(10000, sizeof **years);
    *n = 0;
    if (!*years)
        return leie_fail_memory(err, "--years", 10000, sizeof **years);
    for (const char *at = list; *at;) {
        char *end;
        long first = strtol(at, &end, 10), last = first;
        bool good = end != at;
        if (good && *end == '-') {
            const char *next = end + 1;
            last = strtol(next, &end, 10);
            good = end != next;
        }
        if (!good || first < 1 || last < first || last > 9999 || (*end && *end != ',') || *n + last - first >= 10000)
            return leie_fail(err, LEIE_ERR_USAGE, "--years %s: expected years such as 1995-2011 or 2010,2015", list);
        for (; first <= last; first++)
            (*years)[(*n)++] = (int)first;
        at = *end ? end + 1 : end;
    }
    return LEIE_OK;
}

/* The years to import: those of --years; without, those that the files of a database tell when the output has a place
 * for the year; else a single 0, for the only one. */
static leie_status find_years(int **years, leie_size *n, leie_cmd *cmd)
{
    const char *list = leie_args_value(&cmd->args, "years"), *format = cmd->args.operand[0];
    const char *output = leie_args_value(&cmd->args, "output");
    leie_size year = 0;
    leie_status st = leie_args_integer(&cmd->args, "year", 1, 9999, &year, &cmd->err);
    if (st || list)
        return st ? st : parse_years(years, n, list, &cmd->err);
    if (!year && strstr(output, "{year}") && !leie_format_is_ours(format))
        return leie_years_of_table(years, n, format, cmd->args.operand[1], &cmd->err);
    *years = leie_new(1, sizeof **years);
    *n = 1;
    if (!*years)
        return leie_fail_memory(&cmd->err, "--year", 1, sizeof **years);
    **years = (int)year;
    return LEIE_OK;
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
                       t->Z.form == LEIE_DENSE ? "dense" : t->Z.form == LEIE_BLOCKED ? "by blocks" : "sparse");
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

static leie_status import_year(leie_cmd *cmd, int year, const char *output)
{
    leie_table t = {0};
    bool same = false;
    const char *layout = leie_args_value(&cmd->args, "layout");
    int form = layout ? leie_table_form_find(layout) : LEIE_TABLE_AS_IS;
    if (form < 0)
        return leie_fail(&cmd->err, LEIE_ERR_USAGE, "--layout is auto, dense, single, csr or block, found '%.60s'", layout);
    const leie_import_opts opts = {.output = output,
                                   .form = (leie_table_form)form,
                                   .raw = leie_args_has(&cmd->args, "raw"),
                                   .compress = leie_args_has(&cmd->args, "compress"),
                                   .force = leie_args_has(&cmd->args, "force")};
    leie_watch watch = leie_log_watch(&cmd->log);
    watch.log = NULL; // the notes are printed with the result
    leie_status st = read_study(cmd, year);
    if (!st && !year)
        st = leie_cmd_year(&year, cmd);
    st = st ? st : leie_import(&t, &same, &cmd->study, year, &opts, &watch, &cmd->err);
    struct stat info;
    if (!st && same)
        printf("%s: %d, made from the same files and options: nothing to do\n", output, year);
    if (!st && !same) {
        printf("%s: %d, %.1f MB\n", output, year, stat(output, &info) ? 0.0 : 1e-6 * (double)info.st_size);
        st = print_found(&t, &cmd->err);
    }
    leie_table_clear(&t);
    leie_study_clear(&cmd->study);
    return st;
}

// The name of the output with {year} replaced.
static leie_status output_of(char **name, const char *output, int year, leie_error *err)
{
    const char *mark = strstr(output, "{year}");
    size_t size = strlen(output) + 16;
    *name = leie_new((leie_size)size, 1);
    if (!*name)
        return leie_fail_memory(err, output, (leie_size)size, 1);
    if (mark)
        snprintf(*name, size, "%.*s%d%s", (int)(mark - output), output, year, mark + strlen("{year}"));
    else
        snprintf(*name, size, "%s", output);
    return LEIE_OK;
}

static leie_status import(leie_cmd *cmd)
{
    const char *output = leie_args_value(&cmd->args, "output");
    int *years = NULL;
    leie_size n = 0;
    if (cmd->args.operands < 2)
        return leie_fail(&cmd->err, LEIE_ERR_USAGE, "leie import needs a format and a path; `leie import --list` names the "
                         "databases");
    if (!output)
        return leie_fail(&cmd->err, LEIE_ERR_USAGE, "leie import needs -o FILE");
    leie_status st = find_years(&years, &n, cmd);
    if (!st && n == 0)
        st = leie_fail(&cmd->err, LEIE_ERR_USAGE, "%s: no file name tells a year: give --year", cmd->args.operand[1]);
    if (!st && n > 1 && !strstr(output, "{year}"))
        st = leie_fail(&cmd->err, LEIE_ERR_USAGE, "%lld years need {year} in -o: table_{year}.nc", (long long)n);
    for (leie_size i = 0; !st && i < n; i++) {
        char *name = NULL;
        st = output_of(&name, output, years[i], &cmd->err);
        st = st ? st : import_year(cmd, years[i], name);
        leie_free(name);
    }
    leie_free(years);
    return st;
}

static leie_status print_databases(leie_error *err)
{
    enum { MOST = 64 };
    static char title[MOST][LEIE_DATABASE_TITLE];
    const char *const *name;
    leie_texttable table;
    leie_size n = leie_database_list(&name, title, MOST);
    leie_texttable_start(&table, "ll");
    for (leie_size i = 0; i < n; i++) {
        leie_texttable_add(&table, "%s", name[i]);
        leie_texttable_add(&table, "%s", title[i]);
        leie_texttable_end_row(&table);
    }
    leie_status st = leie_texttable_print(&table, stdout, 2, err);
    leie_texttable_clear(&table);
    return st;
}

int leie_cmd_import(int argc, char **argv)
{
    leie_cmd cmd;
    leie_status st = leie_cmd_begin(&cmd, &verb, argc, argv);
    if (!st && !cmd.args.help)
        st = leie_args_has(&cmd.args, "list") ? print_databases(&cmd.err) : import(&cmd);
    return leie_cmd_end(&cmd, st);
}
