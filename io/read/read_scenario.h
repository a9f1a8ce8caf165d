/* Scenario files (YAML) of a study.
 *
 * A file holds `parameters` (name: value, or {value, range, distribution, spread, unit, source}), `correlations` of
 * them ({parameters: [a, b], rho}), `shares` ({parameters: [a, b, c], concentration}: parts of one whole, Dirichlet), a
 * `path` that holds for all its interventions, `drivers` (interventions of every year without a table) and one
 * scenario, or a list `scenarios`. A scenario has a code (`scenario`), a title, `evidence`, `omits`, a `base` (another scenario,
 * or several, whose interventions come first), `values` of parameters, `years`, `attribution` (shapley, alone, none),
 * `interventions`, and `grid: {parameter: [values]}` or `sample: {size, method, seed, parameters}`, which make many
 * scenarios of it, named code/1, code/2, ...; these are not explained unless `attribution` asks for it.
 *
 * `import` takes interventions from other programs: {format: pycirk, path: scenarios.xlsx, sheet: ...} (default: the sheet
 * with the scenario's code) or {format: mario, path: shocks.xlsx}; or sheets of these saved as CSV: {format: pycirk, path:
 * sheet.csv}, {format: mario, z: ..., Y: ..., v: ..., e: ...}.
 *
 * An intervention has an `operator`, a `matrix`, `rows`, `cols`, `cells` (all, domestic, imported), `to`,
 * `to_cols`, `spread` (proportional, equal, nonzero, pairs), a `path`, and the amounts of its operator (scenario.h). A selection
 * is a code, a list of codes, or {regions, sectors | categories | stressors, names, kinds, group: {concordance,
 * codes}}; `same` in a target stands for the region or code of the cell that it comes from. Groups of the study
 * stand for their members.
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_READ_READ_SCENARIO_H
#define LEIE_IO_READ_READ_SCENARIO_H

#include "io/study/study.h"
#include "solver/scenario/scenario.h"

/* Reads all scenario files of a study into an empty set; every file becomes a source of p. Errors name file, line
 * and key, and the nearest known one. */
LEIE_API leie_status leie_read_scenarios(leie_scenarios *set, const leie_study *study, leie_provenance *p, leie_error *err);

#endif
