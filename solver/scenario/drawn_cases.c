// SPDX-License-Identifier: GPL-3.0-or-later
#include "solver/scenario/drawn_cases.h"

#include <string.h>

#include "kernels/memory.h"

static leie_status add_case(leie_drawn_case *of, leie_size *cases, const leie_scenarios *set, leie_size s, int year, bool projection,
                            const leie_cases_opts *opts, leie_error *err)
{
    leie_size *parameter = NULL, n = 0;
    const leie_scenario *scenario = &set->scenario[s];
    leie_drawn_case *c = &of[*cases];
    leie_error why = {0};
    leie_status st = leie_sample_parameters(&parameter, &n, set, scenario, err);
    if (!st && n == 0 && opts->asked && !opts->still && !opts->skip)
        st = leie_fail(err, LEIE_ERR_DATA, "%s:%lld: scenario '%s': no parameter that it uses has a range or a distribution", scenario->path,
                       (long long)scenario->line, scenario->code);
    if (!st && (n > 0 || opts->still)) {
        *c = (leie_drawn_case){.scenario = s, .year = year, .projection = projection};
        st = n ? leie_sample_make(&c->sample, set, n, parameter, opts->design, opts->seed, opts->draws, &why) : LEIE_OK;
        st = st ? leie_fail(err, st, "scenario '%s': %s", scenario->code, why.text) : LEIE_OK;
        *cases += !st;
    }
    leie_free(parameter);
    return st;
}

leie_status leie_drawn_cases_list(leie_drawn_case **of, leie_size *cases, const leie_baseline *base, const leie_cases_opts *opts, leie_error *err)
{
    const leie_scenarios *set = base->set;
    leie_size room = 1;
    for (leie_size s = 0; s < set->scenarios; s++)
        room += 1 + set->scenario[s].years;
    *cases = 0;
    *of = leie_new(room, sizeof **of);
    if (!*of)
        return leie_fail_memory(err, "draws of scenarios", room, sizeof **of);
    leie_status st = LEIE_OK;
    for (leie_size s = 0; !st && s < set->scenarios; s++) {
        const leie_scenario *c = &set->scenario[s];
        if (opts->asked && !opts->asked[s])
            continue;
        if (!c->years)
            st = add_case(*of, cases, set, s, base->t->year, false, opts, err);
        for (leie_size y = 0; !st && y < c->years; y++)
            if (c->year[y] == base->t->year || (opts->last && c->year[y] > base->t->year))
                st = add_case(*of, cases, set, s, c->year[y], c->year[y] != base->t->year, opts, err);
    }
    return st;
}

leie_drawn_case *leie_drawn_cases_free(leie_drawn_case *of, leie_size cases)
{
    for (leie_size c = 0; of && c < cases; c++) {
        leie_sample_clear(&of[c].sample);
        leie_free(of[c].sd);
    }
    leie_free(of);
    return NULL;
}

void leie_drawn_case_values(double *value, const leie_drawn_case *of, const leie_scenarios *set, leie_size draw, double *work)
{
    memcpy(value, set->scenario[of->scenario].value, (size_t)set->parameters * sizeof *value);
    if (draw >= 0 && of->sample.n)
        leie_sample_draw(&of->sample, draw, value, work);
}

leie_status leie_drawn_case_apply(leie_change *change, const leie_drawn_case *of, const double *value, const leie_longevity *longevity,
                                  leie_error *err)
{
    const leie_scenario *s = &change->base->set->scenario[of->scenario];
    const leie_change_opts o = {.value = value, .year = of->year, .projection = of->projection, .longevity = longevity};
    leie_error why = {0};
    leie_status st = leie_change_apply(change, s, &o, &why);
    return st ? leie_fail(err, st, "draws of scenario '%s', %d: %s", s->code, of->year, why.text) : LEIE_OK;
}
