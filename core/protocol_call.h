/*
 * protocol_call.h - what the protocols are made of: their tables, and the set of challenges that a
 * call brings.
 */
#ifndef PROTOCOL_CALL_H
#define PROTOCOL_CALL_H

#include "run.h"

enum { PROTOCOL_DIGEST_SIZE = 44 /* SHA-256 as base64url, with its NUL */ };

enum protocol_action {
    PROTOCOL_START,
    PROTOCOL_STOP,
    PROTOCOL_NOT_OURS /* an event of this client that is none of ours */
};

struct protocol_event {
    const char *word;
    const char *usage; /* the arguments, as a message names them */
    int least;         /* arguments after the word */
    int most;          /* -1: any number */
    enum protocol_action action;
};

/* One challenge's texts, where the call's own are not good enough. */
struct call_text {
    char name[NAME_SIZE];
    char digest[PROTOCOL_DIGEST_SIZE];
};

/* A call, and the challenges in it. */
struct call {
    const struct run *run;
    const struct protocol_event *event;
    int argc; /* words, with the event; 0: there is not even that */
    char *const *argv;
    char client[JOURNAL_CLIENT_SIZE]; /* for the journal; "": nothing */
    struct challenge *set;
    struct call_text *texts;
    size_t count;
    size_t room;
};

struct protocol {
    const char *name;                    /* for --protocol */
    const char *help;                    /* its words, for --help */
    const struct protocol_event *events; /* the last one's word is NULL */
    bool only_forced; /* its words are commands, too: a call is known by --protocol alone */
    int not_ours;     /* exit status for PROTOCOL_NOT_OURS */
    int unknown;      /* ... for a word that is no event; EXIT_USAGE: that is said, too */
    int nobody;       /* ... for names that are routed to nobody; EXIT_NOT_OURS: in silence */
    bool (*called)(const char *word); /* the environment tells of the client; NULL: it never does */

    /* The event of a call that has no word; NULL: there is none. */
    const struct protocol_event *(*wordless)(void);

    /* Puts the arguments of a start or stop, of which the number fits, into the call with
     * call_host() and the like. EXIT_DONE; EXIT_USAGE, said; or `not_ours`, in silence. */
    int (*read)(const struct protocol *protocol, struct call *call);

    /* Starts or stops; returns the exit status. NULL: call_run(). */
    int (*answer)(struct call *call);
};

/* Adds a challenge for a host, as the client has it; the value is borrowed. EXIT_DONE, also where
 * the call has this very challenge already; EXIT_USAGE or EXIT_FAILED, said. */
int call_host(struct call *call, const char *host, const char *value);

/* The same with the name of the place to write, from which no CNAME is followed. */
int call_record(struct call *call, const char *record, const char *value);

/* The same with a key authorization (RFC 8555, 8.1), of which the value is the digest (8.4). */
int call_key(struct call *call, const char *host, const char *key);

/* Starts or stops what is in the call, as its event has it. */
int call_run(struct call *call);

/* Frees what the call holds. */
void call_clear(struct call *call);

extern const struct protocol protocol_acmetool;
extern const struct protocol protocol_certbot;
extern const struct protocol protocol_dehydrated;
extern const struct protocol protocol_getssl;
extern const struct protocol protocol_lego;
extern const struct protocol protocol_mod_md;
extern const struct protocol protocol_uacme;

#endif
