// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/read/read_sut.h"

#include <string.h>

#include "io/read/folder.h"
#include "io/read/read_sut_impl.h"

static const char *const formats[] = {"auto", "csv", "be2015", "eurostat"};

int leie_sut_format_find(const char *name)
{
    for (int i = 0; i < (int)(sizeof formats / sizeof formats[0]); i++)
        if (strcmp(name, formats[i]) == 0)
            return i;
    return -1;
}

static leie_status has_file(bool *there, const leie_place *folder, const char *file, leie_error *err)
{
    leie_place place;
    leie_status st = leie_folder_file(&place, folder, file, err);
    *there = place.real != NULL;
    leie_place_clear(&place);
    return st;
}

leie_status leie_sut_recognise(leie_sut_format *format, const char *folder, leie_error *err)
{
    leie_place place;
    bool csv = false, be2015 = false, eurostat = false;
    *format = LEIE_SUT_AUTO;
    leie_status st = leie_place_at(&place, folder, err);
    if (!st)
        st = has_file(&csv, &place, "supply.csv", err);
    if (!st && !csv)
        st = has_file(&be2015, &place, "tbl_1.csv", err);
    if (!st && !csv && !be2015)
        st = leie_sut_eurostat_there(&eurostat, folder, err);
    if (!st)
        *format = csv ? LEIE_SUT_CSV : be2015 ? LEIE_SUT_BE2015 : eurostat ? LEIE_SUT_EUROSTAT : LEIE_SUT_AUTO;
    leie_place_clear(&place);
    return st;
}

leie_status leie_read_sut(leie_sut *s, const leie_sut_source *from, leie_error *err)
{
    static const leie_study_tables none = {0};
    leie_sut_format format = from->format;
    leie_place folder = {0};
    *s = (leie_sut){0};
    leie_status st = format == LEIE_SUT_AUTO ? leie_sut_recognise(&format, from->folder, err) : LEIE_OK;
    if (!st)
        st = leie_place_at(&folder, from->folder, err);
    if (!st)
        switch (format) {
        case LEIE_SUT_AUTO:
            st = leie_fail(err, LEIE_ERR_IO,
                           "%s: no supply-use table: expected supply.csv, the sheets tbl_1.csv ... or the files of "
                           "naio_10_cp15",
                           from->folder);
            break;
        case LEIE_SUT_CSV:
            st = leie_read_sut_csv(s, &folder, &none, from->year, err);
            break;
        case LEIE_SUT_BE2015:
            st = leie_read_be_sut(s, &folder, err);
            break;
        case LEIE_SUT_EUROSTAT:
            st = leie_read_sut_eurostat(s, &folder, from->geo, from->year, err);
            break;
        }
    if (!st)
        st = leie_sut_inspect(s, err);
    if (st)
        leie_sut_clear(s);
    leie_place_clear(&folder);
    return st;
}
