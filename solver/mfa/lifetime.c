// SPDX-License-Identifier: GPL-3.0-or-later
#include "solver/mfa/lifetime.h"

#include <math.h>
#include <string.h>

#include "kernels/special.h"

static const char *const names[LEIE_LIFE_KINDS] = {"fixed", "normal", "folded_normal", "lognormal", "weibull", "gamma"};

const char *leie_lifetime_name(leie_lifetime_kind kind)
{
    return names[kind];
}

int leie_lifetime_find(const char *name)
{
    for (int k = 0; k < LEIE_LIFE_KINDS; k++)
        if (strcmp(name, names[k]) == 0)
            return k;
    return -1;
}

// ---- parameters ----

// Squared coefficient of variation of a Weibull distribution; falls with the shape.
static double weibull_variation(double shape)
{
    return expm1(lgamma(1 + 2 / shape) - 2 * lgamma(1 + 1 / shape));
}

// The shape with a given squared coefficient of variation, by bisection on its logarithm.
static double weibull_shape(double variation)
{
    double low = log(0.05), high = log(1e4);
    for (int k = 0; k < 100; k++) {
        double middle = 0.5 * (low + high);
        if (weibull_variation(exp(middle)) > variation)
            low = middle;
        else
            high = middle;
    }
    return exp(0.5 * (low + high));
}

static bool takes_shape(leie_lifetime_kind kind)
{
    return kind == LEIE_LIFE_WEIBULL || kind == LEIE_LIFE_GAMMA;
}

static void shape_from_moments(leie_lifetime *life)
{
    double variation = life->sd / life->mean * (life->sd / life->mean);
    if (life->kind == LEIE_LIFE_GAMMA) {
        life->shape = 1 / variation;
        life->scale = life->mean * variation;
    } else {
        life->shape = weibull_shape(variation);
        life->scale = life->mean / tgamma(1 + 1 / life->shape);
    }
}

static bool positive(double value)
{
    return isfinite(value) && value > 0;
}

static leie_status check_moments(const leie_lifetime *life, leie_error *err)
{
    const char *name = names[life->kind];
    if (isnan(life->mean))
        return leie_fail(err, LEIE_ERR_DATA, "a %s lifetime needs a mean", name);
    if (!positive(life->mean))
        return leie_fail(err, LEIE_ERR_DATA, "a %s lifetime with a mean of %g years; it should be above zero", name,
                         life->mean);
    if (life->kind == LEIE_LIFE_FIXED)
        return isnan(life->sd) ? LEIE_OK
                               : leie_fail(err, LEIE_ERR_DATA, "a fixed lifetime has no standard deviation, found %g",
                                           life->sd);
    if (isnan(life->sd))
        return leie_fail(err, LEIE_ERR_DATA, "a %s lifetime needs a standard deviation", name);
    if (!positive(life->sd))
        return leie_fail(err, LEIE_ERR_DATA,
                         "a %s lifetime with a standard deviation of %g years; it should be above zero", name, life->sd);
    if (life->kind == LEIE_LIFE_WEIBULL && (life->sd > 20 * life->mean || life->sd < 1e-3 * life->mean))
        return leie_fail(err, LEIE_ERR_DATA,
                         "a weibull lifetime with mean %g and standard deviation %g: their ratio should lie between "
                         "0.001 and 20",
                         life->mean, life->sd);
    return LEIE_OK;
}

static leie_status check_shape(const leie_lifetime *life, leie_error *err)
{
    const char *name = names[life->kind];
    if (!isnan(life->mean) || !isnan(life->sd))
        return leie_fail(err, LEIE_ERR_DATA, "a %s lifetime takes shape and scale, or mean and standard deviation, not both",
                         name);
    if (!positive(life->shape) || !positive(life->scale))
        return leie_fail(err, LEIE_ERR_DATA, "a %s lifetime with shape %g and scale %g; both should be above zero", name,
                         life->shape, life->scale);
    return LEIE_OK;
}

static double whole_survival(const leie_lifetime *life, double age);

leie_status leie_lifetime_settle(leie_lifetime *life, leie_error *err)
{
    bool shaped = !isnan(life->shape) || !isnan(life->scale);
    if (shaped && !takes_shape(life->kind))
        return leie_fail(err, LEIE_ERR_DATA, "a %s lifetime takes no shape or scale", names[life->kind]);
    leie_status st = shaped ? check_shape(life, err) : check_moments(life, err);
    if (st)
        return st;
    if (takes_shape(life->kind) && !shaped)
        shape_from_moments(life);
    if (life->truncated &&
        !(life->oldest > 0 && whole_survival(life, 0) - whole_survival(life, life->oldest) > 1e-12))
        return leie_fail(err, LEIE_ERR_DATA, "a %s lifetime truncated at %g years: no lifetime is that short",
                         names[life->kind], life->oldest);
    return LEIE_OK;
}

double leie_lifetime_mean(const leie_lifetime *life)
{
    double z = life->mean / life->sd;
    if (life->kind == LEIE_LIFE_FOLDED_NORMAL) // sd sqrt(2 / pi) exp(-z^2 / 2) + mean (1 - 2 Q(z))
        return life->sd * sqrt(2 / acos(-1)) * exp(-0.5 * z * z) + life->mean * (1 - 2 * leie_normal_tail(z));
    if (!isnan(life->mean))
        return life->mean;
    return life->kind == LEIE_LIFE_GAMMA ? life->shape * life->scale : life->scale * tgamma(1 + 1 / life->shape);
}

// ---- survival ----

static double lognormal_survival(const leie_lifetime *life, double age)
{
    double variance = log1p(life->sd / life->mean * (life->sd / life->mean));
    double mu = log(life->mean) - 0.5 * variance;
    return age <= 0 ? 1 : leie_normal_tail((log(age) - mu) / sqrt(variance));
}

// Before truncation.
static double whole_survival(const leie_lifetime *life, double age)
{
    switch (life->kind) {
    case LEIE_LIFE_FIXED:
        return age < life->mean;
    case LEIE_LIFE_NORMAL:
        return leie_normal_tail((age - life->mean) / life->sd);
    case LEIE_LIFE_FOLDED_NORMAL:
        return age <= 0 ? 1 : leie_normal_tail((age - life->mean) / life->sd) + leie_normal_tail((age + life->mean) / life->sd);
    case LEIE_LIFE_LOGNORMAL:
        return lognormal_survival(life, age);
    case LEIE_LIFE_WEIBULL:
        return age <= 0 ? 1 : exp(-pow(age / life->scale, life->shape));
    default:
        return leie_gamma_tail(life->shape, age / life->scale);
    }
}

double leie_lifetime_survival(const leie_lifetime *life, double age)
{
    if (!life->truncated)
        return whole_survival(life, age);
    if (age >= life->oldest)
        return 0;
    double last = whole_survival(life, life->oldest);
    return (whole_survival(life, age) - last) / (whole_survival(life, 0) - last);
}
