// SPDX-License-Identifier: GPL-3.0-or-later
/* leie run: a study in, a result file and a screen of numbers out. */
#include "io/cli/cmd.h"
#include "io/cli/profile_view.h"
#include "io/cli/summary.h"

#include <string.h>

static const leie_option options[] = {
    {"output", 'o', "FILE", "result file, in the working folder (default: the study's)"},
    LEIE_OPTION_SET,
    LEIE_OPTION_THREADS,
    LEIE_OPTION_SOLVER,
    {"draws", 0, "N", "draws of the study's uncertainty, in place of uncertainty.draws"},
    {"seed", 0, "N", "seed of the draws, in place of uncertainty.seed"},
    {"explain", 0, NULL, "print the plan of the linear systems and stop"},
    {"profile", 0, NULL, "print where the time went: seconds, bytes, operations, and shares of what the machine can do"},
    {"profile-json", 0, "FILE", "the same as JSON into a file"},
    {"force", 0, NULL, "compute every year, also the unchanged; replace a file that is no result of leie"},
    {"keep-unconverged", 0, NULL, "write a result that did not reach its tolerance, and say so in it"},
    {"stamp", 0, NULL, "date and history in the result file (it then differs from run to run)"},
    LEIE_OPTION_LOG,
    {"quiet", 'q', NULL, "no log, no progress and no summary: errors only"},
    {0}};

static const leie_verb verb = {
    .name = "run",
    .operands = "STUDY",
    .operands_min = 1,
    .operands_max = 1,
    .purpose = "Reads the tables of a study, draws up its accounts and writes them as NetCDF.",
    .example = "  leie run datasets/flanders-2011/study.yaml -o flanders.nc\n"
               "  leie run study.yaml --set solver.tolerance=1e-10 --threads 4 --log json",
    .option = options};

// What was done, in one line of the log.
static void log_done(leie_cmd *cmd, const leie_run_info *info)
{
    char text[512];
    snprintf(text, sizeof text, "%s: %lld of %lld years computed, %lld taken over, %.2f s", info->output,
             (long long)info->computed, (long long)info->years, (long long)info->reused, info->seconds);
    if (info->flow_years)
        snprintf(text + strlen(text), sizeof text - strlen(text), "; material flows of %lld years",
                 (long long)info->flow_years);
    leie_log_line(&cmd->log, "info", 0, text);
}

static bool profiles(const leie_cmd *cmd)
{
    return leie_args_has(&cmd->args, "profile") || leie_args_value(&cmd->args, "profile-json");
}

static leie_status run_study(leie_cmd *cmd)
{
    leie_dataset ds = {0};
    leie_run_info info = {0};
    const leie_run_opts opts = {.output = leie_args_value(&cmd->args, "output"),
                                .force = leie_args_has(&cmd->args, "force"),
                                .keep_unconverged = leie_args_has(&cmd->args, "keep-unconverged"),
                                .explain = leie_args_has(&cmd->args, "explain"),
                                .profile = profiles(cmd),
                                .stamp = leie_args_has(&cmd->args, "stamp")};
    const leie_watch watch = leie_log_watch(&cmd->log);
    leie_profile_start(opts.profile);
    leie_status st = leie_run(&ds, &cmd->study, &opts, &watch, &info, &cmd->err);
    leie_progress_hide(&cmd->log.progress);
    if (st)
        goto done;
    if (opts.explain) {
        fputs(info.plan ? info.plan : "", stdout);
        goto done;
    }
    log_done(cmd, &info);
    if (!cmd->log.quiet)
        st = leie_summary_print(stdout, &ds, &cmd->study, &info, &cmd->err);
    leie_profile_start(false);
    if (!st && opts.profile)
        st = leie_profile_print(stderr, leie_args_value(&cmd->args, "profile-json"), &cmd->err);
    if (!st && !info.converged)
        st = leie_fail(&cmd->err, LEIE_ERR_CONVERGE,
                       "%s was written (--keep-unconverged), but a linear system did not reach its tolerance",
                       info.output);
done:
    leie_run_info_clear(&info);
    leie_dataset_clear(&ds);
    return st;
}

int leie_cmd_run(int argc, char **argv)
{
    leie_cmd cmd;
    leie_status st = leie_cmd_begin(&cmd, &verb, argc, argv);
    if (!st && !cmd.args.help) {
        st = leie_cmd_study(&cmd);
        st = st ? st : run_study(&cmd);
    }
    return leie_cmd_end(&cmd, st);
}
