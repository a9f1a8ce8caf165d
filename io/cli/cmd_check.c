// SPDX-License-Identifier: GPL-3.0-or-later
/* leie check: the identities of the tables of a study and of their accounts. */
#include "io/cli/cmd.h"
#include "io/cli/stop.h"
#include "io/cli/texttable.h"

static const leie_option options[] = {
    {"year", 0, "N", "the table of this year only (default: all years, and the material flows)"},
    LEIE_OPTION_SET,
    LEIE_OPTION_THREADS,
    LEIE_OPTION_SOLVER,
    LEIE_OPTION_LOG,
    LEIE_OPTION_QUIET,
    {0}};

static const leie_verb verb = {
    .name = "check",
    .operands = "STUDY",
    .operands_min = 1,
    .operands_max = 1,
    .purpose = "Holds tables, accounts and material flows of a study against their identities; exit code 4 when one fails.",
    .example = "  leie check study.yaml --year 2011",
    .option = options};

static const char *const verdicts[] = {
    [LEIE_PASS] = "PASS", [LEIE_FAIL] = "FAIL", [LEIE_INFO] = "INFO", [LEIE_SKIPPED] = "SKIP"};

static leie_size count(const leie_identities *list, leie_verdict verdict)
{
    leie_size n = 0;
    for (leie_size i = 0; i < list->n; i++)
        n += list->item[i].verdict == verdict;
    return n;
}

// One row per identity, then the worst offenders of what does not simply hold.
static leie_status print_identities(const leie_identities *list, const char *title, leie_error *err)
{
    leie_texttable table;
    leie_texttable_start(&table, "llrrr");
    const char *const head[] = {"", "identity", "largest", "tolerance", "places"};
    for (int c = 0; c < 5; c++)
        leie_texttable_add(&table, "%s", head[c]);
    for (leie_size i = 0; i < list->n; i++) {
        const leie_identity *id = &list->item[i];
        leie_texttable_add(&table, "%s", verdicts[id->verdict]);
        leie_texttable_add(&table, "%s", id->name);
        leie_texttable_add(&table, id->verdict == LEIE_SKIPPED ? "-" : "%.3g", id->size);
        leie_texttable_add(&table, id->tolerance > 0 ? "%.0e" : "-", id->tolerance);
        leie_texttable_add(&table, "%lld", (long long)id->count);
    }
    printf("%s\n", title);
    leie_status st = leie_texttable_print(&table, stdout, 0, err);
    leie_texttable_clear(&table);
    for (leie_size i = 0; i < list->n && !st; i++)
        if (list->item[i].verdict != LEIE_PASS && list->item[i].worst[0])
            printf("%s  %s: %s\n", verdicts[list->item[i].verdict], list->item[i].name, list->item[i].worst);
    printf("%lld pass, %lld fail, %lld to know, %lld skipped\n\n", (long long)count(list, LEIE_PASS),
           (long long)count(list, LEIE_FAIL), (long long)count(list, LEIE_INFO), (long long)count(list, LEIE_SKIPPED));
    return st;
}

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
    leie_accounts_opts opts = {.by = study->by | LEIE_BY_PRODUCT | LEIE_BY_CATEGORY | LEIE_BY_ORIGIN | LEIE_BY_SUPPLIER,
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
    leie_status printed = list.n ? print_identities(&list, title, st ? &ignored : &cmd->err) : LEIE_OK;
    *failed += count(&list, LEIE_FAIL);
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
        st = st ? st : print_identities(&list, "material flows", &cmd->err);
        *failed += count(&list, LEIE_FAIL);
    }
    leie_identities_clear(&list);
    leie_flow_accounts_clear(&a);
    return st;
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
    if (!st && !checked)
        st = leie_fail(&cmd->err, LEIE_ERR_USAGE, "%s has no year %lld", cmd->study.file, (long long)only);
    if (!st && failed)
        st = leie_fail(&cmd->err, LEIE_ERR_CHECK, "%s: %lld %s not hold", cmd->study.file, (long long)failed,
                       failed == 1 ? "identity does" : "identities do");
    return st;
}

int leie_cmd_check(int argc, char **argv)
{
    leie_cmd cmd;
    leie_status st = leie_cmd_begin(&cmd, &verb, argc, argv);
    if (!st && !cmd.args.help) {
        st = leie_cmd_study(&cmd);
        st = st ? st : check_study(&cmd);
    }
    return leie_cmd_end(&cmd, st);
}
