/*
 * Which of several hosted zones is meant.
 *
 * SPDX-License-Identifier: MIT
 */
#include "choice.h"

enum { LIST_SIZE = 1024 };

bool choice_is_cut(const struct search *search, const struct hosted *zone)
{
    return search->cut != NULL && labels_equal(&zone->labels, &search->cut_labels);
}

/* True when a zone of that name is a better choice than the best so far: the one that the Internet
 * is led to, else the longest. */
static bool is_better(const struct search *search, const struct hosted *zone)
{
    const struct hosted *const best = search->count > 0 ? search->best[0] : NULL;

    if (best == NULL || labels_equal(&zone->labels, &best->labels))
        return best == NULL;
    if (choice_is_cut(search, zone) || choice_is_cut(search, best))
        return choice_is_cut(search, zone);
    return zone->labels.size > best->labels.size;
}

void choice_consider(struct search *search, struct hosted *zone)
{
    if (zone->name == NULL || zone->is_private || !labels_within(&search->labels, &zone->labels))
        return;
    if (is_better(search, zone))
        search->count = 0;
    else if (!labels_equal(&zone->labels, &search->best[0]->labels))
        return;
    if (search->count < CHOICE_MAX)
        search->best[search->count++] = zone;
}

/* Writes "Z1 (ns-1..., ns-2...), Z2 (...)" for the zones of the choice. */
static void describe(const struct search *search, char *out, size_t size)
{
    size_t used = 0;

    out[0] = '\0';
    for (size_t i = 0; i < search->count && used < size; i++) {
        const struct hosted *const zone = search->best[i];

        used += (size_t)snprintf(out + used, size - used, "%s%s (%s)", i > 0 ? ", " : "", zone->id,
                                 zone->nameservers != NULL ? zone->nameservers
                                                           : "nameservers not known");
    }
}

int choice_pick(const struct search *search, struct hosted **out)
{
    const char *const primary = search->cut != NULL ? search->cut->primary : NULL;
    char list[LIST_SIZE];
    size_t matches = 0;

    *out = search->best[0];
    if (search->count == 1)
        return DNSHOOK_OK;
    for (size_t i = 0; i < search->count; i++)
        if (primary != NULL && hosted_has_nameserver(search->best[i], primary)) {
            *out = search->best[i];
            matches++;
        }
    if (matches == 1)
        return DNSHOOK_OK;
    describe(search, list, sizeof list);
    return dnshook_fail(search->self->aws.host, DNSHOOK_BAD_CONFIG,
                        "there are %zu public hosted zones called %s: %s; the DNS shows the "
                        "primary server %s, which does not tell them apart: set ACME_HOSTED_ZONE "
                        "to the id of the one that the Internet is led to",
                        search->count, search->best[0]->name, list,
                        primary != NULL ? primary : "of none");
}
