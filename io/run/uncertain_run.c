// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/run/uncertain_run.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "io/result/netcdf.h"
#include "kernels/memory.h"

static const double SAVE_EVERY = 5; // seconds between two states in the file; never changes a number

static double seconds_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

__attribute__((format(printf, 4, 5))) static void say(const leie_uncertain_job *job, leie_log_level level, int year, const char *format, ...)
{
    char text[1024];
    va_list args;
    if (!job->watch || !job->watch->log)
        return;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    job->watch->log(job->watch->ctx, level, year, text);
}

// ---- the state file ----

// Numbers of the state that are counts.
static void list_counts(int64_t *list[12 + 2 * LEIE_TALLY_LEVELS], leie_size *n, leie_montecarlo *mc)
{
    leie_size *each[] = {&mc->next, &mc->failed, &mc->counts.sign_changes, &mc->counts.over_one, &mc->tally.draws};
    *n = 0;
    for (size_t i = 0; i < sizeof each / sizeof each[0]; i++)
        list[(*n)++] = each[i];
    for (leie_size level = 0; level < LEIE_TALLY_LEVELS; level++) {
        list[(*n)++] = &mc->tally.fill[level];
        list[(*n)++] = &mc->tally.halvings[level];
    }
}

// Arrays of the state.
typedef struct state_array {
    const char *name;
    double *at;
    leie_size count;
} state_array;

enum { ARRAYS = 7 };

static void list_arrays(state_array list[ARRAYS], leie_montecarlo *mc)
{
    const leie_tally *t = &mc->tally;
    const state_array all[ARRAYS] = {{"mean", t->mean, t->outputs},
                                     {"squares", t->squares, t->outputs},
                                     {"buffer", t->buffer, t->levels * t->outputs * LEIE_TALLY_EXACT},
                                     {"mean_at", mc->mean_at, LEIE_CHECKPOINTS * t->outputs},
                                     {"sd_at", mc->sd_at, LEIE_CHECKPOINTS * t->outputs},
                                     {"draw", mc->draw, mc->draw ? mc->draws * t->outputs : 0},
                                     {"residual", &mc->residual, 1}};
    memcpy(list, all, sizeof all);
}

static leie_status fill_state(leie_dataset *ds, leie_montecarlo *mc, const char *hash, leie_error *err)
{
    int64_t *count[12 + 2 * LEIE_TALLY_LEVELS];
    state_array array[ARRAYS];
    leie_size counts;
    leie_var *var;
    list_counts(count, &counts, mc);
    list_arrays(array, mc);
    leie_status st = leie_dataset_text(ds, NULL, "title", "draws of an interrupted run of leie: run the study again to continue", err);
    st = st ? st : leie_dataset_text(ds, NULL, "input_hash", hash, err);
    leie_size dim = st ? 0 : leie_dataset_dim(ds, "count", counts, err);
    if (dim < 0)
        st = (leie_status)dim;
    st = st ? st : leie_dataset_var(&var, ds, "counts", LEIE_VAR_INT, "count", "1", "counts", err);
    for (leie_size i = 0; !st && i < counts; i++)
        var->integer[i] = *count[i];
    for (int i = 0; !st && i < ARRAYS; i++) {
        char name[32];
        if (!array[i].count)
            continue;
        snprintf(name, sizeof name, "n_%s", array[i].name);
        dim = leie_dataset_dim(ds, name, array[i].count, err);
        st = dim < 0 ? (leie_status)dim
                     : leie_dataset_lend(&var, ds, array[i].name, name, "1", array[i].name, array[i].at, NULL, false, err);
    }
    return st;
}

static leie_status save_state(const char *path, leie_montecarlo *mc, const char *hash, leie_error *err)
{
    leie_dataset ds = {0};
    leie_status st = fill_state(&ds, mc, hash, err);
    st = st ? st : leie_netcdf_write(path, &ds, 0, err);
    leie_dataset_clear(&ds);
    return st;
}

// Whether the state in the file is one of this run; then it is taken over.
static bool take_state(leie_montecarlo *mc, const leie_dataset *ds, const char *hash)
{
    int64_t *count[12 + 2 * LEIE_TALLY_LEVELS];
    state_array array[ARRAYS];
    leie_size counts;
    list_counts(count, &counts, mc);
    list_arrays(array, mc);
    const char *theirs = leie_dataset_get_text(ds, NULL, "input_hash");
    const leie_var *numbers = leie_dataset_find(ds, "counts");
    if (!theirs || strcmp(theirs, hash) != 0 || !numbers || numbers->type != LEIE_VAR_INT || numbers->count != counts)
        return false;
    for (int i = 0; i < ARRAYS; i++) {
        const leie_var *var = array[i].count ? leie_dataset_find(ds, array[i].name) : NULL;
        if (array[i].count && (!var || var->type != LEIE_VAR_DOUBLE || var->count != array[i].count))
            return false;
    }
    for (leie_size i = 0; i < counts; i++)
        if (numbers->integer[i] < 0 || (i >= 5 && (i - 5) % 2 == 0 && numbers->integer[i] > LEIE_TALLY_EXACT))
            return false;
    if (numbers->integer[0] > mc->draws)
        return false;
    for (leie_size i = 0; i < counts; i++)
        *count[i] = numbers->integer[i];
    for (int i = 0; i < ARRAYS; i++)
        if (array[i].count)
            memcpy(array[i].at, leie_dataset_find(ds, array[i].name)->number, (size_t)array[i].count * sizeof(double));
    return true;
}

static leie_status resume(leie_montecarlo *mc, const leie_uncertain_job *job, const char *path, const leie_year *year, leie_error *err)
{
    leie_netcdf_old old;
    leie_dataset ds = {0};
    leie_error why = {0};
    leie_status st = leie_netcdf_find(&old, path, err);
    if (st || old == LEIE_OLD_NONE || job->force)
        return st;
    if (old == LEIE_OLD_FOREIGN)
        return leie_fail(err, LEIE_ERR_OUTPUT, "%s is there and is no file of leie: draws would go there", path);
    bool same = old == LEIE_OLD_WHOLE && leie_netcdf_read(&ds, path, false, &why) == LEIE_OK && take_state(mc, &ds, year->hash);
    if (same)
        say(job, LEIE_LOG_INFO, year->year, "uncertainty: continues from draw %lld of %lld (%s)", (long long)mc->next,
            (long long)mc->draws, path);
    else
        say(job, LEIE_LOG_WARNING, year->year, "uncertainty: the draws in %s are of other inputs or options, or damaged: all are made anew",
            path);
    leie_dataset_clear(&ds);
    return LEIE_OK;
}

// ---- the run ----

static leie_status leave_notes(leie_year *year, const leie_montecarlo *mc, const leie_uncertain *u, leie_error *err)
{
    leie_provenance *p = &year->table.provenance;
    leie_status st = leie_provenance_note(p, LEIE_NOTE_DONE, mc->tally.draws, err,
                                          "uncertainty: %lld draws (%s, seed %llu), %s%s, residuals up to %.1e", (long long)mc->draws,
                                          leie_design_name(u->design), (unsigned long long)u->seed, leie_draw_way_name(mc->way),
                                          mc->columns ? "; A drawn in single precision" : "", mc->residual);
    if (!st && mc->failed)
        st = leie_provenance_note(p, LEIE_NOTE_DROPPED, mc->failed, err,
                                  "uncertainty: %lld of %lld draws have no solution to the tolerance and are in no statistic",
                                  (long long)mc->failed, (long long)mc->draws);
    if (!st && mc->counts.sign_changes)
        st = leie_provenance_note(p, LEIE_NOTE_FOUND, mc->counts.sign_changes, err,
                                  "uncertainty: %lld cells changed their sign in a draw (over all draws); they count as drawn",
                                  (long long)mc->counts.sign_changes);
    if (!st && mc->counts.over_one)
        st = leie_provenance_note(p, LEIE_NOTE_FOUND, mc->counts.over_one, err,
                                  "uncertainty: %lld times the money inputs of a sector rose above its output in a draw (over all draws)",
                                  (long long)mc->counts.over_one);
    return st;
}

static bool stop_asked(const leie_uncertain_job *job)
{
    return job->watch && job->watch->stop && job->watch->stop(job->watch->ctx);
}

static leie_status make_draws(leie_montecarlo *mc, const leie_uncertain_job *job, const char *path, const leie_year *year, leie_error *err)
{
    double saved = seconds_now();
    leie_status st = LEIE_OK;
    while (!st && mc->next < mc->draws) {
        if (stop_asked(job)) {
            st = save_state(path, mc, year->hash, err);
            return st ? st
                      : leie_fail(err, LEIE_ERR_STOPPED, "stopped on request after draw %lld of %lld of %d; the same command continues from there",
                                  (long long)mc->next, (long long)mc->draws, year->year);
        }
        st = leie_montecarlo_step(mc, err);
        if (!st && job->progress)
            job->progress(job->progress_ctx, (double)mc->next / (double)mc->draws, "draws");
        if (!st && seconds_now() - saved > SAVE_EVERY && mc->next < mc->draws) {
            st = save_state(path, mc, year->hash, err);
            saved = seconds_now();
        }
    }
    if (!st && 2 * mc->failed > mc->draws)
        st = leie_fail(err, LEIE_ERR_CONVERGE, "uncertainty: %lld of %lld draws have no solution: the inputs vary too much",
                       (long long)mc->failed, (long long)mc->draws);
    return st;
}

leie_status leie_uncertain_run(leie_year *year, const leie_uncertain_job *job, leie_error *err)
{
    const leie_study_uncertainty *u = &job->study->uncertainty;
    leie_montecarlo *mc = &year->uncertainty;
    leie_montecarlo_opts opts = {.linsys = job->study->linsys, .keep = u->keep, .ranked = u->ranking};
    double start = seconds_now();
    size_t room = strlen(job->output) + 32;
    char *path = leie_new((leie_size)room, 1);
    if (!path)
        return leie_fail_memory(err, "path", (leie_size)room, 1);
    snprintf(path, room, "%s.%d.draws", job->output, year->year);
    memcpy(opts.exclude, job->study->exclude, sizeof opts.exclude);
    leie_status st = leie_montecarlo_open(mc, &year->table, job->q, &u->inputs, &opts, err);
    year->uncertain = !st;
    st = st ? st : resume(mc, job, path, year, err);
    leie_size first = mc->next;
    st = st ? st : make_draws(mc, job, path, year, err);
    if (!st) {
        unlink(path);
        double seconds = seconds_now() - start;
        say(job, LEIE_LOG_INFO, year->year, "uncertainty: %lld draws (%s), %s by %s, %lld columns of A uncertain; residual %.2e; %.2f s",
            (long long)(mc->next - first), leie_design_name(u->inputs.design), leie_draw_way_name(mc->way), leie_solver_name(mc->solver),
            (long long)mc->columns, mc->residual, seconds);
        leie_size notes = year->table.provenance.notes;
        st = leave_notes(year, mc, &u->inputs, err);
        for (leie_size i = notes; !st && i < year->table.provenance.notes; i++)
            say(job, LEIE_LOG_NOTE, year->year, "%s", year->table.provenance.note[i].text);
        leie_montecarlo_finish(mc);
    }
    leie_free(path);
    return st;
}
