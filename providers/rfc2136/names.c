/*
 * Names of the DNS as text, and as ldns holds them.
 *
 * SPDX-License-Identifier: MIT
 */
#include "names.h"
#include "wire.h"

#include <stdlib.h>
#include <string.h>

void name_drop(ldns_rdf *const *name)
{
    ldns_rdf_deep_free(*name);
}

ldns_rdf *name_read(const char *text)
{
    ldns_rdf *const name = text[0] == '\0' ? NULL : ldns_dname_new_frm_str(text);

    if (name != NULL)
        ldns_dname2canonical(name);
    return name;
}

bool name_write(const ldns_rdf *name, char out[NAME_SIZE])
{
    char *const text = ldns_rdf2str(name);
    size_t length = text == NULL ? 0 : strlen(text);
    bool fits = false;

    if (length > 1 && text[length - 1] == '.')
        length--;
    if (length > 0 && length < NAME_SIZE) {
        for (size_t i = 0; i < length; i++)
            out[i] = (char)wire_lower((uint8_t)text[i]);
        out[length] = '\0';
        fits = true;
    }
    free(text);
    return fits;
}

bool name_normalise(const char *text, char out[NAME_SIZE])
{
    CLEANUP_NAME ldns_rdf *const name = name_read(text);

    return name != NULL && name_write(name, out);
}

bool name_within(const char *name, const char *zone)
{
    CLEANUP_NAME ldns_rdf *const child = name_read(name);
    CLEANUP_NAME ldns_rdf *const parent = name_read(zone);

    if (child == NULL || parent == NULL)
        return false;
    return ldns_dname_compare(child, parent) == 0 || ldns_dname_is_subdomain(child, parent);
}

/* One byte of a label of a name's text, "\." and "\DDD" taken apart; moves on. */
static uint8_t next_byte(const char **text)
{
    const char *const at = *text;

    if (at[0] != '\\' || at[1] == '\0') {
        *text = at + 1;
        return (uint8_t)at[0];
    }
    if (at[1] < '0' || at[1] > '9' || at[2] == '\0' || at[3] == '\0') {
        *text = at + 2;
        return (uint8_t)at[1];
    }
    *text = at + 4;
    return (uint8_t)((at[1] - '0') * 100 + (at[2] - '0') * 10 + (at[3] - '0'));
}

/* Without an allocation: that memory runs out must not look like "another name". */
bool name_is(const ldns_rdf *name, const char *text)
{
    const uint8_t *wire;
    const uint8_t *end;

    if (name == NULL || ldns_rdf_get_type(name) != LDNS_RDF_TYPE_DNAME)
        return false;
    wire = ldns_rdf_data(name);
    end = wire + ldns_rdf_size(name);
    if (strcmp(text, ".") == 0)
        text++;
    while (wire < end && *wire != 0) {
        const uint8_t *const label = wire + 1;

        wire = label + *wire;
        for (const uint8_t *byte = label; byte < wire && byte < end; byte++)
            if (*text == '\0' || *text == '.' || wire_lower(*byte) != wire_lower(next_byte(&text)))
                return false;
        if (*text != '.' && *text != '\0')
            return false;
        text += *text == '.' ? 1 : 0;
    }
    return *text == '\0';
}
