// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/write_zip.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zip.h>

#include "tests/write_files.h"

const char *write_zip(const char *folder, const char *name, const zip_part *part, int packed)
{
    const char *path = path_in(folder, name);
    remove(path);
    zip_t *zip = zip_open(path, ZIP_CREATE, NULL);
    for (; zip && part->name; part++) {
        zip_source_t *source = zip_source_buffer(zip, part->text, strlen(part->text), 0);
        zip_int64_t at = zip_file_add(zip, part->name, source, ZIP_FL_ENC_UTF_8);
        if (at >= 0)
            zip_set_file_compression(zip, (zip_uint64_t)at, packed ? ZIP_CM_DEFLATE : ZIP_CM_STORE, 0);
    }
    if (!zip || zip_close(zip))
        abort();
    return path;
}

const char *write_workbook(const char *folder, const char *name, const char *sheet, const char *rows,
                           const char *strings)
{
    static char data[1 << 20], book[2048], shared[1 << 16];
    snprintf(book, sizeof book,
             "<?xml version=\"1.0\"?><workbook xmlns:r=\"r\"><sheets><sheet name=\"%s\" sheetId=\"1\" r:id=\"rId1\"/>"
             "</sheets></workbook>", sheet);
    snprintf(data, sizeof data, "<?xml version=\"1.0\"?><worksheet><sheetData>%s</sheetData></worksheet>", rows);
    snprintf(shared, sizeof shared, "<sst>%s</sst>", strings ? strings : "");
    const zip_part part[] = {
        {"_rels/.rels", "<Relationships><Relationship Id=\"rId1\" Type=\"x/officeDocument\" Target=\"xl/workbook.xml\"/>"
                        "</Relationships>"},
        {"xl/workbook.xml", book},
        {"xl/_rels/workbook.xml.rels",
         "<Relationships><Relationship Id=\"rId1\" Type=\"x/worksheet\" Target=\"worksheets/sheet1.xml\"/>"
         "<Relationship Id=\"rId2\" Type=\"x/sharedStrings\" Target=\"/xl/sharedStrings.xml\"/></Relationships>"},
        {"xl/worksheets/sheet1.xml", data},
        {strings ? "xl/sharedStrings.xml" : NULL, shared},
        {NULL, NULL}};
    return write_zip(folder, name, part, 1);
}

unsigned char *read_bytes(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    unsigned char *data = malloc(1 << 22);
    *size = file && data ? fread(data, 1, 1 << 22, file) : 0;
    if (file)
        fclose(file);
    return data;
}
