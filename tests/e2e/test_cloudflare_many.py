#!/usr/bin/python3
"""Cloudflare, many processes at once: 20 add to and remove from one name, with and without a rate limit,
and 20 add and remove one value; none is lost, none is left."""
import os
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir))

import lab  # noqa: E402
from lab import cloudflare  # noqa: E402
from lab.cloudflare.use import ADDRESSES, EDIT, READ, record, served, value  # noqa: E402

COUNT = 20
FOREIGN = ["foreign one", "foreign two"]


class Crowd:
    """Many at one name: each starts, looks for its value, and stops."""

    def __init__(self, desk, env, host):
        self.desk, self.env, self.host = desk, env, host
        self.failed, self.absent = [], []

    def call(self, event, word):
        """One call."""
        result = self.desk.run("--provider", "cloudflare", event, self.host, "", word, "", env=self.env,
                               timeout=300)
        if result.code != 0:
            self.failed.append(result)
        return result

    def one(self, number):
        """There and back."""
        word = f"n{number}-{value()}"
        if self.call("challenge-dns-start", word).code == 0:
            there = served(record(self.host), ADDRESSES[::2])
            if not all(word in values for values in there.values()):
                self.absent.append((word, there))
        self.call("challenge-dns-stop", word)

    def run(self):
        """All of them; returns the seconds that it took."""
        begin = time.monotonic()
        threads = [threading.Thread(target=self.one, args=(number,)) for number in range(COUNT)]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        return time.monotonic() - begin


def crowd(t, desk, zone, limit):
    """Runs a crowd and looks at what is left."""
    token = zone.account.token(READ, EDIT)
    token.user.limit = limit
    crowd_ = Crowd(desk, token.environment(), "one." + zone.name)
    took = crowd_.run()
    t.equal(len(crowd_.failed), 0, "every call works", *crowd_.failed[:3])
    t.equal(crowd_.absent[:2], [], "each value was on every server when its start returned")
    name = record("one." + zone.name)
    t.equal((zone.texts(name), zone.ttls(name)), (FOREIGN, [777]), "none is left, those of others are")
    left = [name for _, _, names in os.walk("/var/lib/dnshook") for name in names]
    t.equal([each for each in left if "lock" not in each], [], "nor in the journal")
    t.ok(took < 240, f"{took:.0f} s, {len(token.user.calls)} calls, {limit.refused} limited")
    return token


def free(t, desk, zones):
    """20 at one name"""
    token = crowd(t, desk, zones[0], cloudflare.Limit())
    t.ok(len(token.user.calls) <= COUNT * 9, "at most nine calls for each", len(token.user.calls))


def limited(t, desk, zones):
    """20 at one name, with two seconds of rest after 20 calls"""
    limit = cloudflare.Limit(20, 60, 2)
    crowd(t, desk, zones[1], limit)
    t.ok(limit.refused >= 10, "many calls were limited", limit.refused)


def same(t, desk, zones):
    """20 that mean the same value"""
    zone = zones[2]
    env, host = zone.account.token(READ, EDIT).environment(), "one." + zones[2].name
    for number in range(2):
        word = value()
        for event, left in (("challenge-dns-start", [*FOREIGN, word]), ("challenge-dns-stop", FOREIGN)):
            running = [desk.begin("--provider", "cloudflare", event, host, "", word, "", env=env,
                                  timeout=120) for _ in range(COUNT)]
            results = [desk.collect(each) for each in running]
            t.equal([each.code for each in results], [0] * COUNT, f"{event} {number}: all work",
                    *[each for each in results if each.code][:3])
            t.equal(zone.texts(record(host)), sorted(left), f"{event} {number}: one record")


def main():
    """The test."""
    lab.enter()
    tap = lab.Tap()
    with lab.World() as w:
        cloud = cloudflare.Cloudflare(w)
        desk = cloudflare.Desk(w, cloud)
        zones = [cloud.account().zone(name) for name in ("free.test", "limited.test", "same.test")]
        for zone in zones:
            zone.text(record("one." + zone.name), *FOREIGN, ttl=777)
        w.start()
        cloud.start()
        tap.run([free, limited, same], desk, zones)
        desk.finish(tap)
        cloud.finish(tap)
        w.finish(tap)


if __name__ == "__main__":
    main()
