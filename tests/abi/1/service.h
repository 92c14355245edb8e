/*
 * service.h - the API of the DNS service, as the provider uses it.
 *
 * The service in service.c is a file, so that everything works before there is anything to talk
 * to. Put yours in its place: behind each function a request of its API, with host->http().
 *
 * Each function returns an enum dnshook_status; if that is not DNSHOOK_OK, it has said why.
 */
#ifndef SERVICE_H
#define SERVICE_H

#include <dnshook/provider.h>

/* An account at the service. */
struct service {
    const struct dnshook_host *host;
    const char *token;
    const char *store; /* the file */
};

/* A TXT record: most services have one for each value of a set. */
struct record {
    long id; /* the service's */
    uint32_t ttl;
    char text[DNSHOOK_VALUE_MAX + 1];
};

struct records {
    size_t count;
    struct record list[64];
};

/* The TXT records at a name. */
int service_list(const struct service *service, const char *name, struct records *found);

/* Makes one more. */
int service_create(const struct service *service, const char *name, uint32_t ttl, const char *text);

/* Deletes one. That it is gone already is no failure. */
int service_delete(const struct service *service, long id);

#endif
