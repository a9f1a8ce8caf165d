/* Material flows of regions: the physical side (DESIGN section 2).
 *
 * A flow is tonnes of a material of one kind, for a region and a year. Trade has a partner: another region of
 * the list (interregional trade) or any other label (foreign). Rows are independent: the standard deviation
 * of a sum is the root of the sum of squares, and rows without one count as exact.
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_SOLVER_TABLE_FLOWS_H
#define LEIE_SOLVER_TABLE_FLOWS_H

#include "solver/table/materials.h"
#include "solver/table/provenance.h"

typedef enum leie_flow_kind {
    LEIE_FLOW_DE,      // domestic extraction used
    LEIE_FLOW_IMP,     // imports
    LEIE_FLOW_EXP,     // exports
    LEIE_FLOW_UDE,     // unused domestic extraction
    LEIE_FLOW_BI_IN,   // balancing items, input side
    LEIE_FLOW_BI_OUT,  // balancing items, output side
    LEIE_FLOW_DPO,     // domestic processed output
    LEIE_FLOW_RCV,     // waste recycled in domestic plants (R2-R11, no energy recovery, no backfilling)
    LEIE_FLOW_IMP_W,   // imported waste for recycling
    LEIE_FLOW_EXP_W,   // exported waste for recycling
    LEIE_FLOW_IMP_RME, // imports in raw material equivalents, as published
    LEIE_FLOW_EXP_RME, // exports in raw material equivalents, as published
    LEIE_FLOW_DMI,     // indicators as published, where their parts are not
    LEIE_FLOW_DMC,
    LEIE_FLOW_RMI,
    LEIE_FLOW_RMC,
    LEIE_FLOW_KINDS
} leie_flow_kind;

/* How a figure came about, from best to worst. */
typedef enum leie_flow_status {
    LEIE_FLOW_GIVEN,
    LEIE_FLOW_ESTIMATED,
    LEIE_FLOW_BALANCED,
    LEIE_FLOW_PROVISIONAL,
    LEIE_FLOW_IMPUTED,
    LEIE_FLOW_STATUSES
} leie_flow_status;

enum { LEIE_FLOW_TAGS = 4 }; // product, industry, treatment, destination

typedef struct leie_flow {
    int year;
    leie_index region;
    leie_index partner;             // -1: none stated
    leie_index material;            // position in the materials
    leie_index tag[LEIE_FLOW_TAGS]; // -1: none stated
    leie_flow_kind kind;
    leie_flow_status status;
    double tonnes;
    double value_eur; // NaN when not given
    double sd;        // NaN when not given
    leie_size line;   // of the file; 0 for a mirrored row
} leie_flow;

typedef struct leie_flows {
    leie_labels region;              // R regions that have rows of their own
    leie_labels partner;             // partners
    leie_index *partner_region;      // [partner.n] region of a partner, -1 for a foreign one; leie_flows_close
    leie_labels tag[LEIE_FLOW_TAGS]; // products, industries, treatments, destinations
    leie_size n, room;
    leie_flow *row;                  // [n] after leie_flows_close: by year, region, kind, partner
    leie_size mirrored;              // rows added by leie_flows_close
    char *edition;                   // "" when the file states none
    leie_provenance provenance;
} leie_flows;

/* "DE", "IMP", ... and back; find gives a negative number for an unknown name. The same for statuses. */
LEIE_API const char *leie_flow_kind_name(leie_flow_kind kind);
LEIE_API int leie_flow_kind_find(const char *name);
LEIE_API const char *leie_flow_status_name(leie_flow_status status);
LEIE_API int leie_flow_status_find(const char *name);

/* Whether a kind has a partner: imports and exports of goods and of waste. */
LEIE_API bool leie_flow_trades(leie_flow_kind kind);

/* Appends a row. */
LEIE_API leie_status leie_flows_add(leie_flows *f, const leie_flow *row, leie_error *err);

/* When all rows are there: finds which partners are regions, gives interregional trade that only one side
 * reports its mirror row on the other side (noted), and sorts. Errors: LEIE_ERR_DATA for a region that trades
 * with itself and for a flow that is given twice (both lines); LEIE_ERR_NOMEM. Cost: n log n. */
LEIE_API leie_status leie_flows_close(leie_flows *f, leie_error *err);
LEIE_API void leie_flows_clear(leie_flows *f);

/* Regions and partners under other codes (n pairs from -> to); codes that are not named stay. Returns how many
 * regions were renamed, or LEIE_ERR_DATA for two codes that become one. */
LEIE_API leie_size leie_flows_rename(leie_flows *f, leie_size n, const char *const *from, const char *const *to,
                                     leie_error *err);

/* Region of a row's partner, -1 for a foreign or unstated one. */
LEIE_API leie_index leie_flow_partner_region(const leie_flows *f, const leie_flow *row);

#endif
