// SPDX-License-Identifier: GPL-3.0-or-later
#include "solver/scenario/uncertain.h"

#include <math.h>
#include <string.h>

#include "kernels/memory.h"
#include "solver/scenario/uncertain_impl.h"

static const char *const groupings[LEIE_GROUPINGS] = {"none", "column", "region", "all"};

const char *leie_grouping_name(leie_grouping grouping)
{
    return groupings[grouping];
}

int leie_grouping_find(const char *name)
{
    for (int g = 0; g < LEIE_GROUPINGS; g++)
        if (strcmp(groupings[g], name) == 0)
            return g;
    return -1;
}

static leie_status check_rule(const leie_intervention *v, const leie_uncertain_rule *r, leie_error *err)
{
    const char *wrong = NULL;
    if (!(r->cv >= 0) || !isfinite(r->cv) || !isfinite(r->power) || !(r->most >= 0))
        wrong = "the coefficient of variation and its bound may not be negative";
    else if (r->ranged && !(r->low <= r->mode && r->mode <= r->high && r->low < r->high && isfinite(r->low) && isfinite(r->high)))
        wrong = "a range needs low <= mode <= high and low < high";
    else if (r->ranged && r->distribution != LEIE_UNIFORM && r->distribution != LEIE_TRIANGULAR)
        wrong = "low, mode and high belong to uniform and triangular";
    else if (r->ranged && r->shares && !(r->low > 0))
        wrong = "factors of shares must be above zero";
    else if (!(r->rho >= 0 && r->rho <= 1))
        wrong = "rho lies between 0 and 1";
    else if (r->rho > 0 && r->grouping == LEIE_GROUP_NONE)
        wrong = "rho needs a group: column, region or all";
    else if (r->concentration < 0 || !isfinite(r->concentration))
        wrong = "the concentration of Dirichlet shares must be above zero";
    else if (r->concentration > 0 && r->rho > 0)
        wrong = "Dirichlet shares have a correlation of their own: no rho";
    else if (r->shares && r->concentration == 0 && r->distribution != LEIE_LOGNORMAL && !r->ranged)
        wrong = "shares are lognormal, dirichlet, or have a range above zero";
    else if (r->shares && !r->keys && v->matrix != LEIE_EDIT_A && v->matrix != LEIE_EDIT_Y)
        wrong = "shares are shares of a column of A or Y";
    if (!wrong)
        return LEIE_OK;
    return leie_fail(err, LEIE_ERR_DATA, "%s:%lld: uncertainty '%s': %s", v->path ? v->path : "uncertainty", (long long)v->line,
                     v->name, wrong);
}

leie_status leie_uncertain_check(const leie_uncertain *u, leie_error *err)
{
    leie_status st = LEIE_OK;
    for (leie_size i = 0; !st && i < u->cells.interventions; i++)
        st = check_rule(&u->cells.intervention[i], &u->rule[i], err);
    if (!st && (u->draws < 0 || u->draws >= INT32_MAX))
        st = leie_fail(err, LEIE_ERR_DATA, "uncertainty: %lld draws; between 1 and 2147483646", (long long)u->draws);
    return st;
}

void leie_uncertain_clear(leie_uncertain *u)
{
    leie_scenarios_clear(&u->cells);
    leie_free(u->rule);
    *u = (leie_uncertain){0};
}

double leie_rule_cv(const leie_uncertain_rule *r, double value)
{
    double c = r->power == 0 ? r->cv : value == 0 ? 0 : r->cv * pow(fabs(value), r->power);
    return r->most > 0 && c > r->most ? r->most : c;
}

static double width_of(const leie_uncertain_rule *r, double value)
{
    return leie_rule_cv(r, value) * sqrt(r->distribution == LEIE_UNIFORM ? 3 : 6);
}

double leie_rule_mean(const leie_uncertain_rule *r)
{
    if (!r->ranged || r->distribution == LEIE_FIXED)
        return 1;
    return r->distribution == LEIE_UNIFORM ? (r->low + r->high) / 2 : (r->low + r->mode + r->high) / 3;
}

double leie_rule_sd(const leie_uncertain_rule *r, double value)
{
    if (r->distribution == LEIE_FIXED)
        return 0;
    if (!r->ranged)
        return leie_rule_cv(r, value);
    return leie_distribution_width(r->distribution, r->mode, r->low, r->high);
}

double leie_rule_factor(const leie_uncertain_rule *r, double z, double value)
{
    double low = r->low, mode = r->mode, high = r->high;
    if (r->distribution == LEIE_NORMAL || r->distribution == LEIE_LOGNORMAL)
        return leie_distribution_at(r->distribution, z, 1, leie_rule_cv(r, value), 0, 0);
    if (!r->ranged) {
        double half = r->distribution == LEIE_FIXED ? 0 : width_of(r, value);
        low = 1 - half;
        mode = 1;
        high = 1 + half;
    }
    return leie_distribution_at(r->distribution, z, mode, 0, low, high);
}
