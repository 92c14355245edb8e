/*
 * One ChangeResourceRecordSets request.
 *
 * SPDX-License-Identifier: MIT
 */
#include "batch.h"

#include <libxml/xmlwriter.h>

#include <string.h>

#define XMLNS "https://route53.amazonaws.com/doc/2013-04-01/"

static const xmlChar *x(const char *text)
{
    return (const xmlChar *)text;
}

bool batch_add(const struct dnshook_host *host, struct batch *batch, const struct batch_op *op)
{
    char text[TXT_TEXT_SIZE];
    struct txt txt;
    struct batch_op *const more =
        host->realloc(host, batch->ops, (batch->count + 1) * sizeof *more);

    if (more == NULL)
        return false;
    batch->ops = more;
    more[batch->count++] = *op;
    batch->elements += op->set->values.count;
    for (size_t cursor = 0; txt_set_next(&op->set->values, &cursor, &txt);)
        batch->characters += txt_write(&txt, text);
    return true;
}

bool batch_append(const struct dnshook_host *host, struct batch *batch, const struct batch *more)
{
    for (size_t i = 0; i < more->count; i++)
        if (!batch_add(host, batch, &more->ops[i]))
            return false;
    return true;
}

/* Adds the sets of `from` that `other` has not, or has with other values. */
static bool add_changed(const struct dnshook_host *host, struct batch *batch,
                        const struct batch_op *op, const struct standing *from,
                        const struct standing *other)
{
    for (size_t i = 0; i < from->count; i++) {
        const struct rrset *const set = &from->sets[i];
        const struct rrset *const same = rrset_find(other, set->identifier);
        const struct batch_op each = {.create = op->create, .name = op->name, .set = set};

        if (set->values.count == 0 || (same != NULL && txt_set_equal(&set->values, &same->values)))
            continue;
        if (!batch_add(host, batch, &each))
            return false;
    }
    return true;
}

bool batch_add_difference(const struct dnshook_host *host, struct batch *batch, const char *name,
                          const struct standing *before, const struct standing *after)
{
    const struct batch_op delete = {.create = false, .name = name};
    const struct batch_op create = {.create = true, .name = name};

    return add_changed(host, batch, &delete, before, after) &&
           add_changed(host, batch, &create, after, before);
}

bool batch_fits(const struct batch *batch, const struct batch *more)
{
    return batch->elements + more->elements <= BATCH_ELEMENTS_MAX &&
           batch->characters + more->characters <= BATCH_CHARACTERS_MAX;
}

static bool open_element(xmlTextWriter *writer, const char *name)
{
    return xmlTextWriterStartElement(writer, x(name)) >= 0;
}

static bool close_element(xmlTextWriter *writer)
{
    return xmlTextWriterEndElement(writer) >= 0;
}

/* Writes an element with text; "" is left out. */
static bool write_text(xmlTextWriter *writer, const char *name, const char *text)
{
    return text[0] == '\0' || xmlTextWriterWriteElement(writer, x(name), x(text)) >= 0;
}

static bool write_values(xmlTextWriter *writer, const struct txt_set *values)
{
    char text[TXT_TEXT_SIZE];
    struct txt txt;

    if (!open_element(writer, "ResourceRecords"))
        return false;
    for (size_t cursor = 0; txt_set_next(values, &cursor, &txt);) {
        (void)txt_write(&txt, text);
        if (!open_element(writer, "ResourceRecord") || !write_text(writer, "Value", text) ||
            !close_element(writer))
            return false;
    }
    return close_element(writer);
}

/* The order of the elements is the service's. */
static bool write_op(xmlTextWriter *writer, const struct batch_op *op)
{
    char ttl[16];

    (void)snprintf(ttl, sizeof ttl, "%u", op->set->ttl);
    return open_element(writer, "Change") &&
           write_text(writer, "Action", op->create ? "CREATE" : "DELETE") &&
           open_element(writer, "ResourceRecordSet") && write_text(writer, "Name", op->name) &&
           write_text(writer, "Type", "TXT") &&
           write_text(writer, "SetIdentifier", op->set->identifier) &&
           write_text(writer, "MultiValueAnswer", op->set->identifier[0] != '\0' ? "true" : "") &&
           write_text(writer, "TTL", ttl) && write_values(writer, &op->set->values) &&
           write_text(writer, "HealthCheckId", op->set->health_check) && close_element(writer) &&
           close_element(writer);
}

static bool write_all(xmlTextWriter *writer, const struct batch *batch)
{
    if (xmlTextWriterStartDocument(writer, NULL, "UTF-8", NULL) < 0 ||
        xmlTextWriterStartElementNS(writer, NULL, x("ChangeResourceRecordSetsRequest"), x(XMLNS)) <
            0 ||
        !open_element(writer, "ChangeBatch") || !open_element(writer, "Changes"))
        return false;
    for (size_t i = 0; i < batch->count; i++)
        if (!write_op(writer, &batch->ops[i]))
            return false;
    return xmlTextWriterEndDocument(writer) >= 0;
}

xmlBuffer *batch_write(const struct batch *batch)
{
    xmlBuffer *const buffer = xmlBufferCreate();
    xmlTextWriter *const writer = buffer != NULL ? xmlNewTextWriterMemory(buffer, 0) : NULL;
    const bool good = writer != NULL && write_all(writer, batch);

    if (writer != NULL)
        xmlFreeTextWriter(writer);
    if (good)
        return buffer;
    if (buffer != NULL)
        xmlBufferFree(buffer);
    return NULL;
}

void batch_free(const struct dnshook_host *host, struct batch *batch)
{
    host->free(host, batch->ops);
    *batch = (struct batch){.ops = NULL};
}
