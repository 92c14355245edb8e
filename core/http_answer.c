#include "http_answer.h"

#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>

#include "dnshook/provider.h"

enum { FIRST_ROOM = 4096, HEADERS_LIMIT = 64 * 1024 };

static void wipe(struct http_buffer *buffer, size_t limit)
{
    if (buffer->data != NULL)
        OPENSSL_cleanse(buffer->data, buffer->room);
    free(buffer->data);
    *buffer = (struct http_buffer){.limit = limit};
}

/* Makes room for `size` bytes and a NUL; what is left behind is wiped. */
static bool make_room(struct http_buffer *buffer, size_t size)
{
    size_t room = buffer->room > 0 ? buffer->room : FIRST_ROOM;
    struct http_buffer old = *buffer;

    while (room <= size)
        room *= 2;
    if (room == buffer->room)
        return true;
    buffer->data = malloc(room);
    if (buffer->data == NULL) {
        buffer->data = old.data;
        return false;
    }
    if (old.data != NULL)
        memcpy(buffer->data, old.data, old.used);
    buffer->room = room;
    wipe(&old, 0);
    return true;
}

/* DNSHOOK_OK; DNSHOOK_BAD_ANSWER when the limit is passed; DNSHOOK_NO_MEMORY. */
static int add(struct http_buffer *buffer, const char *data, size_t size)
{
    if (size > buffer->limit - buffer->used)
        return DNSHOOK_BAD_ANSWER;
    if (!make_room(buffer, buffer->used + size))
        return DNSHOOK_NO_MEMORY;
    memcpy(buffer->data + buffer->used, data, size);
    buffer->used += size;
    buffer->data[buffer->used] = '\0';
    return DNSHOOK_OK;
}

void http_answer_reset(struct http_answer *answer, size_t body_limit)
{
    wipe(&answer->body, body_limit);
    wipe(&answer->headers, HEADERS_LIMIT);
    wipe(&answer->lines, HEADERS_LIMIT);
    answer->headers_done = false;
    answer->status = DNSHOOK_OK;
    answer->complaint = NULL;
}

/* Notes why the transfer ends here. */
static size_t refuse(struct http_answer *answer, int status, const char *complaint)
{
    answer->status = status;
    answer->complaint = status == DNSHOOK_NO_MEMORY ? "out of memory" : complaint;
    return 0;
}

size_t http_answer_add_body(char *data, size_t one, size_t size, void *opaque)
{
    struct http_answer *const answer = opaque;
    const int status = add(&answer->body, data, one * size);

    if (status != DNSHOOK_OK)
        return refuse(answer, status, "the answer is larger than the limit");
    return size;
}

/* Adds one header line, of which the first `size` bytes count. */
static int add_line(struct http_answer *answer, const char *line, size_t size)
{
    int status = add(&answer->headers, line, size);

    if (status == DNSHOOK_OK)
        status = add(&answer->headers, "\n", 1);
    while (size > 0 && (line[size - 1] == ' ' || line[size - 1] == '\t'))
        size--;
    if (status == DNSHOOK_OK)
        status = add(&answer->lines, line, size);
    return status == DNSHOOK_OK ? add(&answer->lines, "", 1) : status;
}

/* A status line begins the headers anew: what came before was an interim answer. Trailers, which
 * come after the body, are passed over. */
size_t http_answer_add_header(char *line, size_t one, size_t size, void *opaque)
{
    struct http_answer *const answer = opaque;
    size_t length = one * size;
    int status;

    while (length > 0 && (line[length - 1] == '\r' || line[length - 1] == '\n'))
        length--;
    if (memchr(line, '\0', length) != NULL)
        return refuse(answer, DNSHOOK_BAD_ANSWER, "a header holds a NUL byte");
    if (length >= 5 && memcmp(line, "HTTP/", 5) == 0 && answer->body.used == 0) {
        http_answer_reset(answer, answer->body.limit);
        return size;
    }
    if (length == 0)
        answer->headers_done = true;
    if (answer->headers_done)
        return size;
    status = add_line(answer, line, length);
    if (status != DNSHOOK_OK)
        return refuse(answer, status, "its headers have more than 64 KiB");
    return size;
}

const char *http_answer_header(const struct http_answer *answer, const char *name)
{
    const size_t length = strlen(name);
    const char *line = answer->lines.data;

    while (line != NULL && line < answer->lines.data + answer->lines.used) {
        if (strncasecmp(line, name, length) == 0 && line[length] == ':')
            return line + length + 1 + strspn(line + length + 1, " \t");
        line += strlen(line) + 1;
    }
    return NULL;
}
