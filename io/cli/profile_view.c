// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/cli/profile_view.h"

#include "io/cli/texttable.h"

static void add_header(leie_texttable *t)
{
    static const char *const heads[] = {"work", "calls", "seconds", "GB", "GB/s", "of read", "GFLOP/s", "of peak"};
    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++)
        leie_texttable_add(t, "%s", heads[i]);
}

/* A rate and its share of the roof; blanks where nothing was counted. */
static void add_rate(leie_texttable *t, double amount, double seconds, double roof)
{
    if (amount > 0 && seconds > 0) {
        leie_texttable_add(t, "%.2f", 1e-9 * amount / seconds);
        if (roof > 0)
            leie_texttable_add(t, "%.0f %%", 100 * amount / seconds / roof);
        else
            leie_texttable_add(t, "-");
    } else {
        leie_texttable_add(t, "%s", "");
        leie_texttable_add(t, "%s", "");
    }
}

static leie_status write_json(const char *file, const leie_roof *roof, leie_error *err)
{
    char json[LEIE_PROFILE_JSON];
    leie_profile_json(json, sizeof json, roof);
    FILE *f = fopen(file, "w");
    bool good = f && fprintf(f, "%s\n", json) > 0;
    good = f && fclose(f) == 0 && good;
    return good ? LEIE_OK : leie_fail(err, LEIE_ERR_OUTPUT, "%s: the profile cannot be written", file);
}

leie_status leie_profile_print(FILE *to, const char *file, leie_error *err)
{
    leie_roof roof;
    leie_texttable t;
    leie_profile_roof(&roof.bytes, &roof.flops);
    leie_texttable_start(&t, "lrrrrrrr");
    add_header(&t);
    for (int w = 0; w < LEIE_WORKS; w++) {
        leie_profile p = leie_profile_of((leie_work)w);
        if (p.calls == 0)
            continue;
        leie_texttable_add(&t, "%s", leie_work_name((leie_work)w));
        leie_texttable_add(&t, "%lld", (long long)p.calls);
        leie_texttable_add(&t, "%.4f", p.seconds);
        if (p.bytes > 0)
            leie_texttable_add(&t, "%.3f", 1e-9 * p.bytes);
        else
            leie_texttable_add(&t, "%s", "");
        add_rate(&t, p.bytes, p.seconds, roof.bytes);
        add_rate(&t, p.flops, p.seconds, roof.flops);
    }
    fprintf(to, "\nProfile on %d thread%s; this machine reads %.1f GB/s and does %.1f GFLOP/s (f64 FMA)\n", leie_threads(),
            leie_threads() == 1 ? "" : "s", 1e-9 * roof.bytes, 1e-9 * roof.flops);
    leie_status st = leie_texttable_print(&t, to, 0, err);
    leie_texttable_clear(&t);
    return st || !file ? st : write_json(file, &roof, err);
}
