#!/usr/bin/python3
"""Certificates from Pebble through acmetool and Cloudflare: a symlink, a token, nothing else."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir))

import lab  # noqa: E402
from lab import acme, cloudflare  # noqa: E402
from lab.cloudflare.use import EDIT, READ  # noqa: E402
from lab.namespace import HOME  # noqa: E402


class Cast:
    """One account and zone a scenario."""

    def __init__(self, w, cloud):
        self.desk = cloudflare.Desk(w, cloud)
        self.zones = {}
        for name in ("three", "given", "ten"):
            zone = self.zones[name] = cloud.account().zone(f"{name}.test")
            zone.delays = [0.2, 1.0]


def issue(t, zone, names, holder, env, sandbox=False):
    """Wants a certificate, and checks all that is left."""
    site = acme.Site(zone.name, link="cloudflare")
    before = dict(zone.records)
    result = site.start("want", *names, env=env, timeout=200, sandbox=sandbox, state=sandbox).wait()
    t.exits(result, 0, "acmetool want works")
    t.equal(site.certificate_names(names[0]), sorted(names), "the certificate has the names", result)
    t.equal(site.journal(), [], "the journal is empty")
    t.equal(zone.records, before, "the zone is as it was", result)
    t.no_match("canary|" + holder.value, result.out + result.err, "no secret in what acmetool shows")
    return result


def three(t, c):
    """apex, wildcard and a third name, beside a value of somebody else's"""
    zone = c.zones["three"]
    zone.text("_acme-challenge.three.test", "not ours", ttl=99)
    token = zone.account.token(READ, EDIT)
    names = ["three.test", "*.three.test", "www.three.test"]
    result = issue(t, zone, names, token, token.environment())
    t.no_match(r"dnshook: warning", result.err, "no warning", result)
    t.ok(len(token.user.calls) <= 30, "ten calls or fewer for a name", len(token.user.calls))


def given(t, c):
    """the zone's id and a token for this zone alone"""
    zone = c.zones["given"]
    token = zone.account.token(EDIT, zones=[zone])
    issue(t, zone, ["a.given.test", "*.a.given.test"], token,
          token.environment(CLOUDFLARE_ZONE_ID=zone.id))


def ten(t, c):
    """ten names with a global key, in the sandbox of Debian's unit, through a rate limit"""
    zone = c.zones["ten"]
    key = zone.account.key()
    key.user.limit = cloudflare.Limit(15, 60, 2)
    issue(t, zone, [f"n{number}.ten.test" for number in range(10)], key, key.environment(), sandbox=True)
    t.ok(key.user.limit.refused > 0, "the limit was met", key.user.limit.refused)


def trust(cloud):
    """The stand-in's CA beside Pebble's in the file that acmetool, and so its hooks, trust."""
    with open(cloud.ca, encoding="utf-8") as file, \
            open(HOME + "/pebble/cert.pem", "a", encoding="utf-8") as bundle:
        bundle.write(file.read())


def main():
    """The test."""
    lab.enter()
    lab.namespace.need("pebble", "acmetool", "openssl", "curl")
    tap = lab.Tap()
    with lab.World() as w:
        cloud = cloudflare.Cloudflare(w)
        cast = Cast(w, cloud)
        w.start()
        cloud.start()
        acme.start_pebble(w)
        trust(cloud)
        tap.run([ten, three, given], cast, parallel=3)
        cast.desk.finish(tap)
        cloud.finish(tap)
        w.finish(tap)


if __name__ == "__main__":
    main()
