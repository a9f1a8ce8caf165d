// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/cli/cmd.h"

#include <string.h>

#include "io/cli/stop.h"

enum { THREADS_MAX = 4096 };

leie_status leie_cmd_begin(leie_cmd *cmd, const leie_verb *verb, int argc, char **argv)
{
    leie_size threads = 0;
    *cmd = (leie_cmd){.verb = verb, .log = {.to = stderr, .progress = {.to = stderr}}};
    leie_status st = leie_args_read(&cmd->args, verb, argc, argv, &cmd->err);
    if (st)
        return st;
    if (cmd->args.help) {
        leie_args_help(stdout, verb);
        return LEIE_OK;
    }
    leie_stop_listen();
    st = leie_log_start(&cmd->log, &cmd->args, &cmd->err);
    st = st ? st : leie_args_integer(&cmd->args, "threads", 1, THREADS_MAX, &threads, &cmd->err);
    if (!st && threads)
        leie_threads_set((int)threads);
    return st;
}

void leie_cmd_notes(leie_cmd *cmd, const leie_provenance *p, int year)
{
    for (leie_size i = 0; i < p->notes; i++) {
        char text[1200];
        snprintf(text, sizeof text, "%s: %s", leie_note_name(p->note[i].kind), p->note[i].text);
        leie_log_line(&cmd->log, "note", year, text);
    }
}

leie_status leie_cmd_sets(char ***set, leie_size *sets, leie_cmd *cmd)
{
    *sets = 0;
    *set = leie_new(cmd->args.givens + 3, sizeof **set);
    if (!*set)
        return leie_fail_memory(&cmd->err, "--set", cmd->args.givens + 3, sizeof **set);
    for (int i = 0; i < cmd->args.givens; i++)
        if (strcmp(cmd->args.given[i].option->name, "set") == 0)
            (*set)[(*sets)++] = cmd->args.given[i].value;
    return LEIE_OK;
}

// A study file of material flow analysis where a study of tables belongs: which verb is for it.
static leie_status refuse_part(leie_cmd *cmd)
{
    static const struct {
        const char *what, *verb, *key;
    } part[] = {[LEIE_MFA_PART_SYSTEM] = {"a material flow system", "reconcile", "'systems'"},
                [LEIE_MFA_PART_STOCKS] = {"a stock model", "stock", "'stocks'"},
                [LEIE_MFA_PART_WASTE] = {"a study of waste accounts", "waste", NULL}};
    const char *path = cmd->args.operand[0];
    leie_mfa_part is = leie_mfa_part_of(path);
    if (is == LEIE_MFA_PART_NONE)
        return LEIE_OK;
    return leie_fail(&cmd->err, LEIE_ERR_USAGE, "%s is %s, not a study of tables: leie %s %s%s%s%s", path, part[is].what, part[is].verb, path,
                     part[is].key ? ", or " : "", part[is].key ? part[is].key : "", part[is].key ? " of a study" : "");
}

leie_status leie_cmd_study(leie_cmd *cmd)
{
    static const char *const numbers[] = {"draws", "seed"}; // options that stand for a key of the study
    char method[64], number[2][96], **set = NULL;
    const char *solver = leie_args_value(&cmd->args, "solver");
    leie_size sets = 0;
    leie_status st = leie_cmd_sets(&set, &sets, cmd);
    if (st)
        return st;
    if (solver && leie_solver_find(solver) < 0)
        st = leie_fail(&cmd->err, LEIE_ERR_USAGE, "--solver is auto, lu, mixed, sparse, klu, block or factored, found '%.60s'", solver);
    else if (solver) {
        snprintf(method, sizeof method, "solver.method=%s", solver);
        set[sets++] = method;
    }
    for (int i = 0; i < 2; i++) {
        const char *value = leie_args_value(&cmd->args, numbers[i]);
        if (!value)
            continue;
        snprintf(number[i], sizeof number[i], "uncertainty.%s=%.60s", numbers[i], value);
        set[sets++] = number[i];
    }
    st = st ? st : refuse_part(cmd);
    st = st ? st : leie_study_open(&cmd->study, cmd->args.operand[0], sets, set, &cmd->err);
    leie_free(set);
    return st;
}

leie_status leie_cmd_year(int *year, leie_cmd *cmd)
{
    int *years = NULL;
    leie_size n = 0, asked = 0, at = 0;
    leie_status st = leie_args_integer(&cmd->args, "year", 1, 9999, &asked, &cmd->err);
    st = st ? st : leie_study_years(&years, &n, &cmd->study, &cmd->err);
    if (st)
        return st;
    if (asked)
        while (at < n && years[at] != asked)
            at++;
    if (at == n)
        st = leie_fail(&cmd->err, LEIE_ERR_USAGE, "%s has no year %lld", cmd->study.file, (long long)asked);
    else if (!asked && n > 1)
        st = leie_fail(&cmd->err, LEIE_ERR_USAGE, "%s has %lld years: choose one with --year", cmd->study.file,
                       (long long)n);
    else
        *year = years[at];
    leie_free(years);
    return st;
}

int leie_cmd_end(leie_cmd *cmd, leie_status st)
{
    leie_progress_hide(&cmd->log.progress);
    int code = st ? leie_log_error(&cmd->log, st, &cmd->err) : 0;
    bool lost = fflush(stdout) != 0 || ferror(stdout);
    if (lost && !st) {
        leie_error err = {0};
        st = leie_fail(&err, LEIE_ERR_OUTPUT, "standard output could not be written");
        code = leie_log_error(&cmd->log, st, &err);
    }
    int asked = leie_stop_signal();
    if (!st && asked) { // it came too late to stop anything, but who sent it is told
        leie_log_line(&cmd->log, "warning", 0, "asked to stop when everything was already done");
        code = 128 + asked;
    }
    leie_study_clear(&cmd->study);
    leie_args_clear(&cmd->args);
    leie_unit_release();
    return code;
}
