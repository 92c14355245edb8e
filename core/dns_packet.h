/*
 * dns_packet.h - building and reading the messages of dns.h, with ldns.
 */
#ifndef DNS_PACKET_H
#define DNS_PACKET_H

#include "dns.h"

/* Builds the message of a question; flags as for dns_ask(). *wire is freed by the caller.
 * DNSHOOK_OK, DNSHOOK_BAD_CONFIG (no name of DNS) or DNSHOOK_NO_MEMORY; said. */
int dns_packet_query(const char *name, ldns_rr_type type, unsigned flags, uint8_t **wire,
                     size_t *size);

/* Takes the OPT record off the end of a question; false: there is none. */
bool dns_packet_drop_edns(uint8_t *wire, size_t *size);

/* Reads a message; NULL when it is none. */
ldns_pkt *dns_packet_read(const unsigned char *bytes, size_t size);

#endif
