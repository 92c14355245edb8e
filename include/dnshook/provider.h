/*
 * dnshook/provider.h - all that a DNS provider for dnshook needs.
 *
 * A provider is a shared object NAME.so in dnshook's provider directory. It exports one function,
 * dnshook_provider_get(), and links against nothing of dnshook's: what it needs from the program
 * reaches it as a struct of function pointers (struct dnshook_host). The manual is
 * dnshook-provider(3).
 *
 * SPDX-License-Identifier: MIT
 *
 * Rules that hold for everything below
 *
 * - Text is UTF-8 and ends with a NUL. Names of DNS are in presentation form, lower case, IDN as
 *   A-labels, without the final dot, at most 253 bytes; the root is ".".
 * - Times are milliseconds (int64_t) unless an item says seconds.
 * - Every struct begins with its own size in bytes and only ever grows at its end. Whoever fills a
 *   struct sets `size` to sizeof of the struct as it knows it. The host copies what it knows of a
 *   provider's structs and takes the rest for zero; a provider asks with DNSHOOK_HAS() before it
 *   uses a member that is younger than the ABI number it was built for.
 * - The host owns everything that it hands out. It stays valid until the call that received it
 *   returns, unless the item says longer. Nobody ever frees what the other allocated.
 * - The host never makes two calls at once on one handle. It may make calls on several handles of
 *   one provider one after the other, so a provider keeps its state in the handle, never in
 *   globals.
 * - A provider changes no process state: no signal handlers, umask, working directory, locale,
 *   environment, standard streams, and it never calls exit() or abort(). It is never unloaded.
 * - No call may outlast time_left(). sleep(), http() and dns_exchange() keep to it by themselves
 *   and end early when the user interrupts the program.
 */
#ifndef DNSHOOK_PROVIDER_H
#define DNSHOOK_PROVIDER_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The number of the interface. It rises only when an old provider could no longer work; what is
 * added under one number is at the end of structs, and in API HISTORY of dnshook-provider(3). */
#define DNSHOOK_ABI 1U

/* The longest text of one TXT value, in bytes (RFC 1035, 3.3: one character-string). */
#define DNSHOOK_VALUE_MAX 255

/* Room for a service's own identifier of a change, with its final NUL. */
#define DNSHOOK_TOKEN_SIZE 128

/* True when the struct behind `pointer`, as the other side built it, has `member`. */
#define DNSHOOK_HAS(pointer, type, member)                                                         \
    ((pointer)->size >= offsetof(type, member) + sizeof(((const type *)0)->member))

#if defined(__GNUC__) || defined(__clang__)
#define DNSHOOK_EXPORT __attribute__((visibility("default")))
#define DNSHOOK_PRINTF(text, first) __attribute__((__format__(__printf__, text, first)))
#else
#define DNSHOOK_EXPORT
#define DNSHOOK_PRINTF(text, first)
#endif

/*
 * What a call came to: it says what the host does next. A provider that returns anything but
 * DNSHOOK_OK has said why, once, with dnshook_fail().
 */
enum dnshook_status {
    DNSHOOK_OK = 0,           /* done; also when there was nothing left to do */
    DNSHOOK_AGAIN = 1,        /* throttled or busy: the host waits a little and calls again, except
                                 after open() and zones() */
    DNSHOOK_CONFLICT = 2,     /* the set changed under us: the same, after a quarter of a second at
                                 the most */
    DNSHOOK_DENIED = 3,       /* the service refuses these credentials, or refuses them this */
    DNSHOOK_NO_ZONE = 4,      /* the service or the account has no zone for the name */
    DNSHOOK_BAD_CONFIG = 5,   /* a parameter is missing, malformed, or does not fit another */
    DNSHOOK_BAD_ANSWER = 6,   /* the service answered what its protocol does not allow */
    DNSHOOK_UNREACHABLE = 7,  /* no connection, or it broke, and trying again did not help */
    DNSHOOK_REJECTED = 8,     /* the service understood and said no, for good */
    DNSHOOK_DEADLINE = 9,     /* time_left() ran out */
    DNSHOOK_INTERRUPTED = 10, /* the user wants the program to end */
    DNSHOOK_NO_MEMORY = 11,   /* an allocation failed */
    DNSHOOK_UNSUPPORTED = 12  /* this provider, or this service, cannot do that */
};

/* How loud a message is. Without options the user sees warnings; -v shows info, -v -v debug. */
enum dnshook_log_level { DNSHOOK_LOG_WARNING = 1, DNSHOOK_LOG_INFO = 2, DNSHOOK_LOG_DEBUG = 3 };

/* ---- parameters ------------------------------------------------------------------------------ */

#define DNSHOOK_PARAM_REQUIRED 0x1U /* open() is not called without it; the error names it */
#define DNSHOOK_PARAM_SECRET 0x2U   /* never shown; wiped from memory when it is freed */
#define DNSHOOK_PARAM_FILE 0x4U /* the value is a path; listed as such, not opened by the host */
#define DNSHOOK_PARAM_TIMEOUT                                                                      \
    0x8U /* whole seconds: how long this account waits for propagation                             \
            when the user gives no --timeout */
#define DNSHOOK_PARAM_NO_FILE                                                                      \
    0x10U /* NAME_FILE, or NAME-file of a configuration, is not looked up: it                      \
             means something of its own */
#define DNSHOOK_PARAM_ZONE                                                                         \
    0x20U /* the service's id of the zone, or its name: what a configuration's                     \
             [domain] says of `zone` becomes this parameter's value; one a table */
#define DNSHOOK_PARAM_IDENTITY                                                                     \
    0x40U /* says whose account it is, as a key or a profile: an account of a                      \
             configuration that sets one of these never looks into the environment */
#define DNSHOOK_PARAM_AMBIENT                                                                      \
    0x80U /* the platform may set this variable, as for containers: it counts                      \
             also for an account of a configuration that sets none of IDENTITY */

/* One parameter of a provider. The host looks values up, checks and hides them, and prints the
 * page of `dnshook info` from this table. The table ends with an element whose size is 0. */
struct dnshook_param {
    uint32_t size;       /* sizeof(struct dnshook_param); the same in every element */
    uint32_t flags;      /* DNSHOOK_PARAM_* */
    const char *name;    /* for configuration files: 1 to 64 lower case letters, digits, hyphens */
    const char *env;     /* names of environment variables, separated by one space, the first that
                            is set and not empty wins; each also as NAME_FILE, which names a file
                            that holds the value; NULL: none */
    const char *initial; /* the value if nothing is given; NULL: none */
    const char *help;    /* one sentence for a person, without the name */
};

/* ---- zones and changes ----------------------------------------------------------------------- */

/* A zone, as the service or the DNS knows it. */
struct dnshook_zone {
    uint32_t size;
    uint32_t flags;      /* 0; for later use */
    const char *name;    /* the zone's name */
    const char *id;      /* the service's identifier; NULL or "": the name is enough */
    const char *primary; /* set by the host where the DNS shows it: the host name of the primary
                            server (SOA MNAME, RFC 1035, 3.3.13); NULL: not known */
};

enum dnshook_action {
    DNSHOOK_ADD = 1,   /* put one value beside the others of the TXT set */
    DNSHOOK_REMOVE = 2 /* take one value away and leave the others */
};

/* What a change found, set by the provider in `effect`. */
enum dnshook_effect {
    DNSHOOK_EFFECT_UNKNOWN = 0,  /* the service does not tell */
    DNSHOOK_EFFECT_CHANGED = 1,  /* this call added, or removed, the value */
    DNSHOOK_EFFECT_NO_CHANGE = 2 /* the value was there already, or was gone already */
};

/* One change to the TXT set at one name. Filled by the host; `status`, `effect` and `token` are
 * the provider's to set, and what a call left in `effect` and `token` is still there when the host
 * repeats it. A pointer to it stays valid, with its contents, until close(). */
struct dnshook_change {
    uint32_t size;
    uint32_t action;                 /* enum dnshook_action */
    const char *name;                /* the record name */
    const char *value;               /* 1 to DNSHOOK_VALUE_MAX printable ASCII bytes, unquoted; it
                                        may begin with '-' and hold '"' and '\' */
    const struct dnshook_zone *zone; /* the zone that holds the name; the host found or was given
                                        it */
    uint32_t ttl;                    /* seconds, for a new set; an existing set keeps its own */
    int32_t status;                  /* apply(): enum dnshook_status of this change */
    uint32_t effect;                 /* enum dnshook_effect */
    char token[DNSHOOK_TOKEN_SIZE];  /* for the provider: the service's name for this change, so
                                        that is_live() can ask about it; "" at first */
};

/* Receives one zone after another; what it points to need only last for the call. Returns
 * DNSHOOK_OK, or a status with which the provider stops at once and which it returns. */
typedef int dnshook_zone_fn(void *opaque, const struct dnshook_zone *zone);

/* Receives one host name of a nameserver after another, on the same terms. */
typedef int dnshook_name_fn(void *opaque, const char *name);

/* ---- services of the host -------------------------------------------------------------------- */

#define DNSHOOK_HTTP_LINK_LOCAL                                                                    \
    0x1U /* plain http: is allowed, no proxy is used: for metadata                                 \
            services at link-local or loopback addresses alone */

/* An HTTP request. TLS is verified, redirects are not followed, proxies are taken from the
 * environment, and 1.1 is spoken. Connections are kept for the next request. */
struct dnshook_http_request {
    uint32_t size;
    uint32_t flags;             /* DNSHOOK_HTTP_* */
    const char *method;         /* "GET", "POST", "PUT", "DELETE", "PATCH" */
    const char *url;            /* absolute, encoded: https:, or http: to a loopback address or with
                                   DNSHOOK_HTTP_LINK_LOCAL */
    const char *const *headers; /* "Name: value", the last one NULL; NULL: none */
    const void *body;           /* NULL: none */
    size_t body_size;
    const char *ca_bundle; /* PEM file of CAs in place of the system's; NULL: the system's */
    uint32_t timeout;      /* milliseconds for the whole request; 0: 30 s; never more than
                              time_left() */
    uint32_t body_limit;   /* the largest body taken, in bytes; 0: 1 MiB; never more */
};

/* An answer to an HTTP request. The members point into memory of the host that stays valid until
 * the next http() call on this host, or close(). */
struct dnshook_http_response {
    uint32_t size;    /* set by the provider before the call */
    uint32_t code;    /* 100 to 599 */
    const char *body; /* never NULL; a NUL follows the last byte */
    size_t body_size;
    const char *headers; /* the header lines of the final answer, each ended by "\n", without the
                            status line; for dnshook_host.http_header() or one's own reading */
};

/* A DNS message for one server, over TCP (RFC 1035, 4.2.2; RFC 7766), for what the host's own
 * questions cannot do: UPDATE, TSIG. */
struct dnshook_dns_request {
    uint32_t size;
    uint32_t port;       /* 0: 53 */
    const char *server;  /* IPv4 or IPv6 address, without brackets, or a host name, of which every
                            address is tried */
    const void *message; /* the message, without the length in front */
    size_t message_size; /* 12 to 65535 */
    uint32_t timeout;    /* milliseconds for one address; 0: 10 s; never more than time_left() */
    uint32_t settle;     /* milliseconds to go on reading after accept() has turned an answer
                            down; 0: 2 s */
    /* Judges each message that comes back: 0 takes it and ends the exchange; anything else turns it
     * down, and reading goes on for `settle` (RFC 8945, 5.3: an unsigned answer may be forged).
     * NULL: the first message with the request's id is taken. Messages with another id never reach
     * it. The bytes are valid during the call only. */
    int (*accept)(void *opaque, const void *message, size_t size);
    void *opaque; /* handed to accept() */
};

/* What the exchange brought. Valid until the next dns_exchange() call on this host, or close(). */
struct dnshook_dns_response {
    uint32_t size;       /* set by the provider before the call */
    uint32_t accepted;   /* 1: `message` was accepted; 0: the last one that was turned down */
    const void *message; /* NULL: nothing came back */
    size_t message_size;
    const char *address; /* the server address that answered, or was tried last, as text; never
                            NULL */
};

/*
 * The services of the host, for one handle. Every function takes the struct itself first. Use the
 * inline helpers further down for text with a format.
 */
struct dnshook_host {
    uint32_t size;
    uint32_t abi;        /* DNSHOOK_ABI of the host */
    const char *version; /* of dnshook, as "0.1.0" */

    /* Says something to the user, if the level is wanted. One line, no line feed. Never a secret.
     */
    void (*log)(const struct dnshook_host *host, int level, const char *text);

    /* Records why this call fails, in words a person can act on: what failed, on which name, server
     * or URL, what the other side said, what to do. Call it once, where the cause is known; where a
     * call tries again and fails otherwise, the last text counts. Returns `status`, so that one can
     * write `return host->fail(...)`. */
    int (*fail)(const struct dnshook_host *host, int status, const char *text);

    /* The value of a parameter of the table; NULL if there is none, never "". Valid until close().
     * A name that is not in the table: NULL. */
    const char *(*param)(const struct dnshook_host *host, const char *name);

    /* Memory, zeroed. NULL when there is none, or size is 0. What is still there after close() is
     * freed by the host, and all of it is wiped when freed. realloc() keeps what fits and zeroes
     * the rest; both take NULL. */
    void *(*alloc)(const struct dnshook_host *host, size_t size);
    void *(*realloc)(const struct dnshook_host *host, void *memory, size_t size);
    void (*free)(const struct dnshook_host *host, void *memory);

    /* Milliseconds until this call has to be over; 0 when it is time. After an interruption, the
     * time that is left for cleaning up. */
    int64_t (*time_left)(const struct dnshook_host *host);

    /* Waits. DNSHOOK_OK, or DNSHOOK_DEADLINE (at once, if the wait would not fit) or
     * DNSHOOK_INTERRUPTED. */
    int (*sleep)(const struct dnshook_host *host, int64_t milliseconds);

    /* One HTTP exchange. DNSHOOK_OK with any HTTP status; DNSHOOK_UNREACHABLE, DNSHOOK_BAD_ANSWER
     * (not HTTP, or more than body_limit), DNSHOOK_REJECTED (the server's certificate is not to be
     * trusted), DNSHOOK_BAD_CONFIG (the URL), DNSHOOK_DEADLINE,
     * DNSHOOK_INTERRUPTED, DNSHOOK_NO_MEMORY; then fail() has been called already. */
    int (*http)(const struct dnshook_host *host, const struct dnshook_http_request *request,
                struct dnshook_http_response *response);

    /* The value of a header of the last answer, by its name in any case; NULL: not there. Valid
     * as long as the answer. The first one, if it is there more than once. */
    const char *(*http_header)(const struct dnshook_host *host, const char *name);

    /* One DNS exchange over TCP. DNSHOOK_OK: `response` holds an answer; look at `accepted`.
     * DNSHOOK_UNREACHABLE, DNSHOOK_BAD_CONFIG (the server's name), DNSHOOK_DEADLINE,
     * DNSHOOK_INTERRUPTED, DNSHOOK_NO_MEMORY; then fail() has been called already. */
    int (*dns_exchange)(const struct dnshook_host *host, const struct dnshook_dns_request *request,
                        struct dnshook_dns_response *response);
};

/* ---- the provider ---------------------------------------------------------------------------- */

/*
 * What a provider is. `handle` is what open() returned. "Required" members may not be NULL.
 */
struct dnshook_provider {
    uint32_t size;
    uint32_t abi;        /* DNSHOOK_ABI */
    const char *name;    /* required: the file's name without ".so": ^[a-z0-9][a-z0-9_-]{0,31}$ */
    const char *version; /* required: the provider's own version */
    const char *description;            /* required: a few words, as "Amazon Route 53" */
    const struct dnshook_param *params; /* required; a table of nothing but the end is fine */

    /* Optional. Paths, separated by one space, of files of NAME=value lines in which the host looks
     * for the variables of the parameter table after the environment; in a later file they win over
     * those in an earlier one. The host reads them, it never runs them. NULL: none. */
    const char *variable_files;

    /* Required. Makes an instance. Checks the parameters; sends nothing. `host` stays valid until
     * close() has returned. On failure *handle is ignored and close() is not called. */
    int (*open)(const struct dnshook_host *host, void **handle);

    /* Required. Ends an instance; cannot fail. */
    void (*close)(void *handle);

    /* Required. Puts change->value into the TXT set at change->name and keeps every other value and
     * the TTL of a set that is there. That the value is there already is success. Sets effect. */
    int (*add)(void *handle, struct dnshook_change *change);

    /* Required. Takes change->value out of the set and keeps every other value; the set goes with
     * its last value. That the value, the set or the name is gone already is success. Works in
     * another process than the one that added it. Sets effect. */
    int (*remove)(void *handle, struct dnshook_change *change);

    /* Optional: everything from here on may be NULL. */

    /* Many changes in one go, all in one zone, in as few requests as the service allows. Sets
     * status and effect of each; returns the first status that is not DNSHOOK_OK, and calls fail()
     * for that one. A change whose status it leaves alone has the status that is returned. Without
     * it the host calls add() and remove(). */
    int (*apply)(void *handle, struct dnshook_change *const *changes, size_t count);

    /* Hands every zone that these credentials can see to `each`. */
    int (*zones)(void *handle, dnshook_zone_fn *each, void *opaque);

    /* Hands the longest zone that holds `name` to `each`, exactly once. `cut` is the zone that the
     * DNS shows for the name, with its primary, or NULL. DNSHOOK_NO_ZONE if there is none. What is
     * handed over, `primary` included, is what change->zone holds later. Without this operation the
     * host takes `cut`. */
    int (*find_zone)(void *handle, const char *name, const struct dnshook_zone *cut,
                     dnshook_zone_fn *each, void *opaque);

    /* Hands the service's own list of nameservers of the zone to `each`, so that the host can
     * compare it with those that the Internet is led to. */
    int (*nameservers)(void *handle, const struct dnshook_zone *zone, dnshook_name_fn *each,
                       void *opaque);

    /* Whether the service says that a change is live on all of its servers: DNSHOOK_OK yes,
     * DNSHOOK_AGAIN not yet, DNSHOOK_DENIED these credentials may not ask (the host warns and lets
     * the nameservers decide). Called after add() or apply(), with the same change. */
    int (*is_live)(void *handle, const struct dnshook_change *change);

    /* Proves the credentials and says with dnshook_log() at DNSHOOK_LOG_INFO whose they are.
     * Changes nothing. `zone` may be NULL. */
    int (*check)(void *handle, const struct dnshook_zone *zone);

    /* Hands text for `dnshook info` to `each`, line by line: the permissions that the credentials
     * need, ready to paste. `name` is the record name that they are wanted for, or NULL. `handle`
     * is NULL where no instance could be opened, as without credentials. */
    int (*guide)(void *handle, const char *name, dnshook_name_fn *each, void *opaque);
};

/* The one function that a provider exports. Returns its struct, which stays valid for ever; NULL
 * is refused. Called once, before anything else. */
DNSHOOK_EXPORT const struct dnshook_provider *dnshook_provider_get(void);

/* The same as a type, for the host. */
typedef const struct dnshook_provider *dnshook_provider_get_fn(void);

/* ---- helpers --------------------------------------------------------------------------------- */

/* Longest text that the helpers below pass on, with its NUL; the rest is cut. */
#define DNSHOOK_TEXT_SIZE 2048

/* host->log() with a format. */
DNSHOOK_PRINTF(3, 4)
static inline void dnshook_log(const struct dnshook_host *host, int level, const char *format, ...)
{
    char text[DNSHOOK_TEXT_SIZE];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    host->log(host, level, text);
}

/* host->fail() with a format; returns `status`. */
DNSHOOK_PRINTF(3, 4)
static inline int dnshook_fail(const struct dnshook_host *host, int status, const char *format, ...)
{
    char text[DNSHOOK_TEXT_SIZE];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return host->fail(host, status, text);
}

#ifdef __cplusplus
}
#endif

#endif
