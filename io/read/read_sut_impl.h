/* What the readers of supply-use tables share. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_READ_READ_SUT_IMPL_H
#define LEIE_IO_READ_READ_SUT_IMPL_H

#include "io/read/place.h"
#include "io/read/read_sut.h"
#include "io/study/study.h"

/* One reader per layout; the sut may be left half made when one fails. */
leie_status leie_read_sut_csv(leie_sut *s, const leie_place *folder, const leie_study_tables *spec, int year,
                              leie_error *err);
leie_status leie_read_be_sut(leie_sut *s, const leie_place *folder, leie_error *err);
leie_status leie_read_sut_eurostat(leie_sut *s, const leie_place *folder, const char *geo, int year, leie_error *err);

/* Whether the folder has the files that its reader cannot do without. */
leie_status leie_sut_eurostat_there(bool *there, const char *folder, leie_error *err);

#endif
