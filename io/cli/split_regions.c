// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/cli/split_regions.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "io/cli/identities_view.h"
#include "io/cli/texttable.h"


// ---- options ----

static leie_status set_path(leie_path *to, const char *text, leie_error *err)
{
    if (!text)
        return LEIE_OK;
    to->shown = leie_strdup(text);
    to->real = leie_strdup(text);
    return to->shown && to->real ? LEIE_OK : leie_fail_memory(err, "path", 1, strlen(text));
}

static leie_status read_number(double *value, const leie_args *args, const char *name, double low, double high,
                               leie_error *err)
{
    const char *text = leie_args_value(args, name);
    char *end;
    if (!text)
        return LEIE_OK;
    *value = strtod(text, &end);
    if (end == text || *end || !(*value >= low && *value <= high))
        return leie_fail(err, LEIE_ERR_USAGE, "--%s %.60s: expected a number from %g to %g", name, text, low, high);
    return LEIE_OK;
}

static leie_status read_regions(leie_labels *to, const char *list, leie_error *err)
{
    while (list && *list) {
        size_t length = strcspn(list, ",");
        char *code = leie_strndup(list, length);
        leie_size at = code ? leie_labels_add(to, code, NULL, NULL, NULL, err) : LEIE_ERR_NOMEM;
        leie_free(code);
        if (at < 0)
            return (leie_status)at;
        list += length + (list[length] == ',');
    }
    return LEIE_OK;
}

// --use household=income
static leie_status read_uses(leie_study_nest *spec, const leie_args *args, leie_error *err)
{
    leie_status st = LEIE_OK;
    for (int i = 0; !st && i < args->givens; i++) {
        if (strcmp(args->given[i].option->name, "use") != 0)
            continue;
        const char *text = args->given[i].value, *equals = strchr(text, '=');
        char *what = equals ? leie_strndup(text, (size_t)(equals - text)) : NULL;
        if (!equals || !equals[1])
            st = leie_fail(err, LEIE_ERR_USAGE, "--use %.60s: expected what=key, such as household=income", text);
        else
            st = what ? leie_study_nest_use(spec, what, equals + 1, err) : leie_fail_memory(err, "use", 1, strlen(text));
        leie_free(what);
    }
    return st;
}

static leie_status read_paths(leie_study_nest *spec, const leie_args *args, leie_error *err)
{
    const struct {
        leie_path *to;
        const char *option;
    } file[] = {{&spec->keys, "keys"}, {&spec->sectors, "sectors"}, {&spec->sut.distances, "distances"},
                {&spec->sut.trade, "trade-table"}, {&spec->sut.known, "known"}, {&spec->sut.update_totals, "totals"}};
    leie_status st = set_path(&spec->sut.path, args->operand[0], err);
    for (size_t i = 0; !st && i < sizeof file / sizeof file[0]; i++)
        st = set_path(file[i].to, leie_args_value(args, file[i].option), err);
    return st;
}

static leie_status read_methods(leie_study_nest *spec, const leie_args *args, leie_error *err)
{
    const char *trade = leie_args_value(args, "trade"), *format = leie_args_value(args, "format"), *geo = leie_args_value(args, "geo");
    leie_size to = 0;
    if (trade && (spec->sut.method = leie_trade_find(trade)) < 0)
        return leie_fail(err, LEIE_ERR_USAGE, "--trade is slq, cilq, flq, aflq, charm, gravity or given, found '%.60s'", trade);
    if (format && (spec->sut.format = leie_sut_format_find(format)) < 0)
        return leie_fail(err, LEIE_ERR_USAGE, "--format is csv, be2015 or eurostat, found '%.60s'", format);
    if (geo && !(spec->sut.geo = leie_strdup(geo)))
        return leie_fail_memory(err, "geo", 1, strlen(geo));
    leie_status st = read_number(&spec->sut.delta, args, "delta", 0, 1, err);
    st = st ? st : read_number(&spec->sut.beta, args, "beta", 0, 20, err);
    st = st ? st : leie_args_integer(args, "to", 1, 9999, &to, err);
    spec->sut.update_to = (int)to;
    spec->nearest_keys = leie_args_has(args, "nearest-keys");
    spec->sut.normalise = leie_args_has(args, "normalise");
    if (!st && (to > 0) != leie_args_has(args, "totals"))
        st = leie_fail(err, LEIE_ERR_USAGE, "--totals and --to go together");
    if (!st && !leie_args_has(args, "output"))
        st = leie_fail(err, LEIE_ERR_USAGE, "leie split needs -o FOLDER");
    return st;
}

static leie_status read_request(leie_study_nest *spec, leie_cmd *cmd)
{
    const leie_args *args = &cmd->args;
    leie_error *err = &cmd->err;
    leie_status st = leie_study_nest_defaults(spec, err);
    st = st ? st : read_paths(spec, args, err);
    st = st ? st : read_methods(spec, args, err);
    st = st ? st : read_uses(spec, args, err);
    st = st ? st : read_regions(&spec->region, leie_args_value(args, "regions"), err);
    if (!st && spec->region.n == 0)
        st = leie_read_key_regions(&spec->region, &spec->keys, err);
    return st;
}

// ---- the report ----

static leie_status print_sizes(const leie_sut *s, leie_error *err)
{
    leie_texttable t;
    leie_size K = s->account.sector.n, M = s->account.demand.n, N = s->product.region.n;
    const leie_sut_layer *d = &s->layer[LEIE_DOMESTIC][LEIE_BASIC], *m = &s->layer[LEIE_IMPORTED][LEIE_BASIC];
    leie_texttable_start(&t, "lrrrrrr");
    static const char *const head[] = {"region", "output", "sold at home", "to other regions", "exports", "from other regions", "imports"};
    for (int c = 0; c < 7; c++)
        leie_texttable_add(&t, "%s", head[c]);
    for (leie_size r = 0; r < N; r++) {
        double figure[6] = {0};
        for (leie_size i = 0; i < s->product.n; i++)
            for (leie_size u = 0; u < K + M; u++) {
                bool industry = u < K;
                leie_size from = s->product.of[i], to = industry ? s->account.sector.of[u] : s->account.demand.of[u - K];
                bool abroad = !industry && s->account.demand.kind[u - K] == LEIE_DEMAND_EXPORT;
                double home = industry ? d->use[i * K + u] : d->final[i * M + u - K];
                if (from == r)
                    figure[abroad ? 3 : to == r ? 1 : 2] += home;
                if (to == r && from != r && !abroad)
                    figure[4] += home;
                if (m->use && to == r)
                    figure[5] += industry ? m->use[i * K + u] : m->final[i * M + u - K];
            }
        for (leie_size j = s->account.sector.first[r]; j < s->account.sector.first[r + 1]; j++)
            figure[0] += s->account.x[j];
        leie_texttable_add(&t, "%s", s->product.region.code[r]);
        for (int c = 0; c < 6; c++)
            leie_texttable_number(&t, 1, figure[c]);
    }
    leie_status st = leie_texttable_print(&t, stdout, 0, err);
    leie_texttable_clear(&t);
    return st;
}

static void print_marks(const leie_split_info *info, const leie_sut *s)
{
    for (int part = 0; part < LEIE_PARTS; part++) {
        leie_size count[4] = {0}, cols = part == LEIE_PART_FINAL || part == LEIE_PART_IMPORT_FINAL ? s->account.demand.n : s->account.sector.n;
        leie_size rows = part == LEIE_PART_INPUTS ? s->account.input.n : s->product.n;
        for (leie_size i = 0; info->mark[part] && i < rows * cols; i++)
            count[info->mark[part][i]]++;
        printf("%-13s %6lld given %6lld estimated %6lld balanced cells\n", leie_part_name((leie_split_part)part),
               (long long)count[LEIE_MARK_GIVEN], (long long)count[LEIE_MARK_ESTIMATED],
               (long long)count[LEIE_MARK_BALANCED]);
    }
}

static leie_status report(leie_cmd *cmd, const leie_sut *to, const leie_sut *s, const leie_split_info *info)
{
    leie_identities list = {0};
    leie_adjustments off = {0};
    leie_size most;
    leie_status st = print_sizes(to, &cmd->err);
    printf("\n");
    print_marks(info, to);
    printf("\n");
    st = st ? st : leie_identities_sut(&list, to, &cmd->err);
    st = st ? st : leie_identities_print(&list, "The regions", &cmd->err);
    st = st ? st : leie_sut_add_up(&off, to, s, &cmd->err);
    static const char *const step[] = {"supply", "use", "final", "imports", "output"};
    for (size_t i = 0; !st && i < sizeof step / sizeof *step; i++) {
        double size = leie_adjustments_size(&most, &off, step[i]);
        printf("regions less nation, %-8s %.3g %s in all\n", step[i], size, s->account.unit ? s->account.unit : "");
    }
    leie_adjustments_clear(&off);
    leie_identities_clear(&list);
    return st;
}

leie_status leie_split_regions(leie_cmd *cmd)
{
    leie_study_nest spec = {0};
    leie_sut s = {0}, to = {0};
    leie_nest shares = {0};
    leie_split_info info = {0};
    const char *folder = leie_args_value(&cmd->args, "output");
    leie_size digits = 0;
    leie_status st = read_request(&spec, cmd);
    st = st ? st : leie_args_integer(&cmd->args, "digits", 1, 17, &digits, &cmd->err);
    st = st ? st : leie_nest_read_sut(&s, &spec.sut, &cmd->err);
    st = st ? st : leie_nest_split(&to, &shares, &info, &s, &spec, NULL, &cmd->err);
    st = st ? st : report(cmd, &to, &s, &info);
    st = st ? st : leie_write_sut(folder, &to, (int)digits, leie_args_has(&cmd->args, "gzip"), &cmd->err);
    st = st ? st : leie_write_marks(folder, &to, &info, &cmd->err);
    if (!st && to.account.adjusted.n > 0)
        st = leie_write_adjustments(folder, &to.account.adjusted, &cmd->err);
    if (!st)
        leie_cmd_notes(cmd, &to.account.provenance, to.account.year);
    if (!st)
        printf("%s: %d, %lld regions, %lld products, %lld industries; marks.csv says what is estimated\n", folder,
               to.account.year, (long long)to.product.region.n, (long long)to.product.n, (long long)to.account.sector.n);
    leie_split_info_clear(&info);
    leie_nest_shares_free(&shares);
    leie_sut_clear(&to);
    leie_sut_clear(&s);
    leie_study_nest_clear(&spec);
    return st;
}
