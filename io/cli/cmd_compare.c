// SPDX-License-Identifier: GPL-3.0-or-later
/* leie compare: what changed between two editions, years or scenarios, and why. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "io/cli/cmd.h"
#include "io/cli/compare_view.h"

static const leie_option options[] = {
    {"year", 0, "N[,N]", "year of A, and of B when it is another one (default: every year that both have)"},
    {"scenario", 0, "NAME[,NAME]", "the same for scenarios"},
    {"by", 0, "NAME", "variable whose largest changes are shown (default: mfa and D_cba)"},
    {"top", 0, "N", "how many of them, 0 to 50 (default: 10)"},
    {"tolerance", 0, "X", "relative difference that is no change (default: 0, every bit counts)"},
    {"study", 's', "FILE", "the study that A comes from (a second one: B's): why footprints changed, from its tables"},
    {"region", 'r', "CODE", "only this account region is taken apart (default: all; the first is shown)"},
    {"orders", 0, "polar|all", "mean over the two polar orders of factors (default) or over all orders"},
    {"factors", 0, "all|few", "few: mix, volume and population as one"},
    {"deflators", 0, "FILE", "region,product,year,value: prices of products, for a comparison in constant prices"},
    {"exchange", 0, "FILE", "region,year,value: money of the table per money of the region, where deflators are in the latter"},
    {"chain", 0, NULL, "a change goes year by year through the tables of the study"},
    {"previous", 0, "STUDY", "the same tables in the prices of the year before: what is left to their prices is told apart"},
    {"output", 'o', "FILE", "values of A and B, their change and its parts as NetCDF, in the working folder"},
    {"format", 0, "text|csv", "tables (default), or one line per value that changed"},
    {"same", 0, NULL, "fail (4) when anything changed"},
    LEIE_OPTION_SET,
    LEIE_OPTION_SOLVER,
    LEIE_OPTION_THREADS,
    LEIE_OPTION_LOG,
    LEIE_OPTION_QUIET,
    {0}};

static const leie_verb verb = {
    .name = "compare",
    .operands = "RESULT [RESULT]",
    .operands_min = 1,
    .operands_max = 2,
    .purpose = "Shows what changed between two editions, years or scenarios, label by label, in what their origins differ,\n"
               "  and why: the change of footprints by intensity, technology, trade structure, mix and volume of final\n"
               "  demand and population, which add up to the last digit. With two editions that both hold a year,\n"
               "  revision of the data is told from real change.",
    .example = "  leie compare results.nc --year 2000,2011 --study study.yaml --region BEL\n"
               "  leie compare edition-2023.nc edition-2024.nc --year 2015,2020 --study old/study.yaml --study new/study.yaml\n"
               "  leie compare before.nc after.nc --same",
    .option = options};

typedef struct compare_args {
    const char *year[2], *scenario[2], *by;
    char texts[2][2][128]; // what year and scenario point to
    const char *study[2];
    leie_size studies, top;
    double tolerance;
    bool csv;
    leie_decompose_opts decompose;
} compare_args;

// "a" or "a,b": the second is the first where it is not given.
static leie_status take_pair(const char *label[2], char text[2][128], leie_cmd *cmd, const char *name)
{
    const char *value = leie_args_value(&cmd->args, name), *comma = value ? strchr(value, ',') : NULL;
    if (!value)
        return LEIE_OK;
    size_t first = comma ? (size_t)(comma - value) : strlen(value);
    const char *second = comma ? comma + 1 : value;
    if (first == 0 || first > 120 || !second[0] || strlen(second) > 120 || strchr(second, ',') != (comma ? NULL : strchr(value, ',')))
        return leie_fail(&cmd->err, LEIE_ERR_USAGE, "--%s is one label or two with a comma, found '%.60s'", name, value);
    snprintf(text[0], 128, "%.*s", (int)first, value);
    snprintf(text[1], 128, "%s", second);
    for (int i = 0; i < 2; i++)
        label[i] = text[i];
    return LEIE_OK;
}

// One word of two; *second tells whether it is the other one.
static leie_status take_word(bool *second, leie_cmd *cmd, const char *name, const char *one, const char *other)
{
    const char *value = leie_args_value(&cmd->args, name);
    *second = value && strcmp(value, other) == 0;
    if (value && !*second && strcmp(value, one) != 0)
        return leie_fail(&cmd->err, LEIE_ERR_USAGE, "--%s is %s or %s, found '%.60s'", name, one, other, value);
    return LEIE_OK;
}

static leie_status take_tolerance(compare_args *a, leie_cmd *cmd)
{
    const char *text = leie_args_value(&cmd->args, "tolerance");
    char *end = NULL;
    a->tolerance = text ? strtod(text, &end) : 0;
    if (text && (end == text || *end || !(a->tolerance >= 0 && a->tolerance < 1)))
        return leie_fail(&cmd->err, LEIE_ERR_USAGE, "--tolerance is a number from 0 to 1, found '%.60s'", text);
    return LEIE_OK;
}

static leie_status take_args(compare_args *a, leie_cmd *cmd)
{
    const leie_args *args = &cmd->args;
    bool all = false;
    a->top = 10;
    a->by = leie_args_value(args, "by");
    a->decompose.region = leie_args_value(args, "region");
    a->decompose.deflators = leie_args_value(args, "deflators");
    a->decompose.exchange = leie_args_value(args, "exchange");
    for (int i = 0; i < args->givens; i++)
        if (strcmp(args->given[i].option->name, "study") == 0 && a->studies++ < 2)
            a->study[a->studies - 1] = args->given[i].value;
    leie_status st = take_pair(a->year, a->texts[0], cmd, "year");
    st = st ? st : take_pair(a->scenario, a->texts[1], cmd, "scenario");
    st = st ? st : take_word(&all, cmd, "orders", "polar", "all");
    st = st ? st : take_word(&a->decompose.demand_whole, cmd, "factors", "all", "few");
    st = st ? st : take_word(&a->csv, cmd, "format", "text", "csv");
    st = st ? st : take_tolerance(a, cmd);
    st = st ? st : leie_args_integer(args, "top", 0, LEIE_MOVERS_MOST, &a->top, &cmd->err);
    a->decompose.chain = leie_args_has(args, "chain");
    a->decompose.mean = all ? LEIE_SDA_ALL : LEIE_SDA_POLAR;
    if (st)
        return st;
    if (a->studies > 2)
        return leie_fail(&cmd->err, LEIE_ERR_USAGE, "--study was given %lld times: once for both results, or once for each", (long long)a->studies);
    if (a->decompose.exchange && !a->decompose.deflators)
        return leie_fail(&cmd->err, LEIE_ERR_USAGE, "--exchange belongs to --deflators");
    if (!a->studies && (a->decompose.deflators || a->decompose.chain || leie_args_has(args, "previous") || a->decompose.region || leie_args_has(args, "orders") || leie_args_has(args, "factors")))
        return leie_fail(&cmd->err, LEIE_ERR_USAGE, "--region, --orders, --factors, --deflators, --chain and --previous need --study, whose tables are taken apart");
    return LEIE_OK;
}

// ---- why ----

// The year of a side: the one chosen, or the only one of the result.
static leie_status year_of(int *year, const leie_compare_side *side, leie_error *err)
{
    const leie_var *years = leie_dataset_find(side->ds, "year");
    if (side->year)
        *year = (int)strtol(side->year, NULL, 10);
    else if (years && years->integer && years->count == 1)
        *year = (int)years->integer[0];
    else
        return leie_fail(err, LEIE_ERR_USAGE, "%s has several years: choose with --year which are taken apart", side->name);
    return LEIE_OK;
}

// Studies 0 and 1 are those of A and B, 2 has previous-year prices.
static leie_status decompose(leie_decomposition *d, leie_study study[3], const compare_args *a, const leie_compare_side side[2], leie_cmd *cmd)
{
    char **set = NULL, method[96];
    leie_size sets = 0;
    leie_decompose_side of[2];
    leie_watch watch = leie_log_watch(&cmd->log);
    watch.log = NULL; // the notes on these tables were said when the results were made, and are in them
    const char *solver = leie_args_value(&cmd->args, "solver");
    leie_status st = leie_cmd_sets(&set, &sets, cmd);
    if (!st && solver) {
        snprintf(method, sizeof method, "solver.method=%.60s", solver);
        set[sets++] = method;
    }
    for (int i = 0; !st && i < 2; i++) {
        const leie_study *own = &study[i < a->studies ? i : 0];
        of[i] = (leie_decompose_side){.study = own, .scenario = side[i].scenario, .result = side[i].ds, .name = side[i].name};
        if (i < a->studies)
            st = leie_study_open(&study[i], a->study[i], sets, set, &cmd->err);
        st = st ? st : year_of(&of[i].year, &side[i], &cmd->err);
    }
    leie_decompose_opts opts = a->decompose;
    const char *previous = leie_args_value(&cmd->args, "previous");
    if (!st && previous) {
        st = leie_study_open(&study[2], previous, sets, set, &cmd->err);
        opts.previous = &study[2];
    }
    leie_free(set);
    st = st ? st : leie_decompose(d, of, &opts, &watch, &cmd->err);
    leie_progress_hide(&cmd->log.progress);
    return st;
}

// ---- the whole ----

static leie_status write_output(const leie_comparison *c, const leie_decomposition *d, const char *path, leie_error *err)
{
    leie_dataset ds = {0};
    leie_status st = leie_comparison_dataset(&ds, c, err);
    st = st || !d->steps ? st : leie_decomposition_dataset(&ds, d, err);
    st = st ? st : leie_netcdf_write(path, &ds, 0, err);
    leie_dataset_clear(&ds);
    return st;
}

static leie_status show(const leie_comparison *c, const leie_decomposition *d, const compare_args *a, leie_error *err)
{
    leie_origin_changes origins = {0};
    if (a->csv)
        return leie_compare_csv(stdout, c, d->steps ? d : NULL, err);
    leie_status st = leie_compare_origins(&origins, c->side, err);
    st = st ? st : leie_compare_show_origins(stdout, c, &origins, err);
    st = st ? st : leie_compare_show_changes(stdout, c, a->by, a->top, err);
    st = st || !d->steps ? st : leie_compare_show_steps(stdout, d, 0, a->top, err);
    if (!st && d->q.label.n > 1)
        printf("(the first of %lld account regions; --region chooses, -o and --format csv have all)\n", (long long)d->q.label.n);
    leie_origin_changes_clear(&origins);
    return st;
}

static leie_status compare(leie_cmd *cmd, const compare_args *a, const leie_dataset ds[2], bool two)
{
    leie_comparison c = {0};
    leie_decomposition d = {0};
    leie_study study[3] = {{0}, {0}, {0}};
    leie_compare_side side[2];
    const char *output = leie_args_value(&cmd->args, "output");
    for (int i = 0; i < 2; i++)
        side[i] = (leie_compare_side){&ds[two ? i : 0], cmd->args.operand[two ? i : 0], a->year[i], a->scenario[i]};
    leie_status st = leie_compare(&c, side, a->tolerance, &cmd->err);
    if (!st && a->studies)
        st = decompose(&d, study, a, side, cmd);
    st = st ? st : show(&c, &d, a, &cmd->err);
    if (!st && output)
        st = write_output(&c, &d, output, &cmd->err);
    if (!st && leie_args_has(&cmd->args, "same") && !leie_comparison_same(&c))
        st = leie_fail(&cmd->err, LEIE_ERR_CHECK, "%s and %s are not the same", side[0].name, side[1].name);
    leie_decomposition_clear(&d);
    leie_comparison_clear(&c);
    for (int i = 0; i < 3; i++)
        leie_study_clear(&study[i]);
    return st;
}

int leie_cmd_compare(int argc, char **argv)
{
    leie_cmd cmd;
    compare_args a = {0};
    leie_dataset ds[2] = {{0}, {0}};
    leie_status st = leie_cmd_begin(&cmd, &verb, argc, argv);
    if (!st && !cmd.args.help) {
        bool two = cmd.args.operands == 2;
        st = take_args(&a, &cmd);
        for (int i = 0; !st && i < 1 + two; i++)
            st = leie_netcdf_read(&ds[i], cmd.args.operand[i], false, &cmd.err);
        bool pair = (a.year[0] && strcmp(a.year[0], a.year[1]) != 0) || (a.scenario[0] && strcmp(a.scenario[0], a.scenario[1]) != 0);
        if (!st && !two && !pair)
            st = leie_fail(&cmd.err, LEIE_ERR_USAGE, "one result needs two years (--year N,N) or two scenarios (--scenario NAME,NAME) to compare");
        st = st ? st : compare(&cmd, &a, ds, two);
    }
    leie_dataset_clear(&ds[0]);
    leie_dataset_clear(&ds[1]);
    return leie_cmd_end(&cmd, st);
}
