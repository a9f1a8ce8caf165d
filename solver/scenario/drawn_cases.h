/* Scenarios over draws: which scenario in which year, and its change in a draw. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_SOLVER_SCENARIO_DRAWN_CASES_H
#define LEIE_SOLVER_SCENARIO_DRAWN_CASES_H

#include "solver/scenario/change.h"
#include "solver/scenario/sample.h"

/* One scenario in one year. */
typedef struct leie_drawn_case {
    leie_size scenario; // position in the set
    int year;
    bool projection;
    leie_sample sample; // n 0: nothing varies
    double *sd;         // [sample.n] of the parameters that vary; may be NULL
} leie_drawn_case;

/* Which cases there are. */
typedef struct leie_cases_opts {
    const bool *asked; // [scenarios of the set] NULL: all
    bool still;        // those too in which nothing varies
    bool skip;         // asked ones in which nothing varies are left out, no error
    bool last;         // the table of the last year: projections start from it
    leie_design design;
    uint64_t seed;
    leie_size draws;
} leie_cases_opts;

/* The cases of the baseline's year, in the order of the set; of [*cases] is allocated. Errors: LEIE_ERR_DATA when an asked
 * scenario has nothing that varies (without `still` and `skip`), those of leie_sample_make, LEIE_ERR_NOMEM; what there is then must be
 * freed all the same. */
leie_status leie_drawn_cases_list(leie_drawn_case **of, leie_size *cases, const leie_baseline *base, const leie_cases_opts *opts, leie_error *err);
leie_drawn_case *leie_drawn_cases_free(leie_drawn_case *of, leie_size cases);

/* value [parameters of the set]: those of the scenario, and of a draw where it is not negative. work [sample.n]. */
void leie_drawn_case_values(double *value, const leie_drawn_case *of, const leie_scenarios *set, leie_size draw, double *work);

/* Applies the scenario with these values. Errors: those of leie_change_apply, named by scenario and year. */
leie_status leie_drawn_case_apply(leie_change *change, const leie_drawn_case *of, const double *value, const leie_longevity *longevity,
                                  leie_error *err);

#endif
