#include "leftover.h"

#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "log.h"

/* The items of one account from `first` on, as a set; they are marked in `seen`. */
static size_t collect(const struct journal_item *items, size_t count, size_t first,
                      struct challenge *set, bool *seen)
{
    size_t used = 0;

    for (size_t i = first; i < count; i++) {
        if (strcmp(items[i].provider, items[first].provider) != 0)
            continue;
        seen[i] = true;
        set[used++] = (struct challenge){
            .host = items[i].host, .value = items[i].value, .at_name = items[i].at_name};
    }
    return used;
}

static int stop_account(const struct run *run, const char *account, struct challenge *set,
                        size_t count)
{
    struct run with_account = *run;

    if (run->options.provider == NULL)
        with_account.options.provider = account;
    return run_stop(&with_account, set, count);
}

int leftover_stop(const struct run *run, const struct journal_item *items, size_t count)
{
    CLEANUP_FREE struct challenge *set = calloc(count + 1, sizeof *set);
    CLEANUP_FREE bool *seen = calloc(count + 1, sizeof *seen);
    int worst = EXIT_DONE;

    if (set == NULL || seen == NULL) {
        (void)log_no_memory();
        return EXIT_FAILED;
    }
    for (size_t i = 0; i < count && worst < 128; i++) {
        const size_t used = seen[i] ? 0 : collect(items, count, i, set, seen);
        const int status = used > 0 ? stop_account(run, items[i].provider, set, used) : EXIT_DONE;

        worst = status > worst ? status : worst;
    }
    return worst;
}
