/* Uncertain inputs: which cells of A, Y, S and F_Y are uncertain, how, and their values in a draw.
 *
 *   cell* = cell g        g a factor of mean 1 (but for a range that says otherwise)
 *
 * A rule names cells (blocks, regions, sectors, categories, stressors; domestic, imported or all) and a distribution of
 * g. The last rule that names a cell counts. Every factor comes from a standard normal variate z of its own:
 *
 *   normal      g = 1 + c z                        c = cv |value|^power, at most `most`
 *   lognormal   g = exp(s z - s^2/2), s^2 = log(1 + c^2)
 *   uniform     g = low + (high - low) Phi(z)      default 1 -+ c sqrt(3)
 *   triangular  the quantile Phi(z) of (low, mode, high)   default 1 -+ c sqrt(6), mode 1
 *
 *   z = sqrt(rho) z_group + sqrt(1 - rho) z_cell   correlated within a group (a Gaussian copula)
 *
 * Groups are columns, regions of columns, or all cells of the rule; for S and F_Y stressors, stressors by region, or all.
 * Shares keep the total of the cells that the rule names in a column: factors are divided by their weighted mean, or the
 * shares are Dirichlet with a concentration (var p = p (1 - p) / (concentration + 1)). Only cells above zero are
 * shares. Keys are the shares of the columns of one category, over the regions that the rule names (those of a nest):
 * all of a column of Y and F_Y moves. Keys of industries are the shares of the regions in the output of one sector: all that is
 * bought from it, in A and Y, moves between the regions, and every buyer keeps what it buys from them together,
 *
 *   a*_rj = a_rj g_r (sum over r of a_rj) / (sum over r of a_rj g_r)       g_r the same for all buyers j
 *
 * (recipes and pressures per output stay: the split of a nest by keys gives every region the technology of the country).
 *
 * A is drawn in f32 (relative rounding 6e-8): a* = f32(a) g. Value added takes what the other inputs leave; columns whose
 * inputs rise above one, and cells that change their sign, are counted.
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_SOLVER_SCENARIO_UNCERTAIN_H
#define LEIE_SOLVER_SCENARIO_UNCERTAIN_H

#include "solver/scenario/baseline.h"
#include "solver/scenario/sample.h"

typedef enum leie_grouping {
    LEIE_GROUP_NONE,
    LEIE_GROUP_COLUMN, // S, F_Y: the stressor
    LEIE_GROUP_REGION, // of the column; S, F_Y: by stressor and region
    LEIE_GROUP_ALL,
    LEIE_GROUPINGS
} leie_grouping;

/* "none", "column", "region", "all"; find: a negative number for anything else. */
LEIE_API const char *leie_grouping_name(leie_grouping grouping);
LEIE_API int leie_grouping_find(const char *name);

/* How the cells of a rule vary; which cells it names is in the intervention of the same position. */
typedef struct leie_uncertain_rule {
    leie_distribution distribution;
    double cv, power, most; // most 0: no bound
    bool ranged;            // low, mode and high are factors that the user gave
    double low, mode, high;
    bool shares;            // keep totals
    double concentration;   // above 0: Dirichlet
    bool keys, industries;  // industries: of output, else of final demand
    leie_grouping grouping;
    double rho;             // 0 .. 1
} leie_uncertain_rule;

enum { LEIE_RULES_MAX = 64 }; // of one block

typedef struct leie_uncertain {
    leie_scenarios cells;      // its interventions name the cells of each rule
    leie_uncertain_rule *rule; // [cells.interventions]
    uint64_t seed;
    leie_size draws;
    leie_design design;
} leie_uncertain;

/* Errors: LEIE_ERR_DATA with file and line for parameters that have no meaning. */
LEIE_API leie_status leie_uncertain_check(const leie_uncertain *u, leie_error *err);
LEIE_API void leie_uncertain_clear(leie_uncertain *u);

/* ---- for one table ---- */

/* What was counted over all draws so far. */
typedef struct leie_draw_counts {
    leie_size sign_changes; // cells
    leie_size over_one;     // columns of A
} leie_draw_counts;

typedef struct leie_inputs {
    const leie_table *t;       // borrowed
    const leie_uncertain *u;   // borrowed
    leie_baseline base;        // where the rules' cells are
    bool any[LEIE_EDITED];     // whether a rule names cells of the block
    bool keys;
    uint64_t *rows[LEIE_EDITED], *cols[LEIE_EDITED]; // bit per rule of the block: [rows], [cols]
    uint64_t domestic[LEIE_EDITED], imported[LEIE_EDITED];
    int rules[LEIE_EDITED], rule[LEIE_EDITED][LEIE_RULES_MAX]; // of the block, in their order
    leie_index *share_group;   // [m] keys: which columns share, -1 for none
    leie_index *key_rule;      // [m] which rule
    double *column;            // [m] keys: weight of a column
    double *inputs;            // [n] money inputs per unit of output, of the baseline
    bool all_money;            // no row in another unit
    leie_size groups;          // of keys
    bool industries;
    leie_index *row_group;     // [n] keys of industries: which sectors share, -1 for none
    leie_index *row_rule;      // [n] which rule
    double *row_factor;        // [n] of the draw that was begun
    leie_size row_groups;
    leie_sobol *sobol;
    leie_size *sobol_A;        // [n + 1] first dimension of a column
    leie_size first_dim[LEIE_EDITED + 2]; // of the other blocks, then of keys, of final demand and of industries
    leie_size *group_dim;      // [rules] first dimension of the group variates
    leie_size dims;
    struct leie_draw_work *work; // [workers]
    leie_size workers;
} leie_inputs;

/* Finds the cells of every rule. u and t must outlive it. Errors: LEIE_ERR_DATA (selections that match nothing),
 * LEIE_ERR_LIMIT (more than LEIE_RULES_MAX rules for a block), LEIE_ERR_USAGE (more inputs than Sobol' points have
 * dimensions), LEIE_ERR_NOMEM. */
LEIE_API leie_status leie_inputs_make(leie_inputs *in, const leie_table *t, const leie_uncertain *u, leie_error *err);
LEIE_API void leie_inputs_clear(leie_inputs *in);

/* The rule of a cell, -1 for none. */
LEIE_API int leie_inputs_rule(const leie_inputs *in, leie_edited block, leie_size row, leie_size col);

/* Which group of its rule a cell is in, and how many there are (0 for a rule without correlation). */
LEIE_API leie_size leie_inputs_group(const leie_inputs *in, leie_size rule, leie_size row, leie_size col);
LEIE_API leie_size leie_inputs_groups(const leie_inputs *in, leie_size rule);

/* Standard deviation of the factor of a cell with this value (the flow, for A: a x). First order for shares. */
LEIE_API double leie_rule_sd(const leie_uncertain_rule *rule, double value);

/* Mean of the factor. */
LEIE_API double leie_rule_mean(const leie_uncertain_rule *rule);

/* Makes the factors of a draw that all columns share, the keys of industries; before its A and Y. One thread. */
LEIE_API void leie_inputs_begin(leie_inputs *in, uint32_t draw);

/* A column of A in a draw: value [n] at rows row [n] (all cells of the column that are not zero in f32, ascending).
 * Any thread; worker picks the work space, which holds the counts. */
LEIE_API void leie_inputs_draw_A(leie_inputs *in, uint32_t draw, leie_size column, leie_size n, const leie_index *row,
                                 float *value, int worker);

/* A of one draw for a system that takes new values column by column (leie_redraw_cells): ctx is a leie_inputs_redraw. */
typedef struct leie_inputs_redraw {
    leie_inputs *in;
    uint32_t draw;
} leie_inputs_redraw;
LEIE_API void leie_inputs_redraw_column(void *ctx, leie_size column, leie_size n, const leie_index *row, float *value,
                                        int worker);

/* Y, S and F_Y of a draw, each of the shape of the table's Y [n, m], S [k, n] and F_Y [k, m] (S = F / x); on all
 * threads. What no rule names is the baseline to the bit. keys act on both Y and F_Y. Columns of Y that are not
 * wanted [m] are left as they are, and their sign changes are not counted; NULL: all are wanted. */
LEIE_API leie_status leie_inputs_draw_Y(leie_inputs *in, uint32_t draw, const bool *wanted, double *Y, double *F_Y,
                                        leie_error *err);
LEIE_API leie_status leie_inputs_draw_S(leie_inputs *in, uint32_t draw, double *S, leie_error *err);

/* Counts of all draws since the last call. */
LEIE_API leie_draw_counts leie_inputs_counts(leie_inputs *in);

#endif
