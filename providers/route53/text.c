#include "text.h"

#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_ROOM = 256 };

static void wipe(char *data, size_t size)
{
    if (data != NULL)
        OPENSSL_cleanse(data, size);
    free(data);
}

/* Makes room for `size` bytes and a NUL. Not realloc(): it would leave the old copy behind. */
static bool make_room(struct text *text, size_t size)
{
    size_t room = text->room > 0 ? text->room : FIRST_ROOM;
    char *larger;

    if (text->failed || text->room > text->used + size)
        return !text->failed;
    while (room <= text->used + size)
        room *= 2;
    larger = malloc(room);
    text->failed = larger == NULL;
    if (larger == NULL)
        return false;
    if (text->data != NULL)
        memcpy(larger, text->data, text->used);
    wipe(text->data, text->room);
    text->data = larger;
    text->room = room;
    larger[text->used] = '\0';
    return true;
}

void text_add_part(struct text *text, const char *added, size_t size)
{
    if (!make_room(text, size))
        return;
    memcpy(text->data + text->used, added, size);
    text->used += size;
    text->data[text->used] = '\0';
}

void text_add(struct text *text, const char *added)
{
    text_add_part(text, added, strlen(added));
}

/* RFC 3986, 2.3. Not isalnum(): that one follows the locale. */
static bool is_unreserved(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
           (byte >= '0' && byte <= '9') || (byte != '\0' && strchr("-._~", byte) != NULL);
}

void text_add_encoded(struct text *text, const char *added, size_t size, const char *keep)
{
    static const char digits[] = "0123456789ABCDEF";

    for (size_t i = 0; i < size; i++) {
        const unsigned char byte = (unsigned char)added[i];
        const char encoded[3] = {'%', digits[byte >> 4], digits[byte & 15]};

        if (is_unreserved(added[i]) || (byte != '\0' && strchr(keep, added[i]) != NULL))
            text_add_part(text, added + i, 1);
        else
            text_add_part(text, encoded, sizeof encoded);
    }
}

char *text_take(struct text *text)
{
    char *taken = NULL;

    text_add_part(text, "", 0);
    if (!text->failed) {
        taken = text->data;
        text->data = NULL;
    }
    text_clear(text);
    return taken;
}

void text_clear(struct text *text)
{
    wipe(text->data, text->room);
    *text = (struct text){0};
}

void text_free(char *taken)
{
    wipe(taken, taken != NULL ? strlen(taken) : 0);
}
