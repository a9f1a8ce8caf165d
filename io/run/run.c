// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/run/run.h"

#include <limits.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "io/read/read_table.h"
#include "io/result/netcdf.h"
#include "io/mfa/mfa_dataset.h"
#include "io/result/result.h"
#include "io/result/result_stocks.h"
#include "io/run/backcast_run.h"
#include "io/run/direct_flows.h"
#include "io/run/inputs.h"
#include "io/run/need_footprints.h"
#include "io/run/profile_text.h"
#include "io/run/route_bridges.h"
#include "io/run/scenario_accounts.h"
#include "io/run/scenario_flows.h"
#include "io/run/system_parts.h"
#include "io/run/uncertain_run.h"
#include "io/run/version.h"

// Everything a run holds while it works.
typedef struct job {
    const leie_study *study;
    const leie_run_opts *opts;
    const leie_watch *watch;
    leie_run_info *info;
    const char *output;
    leie_size years, now; // now: position of the year at work
    int last_table;       // the year that projections start from
    leie_size tables;     // years that have a table; the others are of material flows alone
    leie_year *year;      // [years] ascending
    leie_flow_accounts flows;
    leie_account_regions q;
    leie_provenance sources; // scenario files; each year counts them among its inputs
    leie_scenarios set;   // none: the study has no scenarios
    leie_coupled_stocks stocks;
    leie_dataset old;     // the result that is already there
    bool has_old;
} job;

static double seconds_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

__attribute__((format(printf, 4, 5))) static void say(const job *j, leie_log_level level, int year, const char *format, ...)
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

// Share of the run that is done: reading is a third of a year, solving the rest; writing the last twentieth.
static void progress(const job *j, double share_of_year, const char *what)
{
    if (j->watch && j->watch->progress)
        j->watch->progress(j->watch->ctx, 0.95 * ((double)j->now + share_of_year) / (double)(j->years ? j->years : 1), what);
}

static void solve_progress(void *ctx, double share, const char *what)
{
    progress(ctx, 1.0 / 3 + share * 2 / 3, what);
}

static leie_status stopped(const job *j, leie_error *err)
{
    bool stop = j->watch && j->watch->stop && j->watch->stop(j->watch->ctx);
    return stop ? leie_fail(err, LEIE_ERR_STOPPED, "stopped on request; nothing was written") : LEIE_OK;
}

static leie_accounts_opts account_options(job *j)
{
    leie_accounts_opts o = {.by = j->study->by, .linsys = j->study->linsys, .progress = solve_progress, .progress_ctx = j};
    memcpy(o.exclude, j->study->exclude, sizeof o.exclude);
    if (leie_study_bridges(j->study))
        o.by |= LEIE_BY_MULTIPLIER;
    if (j->study->needs)
        o.by |= LEIE_BY_CATEGORY_PRODUCT;
    return o;
}

// ---- one year ----

// The first computed year fixes the account regions.
static leie_status account_regions(job *j, const leie_table *t, leie_error *err)
{
    return j->q.label.n ? LEIE_OK : leie_study_account_regions(&j->q, j->study, t, err);
}

static leie_status population(job *j, leie_year *year, leie_error *err)
{
    if (!j->study->population.real)
        return LEIE_OK;
    year->population = leie_new(j->q.label.n, sizeof *year->population);
    if (!year->population)
        return leie_fail_memory(err, "population", j->q.label.n, sizeof *year->population);
    leie_provenance *p = &year->table.provenance;
    leie_size notes = p->notes;
    leie_status st = leie_read_population(year->population, &j->study->population, year->year, &j->q,
                                          &year->table.sector.region, p, err);
    for (leie_size i = notes; !st && i < p->notes; i++)
        say(j, LEIE_LOG_NOTE, year->year, "%s", p->note[i].text);
    return st;
}

// The accounts of places, and what is to say about them.
static leie_status local(job *j, leie_year *year, leie_error *err)
{
    const leie_provenance *p = &year->table.provenance;
    leie_size notes = p->notes;
    leie_status st = leie_local_run(&year->local, j->study, &year->table, &j->q, &year->accounts, year->population, err);
    for (leie_size i = notes; !st && i < p->notes; i++)
        say(j, LEIE_LOG_NOTE, year->year, "%s", p->note[i].text);
    return st;
}

// Breakdowns by product in the list that the study reports by.
static leie_status regroup(job *j, leie_year *year, leie_error *err)
{
    leie_concordance c = {0};
    leie_size stayed = 0, products = year->accounts.P;
    if (!j->study->report.real || !year->accounts.by_product)
        return LEIE_OK;
    leie_status st = leie_read_concordance(&c, &j->study->report, "products of the report", &year->table.provenance, err);
    if (!st)
        st = leie_accounts_regroup(&year->accounts, &c, &stayed, err);
    if (!st)
        st = leie_provenance_note(&year->table.provenance, LEIE_NOTE_DONE, products, err,
                                  "breakdowns by product: %lld products reported as %lld, %lld of them as they are",
                                  (long long)products, (long long)year->accounts.P, (long long)stayed);
    if (!st)
        say(j, LEIE_LOG_NOTE, year->year, "%s", year->table.provenance.note[year->table.provenance.notes - 1].text);
    leie_concordance_clear(&c);
    return st;
}

static leie_status add_sources(leie_provenance *p, const leie_provenance *from, leie_error *err)
{
    leie_status st = LEIE_OK;
    for (leie_size i = 0; !st && i < from->sources; i++) {
        const leie_source *s = &from->source[i];
        st = leie_provenance_source(p, s->role, s->path, s->reader, s->bytes, s->sha256, err);
    }
    return st;
}

// The files of scenarios, and of groups of uncertain inputs, are sources of every year.
static leie_status scenario_sources(const job *j, leie_provenance *p, leie_error *err)
{
    leie_status st = add_sources(p, &j->sources, err);
    return st ? st : add_sources(p, &j->study->uncertainty.sources, err);
}

static void draw_progress(void *ctx, double share, const char *what)
{
    progress(ctx, share, what);
}

// What a longer life saves: by cohorts when the stocks are coupled.
static const leie_longevity *longevity(const job *j)
{
    return j->stocks.coupled ? &j->stocks.longevity : NULL;
}

// Once; without an older result behind the reading, beside which the largest files are hashed.
static leie_status hash_inputs(const job *j, leie_year *year, leie_error *err)
{
    return year->hash[0] ? LEIE_OK : leie_inputs_hash(year->hash, j->study, year->year, err);
}

static leie_status uncertainty(job *j, leie_year *year, leie_error *err)
{
    const leie_uncertain_job todo = {.study = j->study, .q = &j->q, .longevity = longevity(j), .output = j->output, .force = j->opts->force,
                                     .watch = j->watch, .progress = draw_progress, .progress_ctx = j};
    leie_status st = hash_inputs(j, year, err);
    if (!st && leie_study_uncertain(j->study, year->year))
        st = leie_uncertain_run(year, &todo, err);
    if (!st && leie_study_uncertain_scenarios(j->study, year->year))
        st = leie_uncertain_scenarios(year, &j->set, year->year == j->last_table, &todo, err);
    if (!st && j->study->uncertainty.joint && leie_study_uncertain(j->study, year->year))
        st = leie_uncertain_joint(year, &j->set, year->year == j->last_table, &todo, err);
    return st;
}

// Tonnes by industry and product, from the table while its numbers are there.
static leie_status direct_flows(job *j, leie_year *year, leie_direct_basis *basis, leie_error *err)
{
    if (!(j->study->by & LEIE_BY_DIRECT))
        return LEIE_OK;
    leie_status st = leie_direct_basis_make(basis, &j->flows, j->study, &year->table, &j->q, &year->accounts, err);
    st = st ? st : leie_direct_flows(&year->direct, basis, &j->flows, &year->table, &j->q, &year->accounts, err);
    return st ? st : leie_direct_note(&year->table, &year->direct, &j->q, err);
}

// Scenarios of the year, and their flows with the unit values of the baseline.
static leie_status scenarios(job *j, leie_year *year, const leie_direct_basis *basis, leie_error *err)
{
    if (!j->set.scenarios)
        return LEIE_OK;
    leie_status st = leie_scenario_outcomes(&year->outcomes, &j->set, &year->table, &j->q, j->study, year->year == j->last_table, false,
                                            longevity(j), j->watch, err);
    return st ? st : leie_scenario_flows_make(year, &j->set, j->study, &j->flows, basis->factor ? basis : NULL, &j->q, longevity(j), j->watch, err);
}

// The routes rme and io reconciled; multipliers that only this needs go again.
static leie_status bridge(job *j, leie_year *year, leie_error *err)
{
    if (!leie_study_bridges(j->study))
        return LEIE_OK;
    leie_status st = leie_route_bridges(&year->bridge, &j->flows, j->study, &year->table, &j->q, &year->accounts, err);
    if (!(j->study->by & LEIE_BY_MULTIPLIER))
        year->accounts.M = leie_free(year->accounts.M);
    return st;
}

// A result keeps labels, units and notes of its table; the numbers can go.
static void release_numbers(leie_table *t)
{
    leie_matrix_free(&t->Z);
    t->Y = leie_free(t->Y);
    t->W = leie_free(t->W);
    t->F = leie_free(t->F);
    t->F_Y = leie_free(t->F_Y);
}

static leie_status compute_year(job *j, leie_year *year, leie_error *err)
{
    double start = seconds_now(), begun = leie_profile_begin();
    leie_status st = leie_netcdf_writable(j->output, err); // said before the work, not after it
    if (st)
        return st;
    progress(j, 0, "read");
    st = leie_assemble(&year->table, j->study, year->year, j->watch, err);
    if (!st)
        st = account_regions(j, &year->table, err);
    if (!st)
        st = scenario_sources(j, &year->table.provenance, err);
    if (!st)
        st = population(j, year, err);
    if (!st)
        st = stopped(j, err);
    if (st)
        return st;
    year->seconds_read = seconds_now() - start;
    leie_profile_end(LEIE_WORK_READ, begun, 0, 0);
    start = seconds_now();
    begun = leie_profile_begin();
    leie_accounts_opts opts = account_options(j);
    st = leie_accounts_make(&year->accounts, &year->table, &j->q, &opts, err);
    leie_profile_end(LEIE_WORK_ACCOUNTS, begun, 0, 0);
    const leie_linsys_info *info = &year->accounts.linsys;
    if (info->message[0])
        say(j, LEIE_LOG_WARNING, year->year, "%s", info->message);
    j->info->converged &= st != LEIE_ERR_CONVERGE;
    if (st == LEIE_ERR_CONVERGE && j->opts->keep_unconverged) {
        say(j, LEIE_LOG_WARNING, year->year, "kept although the solution did not reach its tolerance: residual %.2e", info->residual);
        if (err)
            *err = (leie_error){0};
        st = LEIE_OK;
    }
    if (!st)
        st = local(j, year, err);
    leie_direct_basis basis = {0};
    if (!st)
        st = direct_flows(j, year, &basis, err);
    if (!st)
        st = bridge(j, year, err);
    if (!st && j->study->needs)
        st = leie_need_footprints(year, j->study, err);
    if (!st)
        st = regroup(j, year, err);
    if (!st && j->stocks.coupled)
        st = leie_coupled_stocks_follow(&j->stocks, j->study, &year->table, j->watch, err);
    if (!st && j->stocks.coupled && year->year == j->last_table)
        st = leie_coupled_stocks_loop(&j->stocks, j->study, &year->table, &j->q, j->watch, err);
    if (!st)
        st = scenarios(j, year, &basis, err);
    leie_direct_basis_clear(&basis);
    year->seconds_solve = seconds_now() - start;
    if (!st)
        st = uncertainty(j, year, err);
    if (!st && j->study->backcasts && year->year == j->last_table) // they start from the last year with a table
        st = leie_backcasts_run(year, &j->set, j->study, &j->q, longevity(j), j->watch, err);
    release_numbers(&year->table);
    if (!st)
        say(j, LEIE_LOG_INFO, year->year, "%s; residual %.2e for %lld right-hand sides; read %.2f s, solved %.2f s",
            year->accounts.plan.why[0] ? year->accounts.plan.why : "nothing to solve", info->residual, (long long)info->right_hand_sides, year->seconds_read,
            year->seconds_solve);
    return st;
}

static void account_for(job *j, const leie_year *year)
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
static leie_status do_years(job *j, bool reuse, leie_error *err)
{
    leie_status st = LEIE_OK;
    j->info->computed = j->info->reused = 0;
    for (j->now = 0; !st && j->now < j->years; j->now++) {
        leie_year *year = &j->year[j->now];
        if (!year->has_table)
            continue;
        st = stopped(j, err);
        bool old = reuse && j->has_old && !j->stocks.coupled;
        if (!st && old)
            st = hash_inputs(j, year, err);
        if (st)
            break;
        year->old_year = old ? leie_result_find_year(&j->old, year->year, year->hash) : -1;
        year->reused = year->old_year >= 0;
        if (year->reused) {
            j->info->reused++;
            say(j, LEIE_LOG_INFO, year->year, "inputs and options unchanged: taken from the result that is there");
        } else if (!year->accounts.x) {
            st = compute_year(j, year, err);
            if (!st)
                account_for(j, year);
        }
        st = st ? st : hash_inputs(j, year, err);
    }
    return st;
}

// ---- the result ----

// An old result that cannot be read is no reason to stop: everything is computed. A file of another program is
// not ours to replace.
static leie_status open_old(job *j, leie_error *err)
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
        say(j, LEIE_LOG_WARNING, 0, "every year is computed: the result that is there cannot be used (%s)", why.text);
    return LEIE_OK;
}

// Whether the older result holds these material flow accounts (or neither has any).
static bool same_flows(const job *j)
{
    const char *hash = leie_dataset_get_text(&j->old, NULL, "flows_hash");
    return strcmp(hash ? hash : "", j->flows.hash) == 0;
}

// Nothing to compute and the same years as before: the file stays as it is. Stocks and systems are drawn up in every run.
static bool nothing_changed(const job *j)
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

static leie_status mark_convergence(leie_dataset *ds, const job *j, leie_error *err)
{
    if (j->info->converged)
        return LEIE_OK;
    return leie_dataset_text(ds, NULL, "warning", "at least one linear system did not reach its tolerance: see solver_residual", err);
}

// Stocks and material flow systems beside the accounts, or alone.
static leie_status add_parts(job *j, leie_dataset *ds, leie_error *err)
{
    const leie_year *sample = NULL;
    const leie_labels none = {0};
    for (leie_size y = 0; y < j->years && !sample; y++)
        sample = j->year[y].has_table && !j->year[y].reused ? &j->year[y] : NULL;
    leie_status st = leie_result_add_stocks(ds, &j->stocks, &j->q, &j->flows, sample ? &sample->table.stressor : &none, err);
    return st ? st : leie_system_parts_add(ds, j->study, j->watch, err);
}

static leie_status build_result(job *j, leie_dataset *ds, leie_error *err)
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
        say(j, LEIE_LOG_INFO, 0, "the result that is there has other axes or years: every year is computed");
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

static leie_status write_result(job *j, leie_dataset *ds, leie_error *err)
{
    double start = seconds_now();
    leie_status st = stopped(j, err);
    if (st)
        return st;
    progress(j, 0, "write");
    double begun = leie_profile_begin();
    st = leie_netcdf_write(j->output, ds, j->study->linsys.memory_limit, err);
    leie_profile_end(LEIE_WORK_WRITE, begun, 0, 0);
    j->info->seconds_write = seconds_now() - start;
    return st;
}

// ---- plans ----

typedef struct plan_text {
    char *text;
    leie_size size, room;
} plan_text;

__attribute__((format(printf, 2, 3))) static bool append(plan_text *p, const char *format, ...)
{
    char line[512];
    va_list args;
    va_start(args, format);
    int size = vsnprintf(line, sizeof line, format, args);
    va_end(args);
    if (p->size + size + 1 > p->room) {
        char *grown = leie_resize(p->text, p->size, 2 * (p->room + size + 1), 1);
        if (!grown)
            return false;
        p->text = grown;
        p->room = 2 * (p->room + size + 1);
    }
    memcpy(p->text + p->size, line, (size_t)size + 1);
    p->size += size;
    return true;
}

static bool append_plan(plan_text *p, int year, const leie_plan *plan)
{
    bool good = append(p, "%d: %lld sectors in %lld regions, density %.1f %%, right-hand sides %lld plain and %lld transposed\n",
                       year, (long long)plan->n, (long long)plan->regions, 100 * plan->density, (long long)plan->plain,
                       (long long)plan->transposed);
    for (int c = 0; good && c < LEIE_SOLVERS - 1; c++) {
        const leie_candidate *k = &plan->candidate[c];
        good = append(p, "  %-8s %10.1f MB %10.2f GFLOP %10.3f s  %s%s%s\n", leie_solver_name(k->solver),
                      (double)k->bytes / 1e6, k->flops / 1e9, k->seconds, k->solver == plan->solver ? "chosen" : k->possible && k->fits ? "possible" : "not possible",
                      k->why[0] ? ": " : "", k->why);
    }
    return good && append(p, "  %s\n", plan->why);
}

// Joint draws: each is a baseline of its own, whose cost the plan of the scenarios tells.
static leie_status explain_joint(const job *j, const leie_year *year, plan_text *text, leie_error *err)
{
    const leie_study_uncertainty *u = &j->study->uncertainty;
    const leie_matrix *Z = &year->table.Z;
    if (!u->joint || append(text, "  joint draws: %lld, each a table of its own with all scenarios asked for, set up and solved like the baseline of "
                                  "scenarios; a second table of %.1f MB\n",
                            (long long)u->inputs.draws, 8e-6 * (double)((Z->form == LEIE_DENSE ? Z->rows * Z->ld : leie_matrix_nonzeros(Z)) + year->table.sector.n * year->table.demand.n)))
        return LEIE_OK;
    return leie_fail_memory(err, "plan", 1, 512);
}

// The ways of draws, without one.
static leie_status explain_draws(job *j, leie_year *year, plan_text *text, leie_error *err)
{
    const leie_study_uncertainty *u = &j->study->uncertainty;
    leie_draw_plan plan = {0};
    leie_baseline base = {0};
    leie_status st = LEIE_OK;
    if (leie_study_uncertain(j->study, year->year)) {
        leie_montecarlo_opts opts = leie_uncertain_options(j->study);
        st = leie_montecarlo_plan(&plan, &year->table, &j->q, &u->inputs, &opts, err);
        if (!st && !append(text, "  uncertainty: %s\n", plan.why))
            st = leie_fail_memory(err, "plan", 1, 512);
    }
    if (st || !leie_study_uncertain_scenarios(j->study, year->year))
        return st;
    st = leie_baseline_make(&base, &year->table, &j->set, err);
    st = st ? st : leie_uncertain_scenarios_open(&year->drawn, &base, &j->q, j->study, NULL, year->year == j->last_table, true, err);
    if (!st && !append(text, "  uncertainty of %lld scenarios: %s\n", (long long)year->drawn.cases, year->drawn.plan.why))
        st = leie_fail_memory(err, "plan", 1, 512);
    if (base.t)
        leie_baseline_clear(&base);
    return st ? st : explain_joint(j, year, text, err);
}

static leie_status explain_year(job *j, leie_year *year, plan_text *text, leie_error *err)
{
    leie_plan plan = {0};
    leie_size plain, transposed;
    leie_status st = leie_assemble(&year->table, j->study, year->year, NULL, err);
    if (!st)
        st = account_regions(j, &year->table, err);
    if (!st) {
        leie_accounts_opts opts = account_options(j);
        leie_accounts_demand(&plain, &transposed, &year->table, &j->q, &opts);
        st = leie_plan_make(&plan, &year->table.Z, &year->table.sector, plain, transposed, &opts.linsys, err);
    }
    if (!st && !append_plan(text, year->year, &plan))
        st = leie_fail_memory(err, "plan", 1, 512);
    if (!st && j->set.scenarios)
        st = leie_scenario_outcomes(&year->outcomes, &j->set, &year->table, &j->q, j->study, year->year == j->last_table, true, NULL, NULL, err);
    if (!st && j->set.scenarios && !append(text, "  scenarios: %s\n", year->outcomes.plan.why))
        st = leie_fail_memory(err, "plan", 1, 512);
    st = st ? st : explain_draws(j, year, text, err);
    leie_year_clear(year);
    return st;
}

static leie_status explain(job *j, leie_error *err)
{
    plan_text text = {0};
    leie_status st = LEIE_OK;
    for (leie_size y = 0; !st && y < j->years; y++) {
        int year = j->year[y].year;
        if (!j->year[y].has_table)
            continue;
        st = explain_year(j, &j->year[y], &text, err);
        j->year[y].year = year;
    }
    j->info->plan = text.text;
    return st;
}

// ---- the run ----

static int earlier(int a, leie_size i, leie_size n, const int *list)
{
    return i < n && list[i] < a ? list[i] : a;
}

// Years of the tables, of the flows and of projections together, ascending.
static leie_status list_years(job *j, const int *table, leie_size tables, leie_error *err)
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

static void log_flows(const job *j)
{
    const leie_provenance *p[] = {&j->flows.flows.provenance, &j->flows.mfa.provenance};
    for (int i = 0; i < 2; i++)
        for (leie_size n = 0; n < p[i]->notes; n++)
            say(j, LEIE_LOG_NOTE, 0, "%s", p[i]->note[n].text);
}

static leie_status open_job(job *j, leie_error *err)
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
static void warn_of_idle_extensions(const job *j)
{
    for (leie_size i = 0; i < j->study->extensions; i++) {
        const leie_study_extension *e = &j->study->extension[i];
        bool held = false;
        for (leie_size y = 0; y < j->years && !held; y++)
            held = leie_study_extension_holds(e, j->year[y].year);
        if (!held)
            say(j, LEIE_LOG_WARNING, 0, "extension '%s' is for %d%s, and the study has no table of any such year: not used",
                e->name, e->year[0], e->years > 1 ? " and other years" : "");
    }
}

static void close_job(job *j)
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
    double start = seconds_now();
    job j = {.study = study, .opts = opts, .watch = watch, .info = info};
    leie_dataset result = {0};
    j.output = opts->output ? opts->output : study->output ? study->output : "results.nc";
    leie_status st = open_job(&j, err);
    if (!st)
        warn_of_idle_extensions(&j);
    if (!st && opts->explain) {
        st = explain(&j, err);
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
        say(&j, LEIE_LOG_INFO, 0, "nothing has changed: %s stays as it is", j.output);
        result = j.old; // moved
        j.old = (leie_dataset){0};
    } else {
        st = build_result(&j, &result, err);
        if (!st)
            st = write_result(&j, &result, err);
    }
    info->seconds = seconds_now() - start;
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
