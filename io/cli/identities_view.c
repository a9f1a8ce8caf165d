// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/cli/identities_view.h"

#include "io/cli/texttable.h"

static const char *const verdicts[] = {
    [LEIE_PASS] = "PASS", [LEIE_FAIL] = "FAIL", [LEIE_INFO] = "INFO", [LEIE_SKIPPED] = "SKIP"};

leie_size leie_identities_count(const leie_identities *list, leie_verdict verdict)
{
    leie_size n = 0;
    for (leie_size i = 0; i < list->n; i++)
        n += list->item[i].verdict == verdict;
    return n;
}

leie_status leie_identities_print(const leie_identities *list, const char *title, leie_error *err)
{
    leie_texttable table;
    leie_texttable_start(&table, "llrrr");
    const char *const head[] = {"", "identity", "largest", "tolerance", "places"};
    for (int c = 0; c < 5; c++)
        leie_texttable_add(&table, "%s", head[c]);
    for (leie_size i = 0; i < list->n; i++) {
        const leie_identity *id = &list->item[i];
        leie_texttable_add(&table, "%s", verdicts[id->verdict]);
        leie_texttable_add(&table, "%s", id->name);
        leie_texttable_add(&table, id->verdict == LEIE_SKIPPED ? "-" : "%.3g", id->size);
        leie_texttable_add(&table, id->tolerance > 0 ? "%.0e" : "-", id->tolerance);
        leie_texttable_add(&table, "%lld", (long long)id->count);
    }
    printf("%s\n", title);
    leie_status st = leie_texttable_print(&table, stdout, 0, err);
    leie_texttable_clear(&table);
    for (leie_size i = 0; i < list->n && !st; i++)
        if (list->item[i].verdict != LEIE_PASS && list->item[i].worst[0])
            printf("%s  %s: %s\n", verdicts[list->item[i].verdict], list->item[i].name, list->item[i].worst);
    printf("%lld pass, %lld fail, %lld to know, %lld skipped\n\n", (long long)leie_identities_count(list, LEIE_PASS),
           (long long)leie_identities_count(list, LEIE_FAIL), (long long)leie_identities_count(list, LEIE_INFO),
           (long long)leie_identities_count(list, LEIE_SKIPPED));
    return st;
}
