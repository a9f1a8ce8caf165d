/* Scenarios: what changes in a table, by named operators on sets of rows and columns, with paths over years.
 *
 *   A   technical coefficients, Z diag(x)^-1     Y   final demand
 *   S   pressure per output, F diag(x)^-1        F_Y direct pressures of final demand
 *
 * A set of scenarios shares its parameters and interventions: a scenario is a list of interventions, in their
 * order, and one value for each parameter. A grid or a sample of parameters is many scenarios with the same
 * list. tau is the path of an intervention in a year, between 0 and 1 (1 without a path).
 *
 *   scale       a* = a (1 + tau kt kp) (1 + tau kt2 kp2) + tau add
 *   set         a* = a + tau (value - a)
 *   add         a* = a + tau value
 *   substitute  a* = a (1 - s), s = tau kp share; s quantity price a is added to the rows `to` of the column
 *   shift       the same in Y, to the rows `to` of the columns `to_cols`; quantity price 1 keeps the spending
 *   trade       the same with quantity price 1: what is bought keeps its sum, its origin changes
 *   lifetime    s = tau kp f(life, new_life); s repair y is added to the rows `to`
 *   displace    y* = y (1 - tau share rate); tau share price y is added to the rows `to`
 *   cap         what the cells exceed tau limit is taken from them in proportion; quantity price of it is added
 *               to the rows `to`
 *   demand      y* = y (1 + tau (population per_head - 1))
 *   process     a new sector: its inputs and pressures per unit of output; nothing buys from it yet
 *   rebound     y* = y (1 + tau share saving / spending), by region, where saving is what the interventions
 *               before it left of the spending of the baseline
 *   balance     the monetary column sums of A that were changed are made what they were: by scaling the cells
 *               that were not (inputs), or by a change of a row of S (value_added)
 *
 * Cells that become negative and were not are set to zero; shares above one are taken as one. Both are
 * counted, as are column sums above one, which are left as they are.
 * Donati et al. (2020), Resources, Conservation and Recycling 152, 104508; Wood et al. (2018).
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_SOLVER_SCENARIO_SCENARIO_H
#define LEIE_SOLVER_SCENARIO_SCENARIO_H

#include "solver/scenario/parameter.h"
#include "solver/table/table.h"

typedef enum leie_operator {
    LEIE_OP_SCALE,
    LEIE_OP_SET,
    LEIE_OP_ADD,
    LEIE_OP_SUBSTITUTE,
    LEIE_OP_SHIFT,
    LEIE_OP_TRADE,
    LEIE_OP_LIFETIME,
    LEIE_OP_DISPLACE,
    LEIE_OP_CAP,
    LEIE_OP_DEMAND,
    LEIE_OP_PROCESS,
    LEIE_OP_REBOUND,
    LEIE_OP_BALANCE,
    LEIE_OPERATORS
} leie_operator;

typedef enum leie_edited { LEIE_EDIT_A, LEIE_EDIT_Y, LEIE_EDIT_S, LEIE_EDIT_F_Y, LEIE_EDITED } leie_edited;

/* Amounts of operators, by the name they have in files. */
typedef enum leie_amount_role {
    LEIE_KT,
    LEIE_KP,
    LEIE_KT2,
    LEIE_KP2,
    LEIE_ADD,
    LEIE_VALUE,
    LEIE_SHARE,
    LEIE_QUANTITY,  // units of the new per unit of the old
    LEIE_PRICE,     // price of the new over price of the old
    LEIE_AVAILABLE, // most that can be added, in the unit of the rows `to`
    LEIE_LIFE,
    LEIE_NEW_LIFE,
    LEIE_REPAIR,    // spending on repair per unit of spending that is saved
    LEIE_RATE,      // new goods displaced per reused good
    LEIE_LIMIT,     // most that the cells may be together, in the unit of the rows
    LEIE_POPULATION,
    LEIE_PER_HEAD,
    LEIE_AMOUNTS
} leie_amount_role;

/* Names in files: "scale", "A", "kt"; find returns a negative number for anything else. */
LEIE_API const char *leie_operator_name(leie_operator op);
LEIE_API int leie_operator_find(const char *name);
LEIE_API const char *leie_edited_name(leie_edited matrix);
LEIE_API int leie_edited_find(const char *name);
LEIE_API const char *leie_amount_name(leie_amount_role role);

/* Which amounts an operator takes, and which of them it needs: bits 1 << role. */
LEIE_API unsigned leie_operator_takes(leie_operator op);
LEIE_API unsigned leie_operator_needs(leie_operator op);

/* A set of rows or columns: sectors of regions, columns of final demand of regions, or stressors. Texts are codes or
 * patterns with * and ?; every one must match something. Nothing given: all. */
typedef struct leie_selection {
    bool given;
    leie_size regions, items, names;
    char **region;       // [regions] codes of regions
    char **item;         // [items] codes of sectors, categories or stressors
    char **label;        // [names] names of these
    unsigned kinds;      // of final demand, bits 1 << leie_demand_kind; 0: all
    bool same_region;    // of a target: the region of the cell it comes from
    bool same_item;      // of a target: the code of the cell it comes from
    leie_size line;
} leie_selection;

typedef enum leie_cells_choice { LEIE_CELLS_ALL, LEIE_CELLS_DOMESTIC, LEIE_CELLS_IMPORTED } leie_cells_choice;
/* How what is moved is shared between targets: like the purchases there are, equally, equally between those that are
 * not zero; or cell by cell when there are as many targets as sources (else like nonzero: pycirk's rule). */
typedef enum leie_spread { LEIE_SPREAD_PROPORTIONAL, LEIE_SPREAD_EQUAL, LEIE_SPREAD_NONZERO, LEIE_SPREAD_PAIRS } leie_spread;
typedef enum leie_repair { LEIE_REPAIR_INPUTS, LEIE_REPAIR_VALUE_ADDED } leie_repair;

typedef enum leie_ramp_kind { LEIE_RAMP_NONE, LEIE_RAMP_LINEAR, LEIE_RAMP_S_CURVE, LEIE_RAMP_STEP, LEIE_RAMP_TABLE } leie_ramp_kind;

/* A path over years. The S-curve is the logistic function between from and to, scaled to go from 0 to 1. */
typedef struct leie_ramp {
    leie_ramp_kind kind;
    int from, to;      // step: 1 from `from` on
    leie_size points;
    int *year;         // [points] ascending, table
    double *share;     // [points]
} leie_ramp;

/* One input of a new process, or one pressure. */
typedef struct leie_process_part {
    leie_selection row;
    leie_amount amount; // per unit of output; inputs are shared between the rows in proportion to what the
                        // region buys from them (equally when it buys nothing)
} leie_process_part;

typedef struct leie_intervention {
    char *name;
    char *path;         // borrowed from the set: file, for messages
    leie_size line;
    leie_operator op;
    leie_edited matrix;
    leie_selection row, col, to, to_col;
    leie_cells_choice cells;
    leie_spread spread;
    leie_repair repair;
    bool flows;         // add and set: the value is a flow, divided by the output of the column in A and S
    leie_amount amount[LEIE_AMOUNTS];
    leie_ramp ramp;
    // a process
    char *region, *code, *title, *unit;
    leie_size inputs, pressures;
    leie_process_part *input, *pressure;
    leie_size process;  // position among the processes of the set
} leie_intervention;

typedef enum leie_attribution { LEIE_ATTRIBUTE_SHAPLEY, LEIE_ATTRIBUTE_ALONE, LEIE_ATTRIBUTE_NONE } leie_attribution;

typedef struct leie_scenario {
    char *code, *title;
    char *evidence, *omits; // where it comes from; what it leaves out
    char *path;             // borrowed from the set
    leie_size line;
    leie_size interventions;
    leie_size *intervention; // [interventions] positions in the set; those of the base first
    double *value;           // [parameters of the set]
    leie_size years;
    int *year;               // [years] none: those of the tables
    leie_attribution attribution;
} leie_scenario;

/* Two parameters whose normal variates are correlated. */
typedef struct leie_correlation {
    leie_size a, b;
    double rho; // -1 .. 1
    leie_size line;
} leie_correlation;

/* Parameters that are shares of one whole: drawn together, they keep their sum. */
typedef struct leie_share_group {
    leie_size n;
    leie_size *parameter; // [n]
    double concentration; // var p = p (1 - p) / (concentration + 1)
    leie_size line;
} leie_share_group;

typedef struct leie_scenarios {
    leie_size files, parameters, correlations, groups, interventions, drivers, scenarios, processes;
    char **file;                     // [files] as shown in messages
    leie_parameter *parameter;       // [parameters] names are unique
    leie_correlation *correlation;   // [correlations]
    leie_share_group *group;         // [groups]
    leie_intervention *intervention; // [interventions]
    leie_size *driver;               // [drivers] interventions of every projection, before all others
    leie_scenario *scenario;         // [scenarios] codes are unique
} leie_scenarios;

/* Position of a parameter or scenario by name, -1 when it is not there. */
LEIE_API leie_size leie_scenarios_parameter(const leie_scenarios *set, const char *name);
LEIE_API leie_size leie_scenarios_find(const leie_scenarios *set, const char *code);

/* Whether an amount of an intervention names a parameter. */
LEIE_API bool leie_intervention_uses(const leie_intervention *intervention, leie_size parameter);

LEIE_API void leie_intervention_clear(leie_intervention *intervention);
LEIE_API void leie_scenario_clear(leie_scenario *scenario);
LEIE_API void leie_scenarios_clear(leie_scenarios *set);

/* tau in a year. */
LEIE_API double leie_ramp_share(const leie_ramp *ramp, int year);

#endif
