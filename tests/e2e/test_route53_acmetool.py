#!/usr/bin/python3
"""Certificates from Pebble through acmetool and Route 53, with calls limited to five a second; and
dnshook in the place of the hook on boto3 that people copy from the web."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir))

import lab  # noqa: E402
from lab import acme, route53  # noqa: E402
from lab.namespace import HOME  # noqa: E402
from lab.route53.use import ADDRESSES, record, served, value  # noqa: E402

HOOK = os.path.join(os.path.dirname(os.path.abspath(lab.__file__)), "boto3_hook.py")


class Cast:
    """One account and zone a scenario."""

    def __init__(self, w, aws):
        self.desk, self.aws = route53.Desk(w, aws), aws
        self.zones = {}
        for name in ("one", "pair", "twenty", "found", "hook"):
            zone = self.zones[name] = aws.account().zone(f"{name}.test")
            zone.delays, zone.insync = [0, 0.3, 0.6, 1.0], 1.5
            zone.account.limit(5, 5)


def issue(t, c, name, names, given=True, foreign=()):
    """Wants a certificate with only what the how-to sets, and checks all that is left."""
    zone = c.zones[name]
    user = zone.account.user()
    site = acme.Site(name, link="route53")
    env = user.environment(**({"ACME_HOSTED_ZONE": zone.id} if given else {}))
    result = site.start("want", *names, env=env, timeout=150).wait()
    t.exits(result, 0, "acmetool want works")
    t.equal(site.certificate_names(names[0]), sorted(names), "the certificate has the names", result)
    t.equal(site.journal(), [], "the journal is empty")
    left = {each.name: each.strings() for each in zone.sets.values() if each.kind == "TXT"}
    t.equal(left, dict(foreign), "the zone is as it was", result)
    t.no_match("canary", result.out + result.err, "no secret in what acmetool shows")
    codes = [call.code for call in user.calls]
    return codes, result


def one(t, c):
    """one name"""
    codes, result = issue(t, c, "one", ["my.one.test"])
    t.equal(len(codes) - codes.count("Throttling") <= 5, True, "five calls or fewer", codes)
    t.no_match(r"dnshook: warning", result.err, "no warning", result)


def pair(t, c):
    """apex and wildcard, beside a value of somebody else's"""
    zone = c.zones["pair"]
    zone.text("_acme-challenge.pair.test", "not ours", ttl=99)
    issue(t, c, "pair", ["pair.test", "*.pair.test"],
          foreign={"_acme-challenge.pair.test.": ["not ours"]})
    t.equal(zone.txt("_acme-challenge.pair.test"), {None: (99, ["not ours"])}, "with its TTL")


def found(t, c):
    """without ACME_HOSTED_ZONE"""
    issue(t, c, "found", ["a.found.test", "*.a.found.test", "b.found.test"], given=False)


def twenty(t, c):
    """20 names at five calls a second"""
    codes, _ = issue(t, c, "twenty", [f"n{number:02}.twenty.test" for number in range(20)])
    t.ok(codes.count("Throttling") > 5, "calls were throttled", codes.count("Throttling"))
    kept = len(codes) - codes.count("Throttling")
    t.ok(kept <= 140, f"{kept} calls for 20 names")


def in_its_place(t, c):
    """the hook on boto3, and dnshook in its place"""
    zone = c.zones["hook"]
    zone.account.limit(None, 0)
    env = lab.process.clean_environment(HOOK_SLEEP=0, AWS_DEFAULT_REGION="us-east-1",
                                        **zone.account.user().environment(ACME_HOSTED_ZONE=zone.id))
    link = HOME + "/place/route53"
    os.makedirs(os.path.dirname(link))
    os.symlink(os.environ["BINDIR"] + "/dnshook", link)
    name, words = record("my.hook.test"), [value(), value()]

    def call(hook, event, word):
        return lab.run(hook, event, "my.hook.test", "", word, env=env)

    results = [call(HOOK, "challenge-dns-start", word) for word in words]
    t.equal([each.code for each in results], [0, 0], "the hook: both starts say that they worked",
            *results)
    t.equal(zone.texts(name), [words[1]], "the hook: but the first value is lost")
    results = [call(HOOK, "challenge-dns-stop", word) for word in words]
    t.ok(0 not in (results[0].code,), "the hook: the first stop fails", *results)
    zone.sets.pop(route53.RecordSet(name, "TXT", 1, []).key, None)
    results = [call(link, "challenge-dns-start", word) for word in words]
    t.equal([each.code for each in results], [0, 0], "dnshook: both starts work", *results)
    t.equal(served(name), dict.fromkeys(ADDRESSES, sorted(words)), "dnshook: both values are served")
    results = [call(link, "challenge-dns-stop", word) for word in words]
    t.equal([each.code for each in results], [0, 0], "dnshook: both stops work", *results)
    t.equal(zone.txt(name), {}, "dnshook: nothing is left")


def trust(aws):
    """The stand-in's CA beside Pebble's in the file that acmetool, and so its hooks, trust."""
    with open(aws.ca, encoding="utf-8") as file, \
            open(HOME + "/pebble/cert.pem", "a", encoding="utf-8") as bundle:
        bundle.write(file.read())


def main():
    """The test."""
    lab.enter()
    lab.namespace.need("pebble", "acmetool", "openssl", "curl")
    tap = lab.Tap()
    with lab.World() as w:
        aws = route53.Aws(w)
        cast = Cast(w, aws)
        w.start()
        aws.start()
        acme.start_pebble(w)
        trust(aws)
        tap.run([twenty, one, pair, found, in_its_place], cast, parallel=5)
        cast.desk.finish(tap)
        aws.finish(tap)
        w.finish(tap)


if __name__ == "__main__":
    main()
