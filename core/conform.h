/*
 * conform.h - `dnshook conform`: the rules of dnshook-provider(3), tried on an account.
 *
 * Each call of the provider is made in a process of its own, which opens and closes it: as in real
 * use, a change knows nothing of the one before, and what hangs, crashes or changes the process
 * does so to that process alone.
 */
#ifndef CONFORM_H
#define CONFORM_H

#include "conform_shim.h"
#include "run.h"

enum { PLACE_VALUES_MAX = 24, PLACES_MAX = 25, CHILD_CHANGES_MAX = 24, CONFORM_LABEL_SIZE = 32 };

enum { CHILDREN_MAX = 4 /* at a time */ };

/* One value at a place. */
struct place_value {
    char text[DNSHOOK_VALUE_MAX + 1];
    bool wanted; /* it should be there */
    bool placed; /* it is, or may be, there because of us */
};

/* One record name below the random label, and what should be there. */
struct place {
    char host[NAME_SIZE];
    char name[NAME_SIZE]; /* the record name */
    struct place_value values[PLACE_VALUES_MAX];
    size_t count;
};

/* One change, and what became of it. */
struct child_change {
    struct place *place;
    struct place_value *value;
    int action;
};

struct child_result {
    bool made; /* the call has returned */
    int status;
    uint32_t effect;
    char reason[SHIM_TEXT_SIZE];
};

/* What a child process leaves, in memory that it shares with its parent. */
struct outcome {
    struct shim_watch watch;
    bool ended; /* the body has come to its end */
    bool opened;
    int status;                /* of open(), check() or find_zone(), as the body has it */
    char call[SHIM_CALL_SIZE]; /* the one that it is of, where the body says so */
    struct instance_zone zone;
    struct child_result results[CHILD_CHANGES_MAX];
};

enum child_end { CHILD_DONE, CHILD_HUNG, CHILD_DIED };

struct conform {
    const struct run *run;
    const struct provider *provider;
    const char *given;           /* the provider or the account, as the user named it */
    struct params_origin origin; /* account NULL: the parameters come from the environment */
    bool dns;                    /* the authority is asked */
    bool loud;                   /* a child's messages are shown */
    bool blind;                  /* what the provider says of its changes tells nothing */
    int64_t longest;             /* ms that the authority took at most to show what is there */
    enum check hang;             /* what a call that does not end is a failure of */
    char domain[NAME_SIZE];
    char label[CONFORM_LABEL_SIZE];
    struct road road; /* of the parent: no provider is open in it */
    struct authority *authority;
    struct instance_zone cut; /* as the DNS shows it, or DOMAIN */
    struct instance_zone zone;
    struct dnshook_zone public_zone;
    struct report report;
    struct outcome *outcome;         /* CHILDREN_MAX of them; the first, but for children_run() */
    int64_t together;                /* when those of children_run() begin, of deadline_now() */
    char child_text[SHIM_TEXT_SIZE]; /* how the last child ended, if it was not done */
    int output;                      /* what children write to standard output */
    int errors;                      /* ... and to standard error, but for the host's messages */
    struct place places[PLACES_MAX];
    size_t place_count;
};

/* ---- conform_child.c: one process ---- */

/* What a child has to do its work. */
struct bench {
    struct conform *conform;
    struct outcome *outcome;
    struct provider observed;
    struct road road;
    struct view *view;
};

typedef void child_body(struct bench *bench, const void *opaque);

/* Runs `body` in a child that has `time` ms, or the time of the run if that is less, and ends it
 * if it takes longer. What it broke by itself is in the report when this returns. */
enum child_end child_run(struct conform *conform, child_body *body, const void *opaque,
                         int64_t time);

/* The same for `count` children at a time, each with its own `opaques[i]`; the outcome of each is
 * in conform->outcome[i]. CHILD_DONE if it is so of all. */
enum child_end children_run(struct conform *conform, child_body *body, const void *const *opaques,
                            size_t count, int64_t time);

/* Opens the provider in a child. DNSHOOK_OK, or why not. */
int bench_open(struct bench *bench, struct instance **instance);

/* The same for another instance; leaves the outcome alone. */
int bench_open_more(struct bench *bench, struct instance **instance);

/* Ends another program: dnshook itself, with these words behind its name. True if its exit status
 * was 0; else conform->child_text says how it ended. */
bool child_spawn(struct conform *conform, const char *const *words);

/* ---- conform_change.c: changes, each in a child ---- */

enum { CALL_TIME = 30000 /* ms for a call, where nothing else is said */ };

/* In a child: the struct that the provider gets, and what is kept of it afterwards. */
struct dnshook_change bench_change(const struct bench *bench, const struct child_change *from);
void bench_keep(struct bench *bench, size_t i, const struct dnshook_change *change);

/* Changes on one handle, one call each, or all in one. */
struct changes {
    struct child_change list[CHILD_CHANGES_MAX];
    size_t count;
    bool together;
    struct shim_fault fault; /* armed for the first call */
    int64_t time;
};

/* Makes them; the results are in conform->outcome. Keeps account of what may be there. */
enum child_end changes_run(struct conform *conform, const struct changes *changes);

/* The same for one change, and `check` fails unless it succeeds. */
bool change_make(struct conform *conform, enum check check, struct place *place, size_t value,
                 int action);

/* Makes each change in a process of its own, all at the same time; `check` fails unless they
 * succeed. The values stay on record as being there. */
void changes_at_once(struct conform *conform, enum check check, const struct child_change *list,
                     size_t count);

/* False where results[i] is a failure, which is then one of `check`. */
bool change_worked(struct conform *conform, enum check check, size_t i,
                   const struct child_change *change);

/* Says, as a failure of `check`, that a child was not done. */
void change_not_done(struct conform *conform, enum check check, enum child_end end);

/* Another process takes a value away; `check` fails unless it succeeds. */
void change_elsewhere(struct conform *conform, enum check check, struct place *place, size_t value);

/* Adds a value that is not there, and looks at what the provider says that it has found. */
bool change_add_new(struct conform *conform, enum check check, struct place *place, size_t value);

/* Takes away all that may be there; says what could not be. */
void changes_clean(struct conform *conform);

/* ---- conform_place.c: what should be there, and is it? ---- */

/* A new place without values, below the random label; NULL where its name would be too long. */
struct place *place_new(struct conform *conform, const char *label);

/* One more value; its index. */
size_t place_value(struct place *place, const char *text);

/* A check and a place that decides it. */
struct settling {
    enum check check;
    struct place *place;
    bool more; /* the check goes on after this: it does not pass yet */
};

/* Waits until the places hold exactly what they should, and passes or fails the checks. Without
 * DNS the provider itself is asked, by changes that must find what should be there. */
void place_settle(struct conform *conform, const struct settling *list, size_t count);

/* conform_dns.c: the same by DNS. What nobody has added, as a mangled value, is a failure at once;
 * the rest is waited for: at first for half of the time that is left, then several times as long as
 * the authority has needed before. */
void place_settle_dns(struct conform *conform, const struct settling *list, size_t count);

/* By the provider's own word, with changes that undo one another: is the value there, or not, as it
 * should be? Fails `check` if not. */
void place_probe(struct conform *conform, enum check check, struct place *place, size_t value);

/* Decides CHECK_CLEAN, after changes_clean(); `early` if the run was cut short. */
void place_settle_clean(struct conform *conform, bool early);

/* ---- the steps ---- */

/* conform_basic.c: the zone, and one value. False: nothing else makes sense. */
bool conform_zone(struct conform *conform);
bool conform_first(struct conform *conform);

/* conform_sets.c: several values at a name, and those that are easily mangled. */
void conform_sets(struct conform *conform);

/* conform_faults.c: what goes wrong. */
void conform_credentials(struct conform *conform);
void conform_time(struct conform *conform);
void conform_interruptions(struct conform *conform);
void conform_handles(struct conform *conform);

/* True when the run is to end: a signal, or the time. */
bool conform_over(void);

#endif
