/* Leie's table file: a table as NetCDF-4, to be read at the speed of memory. It opens in xarray, R and
 * ncdump like a result does.
 *
 *   dimensions  region R, sector n, buyer n (the sectors again, as columns of Z), demand m, input v,
 *               stressor k; nonzero and row_end of a sparse Z; source_file, note and factor
 *   Z           by layout:
 *     dense     Z (sector, buyer) as f64
 *     single    Z_single (sector, buyer) as f32: half the size, rounded, and says so
 *     csr       Z_start (row_end), Z_column and Z_value (nonzero): compressed rows
 *     block     A = Z diag(A_scale) by blocks (part of buyers, part of sellers), as the iteration over blocks reads it,
 *               without conversion (kernels/blockstore.h): part_end, A_start and A_place (block_end) where the values
 *               and positions of a block begin, A_cells (part_sector) how many cells each buyer has in it, A_position
 *               (position, one byte or two each), A_high and A_low (entry): a cell is the sum of the two, exact to
 *               2^-49. Z_start, Z_column, Z_value: cells of Z that A does not have. A_count and A_weight (block):
 *               cells and sum of |Z| by (part of sellers, part of buyers); the attributes norm of these two: the largest
 *               column and row sum of |I - A|
 *   Y           (sector, demand)      x  (sector)
 *   W           (input, sector)       F  (stressor, sector)      F_Y  (stressor, demand)
 *   labels      region, sector_code, demand_kind, stressor_unit, ...: texts over their dimension
 *   provenance  source_* and note_*; characterisation and factor_* when one was used
 *   attributes  leie_table (1; 2 for the layouts single and block), year, currency, unit, valuation, prices,
 *               system, source, licence, inputs_sha256
 *
 * Numbers are f64, columns 32-bit integers, each variable one block that begins on a page and carries the
 * SHA-256 of its values (little-endian, row by row); arrays of the layout block carry none, the seal holds sums of all. Units are kept as the table writes them: `unit` and
 * sector_unit for money, stressor_unit for F and F_Y. The file ends with a seal (io/result/seal.h).
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_WRITE_WRITE_NETCDF_TABLE_H
#define LEIE_IO_WRITE_WRITE_NETCDF_TABLE_H

#include "solver/leie.h"

enum { LEIE_TABLE_LAYOUT = 2 }; // the newest

typedef enum leie_table_form {
    LEIE_TABLE_AS_IS, // dense or csr, as the table is in memory
    LEIE_TABLE_DENSE,
    LEIE_TABLE_SINGLE,
    LEIE_TABLE_CSR,
    LEIE_TABLE_BLOCK,
    LEIE_TABLE_FORMS
} leie_table_form;

/* "auto", "dense", "single", "csr", "block"; find returns a negative number for anything else. */
LEIE_API const char *leie_table_form_name(leie_table_form form);
LEIE_API int leie_table_form_find(const char *name);

typedef struct leie_netcdf_table_opts {
    leie_table_form form;
    bool compress;      // deflate: smaller, and slower to write and read
    const char *inputs; // SHA-256 over all it was made from, kept as inputs_sha256; NULL for none
} leie_netcdf_table_opts;

/* Writes a table into a file, all or nothing. opts may be NULL. Same table, same bytes. Z is written in the
 * form asked for; another one than it has is made first, beside it, and a dense one whose n is no multiple of 8 is
 * copied (8 n^2 bytes).
 * Errors: LEIE_ERR_OUTPUT, LEIE_ERR_NOMEM, LEIE_ERR_SHAPE (no sectors, no final demand),
 * LEIE_ERR_DATA (labels that are not UTF-8). */
LEIE_API leie_status leie_write_netcdf_table(const char *path, const leie_table *t, const leie_netcdf_table_opts *opts,
                                             leie_error *err);

#endif
