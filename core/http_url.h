/*
 * http_url.h - which URLs may be asked, and how a URL is shown. Part of the HTTP module.
 */
#ifndef HTTP_URL_H
#define HTTP_URL_H

#include <curl/curl.h>
#include <stdbool.h>
#include <stdint.h>

struct http_url {
    CURLU *parts;       /* what libcurl is given: nothing is parsed twice */
    char *shown;        /* scheme, host, port and path: the query may hold secrets */
    const char *scheme; /* "https" or "http" */
    bool direct;        /* no proxy */
};

enum { HTTP_URL_WHY_SIZE = 512 };

/*
 * Takes a URL apart. https: goes anywhere; http: only to a loopback address as a literal, or to
 * "localhost", or with DNSHOOK_HTTP_LINK_LOCAL to a literal link-local (RFC 3927, RFC 4291 2.5.6)
 * or unique local (RFC 4193) address, and never through a proxy. DNSHOOK_OK, DNSHOOK_BAD_CONFIG or
 * DNSHOOK_NO_MEMORY with the reason in `why`; http_url_free() in every case.
 */
int http_url_parse(const char *text, uint32_t flags, struct http_url *url,
                   char why[HTTP_URL_WHY_SIZE]);

void http_url_free(struct http_url *url);

#endif
