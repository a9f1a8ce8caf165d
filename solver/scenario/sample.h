/* Values of parameters in draws: each parameter by its distribution, some of them together.
 *
 *   value = F^-1(Phi(z))     uniform and triangular over the range, normal and lognormal (cut to the range if there is one)
 *   z     = C w              w standard normal by the design, C C' the correlations of the set (a Gaussian copula)
 *   group = sum v d          d Dirichlet with shapes concentration v / sum v: shares that keep their sum
 *
 * A draw depends on the seed, its number and the positions of the parameters in the set alone, so that scenarios which use
 * the same parameter see the same values of it in the same draw. Kernel streams: kernels/random.h.
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_SOLVER_SCENARIO_SAMPLE_H
#define LEIE_SOLVER_SCENARIO_SAMPLE_H

#include "kernels/random.h"
#include "solver/scenario/scenario.h"

typedef enum leie_design { LEIE_DESIGN_RANDOM, LEIE_DESIGN_LATIN, LEIE_DESIGN_SOBOL, LEIE_DESIGNS } leie_design;

/* "random", "latin", "sobol"; find: a negative number for anything else. */
LEIE_API const char *leie_design_name(leie_design design);
LEIE_API int leie_design_find(const char *name);

/* n words of an item by a design; sobol and the first dimension count for that design alone. w has room for n rounded up
 * to 64. */
void leie_design_words(uint32_t *w, leie_size n, leie_design design, const leie_random_stream *s, uint32_t item, leie_size draws,
                       const leie_sobol *sobol, leie_size dimension);

/* A word to a standard normal variate. */
double leie_normal_of(uint32_t word);

typedef struct leie_sample {
    const leie_scenarios *set; // borrowed
    leie_size n;               // parameters that vary
    leie_size *parameter;      // [n] positions in the set, ascending
    leie_design design;
    uint64_t seed;
    leie_size draws;
    double *mix;               // [n, n] C, lower triangular; NULL: independent
    leie_index *group;         // [n] among the share groups of the set, -1 for none
    leie_sobol *sobol;
} leie_sample;

/* The parameters of a scenario that vary by themselves: those with a distribution that one of its interventions (or a
 * driver) uses and whose value it does not set. parameter [*n] is allocated. */
LEIE_API leie_status leie_sample_parameters(leie_size **parameter, leie_size *n, const leie_scenarios *set,
                                            const leie_scenario *scenario, leie_error *err);

/* Makes ready for draws of these parameters. Errors: LEIE_ERR_DATA (a fixed parameter, a group of shares of which one part
 * is drawn alone, correlations that no distribution has), LEIE_ERR_USAGE (shares by Sobol' points, too many parameters
 * for them), LEIE_ERR_NOMEM. Cost of a draw: n^2 with correlations, else n. */
LEIE_API leie_status leie_sample_make(leie_sample *s, const leie_scenarios *set, leie_size n, const leie_size *parameter,
                                      leie_design design, uint64_t seed, leie_size draws, leie_error *err);
LEIE_API void leie_sample_clear(leie_sample *s);

/* Replaces the varied ones of value [parameters of the set] by those of a draw below draws. work [n]. */
LEIE_API void leie_sample_draw(const leie_sample *s, leie_size draw, double *value, double *work);

/* Standard deviation of a parameter's distribution: exact, but for a normal or lognormal one that is cut, which counts as
 * if it were not. */
LEIE_API double leie_parameter_sd(const leie_parameter *p);

#endif
