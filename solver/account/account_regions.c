// SPDX-License-Identifier: GPL-3.0-or-later
#include "kernels/memory.h"
#include "solver/account/accounts.h"

// Position of a table region, or LEIE_ERR_DATA with the nearest code. `owner` is the group, NULL for none.
static leie_size find_region(const leie_labels *region, const char *code, const char *owner, leie_error *err)
{
    leie_size r = leie_labels_find(region, code);
    if (r >= 0)
        return r;
    const char *near = leie_labels_nearest(region, code);
    return leie_fail(err, LEIE_ERR_DATA, "%s%s%sthe table has no region '%s'%s%s%s", owner ? "group '" : "",
                     owner ? owner : "", owner ? "': " : "", code, near ? "; the nearest is '" : "", near ? near : "",
                     near ? "'" : "");
}

// Marks the members of a new account region in row [R].
static leie_status mark_members(bool *row, const leie_labels *region, const char *code, leie_size members,
                                char *const *member, leie_error *err)
{
    if (members == 0) {
        leie_size r = find_region(region, code, NULL, err);
        if (r < 0)
            return (leie_status)r;
        row[r] = true;
        return LEIE_OK;
    }
    if (leie_labels_find(region, code) >= 0)
        return leie_fail(err, LEIE_ERR_DATA, "group '%s' has the code of a region of the table", code);
    for (leie_size i = 0; i < members; i++) {
        leie_size r = find_region(region, member[i], code, err);
        if (r < 0)
            return (leie_status)r;
        if (row[r])
            return leie_fail(err, LEIE_ERR_DATA, "group '%s': region '%s' is named twice", code, member[i]);
        row[r] = true;
    }
    return LEIE_OK;
}

leie_status leie_account_regions_add_from(leie_account_regions *q, const leie_labels *region, const char *code,
                                          const char *name, leie_size members, char *const *member, leie_error *err)
{
    leie_size R = region->n, count = q->label.n;
    bool *grown = leie_resize(q->member, count * R, (count + 1) * R, sizeof *grown);
    if (!grown)
        return leie_fail_memory(err, "account regions", (count + 1) * R, sizeof *grown);
    q->member = grown;
    bool *row = grown + count * R;
    leie_status st = mark_members(row, region, code, members, member, err);
    if (!st) {
        leie_size r = leie_labels_find(region, code);
        const char *shown = (!name || !name[0]) && r >= 0 ? region->name[r] : name;
        leie_size at = leie_labels_add(&q->label, code, shown, NULL, members ? "group" : "region", err);
        st = at < 0 ? (leie_status)at : LEIE_OK;
    }
    return st;
}

leie_status leie_account_regions_add(leie_account_regions *q, const leie_axis *sector, const char *code,
                                     const char *name, leie_size members, char *const *member, leie_error *err)
{
    return leie_account_regions_add_from(q, &sector->region, code, name, members, member, err);
}

leie_status leie_account_regions_all(leie_account_regions *q, const leie_axis *sector, leie_error *err)
{
    leie_status st = LEIE_OK;
    for (leie_size r = 0; r < sector->region.n && !st; r++)
        st = leie_account_regions_add(q, sector, sector->region.code[r], NULL, 0, NULL, err);
    return st;
}

void leie_account_regions_clear(leie_account_regions *q)
{
    leie_labels_clear(&q->label);
    leie_free(q->member);
    *q = (leie_account_regions){0};
}
