/*
 * The endpoint that ECS, EKS Pod Identity, Greengrass and others put beside a container (AWS SDKs
 * and Tools Reference Guide, "Container credential provider").
 *
 * SPDX-License-Identifier: MIT
 */
#include "credentials_container.h"
#include "credentials_http.h"
#include "credentials_json.h"

#include <arpa/inet.h>
#include <string.h>
#include <strings.h>

#define ECS "http://169.254.170.2"
#define RELATIVE "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"
#define FULL "AWS_CONTAINER_CREDENTIALS_FULL_URI"
#define TOKEN_FILE "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"
#define TOKEN "AWS_CONTAINER_AUTHORIZATION_TOKEN"

enum { TIMEOUT = 2000, ATTEMPTS = 3, PAUSE = 1000, HOST_SIZE = 256 }; /* milliseconds */

/* Whether plain http: may be spoken to a host: it never leaves the machine or its link. */
static bool is_beside_us(const char *host)
{
    static const char *const hosts[] = {"localhost", "169.254.170.2", "169.254.170.23",
                                        "[fd00:ec2::23]", "[::1]"};
    unsigned char ipv4[4];

    for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++)
        if (strcasecmp(host, hosts[i]) == 0)
            return true;
    return inet_pton(AF_INET, host, ipv4) == 1 && ipv4[0] == 127;
}

/* The host of a URL, with the brackets of an IPv6 address; false: there is none, or something with
 * it that has no place there. */
static bool read_host(const char *url, const char *scheme, char host[HOST_SIZE])
{
    const size_t skip = strlen(scheme);
    const char *const begin = url + skip;
    size_t size;

    if (strncasecmp(url, scheme, skip) != 0 || !credentials_is_header(url))
        return false;
    size = *begin == '[' ? strcspn(begin, "]") + 1 : strcspn(begin, ":/?#");
    if (size == 0 || size >= HOST_SIZE || memchr(begin, '@', strcspn(begin, "/?#")) != NULL ||
        strchr(begin, ' ') != NULL)
        return false;
    (void)snprintf(host, HOST_SIZE, "%.*s", (int)size, begin);
    return true;
}

static int set_url(struct container *container, const char *variable, const char *before,
                   const char *url)
{
    container->variable = variable;
    if (strlen(before) + strlen(url) < sizeof container->url) {
        (void)snprintf(container->url, sizeof container->url, "%s%s", before, url);
        return DNSHOOK_OK;
    }
    return DNSHOOK_BAD_CONFIG;
}

static int read_relative(const struct dnshook_host *host, const char *path,
                         struct container *container)
{
    if (path[0] != '/' || !credentials_is_header(path) || strchr(path, ' ') != NULL ||
        set_url(container, RELATIVE, ECS, path) != DNSHOOK_OK)
        return dnshook_fail(host, DNSHOOK_BAD_CONFIG, RELATIVE " is no path that begins with '/'");
    (void)snprintf(container->shown, sizeof container->shown, ECS);
    container->flags = DNSHOOK_HTTP_LINK_LOCAL;
    return DNSHOOK_OK;
}

static int read_full(const struct dnshook_host *host, const char *url, struct container *container)
{
    char name[HOST_SIZE] = "";
    const bool tls = read_host(url, "https://", name);

    if (!tls && !read_host(url, "http://", name))
        return dnshook_fail(host, DNSHOOK_BAD_CONFIG,
                            FULL ": URI did not specify a host: it must begin with https://, or "
                                 "http:// and an address beside the container");
    if (!tls && !is_beside_us(name))
        return dnshook_fail(host, DNSHOOK_BAD_CONFIG,
                            FULL
                            " leads to %s over plain http:, which is only allowed to loopback, "
                            "169.254.170.2, 169.254.170.23 and fd00:ec2::23: use https:",
                            name);
    if (set_url(container, FULL, "", url) != DNSHOOK_OK)
        return dnshook_fail(host, DNSHOOK_BAD_CONFIG, FULL " is longer than %d bytes",
                            AWS_URL_SIZE - 1);
    (void)snprintf(container->shown, sizeof container->shown, "%s://%s", tls ? "https" : "http",
                   name);
    container->flags = tls ? 0 : DNSHOOK_HTTP_LINK_LOCAL;
    return DNSHOOK_OK;
}

int container_read(const struct dnshook_host *host, struct container *container)
{
    const char *const relative = host->param(host, "container-credentials-relative-uri");
    const char *const full = host->param(host, "container-credentials-full-uri");

    *container = (struct container){.variable = NULL};
    if (relative != NULL)
        return read_relative(host, relative, container);
    return full == NULL ? DNSHOOK_OK : read_full(host, full, container);
}

/* The header that proves who asks; NULL: none is wanted. The file is read each time, because it is
 * renewed. */
static int read_authorization(struct aws *aws, char **header)
{
    static const char name[] = "Authorization: ";
    const struct dnshook_host *const host = aws->host;
    const char *const path = host->param(host, "container-authorization-token-file");
    const char *const given = host->param(host, "container-authorization-token");
    char *token = NULL;
    int status = DNSHOOK_OK;

    *header = NULL;
    if (path != NULL)
        status = credentials_token(aws, TOKEN_FILE, path, &token);
    else if (given != NULL && !credentials_is_header(given))
        status =
            dnshook_fail(host, DNSHOOK_BAD_CONFIG,
                         TOKEN " holds a line feed or another character that is not printable");
    if (status != DNSHOOK_OK || (path == NULL && given == NULL))
        return status;

    const size_t size = sizeof name + strlen(path != NULL ? token : given);

    *header = host->alloc(host, size);
    if (*header != NULL)
        (void)snprintf(*header, size, "%s%s", name, path != NULL ? token : given);
    host->free(host, token);
    return *header == NULL ? aws_no_memory(aws) : DNSHOOK_OK;
}

/* Takes what the endpoint answered. */
static int take(struct aws *aws, const struct dnshook_http_response *response, const char *source,
                struct finding *finding)
{
    static const struct credentials_names names = {"AccessKeyId", "SecretAccessKey", "Token",
                                                   "Expiration"};
    char why[CREDENTIALS_WHY_SIZE] = "";
    char said[160] = "";
    json_t *const object = credentials_json(response->body, response->body_size, why);
    const char *const message = credentials_json_text(object, "message");
    int status;

    if (response->code != 200) {
        if (message != NULL)
            credentials_show(message, strlen(message), said, sizeof said);
        status =
            dnshook_fail(aws->host, response->code < 500 ? DNSHOOK_DENIED : DNSHOOK_UNREACHABLE,
                         "%s: it answered %u%s%s", source, (unsigned)response->code,
                         said[0] == '\0' ? "" : ": ", said);
    } else if (object == NULL) {
        status = dnshook_fail(aws->host, DNSHOOK_BAD_ANSWER, "%s: the answer makes no sense: %s",
                              source, why);
    } else {
        status = credentials_json_take(aws, object, &names, source, finding);
    }
    credentials_json_free(object);
    return status;
}

int credentials_container(struct aws *aws, struct finding *finding)
{
    struct container container;
    struct dnshook_http_response response;
    char source[CREDENTIALS_WHY_SIZE];
    char *header = NULL;
    int status = container_read(aws->host, &container);

    if (status == DNSHOOK_OK && container.variable == NULL) {
        (void)snprintf(finding->why, sizeof finding->why, RELATIVE " and " FULL " are not set");
        return DNSHOOK_OK;
    }
    if (status == DNSHOOK_OK)
        status = read_authorization(aws, &header);
    if (status != DNSHOOK_OK)
        return status;

    const struct local_request request = {
        .method = "GET",
        .url = container.url,
        .header = header,
        .flags = container.flags,
        .timeout = TIMEOUT,
        .attempts = ATTEMPTS,
        .pause = PAUSE,
    };

    (void)snprintf(source, sizeof source, "the container's endpoint %s (%s)", container.shown,
                   container.variable);
    status = credentials_http(aws, &request, &response);
    aws->host->free(aws->host, header);
    if (credentials_http_is_absent(status))
        return dnshook_fail(aws->host, status, "%s: %s", source,
                            status == DNSHOOK_UNREACHABLE
                                ? "nobody answers there, or the connection breaks"
                                : "what answers there is no HTTP, or more than 64 KiB");
    return status == DNSHOOK_OK ? take(aws, &response, source, finding) : status;
}
