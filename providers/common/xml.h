/*
 * xml.h - reading XML that came over the network, by libxml2, with what could hurt turned off: no
 * DOCTYPE, no entities but the five, no network, no files, no repair, no huge documents.
 */
#ifndef XML_H
#define XML_H

#include <libxml/tree.h>
#include <stdbool.h>
#include <stddef.h>

/* Parses a document of at most 1 MiB; NULL if it is not well-formed, has a DOCTYPE, or memory ran
 * out. The caller frees it with xmlFreeDoc(). */
xmlDoc *xml_parse(const char *text, size_t size);

/* The first child element of that name, whatever its namespace; NULL if there is none. `parent` may
 * be NULL. */
xmlNode *xml_child(const xmlNode *parent, const char *name);

/* The next sibling element of the same name; NULL if there is none. */
xmlNode *xml_next(const xmlNode *node);

/* True when the element has that name. */
bool xml_is(const xmlNode *node, const char *name);

/* Copies the text of an element, white space around it taken off. False if there is no element or
 * it does not fit; out is "" then. */
bool xml_text(const xmlNode *node, char *out, size_t size);

#endif
