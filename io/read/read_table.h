/* A table of one year from the files of a study, in any of the formats, as published: before any
 * aggregation, split or characterisation. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_READ_READ_TABLE_H
#define LEIE_IO_READ_READ_TABLE_H

#include "io/study/study.h"

/* Reads Z, Y, x, W and labels into an empty table; x by the study's choice. F_<name>.csv files in the folder
 * of a CSV table become extensions of that name. Errors name path, line, column and label; the table is
 * empty then. */
leie_status leie_read_table(leie_table *t, const leie_study_tables *spec, int year, leie_error *err);

enum {
    LEIE_BLOCKS_FROM = 2000, // sectors from which Z is read as blocks of A where its cells are not asked for
    LEIE_BLOCKS_REGIONS = 8  // of which a region has one in so many at most
};

/* One reader per format; leie_read_table chooses. */
leie_status leie_read_csv_table(leie_table *t, const leie_study_tables *spec, int year, leie_error *err);
leie_status leie_read_triplets(leie_table *t, const leie_study_tables *spec, int year, leie_error *err);
leie_status leie_read_matrix(leie_table *t, const leie_study_tables *spec, int year, leie_error *err);

/* A database by its layout (layout.h): the files of the year in the folder, archive or file at the path. Memory: the
 * table, its largest extension and two blocks of text (grid.h). */
leie_status leie_read_layout(leie_table *t, const leie_study_tables *spec, int year, leie_error *err);

/* The extension of a database that has the name of the study's, onto a table with the same labels. */
leie_status leie_read_layout_extension(leie_table *t, const leie_study_extension *spec, int year, leie_error *err);

/* Every file on disk that reading a year of a database may touch, each once, in the order of their names. */
typedef leie_status (*leie_layout_file_fn)(void *ctx, const char *shown, const char *real, leie_error *err);
leie_status leie_layout_files(const leie_study_tables *spec, int year, leie_layout_file_fn take, void *ctx,
                              leie_error *err);

/* Leie's table file (write_netcdf_table.h). Everything in it is checked: kinds and lengths of all
 * variables, the pattern of a sparse Z, and where the file has no seal the SHA-256 of every variable. x is
 * the file's unless the study states x_from. Memory: the table; a dense Z whose n is no multiple of 8 twice
 * for a moment. */
leie_status leie_read_netcdf_table(leie_table *t, const leie_study_tables *spec, int year, leie_error *err);

/* Closes a national matrix table by its imports, as the study says (nothing when it gives none): the import
 * matrix by the table's own codes, and the multipliers of the import region (stressor,sector,value,unit; unit
 * of the stressor per unit of money). To be called when all extensions are there. */
leie_status leie_read_imports(leie_table *t, const leie_study_tables *spec, int year, leie_error *err);

/* Reads an extension into F and F_Y by the labels of t; nothing when it does not hold for the year, or when
 * it has no file and the table's folder brought it. Every label must be in t; missing cells are zero; a
 * repeated cell is an error, and so is a stressor without a unit (LEIE_ERR_UNIT). */
leie_status leie_read_extension(leie_table *t, const leie_study_extension *spec, int year, leie_error *err);

/* Makes capital endogenous as the study says: a row of primary inputs, region,sector,value, or
 * region,sector,to_region,to_sector,value. Labels are those of t, which is nested by then. */
leie_status leie_read_capital(leie_table *t, const leie_study_capital *spec, leie_error *err);

/* Small files. Each adds its source to p. */
leie_status leie_read_concordance(leie_concordance *c, const leie_path *path, const char *role, leie_provenance *p,
                                  leie_error *err); // from,to[,weight][,name][,optional][,note][,source]
/* Files of a characterisation: groups  group,name,unit,kind; factors  stressor,group[,region][,sector],value,unit;
 * totals  group,region[,residual],value,unit; allocate  group[,region],sector,weight; each with free columns
 * source and note. */
leie_status leie_read_characterisation(leie_characterisation *c, const leie_study_extension *spec, leie_provenance *p,
                                       leie_error *err);

/* Weights of the parts of a sector: part,what,value[,in][,region][,item][,source][,note]; parts are there already. */
leie_status leie_read_part_weights(leie_disaggregation *d, const leie_path *path, int year, leie_provenance *p,
                                   leie_error *err);

/* Shares for a nest from its keys file, for the table as it is now. The arrays inside `nest` are
 * allocated; leie_nest_shares_free releases them. */
leie_status leie_read_keys(leie_nest *nest, const leie_study_nest *spec, const leie_table *t, leie_provenance *p,
                           leie_error *err);

/* The same for regions that have a table of their own: `pressure` [N, stressors] and `direct` [N, 1] only (NULL for a
 * key "output"), by the year and the stressors of t. */
leie_status leie_read_pressure_keys(leie_nest *nest, const leie_study_nest *spec, const leie_table *t, leie_provenance *p,
                                    leie_error *err);
LEIE_API void leie_nest_shares_free(leie_nest *nest);

/* population[q] of the account regions over `region` in a year (NaN where the file has none; groups are sums of their
 * members when they have no row of their own). */
leie_status leie_read_population(double *population, const leie_path *path, int year, const leie_account_regions *q,
                                 const leie_labels *region, leie_provenance *p, leie_error *err);

#endif
