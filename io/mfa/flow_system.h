/* A material flow system from its files; systems.md says what a user can write in them. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_MFA_FLOW_SYSTEM_H
#define LEIE_IO_MFA_FLOW_SYSTEM_H

#include "io/study/study.h"

typedef struct leie_flow_study {
    leie_study head; // texts only
    leie_size years;
    int *year;
    char *unit;
    leie_labels layer; // goods and then the substances and energy
    leie_labels measured_in; // [layer.n] code: the layer, name: its unit, unit: that of its concentrations
    leie_labels quality;
    double *quality_sd; // [quality.n] relative standard deviation of each class
    leie_path flows, processes, values, concentrations, transfers, relations, correlations;
    leie_size negatives;
    char **negative;
    leie_reconcile_opts opts;
    leie_size covariances;
    char **covariance; // [covariances] flows, concentrations, transfer coefficients, or "all"
    leie_size draws;   // of the sample; 0 for none
    leie_size seed;
} leie_flow_study;

/* Reads and checks the system's study file; sets as for leie_study_read. Errors: LEIE_ERR_IO, LEIE_ERR_DATA with
 * path, line and key, LEIE_ERR_USAGE for what came from --set. */
LEIE_API leie_status leie_flow_study_read(leie_flow_study *study, const char *path, leie_size sets, char *const *set,
                                          leie_error *err);
LEIE_API void leie_flow_study_clear(leie_flow_study *study);

/* Whether a layer is not counted in the unit of goods, as energy in TJ: its concentrations are no shares. */
bool leie_flow_layer_apart(const leie_flow_study *study, leie_size layer);

/* A quantity per year beside the flows: a concentration or a transfer coefficient. */
typedef struct leie_flow_ratio {
    leie_index flow, layer;
} leie_flow_ratio;

typedef struct leie_relation_term {
    leie_index relation, flow, layer; // flow -1: a constant
    leie_index item;                  // of the coefficients, when the coefficient is a quantity of its own; else -1
    leie_size year;                   // position, -1 for all
    double coefficient;
} leie_relation_term;

typedef struct leie_flow_correlation {
    leie_index flow[2], layer[2];
    leie_size year[2]; // positions; -1 both: every year
    double value;
} leie_flow_correlation;

/* Variables: flow (flow, layer, year), then concentrations, transfers and uncertain coefficients of relations (item, year).
 * Constraints: balances (process, layer, year), then one per concentration and year, one per transfer and year,
 * one per relation and year. */
typedef struct leie_flow_system {
    const leie_flow_study *study;  // borrowed
    leie_labels process, flow;     // flows and then stock:PROCESS
    leie_index *from, *to;         // [flow.n] processes, -1 outside
    leie_labels concentration, transfer, relation;
    leie_labels coefficient;       // of relations, uncertain or unknown: relation/flow, relation/flow/layer, relation
    leie_flow_ratio *concentration_of, *transfer_of;
    leie_size terms;
    leie_relation_term *term;      // [terms]
    leie_size correlations;
    leie_flow_correlation *correlation; // [correlations]
    leie_mfa_system system;
    leie_provenance provenance;
} leie_flow_system;

/* Reads the files and sets up variables and constraints. Errors: LEIE_ERR_DATA with path, line, column and label
 * (a flow of a process that is not there, a concentration above one, no uncertainty, a value given twice),
 * LEIE_ERR_UNIT. study must outlive the system. */
LEIE_API leie_status leie_flow_system_read(leie_flow_system *sys, const leie_flow_study *study, leie_error *err);
LEIE_API void leie_flow_system_clear(leie_flow_system *sys);

/* Variables whose covariances the study asks for, n of them, allocated. LEIE_ERR_DATA for a name that is not there or is given
 * twice, LEIE_ERR_LIMIT for more than LEIE_COVARIANCES_MAX. */
enum { LEIE_COVARIANCES_MAX = 4000 };
leie_status leie_flow_choose(leie_index **choose, leie_size *n, const leie_flow_system *sys, leie_error *err);

/* Positions of the first concentration, transfer and coefficient among the variables. */
leie_size leie_flow_first_concentration(const leie_flow_system *sys);
leie_size leie_flow_first_transfer(const leie_flow_system *sys);
leie_size leie_flow_first_coefficient(const leie_flow_system *sys);

/* Name of a variable or constraint, "flow 'scrap', Cu, 2019". */
LEIE_API void leie_flow_name(const void *sys, bool constraint, leie_size i, char *text, size_t size);

#endif
