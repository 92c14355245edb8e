#include "dns_packet.h"

#include <stdlib.h>

#include "dns_channel.h"
#include "dnshook/provider.h"
#include "log.h"

enum { OPT_SIZE = 11 /* bytes of an OPT record without options */ };

int dns_packet_query(const char *name, ldns_rr_type type, unsigned flags, uint8_t **wire,
                     size_t *size)
{
    const uint16_t bits = (uint16_t)(((flags & DNS_RECURSION) != 0 ? LDNS_RD : 0) |
                                     ((flags & DNS_UNCHECKED) != 0 ? LDNS_CD : 0));
    ldns_rdf *dname = NULL;
    ldns_pkt *packet;
    const ldns_status read = ldns_str2rdf_dname(&dname, name);
    int status = DNSHOOK_OK;

    if (read == LDNS_STATUS_MEM_ERR)
        return log_no_memory();
    if (read != LDNS_STATUS_OK) {
        log_error("%s: cannot be asked for: it is no name of DNS", name);
        return DNSHOOK_BAD_CONFIG;
    }
    packet = ldns_pkt_query_new(dname, type, LDNS_RR_CLASS_IN, bits);
    if (packet == NULL) {
        ldns_rdf_deep_free(dname);
        return log_no_memory();
    }
    ldns_pkt_set_edns_udp_size(packet, DNS_EDNS_SIZE);
    ldns_pkt_set_edns_do(packet, (flags & DNS_SIGNATURES) != 0);
    if (ldns_pkt2wire(wire, packet, size) != LDNS_STATUS_OK) {
        *wire = NULL;
        status = log_no_memory();
    }
    ldns_pkt_free(packet);
    return status;
}

bool dns_packet_drop_edns(uint8_t *wire, size_t *size)
{
    if (wire[11] != 1)
        return false;
    wire[11] = 0;
    *size -= OPT_SIZE;
    return true;
}

/* True when no record of a section lacks its data: where memory runs out, ldns passes over what it
 * could not keep and calls it a success. */
static bool is_whole(const ldns_rr_list *records, size_t count)
{
    const size_t kept = records != NULL ? ldns_rr_list_rr_count(records) : 0;

    for (size_t i = 0; i < kept; i++)
        if (ldns_rr_rd_count(ldns_rr_list_rr(records, i)) == 0)
            return false;
    return kept == count;
}

ldns_pkt *dns_packet_read(const unsigned char *bytes, size_t size)
{
    ldns_pkt *packet = NULL;

    if (ldns_wire2pkt(&packet, bytes, size) != LDNS_STATUS_OK)
        return NULL;
    if (is_whole(ldns_pkt_answer(packet), ldns_pkt_ancount(packet)) &&
        is_whole(ldns_pkt_authority(packet), ldns_pkt_nscount(packet)))
        return packet;
    ldns_pkt_free(packet);
    return NULL;
}

bool dns_name_text(const ldns_rdf *name, char out[NAME_SIZE])
{
    char *const text = name != NULL ? ldns_rdf2str(name) : NULL;
    const bool fits = text != NULL && name_normalize(text, out);

    free(text);
    return fits;
}

const char *dns_rcode_text(const ldns_pkt *packet)
{
    const ldns_lookup_table *const row =
        ldns_lookup_by_id(ldns_rcodes, (int)ldns_pkt_get_rcode(packet));

    return row != NULL ? row->name : "an unknown rcode";
}
