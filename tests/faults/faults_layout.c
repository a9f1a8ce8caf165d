// SPDX-License-Identifier: GPL-3.0-or-later
/* Databases by their layouts, archives and workbooks: every allocation fails once. */
#define _XOPEN_SOURCE 700
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zip.h>

#include "io/leie_io.h"
#include "io/read/read_table.h"
#include "io/read/text.h"
#include "tests/faults/faults.h"

enum { REGIONS = 10 };
static char matrix[160], records[160], archive[160], book[160], regions[160];

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    if (!file || fputs(text, file) < 0 || fclose(file))
        exit(2);
}

static void write_archive(const char *path, int parts, const char *const part[][2])
{
    zip_t *zip = zip_open(path, ZIP_CREATE, NULL);
    for (int i = 0; zip && i < parts; i++)
        zip_file_add(zip, part[i][0], zip_source_buffer(zip, part[i][1], strlen(part[i][1]), 0), ZIP_FL_ENC_UTF_8);
    if (!zip || zip_close(zip))
        exit(2);
}

static const char Z[] = "region\t\tBE\tDE\nsector\t\tfood\tfood\nregion\tsector\t\t\nBE\tfood\t0.1\t0.2\nDE\tfood\t0.3\t0.05\n",
                  Y[] = "region\t\tBE\tDE\ncategory\t\tGross fixed capital formation\tGross fixed capital formation\n"
                        "region\tsector\t\t\nBE\tfood\t10\t2\nDE\tfood\t3\t50\n",
                  F[] = "region\tBE\tDE\nsector\tfood\tfood\nstressor\t\t\nCO2\t1\t2\nland\t3\t4\n",
                  F_Y[] = "region\tBE\tDE\ncategory\tGross fixed capital formation\tGross fixed capital formation\nstressor\t\t\n"
                          "CO2\t5\t6\n",
                  units[] = "\tunit\nCO2\tkg\nland\todd\n", unit[] = "region\tsector\tunit\nBE\tfood\tM.EUR\nDE\tfood\tM.EUR\n",
                  rels[] = "<Relationships><Relationship Id=\"r\" Type=\"x/worksheet\" Target=\"s.xml\"/><Relationship Id=\"t\" "
                           "Type=\"x/sharedStrings\" Target=\"t.xml\"/></Relationships>",
                  sheet[] = "<w><sheetData><row><c t=\"s\"><v>0</v></c><c><v>2.385</v></c></row></sheetData></w>",
                  strings[] = "<sst><si><t>region</t></si></sst>",
                  workbook[] = "<workbook><sheets><sheet name=\"S\" id=\"r\"/></sheets></workbook>";

static void prepare(void)
{
    if (matrix[0])
        return;
    fault_path(matrix, sizeof matrix, "matrix_eu-ic-io_ind-by-ind_24ed_2021.csv");
    fault_path(records, sizeof records, "flatfile_eu-ic-io_ind-by-ind_24ed_2021.csv");
    fault_path(archive, sizeof archive, "IOT_2011_pxp.zip");
    fault_path(book, sizeof book, "book.xlsx");
    write_file(matrix, "rowLabels,BE_A01,DE_A01,BE_P3_S14,DE_P3_S14\nBE_A01,1,2,3,4\nDE_A01,5,0,7,8\nW2_D1,1,1,0,2\n");
    write_file(records, "a,b,c,d,e,f,obsValue\n.,.,BE,A01,DE,A01,1\n.,.,DE,A01,BE,A01,2\n.,.,BE,A01,BE,P3_S14,3\n"
                        ".,.,DE,A01,DE,P3_S14,3\n.,.,W2,D1,DE,A01,1\n");
    write_archive(archive, 7, (const char *const[][2]){{"d/file_parameters.json", "{}"}, {"d/A.txt", Z}, {"d/Y.txt", Y},
                                                       {"d/unit.txt", unit}, {"d/satellite/F.txt", F},
                                                       {"d/satellite/F_Y.txt", F_Y}, {"d/satellite/unit.txt", units}});
    write_archive(book, 4, (const char *const[][2]){{"xl/workbook.xml", workbook}, {"xl/_rels/workbook.xml.rels", rels},
                                                    {"xl/s.xml", sheet}, {"xl/t.xml", strings}});
}

static leie_status read_database(const char *path, int year, leie_error *err)
{
    char layout[] = "auto", *keep[] = {(char *)(uintptr_t) "BE"};
    const leie_study_tables spec = {.format = LEIE_FORMAT_LAYOUT, .layout = layout, .keeps = 1, .keep = keep,
                                    .path = {.real = (char *)(uintptr_t)path, .shown = (char *)(uintptr_t)path}};
    leie_table t = {0};
    leie_status st = leie_read_table(&t, &spec, year, err);
    leie_table_clear(&t);
    return st;
}

static leie_status read_matrix(leie_error *err)
{
    prepare();
    return read_database(matrix, 2021, err);
}
FAULT_SCENARIO(layout_matrix, read_matrix)

static leie_status read_records(leie_error *err)
{
    prepare();
    return read_database(records, 2021, err);
}
FAULT_SCENARIO(layout_records, read_records)

static leie_status read_archive(leie_error *err)
{
    prepare();
    return read_database(archive, 2011, err);
}
FAULT_SCENARIO(layout_archive, read_archive)

/* Ten regions of one sector, each selling to itself and to the first: as blocks of A. */
static void write_regions(void)
{
    static char z[4000], y[1000], x[1000], names[1000];
    char *to[4] = {z, y, x, names};
    to[0] += sprintf(to[0], "region\t");
    for (int j = 0; j < REGIONS; j++)
        to[0] += sprintf(to[0], "\tR%d", j);
    to[0] += sprintf(to[0], "\nsector\t");
    for (int j = 0; j < REGIONS; j++)
        to[0] += sprintf(to[0], "\tfood");
    to[0] += sprintf(to[0], "\nregion\tsector\n");
    to[1] += sprintf(to[1], "region\t\tR0\ncategory\t\thousehold\nregion\tsector\n");
    to[2] += sprintf(to[2], "region\tsector\tindout\n");
    to[3] += sprintf(to[3], "region\tsector\tunit\n");
    for (int i = 0; i < REGIONS; i++) {
        to[0] += sprintf(to[0], "R%d\tfood", i);
        for (int j = 0; j < REGIONS; j++)
            to[0] += sprintf(to[0], "\t%g", j == i || j == 0 ? 2.385 : 0);
        to[0] += sprintf(to[0], "\n");
        to[1] += sprintf(to[1], "R%d\tfood\t5\n", i);
        to[2] += sprintf(to[2], "R%d\tfood\t%d\n", i, i == 3 ? 0 : 50);
        to[3] += sprintf(to[3], "R%d\tfood\tM.EUR\n", i);
    }
    write_archive(regions, 5, (const char *const[][2]){{"d/file_parameters.json", "{}"}, {"d/Z.txt", z}, {"d/Y.txt", y},
                                                       {"d/x.txt", x}, {"d/unit.txt", names}});
}

static leie_status read_blocks(leie_error *err)
{
    if (!regions[0]) {
        fault_path(regions, sizeof regions, "pymrio_2011.zip");
        write_regions();
    }
    char layout[] = "pymrio";
    const leie_study_tables spec = {.format = LEIE_FORMAT_LAYOUT, .layout = layout, .blocks_from = 1,
                                    .path = {.real = regions, .shown = regions}};
    leie_table t = {0};
    leie_status st = leie_read_table(&t, &spec, 2011, err);
    if (!st && (t.Z.form != LEIE_BLOCKED || leie_matrix_nonzeros(&t.Z) != 2 * REGIONS - 1))
        st = leie_fail(err, LEIE_ERR_DATA, "a table that is not as written");
    leie_table_clear(&t);
    return st;
}
FAULT_SCENARIO(layout_blocks, read_blocks)

static leie_status read_sheet(leie_error *err)
{
    char path[200];
    leie_text text;
    prepare();
    snprintf(path, sizeof path, "%s#S", book);
    leie_status st = leie_text_read(&text, path, 0, err);
    leie_text_free(&text);
    return st;
}
FAULT_SCENARIO(workbook, read_sheet)
