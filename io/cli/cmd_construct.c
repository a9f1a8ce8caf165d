// SPDX-License-Identifier: GPL-3.0-or-later
/* leie construct: a symmetric table from supply and use. */
#include <string.h>

#include "io/cli/cmd.h"
#include "io/cli/identities_view.h"
#include "io/cli/texttable.h"

static const leie_option options[] = {
    {"model", 0, "A|B|C|D|almon", "A, B, almon: product by product; C, D: industry by industry"},
    {"system", 0, "pxp|ixi", "refuses a model of the other system"},
    {"format", 0, "csv|be2015|eurostat", "layout of the folder (default: by the files in it)"},
    {"geo", 0, "CODE", "country, when files from Eurostat have several"},
    {"year", 0, "N", "year, when files from Eurostat have several"},
    {"trade", 0, "CODES", "products that earn trade margins, comma-separated, when the margin table does not say"},
    {"transport", 0, "CODES", "the same for transport margins"},
    {"close", 0, "REGION", "imports as a region of that code with the technology of the country"},
    {"against", 0, "FILE", "a published table (wide CSV): prints how far the result is from it, by sector"},
    {"output", 'o', "FOLDER", "where the table goes, as CSV files that studies read"},
    {"digits", 0, "N", "significant digits, 1 to 17 (default: as many as give the same number back)"},
    LEIE_OPTION_THREADS,
    LEIE_OPTION_LOG,
    LEIE_OPTION_QUIET,
    {0}};

static const leie_verb verb = {
    .name = "construct",
    .operands = "SUT",
    .operands_min = 1,
    .operands_max = 1,
    .purpose = "Makes a symmetric input-output table from the supply and use tables in a folder, imports apart.",
    .example = "  leie construct sut/2015 --model D -o table-2015\n"
               "  leie construct eurostat/ --geo BE --year 2015 --model B -o table-be",
    .option = options};

typedef struct request {
    leie_sut_source from;
    leie_construct_opts opts;
    leie_sut_margins margins;
    const char *folder, *close, *against;
    leie_size digits;
} request;

// ---- options ----

static leie_status add_codes(leie_labels *labels, const char *list, leie_error *err)
{
    while (list && *list) {
        size_t length = strcspn(list, ",");
        char *code = leie_strndup(list, length);
        if (!code)
            return leie_fail_memory(err, "codes", 1, length);
        leie_size at = leie_labels_add(labels, code, NULL, NULL, NULL, err);
        leie_free(code);
        if (at < 0)
            return (leie_status)at;
        list += length + (list[length] == ',');
    }
    return LEIE_OK;
}

static leie_status read_model(request *q, leie_cmd *cmd)
{
    const char *model = leie_args_value(&cmd->args, "model"), *system = leie_args_value(&cmd->args, "system");
    int found = model ? leie_model_find(model) : -1;
    if (found < 0 || found == LEIE_MODEL_HYBRID)
        return leie_fail(&cmd->err, LEIE_ERR_USAGE, "leie construct needs --model A, B, C, D or almon%s%.60s",
                         model ? ", found " : "", model ? model : "");
    q->opts = (leie_construct_opts){.model = (leie_model)found};
    const char *own = leie_model_by_product(q->opts.model) ? "pxp" : "ixi";
    if (system && strcmp(system, own) != 0)
        return leie_fail(&cmd->err, LEIE_ERR_USAGE, "model %s makes a table of system %s, not '%.60s'", model, own,
                         system);
    return LEIE_OK;
}

static leie_status read_request(request *q, leie_cmd *cmd)
{
    const leie_args *args = &cmd->args;
    const char *format = leie_args_value(args, "format");
    int found = format ? leie_sut_format_find(format) : LEIE_SUT_AUTO;
    leie_size year = 0;
    leie_status st = read_model(q, cmd);
    if (!st && found < 0)
        st = leie_fail(&cmd->err, LEIE_ERR_USAGE, "--format is csv, be2015 or eurostat, found '%.60s'", format);
    q->folder = leie_args_value(args, "output");
    q->close = leie_args_value(args, "close");
    q->against = leie_args_value(args, "against");
    q->opts.import_row = !q->close;
    if (!st && !q->folder)
        st = leie_fail(&cmd->err, LEIE_ERR_USAGE, "leie construct needs -o FOLDER");
    st = st ? st : leie_args_integer(args, "year", 1, 9999, &year, &cmd->err);
    st = st ? st : leie_args_integer(args, "digits", 1, 17, &q->digits, &cmd->err);
    st = st ? st : add_codes(&q->margins.trade, leie_args_value(args, "trade"), &cmd->err);
    st = st ? st : add_codes(&q->margins.transport, leie_args_value(args, "transport"), &cmd->err);
    q->from = (leie_sut_source){.folder = args->operand[0],
                                .format = (leie_sut_format)found,
                                .geo = leie_args_value(args, "geo"),
                                .year = (int)year};
    return st;
}

// ---- the report ----

static void print_negatives(const leie_construct_info *info, const char *unit)
{
    static const char *const use[] = {"Z", "Zm"}, *const final[] = {"Y", "Ym"};
    for (int o = 0; o < 2; o++)
        printf("negative cells  %-2s %lld (%.4g %s)   %-2s %lld (%.4g %s)\n", use[o], (long long)info->negatives[o],
               info->negative[o], unit, final[o], (long long)info->negatives_Y[o], info->negative_Y[o], unit);
}

static leie_status report(leie_cmd *cmd, const request *q, const leie_sut *s, const leie_iot *t,
                          const leie_construct_info *info)
{
    leie_identities list = {0};
    const leie_table *table = &t->table;
    printf("%s: model %s, %lld products and %lld industries become %lld %s\n", q->from.folder,
           leie_model_name(q->opts.model), (long long)s->product.n, (long long)s->account.sector.n,
           (long long)table->sector.n, leie_model_by_product(q->opts.model) ? "products" : "industries");
    print_negatives(info, table->unit);
    if (q->opts.model == LEIE_MODEL_ALMON)
        printf("Almon's procedure  %lld cells held at their floor, %d iterations, %lld rows not finished\n",
               (long long)info->floored, info->iterations, (long long)info->open);
    leie_status st = leie_identities_construct(&list, t, s, q->opts.model, &cmd->err);
    st = st ? st : leie_identities_print(&list, "Kept by the construct", &cmd->err);
    leie_identities_clear(&list);
    return st;
}

static leie_status report_table(leie_cmd *cmd, const leie_table *t)
{
    leie_identities list = {0};
    leie_status st = leie_identities_table(&list, t, &cmd->err);
    st = st ? st : leie_identities_print(&list, "The table", &cmd->err);
    leie_identities_clear(&list);
    return st;
}

static leie_status print_differences(const leie_table *t, const double *published, const double *difference,
                                     leie_error *err)
{
    leie_texttable table;
    leie_size n = t->sector.n;
    leie_texttable_start(&table, "llrrr");
    const char *const head[] = {"sector", "", "published sales", "difference", "share"};
    for (int c = 0; c < 5; c++)
        leie_texttable_add(&table, "%s", head[c]);
    table.limit[1] = 40;
    for (leie_size i = 0; i < n; i++) {
        double sales = leie_sum(published + i * n, n, 1);
        leie_texttable_add(&table, "%s", t->sector.code[i]);
        leie_texttable_add(&table, "%s", t->sector.name[i]);
        leie_texttable_number(&table, 1, sales);
        leie_texttable_number(&table, 1, difference[i]);
        leie_texttable_add(&table, sales != 0 ? "%.1f %%" : "-", 100 * difference[i] / sales);
    }
    leie_status st = leie_texttable_print(&table, stdout, 0, err);
    leie_texttable_clear(&table);
    return st;
}

static leie_status report_against(leie_cmd *cmd, const request *q, leie_table *t)
{
    leie_size n = t->sector.n;
    double *published = leie_new(n * n, sizeof *published), *difference = leie_new(n, sizeof *difference), share;
    leie_status st = LEIE_OK;
    if (!published || !difference)
        st = leie_fail_memory(&cmd->err, q->against, n * n, sizeof *published);
    st = st ? st : leie_read_reference(published, q->against, &t->sector, &t->provenance, &cmd->err);
    if (!st) {
        leie_construct_against(difference, &share, t, published);
        printf("Z against %s: the differences add up to %.2f %% of it\n", q->against, 100 * share);
        st = print_differences(t, published, difference, &cmd->err);
        printf("\n");
    }
    leie_free(published);
    leie_free(difference);
    return st;
}

// ---- the verb ----

// Writes the table and its imports; with --close the imports are a region of the table.
static leie_status write_table(leie_cmd *cmd, const request *q, leie_iot *t)
{
    leie_status st = LEIE_OK;
    if (q->close)
        st = leie_table_close_imports(&t->table, q->close, "Imports", LEIE_IMPORTS_DOMESTIC_TECHNOLOGY, &t->Zm, t->Ym,
                                      NULL, &cmd->err);
    st = st ? st : leie_table_inspect(&t->table, &cmd->err);
    st = st ? st : report_table(cmd, &t->table);
    st = st ? st : leie_write_csv_table(q->folder, &t->table, (int)q->digits, &cmd->err);
    if (!st && !q->close)
        st = leie_write_csv_imports(q->folder, &t->table, &t->Zm, t->Ym, (int)q->digits, &cmd->err);
    if (!st)
        leie_cmd_notes(cmd, &t->table.provenance, t->table.year);
    if (!st)
        printf("%s: %d, %lld sectors, %lld final-demand columns, imports %s\n", q->folder, t->table.year,
               (long long)t->table.sector.n, (long long)t->table.demand.n,
               q->close ? "as a region" : "in Zm.csv.gz and Ym.csv.gz");
    return st;
}

static leie_status construct(leie_cmd *cmd, request *q)
{
    leie_sut s = {0};
    leie_iot t = {0};
    leie_construct_info info = {0};
    leie_status st = read_request(q, cmd);
    st = st ? st : leie_read_sut(&s, &q->from, &cmd->err);
    st = st ? st : leie_sut_complete(&s, &q->margins, &cmd->err);
    st = st ? st : leie_construct(&t, &s, &q->opts, &info, &cmd->err);
    st = st ? st : report(cmd, q, &s, &t, &info);
    if (!st && q->against)
        st = report_against(cmd, q, &t.table);
    st = st ? st : write_table(cmd, q, &t);
    leie_iot_clear(&t);
    leie_sut_clear(&s);
    return st;
}

int leie_cmd_construct(int argc, char **argv)
{
    leie_cmd cmd;
    request q = {0};
    leie_status st = leie_cmd_begin(&cmd, &verb, argc, argv);
    if (!st && !cmd.args.help)
        st = construct(&cmd, &q);
    leie_labels_clear(&q.margins.trade);
    leie_labels_clear(&q.margins.transport);
    return leie_cmd_end(&cmd, st);
}
