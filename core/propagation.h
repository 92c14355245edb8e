/*
 * propagation.h - asking every address of a zone's authority for values until all of them agree.
 *
 * What each address said last is kept, so that progress, results and the table of a failure show
 * the same thing. Times are milliseconds.
 */
#ifndef PROPAGATION_H
#define PROPAGATION_H

#include "authority.h"

enum {
    PROPAGATION_SETTLE = 15000, /* how long lame and silent addresses are waited for, past the last
                                   one that agreed */
    PROPAGATION_MAX_VALUES = 64,
    PROPAGATION_SAID_SIZE = 256
};

/* What an address is. */
enum sight {
    SIGHT_NONE,      /* has not answered yet */
    SIGHT_SERVING,   /* authoritative, with every value */
    SIGHT_WITHOUT,   /* authoritative, at least one value is missing */
    SIGHT_ANSWERING, /* authoritative; no value was asked about */
    SIGHT_LAME,      /* answers, but not as an authority of the zone */
    SIGHT_SILENT,    /* nothing over UDP or TCP */
    SIGHT_UNROUTABLE /* no route from here; passed over */
};

/* Which addresses have to agree. */
enum quorum {
    QUORUM_REACHABLE, /* every one that answers with authority, and of at least half of the
                         nameservers one address */
    QUORUM_ALL        /* every one that this machine has a route to */
};

struct watch;

/* What is known of one address. */
struct sighting {
    const struct authority_address *address;
    struct watch *watch;
    enum sight sight;
    uint64_t has;                     /* bit i: it served values[i] when last asked */
    char said[PROPAGATION_SAID_SIZE]; /* its last word, for people */
    int64_t served_at;  /* when all values were there first, since the watch began; -1: not yet */
    int64_t gone_at;    /* when the last value was gone again; -1: not yet */
    unsigned questions; /* how often it was asked */
    bool recursive;     /* its last answer was a resolver's: RA and no AA */
    bool asking;        /* a question is under way */
    unsigned losses;    /* questions over UDP without an answer, lately */
    int64_t next;       /* when to ask again */
};

/* One record name at one authority. */
struct watch {
    const char *name;
    const char *const *values;
    size_t value_count; /* 1 to PROPAGATION_MAX_VALUES; 0 only to look */
    enum quorum quorum; /* QUORUM_REACHABLE at first */
    const struct authority *authority;
    struct sighting sightings[AUTHORITY_MAX_ADDRESSES];
    size_t count;
    int64_t began;     /* when the watch began */
    int64_t waiting;   /* when the present wait began */
    int64_t last_good; /* when an address agreed last */
    bool want;         /* values are to be there, or to be gone */
    bool done;
};

struct propagation_options {
    /* What the provider itself says: DNSHOOK_OK live, DNSHOOK_AGAIN not yet, DNSHOOK_DENIED or
     * DNSHOOK_UNSUPPORTED it cannot tell. NULL: nobody to ask. Another status ends the wait. */
    int (*vouch)(void *opaque);
    void *vouch_opaque;
    void (*changed)(void *opaque); /* called when answers have come; may be NULL */
    void *changed_opaque;
    int64_t limit; /* end of the wait, of deadline_now(); INT64_MAX: the run's deadline alone */
};

/* Fills a watch for all addresses of the authority. What it points to must outlast it. */
void watch_init(struct watch *watch, const char *name, const char *const *values,
                size_t value_count, const struct authority *authority);

/*
 * Waits until the authority serves (want) or no longer serves (not want) the values of all
 * watches. DNSHOOK_OK, with a warning for each address that was left out; DNSHOOK_DEADLINE;
 * DNSHOOK_INTERRUPTED; DNSHOOK_REJECTED (said) when port 53 is intercepted or no address has a
 * route, and nobody vouches; DNSHOOK_NO_MEMORY (said).
 */
int propagation_wait(struct dns *dns, struct watch *watches, size_t count, bool want,
                     const struct propagation_options *options);

/* Asks each address once and returns when all have answered or not. As propagation_wait(). */
int propagation_look(struct dns *dns, struct watch *watch);

/* A state in a word or two. */
const char *sight_text(enum sight sight);

/* The names of an address, ", " between them. */
void sighting_names(const struct sighting *sighting, char *out, size_t size);

#endif
