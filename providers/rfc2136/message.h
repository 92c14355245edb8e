/*
 * Building and reading the messages, with ldns (RFC 1035, 2136).
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef RFC2136_MESSAGE_H
#define RFC2136_MESSAGE_H

#include "names.h"

#include <ldns/ldns.h>

#include <stddef.h>
#include <stdint.h>

/* For variables that free what they hold when they go out of scope. */
void message_drop(ldns_pkt *const *packet);
#define CLEANUP_PACKET __attribute__((__cleanup__(message_drop)))

/* A question for one server: RD=0. NULL: not a name, or out of memory. */
ldns_pkt *message_question(const char *name, ldns_rr_type type);

/* An UPDATE of a zone, without changes yet (RFC 2136, 2.3). NULL: not a name, or no memory. */
ldns_pkt *message_update(const char *zone);

/* The changes and the condition that an UPDATE can hold here. Each returns false when out of
 * memory, or if `name` is not a name. */
bool message_add_txt(ldns_pkt *update, const char *name, const char *value, uint32_t ttl);
bool message_delete_txt(ldns_pkt *update, const char *name, const char *value);
bool message_require_no_alias(ldns_pkt *update, const char *name);

/* The first record of a type in a section: at exactly `name`, or at `name` or above it. */
const ldns_rr *message_find(const ldns_pkt *packet, ldns_pkt_section section, ldns_rr_type type,
                            const char *name);
const ldns_rr *message_find_above(const ldns_pkt *packet, ldns_pkt_section section,
                                  ldns_rr_type type, const char *name);

/* Whether the answer holds a TXT record at `name` of exactly one string, `value`. */
bool message_has_txt(const ldns_pkt *packet, const char *name, const char *value);

/* True when every record of the answer section is there with its data: where memory runs out, ldns
 * passes over what it could not keep and calls it a success. */
bool message_is_whole(const ldns_pkt *packet);

#endif
