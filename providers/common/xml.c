#include "xml.h"

#include <libxml/parser.h>
#include <string.h>

enum { DOCUMENT_MAX = 1024 * 1024 };

/* Called for a DOCTYPE: there is none in what we read. */
static void refuse_doctype(void *opaque, const xmlChar *name, const xmlChar *external,
                           const xmlChar *system)
{
    xmlParserCtxt *const parser = opaque;

    (void)name;
    (void)external;
    (void)system;
    *(bool *)parser->_private = true;
    xmlStopParser(parser);
}

xmlDoc *xml_parse(const char *text, size_t size)
{
    const int options = XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING;
    xmlParserCtxt *const parser = size > 0 && size <= DOCUMENT_MAX ? xmlNewParserCtxt() : NULL;
    bool has_doctype = false;
    xmlDoc *document;

    if (parser == NULL)
        return NULL;
    parser->_private = &has_doctype;
    parser->sax->internalSubset = refuse_doctype;
    document = xmlCtxtReadMemory(parser, text, (int)size, NULL, "UTF-8", options);
    xmlFreeParserCtxt(parser);
    if (document != NULL && (has_doctype || document->intSubset != NULL)) {
        xmlFreeDoc(document);
        document = NULL;
    }
    return document;
}

bool xml_is(const xmlNode *node, const char *name)
{
    return node != NULL && node->type == XML_ELEMENT_NODE &&
           xmlStrEqual(node->name, (const xmlChar *)name) == 1;
}

/* The first element of that name among a node and its later siblings. */
static xmlNode *find(xmlNode *node, const char *name)
{
    while (node != NULL && !xml_is(node, name))
        node = node->next;
    return node;
}

xmlNode *xml_child(const xmlNode *parent, const char *name)
{
    return parent != NULL ? find(parent->children, name) : NULL;
}

xmlNode *xml_next(const xmlNode *node)
{
    return node != NULL ? find(node->next, (const char *)node->name) : NULL;
}

static bool is_blank(char byte)
{
    return byte != '\0' && strchr(" \t\r\n", byte) != NULL;
}

/* Takes white space off both ends. */
static void trim(char *text)
{
    size_t begin = 0;
    size_t end = strlen(text);

    while (is_blank(text[begin]))
        begin++;
    while (end > begin && is_blank(text[end - 1]))
        end--;
    memmove(text, text + begin, end - begin);
    text[end - begin] = '\0';
}

/* Copies the text of an element. False if it does not fit, or holds other elements. */
static bool copy(const xmlNode *node, char *out, size_t size)
{
    size_t used = 0;

    for (const xmlNode *part = node->children; part != NULL; part = part->next) {
        const size_t more = part->content != NULL ? strlen((const char *)part->content) : 0;

        if (part->type == XML_COMMENT_NODE || part->type == XML_PI_NODE)
            continue;
        if ((part->type != XML_TEXT_NODE && part->type != XML_CDATA_SECTION_NODE) ||
            more >= size - used)
            return false;
        if (more > 0)
            memcpy(out + used, part->content, more);
        used += more;
    }
    out[used] = '\0';
    return true;
}

bool xml_text(const xmlNode *node, char *out, size_t size)
{
    const bool copied = node != NULL && size > 0 && copy(node, out, size);

    if (copied)
        trim(out);
    else if (size > 0)
        out[0] = '\0';
    return copied;
}
