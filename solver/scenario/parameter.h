/* Parameters of scenarios, named once and used in amounts, and amounts: arithmetic over parameters.
 *
 *   amount = term {(+|-) term}    term = factor {(*|/) factor}    factor = number | name | -factor | (amount)
 *
 * A parameter has a value and may have a range and a distribution. The value counts unless the caller gives
 * another one: every function that needs values takes an array value[parameters].
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_SOLVER_SCENARIO_PARAMETER_H
#define LEIE_SOLVER_SCENARIO_PARAMETER_H

#include "kernels/status.h"

typedef enum leie_distribution {
    LEIE_FIXED,      // the value, always
    LEIE_UNIFORM,    // between low and high
    LEIE_TRIANGULAR, // between low and high, most likely at the value
    LEIE_NORMAL,     // mean at the value, standard deviation spread
    LEIE_LOGNORMAL,  // mean at the value, coefficient of variation spread
    LEIE_DISTRIBUTIONS
} leie_distribution;

typedef struct leie_parameter {
    char *name;
    double value;
    bool ranged;     // low and high are given
    double low, high;
    leie_distribution distribution; // with a range and nothing else said: triangular
    double spread;   // see the distribution
    char *unit;      // "1" when it is not said
    char *source;    // where the value comes from, "" when it is not said
    leie_size line;
} leie_parameter;

/* "fixed", "uniform", "triangular", "normal", "lognormal"; find returns a negative number for anything else. */
LEIE_API const char *leie_distribution_name(leie_distribution distribution);
LEIE_API int leie_distribution_find(const char *name);

/* The value of a distribution at the standard normal variate z. middle is the mean (normal, lognormal) or the most likely
 * value (triangular); spread the standard deviation (normal) or the coefficient of variation (lognormal). */
LEIE_API double leie_distribution_at(leie_distribution distribution, double z, double middle, double spread, double low, double high);

/* The standard deviation of uniform and triangular. */
LEIE_API double leie_distribution_width(leie_distribution distribution, double middle, double low, double high);

enum { LEIE_AMOUNT_STEPS = 64 };

typedef struct leie_amount_step {
    char what;           // '#' number, '$' parameter, '+', '-', '*', '/', '~' for the opposite
    double number;
    leie_size parameter; // position in the list of parameters
} leie_amount_step;

/* In postfix order. */
typedef struct leie_amount {
    char *text; // as written; NULL: not given
    leie_size steps;
    leie_amount_step *step; // [steps]
} leie_amount;

/* Reads an amount over the parameters of a list. Errors: LEIE_ERR_DATA with the place, an unknown name with the
 * nearest known one, more than LEIE_AMOUNT_STEPS steps; LEIE_ERR_NOMEM. */
LEIE_API leie_status leie_amount_read(leie_amount *amount, const char *text, leie_size parameters,
                                      const leie_parameter *parameter, leie_error *err);

/* Whether it names a parameter. */
LEIE_API bool leie_amount_uses(const leie_amount *amount, leie_size parameter);

/* Its value; otherwise when the amount was not given. */
LEIE_API double leie_amount_value(const leie_amount *amount, const double *value, double otherwise);
LEIE_API void leie_amount_clear(leie_amount *amount);
LEIE_API void leie_parameter_clear(leie_parameter *parameter);

#endif
