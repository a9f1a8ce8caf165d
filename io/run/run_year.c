// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/run/run_impl.h"

#include <string.h>

#include "io/read/read_table.h"
#include "io/result/netcdf.h"
#include "io/run/backcast_run.h"
#include "io/run/direct_flows.h"
#include "io/run/inputs.h"
#include "io/run/local_run.h"
#include "io/run/need_footprints.h"
#include "io/run/route_bridges.h"
#include "io/run/scenario_accounts.h"
#include "io/run/scenario_flows.h"
#include "io/run/uncertain_run.h"
#include "kernels/clock.h"

leie_status leie_job_account_regions(leie_job *j, const leie_table *t, leie_error *err)
{
    return j->q.label.n ? LEIE_OK : leie_study_account_regions(&j->q, j->study, t, err);
}

static leie_status population(leie_job *j, leie_year *year, leie_error *err)
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
        leie_job_say(j, LEIE_LOG_NOTE, year->year, "%s", p->note[i].text);
    return st;
}

// The accounts of places, and what is to say about them.
static leie_status local(leie_job *j, leie_year *year, leie_error *err)
{
    const leie_provenance *p = &year->table.provenance;
    leie_size notes = p->notes;
    leie_status st = leie_local_run(&year->local, j->study, &year->table, &j->q, &year->accounts, year->population, err);
    for (leie_size i = notes; !st && i < p->notes; i++)
        leie_job_say(j, LEIE_LOG_NOTE, year->year, "%s", p->note[i].text);
    return st;
}

// Breakdowns by product in the list that the study reports by.
static leie_status regroup(leie_job *j, leie_year *year, leie_error *err)
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
        leie_job_say(j, LEIE_LOG_NOTE, year->year, "%s", year->table.provenance.note[year->table.provenance.notes - 1].text);
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
static leie_status scenario_sources(const leie_job *j, leie_provenance *p, leie_error *err)
{
    leie_status st = add_sources(p, &j->sources, err);
    return st ? st : add_sources(p, &j->study->uncertainty.sources, err);
}

static void draw_progress(void *ctx, double share, const char *what)
{
    leie_job_progress(ctx, share, what);
}

// What a longer life saves: by cohorts when the stocks are coupled.
static const leie_longevity *longevity(const leie_job *j)
{
    return j->stocks.coupled ? &j->stocks.longevity : NULL;
}

leie_status leie_job_hash_inputs(const leie_job *j, leie_year *year, leie_error *err)
{
    return year->hash[0] ? LEIE_OK : leie_inputs_hash(year->hash, j->study, year->year, err);
}

static leie_status uncertainty(leie_job *j, leie_year *year, leie_error *err)
{
    const leie_uncertain_job todo = {.study = j->study, .q = &j->q, .longevity = longevity(j), .output = j->output, .force = j->opts->force,
                                     .watch = j->watch, .progress = draw_progress, .progress_ctx = j};
    leie_status st = leie_job_hash_inputs(j, year, err);
    if (!st && leie_study_uncertain(j->study, year->year))
        st = leie_uncertain_run(year, &todo, err);
    if (!st && leie_study_uncertain_scenarios(j->study, year->year))
        st = leie_uncertain_scenarios(year, &j->set, year->year == j->last_table, &todo, err);
    if (!st && j->study->uncertainty.joint && leie_study_uncertain(j->study, year->year))
        st = leie_uncertain_joint(year, &j->set, year->year == j->last_table, &todo, err);
    return st;
}

// Tonnes by industry and product, from the table while its numbers are there.
static leie_status direct_flows(leie_job *j, leie_year *year, leie_direct_basis *basis, leie_error *err)
{
    if (!(j->study->by & LEIE_BY_DIRECT))
        return LEIE_OK;
    leie_status st = leie_direct_basis_make(basis, &j->flows, j->study, &year->table, &j->q, &year->accounts, err);
    st = st ? st : leie_direct_flows(&year->direct, basis, &j->flows, &year->table, &j->q, &year->accounts, err);
    return st ? st : leie_direct_note(&year->table, &year->direct, &j->q, err);
}

// Scenarios of the year, and their flows with the unit values of the baseline.
static leie_status scenarios(leie_job *j, leie_year *year, const leie_direct_basis *basis, leie_error *err)
{
    if (!j->set.scenarios)
        return LEIE_OK;
    leie_status st = leie_scenario_outcomes(&year->outcomes, &j->set, &year->table, &j->q, j->study, year->year == j->last_table, false,
                                            longevity(j), j->watch, err);
    return st ? st : leie_scenario_flows_make(year, &j->set, j->study, &j->flows, basis->factor ? basis : NULL, &j->q, longevity(j), j->watch, err);
}

// The routes rme and io reconciled; multipliers that only this needs go again.
static leie_status bridge(leie_job *j, leie_year *year, leie_error *err)
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

leie_status leie_job_year(leie_job *j, leie_year *year, leie_error *err)
{
    double start = leie_seconds(), begun = leie_profile_begin();
    leie_status st = leie_netcdf_writable(j->output, err); // said before the work, not after it
    if (st)
        return st;
    leie_job_progress(j, 0, "read");
    st = leie_assemble_blocks(&year->table, j->study, year->year, j->watch, err);
    if (!st)
        st = leie_job_account_regions(j, &year->table, err);
    if (!st)
        st = scenario_sources(j, &year->table.provenance, err);
    if (!st)
        st = population(j, year, err);
    if (!st)
        st = leie_job_stopped(j, err);
    if (st)
        return st;
    year->seconds_read = leie_seconds() - start;
    leie_profile_end(LEIE_WORK_READ, begun, 0, 0);
    start = leie_seconds();
    begun = leie_profile_begin();
    leie_accounts_opts opts = leie_job_account_options(j);
    st = leie_accounts_make(&year->accounts, &year->table, &j->q, &opts, err);
    leie_profile_end(LEIE_WORK_ACCOUNTS, begun, 0, 0);
    const leie_linsys_info *info = &year->accounts.linsys;
    if (info->message[0])
        leie_job_say(j, LEIE_LOG_WARNING, year->year, "%s", info->message);
    j->info->converged &= st != LEIE_ERR_CONVERGE;
    if (st == LEIE_ERR_CONVERGE && j->opts->keep_unconverged) {
        leie_job_say(j, LEIE_LOG_WARNING, year->year, "kept although the solution did not reach its tolerance: residual %.2e", info->residual);
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
    year->seconds_solve = leie_seconds() - start;
    if (!st)
        st = uncertainty(j, year, err);
    if (!st && j->study->backcasts && year->year == j->last_table) // they start from the last year with a table
        st = leie_backcasts_run(year, &j->set, j->study, &j->q, longevity(j), j->watch, err);
    release_numbers(&year->table);
    if (!st)
        leie_job_say(j, LEIE_LOG_INFO, year->year, "%s; residual %.2e for %lld right-hand sides; read %.2f s, solved %.2f s",
            year->accounts.plan.why[0] ? year->accounts.plan.why : "nothing to solve", info->residual, (long long)info->right_hand_sides, year->seconds_read,
            year->seconds_solve);
    return st;
}
