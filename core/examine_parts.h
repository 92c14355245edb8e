/*
 * examine_parts.h - the parts of an examination: each asks its questions, and later judges the
 * answers. Those that ask return DNSHOOK_OK, or as inquiry_ask().
 */
#ifndef EXAMINE_PARTS_H
#define EXAMINE_PARTS_H

#include "examine.h"

enum { EXAMINE_TEXT_SIZE = 1024, EXAMINE_TIME_SIZE = 32 };

int examine_delegation_ask(struct examination *examination);
/* What the first answers make it ask: the addresses that only the parent's glue has. */
int examine_delegation_ask_again(struct examination *examination);
void examine_delegation_judge(struct examination *examination);

int examine_servers_ask(struct examination *examination);
void examine_servers_judge(struct examination *examination);

int examine_challenge_ask(struct examination *examination);
void examine_challenge_judge(struct examination *examination);

int examine_caa_ask(struct examination *examination);
void examine_caa_judge(struct examination *examination);

int examine_dnssec_ask(struct examination *examination);
void examine_dnssec_judge(struct examination *examination);

int examine_clock_ask(struct examination *examination);
/* Sets clock_wrong, so that signatures are not called expired because of it. */
void examine_clock_judge(struct examination *examination);

/* ---- what they share ---- */

/* The same question to every address of a zone's authority. */
int examine_ask_zone(struct examination *examination, const struct authority *zone,
                     const char *name, ldns_rr_type type, unsigned flags);

/* The answer of one address of it; NULL: none, or not yet. */
const struct answer *examine_answer(const struct examination *examination,
                                    const struct authority *zone, size_t address, const char *name,
                                    ldns_rr_type type, unsigned flags);

/* The first good answer of any address; NULL: none. */
const struct answer *examine_good_answer(const struct examination *examination,
                                         const struct authority *zone, const char *name,
                                         ldns_rr_type type, unsigned flags);

/* "192.0.2.1 (ns1.example.org)". */
void examine_address_text(const struct authority *zone, size_t address,
                          char out[EXAMINE_TEXT_SIZE]);

/* Puts `item` behind what is in `list`, ", " between them; once each, cut where it ends. */
void examine_list(char list[EXAMINE_TEXT_SIZE], const char *item);

/* The records of a type at a name, or at any name (NULL), in a section; freed with
 * ldns_rr_list_free(). NULL when memory ran out. */
ldns_rr_list *examine_records(const ldns_rr_list *section, const char *name, ldns_rr_type type);

/* "2026-11-24 01:30:10 UTC". */
void examine_time_text(uint32_t time, char out[EXAMINE_TIME_SIZE]);

/* Inception and expiration of the RRSIG of a type in a section (RFC 4034, 3.1.5); of several the
 * one that holds now, and longest: one that holds is enough (RFC 4035, 5.3.3). False: none. */
bool examine_signature_times(const ldns_rr_list *section, ldns_rr_type type, uint32_t *begin,
                             uint32_t *end);

#endif
