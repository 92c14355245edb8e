#include "protocol_call.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "log.h"

enum { DIGEST_BYTES = 32 };

/* Makes room for one more challenge. The texts of those that are there move: their hosts and
 * digests are looked up again. */
static bool grow(struct call *call)
{
    const size_t room = call->room > 0 ? 2 * call->room : 1;
    struct challenge *set;
    struct call_text *texts;

    if (call->count < call->room)
        return true;
    set = realloc(call->set, room * sizeof *set);
    if (set == NULL)
        return false;
    call->set = set;
    texts = calloc(room, sizeof *texts);
    if (texts == NULL)
        return false;
    for (size_t i = 0; i < call->count; i++) {
        if (set[i].value == call->texts[i].digest)
            set[i].value = texts[i].digest;
        texts[i] = call->texts[i];
        set[i].host = texts[i].name;
    }
    free(call->texts);
    call->texts = texts;
    call->room = room;
    return true;
}

static bool has(const struct call *call, const char *host, const char *value, bool at_name)
{
    for (size_t i = 0; i < call->count; i++)
        if (strcmp(call->set[i].host, host) == 0 && strcmp(call->set[i].value, value) == 0 &&
            call->set[i].at_name == at_name)
            return true;
    return false;
}

/* Adds a challenge, whose value is `copied` or borrowed. */
static int add(struct call *call, const char *name, const char *value, bool copied, bool at_name)
{
    char host[NAME_SIZE];
    const char *why = at_name ? name_check_record(name, host) : name_check_host(name, host);

    if (why != NULL) {
        log_error("the %s name \"%s\" %s", at_name ? "record" : "host", name, why);
        return EXIT_USAGE;
    }
    why = challenge_check_value(value);
    if (why != NULL) {
        log_error("the value %s", why);
        return EXIT_USAGE;
    }
    if (has(call, host, value, at_name))
        return EXIT_DONE;
    if (!grow(call)) {
        (void)log_no_memory();
        return EXIT_FAILED;
    }
    struct call_text *const text = &call->texts[call->count];

    memcpy(text->name, host, sizeof text->name);
    (void)snprintf(text->digest, sizeof text->digest, "%s", copied ? value : "");
    call->set[call->count++] =
        (struct challenge){.host = text->name,
                           .value = copied ? text->digest : value,
                           .at_name = at_name,
                           .client = call->client[0] != '\0' ? call->client : NULL};
    return EXIT_DONE;
}

int call_host(struct call *call, const char *host, const char *value)
{
    return add(call, host, value, false, false);
}

int call_record(struct call *call, const char *record, const char *value)
{
    return add(call, record, value, false, true);
}

/* base64url(SHA-256(key)), without padding. */
static bool digest_of(const char *key, char digest[PROTOCOL_DIGEST_SIZE])
{
    unsigned char bytes[EVP_MAX_MD_SIZE];
    unsigned char text[4 * ((EVP_MAX_MD_SIZE + 2) / 3) + 1];
    unsigned size = 0;

    if (EVP_Digest(key, strlen(key), bytes, &size, EVP_sha256(), NULL) != 1 || size != DIGEST_BYTES)
        return false;
    (void)EVP_EncodeBlock(text, bytes, DIGEST_BYTES);
    for (size_t i = 0; i + 1 < PROTOCOL_DIGEST_SIZE; i++)
        digest[i] = (char)(text[i] == '+' ? '-' : text[i] == '/' ? '_' : text[i]);
    digest[PROTOCOL_DIGEST_SIZE - 1] = '\0';
    return true;
}

int call_key(struct call *call, const char *host, const char *key)
{
    char digest[PROTOCOL_DIGEST_SIZE];

    if (*key == '\0') {
        log_error("the key authorization is empty");
        return EXIT_USAGE;
    }
    if (!digest_of(key, digest)) {
        (void)log_no_memory();
        return EXIT_FAILED;
    }
    return add(call, host, digest, true, false);
}

int call_run(struct call *call)
{
    return call->event->action == PROTOCOL_START
               ? run_start(call->run, call->set, call->count, RUN_WAIT)
               : run_stop(call->run, call->set, call->count);
}

void call_clear(struct call *call)
{
    free(call->set);
    free(call->texts);
    call->set = NULL;
    call->texts = NULL;
    call->count = call->room = 0;
}
