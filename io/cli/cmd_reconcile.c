// SPDX-License-Identifier: GPL-3.0-or-later
/* leie reconcile: a material flow system with uncertain data, as NetCDF, as a table and as findings. */
#include <math.h>
#include <string.h>

#include "io/cli/cmd.h"
#include "io/cli/texttable.h"

static const leie_option options[] = {
    {"output", 'o', "FILE", "result file, in the working folder (default: the system's)"},
    LEIE_OPTION_SET,
    LEIE_OPTION_THREADS,
    LEIE_OPTION_LOG,
    {"quiet", 'q', NULL, "no log and no table: errors only"},
    {0}};

static const leie_verb verb = {
    .name = "reconcile",
    .operands = "SYSTEM",
    .operands_min = 1,
    .operands_max = 1,
    .purpose = "Finds the flows nearest to what was measured that keep every balance, and what contradicts.",
    .example = "  leie reconcile tests/cases/stan/system.yaml -o stan.nc\n"
               "  leie reconcile system.yaml --set tests.eliminate=2\n"
               "  leie reconcile system.yaml --set 'sample={draws: 1000}' --set covariance=all",
    .option = options};

enum { ROWS_SHOWN = 60, NAMES_SHOWN = 10 };

// Value and standard deviation, "?" for what is not known.
static void add_pair(leie_texttable *t, double value, double sd)
{
    leie_texttable_add(t, isnan(value) ? "?" : "%.7g", value);
    leie_texttable_add(t, isnan(sd) ? "?" : "%.4g", sd);
}

static leie_status print_table(const leie_flow_system *sys, const leie_reconciled *r, leie_error *err)
{
    const char *const heads[] = {"quantity", "measured", "sd", "reconciled", "sd", "test", "state"};
    char name[256];
    leie_texttable t;
    leie_texttable_start(&t, "lrrrrrl");
    for (int k = 0; k < 7; k++)
        leie_texttable_add(&t, "%s", heads[k]);
    for (leie_size i = 0; i < r->n && i < ROWS_SHOWN; i++) {
        bool unknown = isnan(sys->system.sd[i]);
        leie_flow_name(sys, false, i, name, sizeof name);
        leie_texttable_add(&t, "%s", name);
        add_pair(&t, unknown ? NAN : sys->system.value[i], sys->system.sd[i]);
        add_pair(&t, r->value[i], r->sd[i]);
        leie_texttable_number(&t, 2, r->test[i]);
        leie_texttable_add(&t, "%s", leie_mfa_state_name((leie_mfa_state)r->state[i]));
    }
    leie_status st = leie_texttable_print(&t, stdout, 2, err);
    if (r->n > ROWS_SHOWN)
        printf("  ... and %lld more quantities: leie show FILE reconciled\n", (long long)r->n - ROWS_SHOWN);
    leie_texttable_clear(&t);
    return st;
}

// ---- findings ----

// Prints those of n variables or constraints whose test is above the critical value.
static void print_failed(const leie_flow_system *sys, bool constraint, leie_size n, const double *test, double critical)
{
    char name[256];
    leie_size found = 0;
    for (leie_size i = 0; i < n; i++) {
        if (!(test[i] > critical))
            continue;
        if (found++ == NAMES_SHOWN)
            break;
        leie_flow_name(sys, constraint, i, name, sizeof name);
        printf("  contradicts: %s, %.2f standard deviations (critical %.2f)\n", name, test[i], critical);
    }
    if (found > NAMES_SHOWN)
        printf("  contradicts: more of these\n");
}

static void print_weights(const leie_flow_system *sys, const leie_reconciled *r)
{
    char name[256];
    leie_size count = 0;
    for (leie_size i = 0; i < r->n; i++)
        if (r->weight[i] < 1 && count++ < NAMES_SHOWN) {
            leie_flow_name(sys, false, i, name, sizeof name);
            printf("  weighed down: %s, weight %.2g\n", name, r->weight[i]);
        }
    if (count > NAMES_SHOWN)
        printf("  weighed down: %lld more\n", (long long)count - NAMES_SHOWN);
}

static void print_state(const leie_flow_system *sys, const leie_reconciled *r, leie_mfa_state state)
{
    char name[256];
    leie_size count = 0;
    for (leie_size i = 0; i < r->n; i++)
        if (r->state[i] == state && count++ < NAMES_SHOWN) {
            leie_flow_name(sys, false, i, name, sizeof name);
            printf("  %s: %s\n", leie_mfa_state_name(state), name);
        }
    if (count > NAMES_SHOWN)
        printf("  %s: %lld more\n", leie_mfa_state_name(state), (long long)count - NAMES_SHOWN);
}

static void print_dependent(const leie_flow_system *sys, const leie_reconciled *r)
{
    char name[256];
    leie_size count = 0;
    for (leie_size k = 0; k < r->m; k++)
        if (r->dependent[k] && count++ < NAMES_SHOWN) {
            leie_flow_name(sys, true, k, name, sizeof name);
            printf("  says nothing new: %s\n", name);
        }
    if (count > NAMES_SHOWN)
        printf("  says nothing new: %lld more\n", (long long)count - NAMES_SHOWN);
}

static void print_findings(const leie_flow_system *sys, const leie_reconciled *r)
{
    double level = sys->study->opts.level;
    if (sys->study->opts.huber > 0)
        printf("\nrobust: adjustments beyond %g standard deviations were weighed down, so there is no global test\n", sys->study->opts.huber);
    else if (r->dof)
        printf("\nglobal test: sum of squares %.6g with %lld degrees of freedom, probability %.3g: %s\n", r->objective,
               (long long)r->dof, r->probability, r->probability < level ? "the data contradict each other" : "no contradiction");
    else
        printf("\nglobal test: nothing is redundant, so nothing can be tested\n");
    print_failed(sys, false, r->n, r->test, r->critical);
    print_failed(sys, true, r->m, r->nodal, r->nodal_critical);
    print_weights(sys, r);
    print_state(sys, r, LEIE_MFA_SET_ASIDE);
    print_state(sys, r, LEIE_MFA_AT_BOUND);
    print_state(sys, r, LEIE_MFA_NOT_OBSERVABLE);
    print_dependent(sys, r);
}

// ---- the verb ----

// What was drawn, and how many draws are in no statistic.
static void say_sample(leie_cmd *cmd, const leie_dataset *ds)
{
    char text[256];
    const leie_attribute *draws = leie_dataset_get(ds, NULL, "draws"), *failed = leie_dataset_get(ds, NULL, "draws_failed");
    if (!draws || !failed)
        return;
    snprintf(text, sizeof text, "sample: %lld draws; %lld of them cannot be reconciled and are in no statistic", (long long)draws->integer[0],
             (long long)failed->integer[0]);
    leie_log_line(&cmd->log, failed->integer[0] ? "warning" : "info", 0, text);
}

static leie_status report(leie_cmd *cmd, const leie_flow_system *sys, const leie_reconciled *r, const leie_dataset *ds, const char *output)
{
    char text[512];
    say_sample(cmd, ds);
    snprintf(text, sizeof text, "%.300s: %lld quantities, %lld constraints, %lld linearisations, balances closed within %.1e",
             output, (long long)r->n, (long long)r->m, (long long)r->iterations, r->violation);
    leie_log_line(&cmd->log, "info", 0, text);
    if (cmd->log.quiet)
        return LEIE_OK;
    printf("%s\n%s%sunit of flows: %s\n\n", sys->study->head.title, sys->study->head.label ? sys->study->head.label : "",
           sys->study->head.label ? "\n" : "", sys->study->unit);
    leie_status st = print_table(sys, r, &cmd->err);
    print_findings(sys, r);
    return st;
}

static leie_status run_study(leie_cmd *cmd, const leie_flow_study *study)
{
    leie_flow_system sys = {0};
    leie_reconciled r = {0};
    leie_dataset ds = {0};
    const char *output = leie_args_value(&cmd->args, "output");
    output = output ? output : study->head.output;
    leie_status st = leie_flow_system_run(&sys, &r, study, &cmd->err);
    st = st ? st : leie_flow_dataset(&ds, &sys, &r, &cmd->err);
    st = st ? st : leie_netcdf_write(output, &ds, 0, &cmd->err);
    st = st ? st : report(cmd, &sys, &r, &ds, output);
    leie_dataset_clear(&ds);
    leie_reconciled_clear(&r);
    leie_flow_system_clear(&sys);
    return st;
}

int leie_cmd_reconcile(int argc, char **argv)
{
    leie_cmd cmd;
    leie_flow_study study = {0};
    char **set = NULL;
    leie_size sets = 0;
    leie_status st = leie_cmd_begin(&cmd, &verb, argc, argv);
    if (!st && !cmd.args.help) {
        st = leie_cmd_sets(&set, &sets, &cmd);
        st = st ? st : leie_flow_study_read(&study, cmd.args.operand[0], sets, set, &cmd.err);
        st = st ? st : run_study(&cmd, &study);
    }
    leie_flow_study_clear(&study);
    leie_free(set);
    return leie_cmd_end(&cmd, st);
}
