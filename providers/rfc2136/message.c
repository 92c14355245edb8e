/*
 * Building and reading the messages.
 *
 * SPDX-License-Identifier: MIT
 */
#include "message.h"

#include <string.h>

void message_drop(ldns_pkt *const *packet)
{
    ldns_pkt_free(*packet);
}

ldns_pkt *message_question(const char *name, ldns_rr_type type)
{
    ldns_rdf *const owner = name_read(name);
    ldns_pkt *const packet =
        owner == NULL ? NULL : ldns_pkt_query_new(owner, type, LDNS_RR_CLASS_IN, 0);

    if (packet == NULL)
        ldns_rdf_deep_free(owner);
    return packet;
}

/* A record without data. */
static ldns_rr *new_record(const char *name, ldns_rr_class class, ldns_rr_type type, uint32_t ttl)
{
    ldns_rdf *const owner = name_read(name);
    ldns_rr *const record = owner == NULL ? NULL : ldns_rr_new();

    if (record == NULL) {
        ldns_rdf_deep_free(owner);
        return NULL;
    }
    ldns_rr_set_owner(record, owner);
    ldns_rr_set_class(record, class);
    ldns_rr_set_type(record, type);
    ldns_rr_set_ttl(record, ttl);
    return record;
}

/* Hands the record to the packet, or frees it. */
static bool push(ldns_pkt *packet, ldns_pkt_section section, ldns_rr *record)
{
    if (record != NULL && ldns_pkt_push_rr(packet, section, record))
        return true;
    ldns_rr_free(record);
    return false;
}

ldns_pkt *message_update(const char *zone)
{
    ldns_pkt *packet = ldns_pkt_new();
    ldns_rr *const record = new_record(zone, LDNS_RR_CLASS_IN, LDNS_RR_TYPE_SOA, 0);

    if (record != NULL)
        ldns_rr_set_question(record, true);
    if (packet == NULL || !push(packet, LDNS_SECTION_QUESTION, record)) {
        if (packet == NULL)
            ldns_rr_free(record);
        ldns_pkt_free(packet);
        return NULL;
    }
    ldns_pkt_set_opcode(packet, LDNS_PACKET_UPDATE);
    return packet;
}

/* A TXT record whose data is the value as one character-string, byte for byte. */
static ldns_rr *new_txt(const char *name, const char *value, ldns_rr_class class, uint32_t ttl)
{
    uint8_t string[256] = "";
    const size_t length = strlen(value);
    ldns_rr *const record = new_record(name, class, LDNS_RR_TYPE_TXT, ttl);

    if (record == NULL || length > 255) {
        ldns_rr_free(record);
        return NULL;
    }
    string[0] = (uint8_t)length;
    memcpy(string + 1, value, length);
    ldns_rdf *const data = ldns_rdf_new_frm_data(LDNS_RDF_TYPE_STR, length + 1, string);

    if (data == NULL || !ldns_rr_push_rdf(record, data)) {
        ldns_rdf_deep_free(data);
        ldns_rr_free(record);
        return NULL;
    }
    return record;
}

bool message_add_txt(ldns_pkt *update, const char *name, const char *value, uint32_t ttl)
{
    return push(update, LDNS_SECTION_AUTHORITY, new_txt(name, value, LDNS_RR_CLASS_IN, ttl));
}

bool message_delete_txt(ldns_pkt *update, const char *name, const char *value)
{
    return push(update, LDNS_SECTION_AUTHORITY, new_txt(name, value, LDNS_RR_CLASS_NONE, 0));
}

bool message_require_no_alias(ldns_pkt *update, const char *name)
{
    return push(update, LDNS_SECTION_ANSWER,
                new_record(name, LDNS_RR_CLASS_NONE, LDNS_RR_TYPE_CNAME, 0));
}

bool message_is_whole(const ldns_pkt *packet)
{
    const ldns_rr_list *const list = ldns_pkt_answer(packet);

    for (size_t i = 0; i < ldns_rr_list_rr_count(list); i++)
        if (ldns_rr_rd_count(ldns_rr_list_rr(list, i)) == 0)
            return false;
    return ldns_rr_list_rr_count(list) == ldns_pkt_ancount(packet);
}

/* The records of a section of an answer. */
static const ldns_rr_list *section_of(const ldns_pkt *packet, ldns_pkt_section section)
{
    return section == LDNS_SECTION_ANSWER ? ldns_pkt_answer(packet) : ldns_pkt_authority(packet);
}

const ldns_rr *message_find(const ldns_pkt *packet, ldns_pkt_section section, ldns_rr_type type,
                            const char *name)
{
    const ldns_rr_list *const list = section_of(packet, section);

    for (size_t i = 0; i < ldns_rr_list_rr_count(list); i++) {
        const ldns_rr *const record = ldns_rr_list_rr(list, i);

        if (ldns_rr_get_type(record) == type && name_is(ldns_rr_owner(record), name))
            return record;
    }
    return NULL;
}

const ldns_rr *message_find_above(const ldns_pkt *packet, ldns_pkt_section section,
                                  ldns_rr_type type, const char *name)
{
    const ldns_rr_list *const list = section_of(packet, section);

    for (size_t i = 0; i < ldns_rr_list_rr_count(list); i++) {
        const ldns_rr *const record = ldns_rr_list_rr(list, i);
        char owner[NAME_SIZE];

        if (ldns_rr_get_type(record) == type && name_write(ldns_rr_owner(record), owner) &&
            name_within(name, owner))
            return record;
    }
    return NULL;
}

/* Whether the data of a TXT record is exactly one string, `value`. */
static bool is_value(const ldns_rr *record, const char *value)
{
    const ldns_rdf *const data = ldns_rr_rd_count(record) == 1 ? ldns_rr_rdf(record, 0) : NULL;
    const size_t length = strlen(value);

    return data != NULL && ldns_rdf_size(data) == length + 1 &&
           memcmp(ldns_rdf_data(data) + 1, value, length) == 0;
}

bool message_has_txt(const ldns_pkt *packet, const char *name, const char *value)
{
    const ldns_rr_list *const list = ldns_pkt_answer(packet);

    for (size_t i = 0; i < ldns_rr_list_rr_count(list); i++) {
        const ldns_rr *const record = ldns_rr_list_rr(list, i);

        if (ldns_rr_get_type(record) == LDNS_RR_TYPE_TXT && name_is(ldns_rr_owner(record), name) &&
            is_value(record, value))
            return true;
    }
    return false;
}
