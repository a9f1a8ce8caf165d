// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/run/run_impl.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "io/run/scenario_accounts.h"
#include "io/run/uncertain_run.h"
#include "kernels/memory.h"

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
static leie_status explain_joint(const leie_job *j, const leie_year *year, plan_text *text, leie_error *err)
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
static leie_status explain_draws(leie_job *j, leie_year *year, plan_text *text, leie_error *err)
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

static leie_status explain_year(leie_job *j, leie_year *year, plan_text *text, leie_error *err)
{
    leie_plan plan = {0};
    leie_size plain, transposed;
    leie_status st = leie_assemble_blocks(&year->table, j->study, year->year, NULL, err);
    if (!st)
        st = leie_job_account_regions(j, &year->table, err);
    if (!st) {
        leie_accounts_opts opts = leie_job_account_options(j);
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

leie_status leie_job_explain(leie_job *j, leie_error *err)
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
