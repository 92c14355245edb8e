#!/usr/bin/python3
"""dnshook conform: the provider cloudflare keeps every rule, whatever form the service shows values in."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir))

import lab  # noqa: E402
from lab import cloudflare  # noqa: E402
from lab.cloudflare.use import EDIT, READ  # noqa: E402

FORMS = ("quoted", "plain", "sent")


class Cast:
    """An account and a zone for each form."""

    def __init__(self, w, cloud):
        self.world, self.zones = w, {}
        for form in FORMS:
            zone = self.zones[form] = cloud.account().zone(form + ".test")
            zone.form, zone.delays = form, [0.1, 0.7]
            zone.text(f"_acme-challenge.www.{zone.name}", "theirs", ttl=777)


def passes(form):
    """Makes the scenario of one form."""
    def scenario(t, c):
        zone = c.zones[form]
        before = dict(zone.records)
        token = zone.account.token(READ, EDIT)
        result = c.world.dnshook("conform", "cloudflare", zone.name, env=token.environment(),
                                 timeout=600)
        t.exits(result, 0)
        t.match("^TAP version 13\n", result.out, "TAP", result)
        t.no_match("not ok|SKIP", result.out, "nothing fails, nothing is skipped", result)
        t.equal(zone.records, before, "the zone is as it was", result)
        t.no_match(token.value, result.out + result.err, "no secret is shown")
    scenario.__doc__ = f"values shown as {form}"
    return scenario


def main():
    """The test."""
    lab.enter()
    tap = lab.Tap()
    with lab.World() as w:
        cloud = cloudflare.Cloudflare(w)
        cast = Cast(w, cloud)
        w.start()
        cloud.start()
        tap.run([passes(form) for form in FORMS], cast, parallel=3)
        cloud.finish(tap)
        w.finish(tap)


if __name__ == "__main__":
    main()
