#include "http_url.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "dnshook/provider.h"

enum place { ELSEWHERE, ON_LINK, LOOPBACK };

static enum place place_of_ipv4(const unsigned char address[4])
{
    if (address[0] == 127)
        return LOOPBACK;
    return address[0] == 169 && address[1] == 254 ? ON_LINK : ELSEWHERE;
}

static enum place place_of_ipv6(const struct in6_addr *address)
{
    if (IN6_IS_ADDR_LOOPBACK(address))
        return LOOPBACK;
    if (IN6_IS_ADDR_V4MAPPED(address))
        return place_of_ipv4(address->s6_addr + 12);
    return IN6_IS_ADDR_LINKLOCAL(address) || (address->s6_addr[0] & 0xfe) == 0xfc ? ON_LINK
                                                                                  : ELSEWHERE;
}

/* Where a host is, told from its literal address alone: nothing is looked up. */
static enum place place_of(const char *host)
{
    unsigned char ipv4[4];
    struct in6_addr ipv6;
    char bare[INET6_ADDRSTRLEN];

    if (strcasecmp(host, "localhost") == 0)
        return LOOPBACK;
    if (inet_pton(AF_INET, host, ipv4) == 1)
        return place_of_ipv4(ipv4);
    (void)snprintf(bare, sizeof bare, "%.*s", (int)strcspn(host + (host[0] == '['), "]"),
                   host + (host[0] == '['));
    return inet_pton(AF_INET6, bare, &ipv6) == 1 ? place_of_ipv6(&ipv6) : ELSEWHERE;
}

static bool is_encoded(const char *text)
{
    for (; *text != '\0'; text++)
        if ((unsigned char)*text <= 0x20 || (unsigned char)*text >= 0x7f)
            return false;
    return true;
}

/* The URL without its query and fragment, to be freed with curl_free(). */
static char *show(CURLU *parts)
{
    CURLU *const copy = curl_url_dup(parts);
    char *shown = NULL;

    if (copy != NULL && curl_url_set(copy, CURLUPART_QUERY, NULL, 0) == CURLUE_OK &&
        curl_url_set(copy, CURLUPART_FRAGMENT, NULL, 0) == CURLUE_OK)
        (void)curl_url_get(copy, CURLUPART_URL, &shown, CURLU_NON_SUPPORT_SCHEME);
    curl_url_cleanup(copy);
    return shown;
}

/* Decides whether the parsed URL may be asked. */
static int judge(struct http_url *url, const char *scheme, const char *host, uint32_t flags,
                 char *why)
{
    const bool link_local = (flags & DNSHOOK_HTTP_LINK_LOCAL) != 0;
    const bool plain = strcmp(scheme, "http") == 0;
    const enum place needed = link_local ? ON_LINK : LOOPBACK;

    if (!plain && strcmp(scheme, "https") != 0) {
        (void)snprintf(why, HTTP_URL_WHY_SIZE, "%.200s: only https: is spoken", url->shown);
        return DNSHOOK_BAD_CONFIG;
    }
    if (plain && place_of(host) < needed) {
        (void)snprintf(why, HTTP_URL_WHY_SIZE,
                       "%.200s: refused, because http: shows secrets to everybody on the way, and "
                       "this is no %s address: use https:",
                       url->shown, link_local ? "link-local or loopback" : "loopback");
        return DNSHOOK_BAD_CONFIG;
    }
    url->scheme = plain ? "http" : "https";
    url->direct = plain || link_local;
    return DNSHOOK_OK;
}

int http_url_parse(const char *text, uint32_t flags, struct http_url *url,
                   char why[HTTP_URL_WHY_SIZE])
{
    const unsigned how = CURLU_NON_SUPPORT_SCHEME | CURLU_PATH_AS_IS | CURLU_DISALLOW_USER;
    char *scheme = NULL, *host = NULL;
    CURLUcode code;
    int status;

    *url = (struct http_url){.parts = curl_url()};
    code = is_encoded(text) ? CURLUE_OK : CURLUE_MALFORMED_INPUT;
    if (url->parts == NULL)
        code = CURLUE_OUT_OF_MEMORY;
    if (code == CURLUE_OK)
        code = curl_url_set(url->parts, CURLUPART_URL, text, how);
    if (code == CURLUE_OK)
        code = curl_url_get(url->parts, CURLUPART_SCHEME, &scheme, 0);
    if (code == CURLUE_OK)
        code = curl_url_get(url->parts, CURLUPART_HOST, &host, 0);
    if (code == CURLUE_OK && (url->shown = show(url->parts)) == NULL)
        code = CURLUE_OUT_OF_MEMORY;
    if (code == CURLUE_OK) {
        status = judge(url, scheme, host, flags, why);
    } else {
        (void)snprintf(why, HTTP_URL_WHY_SIZE, "this is no URL that can be asked: %s",
                       code == CURLUE_USER_NOT_ALLOWED ? "it holds a user name or password"
                                                       : curl_url_strerror(code));
        status = code == CURLUE_OUT_OF_MEMORY ? DNSHOOK_NO_MEMORY : DNSHOOK_BAD_CONFIG;
    }
    curl_free(scheme);
    curl_free(host);
    return status;
}

void http_url_free(struct http_url *url)
{
    curl_url_cleanup(url->parts);
    curl_free(url->shown);
}
