// SPDX-License-Identifier: GPL-3.0-or-later
/* leie balance: a table moved to totals of its rows, columns and blocks. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "io/cli/balance_view.h"
#include "io/cli/cmd.h"

static const leie_option options[] = {
    {"row-totals", 0, "FILE", "label,value[,sd]; rows that are not listed are free"},
    {"col-totals", 0, "FILE", "the same for columns; with sutras table,label,value"},
    {"blocks", 0, "FILE", "block,row,col,value[,sd]: totals of sets of cells (mrgras, wls)"},
    {"fixed", 0, "FILE", "row,col[,value]: cells that stay"},
    {"bounds", 0, "FILE", "row,col,lower,upper (wls)"},
    {"reliability", 0, "FILE", "row,col,sd or row,col,relative: standard errors of cells (wls)"},
    {"method", 0, "NAME", "ras, gras (default), mrgras, sutras or wls"},
    {"free-signs", 0, NULL, "wls: cells may change sign"},
    {"tolerance", 0, "X", "largest relative error of a total (default: 1e-9)"},
    {"max-iterations", 0, "N", "default: 1000 (wls: 100)"},
    {"keep-unconverged", 0, NULL, "write the table even when the totals are not met"},
    {"output", 'o', "FOLDER", "where balanced.csv and report.csv go, in the working folder"},
    LEIE_OPTION_THREADS,
    LEIE_OPTION_LOG,
    LEIE_OPTION_QUIET,
    {0}};

static const leie_verb verb = {
    .name = "balance",
    .operands = "PRIOR",
    .operands_min = 1,
    .operands_max = 1,
    .purpose =
        "Moves a table to totals that it does not meet, as little as possible. PRIOR is CSV: row,col,value, or wide\n"
        "  with labels in the first row and column; with sutras table,row,col,value for use, supply and imports.\n"
        "  In files about cells a label may be * or a beginning with * (BE*).",
    .example =
        "  leie balance Z_2010.csv --row-totals u_2011.csv --col-totals v_2011.csv --method gras -o z2011\n"
        "  leie balance Z.csv --row-totals u.csv --col-totals v.csv --blocks belgium.csv --method mrgras -o split",
    .option = options};

enum { RAS, GRAS, MRGRAS, SUTRAS, WLS, METHODS };
static const char *const method_name[METHODS] = {"ras", "gras", "mrgras", "sutras", "wls"};

typedef struct balance_job {
    leie_cmd *cmd;
    int method;
    leie_balance_opts limit;
    leie_balance_files files;
    leie_balance_input table; // one table,
    leie_sut_input sut;       // or several
    leie_sut_stack stack;
    leie_csr *a;           // borrowed: what is balanced
    const leie_margins *m; // borrowed
    double *before;        // [a->nnz]
    leie_balance_info info;
    leie_balance_report report;
} balance_job;

/* ---- options ---- */

static leie_status find_method(balance_job *job)
{
    const char *name = leie_args_value(&job->cmd->args, "method");
    job->method = GRAS;
    if (!name)
        return LEIE_OK;
    for (job->method = 0; job->method < METHODS; job->method++)
        if (strcmp(name, method_name[job->method]) == 0)
            return LEIE_OK;
    return leie_fail(&job->cmd->err, LEIE_ERR_USAGE, "--method is ras, gras, mrgras, sutras or wls, found '%.60s'",
                     name);
}

static leie_status read_limits(balance_job *job)
{
    const leie_args *args = &job->cmd->args;
    const char *text = leie_args_value(args, "tolerance");
    if (text) {
        char *end;
        job->limit.tolerance = strtod(text, &end);
        if (*end || end == text || !(job->limit.tolerance > 0) || isinf(job->limit.tolerance))
            return leie_fail(&job->cmd->err, LEIE_ERR_USAGE, "--tolerance %.60s: expected a number above 0", text);
    }
    return leie_args_integer(args, "max-iterations", 1, 1000000000, &job->limit.iterations, &job->cmd->err);
}

// Options that a method does not know.
static leie_status check_options(const balance_job *job)
{
    static const struct {
        const char *option;
        bool of[METHODS];
    } known[] = {{"row-totals", {true, true, true, false, true}},
                 {"blocks", {false, false, true, false, true}},
                 {"fixed", {true, true, true, false, true}},
                 {"bounds", {[WLS] = true}},
                 {"reliability", {[WLS] = true}},
                 {"free-signs", {[WLS] = true}}};
    const leie_args *args = &job->cmd->args;
    for (size_t k = 0; k < sizeof known / sizeof known[0]; k++)
        if (leie_args_has(args, known[k].option) && !known[k].of[job->method])
            return leie_fail(&job->cmd->err, LEIE_ERR_USAGE, "--method %s does not know --%s", method_name[job->method],
                             known[k].option);
    if (!leie_args_has(args, "output"))
        return leie_fail(&job->cmd->err, LEIE_ERR_USAGE, "leie balance needs -o FOLDER");
    if (job->method == SUTRAS && !job->files.col_totals)
        return leie_fail(&job->cmd->err, LEIE_ERR_USAGE, "--method sutras needs --col-totals");
    if (!job->files.row_totals && !job->files.col_totals && !job->files.blocks)
        return leie_fail(&job->cmd->err, LEIE_ERR_USAGE, "no totals: give --row-totals, --col-totals or --blocks");
    return LEIE_OK;
}

static leie_status read_options(balance_job *job)
{
    const leie_args *args = &job->cmd->args;
    job->files = (leie_balance_files){.prior = args->operand[0],
                                      .row_totals = leie_args_value(args, "row-totals"),
                                      .col_totals = leie_args_value(args, "col-totals"),
                                      .blocks = leie_args_value(args, "blocks"),
                                      .fixed = leie_args_value(args, "fixed"),
                                      .bounds = leie_args_value(args, "bounds"),
                                      .reliability = leie_args_value(args, "reliability")};
    leie_status st = find_method(job);
    st = st ? st : read_limits(job);
    return st ? st : check_options(job);
}

/* ---- input ---- */

static bool any_above_zero(const double *x, leie_size n)
{
    for (leie_size i = 0; x && i < n; i++)
        if (x[i] > 0)
            return true;
    return false;
}

static leie_status read_table(balance_job *job)
{
    leie_balance_input *in = &job->table;
    leie_status st = leie_read_balance(in, &job->files, &job->cmd->err);
    if (st)
        return st;
    job->a = &in->prior;
    job->m = &in->margins;
    if (job->method != WLS && (any_above_zero(in->row_sd, in->row.n) || any_above_zero(in->col_sd, in->col.n) ||
                               any_above_zero(in->block.sd, in->block.n)))
        return leie_fail(&job->cmd->err, LEIE_ERR_USAGE, "totals with standard errors need --method wls");
    return LEIE_OK;
}

static leie_status read_sut(balance_job *job)
{
    leie_error *err = &job->cmd->err;
    leie_status st = leie_read_sut_prior(&job->sut, job->files.prior, job->files.col_totals, err);
    st = st ? st : leie_sut_stack_new(&job->stack, &job->sut.prior, &job->sut.totals, err);
    job->a = &job->stack.a;
    job->m = &job->stack.margins;
    return st;
}

static leie_status read_input(balance_job *job)
{
    leie_status st = job->method == SUTRAS ? read_sut(job) : read_table(job);
    if (st)
        return st;
    job->before = leie_new(job->a->nnz, sizeof *job->before);
    if (!job->before)
        return leie_fail_memory(&job->cmd->err, "a copy of the prior", job->a->nnz, sizeof *job->before);
    memcpy(job->before, job->a->val, (size_t)job->a->nnz * sizeof *job->before);
    return LEIE_OK;
}

/* ---- work ---- */

// All that stands in the way, beyond the first that the error names.
static void log_faults(balance_job *job)
{
    leie_faults faults;
    if (job->method == WLS || leie_feasible(&faults, job->a, job->m, job->limit.tolerance, NULL) != LEIE_ERR_DATA)
        return;
    for (leie_size k = 1; k < faults.kept; k++)
        leie_log_line(&job->cmd->log, "error", 0, faults.item[k].text);
    if (faults.n > faults.kept) {
        char text[64];
        snprintf(text, sizeof text, "and %lld more", (long long)(faults.n - faults.kept));
        leie_log_line(&job->cmd->log, "error", 0, text);
    }
}

static leie_status balance(balance_job *job)
{
    leie_error *err = &job->cmd->err;
    const leie_balance_input *in = &job->table;
    const leie_wls_opts wls = {.limit = job->limit,
                               .variance = in->variance,
                               .lower = in->lower,
                               .upper = in->upper,
                               .free_signs = leie_args_has(&job->cmd->args, "free-signs")};
    leie_status st;
    if (job->method == RAS)
        st = leie_ras(job->a, job->m, &job->limit, &job->info, err);
    else if (job->method == GRAS)
        st = leie_gras(job->a, job->m, &job->limit, &job->info, err);
    else if (job->method == WLS)
        st = leie_wls(job->a, job->m, &wls, &job->info, err);
    else
        st = leie_mrgras(job->a, job->m, &job->limit, &job->info, err);
    if (st == LEIE_ERR_DATA)
        log_faults(job);
    return st;
}

// In the stack supply is negative; people want to read it as it is.
static void turn_supply(balance_job *job)
{
    leie_size users = job->sut.user.n;
    for (leie_size k = 0; k < job->report.totals; k++) {
        leie_balance_total *t = &job->report.total[k];
        if (t->kind != LEIE_LINE_COL || t->at < users)
            continue;
        t->target = -t->target;
        t->before = -t->before;
        t->after = -t->after;
    }
    for (leie_size k = 0; k < job->report.changes; k++) {
        leie_balance_change *c = &job->report.change[k];
        if (c->col >= users) {
            c->before = -c->before;
            c->after = -c->after;
        }
    }
    job->report.before = job->report.after = NAN; // use less supply: no figure of the table
}

static leie_status write_tables(balance_job *job)
{
    const char *folder = leie_args_value(&job->cmd->args, "output");
    const leie_sut_input *sut = &job->sut;
    const leie_balanced_part one = {NULL, job->a, &job->table.row, &job->table.col};
    const leie_balanced_part several[] = {{"use", &sut->use, &sut->product, &sut->user},
                                          {"supply", &sut->supply, &sut->product, &sut->industry},
                                          {"imports", &sut->imports, &sut->product, &sut->user}};
    if (job->method != SUTRAS)
        return leie_write_balance(folder, &one, 1, &job->report, job->m, &job->cmd->err);
    leie_sut_stack_split(&job->stack, &sut->prior);
    return leie_write_balance(folder, several, sut->prior.imports ? 3 : 2, &job->report, job->m, &job->cmd->err);
}

static leie_status run_balance(leie_cmd *cmd)
{
    balance_job job = {.cmd = cmd};
    leie_status st = read_options(&job);
    st = st ? st : read_input(&job);
    st = st ? st : balance(&job);
    st = st ? st : leie_balance_report_make(&job.report, job.a, job.before, job.m, &job.info, &cmd->err);
    if (st)
        goto done;
    if (job.method == SUTRAS)
        turn_supply(&job);
    st = leie_balance_view(stdout, method_name[job.method], &job.report, job.a, job.m, &cmd->err);
    if (!st && (job.info.converged || leie_args_has(&cmd->args, "keep-unconverged")))
        st = write_tables(&job);
    if (!st && !job.info.converged)
        st = leie_fail(&cmd->err, LEIE_ERR_CONVERGE,
                       "the totals are not met after %lld iterations: the largest error is %.3g",
                       (long long)job.info.iterations, job.report.error);
done:
    leie_balance_report_clear(&job.report);
    leie_sut_stack_clear(&job.stack);
    leie_sut_input_clear(&job.sut);
    leie_balance_input_clear(&job.table);
    leie_free(job.before);
    return st;
}

int leie_cmd_balance(int argc, char **argv)
{
    leie_cmd cmd;
    leie_status st = leie_cmd_begin(&cmd, &verb, argc, argv);
    if (!st && !cmd.args.help)
        st = run_balance(&cmd);
    return leie_cmd_end(&cmd, st);
}
