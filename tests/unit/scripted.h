/*
 * scripted.h - DNS servers on loopback that do what a test says, and a clock that does not wait.
 *
 * There is no thread: poll() of the code under test is replaced (see unit-core.mk) by one that
 * first lets the servers work. Where nothing happens any more, the clock (deadline_now()) jumps to
 * the end of the poll() at once, so that a wait of minutes costs milliseconds.
 */
#ifndef SCRIPTED_H
#define SCRIPTED_H

#include "dns.h"

enum { SCRIPTED_ASKED_MAX = 4096, SCRIPTED_CONNECTIONS = 16 };

enum scripted_flag { AA = 1, RA = 2 };

/* An answer: to a name and type, or to every name (NULL) or type (0). Records are lines as in a
 * zone file. */
struct scripted_row {
    const char *name;
    ldns_rr_type type;
    unsigned flags; /* enum scripted_flag, or'ed */
    unsigned rcode;
    const char *answer;
    const char *authority;
    const char *additional;
};

/* What goes wrong with an answer. */
enum scripted_fault {
    SILENT_UDP = 1,      /* says nothing over UDP */
    SILENT_TCP = 2,      /* ... over TCP */
    GARBAGE = 4,         /* noise behind the right id */
    TRUNCATED = 8,       /* over UDP: TC and nothing else */
    WRONG_ID = 16,       /* sends an answer of another id first */
    WRONG_QUESTION = 32, /* ... one to another question first */
    OTHER_PORT = 64,     /* ... one from another port first, which says SERVFAIL */
    ONLY_WRONG = 128,    /* and then not the right one */
    CLOSES = 256         /* closes a TCP connection instead of an answer */
};

/* Bytes sent over TCP once a message has come, `after` milliseconds later; size 0: closes. */
struct scripted_chunk {
    int64_t after;
    const void *bytes;
    size_t size;
};

/* A question that came. */
struct scripted_asked {
    char name[NAME_SIZE];
    ldns_rr_type type;
    uint16_t id;
    uint16_t port; /* of the one who asked */
    bool tcp;
    bool recursion;
    bool edns;
    int64_t at;
};

struct scripted_connection {
    int fd; /* -1: free */
    uint8_t bytes[65537];
    size_t size;
    bool playing; /* sends its chunks */
    size_t chunk;
    int64_t since;
};

/* A server. What a test may set comes first. */
struct scripted {
    const struct scripted_row *rows;
    size_t row_count;                 /* a question that no row answers is REFUSED */
    const struct scripted_row *later; /* the rows from `later_at` on; NULL: the same */
    size_t later_count;
    int64_t later_at;
    unsigned faults;                     /* enum scripted_fault, or'ed */
    size_t faults_of;                    /* only of so many questions, the first ones; 0: of all */
    const struct scripted_chunk *chunks; /* instead of answers over TCP; NULL: none */
    size_t chunk_count;

    struct scripted_asked asked[SCRIPTED_ASKED_MAX];
    size_t asked_count;
    size_t received; /* bytes over TCP */
    struct address address;
    struct scripted *next;
    char published[ADDRESS_TEXT_SIZE];
    int udp;
    int other; /* UDP, of another port */
    int tcp;
    struct scripted_connection connections[SCRIPTED_CONNECTIONS];
};

/* Starts a server on 127.0.0.1 and a port of its own that answers by these rows. Never NULL. */
struct scripted *scripted_start(const struct scripted_row *rows, size_t count);

/* The address in A and AAAA records that stands for this server. */
void scripted_publish(struct scripted *server, const char *address);

/* No more over UDP or TCP: connections to it are refused. */
void scripted_refuse(struct scripted *server);

/* Stops and frees all servers. */
void scripted_stop_all(void);

/* The answer of a row to its own name and type, as it comes off the wire; freed by the caller. */
ldns_pkt *scripted_packet(const struct scripted_row *row);

/* How many questions of a type (0: any) for a name (NULL: any) came. */
size_t scripted_count(const struct scripted *server, const char *name, ldns_rr_type type);

/* UDP to addresses that begin so has no route; "" for none. */
void scripted_no_route(const char *prefix);

#endif
