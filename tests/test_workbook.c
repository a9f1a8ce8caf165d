// SPDX-License-Identifier: GPL-3.0-or-later
/* Workbooks: cells in all their forms, and files that mean harm. */
#include "io/read/workbook.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/read/csv.h"
#include "kernels/memory.h"
#include "tests/check.h"
#include "tests/write_files.h"
#include "tests/write_zip.h"

// The first sheet of a workbook as text, "" when it cannot be read.
static leie_status first_sheet(char **csv, const char *path, leie_error *err)
{
    leie_workbook *wb = NULL;
    leie_size size;
    *csv = NULL;
    leie_status st = leie_workbook_open(&wb, path, err);
    st = st ? st : leie_workbook_csv(csv, &size, wb, 0, 1 << 20, err);
    leie_workbook_close(wb);
    return st;
}

static void check_rows(const char *rows, const char *strings, const char *expected)
{
    char *csv;
    leie_error err = {0};
    check_ok(first_sheet(&csv, write_workbook(check_folder(), "a.xlsx", "S", rows, strings), &err), &err);
    if (csv)
        check_text(csv, expected);
    leie_free(csv);
}

static void test_cells(void)
{
    check_rows("<row r=\"1\"><c r=\"A1\"><v>2.385</v></c><c r=\"B1\" t=\"str\"><f>A1</f><v>x</v></c></row>", NULL,
               "2.385,x\n");
    check_rows("<row><c t=\"inlineStr\"><is><t>a</t></is></c><c><v>1E-3</v></c></row><row><c/><c><v>2</v></c></row>",
               NULL, "a,1E-3\n,2\n");
    check_rows("<row r=\"3\"><c r=\"C3\" t=\"b\"><v>1</v></c><c r=\"E3\" t=\"e\"><v>#N/A</v></c></row>", NULL,
               "\n\n,,TRUE,,#N/A\n");
    check_rows("<row r=\"1\"><c r=\"AA1\"><v>7</v></c></row>", NULL, ",,,,,,,,,,,,,,,,,,,,,,,,,,7\n");
    check_rows("<row><c t=\"s\"><v>1</v></c><c t=\"s\"><v>0</v></c></row>",
               "<si><t>a, \"b\"</t></si><si><r><t>rich</t></r><r><t xml:space=\"preserve\"> text</t></r>"
               "<rPh sb=\"0\" eb=\"1\"><t>hint</t></rPh></si>",
               "rich text,\"a, \"\"b\"\"\"\n");
    check_rows("<row><c t=\"inlineStr\"><is><t>two\nlines &amp; &#233;</t></is></c></row>", NULL,
               "two lines & \xc3\xa9\n");
    check_rows("<x:row xmlns:x=\"u\"><x:c><x:v>4</x:v></x:c></x:row>", NULL, "4\n");
    check_rows("", NULL, "");
    check_rows("<row r=\"1\"><c r=\"A1\" s=\"3\"/><c r=\"B1\"><v>5</v></c></row><row r=\"2\"><c r=\"A2\" s=\"1\"/></row>",
               NULL, ",5\n\n");
}

static void test_sheets(void)
{
    leie_workbook *wb = NULL;
    leie_error err = {0};
    leie_size sheet;
    const char *path = write_workbook(check_folder(), "book.xlsx", "Keys",
                                      "<row><c t=\"inlineStr\"><is><t>region</t></is></c><c t=\"inlineStr\"><is><t>value"
                                      "</t></is></c></row><row/><row><c t=\"inlineStr\"><is><t>BEL</t></is></c>"
                                      "<c><v>2.385</v></c></row>", NULL);
    check_ok(leie_workbook_open(&wb, path, &err), &err);
    check_size(leie_workbook_sheets(wb), 1);
    check_text(leie_workbook_sheet(wb, 0), "Keys");
    check_status(leie_workbook_find(&sheet, wb, "Key", &err), LEIE_ERR_DATA, &err);
    check_has(err.text, "no sheet 'Key'; its sheets are: Keys");
    leie_workbook_close(wb);
    // a sheet is a CSV file to all who read them, rows are its lines
    char name[600], hex[65];
    snprintf(name, sizeof name, "%s#Keys", path);
    static const char *const columns[] = {"region", "value", NULL};
    leie_csv csv = {0};
    bool more = false;
    double value = 0;
    leie_size bytes;
    err = (leie_error){0};
    check_ok(leie_csv_open(&csv, name, columns, NULL, &err), &err);
    check_ok(leie_csv_next(&csv, &more, &err), &err);
    check_true(more);
    check_size(csv.line, 3);
    check_ok(leie_csv_number(&csv, 1, &value, &err), &err);
    check_near(value, 2.385, 0);
    check_ok(leie_hash_file(hex, &bytes, name, &err), &err);
    check_text(csv.text.sha256, hex);
    leie_csv_close(&csv);
}

static void refused(const char *rows, const char *strings, leie_status expected, const char *why)
{
    char *csv;
    leie_error err = {0};
    check_status(first_sheet(&csv, write_workbook(check_folder(), "bad.xlsx", "S", rows, strings), &err), expected, &err);
    check_has(err.text, why);
    leie_free(csv);
}

static void test_refused(void)
{
    refused("<row><c t=\"s\"><v>1</v></c></row>", "<si><t>only one</t></si>", LEIE_ERR_DATA,
            "sheet 'S', cell A1: a shared string");
    refused("<row><c t=\"s\"><v>-1</v></c></row>", "<si><t>a</t></si>", LEIE_ERR_DATA, "cell A1");
    refused("<row r=\"2\"/><row r=\"1\"/>", NULL, LEIE_ERR_DATA, "row 1 comes after row 2");
    refused("<row r=\"1048577\"/>", NULL, LEIE_ERR_DATA, "is no row of a sheet");
    refused("<row r=\"0\"/>", NULL, LEIE_ERR_DATA, "is no row of a sheet");
    refused("<row><c r=\"XFE1\"/></row>", NULL, LEIE_ERR_DATA, "is no cell of a sheet");
    refused("<row><c r=\"1\"/></row>", NULL, LEIE_ERR_DATA, "is no cell of a sheet");
    refused("<row><c r=\"B1\"><v>1</v></c><c r=\"A1\"><v>1</v></c></row>", NULL, LEIE_ERR_DATA, "to its right");
    refused("<c><v>1</v></c>", NULL, LEIE_ERR_DATA, "outside of a row");
    refused("<row><c><v>1</c></row>", NULL, LEIE_ERR_DATA, "line 1: mismatched tag");
    // a few bytes that ask for 16 GB of blank fields
    refused("<row r=\"1\"><c r=\"XFD1\"><v>1</v></c></row><row r=\"1048576\"><c><v>1</v></c></row>", NULL, LEIE_ERR_LIMIT,
            "bytes of text");
}

// Entities that multiply: the declaration is refused before anything expands.
static void test_entities(void)
{
    char *csv;
    leie_error err = {0};
    const zip_part part[] = {
        {"xl/workbook.xml", "<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;\">]><workbook>&b;</workbook>"},
        {"xl/_rels/workbook.xml.rels", "<Relationships/>"},
        {NULL, NULL}};
    check_status(first_sheet(&csv, write_zip(check_folder(), "entities.xlsx", part, 1), &err), LEIE_ERR_DATA, &err);
    check_has(err.text, "document type declaration");
}

static void test_others(void)
{
    char *csv;
    leie_error err = {0};
    static const unsigned char old[8] = {0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1};
    check_status(first_sheet(&csv, write_bytes(check_folder(), "old.xlsx", old, 8), &err), LEIE_ERR_DATA, &err);
    check_has(err.text, "an old workbook (.xls)");
    const zip_part binary[] = {{"xl/workbook.bin", "x"}, {NULL, NULL}}, none[] = {{"a.txt", "x"}, {NULL, NULL}};
    err = (leie_error){0};
    check_status(first_sheet(&csv, write_zip(check_folder(), "b.xlsx", binary, 1), &err), LEIE_ERR_DATA, &err);
    check_has(err.text, ".xlsb");
    err = (leie_error){0};
    check_status(first_sheet(&csv, write_zip(check_folder(), "n.xlsx", none, 1), &err), LEIE_ERR_DATA, &err);
    check_has(err.text, "no workbook");
}

/* A small workbook, stored, with bytes changed at random: an error or a text, never a crash. */
static void test_noise(void)
{
    const zip_part part[] = {
        {"xl/workbook.xml", "<workbook><sheets><sheet name=\"S\" id=\"r\"/></sheets></workbook>"},
        {"xl/_rels/workbook.xml.rels", "<Relationships><Relationship Id=\"r\" Type=\"x/worksheet\" Target=\"s.xml\"/>"
                                       "<Relationship Id=\"t\" Type=\"x/sharedStrings\" Target=\"t.xml\"/></Relationships>"},
        {"xl/s.xml", "<w><sheetData><row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"C1\"><v>2.385</v></c></row><row r=\"3\">"
                     "<c r=\"B3\" t=\"inlineStr\"><is><t>x, y</t></is></c></row></sheetData></w>"},
        {"xl/t.xml", "<sst><si><r><t>rich</t></r><rPh><t>h</t></rPh></si></sst>"},
        {NULL, NULL}};
    static const char bytes[] = "0123456789<>/\"=rcvtAZ&;:.,\x80\xff";
    size_t size;
    unsigned char *data = read_bytes(write_zip(check_folder(), "noise.xlsx", part, 0), &size);
    uint64_t state = 5;
    int texts = 0;
    for (int run = 0; run < 1500 * check_effort(); run++) {
        unsigned char *copy = malloc(size);
        leie_workbook *wb = NULL;
        leie_error err = {0};
        char *csv = NULL;
        leie_size length;
        memcpy(copy, data, size);
        for (int changes = 1 + (int)(check_random(&state) * 3); changes > 0; changes--)
            copy[(size_t)(check_random(&state) * (double)size)] =
                (unsigned char)bytes[(size_t)(check_random(&state) * (double)(sizeof bytes - 1))];
        leie_status st = leie_workbook_open_memory(&wb, copy, (leie_size)size, "noise.xlsx", &err);
        st = st ? st : leie_workbook_csv(&csv, &length, wb, 0, 1 << 20, &err);
        texts += st == LEIE_OK;
        check_true(st == LEIE_OK || err.text[0]);
        leie_free(csv);
        leie_workbook_close(wb);
        free(copy);
    }
    check_true(texts > 0);
    free(data);
}

// A workbook that another program wrote.
static void test_data(void)
{
    leie_text text;
    leie_error err = {0};
    char path[1000];
    snprintf(path, sizeof path, "%s/exiobase_hybrid_2011/results.xlsx#data_cou", check_data());
    check_ok(leie_text_read(&text, path, 0, &err), &err);
    check_true(text.size > 1000);
    check_has(text.data ? text.data : "", "BE");
    leie_text_free(&text);
    snprintf(path, sizeof path, "%s/formats/gloria/GLORIA_ReadMe_059.xlsx#Satellites", check_data());
    check_ok(leie_text_read(&text, path, 0, &err), &err);
    check_has(text.data ? text.data : "", "Lfd_Nr,Sat_head_indicator,Sat_indicator,Sat_unit\n501,Emissions (EDGAR),");
    leie_text_free(&text);
}

CHECK_SUITE(workbook, {"cells", test_cells, NULL}, {"sheets", test_sheets, NULL}, {"refused", test_refused, NULL},
            {"entities", test_entities, NULL}, {"others", test_others, NULL}, {"noise", test_noise, NULL}, {"data", test_data, check_needs_data})
