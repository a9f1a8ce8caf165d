// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/run/draw_loop.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "io/result/netcdf.h"
#include "kernels/clock.h"

static const double SAVE_EVERY = 5; // seconds between two states in the file; never changes a number

void leie_draw_loop_say(const leie_draw_loop *loop, leie_log_level level, const char *format, ...)
{
    char text[1024];
    va_list args;
    if (!loop->watch || !loop->watch->log)
        return;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    loop->watch->log(loop->watch->ctx, level, loop->year, text);
}

// ---- the state file ----

enum { COUNTS_MOST = 12 + 2 * LEIE_TALLY_LEVELS };

// Numbers of the state that are counts.
static void list_counts(int64_t *list[COUNTS_MOST], leie_size *n, leie_draw_loop *loop)
{
    leie_draws *d = loop->draws;
    leie_size *each[] = {&d->next, &d->failed, &d->tally.draws};
    *n = 0;
    for (size_t i = 0; i < sizeof each / sizeof each[0]; i++)
        list[(*n)++] = each[i];
    for (leie_size level = 0; level < LEIE_TALLY_LEVELS; level++) {
        list[(*n)++] = &d->tally.fill[level];
        list[(*n)++] = &d->tally.halvings[level];
    }
    for (int i = 0; i < LEIE_DRAW_COUNTS; i++)
        if (loop->count[i])
            list[(*n)++] = loop->count[i];
}

// Arrays of the state.
typedef struct state_array {
    const char *name;
    double *at;
    leie_size count;
} state_array;

enum { ARRAYS = 7 };

static void list_arrays(state_array list[ARRAYS], leie_draw_loop *loop)
{
    leie_draws *d = loop->draws;
    const leie_tally *t = &d->tally;
    const state_array all[ARRAYS] = {{"mean", t->mean, t->outputs},
                                     {"squares", t->squares, t->outputs},
                                     {"buffer", t->buffer, t->levels * t->outputs * LEIE_TALLY_EXACT},
                                     {"mean_at", d->mean_at, LEIE_CHECKPOINTS * t->outputs},
                                     {"sd_at", d->sd_at, LEIE_CHECKPOINTS * t->outputs},
                                     {"draw", d->draw, d->draw ? d->draws * t->outputs : 0},
                                     {"residual", &d->residual, 1}};
    memcpy(list, all, sizeof all);
}

static leie_status fill_state(leie_dataset *ds, leie_draw_loop *loop, leie_error *err)
{
    int64_t *count[COUNTS_MOST];
    state_array array[ARRAYS];
    leie_size counts;
    leie_var *var;
    list_counts(count, &counts, loop);
    list_arrays(array, loop);
    leie_status st = leie_dataset_text(ds, NULL, "title", "draws of an interrupted run of leie: run the study again to continue", err);
    st = st ? st : leie_dataset_text(ds, NULL, "input_hash", loop->hash, err);
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

static leie_status save_state(leie_draw_loop *loop, leie_error *err)
{
    leie_dataset ds = {0};
    leie_status st = fill_state(&ds, loop, err);
    st = st ? st : leie_netcdf_write(loop->path, &ds, 0, err);
    leie_dataset_clear(&ds);
    return st;
}

// Whether the state in the file is one of this run; then it is taken over.
static bool take_state(leie_draw_loop *loop, const leie_dataset *ds)
{
    int64_t *count[COUNTS_MOST];
    state_array array[ARRAYS];
    leie_size counts;
    list_counts(count, &counts, loop);
    list_arrays(array, loop);
    const char *theirs = leie_dataset_get_text(ds, NULL, "input_hash");
    const leie_var *numbers = leie_dataset_find(ds, "counts");
    if (!theirs || strcmp(theirs, loop->hash) != 0 || !numbers || numbers->type != LEIE_VAR_INT || numbers->count != counts)
        return false;
    for (int i = 0; i < ARRAYS; i++) {
        const leie_var *var = array[i].count ? leie_dataset_find(ds, array[i].name) : NULL;
        if (array[i].count && (!var || var->type != LEIE_VAR_DOUBLE || var->count != array[i].count))
            return false;
    }
    for (leie_size i = 0; i < counts; i++)
        if (numbers->integer[i] < 0 || (i >= 3 && i < 3 + 2 * LEIE_TALLY_LEVELS && (i - 3) % 2 == 0 && numbers->integer[i] > LEIE_TALLY_EXACT))
            return false;
    if (numbers->integer[0] > loop->draws->draws)
        return false;
    for (leie_size i = 0; i < counts; i++)
        *count[i] = numbers->integer[i];
    for (int i = 0; i < ARRAYS; i++)
        if (array[i].count)
            memcpy(array[i].at, leie_dataset_find(ds, array[i].name)->number, (size_t)array[i].count * sizeof(double));
    return true;
}

static leie_status resume(leie_draw_loop *loop, leie_error *err)
{
    leie_netcdf_old old;
    leie_dataset ds = {0};
    leie_error why = {0};
    leie_status st = leie_netcdf_find(&old, loop->path, err);
    if (st || old == LEIE_OLD_NONE || loop->force)
        return st;
    if (old == LEIE_OLD_FOREIGN)
        return leie_fail(err, LEIE_ERR_OUTPUT, "%s is there and is no file of leie: draws would go there", loop->path);
    bool same = old == LEIE_OLD_WHOLE && leie_netcdf_read(&ds, loop->path, false, &why) == LEIE_OK && take_state(loop, &ds);
    if (same)
        leie_draw_loop_say(loop, LEIE_LOG_INFO, "%s: continues from draw %lld of %lld (%s)", loop->what, (long long)loop->draws->next,
                           (long long)loop->draws->draws, loop->path);
    else
        leie_draw_loop_say(loop, LEIE_LOG_WARNING, "%s: the draws in %s are of other inputs or options, or damaged: all are made anew", loop->what,
                           loop->path);
    leie_dataset_clear(&ds);
    return LEIE_OK;
}

// ---- the run ----

static bool stop_asked(const leie_draw_loop *loop)
{
    return loop->watch && loop->watch->stop && loop->watch->stop(loop->watch->ctx);
}

static leie_status make_draws(leie_draw_loop *loop, leie_error *err)
{
    leie_draws *d = loop->draws;
    double saved = leie_seconds();
    leie_status st = LEIE_OK;
    while (!st && d->next < d->draws) {
        if (stop_asked(loop)) {
            st = save_state(loop, err);
            return st ? st
                      : leie_fail(err, LEIE_ERR_STOPPED, "stopped on request after draw %lld of %lld of %d; the same command continues from there",
                                  (long long)d->next, (long long)d->draws, loop->year);
        }
        st = loop->step(loop->ctx, err);
        if (!st && loop->progress)
            loop->progress(loop->progress_ctx, (double)d->next / (double)d->draws, "draws");
        if (!st && leie_seconds() - saved > SAVE_EVERY && d->next < d->draws) {
            st = save_state(loop, err);
            saved = leie_seconds();
        }
    }
    return st;
}

leie_status leie_draw_loop_run(leie_size *first, leie_draw_loop *loop, leie_error *err)
{
    leie_draws *d = loop->draws;
    leie_status st = resume(loop, err);
    *first = d->next;
    st = st ? st : make_draws(loop, err);
    if (!st && 2 * d->failed > d->draws)
        st = leie_fail(err, LEIE_ERR_CONVERGE, "%s: %lld of %lld draws have no solution: the inputs vary too much", loop->what,
                       (long long)d->failed, (long long)d->draws);
    if (!st)
        unlink(loop->path);
    return st;
}
