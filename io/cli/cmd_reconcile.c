// SPDX-License-Identifier: GPL-3.0-or-later
/* leie reconcile: a material flow system with uncertain data, as NetCDF, as a table and as findings. */
#include "io/cli/cmd.h"
#include "io/cli/flow_view.h"

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

// "t", or "t; energy: TJ, concentrations in (TJ)/(t)"
static void name_units(char *text, size_t size, const leie_flow_study *study)
{
    int used = snprintf(text, size, "%s", study->unit);
    for (leie_size l = 1; l < study->layer.n && used > 0 && (size_t)used < size; l++)
        if (leie_flow_layer_apart(study, l))
            used += snprintf(text + used, size - (size_t)used, "; %s: %s, concentrations in %s", study->layer.code[l], study->measured_in.name[l],
                             study->measured_in.unit[l]);
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
    char units[512];
    name_units(units, sizeof units, sys->study);
    printf("%s\n%s%sunit of flows: %s\n\n", sys->study->head.title, sys->study->head.label ? sys->study->head.label : "",
           sys->study->head.label ? "\n" : "", units);
    leie_status st = leie_flow_print_table(sys, r, &cmd->err);
    return st ? st : leie_flow_print_findings(sys, r, &cmd->err);
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
