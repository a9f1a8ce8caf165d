// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/run/run_impl.h"

#include <limits.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "io/mfa/mfa_dataset.h"
#include "io/read/read_table.h"
#include "io/result/netcdf.h"
#include "io/result/result_stocks.h"
#include "io/run/inputs.h"
#include "io/run/profile_text.h"
#include "io/run/scenario_accounts.h"
#include "io/run/system_parts.h"
#include "io/run/version.h"
#include "kernels/clock.h"

void leie_job_say(const leie_job *j, leie_log_level level, int year, const char *format, ...)
{
    if (!j->watch || !j->watch->log)
        return;
    char text[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    j->watch->log(j->watch->ctx, level, year, text);
}

void leie_job_progress(const leie_job *j, double share_of_year, const char *what)
{
    if (j->watch && j->watch->progress)
        j->watch->progress(j->watch->ctx, 0.95 * ((double)j->now + share_of_year) / (double)(j->years ? j->years : 1), what);
}

static void solve_progress(void *ctx, double share, const char *what)
{
    leie_job_progress(ctx, 1.0 / 3 + share * 2 / 3, what);
}

leie_status leie_job_stopped(const leie_job *j, leie_error *err)
{
    bool stop = j->watch && j->watch->stop && j->watch->stop(j->watch->ctx);
    return stop ? leie_fail(err, LEIE_ERR_STOPPED, "stopped on request; nothing was written") : LEIE_OK;
}

leie_accounts_opts leie_job_account_options(leie_job *j)
{
    leie_accounts_opts o = {.by = j->study->by, .linsys = j->study->linsys, .progress = solve_progress, .progress_ctx = j};
    memcpy(o.exclude, j->study->exclude, sizeof o.exclude);
    if (leie_study_bridges(j->study))
        o.by |= LEIE_BY_MULTIPLIER;
    if (j->study->needs)
        o.by |= LEIE_BY_CATEGORY_PRODUCT;
    return o;
}

// ---- the years ----

static void account_for(leie_job *j, const leie_year *year)
{
    leie_run_info *info = j->info;
    const leie_linsys_info *solved = &year->accounts.linsys;
    info->computed++;
    info->seconds_read += year->seconds_read;
    info->seconds_solve += year->seconds_solve;
    info->residual = fmax(info->residual, solved->residual);
    info->solver = solved->solver;
}

// Takes over what has not changed, computes the rest.
static leie_status do_years(leie_job *j, bool reuse, leie_error *err)
{
    leie_status st = LEIE_OK;
    j->info->computed = j->info->reused = 0;
    for (j->now = 0; !st && j->now < j->years; j->now++) {
        leie_year *year = &j->year[j->now];
        if (!year->has_table)
            continue;
        st = leie_job_stopped(j, err);
        bool old = reuse && j->has_old && !j->stocks.coupled;
        if (!st && old)
            st = leie_job_hash_inputs(j, year, err);
        if (st)
            break;
        year->old_year = old ? leie_result_find_year(&j->old, year->year, year->hash) : -1;
        year->reused = year->old_year >= 0;
        if (year->reused) {
            j->info->reused++;
            leie_job_say(j, LEIE_LOG_INFO, year->year, "inputs and options unchanged: taken from the result that is there");
        } else if (!year->accounts.x) {
            st = leie_job_year(j, year, err);
            if (!st)
                account_for(j, year);
        }
        st = st ? st : leie_job_hash_inputs(j, year, err);
    }
    return st;
}

// ---- the result ----

// An old result that cannot be read is no reason to stop: everything is computed. A file of another program is
// not ours to replace.
static leie_status open_old(leie_job *j, leie_error *err)
{
    leie_netcdf_old old;
    leie_error why = {0};
    if (j->opts->force)
        return LEIE_OK;
    leie_status st = leie_netcdf_find(&old, j->output, err);
    if (st || old == LEIE_OLD_NONE)
        return st;
    if (old == LEIE_OLD_FOREIGN)
        return leie_fail(err, LEIE_ERR_OUTPUT, "%s is there and is no result of leie: give another name (-o), or replace "
                         "it with --force", j->output);
    if (old == LEIE_OLD_DAMAGED)
        leie_fail(&why, LEIE_ERR_DATA, "%s was changed or cut short since it was written", j->output);
    else
        j->has_old = leie_netcdf_read(&j->old, j->output, false, &why) == LEIE_OK;
    if (!j->has_old)
        leie_job_say(j, LEIE_LOG_WARNING, 0, "every year is computed: the result that is there cannot be used (%s)", why.text);
    return LEIE_OK;
}

// Whether the older result holds these material flow accounts (or neither has any).
static bool same_flows(const leie_job *j)
{
    const char *hash = leie_dataset_get_text(&j->old, NULL, "flows_hash");
    return strcmp(hash ? hash : "", j->flows.hash) == 0;
}

// Nothing to compute and the same years as before: the file stays as it is. Stocks and systems are drawn up in every run.
static bool nothing_changed(const leie_job *j)
{
    if (j->stocks.there || j->study->systems)
        return false;
    const leie_var *years = j->has_old ? leie_dataset_find(&j->old, "year") : NULL;
    return j->info->reused == j->tables && years && years->count == j->years && same_flows(j);
}

/* The profile so far as an attribute: the file then differs from run to run, as with the stamp. */
static leie_status add_profile(leie_dataset *ds, leie_error *err)
{
    char json[LEIE_PROFILE_JSON];
    leie_profile_json(json, sizeof json, NULL);
    return leie_dataset_text(ds, NULL, "profile", json, err);
}

static leie_status stamp(leie_dataset *ds, const leie_run_opts *opts, leie_error *err)
{
    const char *epoch = getenv("SOURCE_DATE_EPOCH");
    if (!opts->stamp && !epoch)
        return LEIE_OK;
    time_t when = epoch ? (time_t)strtoll(epoch, NULL, 10) : time(NULL);
    struct tm utc;
    char text[64], history[160];
    gmtime_r(&when, &utc);
    strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc);
    snprintf(history, sizeof history, "%s leie %s run", text, leie_version());
    leie_status st = leie_dataset_text(ds, NULL, "date_created", text, err);
    return st ? st : leie_dataset_text(ds, NULL, "history", history, err);
}

static leie_status mark_convergence(leie_dataset *ds, const leie_job *j, leie_error *err)
{
    if (j->info->converged)
        return LEIE_OK;
    return leie_dataset_text(ds, NULL, "warning", "at least one linear system did not reach its tolerance: see solver_residual", err);
}

// Stocks and material flow systems beside the accounts, or alone.
static leie_status add_parts(leie_job *j, leie_dataset *ds, leie_error *err)
{
    const leie_year *sample = NULL;
    const leie_labels none = {0};
    for (leie_size y = 0; y < j->years && !sample; y++)
        sample = j->year[y].has_table && !j->year[y].reused ? &j->year[y] : NULL;
    leie_status st = leie_result_add_stocks(ds, &j->stocks, &j->q, &j->flows, sample ? &sample->table.stressor : &none, err);
    return st ? st : leie_system_parts_add(ds, j->study, j->watch, err);
}

static leie_status build_result(leie_job *j, leie_dataset *ds, leie_error *err)
{
    bool fits = true;
    leie_status st = LEIE_OK;
    if (j->years == 0) { // stocks and systems alone
        st = leie_mfa_head(ds, j->study, "stocks and material flow systems", err);
        st = st ? st : add_parts(j, ds, err);
        return st ? st : stamp(ds, j->opts, err);
    }
    if (j->set.scenarios && j->info->reused > 0)
        fits = false; // effects are not taken over year by year
    if (j->info->computed == 0 && j->tables > 0)
        fits = false; // fewer years than the old result: no computed year to take labels from
    if (fits)
        st = leie_result_build(ds, &fits, j->study, j->years, j->year, &j->q, &j->flows, j->set.scenarios ? &j->set : NULL,
                               j->has_old ? &j->old : NULL, err);
    if (!st && !fits) {
        leie_job_say(j, LEIE_LOG_INFO, 0, "the result that is there has other axes or years: every year is computed");
        st = do_years(j, false, err);
        if (!st)
            st = leie_result_build(ds, &fits, j->study, j->years, j->year, &j->q, &j->flows, j->set.scenarios ? &j->set : NULL,
                                   NULL, err);
    }
    if (!st && fits)
        st = add_parts(j, ds, err);
    if (!st)
        st = mark_convergence(ds, j, err);
    st = st ? st : stamp(ds, j->opts, err);
    if (!st && j->opts->profile && j->opts->stamp)
        st = add_profile(ds, err);
    return st;
}

static leie_status write_result(leie_job *j, leie_dataset *ds, leie_error *err)
{
    double start = leie_seconds();
    leie_status st = leie_job_stopped(j, err);
    if (st)
        return st;
    leie_job_progress(j, 0, "write");
    double begun = leie_profile_begin();
    st = leie_netcdf_write(j->output, ds, j->study->linsys.memory_limit, err);
    leie_profile_end(LEIE_WORK_WRITE, begun, 0, 0);
    j->info->seconds_write = leie_seconds() - start;
    return st;
}

// ---- the run ----

static int earlier(int a, leie_size i, leie_size n, const int *list)
{
    return i < n && list[i] < a ? list[i] : a;
}

// Years of the tables, of the flows and of projections together, ascending.
static leie_status list_years(leie_job *j, const int *table, leie_size tables, leie_error *err)
{
    const leie_mfa *mfa = &j->flows.mfa;
    int *ahead = NULL;
    leie_size aheads = 0;
    j->tables = tables;
    j->last_table = tables ? table[tables - 1] : 0;
    leie_status st = leie_scenario_years(&ahead, &aheads, &j->set, j->last_table, err);
    j->year = st ? NULL : leie_new(tables + mfa->Y + aheads, sizeof *j->year);
    if (!st && !j->year)
        st = leie_fail_memory(err, "years", tables + mfa->Y, sizeof *j->year);
    for (leie_size t = 0, f = 0, a = 0; !st && (t < tables || f < mfa->Y || a < aheads);) {
        leie_year *year = &j->year[j->years++];
        year->year = earlier(earlier(earlier(INT_MAX, t, tables, table), f, mfa->Y, mfa->year), a, aheads, ahead);
        year->has_table = t < tables && table[t] == year->year;
        t += year->has_table;
        f += f < mfa->Y && mfa->year[f] == year->year;
        a += a < aheads && ahead[a] == year->year;
    }
    leie_free(ahead);
    return st;
}

static void log_flows(const leie_job *j)
{
    const leie_provenance *p[] = {&j->flows.flows.provenance, &j->flows.mfa.provenance};
    for (int i = 0; i < 2; i++)
        for (leie_size n = 0; n < p[i]->notes; n++)
            leie_job_say(j, LEIE_LOG_NOTE, 0, "%s", p[i]->note[n].text);
}

static leie_status open_job(leie_job *j, leie_error *err)
{
    int *table = NULL;
    leie_size tables = 0;
    leie_status st = leie_study_years(&table, &tables, j->study, err);
    if (!st && !j->opts->explain)
        st = leie_flow_accounts_make(&j->flows, j->study, err);
    st = st ? st : leie_study_scenarios(&j->set, j->study, &j->sources, err);
    st = st ? st : leie_coupled_stocks_open(&j->stocks, j->study, err);
    if (!st)
        st = list_years(j, table, tables, err);
    leie_free(table);
    if (st)
        return st;
    log_flows(j);
    j->info->years = tables;
    j->info->flow_years = j->flows.mfa.Y;
    j->info->converged = true;
    j->info->output = leie_strdup(j->output);
    return j->info->output ? LEIE_OK : leie_fail_memory(err, "output name", 1, strlen(j->output));
}

// Extensions for years of which none has a table: a slip, or a study that was cut to a few years.
static void warn_of_idle_extensions(const leie_job *j)
{
    for (leie_size i = 0; i < j->study->extensions; i++) {
        const leie_study_extension *e = &j->study->extension[i];
        bool held = false;
        for (leie_size y = 0; y < j->years && !held; y++)
            held = leie_study_extension_holds(e, j->year[y].year);
        if (!held)
            leie_job_say(j, LEIE_LOG_WARNING, 0, "extension '%s' is for %d%s, and the study has no table of any such year: not used",
                e->name, e->year[0], e->years > 1 ? " and other years" : "");
    }
}

static void close_job(leie_job *j)
{
    for (leie_size y = 0; j->year && y < j->years; y++)
        leie_year_clear(&j->year[y]);
    leie_free(j->year);
    leie_account_regions_clear(&j->q);
    leie_flow_accounts_clear(&j->flows);
    leie_scenarios_clear(&j->set);
    leie_provenance_clear(&j->sources);
    leie_coupled_stocks_clear(&j->stocks);
    leie_dataset_clear(&j->old);
}

leie_status leie_run(leie_dataset *ds, const leie_study *study, const leie_run_opts *opts, const leie_watch *watch,
                     leie_run_info *info, leie_error *err)
{
    double start = leie_seconds();
    leie_job j = {.study = study, .opts = opts, .watch = watch, .info = info};
    leie_dataset result = {0};
    j.output = opts->output ? opts->output : study->output ? study->output : "results.nc";
    leie_status st = open_job(&j, err);
    if (!st)
        warn_of_idle_extensions(&j);
    if (!st && opts->explain) {
        st = leie_job_explain(&j, err);
        goto done;
    }
    if (st)
        goto done;
    st = open_old(&j, err);
    if (!st)
        st = do_years(&j, true, err);
    if (st)
        goto done;
    if (nothing_changed(&j)) {
        leie_job_say(&j, LEIE_LOG_INFO, 0, "nothing has changed: %s stays as it is", j.output);
        result = j.old; // moved
        j.old = (leie_dataset){0};
    } else {
        st = build_result(&j, &result, err);
        if (!st)
            st = write_result(&j, &result, err);
    }
    info->seconds = leie_seconds() - start;
    if (!st && ds) {
        *ds = result; // moved
        result = (leie_dataset){0};
    }
done:
    leie_dataset_clear(&result);
    close_job(&j);
    return st;
}

void leie_run_info_clear(leie_run_info *info)
{
    leie_free(info->plan);
    leie_free(info->output);
    *info = (leie_run_info){0};
}
