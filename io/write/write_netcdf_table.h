/* Leie's table file: a table as NetCDF-4, to be read at the speed of memory. It opens in xarray, R and
 * ncdump like a result does.
 *
 *   dimensions  region R, sector n, buyer n (the sectors again, as columns of Z), demand m, input v,
 *               stressor k; nonzero and row_end of a sparse Z; source_file, note and factor
 *   Z           (sector, buyer), or Z_start (row_end), Z_column and Z_value (nonzero): compressed rows
 *   Y           (sector, demand)      x  (sector)
 *   W           (input, sector)       F  (stressor, sector)      F_Y  (stressor, demand)
 *   labels      region, sector_code, demand_kind, stressor_unit, ...: texts over their dimension
 *   provenance  source_* and note_*; characterisation and factor_* when one was used
 *   attributes  leie_table (1, the version of this layout), year, currency, unit, valuation, prices,
 *               system, source, licence, inputs_sha256
 *
 * Numbers are f64, columns 32-bit integers, each variable one block that begins on a page and carries the
 * SHA-256 of its values (little-endian, row by row). Units are kept as the table writes them: `unit` and
 * sector_unit for money, stressor_unit for F and F_Y. The file ends with a seal (io/result/seal.h).
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_WRITE_WRITE_NETCDF_TABLE_H
#define LEIE_IO_WRITE_WRITE_NETCDF_TABLE_H

#include "solver/leie.h"

enum { LEIE_TABLE_LAYOUT = 1 };

typedef struct leie_netcdf_table_opts {
    bool compress;      // deflate: smaller, and slower to write and read
    const char *inputs; // SHA-256 over all it was made from, kept as inputs_sha256; NULL for none
} leie_netcdf_table_opts;

/* Writes a table into a file, all or nothing. opts may be NULL. Same table, same bytes. Z is written in the
 * form it has; a dense one whose n is no multiple of 8 is copied first (8 n^2 bytes).
 * Errors: LEIE_ERR_OUTPUT, LEIE_ERR_NOMEM, LEIE_ERR_SHAPE (no sectors, no final demand),
 * LEIE_ERR_DATA (labels that are not UTF-8). */
LEIE_API leie_status leie_write_netcdf_table(const char *path, const leie_table *t, const leie_netcdf_table_opts *opts,
                                             leie_error *err);

#endif
