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

bool name_is(const ldns_rdf *name, const char *text)
{
    CLEANUP_NAME ldns_rdf *const other = name_read(text);

    return name != NULL && other != NULL && ldns_rdf_get_type(name) == LDNS_RDF_TYPE_DNAME &&
           ldns_dname_compare(name, other) == 0;
}
