/*
 * instance_parts.h - what the files of an instance share.
 */
#ifndef INSTANCE_PARTS_H
#define INSTANCE_PARTS_H

#include "arena.h"
#include "exchange.h"
#include "http.h"
#include "instance.h"

struct instance {
    struct dnshook_host host; /* first: the services find the instance by it */
    const struct provider *provider;
    struct params *params;
    struct resolver *resolver;
    struct arena arena;
    struct http *http;
    struct exchange exchange;
    void *handle;
    char reason[DNSHOOK_TEXT_SIZE]; /* what the present call said of its failure; "" for nothing */
};

/* What an instance's `host` is: it works for a struct that begins with it. */
extern const struct dnshook_host instance_services;

/* The service fail(): keeps the reason; returns the status. */
int instance_fail(const struct dnshook_host *host, int status, const char *text);

#endif
