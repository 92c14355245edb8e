/*
 * rrset.h - the TXT sets at one name, as Route 53 lists them (API_ResourceRecordSet), and what they
 * are to become.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef RRSET_H
#define RRSET_H

#include "route53.h"
#include "txt.h"

enum {
    RRSET_IDENTIFIER_SIZE = 513, /* 128 characters of UTF-8 */
    RRSET_HEALTH_CHECK_SIZE = 65,
    RRSET_VALUES_MAX = 400 /* values in one set (quota "records in a record set") */
};

/* One TXT set. */
struct rrset {
    char identifier[RRSET_IDENTIFIER_SIZE];     /* SetIdentifier; "": simple routing */
    char health_check[RRSET_HEALTH_CHECK_SIZE]; /* HealthCheckId; "": none */
    const char *policy; /* what it is, as "weighted", where it is nothing that we write; NULL */
    uint32_t ttl;
    struct txt_set values;
};

/* All TXT sets at one name: none, one with simple routing, or several with identifiers. */
struct standing {
    struct rrset *sets;
    size_t count;
    bool alias; /* a CNAME stands there */
};

/* Reads what stands at a name, pending changes included. DNSHOOK_OK; *out is to be freed with
 * rrset_free(). Else said: DNSHOOK_DENIED, DNSHOOK_BAD_ANSWER, ... */
int rrset_read(struct route53 *self, const char *zone_id, const char *name, struct standing *out);

void rrset_free(const struct dnshook_host *host, struct standing *standing);

/* Adds an empty set. NULL: memory ran out. */
struct rrset *rrset_append(const struct dnshook_host *host, struct standing *standing);

/* The set with an identifier; NULL: there is none. */
struct rrset *rrset_find(const struct standing *standing, const char *identifier);

/* The set that holds the value; NULL: none does. */
struct rrset *rrset_holding(const struct standing *standing, const struct txt *txt);

/* Copies into `to`, which is empty. False: memory ran out. */
bool rrset_copy(const struct dnshook_host *host, const struct standing *from, struct standing *to);

#endif
