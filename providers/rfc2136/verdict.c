/*
 * What an answer that is no success means, and what to do about it.
 *
 * SPDX-License-Identifier: MIT
 */
#include "exchange.h"

#include <string.h>

/* Whether a row is for answers that are signed, or not signed, or to requests without a key. */
enum trust { ANY, SIGNED, NOT_SIGNED, NO_KEY };

#define ANY_ERROR (-1)

/* A row for each answer that has a meaning of its own; the first that fits counts. */
static const struct {
    int rcode;
    int error; /* the error field of the TSIG record */
    enum trust trust;
    int status;
    const char *advice;
} meanings[] = {
    {LDNS_RCODE_NOTAUTH, TSIG_ERROR_BADKEY, ANY, DNSHOOK_DENIED,
     "the server knows no key of this name with this algorithm (Knot also says so where its acl "
     "does "
     "not let the key act here); set both as the server's configuration has them"},
    {LDNS_RCODE_NOTAUTH, TSIG_ERROR_BADSIG, ANY, DNSHOOK_DENIED,
     "the server has another secret for this key, or another algorithm; set them as the server's "
     "configuration has them"},
    {LDNS_RCODE_NOTAUTH, TSIG_ERROR_BADTIME, ANY, DNSHOOK_DENIED,
     "the clocks of this machine and of the server are more than five minutes apart; set them"},
    {LDNS_RCODE_NOTAUTH, TSIG_ERROR_BADTRUNC, ANY, DNSHOOK_REJECTED,
     "the server wants another length of the signature, which it should not; set another algorithm "
     "for this key there and here"},
    {LDNS_RCODE_NOTAUTH, ANY_ERROR, NOT_SIGNED, DNSHOOK_DENIED,
     "PowerDNS says this for a wrong key, secret, algorithm or clock, Knot where it does not have "
     "the zone; check RFC2136_TSIG_KEY, RFC2136_TSIG_SECRET, RFC2136_TSIG_ALGORITHM, the clock, "
     "RFC2136_NAMESERVER and RFC2136_ZONE"},
    {LDNS_RCODE_NOTAUTH, ANY_ERROR, NO_KEY, DNSHOOK_NO_ZONE,
     "the server is not the primary of that zone, or (Knot) it wants a key; set "
     "RFC2136_NAMESERVER to the zone's primary, or RFC2136_TSIG_KEY and RFC2136_TSIG_SECRET"},
    {LDNS_RCODE_NOTAUTH, ANY_ERROR, ANY, DNSHOOK_NO_ZONE,
     "the server is not the primary of that zone; set RFC2136_NAMESERVER to its primary, or "
     "RFC2136_ZONE to the zone that this server has"},
    {LDNS_RCODE_NOTZONE, ANY_ERROR, ANY, DNSHOOK_NO_ZONE,
     "the name does not lie in that zone; set RFC2136_ZONE to the zone that holds it"},
    {LDNS_RCODE_REFUSED, ANY_ERROR, SIGNED, DNSHOOK_DENIED,
     "the server knows the key and does not let it change this name; allow it there (BIND: "
     "update-policy or allow-update, and allow-query; Knot: acl; PowerDNS: "
     "TSIG-ALLOW-DNSUPDATE)"},
    {LDNS_RCODE_REFUSED, ANY_ERROR, NOT_SIGNED, DNSHOOK_DENIED,
     "PowerDNS says this for a wrong key, secret or algorithm, when the clocks are more than five "
     "minutes apart, and to an address that may not update; check RFC2136_TSIG_KEY, "
     "RFC2136_TSIG_SECRET, RFC2136_TSIG_ALGORITHM and the clock"},
    {LDNS_RCODE_REFUSED, ANY_ERROR, NO_KEY, DNSHOOK_DENIED,
     "the server does not take this without a key from here; set RFC2136_TSIG_KEY and "
     "RFC2136_TSIG_SECRET, or RFC2136_TSIG_FILE"},
    {LDNS_RCODE_SERVFAIL, ANY_ERROR, ANY, DNSHOOK_AGAIN,
     "the server has a trouble of its own; its log says which (often that it may not write the "
     "zone's file or journal)"},
    {LDNS_RCODE_FORMERR, ANY_ERROR, ANY, DNSHOOK_REJECTED,
     "the server does not understand the request; is it a server that takes UPDATE with TSIG? "
     "Check RFC2136_NAMESERVER"},
    {LDNS_RCODE_NOTIMPL, ANY_ERROR, ANY, DNSHOOK_REJECTED,
     "the server has no UPDATE (NSD has none); set RFC2136_NAMESERVER to the zone's hidden "
     "primary, "
     "or use another provider"},
    {LDNS_RCODE_YXRRSET, ANY_ERROR, ANY, DNSHOOK_REJECTED,
     "a CNAME stands there, and a server ignores an update there without a word (RFC 2136, "
     "3.4.2.2); put the value where the CNAME leads, or remove the CNAME"},
    {LDNS_RCODE_NOERROR, ANY_ERROR, NOT_SIGNED, DNSHOOK_BAD_ANSWER,
     "the answer proves nothing; anyone could have sent it. Does the server know this key, and is "
     "there nothing between that changes DNS?"},
};

#define MEANINGS (sizeof meanings / sizeof meanings[0])

/* What was wrong with the signature of an answer. */
static const struct {
    enum tsig_verdict verdict;
    const char *text;
} flaws[] = {
    {TSIG_ABSENT, "not signed"},
    {TSIG_EMPTY, "not signed"},
    {TSIG_MALFORMED, "malformed"},
    {TSIG_OTHER_KEY, "signed with another key"},
    {TSIG_TRUNCATED, "signed with a truncated MAC"},
    {TSIG_WRONG, "signed with another secret"},
    {TSIG_OUT_OF_TIME, "signed at another time than now: set the clock"},
    {TSIG_NO_CRYPTO, "OpenSSL could not verify it"},
};

static const struct {
    uint16_t error;
    const char *name;
} errors[] = {{TSIG_ERROR_BADSIG, ", BADSIG"},
              {TSIG_ERROR_BADKEY, ", BADKEY"},
              {TSIG_ERROR_BADTIME, ", BADTIME"},
              {TSIG_ERROR_BADTRUNC, ", BADTRUNC"}};

static const char *flaw_text(enum tsig_verdict verdict)
{
    for (size_t i = 0; i < sizeof flaws / sizeof flaws[0]; i++)
        if (flaws[i].verdict == verdict)
            return flaws[i].text;
    return "signed";
}

static const char *error_text(uint16_t error)
{
    for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++)
        if (errors[i].error == error)
            return errors[i].name;
    return "";
}

/* The name of a response code; in `room` if it has none. */
static const char *rcode_text(int rcode, char room[32])
{
    const ldns_lookup_table *const row = ldns_lookup_by_id(ldns_rcodes, rcode);

    (void)snprintf(room, 32, "response code %d", rcode);
    return row == NULL ? room : row->name;
}

static bool fits(size_t row, const struct answer *answer, bool have_key)
{
    const enum trust trust = !have_key ? NO_KEY : answer->trusted ? SIGNED : NOT_SIGNED;

    return meanings[row].rcode == answer->rcode &&
           (meanings[row].error == ANY_ERROR || meanings[row].error == answer->report.error) &&
           (meanings[row].trust == ANY || meanings[row].trust == trust);
}

/* A server that does not have the zone refuses a question; NOTAUTH to one is about the key alone,
 * also where the TSIG record that should say so is left out, as PowerDNS does. */
bool exchange_is_key_error(const struct answer *answer)
{
    return answer->rcode == LDNS_RCODE_NOTAUTH &&
           (!answer->trusted || answer->report.error != TSIG_ERROR_NONE);
}

int exchange_fail(struct rfc2136 *self, const struct answer *answer, const char *subject)
{
    const struct tsig_key *const key = &self->settings.key;
    const bool have_key = key->algorithm != NULL;
    char with[NAME_SIZE + 64] = "";
    char flaw[96] = "";
    char room[32];
    size_t row = 0;

    while (row < MEANINGS && !fits(row, answer, have_key))
        row++;
    if (have_key)
        (void)snprintf(with, sizeof with, ", with key %s (%s)", key->name, key->algorithm->name);
    if (have_key && !answer->trusted)
        (void)snprintf(flaw, sizeof flaw, " (%s)", flaw_text(answer->report.verdict));
    return rfc2136_fail(self, row < MEANINGS ? meanings[row].status : DNSHOOK_BAD_ANSWER,
                        "%s answered %s%s%s to %s%s: %s", answer->server,
                        rcode_text(answer->rcode, room), error_text(answer->report.error), flaw,
                        subject, with,
                        row < MEANINGS ? meanings[row].advice
                                       : "an answer that has no meaning here; check "
                                         "RFC2136_NAMESERVER, and the server's log");
}
