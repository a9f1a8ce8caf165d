// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/cli/cmd_show.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "io/cli/cut.h"
#include "io/cli/show_values.h"

static const char HELP[] =
    "usage: leie show FILE [NAME] [--where dimension=label]... [--sum dimension]... [--format text|csv]\n"
    "\n"
    "Shows a result file. Without NAME: its dimensions, variables and attributes. With NAME: that variable,\n"
    "the last two dimensions as rows and columns and one table for each combination of the others; missing\n"
    "values are '-'.\n"
    "\n"
    "  --where dimension=label  keeps one label of a dimension (a year by its number); may be repeated. Or keeps what has\n"
    "                           one text: sector_region=BEL. Nothing else is read then, and the seal of the file, which\n"
    "                           takes reading all of it, is not checked\n"
    "  --sum dimension          adds up along a dimension; refused where the sum means nothing: parts that overlap (work\n"
    "                           agendas), other units, years, ratios, parents beside children; may be repeated\n"
    "  --format text|csv        tables (default), or one line per value\n"
    "\n"
    "example: leie show results.nc footprint --where year=2011 --where region=BE-VLG\n";

typedef struct show_args {
    const char *file, *name;
    char *where[LEIE_WHERE_MOST];
    int wheres;
    const char *sum[LEIE_RANK_MAX];
    int sums;
    bool csv, help;
} show_args;

/* ---- arguments ---- */

/* The value of option --name at argv[*i], as "--name value" or "--name=value"; NULL when it is another
 * argument or the value is missing. */
static char *option(const char *name, int *i, int argc, char **argv)
{
    size_t n = strlen(name);
    if (strncmp(argv[*i], name, n))
        return NULL;
    if (argv[*i][n] == '=')
        return argv[*i] + n + 1;
    return argv[*i][n] == '\0' && *i + 1 < argc ? argv[++*i] : NULL;
}

static leie_status parse(show_args *args, int argc, char **argv, leie_error *err)
{
    for (int i = 1; i < argc; i++) {
        char *value;
        if (strcmp(argv[i], "--help") == 0) {
            args->help = true;
        } else if ((value = option("--where", &i, argc, argv))) {
            if (args->wheres == LEIE_WHERE_MOST)
                return leie_fail(err, LEIE_ERR_USAGE, "more than %d times --where", LEIE_WHERE_MOST);
            args->where[args->wheres++] = value;
        } else if ((value = option("--sum", &i, argc, argv))) {
            if (args->sums == LEIE_RANK_MAX)
                return leie_fail(err, LEIE_ERR_USAGE, "more than %d times --sum", LEIE_RANK_MAX);
            args->sum[args->sums++] = value;
        } else if ((value = option("--format", &i, argc, argv))) {
            args->csv = strcmp(value, "csv") == 0;
            if (!args->csv && strcmp(value, "text"))
                return leie_fail(err, LEIE_ERR_USAGE, "--format %s: expected text or csv", value);
        } else if (argv[i][0] == '-') {
            return leie_fail(err, LEIE_ERR_USAGE, "unknown option or missing value: %s", argv[i]);
        } else if (!args->file) {
            args->file = argv[i];
        } else if (!args->name) {
            args->name = argv[i];
        } else {
            return leie_fail(err, LEIE_ERR_USAGE, "one argument too many: %s", argv[i]);
        }
    }
    if (!args->help && !args->file)
        return leie_fail(err, LEIE_ERR_USAGE, "no file; try leie show --help");
    for (int i = 0; i < args->wheres; i++)
        for (int j = 0; j < args->sums; j++)
            if (strncmp(args->where[i], args->sum[j], strlen(args->sum[j])) == 0 && args->where[i][strlen(args->sum[j])] == '=')
                return leie_fail(err, LEIE_ERR_USAGE, "--where %s: there is no such dimension after --sum %s", args->where[i],
                                 args->sum[j]);
    if (!args->help && (args->wheres || args->sums) && !args->name)
        return leie_fail(err, LEIE_ERR_USAGE, "%s needs the NAME of a variable", args->wheres ? "--where" : "--sum");
    return LEIE_OK;
}

/* ---- the header of a file ---- */

static void attribute_text(char *text, size_t room, const leie_attribute *a)
{
    size_t used = 0;
    text[0] = '\0';
    if (a->type == LEIE_VAR_TEXT)
        snprintf(text, room, "%s", a->text);
    for (leie_size i = 0; i < a->n && used + 1 < room; i++) {
        const char *gap = i ? ", " : "";
        int n = a->type == LEIE_VAR_INT ? snprintf(text + used, room - used, "%s%" PRId64, gap, a->integer[i])
                                        : snprintf(text + used, room - used, "%s%.15g", gap, a->number[i]);
        used += (size_t)n;
    }
}

/* "year, region, sector" */
static void shape_text(char *text, size_t room, const leie_dataset *ds, const leie_var *v)
{
    text[0] = '\0';
    for (int k = 0; k < v->rank; k++) {
        size_t used = strlen(text);
        snprintf(text + used, room - used, "%s%s", k ? ", " : "", ds->dim[v->dim[k]].name);
    }
}

static void dim_text(char *text, size_t room, const leie_dataset *ds, leie_size dim)
{
    char first[LEIE_LABEL_ROOM], last[LEIE_LABEL_ROOM];
    leie_size n = ds->dim[dim].n;
    const char *a = leie_dataset_label(first, ds, dim, 0), *b = leie_dataset_label(last, ds, dim, n - 1);
    snprintf(text, room, n > 1 ? "%s .. %s" : "%s", a, b);
}

static const char *text_or_empty(const leie_dataset *ds, const leie_var *v, const char *name)
{
    const char *text = leie_dataset_get_text(ds, v, name);
    return text ? text : "";
}

static void header_text(const leie_dataset *ds)
{
    char text[4096], units[LEIE_LABEL_ROOM];
    printf("dimensions\n");
    for (leie_size i = 0; i < ds->dims; i++) {
        dim_text(text, sizeof text, ds, i);
        printf("  %-20s %8" PRId64 "  %s\n", ds->dim[i].name, ds->dim[i].n, text);
    }
    printf("\nvariables\n");
    for (leie_size i = 0; i < ds->vars; i++) {
        const leie_var *v = ds->var[i];
        shape_text(text, sizeof text, ds, v);
        printf("  %s(%s)", v->name, text);
        if (v->type != LEIE_VAR_TEXT)
            printf(" [%s]", leie_dataset_units(units, ds, v));
        printf("  %s\n", text_or_empty(ds, v, "long_name"));
    }
    printf("\nattributes\n");
    for (leie_size i = 0; i < ds->attribute.n; i++) {
        attribute_text(text, sizeof text, &ds->attribute.item[i]);
        printf("  %-20s %s\n", ds->attribute.item[i].name, text);
    }
}

static void csv_line(const char *kind, const char *name, const char *shape, const char *unit, const char *text)
{
    const char *field[] = {kind, name, shape, unit, text};
    for (int i = 0; i < 5; i++) {
        leie_show_field(stdout, field[i]);
        fputc(i < 4 ? ',' : '\n', stdout);
    }
}

static void header_csv(const leie_dataset *ds)
{
    char text[4096], size[32], units[LEIE_LABEL_ROOM];
    csv_line("kind", "name", "shape", "unit", "text");
    for (leie_size i = 0; i < ds->dims; i++) {
        snprintf(size, sizeof size, "%" PRId64, ds->dim[i].n);
        dim_text(text, sizeof text, ds, i);
        csv_line("dimension", ds->dim[i].name, size, "", text);
    }
    for (leie_size i = 0; i < ds->vars; i++) {
        const leie_var *v = ds->var[i];
        shape_text(text, sizeof text, ds, v);
        csv_line("variable", v->name, text, leie_dataset_units(units, ds, v), text_or_empty(ds, v, "long_name"));
    }
    for (leie_size i = 0; i < ds->attribute.n; i++) {
        attribute_text(text, sizeof text, &ds->attribute.item[i]);
        csv_line("attribute", ds->attribute.item[i].name, "", "", text);
    }
}

/* ---- one variable ---- */

// Sums one dimension after the other; *v is the variable that is left.
static leie_status add_up(leie_total total[LEIE_RANK_MAX], const leie_var **v, const leie_dataset *ds, const show_args *args, leie_error *err)
{
    leie_status st = LEIE_OK;
    for (int i = 0; !st && i < args->sums; i++) {
        int k = 0;
        while (k < (*v)->rank && strcmp(ds->dim[(*v)->dim[k]].name, args->sum[i]) != 0)
            k++;
        if (k == (*v)->rank) {
            char shape[512];
            shape_text(shape, sizeof shape, ds, *v);
            return leie_fail(err, LEIE_ERR_USAGE, "--sum %s: '%s' has no such dimension; it has %s", args->sum[i], args->name, shape);
        }
        st = leie_total_make(&total[i], ds, *v, k, err);
        *v = &total[i].var;
        if (!st && total[i].groups)
            fprintf(stderr, "leie show: %" PRId64 " groups are left out of the sum over %s: they hold their members\n", total[i].groups, args->sum[i]);
        if (!st && total[i].missing)
            fprintf(stderr, "leie show: %" PRId64 " sums over %s are missing, as a part of each is\n", total[i].missing, args->sum[i]);
    }
    return st;
}

static leie_status print_variable(const leie_dataset *ds, const leie_var *v, const show_args *args, leie_error *err)
{
    leie_size at[LEIE_RANK_MAX];
    for (int k = 0; k < v->rank; k++)
        at[k] = -1;
    if (args->csv) {
        leie_show_csv(stdout, ds, v, at);
        return LEIE_OK;
    }
    char room[LEIE_LABEL_ROOM];
    const char *units = leie_dataset_units(room, ds, v);
    printf("%s: %s%s%s", v->name, text_or_empty(ds, v, "long_name"), units[0] ? ", " : "", units);
    for (int i = 0; i < args->sums; i++)
        printf("%s%s", i ? ", " : "; sum over ", args->sum[i]);
    fputc('\n', stdout);
    return leie_show_text(stdout, ds, v, at, err);
}

static leie_status show_variable(const leie_dataset *ds, const show_args *args, leie_error *err)
{
    leie_total total[LEIE_RANK_MAX] = {0};
    const leie_var *v = leie_dataset_find(ds, args->name);
    if (!v)
        return leie_cut_unknown(ds, args->file, args->name, err);
    leie_status st = add_up(total, &v, ds, args, err);
    st = st ? st : print_variable(ds, v, args, err);
    for (int i = 0; i < args->sums; i++)
        leie_total_clear(&total[i]);
    return st;
}

int leie_cmd_show(int argc, char **argv)
{
    leie_error err = {0};
    leie_dataset ds = {0};
    show_args args = {0};
    leie_status st = parse(&args, argc, argv, &err);
    if (!st && args.help)
        fputs(HELP, stdout);
    else if (!st && args.name)
        st = leie_cut_read(&ds, args.file, args.name, args.where, args.wheres, &err);
    else if (!st)
        st = leie_netcdf_read(&ds, args.file, true, &err);
    if (!st && args.name)
        st = show_variable(&ds, &args, &err);
    else if (!st && !args.help)
        (args.csv ? header_csv : header_text)(&ds);
    if (!st && (fflush(stdout) || ferror(stdout)))
        st = leie_fail(&err, LEIE_ERR_OUTPUT, "the output cannot be written");
    if (st)
        fprintf(stderr, "leie show: %s\n", err.text);
    leie_dataset_clear(&ds);
    return leie_exit_code(st);
}
