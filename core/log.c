#include "log.h"

#include <openssl/crypto.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dnshook/provider.h"

enum { LINE_SIZE = 4096, SECRET_MIN = 4 };

static const char hidden[] = "[hidden]";

struct secret {
    struct secret *next;
    size_t size;
    char text[];
};

static int wanted = LOG_WARNING;
static struct secret *secrets;
static void (*before_line)(void);
static void (*divert)(void *opaque, int level, const char *text);
static void *divert_opaque;

void log_set_level(int level)
{
    wanted = level;
}

/* True for what goes to log_divert()'s function. */
static bool is_diverted(int level)
{
    return divert != NULL && level <= LOG_WARNING;
}

bool log_wants(int level)
{
    return level <= wanted || is_diverted(level);
}

bool log_add_secret(const char *text)
{
    const size_t size = strlen(text);
    struct secret *secret;

    if (size < SECRET_MIN)
        return true;
    secret = malloc(sizeof *secret + size + 1);
    if (secret == NULL)
        return false;
    memcpy(secret->text, text, size + 1);
    secret->size = size;
    secret->next = secrets;
    secrets = secret;
    return true;
}

void log_forget_secrets(void)
{
    while (secrets != NULL) {
        struct secret *const next = secrets->next;

        OPENSSL_cleanse(secrets->text, secrets->size);
        free(secrets);
        secrets = next;
    }
}

/* How many bytes at the front of `text` are a registered secret, or what a cut has left of one: the
 * longest. */
static size_t secret_at(const char *text)
{
    const size_t left = secrets != NULL ? strlen(text) : 0;
    size_t longest = 0;

    for (const struct secret *secret = secrets; secret != NULL; secret = secret->next) {
        const size_t size = secret->size < left ? secret->size : left;

        if (size > longest && size >= SECRET_MIN && memcmp(text, secret->text, size) == 0)
            longest = size;
    }
    return longest;
}

void log_sanitize(char *out, size_t size, const char *text)
{
    size_t used = 0;

    while (*text != '\0') {
        const size_t secret = secret_at(text);
        char piece[sizeof hidden];
        size_t length;

        if (secret > 0)
            (void)snprintf(piece, sizeof piece, "%s", hidden);
        else if ((unsigned char)*text < 0x20 || (unsigned char)*text > 0x7e)
            (void)snprintf(piece, sizeof piece, "\\x%02x", (unsigned char)*text);
        else
            (void)snprintf(piece, sizeof piece, "%c", *text);
        length = strlen(piece);
        if (used + length >= size)
            break;
        memcpy(out + used, piece, length);
        used += length;
        text += secret > 0 ? secret : 1;
    }
    out[used] = '\0';
}

/* Writes a whole line; what standard error does not take is lost. */
static void write_line(const char *line, size_t size)
{
    while (size > 0) {
        const ssize_t done = write(STDERR_FILENO, line, size);

        if (done <= 0)
            return;
        line += done;
        size -= (size_t)done;
    }
}

void log_text(int level, const char *text)
{
    static const char *const prefix[] = {
        "dnshook: ", "dnshook: warning: ", "dnshook: ", "dnshook: debug: "};
    char line[LINE_SIZE + 64];
    size_t used;

    if (!log_wants(level) || level < LOG_ERROR || level > LOG_DEBUG)
        return;
    if (is_diverted(level)) {
        log_sanitize(line, LINE_SIZE, text);
        divert(divert_opaque, level, line);
        return;
    }
    if (before_line != NULL)
        before_line();
    used = (size_t)snprintf(line, sizeof line, "%s", prefix[level]);
    log_sanitize(line + used, LINE_SIZE, text);
    used = strlen(line);
    line[used++] = '\n';
    write_line(line, used);
}

__attribute__((format(printf, 2, 0))) static void log_args(int level, const char *format,
                                                           va_list args)
{
    char text[LINE_SIZE];

    if (!log_wants(level))
        return;
    (void)vsnprintf(text, sizeof text, format, args);
    log_text(level, text);
}

#define LOG_FUNCTION(name, level)                                                                  \
    void name(const char *format, ...)                                                             \
    {                                                                                              \
        va_list args;                                                                              \
                                                                                                   \
        va_start(args, format);                                                                    \
        log_args(level, format, args);                                                             \
        va_end(args);                                                                              \
    }

LOG_FUNCTION(log_error, LOG_ERROR)
LOG_FUNCTION(log_warning, LOG_WARNING)
LOG_FUNCTION(log_info, LOG_INFO)
LOG_FUNCTION(log_debug, LOG_DEBUG)

int log_no_memory(void)
{
    log_text(LOG_ERROR, "out of memory");
    return DNSHOOK_NO_MEMORY;
}

void log_divert(void (*take)(void *opaque, int level, const char *text), void *opaque)
{
    divert = take;
    divert_opaque = opaque;
}

void log_before_line(void (*hook)(void))
{
    before_line = hook;
}
