// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/run/uncertain_run.h"

#include <stdio.h>
#include <string.h>

#include "io/run/draw_loop.h"
#include "kernels/clock.h"
#include "kernels/memory.h"

// <result>.<year>.<what>; the caller frees it. NULL when out of memory.
static char *state_path(const leie_uncertain_job *job, int year, const char *what)
{
    size_t room = strlen(job->output) + strlen(what) + 32;
    char *path = leie_new((leie_size)room, 1);
    if (path)
        snprintf(path, room, "%s.%d.%s", job->output, year, what);
    return path;
}

static leie_draw_loop loop_of(const leie_uncertain_job *job, const leie_year *year)
{
    return (leie_draw_loop){.hash = year->hash, .year = year->year, .force = job->force, .watch = job->watch, .progress = job->progress,
                            .progress_ctx = job->progress_ctx};
}

// What was left in the provenance since then is said too.
static void say_notes(const leie_draw_loop *loop, const leie_year *year, leie_size from)
{
    for (leie_size i = from; i < year->table.provenance.notes; i++)
        leie_draw_loop_say(loop, LEIE_LOG_NOTE, "%s", year->table.provenance.note[i].text);
}

// ---- the inputs of the table ----

// Cells that changed their sign and recipes above one, over all draws.
static leie_status leave_counts(leie_provenance *p, const leie_draw_counts *counts, const char *what, leie_error *err)
{
    leie_status st = LEIE_OK;
    if (counts->sign_changes)
        st = leie_provenance_note(p, LEIE_NOTE_FOUND, counts->sign_changes, err,
                                  "%s: %lld cells changed their sign in a draw (over all draws); they count as drawn", what,
                                  (long long)counts->sign_changes);
    if (!st && counts->over_one)
        st = leie_provenance_note(p, LEIE_NOTE_FOUND, counts->over_one, err,
                                  "%s: %lld times the money inputs of a sector rose above its output in a draw (over all draws)", what,
                                  (long long)counts->over_one);
    return st;
}

static leie_status leave_notes(leie_year *year, const leie_montecarlo *mc, const leie_uncertain *u, leie_error *err)
{
    leie_provenance *p = &year->table.provenance;
    leie_status st = leie_provenance_note(p, LEIE_NOTE_DONE, mc->record.tally.draws, err,
                                          "uncertainty: %lld draws (%s, seed %llu), %s%s, residuals up to %.1e", (long long)mc->record.draws,
                                          leie_design_name(u->design), (unsigned long long)u->seed, leie_draw_way_name(mc->way),
                                          mc->columns ? "; A drawn in single precision" : "", mc->record.residual);
    if (!st && mc->record.failed)
        st = leie_provenance_note(p, LEIE_NOTE_DROPPED, mc->record.failed, err,
                                  "uncertainty: %lld of %lld draws have no solution to the tolerance and are in no statistic",
                                  (long long)mc->record.failed, (long long)mc->record.draws);
    return st ? st : leave_counts(p, &mc->counts, "uncertainty", err);
}

static leie_status step_table(void *ctx, leie_error *err)
{
    return leie_montecarlo_step(ctx, err);
}

leie_montecarlo_opts leie_uncertain_options(const leie_study *study)
{
    leie_montecarlo_opts opts = {.linsys = study->linsys, .keep = study->uncertainty.keep, .ranked = study->uncertainty.ranking};
    memcpy(opts.exclude, study->exclude, sizeof opts.exclude);
    return opts;
}

leie_status leie_uncertain_run(leie_year *year, const leie_uncertain_job *job, leie_error *err)
{
    const leie_study_uncertainty *u = &job->study->uncertainty;
    leie_montecarlo *mc = &year->uncertainty;
    leie_montecarlo_opts opts = leie_uncertain_options(job->study);
    double start = leie_seconds();
    leie_size first = 0;
    char *path = state_path(job, year->year, "draws");
    if (!path)
        return leie_fail_memory(err, "path", 1, strlen(job->output));
    leie_status st = leie_montecarlo_open(mc, &year->table, job->q, &u->inputs, &opts, err);
    leie_draw_loop loop = loop_of(job, year);
    loop.draws = &mc->record;
    loop.count[0] = &mc->counts.sign_changes;
    loop.count[1] = &mc->counts.over_one;
    loop.step = step_table;
    loop.ctx = mc;
    loop.what = "uncertainty";
    loop.path = path;
    year->uncertain = !st;
    st = st ? st : leie_draw_loop_run(&first, &loop, err);
    if (!st) {
        leie_draw_loop_say(&loop, LEIE_LOG_INFO, "uncertainty: %lld draws (%s), %s by %s, %lld columns of A uncertain; residual %.2e; %.2f s",
                           (long long)(mc->record.next - first), leie_design_name(u->inputs.design), leie_draw_way_name(mc->way),
                           leie_solver_name(mc->solver), (long long)mc->columns, mc->record.residual, leie_seconds() - start);
        leie_size notes = year->table.provenance.notes;
        st = leave_notes(year, mc, &u->inputs, err);
        say_notes(&loop, year, notes);
        leie_montecarlo_finish(mc);
    }
    leie_free(path);
    return st;
}

// ---- the parameters of scenarios ----

static leie_status step_scenarios(void *ctx, leie_error *err)
{
    return leie_scenario_draws_step(ctx, err);
}

// Which scenarios are asked for by name; NULL: all.
static leie_status asked_scenarios(bool **asked, const leie_study *study, const leie_scenarios *set, leie_error *err)
{
    const leie_study_uncertainty *u = &study->uncertainty;
    *asked = NULL;
    if (u->all_scenarios)
        return LEIE_OK;
    *asked = leie_new(set->scenarios + 1, sizeof **asked);
    if (!*asked)
        return leie_fail_memory(err, "scenarios", set->scenarios, sizeof **asked);
    for (leie_size i = 0; i < u->scenarios; i++) {
        leie_size at = leie_scenarios_find(set, u->scenario[i]);
        if (at < 0)
            return leie_fail(err, LEIE_ERR_DATA, "%s:%lld: uncertainty: no scenario '%.100s' in the scenario files", study->file, (long long)u->line,
                             u->scenario[i]);
        (*asked)[at] = true;
    }
    return LEIE_OK;
}

static leie_status leave_scenario_note(leie_year *year, const leie_study *study, leie_error *err)
{
    const leie_scenario_draws *d = &year->drawn;
    const leie_uncertain *u = &study->uncertainty.inputs;
    leie_provenance *p = &year->table.provenance;
    leie_status st = leie_provenance_note(p, LEIE_NOTE_DONE, d->record.tally.draws, err,
                                          "uncertainty of scenarios: %lld draws of their parameters (%s, seed %llu), the table as it is; residuals up to %.1e",
                                          (long long)d->record.draws, leie_design_name(u->design), (unsigned long long)u->seed, d->record.residual);
    if (!st && d->record.failed)
        st = leie_provenance_note(p, LEIE_NOTE_DROPPED, d->record.failed, err,
                                  "uncertainty of scenarios: %lld of %lld draws have no solution in one of the scenarios and are in no statistic",
                                  (long long)d->record.failed, (long long)d->record.draws);
    return st;
}

leie_status leie_uncertain_scenarios_open(leie_scenario_draws *d, const leie_baseline *base, const leie_account_regions *q, const leie_study *study,
                                          const leie_longevity *longevity, bool last, bool plan_only, leie_error *err)
{
    const leie_study_uncertainty *u = &study->uncertainty;
    leie_scenario_draws_opts opts = {.longevity = longevity, .last = last, .keep = u->keep, .skip = u->joint, .plan_only = plan_only, .design = u->inputs.design,
                                     .seed = u->inputs.seed, .draws = u->inputs.draws};
    bool *asked = NULL;
    opts.response = (leie_response_opts){.method = (leie_scenario_method)study->scenario_method, .linsys = study->linsys};
    memcpy(opts.exclude, study->exclude, sizeof opts.exclude);
    leie_status st = asked_scenarios(&asked, study, base->set, err);
    st = st ? st : leie_scenario_draws_open(d, base, q, asked, &opts, err);
    leie_free(asked);
    return st;
}

leie_status leie_uncertain_scenarios(leie_year *year, const leie_scenarios *set, bool last, const leie_uncertain_job *job, leie_error *err)
{
    leie_scenario_draws *d = &year->drawn;
    leie_baseline base = {0};
    double start = leie_seconds();
    leie_size first = 0;
    char *path = state_path(job, year->year, "scenario-draws");
    if (!path)
        return leie_fail_memory(err, "path", 1, strlen(job->output));
    leie_status st = leie_baseline_make(&base, &year->table, set, err);
    st = st ? st : leie_uncertain_scenarios_open(d, &base, job->q, job->study, job->longevity, last, false, err);
    leie_draw_loop loop = loop_of(job, year);
    loop.draws = &d->record;
    loop.force = job->force || job->longevity; // the hash of a year knows nothing of stocks: their draws are all made again
    loop.step = step_scenarios;
    loop.ctx = d;
    loop.what = "uncertainty of scenarios";
    loop.path = path;
    if (!st && d->cases)
        st = leie_draw_loop_run(&first, &loop, err);
    if (!st && d->cases) {
        leie_draw_loop_say(&loop, LEIE_LOG_INFO, "uncertainty of scenarios: %lld draws (%s) of %lld scenarios; %s; residual %.2e; %.2f s",
                           (long long)(d->record.next - first), leie_design_name(job->study->uncertainty.inputs.design), (long long)d->cases, d->plan.why,
                           d->record.residual, leie_seconds() - start);
        leie_size notes = year->table.provenance.notes;
        st = leave_scenario_note(year, job->study, err);
        say_notes(&loop, year, notes);
    }
    leie_scenario_draws_finish(d);
    if (base.t)
        leie_baseline_clear(&base);
    leie_free(path);
    return st;
}

// ---- both in one draw ----

static leie_status step_joint(void *ctx, leie_error *err)
{
    return leie_joint_step(ctx, err);
}

static leie_status leave_joint_notes(leie_year *year, const leie_study *study, leie_error *err)
{
    const leie_joint_draws *d = &year->joint;
    const leie_uncertain *u = &study->uncertainty.inputs;
    leie_provenance *p = &year->table.provenance;
    leie_status st = leie_provenance_note(p, LEIE_NOTE_DONE, d->record.tally.draws, err,
                                          "joint draws: %lld of the table with the parameters of scenarios (%s, seed %llu); A drawn in single precision; "
                                          "residuals up to %.1e",
                                          (long long)d->record.draws, leie_design_name(u->design), (unsigned long long)u->seed, d->record.residual);
    if (!st && d->record.failed)
        st = leie_provenance_note(p, LEIE_NOTE_DROPPED, d->record.failed, err,
                                  "joint draws: %lld of %lld have no solution, of the table or of a scenario, and are in no statistic",
                                  (long long)d->record.failed, (long long)d->record.draws);
    return st ? st : leave_counts(p, &d->counts, "joint draws", err);
}

leie_status leie_uncertain_joint(leie_year *year, const leie_scenarios *set, bool last, const leie_uncertain_job *job, leie_error *err)
{
    leie_joint_draws *d = &year->joint;
    leie_joint_opts opts = {.linsys = job->study->linsys, .longevity = job->longevity, .last = last, .keep = job->study->uncertainty.keep};
    bool *asked = NULL;
    double start = leie_seconds();
    leie_size first = 0;
    char *path = state_path(job, year->year, "joint-draws");
    memcpy(opts.exclude, job->study->exclude, sizeof opts.exclude);
    leie_status st = path ? asked_scenarios(&asked, job->study, set, err) : leie_fail_memory(err, "path", 1, strlen(job->output));
    st = st ? st : leie_joint_open(d, &year->table, set, job->q, &job->study->uncertainty.inputs, asked, &opts, err);
    leie_draw_loop loop = loop_of(job, year);
    loop.draws = &d->record;
    loop.count[0] = &d->counts.sign_changes;
    loop.count[1] = &d->counts.over_one;
    loop.force = job->force || job->longevity;
    loop.step = step_joint;
    loop.ctx = d;
    loop.what = "joint draws";
    loop.path = path;
    st = st ? st : leie_draw_loop_run(&first, &loop, err);
    if (!st) {
        leie_draw_loop_say(&loop, LEIE_LOG_INFO, "joint draws: %lld of the table and %lld scenarios, %lld right-hand sides or fewer by %s; residual %.2e; %.2f s",
                           (long long)(d->record.next - first), (long long)d->cases, (long long)(d->vectors + d->k),
                           leie_solver_name(d->solver), d->record.residual, leie_seconds() - start);
        leie_size notes = year->table.provenance.notes;
        st = leave_joint_notes(year, job->study, err);
        say_notes(&loop, year, notes);
    }
    leie_joint_finish(d);
    leie_free(asked);
    leie_free(path);
    return st;
}
