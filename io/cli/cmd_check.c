// SPDX-License-Identifier: GPL-3.0-or-later
/* leie check: the identities of the tables of a study, or of one table, and of their accounts; or of a
 * supply-use table. */
#include "io/cli/check_parts.h"
#include "io/cli/cmd.h"
#include "io/cli/identities_view.h"
#include "io/cli/nest_view.h"
#include "io/cli/stop.h"

static const leie_option options[] = {
    {"year", 0, "N", "the table of this year only (default: all years, and the material flows)"},
    {"geo", 0, "CODE", "country of a supply-use table from Eurostat, when its files have several"},
    LEIE_OPTION_SET,
    LEIE_OPTION_THREADS,
    LEIE_OPTION_SOLVER,
    LEIE_OPTION_LOG,
    LEIE_OPTION_QUIET,
    {0}};

static const leie_verb verb = {
    .name = "check",
    .operands = "STUDY|TABLE|SYSTEM|RESULT",
    .operands_min = 1,
    .operands_max = 1,
    .purpose = "Holds tables, accounts and material flows (of a study, a table file, a folder), a supply-use table, a material\n"
               "  flow system, a stock model or waste accounts against their identities, and a result of leie run, reconcile,\n"
               "  stock or waste against those that need no inputs; 4 when one fails.",
    .example = "  leie check study.yaml --year 2011\n  leie check table.nc\n  leie check sut/2015\n  leie check system.yaml\n"
               "  leie check results.nc",
    .option = options};

static leie_status stopped(leie_error *err)
{
    return leie_stop_asked(NULL) ? leie_fail(err, LEIE_ERR_STOPPED, "stopped on request") : LEIE_OK;
}

// Accounts with every breakdown that the identities look at; what did not converge is judged like the rest.
static leie_status check_accounts(leie_identities *list, const leie_table *t, leie_cmd *cmd)
{
    const leie_study *study = &cmd->study;
    leie_account_regions q = {0};
    leie_accounts a = {0};
    const leie_watch watch = leie_log_watch(&cmd->log);
    leie_accounts_opts opts = {.by = (study->by & ~(unsigned)LEIE_ONLY_FOOTPRINTS) | LEIE_BY_PRODUCT | LEIE_BY_CATEGORY | LEIE_BY_ORIGIN | LEIE_BY_SUPPLIER,
                               .linsys = study->linsys,
                               .progress = watch.progress,
                               .progress_ctx = watch.ctx};
    for (int k = 0; k < LEIE_DEMAND_KINDS; k++)
        opts.exclude[k] = study->exclude[k];
    leie_status st = leie_study_account_regions(&q, study, t, &cmd->err);
    if (st)
        goto done;
    st = leie_accounts_make(&a, t, &q, &opts, &cmd->err);
    if (st == LEIE_ERR_CONVERGE) {
        leie_log_line(&cmd->log, "warning", t->year, cmd->err.text);
        cmd->err = (leie_error){0};
        st = LEIE_OK;
    }
    st = st ? st : leie_identities_accounts(list, t, &q, &a, &cmd->err);
done:
    leie_accounts_clear(&a);
    leie_account_regions_clear(&q);
    return st;
}

static leie_status check_year(leie_cmd *cmd, int year, leie_size *failed)
{
    leie_table t = {0};
    leie_identities list = {0};
    const leie_watch watch = leie_log_watch(&cmd->log);
    leie_status st = stopped(&cmd->err);
    st = st ? st : leie_assemble(&t, &cmd->study, year, &watch, &cmd->err);
    st = st ? st : leie_identities_table(&list, &t, &cmd->err);
    st = st ? st : stopped(&cmd->err);
    if (!st)
        st = check_accounts(&list, &t, cmd);
    leie_progress_hide(&cmd->log.progress);
    leie_error ignored = {0}; // when the accounts fail, the identities of the table are shown all the same
    char title[16];
    snprintf(title, sizeof title, "%d", year);
    leie_status printed = list.n ? leie_identities_print(&list, title, st ? &ignored : &cmd->err) : LEIE_OK;
    *failed += leie_identities_count(&list, LEIE_FAIL);
    st = st ? st : leie_nest_view(&t.adjusted, &cmd->err);
    st = st ? st : leie_coupling_view(&t, &cmd->study, &cmd->err);
    leie_identities_clear(&list);
    leie_table_clear(&t);
    return st ? st : printed;
}

// Material flow accounts of all years at once.
static leie_status check_flows(leie_cmd *cmd, leie_size *failed)
{
    leie_flow_accounts a;
    leie_identities list = {0};
    leie_status st = leie_flow_accounts_make(&a, &cmd->study, &cmd->err);
    if (!st && a.there) {
        st = leie_identities_flows(&list, &a.flows, &a.material, &a.q, &a.mfa, &cmd->err);
        st = st ? st : leie_identities_print(&list, "material flows", &cmd->err);
        *failed += leie_identities_count(&list, LEIE_FAIL);
    }
    leie_identities_clear(&list);
    leie_flow_accounts_clear(&a);
    return st;
}

static leie_status judge(leie_cmd *cmd, leie_size failed)
{
    if (!failed)
        return LEIE_OK;
    return leie_fail(&cmd->err, LEIE_ERR_CHECK, "%s: %lld %s not hold", cmd->args.operand[0], (long long)failed,
                     failed == 1 ? "identity does" : "identities do");
}

static leie_status check_sut(leie_cmd *cmd, leie_sut_format format)
{
    leie_sut s = {0};
    leie_identities list = {0};
    leie_size year = 0;
    leie_status st = leie_args_integer(&cmd->args, "year", 1, 9999, &year, &cmd->err);
    const leie_sut_source from = {
        .folder = cmd->args.operand[0], .format = format, .geo = leie_args_value(&cmd->args, "geo"), .year = (int)year};
    st = st ? st : leie_read_sut(&s, &from, &cmd->err);
    if (!st)
        leie_cmd_notes(cmd, &s.account.provenance, s.account.year);
    st = st ? st : leie_identities_sut(&list, &s, &cmd->err);
    st = st ? st : leie_identities_print(&list, cmd->args.operand[0], &cmd->err);
    st = st ? st : judge(cmd, leie_identities_count(&list, LEIE_FAIL));
    leie_identities_clear(&list);
    leie_sut_clear(&s);
    return st;
}

// The stock model and the systems of a study.
static leie_status check_parts(leie_cmd *cmd, leie_size *failed, leie_size *checked)
{
    const leie_study *study = &cmd->study;
    leie_status st = LEIE_OK;
    if (study->stocks.line)
        st = leie_part_check(LEIE_MFA_PART_STOCKS, study->stocks.model.real, 0, NULL, failed, &cmd->err);
    for (leie_size i = 0; i < study->systems && !st; i++)
        st = leie_part_check(LEIE_MFA_PART_SYSTEM, study->system[i].real, 0, NULL, failed, &cmd->err);
    *checked += study->systems + (study->stocks.line != 0);
    return st;
}

// A result that is read again: what must hold among its numbers.
static leie_status check_result(leie_cmd *cmd)
{
    static const char *const inputs[] = {"year", "geo", "set", "solver"};
    leie_dataset ds = {0};
    leie_identities list = {0};
    for (size_t k = 0; k < sizeof inputs / sizeof inputs[0]; k++)
        if (leie_args_value(&cmd->args, inputs[k]))
            return leie_fail(&cmd->err, LEIE_ERR_USAGE, "%s is a result: --%s does not apply", cmd->args.operand[0], inputs[k]);
    leie_status st = leie_netcdf_read(&ds, cmd->args.operand[0], false, &cmd->err);
    const char *title = st ? NULL : leie_dataset_get_text(&ds, NULL, "title");
    st = st ? st : leie_identities_result(&list, &ds, &cmd->err);
    st = st ? st : leie_identities_print(&list, title ? title : cmd->args.operand[0], &cmd->err);
    st = st ? st : judge(cmd, leie_identities_count(&list, LEIE_FAIL));
    leie_identities_clear(&list);
    leie_dataset_clear(&ds);
    return st;
}

static leie_status check_part(leie_cmd *cmd, leie_mfa_part part)
{
    char **set = NULL;
    leie_size sets = 0, failed = 0;
    if (leie_args_value(&cmd->args, "year"))
        return leie_fail(&cmd->err, LEIE_ERR_USAGE, "%s has no tables: --year does not apply", cmd->args.operand[0]);
    leie_status st = leie_cmd_sets(&set, &sets, cmd);
    st = st ? st : leie_part_check(part, cmd->args.operand[0], sets, set, &failed, &cmd->err);
    leie_free(set);
    return st ? st : judge(cmd, failed);
}

static leie_status check_study(leie_cmd *cmd)
{
    int *years = NULL;
    leie_size n = 0, only = 0, failed = 0, checked = 0;
    leie_status st = leie_args_integer(&cmd->args, "year", 1, 9999, &only, &cmd->err);
    st = st ? st : leie_study_years(&years, &n, &cmd->study, &cmd->err);
    for (leie_size i = 0; i < n && !st; i++)
        if (!only || years[i] == only) {
            st = check_year(cmd, years[i], &failed);
            checked++;
        }
    leie_free(years);
    if (!st && !only && cmd->study.flows.path.real) {
        st = check_flows(cmd, &failed);
        checked++;
    }
    if (!st && !only)
        st = check_parts(cmd, &failed, &checked);
    if (!st && !checked)
        st = leie_fail(&cmd->err, LEIE_ERR_USAGE, "%s has no year %lld", cmd->study.file, (long long)only);
    return st ? st : judge(cmd, failed);
}

int leie_cmd_check(int argc, char **argv)
{
    leie_cmd cmd;
    leie_status st = leie_cmd_begin(&cmd, &verb, argc, argv);
    if (!st && !cmd.args.help) {
        leie_sut_format format;
        leie_mfa_part part = leie_mfa_part_of(cmd.args.operand[0]);
        st = leie_sut_recognise(&format, cmd.args.operand[0], &cmd.err);
        if (!st && format != LEIE_SUT_AUTO)
            st = check_sut(&cmd, format);
        else if (!st && part)
            st = check_part(&cmd, part);
        else if (!st && leie_result_recognise(cmd.args.operand[0]))
            st = check_result(&cmd);
        else if (!st && !(st = leie_cmd_study(&cmd)))
            st = check_study(&cmd);
    }
    return leie_cmd_end(&cmd, st);
}
