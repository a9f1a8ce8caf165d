// SPDX-License-Identifier: GPL-3.0-or-later
/* Supply and use: read, completed, made into tables by every model, checked. */
#include "io/leie_io.h"
#include "tests/faults/faults.h"

#define CASE "tests/cases/sut_un2018"

static leie_status read_case(leie_sut *s, leie_error *err)
{
    const leie_sut_source from = {.folder = CASE};
    leie_status st = leie_read_sut(s, &from, err);
    return st ? st : leie_sut_complete(s, NULL, err);
}

static leie_status read_sut(leie_error *err)
{
    leie_sut s;
    leie_identities list = {0};
    leie_status st = read_case(&s, err);
    if (!st)
        st = leie_identities_sut(&list, &s, err);
    leie_identities_clear(&list);
    leie_sut_clear(&s);
    return st;
}
FAULT_SCENARIO(read_sut, read_sut)

static leie_status construct(leie_error *err)
{
    leie_sut s;
    leie_status st = read_case(&s, err);
    for (int model = LEIE_MODEL_A; !st && model <= LEIE_MODEL_ALMON; model++) {
        const leie_construct_opts opts = {.model = (leie_model)model, .import_row = true};
        leie_identities list = {0};
        leie_iot t = {0};
        if (model == LEIE_MODEL_HYBRID)
            continue;
        st = leie_construct(&t, &s, &opts, NULL, err);
        if (!st)
            st = leie_identities_construct(&list, &t, &s, opts.model, err);
        leie_identities_clear(&list);
        leie_iot_clear(&t);
    }
    leie_sut_clear(&s);
    return st;
}
FAULT_SCENARIO(construct, construct)

static leie_status singular(leie_error *err)
{
    leie_sut s;
    leie_iot t;
    const leie_construct_opts opts = {.model = LEIE_MODEL_C};
    leie_status st = read_case(&s, err);
    for (leie_size i = 0; !st && i < 3; i++)
        s.supply[i * 3 + 1] = 2 * s.supply[i * 3];
    if (!st) {
        st = leie_construct(&t, &s, &opts, NULL, err);
        leie_iot_clear(&t);
    }
    leie_sut_clear(&s);
    return st == LEIE_ERR_SINGULAR ? LEIE_OK : st;
}
FAULT_SCENARIO(singular, singular)
