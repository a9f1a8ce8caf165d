/* Z of table files in any layout (io/write/write_netcdf_table.h), as if they held a variable Z (sector, buyer) with labels
 * of the buyers: its header, and the values of a part of it from an open file. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_RESULT_NETCDF_FLOWS_H
#define LEIE_IO_RESULT_NETCDF_FLOWS_H

#include "io/result/dataset.h"

/* Adds what a table file lacks to its header: Z without values and its dimension buyer, with the units of x; and buyer,
 * buyer_region and buyer_code, which are those of the sectors. *added says whether Z is not in the file as such. Any
 * other dataset stays as it is. Errors: LEIE_ERR_DATA (no x, a buyer that is there), LEIE_ERR_NOMEM. */
leie_status leie_netcdf_flows_add(bool *added, leie_dataset *ds, leie_error *err);

/* Removes the variables from the header of a table file in which another layout than the dense one keeps Z. */
void leie_netcdf_flows_hide(leie_dataset *ds);

/* Gives Z the values of the rows and columns that a cut has left, from position from[d] of dimension d on; cells that are
 * not in the file are 0. Read are the cells of the layout single, or the row pointers and cells of these rows, or the blocks that hold them, of
 * each the cells of these buyers; cells of the layout block are exact to 2^-48. Cost: one look at each cell read; memory 8 bytes
 * for each cell of Z that is left and 12 for each that is read at once (some rows, or one block). budget is what a
 * variable may take, in bytes. Errors: LEIE_ERR_DATA, LEIE_ERR_NOMEM, LEIE_ERR_LIMIT (more than the machine's memory). */
leie_status leie_netcdf_flows_fill(leie_dataset *ds, int nc, const leie_size *from, leie_size budget, leie_error *err);

#endif
