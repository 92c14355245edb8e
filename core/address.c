#include "address.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The address without its port; returns the port. */
static uint16_t host_text(const struct address *address, char host[INET6_ADDRSTRLEN])
{
    const struct sockaddr_in *const v4 = (const void *)&address->socket;
    const struct sockaddr_in6 *const v6 = (const void *)&address->socket;
    const bool is_v6 = address->socket.ss_family == AF_INET6;

    host[0] = '\0';
    (void)inet_ntop(address->socket.ss_family,
                    is_v6 ? (const void *)&v6->sin6_addr : (const void *)&v4->sin_addr, host,
                    INET6_ADDRSTRLEN);
    return ntohs(is_v6 ? v6->sin6_port : v4->sin_port);
}

void address_with_port(const struct address *address, char out[ADDRESS_TEXT_SIZE])
{
    char host[INET6_ADDRSTRLEN];
    const uint16_t port = host_text(address, host);

    (void)snprintf(out, ADDRESS_TEXT_SIZE,
                   address->socket.ss_family == AF_INET6 ? "[%s]:%u" : "%s:%u", host,
                   (unsigned)port);
}

static void set_text(struct address *address)
{
    char host[INET6_ADDRSTRLEN];

    if (host_text(address, host) == DNS_PORT)
        (void)snprintf(address->text, sizeof address->text, "%s", host);
    else
        address_with_port(address, address->text);
}

static void set_v4(struct address *address, const void *bytes, uint16_t port)
{
    struct sockaddr_in *const in = (struct sockaddr_in *)&address->socket;

    memset(address, 0, sizeof *address);
    in->sin_family = AF_INET;
    in->sin_port = htons(port);
    memcpy(&in->sin_addr, bytes, sizeof in->sin_addr);
    address->size = sizeof *in;
    set_text(address);
}

static void set_v6(struct address *address, const void *bytes, uint16_t port)
{
    struct sockaddr_in6 *const in = (struct sockaddr_in6 *)&address->socket;

    memset(address, 0, sizeof *address);
    in->sin6_family = AF_INET6;
    in->sin6_port = htons(port);
    memcpy(&in->sin6_addr, bytes, sizeof in->sin6_addr);
    address->size = sizeof *in;
    set_text(address);
}

/* Reads a port number, the whole text; false if it is none. */
static bool parse_port(const char *text, uint16_t *port)
{
    char *end = NULL;
    const unsigned long number = strtoul(text, &end, 10);

    if (!isdigit((unsigned char)*text) || *end != '\0' || number == 0 || number > 65535)
        return false;
    *port = (uint16_t)number;
    return true;
}

bool address_parse(const char *text, uint16_t port, struct address *address)
{
    char host[INET6_ADDRSTRLEN + 2] = "";
    unsigned char bytes[16];
    const char *colon = strrchr(text, ':');
    const bool bracket = text[0] == '[';
    const char *const close = bracket ? strchr(text, ']') : NULL;
    size_t size = strlen(text);

    if (bracket && (close == NULL || (close[1] != '\0' && close[1] != ':')))
        return false;
    if (!bracket && colon != NULL && strchr(text, ':') != colon)
        colon = NULL; /* a bare IPv6 address */
    if (bracket)
        colon = close[1] == ':' ? close + 1 : NULL;
    if (colon != NULL && !parse_port(colon + 1, &port))
        return false;
    if (bracket)
        size = (size_t)(close - ++text);
    else if (colon != NULL)
        size = (size_t)(colon - text);
    if (size >= sizeof host)
        return false;
    memcpy(host, text, size);
    if (!bracket && inet_pton(AF_INET, host, bytes) == 1)
        set_v4(address, bytes, port);
    else if (inet_pton(AF_INET6, host, bytes) == 1)
        set_v6(address, bytes, port);
    else
        return false;
    return true;
}

bool address_from_rr(const ldns_rr *rr, struct address *address)
{
    const ldns_rr_type type = ldns_rr_get_type(rr);
    const ldns_rdf *const data = ldns_rr_rd_count(rr) > 0 ? ldns_rr_rdf(rr, 0) : NULL;

    if (data == NULL)
        return false;
    if (type == LDNS_RR_TYPE_A && ldns_rdf_size(data) == 4)
        set_v4(address, ldns_rdf_data(data), DNS_PORT);
    else if (type == LDNS_RR_TYPE_AAAA && ldns_rdf_size(data) == 16)
        set_v6(address, ldns_rdf_data(data), DNS_PORT);
    else
        return false;
    return true;
}

bool address_equal(const struct address *a, const struct address *b)
{
    return strcmp(a->text, b->text) == 0;
}
