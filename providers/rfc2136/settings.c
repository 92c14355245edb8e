/*
 * What the user has set.
 *
 * SPDX-License-Identifier: MIT
 */
#include "settings.h"
#include "keyfile.h"

#include <openssl/crypto.h>

#include <arpa/inet.h>
#include <string.h>

#define PARAM(flags, name, env, help)                                                              \
    {                                                                                              \
        sizeof(struct dnshook_param), flags, name, env, NULL, help                                 \
    }

/* The environment names are lego's, then those of acmetool's dns.hook, in which TKIP wins. */
const struct dnshook_param settings_params[] = {
    PARAM(0, "nameserver", "RFC2136_NAMESERVER",
          "The server that takes the updates: a name or an address, with :PORT if it is not 53 "
          "([ADDRESS]:PORT for IPv6); without it, the primary that the zone's SOA record names"),
    PARAM(DNSHOOK_PARAM_ZONE, "zone", "RFC2136_ZONE",
          "The zone to update; without it, the server is asked which zone holds the name"),
    PARAM(0, "tsig-key", "RFC2136_TSIG_KEY",
          "The name of the TSIG key; with tsig-file, which of its keys to take"),
    PARAM(DNSHOOK_PARAM_SECRET, "tsig-secret", "RFC2136_TSIG_SECRET",
          "The secret of the TSIG key, in base64"),
    PARAM(0, "tsig-algorithm", "RFC2136_TSIG_ALGORITHM",
          "The algorithm of the TSIG key: hmac-sha256 (the default), hmac-sha512, hmac-sha384, "
          "hmac-sha224, hmac-sha1 or hmac-md5"),
    PARAM(DNSHOOK_PARAM_FILE, "tsig-file", "RFC2136_TSIG_FILE",
          "A file that holds the TSIG key in place of the three above: a key statement as "
          "tsig-keygen writes it, or K*.private; its mode may be 0600 or 0640"),
    PARAM(0, "tsig-key-name", "TKIP_KEY_NAME TSIG_KEY_NAME",
          "acmetool's dns.hook setting: the name of the TSIG key, as ALGORITHM:NAME; without "
          "ALGORITHM it is hmac-md5, as for nsupdate"),
    PARAM(DNSHOOK_PARAM_SECRET, "tsig-key-secret", "TKIP_KEY TSIG_KEY",
          "acmetool's dns.hook setting: the secret of the TSIG key, in base64"),
    PARAM(DNSHOOK_PARAM_TIMEOUT, "sync-timeout", "DNS_SYNC_TIMEOUT",
          "acmetool's dns.hook setting: how many seconds to wait for the nameservers"),
    {0, 0, NULL, NULL, NULL, NULL}};

static int fail_server(const struct dnshook_host *host, const char *text)
{
    return dnshook_fail(host, DNSHOOK_BAD_CONFIG,
                        "nameserver \"%s\" is not a server: set RFC2136_NAMESERVER to a name or an "
                        "address, as ns.example.org, ns.example.org:5353, 192.0.2.1 or "
                        "[2001:db8::1]:53",
                        text);
}

/* Whether the text is an address; an IPv6 address may have a zone index (RFC 4007, 11). */
static bool is_address(const char *text, int family)
{
    unsigned char address[sizeof(struct in6_addr)];
    char plain[NAME_SIZE] = "";
    const size_t length = strcspn(text, family == AF_INET6 ? "%" : "");

    memcpy(plain, text, length);
    return inet_pton(family, plain, address) == 1;
}

/* A port number in decimal; false: none. */
static bool read_port(const char *text, uint16_t *out)
{
    unsigned number = 0;
    size_t digits = 0;

    for (; text[digits] >= '0' && text[digits] <= '9' && digits < 5; digits++)
        number = number * 10 + (unsigned)(text[digits] - '0');
    *out = (uint16_t)number;
    return digits > 0 && text[digits] == '\0' && number > 0 && number <= 65535;
}

/* A host name with nothing in it but letters, digits, hyphens, underscores and dots. */
static bool is_host_name(const char *text, char out[NAME_SIZE])
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                  "0123456789-_.";

    return text[strspn(text, allowed)] == '\0' && name_normalise(text, out) &&
           strcmp(out, ".") != 0;
}

/* Splits "[ADDRESS]:PORT", "HOST:PORT", "HOST" or a bare IPv6 address. The port that follows, or
 * NULL, goes to *port; false: brackets without an end. */
static bool split_server(char *text, char **host, const char **port)
{
    char *const colon = strchr(text, ':');
    char *close = NULL;

    *host = text;
    *port = NULL;
    if (text[0] == '[') {
        close = strchr(text, ']');
        if (close == NULL || (close[1] != '\0' && close[1] != ':'))
            return false;
        *host = text + 1;
        *port = close[1] == ':' ? close + 2 : NULL;
        *close = '\0';
    } else if (colon != NULL && strchr(colon + 1, ':') == NULL) {
        *port = colon + 1;
        *colon = '\0';
    }
    return true;
}

static int read_server(const struct dnshook_host *host, const char *text, struct settings *out)
{
    char copy[NAME_SIZE + 16] = "";
    char *name = NULL;
    const char *port = NULL;

    if (text == NULL)
        return DNSHOOK_OK;
    if (strlen(text) >= sizeof copy)
        return fail_server(host, text);
    memcpy(copy, text, strlen(text) + 1);
    if (!split_server(copy, &name, &port) || strlen(name) >= NAME_SIZE ||
        (port != NULL && !read_port(port, &out->port)))
        return fail_server(host, text);
    if (is_address(name, AF_INET6) || (text[0] != '[' && is_address(name, AF_INET)))
        memcpy(out->server, name, strlen(name) + 1);
    else if (text[0] == '[' || !is_host_name(name, out->server))
        return fail_server(host, text);
    return DNSHOOK_OK;
}

static int read_zone(const struct dnshook_host *host, const char *text, struct settings *out)
{
    if (text == NULL || name_normalise(text, out->zone))
        return DNSHOOK_OK;
    return dnshook_fail(host, DNSHOOK_BAD_CONFIG,
                        "zone \"%s\" is not a DNS name: set RFC2136_ZONE to the zone's name, as "
                        "example.org",
                        text);
}

static struct span span_of(const char *text)
{
    return (struct span){text, text == NULL ? 0 : strlen(text)};
}

/* That RFC2136_TSIG_ALGORITHM, if it is set, says the same as the place that has said it. */
static int check_algorithm(const struct dnshook_host *host, const struct settings *settings,
                           const char *where)
{
    const char *const text = host->param(host, "tsig-algorithm");

    if (text == NULL || tsig_algorithm_named(text) == settings->key.algorithm)
        return DNSHOOK_OK;
    return dnshook_fail(host, DNSHOOK_BAD_CONFIG,
                        "%s says %s and RFC2136_TSIG_ALGORITHM says %s: leave the latter out",
                        where, settings->key.algorithm->name, text);
}

/* The key of RFC2136_TSIG_FILE. */
static int key_of_file(const struct dnshook_host *host, struct settings *out)
{
    const char *const path = host->param(host, "tsig-file");

    if (host->param(host, "tsig-secret") != NULL)
        return dnshook_fail(host, DNSHOOK_BAD_CONFIG,
                            "both RFC2136_TSIG_FILE and RFC2136_TSIG_SECRET are set: leave one "
                            "out");
    const int status = keyfile_read(host, path, host->param(host, "tsig-key"), &out->key);

    return status != DNSHOOK_OK ? status : check_algorithm(host, out, path);
}

/* The key of RFC2136_TSIG_KEY and RFC2136_TSIG_SECRET. */
static int key_of_lego(const struct dnshook_host *host, struct settings *out)
{
    const char *const algorithm = host->param(host, "tsig-algorithm");
    const struct keyfile_entry entry = {
        .name = span_of(host->param(host, "tsig-key")),
        .algorithm = span_of(algorithm == NULL ? "hmac-sha256" : algorithm),
        .secret = span_of(host->param(host, "tsig-secret")),
    };

    if (entry.secret.length == 0)
        return dnshook_fail(host, DNSHOOK_BAD_CONFIG,
                            "RFC2136_TSIG_KEY is set without a secret: set RFC2136_TSIG_SECRET, or "
                            "RFC2136_TSIG_FILE to a key file");
    if (entry.name.length == 0)
        return dnshook_fail(host, DNSHOOK_BAD_CONFIG,
                            "RFC2136_TSIG_SECRET is set without the key's name: set "
                            "RFC2136_TSIG_KEY");
    return keyfile_make(host, "RFC2136_TSIG_KEY, _SECRET, _ALGORITHM", &entry, &out->key);
}

/* The key of TSIG_KEY_NAME and TSIG_KEY, the algorithm in front of the name. nsupdate, to which
 * dns.hook hands them, takes hmac-md5 where there is none. */
static int key_of_dns_hook(const struct dnshook_host *host, struct settings *out)
{
    const char *const name = host->param(host, "tsig-key-name");
    const char *const secret = host->param(host, "tsig-key-secret");
    const char *const colon = name == NULL ? NULL : strchr(name, ':');
    const char *const fallback = host->param(host, "tsig-algorithm");
    struct keyfile_entry entry = {
        .name = span_of(name),
        .algorithm = span_of(fallback == NULL ? "hmac-md5" : fallback),
        .secret = span_of(secret),
    };

    if (name == NULL || secret == NULL)
        return dnshook_fail(host, DNSHOOK_BAD_CONFIG,
                            "%s is set without %s: set both, or neither for updates without a "
                            "signature",
                            name == NULL ? "TSIG_KEY" : "TSIG_KEY_NAME",
                            name == NULL ? "TSIG_KEY_NAME" : "TSIG_KEY");
    if (colon != NULL) {
        entry.algorithm = (struct span){name, (size_t)(colon - name)};
        entry.name = span_of(colon + 1);
    }
    const int status = keyfile_make(host, "TSIG_KEY_NAME, TSIG_KEY", &entry, &out->key);

    return status != DNSHOOK_OK ? status : check_algorithm(host, out, "TSIG_KEY_NAME");
}

/* lego's names win as a group, so that never half of one key is mixed with half of another. */
static int read_key(const struct dnshook_host *host, struct settings *out)
{
    if (host->param(host, "tsig-file") != NULL)
        return key_of_file(host, out);
    if (host->param(host, "tsig-key") != NULL || host->param(host, "tsig-secret") != NULL)
        return key_of_lego(host, out);
    if (host->param(host, "tsig-key-name") != NULL || host->param(host, "tsig-key-secret") != NULL)
        return key_of_dns_hook(host, out);
    if (host->param(host, "tsig-algorithm") == NULL)
        return DNSHOOK_OK;
    return dnshook_fail(host, DNSHOOK_BAD_CONFIG,
                        "RFC2136_TSIG_ALGORITHM is set without a key: set RFC2136_TSIG_KEY and "
                        "RFC2136_TSIG_SECRET, or RFC2136_TSIG_FILE");
}

int settings_read(const struct dnshook_host *host, struct settings *out)
{
    int status = read_server(host, host->param(host, "nameserver"), out);

    if (status == DNSHOOK_OK)
        status = read_zone(host, host->param(host, "zone"), out);
    if (status == DNSHOOK_OK)
        status = read_key(host, out);
    if (status != DNSHOOK_OK)
        settings_wipe(host, out);
    return status;
}

void settings_wipe(const struct dnshook_host *host, struct settings *settings)
{
    if (settings->key.secret != NULL)
        OPENSSL_cleanse(settings->key.secret, settings->key.secret_size);
    host->free(host, settings->key.secret);
    settings->key.secret = NULL;
    settings->key.algorithm = NULL;
}
