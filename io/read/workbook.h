/* Workbooks (.xlsx, Office Open XML): the cells of a sheet as CSV text, so that whatever reads a CSV file
 * reads a sheet. Line n of the text is row n of the sheet; all lines have as many fields as the widest row,
 * but blank rows are blank lines.
 *
 * Read are shared strings, inline strings, rich text (runs are joined, phonetic hints left out), results of
 * formulas, numbers (as the file writes them), truth values (TRUE, FALSE); cells and rows without a
 * reference follow the one before. An error cell (#N/A, #REF!) stays that text, so that it fails where a
 * number belongs. Dates are the numbers that the file holds. Merged cells have their value in the first.
 *
 * Document type declarations are refused, so no entity expands. Rows and columns beyond the format's limits
 * (1,048,576 and 16,384), rows or cells in falling order, strings that are not there are LEIE_ERR_DATA with
 * sheet and cell. The sheet is parsed while it is inflated; memory: its text, and the shared strings.
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_READ_WORKBOOK_H
#define LEIE_IO_READ_WORKBOOK_H

#include "io/read/text.h"

typedef struct leie_workbook leie_workbook;

/* Opens a workbook in a file, or in memory (borrowed while it is open; path is for messages). Errors:
 * LEIE_ERR_IO, LEIE_ERR_DATA (no workbook; an older .xls or a binary .xlsb says so). */
leie_status leie_workbook_open(leie_workbook **wb, const char *path, leie_error *err);
leie_status leie_workbook_open_memory(leie_workbook **wb, const void *data, leie_size bytes, const char *path,
                                      leie_error *err);
leie_workbook *leie_workbook_close(leie_workbook *wb);

/* Its sheets, in their order. */
leie_size leie_workbook_sheets(const leie_workbook *wb);
const char *leie_workbook_sheet(const leie_workbook *wb, leie_size sheet);

/* Position of a sheet by name: LEIE_ERR_DATA with the names there are. */
leie_status leie_workbook_find(leie_size *sheet, const leie_workbook *wb, const char *name, leie_error *err);

/* A sheet as CSV text; data is the caller's to leie_free. limit: largest size in bytes, 0 for none. */
leie_status leie_workbook_csv(char **data, leie_size *size, leie_workbook *wb, leie_size sheet, leie_size limit,
                              leie_error *err);

#endif
