// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/cli/flow_view.h"

#include <math.h>
#include <stdio.h>

#include "io/cli/texttable.h"

enum { ROWS_SHOWN = 60, NAMES_SHOWN = 10 };

// Value and standard deviation, "?" for what is not known.
static void add_pair(leie_texttable *t, double value, double sd)
{
    leie_texttable_add(t, isnan(value) ? "?" : "%.7g", value);
    leie_texttable_add(t, isnan(sd) ? "?" : "%.4g", sd);
}

leie_status leie_flow_print_table(const leie_flow_system *sys, const leie_reconciled *r, leie_error *err)
{
    const char *const heads[] = {"quantity", "measured", "sd", "reconciled", "sd", "test", "state"};
    char name[256];
    leie_texttable t;
    leie_texttable_start(&t, "lrrrrrl");
    for (int k = 0; k < 7; k++)
        leie_texttable_add(&t, "%s", heads[k]);
    for (leie_size i = 0; i < r->n && i < ROWS_SHOWN; i++) {
        bool unknown = isnan(sys->system.sd[i]);
        leie_flow_name(sys, false, i, name, sizeof name);
        leie_texttable_add(&t, "%s", name);
        add_pair(&t, unknown ? NAN : sys->system.value[i], sys->system.sd[i]);
        add_pair(&t, r->value[i], r->sd[i]);
        leie_texttable_number(&t, 2, r->test[i]);
        leie_texttable_add(&t, "%s", leie_mfa_state_name((leie_mfa_state)r->state[i]));
    }
    leie_status st = leie_texttable_print(&t, stdout, 2, err);
    if (r->n > ROWS_SHOWN)
        printf("  ... and %lld more quantities: leie show FILE reconciled\n", (long long)r->n - ROWS_SHOWN);
    leie_texttable_clear(&t);
    return st;
}

// ---- findings ----

// Prints those of n variables or constraints whose test is above the critical value.
static void print_failed(const leie_flow_system *sys, bool constraint, leie_size n, const double *test, double critical)
{
    char name[256];
    leie_size found = 0;
    for (leie_size i = 0; i < n; i++) {
        if (!(test[i] > critical))
            continue;
        if (found++ == NAMES_SHOWN)
            break;
        leie_flow_name(sys, constraint, i, name, sizeof name);
        printf("  contradicts: %s, %.2f standard deviations (critical %.2f)\n", name, test[i], critical);
    }
    if (found > NAMES_SHOWN)
        printf("  contradicts: more of these\n");
}

static void print_weights(const leie_flow_system *sys, const leie_reconciled *r)
{
    char name[256];
    leie_size count = 0;
    for (leie_size i = 0; i < r->n; i++)
        if (r->weight[i] < 1 && count++ < NAMES_SHOWN) {
            leie_flow_name(sys, false, i, name, sizeof name);
            printf("  weighed down: %s, weight %.2g\n", name, r->weight[i]);
        }
    if (count > NAMES_SHOWN)
        printf("  weighed down: %lld more\n", (long long)count - NAMES_SHOWN);
}

void leie_flow_print_state(const leie_flow_system *sys, const leie_reconciled *r, leie_mfa_state state)
{
    char name[256];
    leie_size count = 0;
    for (leie_size i = 0; i < r->n; i++)
        if (r->state[i] == state && count++ < NAMES_SHOWN) {
            leie_flow_name(sys, false, i, name, sizeof name);
            printf("  %s: %s\n", leie_mfa_state_name(state), name);
        }
    if (count > NAMES_SHOWN)
        printf("  %s: %lld more\n", leie_mfa_state_name(state), (long long)count - NAMES_SHOWN);
}

static void print_dependent(const leie_flow_system *sys, const leie_reconciled *r)
{
    char name[256];
    leie_size count = 0;
    for (leie_size k = 0; k < r->m; k++)
        if (r->dependent[k] && count++ < NAMES_SHOWN) {
            leie_flow_name(sys, true, k, name, sizeof name);
            printf("  says nothing new: %s\n", name);
        }
    if (count > NAMES_SHOWN)
        printf("  says nothing new: %lld more\n", (long long)count - NAMES_SHOWN);
}

leie_status leie_flow_print_findings(const leie_flow_system *sys, const leie_reconciled *r, leie_error *err)
{
    double level = sys->study->opts.level;
    if (sys->study->opts.huber > 0)
        printf("\nrobust: adjustments beyond %g standard deviations were weighed down, so there is no global test\n", sys->study->opts.huber);
    else if (r->dof)
        printf("\nglobal test: sum of squares %.6g with %lld degrees of freedom, probability %.3g: %s\n", r->objective,
               (long long)r->dof, r->probability, r->probability < level ? "the data contradict each other" : "no contradiction");
    else
        printf("\nglobal test: nothing is redundant, so nothing can be tested\n");
    print_failed(sys, false, r->n, r->test, r->critical);
    print_failed(sys, true, r->m, r->nodal, r->nodal_critical);
    print_weights(sys, r);
    leie_flow_print_state(sys, r, LEIE_MFA_SET_ASIDE);
    leie_flow_print_state(sys, r, LEIE_MFA_AT_BOUND);
    leie_flow_print_state(sys, r, LEIE_MFA_NOT_OBSERVABLE);
    print_dependent(sys, r);
    return leie_flow_print_loops(sys, r, err);
}
