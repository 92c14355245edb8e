/*
 * http_answer.h - an answer as it comes in: limited in size, and wiped when it goes. Part of the
 * HTTP module.
 */
#ifndef HTTP_ANSWER_H
#define HTTP_ANSWER_H

#include <stdbool.h>
#include <stddef.h>

/* Bytes, followed by a NUL; `data` is NULL while there are none. */
struct http_buffer {
    char *data;
    size_t used, room, limit;
};

struct http_answer {
    struct http_buffer body;
    struct http_buffer headers; /* "Name: value\n" again and again */
    struct http_buffer lines;   /* the same, each line ended by a NUL and without blanks there */
    bool headers_done;
    int status;            /* what ended the transfer early, DNSHOOK_OK if nothing did */
    const char *complaint; /* ... in words */
};

/* Wipes what is there and makes ready for an answer of at most `body_limit` bytes. */
void http_answer_reset(struct http_answer *answer, size_t body_limit);

/* Callbacks of libcurl (CURLOPT_WRITEFUNCTION, CURLOPT_HEADERFUNCTION): take a piece of the body
 * and a header line. Another result than the number of bytes ends the transfer. */
size_t http_answer_add_body(char *data, size_t one, size_t size, void *answer);
size_t http_answer_add_header(char *line, size_t one, size_t size, void *answer);

/* The value of the first header of that name, in any case; NULL: there is none. */
const char *http_answer_header(const struct http_answer *answer, const char *name);

#endif
