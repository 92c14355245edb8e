/*
 * address.h - addresses of DNS servers: a socket address and its text, which have the port only if
 * it is not 53.
 */
#ifndef ADDRESS_H
#define ADDRESS_H

#include <ldns/ldns.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

enum { DNS_PORT = 53, ADDRESS_TEXT_SIZE = INET6_ADDRSTRLEN + sizeof "[]:65535" };

/* An address of a server. */
struct address {
    struct sockaddr_storage socket;
    socklen_t size;
    char text[ADDRESS_TEXT_SIZE]; /* for people; with the port only if it is not 53 */
};

/* Reads "192.0.2.1", "192.0.2.1:5353", "2001:db8::1", "[2001:db8::1]:5353"; `port` is taken if the
 * text has none. False for anything else. */
bool address_parse(const char *text, uint16_t port, struct address *address);

/* The address of an A or AAAA record, port 53; false for any other record. */
bool address_from_rr(const ldns_rr *rr, struct address *address);

/* The address with its port, as c-ares reads it: "192.0.2.1:53", "[2001:db8::1]:53". */
void address_with_port(const struct address *address, char out[ADDRESS_TEXT_SIZE]);

bool address_equal(const struct address *a, const struct address *b);

#endif
