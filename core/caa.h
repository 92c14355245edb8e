/*
 * caa.h - what the CAA records at a name let a certificate authority do (RFC 8659), with the
 * parameters of RFC 8657.
 */
#ifndef CAA_H
#define CAA_H

#include <ldns/ldns.h>
#include <stdbool.h>
#include <stddef.h>

enum { CAA_LIST_SIZE = 1024, CAA_TEXT_SIZE = 512, CAA_TYPE = 257 };

/* What a set of records says of one kind of certificate. */
struct caa_verdict {
    bool allowed;                  /* by dns-01, to the one that was asked about, or to anyone */
    bool restricted;               /* there is a record that says who may */
    bool wrong_method;             /* whom it names may not use dns-01 (validationmethods) */
    char malformed[CAA_TEXT_SIZE]; /* a record that is none by its grammar, and so lets nobody in */
    char issuers[CAA_LIST_SIZE];   /* who may, ", " between them */
    char accounts[CAA_LIST_SIZE];  /* that alone may (accounturi), ", " between them; "" for any */
    bool any_account;              /* there is a record that names none */
    char
        critical[CAA_TEXT_SIZE]; /* the tag of a critical property that nobody knows; "" for none */
};

/* Judges the CAA records of a list, which belong to one name. `ca` is the certificate authority as
 * CAA names it, NULL for any; `wildcard` a certificate for *.NAME. */
void caa_judge(const ldns_rr_list *records, const char *ca, bool wildcard,
               struct caa_verdict *verdict);

/* The records as text, as `0 issue "ca.example"`, ", " between them. */
void caa_text(const ldns_rr_list *records, char out[CAA_LIST_SIZE]);

#endif
