// SPDX-License-Identifier: GPL-3.0-or-later
/* The page of a result: whole, without network, the same bytes; its pictures are looked at in tests/cli/report.list. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "io/leie_io.h"
#include "tests/check.h"
#include "tests/results.h"

static char *page(const leie_dataset *ds, const char *region, const char *language, size_t *size)
{
    char *text = NULL;
    leie_error err = {0};
    FILE *to = open_memstream(&text, size);
    check_ok(leie_report_write(to, ds, &(leie_report_opts){region, language}, &err), &err);
    fclose(to);
    return text;
}

static void test_page(void)
{
    leie_dataset ds = {0};
    char output[512];
    size_t size, again;
    snprintf(output, sizeof output, "%s/report.nc", check_folder());
    result_run(&ds, "tests/cases/tiny/study.yaml", output, NULL);
    char *text = page(&ds, "BB", "nl", &size), *other = page(&ds, "BB", "nl", &again);
    check_size((leie_size)size, (leie_size)again);
    check_true(memcmp(text, other, size) == 0);
    check_has(text, "<html lang=\"nl\">");
    check_has(text, "d3js.org v5");  // the licence lines of what is built in
    check_has(text, "d3-sankey v0.12");
    check_has(text, "\"region\":\"BB\"");
    check_has(text, "</body>\n</html>\n");
    // nothing is fetched: no element names another file
    check_true(!strstr(text, "<script src") && !strstr(text, "<link rel") && !strstr(text, "@import url") && !strstr(text, "<img"));
    // a value of the region shown, none of another
    char value[64];
    snprintf(value, sizeof value, "%.9g", result_value(&ds, "D_cba", "year=2016|region=BB|stressor=ore"));
    check_has(text, value);
    snprintf(value, sizeof value, "%.9g", result_value(&ds, "D_cba", "year=2016|region=AA|stressor=ore"));
    check_true(!strstr(text, value));
    free(text);
    free(other);
    leie_dataset_clear(&ds);
}

// A title that would end the script or begin an element is only text.
static void test_hostile_title(void)
{
    leie_dataset ds = {0};
    leie_error err = {0};
    char output[512];
    size_t size;
    snprintf(output, sizeof output, "%s/report.nc", check_folder());
    result_run(&ds, "tests/cases/tiny/study.yaml", output, NULL);
    check_ok(leie_dataset_text(&ds, NULL, "title", "</script><b>\"&\\", &err), &err);
    char *text = page(&ds, NULL, NULL, &size);
    check_true(!strstr(text, "</script><b>"));
    check_has(text, "<title>&lt;/script>&lt;b>\"&amp;\\</title>");
    check_has(text, "\"title\":\"\\u003c/script>\\u003cb>\\\"&\\\\\"");
    free(text);
    leie_dataset_clear(&ds);
}

static void test_refused(void)
{
    leie_dataset ds = {0}, none = {0};
    leie_error err = {0};
    char output[512], *text = NULL;
    size_t size;
    snprintf(output, sizeof output, "%s/report.nc", check_folder());
    result_run(&ds, "tests/cases/tiny/study.yaml", output, NULL);
    FILE *to = open_memstream(&text, &size);
    check_status(leie_report_write(to, &ds, &(leie_report_opts){"XX", NULL}, &err), LEIE_ERR_USAGE, &err);
    check_has(err.text, "no region 'XX'");
    err = (leie_error){0};
    check_status(leie_report_write(to, &ds, &(leie_report_opts){NULL, "fr"}, &err), LEIE_ERR_USAGE, &err);
    err = (leie_error){0};
    check_status(leie_report_write(to, &none, &(leie_report_opts){NULL, NULL}, &err), LEIE_ERR_DATA, &err);
    fclose(to);
    free(text);
    leie_dataset_clear(&ds);
}

// A reconciled system stands on a page of its own: its flows with their deviations, its test, no region.
static void test_system(void)
{
    leie_flow_study study = {0};
    leie_flow_system sys = {0};
    leie_reconciled r = {0};
    leie_dataset ds = {0};
    leie_error err = {0};
    char path[512], value[64];
    size_t size;
    snprintf(path, sizeof path, "%s/copper/system.yaml", check_cases());
    leie_status st = leie_flow_study_read(&study, path, 0, NULL, &err);
    st = st ? st : leie_flow_system_run(&sys, &r, &study, &err);
    st = st ? st : leie_flow_dataset(&ds, &sys, &r, &err);
    if (check_ok(st, &err)) {
        char *text = page(&ds, NULL, NULL, &size);
        check_has(text, "\"systems\":[{\"prefix\":\"\",\"left\":false,\"title\":\"Copper in scrap\"");
        check_has(text, "\"region\":\"\"");
        snprintf(value, sizeof value, "%.9g", r.sd[1]);
        check_has(text, value);
        free(text);
    }
    leie_dataset_clear(&ds);
    leie_reconciled_clear(&r);
    leie_flow_system_clear(&sys);
    leie_flow_study_clear(&study);
}

CHECK_SUITE(report, {"a reconciled system", test_system, NULL}, {"one page, same bytes", test_page, NULL}, {"texts cannot leave their place", test_hostile_title, NULL},
            {"refused", test_refused, NULL})
