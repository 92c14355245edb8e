/*
 * TSIG keys from files.
 *
 * SPDX-License-Identifier: MIT
 */
#include "keyfile.h"
#include "base64.h"
#include "statements.h"
#include "textfile.h"

#include <openssl/crypto.h>

#include <stdlib.h>
#include <string.h>

#define FORMAT_LINE "Private-key-format:"

/* Reads the file, which holds a secret. */
static int load(const struct dnshook_host *host, const char *path, struct textfile *out)
{
    char why[TEXTFILE_WHY_SIZE] = "";
    const int status = textfile_read(host, path, TEXTFILE_SECRET, KEYFILE_MAX, out, why);

    if (status == DNSHOOK_OK && out->text != NULL)
        return DNSHOOK_OK;
    return dnshook_fail(host, status == DNSHOOK_OK ? DNSHOOK_BAD_CONFIG : status, "key file %s: %s",
                        path,
                        status == DNSHOOK_OK ? "there is no such file: set RFC2136_TSIG_FILE to "
                                               "the file that holds the TSIG key"
                                             : why);
}

/* Copies a span to a text of `room` bytes; false: it does not fit. */
static bool copy_span(struct span span, char *out, size_t room)
{
    if (span.length == 0 || span.length >= room)
        return false;
    memcpy(out, span.text, span.length);
    out[span.length] = '\0';
    return true;
}

/* The algorithm of a name, or of the number of a K*.private file ("163 (HMAC_SHA256)"). */
static const struct tsig_algorithm *algorithm_of(struct span span)
{
    char text[64] = "";

    if (!copy_span(span, text, sizeof text))
        return NULL;
    if (text[0] >= '0' && text[0] <= '9')
        return tsig_algorithm_numbered(strtoul(text, NULL, 10));
    return tsig_algorithm_named(text);
}

/* Decodes the secret into memory of the host. */
static int set_secret(const struct dnshook_host *host, const char *where, struct span text,
                      struct tsig_key *out)
{
    uint8_t *const secret = host->alloc(host, BASE64_ROOM(text.length));

    if (secret == NULL)
        return dnshook_fail(host, DNSHOOK_NO_MEMORY, "%s: out of memory", where);
    if (!base64_read(text.text, text.length, secret, &out->secret_size) || out->secret_size == 0) {
        OPENSSL_cleanse(secret, BASE64_ROOM(text.length));
        host->free(host, secret);
        return dnshook_fail(host, DNSHOOK_BAD_CONFIG,
                            "%s: the secret of key %s is not base64: copy it as the server's "
                            "configuration has it, with every '=' at its end",
                            where, out->name);
    }
    out->secret = secret;
    return DNSHOOK_OK;
}

int keyfile_make(const struct dnshook_host *host, const char *where,
                 const struct keyfile_entry *entry, struct tsig_key *out)
{
    char name[NAME_SIZE * 4] = "";
    const struct tsig_algorithm *const algorithm = algorithm_of(entry->algorithm);

    if (!copy_span(entry->name, name, sizeof name) || !tsig_key_set_name(out, name))
        return dnshook_fail(host, DNSHOOK_BAD_CONFIG,
                            "%s: the name of the key is not a DNS name: set it as the server's "
                            "configuration has it",
                            where);
    if (algorithm == NULL)
        return dnshook_fail(
            host, DNSHOOK_BAD_CONFIG,
            "%s: unknown algorithm for key %s: it must be hmac-sha256, hmac-sha512, "
            "hmac-sha384, hmac-sha224, hmac-sha1 or hmac-md5",
            where, out->name);
    const int status = set_secret(host, where, entry->secret, out);

    out->algorithm = status == DNSHOOK_OK ? algorithm : NULL;
    return status;
}

/* Whether a key of a file is the one that is wanted. */
static bool is_wanted(const struct keyfile_entry *key, const char *wanted)
{
    struct tsig_key named = {.algorithm = NULL};
    struct tsig_key other = {.algorithm = NULL};
    char name[NAME_SIZE * 4] = "";

    return copy_span(key->name, name, sizeof name) && tsig_key_set_name(&named, name) &&
           tsig_key_set_name(&other, wanted) && strcmp(named.name, other.name) == 0;
}

/* Says which keys there are to choose from. */
static int fail_choice(const struct dnshook_host *host, const char *path, const char *wanted,
                       const struct keyfile_entry *keys, size_t count)
{
    char names[512] = "";
    size_t used = 0;

    for (size_t i = 0; i < count && used + keys[i].name.length + 3 < sizeof names; i++)
        used += (size_t)snprintf(names + used, sizeof names - used, "%s%.*s", i > 0 ? ", " : "",
                                 (int)keys[i].name.length, keys[i].name.text);
    if (wanted == NULL)
        return dnshook_fail(host, DNSHOOK_BAD_CONFIG,
                            "key file %s holds %zu keys: set RFC2136_TSIG_KEY to one of: %s", path,
                            count, names);
    return dnshook_fail(host, DNSHOOK_BAD_CONFIG,
                        "key file %s holds no key %s: set RFC2136_TSIG_KEY to one of: %s", path,
                        wanted, names);
}

/* The key of a file with `key` statements. */
static int from_statements(const struct dnshook_host *host, const char *path, const char *wanted,
                           const struct textfile *content, struct keyfile_entry *out)
{
    struct keyfile_entry keys[STATEMENTS_MAX];
    struct statements_error error;
    size_t count = 0;

    if (!statements_read(content->text, content->size, keys, &count, &error))
        return dnshook_fail(host, DNSHOOK_BAD_CONFIG, "key file %s, line %u: %s", path, error.line,
                            error.what);
    if (wanted == NULL && count > 1)
        return fail_choice(host, path, NULL, keys, count);
    for (size_t i = 0; i < count; i++) {
        if (wanted == NULL || is_wanted(&keys[i], wanted)) {
            *out = keys[i];
            return DNSHOOK_OK;
        }
    }
    return fail_choice(host, path, wanted, keys, count);
}

/* The value of a "Label: value" line of a text; its length is 0 if there is none. */
static struct span find_line(const struct textfile *content, const char *label)
{
    const char *const end = content->text + content->size;
    const size_t size = strlen(label);

    for (const char *line = content->text; line < end;) {
        const char *const feed = memchr(line, '\n', (size_t)(end - line));
        const char *stop = feed == NULL ? end : feed;

        if ((size_t)(stop - line) > size && memcmp(line, label, size) == 0) {
            const char *value = line + size;

            while (value < stop && (*value == ' ' || *value == '\t'))
                value++;
            while (stop > value && (stop[-1] == '\r' || stop[-1] == ' ' || stop[-1] == '\t'))
                stop--;
            return (struct span){value, (size_t)(stop - value)};
        }
        line = feed == NULL ? end : feed + 1;
    }
    return (struct span){NULL, 0};
}

/* The name in a file name like "Kname.+163+12345.private"; its length is 0 if there is none. */
static struct span name_in_path(const char *path)
{
    const char *const slash = strrchr(path, '/');
    const char *const base = slash == NULL ? path : slash + 1;
    const char *const mark = strstr(base, ".+");

    if (base[0] != 'K' || mark == NULL)
        return (struct span){NULL, 0};
    return (struct span){base + 1, (size_t)(mark - (base + 1))};
}

/* The key of a K*.private file, which does not hold its own name. */
static int from_private(const struct dnshook_host *host, const char *path, const char *wanted,
                        const struct textfile *content, struct keyfile_entry *out)
{
    out->name = wanted == NULL ? name_in_path(path) : (struct span){wanted, strlen(wanted)};
    out->algorithm = find_line(content, "Algorithm:");
    out->secret = find_line(content, "Key:");
    if (out->name.length == 0)
        return dnshook_fail(host, DNSHOOK_BAD_CONFIG,
                            "key file %s does not say the name of its key: set RFC2136_TSIG_KEY",
                            path);
    if (out->algorithm.length > 0 && out->secret.length > 0)
        return DNSHOOK_OK;
    return dnshook_fail(host, DNSHOOK_BAD_CONFIG,
                        "key file %s: a line \"Algorithm:\" or \"Key:\" is missing: a TSIG key has "
                        "both (a SIG(0) or DNSSEC key cannot be used)",
                        path);
}

int keyfile_read(const struct dnshook_host *host, const char *path, const char *wanted,
                 struct tsig_key *out)
{
    struct textfile content = {.text = NULL};
    struct keyfile_entry entry = {.name = {NULL, 0}};
    char where[512] = "";
    int status = load(host, path, &content);

    (void)snprintf(where, sizeof where, "key file %s", path);
    if (status == DNSHOOK_OK)
        status = content.size >= sizeof FORMAT_LINE - 1 &&
                         memcmp(content.text, FORMAT_LINE, sizeof FORMAT_LINE - 1) == 0
                     ? from_private(host, path, wanted, &content, &entry)
                     : from_statements(host, path, wanted, &content, &entry);
    if (status == DNSHOOK_OK)
        status = keyfile_make(host, where, &entry, out);
    if (content.text != NULL)
        OPENSSL_cleanse(content.text, content.size);
    textfile_free(host, &content);
    return status;
}
