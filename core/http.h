/*
 * http.h - HTTP by libcurl, which is loaded only when somebody asks for it.
 *
 * libcurl and its thirty libraries cost 15 ms and several MiB in every process that links them, and
 * most runs need none of it. So the code that calls it is a module of its own, _http.so in the
 * provider directory, loaded with the loader's checks at the first request.
 */
#ifndef HTTP_H
#define HTTP_H

#include <stddef.h>

#include "dnshook/provider.h"

struct http;

/* Where _http.so lies: the provider directory, absolute; the text is kept by reference. */
void http_set_directory(const char *directory);

/* What a failure is said with: called once for a request that fails; text for a person. */
typedef int http_fail_fn(void *opaque, int status, const char *text);

/*
 * One exchange, as dnshook_host.http() in dnshook/provider.h describes it. *http is NULL for the
 * first request and keeps the connections and the last answer after that; one of it for each
 * instance of a provider. The time left is deadline_left(); a signal ends the exchange.
 */
int http_exchange(struct http **http, const struct dnshook_http_request *request,
                  struct dnshook_http_response *response, http_fail_fn *fail, void *opaque);

/* The value of a header of the last answer; NULL: not there. */
const char *http_header(struct http *http, const char *name);

/* Wipes the last answer, closes the connections and frees everything. NULL is fine. */
void http_close(struct http *http);

#endif
