/* Datasets as NetCDF-4 files.
 *
 * Writing: the file is built in memory when it fits the limit, and written into a temporary file in the
 * same folder; else by netCDF into that file, after a check of free space, and read back. Then fsync,
 * rename, fsync of the folder. The old file is whole until the new one is. Same dataset, same limit, same
 * libraries: same bytes. Deflate 4 + shuffle on numeric variables of 1,024 values or more, chunks of one (scenario, year) slab (split above 16 MiB,
 * several years or scenarios together below 64 KiB); _FillValue NaN. Lent variables that are not to be
 * compressed are one block each without _FillValue, which in a file that netCDF writes begins on a page. Integers are stored in 32 bits when
 * all fit, else in 64. The writer adds Conventions when it is not set, and to numeric variables without
 * one a `coordinates` attribute that lists the text variables <dim>_* over their dimensions.
 * The file ends with a seal (seal.h): the SHA-256 of what is before it.
 * Time: deflate (about 40 MB of random doubles per second; level 1 is hardly faster). Memory: the
 * compressed image.
 * Errors: LEIE_ERR_OUTPUT (folder missing, not writable, disk full with bytes needed and free),
 * LEIE_ERR_NOMEM. A signal during writing leaves the old file, and the temporary file is removed by the
 * program's handler through leie_netcdf_temporary.
 *
 * Reading checks everything (types, dimensions, sizes against what the file's bytes can hold): a file of
 * another program, damaged or truncated is LEIE_ERR_DATA or LEIE_ERR_IO. The seal is checked first, and a
 * file without one is read by a child process before it is read here, since HDF5 crashes on some damage
 * or asks for gigabytes; the child has limits of memory and time, and what it refuses is not read here
 * (the caller's SIGCHLD must not be ignored). A damaged file that somebody has sealed anew is not tried,
 * and may crash HDF5. float is read as double, _FillValue as NaN; char and unsigned 64-bit variables,
 * groups and packed variables are refused.
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_RESULT_NETCDF_H
#define LEIE_IO_RESULT_NETCDF_H

#include "io/result/dataset.h"
#include "io/result/mapped.h"

/* memory_limit: largest image built in memory, 0 for the default of 1 GiB. */
LEIE_API leie_status leie_netcdf_write(const char *path, const leie_dataset *ds, leie_size memory_limit,
                                       leie_error *err);

/* Whether a result could be written there now: the folder takes a temporary file, which is removed again. */
LEIE_API leie_status leie_netcdf_writable(const char *path, leie_error *err);

/* What is at a path where a result will be: nothing or an empty file; a result as it was written; one that
 * was changed or cut since; a file of another program. Errors: LEIE_ERR_IO. */
typedef enum leie_netcdf_old { LEIE_OLD_NONE, LEIE_OLD_WHOLE, LEIE_OLD_DAMAGED, LEIE_OLD_FOREIGN } leie_netcdf_old;
LEIE_API leie_status leie_netcdf_find(leie_netcdf_old *old, const char *path, leie_error *err);

/* Reads the whole file, or with header_only dimensions, coordinates, text variables and attributes; the header of a table
 * file has Z in every layout then (netcdf_flows.h). */
LEIE_API leie_status leie_netcdf_read(leie_dataset *ds, const char *path, bool header_only, leie_error *err);

/* Dimensions and attributes of the file, in milliseconds at any size. Its seal is not judged, the file is tried as one without
 * a seal is; who takes numbers from it reads it in one of the other ways. */
LEIE_API leie_status leie_netcdf_describe(leie_dataset *ds, const char *path, leie_error *err);

/* A part of a file: dimensions, labels, texts and attributes are read; then `cut` may shorten dimensions by
 * leie_dataset_cut, saying in from [dims] where what is left begins; then the numbers of one variable (name NULL: of all)
 * are read as far as they are left, and no other byte of numbers. Z of a table file is there in every layout, in the place
 * of what keeps it, with labels of its buyers (netcdf_flows.h). The seal is judged only when
 * asked for, since that takes reading the whole file. Errors of cut that are LEIE_ERR_USAGE are passed on as they are. */
typedef struct leie_netcdf_part_of {
    const char *name;
    bool judged; // the seal first
    leie_status (*cut)(void *ctx, leie_dataset *ds, leie_size *from, leie_error *err);
    void *ctx;
} leie_netcdf_part_of;
LEIE_API leie_status leie_netcdf_read_part(leie_dataset *ds, const char *path, const leie_netcdf_part_of *part,
                                           leie_error *err);

/* A file as it lies on disk. */
typedef struct leie_netcdf_file {
    bool sealed;
    leie_size bytes;
    char sha256[65]; // of all its bytes, the seal too; or what a seal over sums says
    leie_mapped mapped; // variables that are lent point into it: to be closed after the dataset
} leie_netcdf_file;

/* Reads the whole file as leie_netcdf_read does, but integers of 32 bits in large variables stay what they are
 * (leie_var.narrow), and so do 32-bit reals of variables A_* and Z_*, bytes and 16-bit integers without sign
 * (leie_var.raw). Large variables whose place in the file is known (mapped.h) are not read but lent from the file as
 * it lies in memory. The file is hashed, or summed by all threads, in the pass that checks its seal. */
LEIE_API leie_status leie_netcdf_read_table(leie_dataset *ds, leie_netcdf_file *file, const char *path,
                                            leie_error *err);

/* Path of the temporary file being written, NULL when none: for the signal handler. */
LEIE_API const char *leie_netcdf_temporary(void);

/* Whether netCDF failed while it wrote a real file. Its exit handler may then crash, so the program must
 * leave by _Exit after it has flushed its messages. */
LEIE_API bool leie_netcdf_poisoned(void);

#endif
