/* The way from the challenge name, and what is there now. */
#include "examine_parts.h"

#include <stdio.h>
#include <string.h>

#include "dnshook/provider.h"

static const char about[] = "challenge";

enum {
    BIG_ANSWER = 1232, /* bytes; what does not fit into a packet is fetched over TCP */
    MANY_VALUES = 10,
    VALUE_TEXT = 300
};

int examine_challenge_ask(struct examination *examination)
{
    if (examination->route->authority == NULL)
        return DNSHOOK_OK;
    return examine_ask_zone(examination, examination->route->authority, examination->route->record,
                            LDNS_RR_TYPE_TXT, 0);
}

/* The strings of a TXT record, put together. */
static void txt_text(const ldns_rr *rr, char out[VALUE_TEXT])
{
    size_t used = 0;

    out[0] = '\0';
    for (size_t i = 0; i < ldns_rr_rd_count(rr) && used < VALUE_TEXT; i++) {
        const ldns_rdf *const string = ldns_rr_rdf(rr, i);
        const size_t size = ldns_rdf_size(string) > 0 ? ldns_rdf_size(string) - 1 : 0;

        used += (size_t)snprintf(out + used, VALUE_TEXT - used, "%.*s", (int)size,
                                 (const char *)ldns_rdf_data(string) + 1);
    }
}

struct values {
    char list[EXAMINE_TEXT_SIZE]; /* those that are not the one that should be there */
    size_t others;                /* as many of these as one address has at the most */
    size_t biggest;               /* bytes of an answer */
    size_t serving;               /* addresses that have the value that should be there */
    size_t answering;
};

/* Reads the values of one address; false where the wanted one is not among them. */
static bool read_values(const struct examination *examination, const struct answer *answer,
                        struct values *values)
{
    ldns_rr_list *const list = examine_records(ldns_pkt_answer(answer->packet),
                                               examination->route->record, LDNS_RR_TYPE_TXT);
    const size_t count = list != NULL ? ldns_rr_list_rr_count(list) : 0;
    bool has = false;

    for (size_t i = 0; i < count; i++) {
        char text[VALUE_TEXT];
        char quoted[VALUE_TEXT + 2];

        txt_text(ldns_rr_list_rr(list, i), text);
        (void)snprintf(quoted, sizeof quoted, "\"%s\"", text);
        if (examination->value != NULL && strcmp(text, examination->value) == 0)
            has = true;
        else
            examine_list(values->list, quoted);
    }
    ldns_rr_list_free(list);
    values->answering++;
    values->serving += has;
    if (count - has > values->others)
        values->others = count - has;
    if (ldns_pkt_size(answer->packet) > values->biggest)
        values->biggest = ldns_pkt_size(answer->packet);
    return has;
}

/* The aliases, " -> " between them. */
static void say_way(struct examination *examination)
{
    const struct route *const route = examination->route;
    char way[EXAMINE_TEXT_SIZE] = "";
    size_t used = 0;

    for (size_t i = 0; i < route->alias_count && used < sizeof way; i++)
        used += (size_t)snprintf(way + used, sizeof way - used, "%s -> ", route->aliases[i]);
    if (route->authority == NULL) {
        if (route->alias_count > 0)
            findings_add(examination->findings, FINDING_OK, about, "the aliases (CNAME): %s...",
                         way);
        return;
    }
    findings_add(examination->findings, FINDING_OK, about, "the value goes to %s%s in zone %s", way,
                 route->record, route->authority->zone);
}

static void say_missing(struct examination *examination, size_t address)
{
    char who[EXAMINE_TEXT_SIZE];

    examine_address_text(examination->route->authority, address, who);
    findings_add(examination->findings, FINDING_PROBLEM, about,
                 "%s does not serve the value \"%s\" at %s", who, examination->value,
                 examination->route->record);
    findings_remedy(examination->findings, "wait until it does, or look why the change does not "
                                           "get there");
}

static void say_left_over(struct examination *examination, const struct values *values)
{
    const bool one = values->others == 1;
    const bool many = values->others > MANY_VALUES;

    findings_add(examination->findings, FINDING_REMARK, about, "%zu %svalue%s at %s%s: %s",
                 values->others, examination->value != NULL ? "other " : "", one ? " is" : "s are",
                 examination->route->record,
                 many ? ", too many: a certificate authority has to read them all" : "",
                 values->list);
    findings_remedy(
        examination->findings,
        one ? "unless a challenge is under way it has been left over: take it away, with dnshook "
              "clean if it is dnshook's"
            : "unless a challenge is under way they have been left over: take them away, those "
              "of dnshook with dnshook clean");
}

static void judge_values(struct examination *examination, const struct values *values)
{
    const char *const record = examination->route->record;

    if (values->list[0] != '\0')
        say_left_over(examination, values);
    else if (values->answering > 0)
        findings_add(examination->findings, FINDING_OK, about, "no %svalue is at %s now",
                     examination->value != NULL ? "other " : "", record);
    if (values->biggest > BIG_ANSWER) {
        findings_add(examination->findings, FINDING_REMARK, about,
                     "the answer at %s has %zu bytes, so a certificate authority has to fetch it "
                     "over TCP",
                     record, values->biggest);
        findings_remedy(examination->findings, "take away what need not be there");
    }
}

void examine_challenge_judge(struct examination *examination)
{
    const struct authority *const zone = examination->route->authority;
    struct values values = {0};

    say_way(examination);
    for (size_t i = 0; zone != NULL && i < zone->address_count; i++) {
        const struct answer *const answer =
            examine_answer(examination, zone, i, examination->route->record, LDNS_RR_TYPE_TXT, 0);

        if (answer_is_good(answer) && !read_values(examination, answer, &values) &&
            examination->value != NULL)
            say_missing(examination, i);
    }
    if (zone == NULL)
        return;
    judge_values(examination, &values);
    if (examination->value != NULL && values.answering == 0)
        findings_add(examination->findings, FINDING_PROBLEM, about,
                     "no nameserver of %s can be asked for the value", zone->zone);
    else if (values.serving > 0 && values.serving == values.answering)
        findings_add(examination->findings, FINDING_OK, about,
                     "every address that answers serves the value, %zu in all", values.serving);
}
