/*
 * propagation_answer.h - what came of one question to one address, noted in its sighting.
 */
#ifndef PROPAGATION_ANSWER_H
#define PROPAGATION_ANSWER_H

#include "propagation.h"

/* Notes the state of the address, the values that it serves, when it first served or last lost
 * them, and its words. */
void sighting_read(struct sighting *sighting, const struct dns_result *result);

#endif
