#!/usr/bin/python3
"""Cloudflare under valgrind: what works, and what fails."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir))

import lab  # noqa: E402
from lab import cloudflare, process  # noqa: E402
from lab.cloudflare.use import EDIT, READ, record  # noqa: E402

HOST = "www.heap.test"
VALGRIND = ["valgrind", "-q", "--vgdb=no", "--error-exitcode=99", "--leak-check=full",
            "--errors-for-leak-kinds=definite,indirect", "--trace-children=no",
            f"--log-file={process.REPORTS}/valgrind.%p"]


class Cast:
    """An account with a zone."""

    def __init__(self, w, cloud):
        self.desk = cloudflare.Desk(w, cloud)
        self.zone = cloud.account().zone("heap.test")
        self.zone.form = "sent"


def works(t, c):
    """what works"""
    token, key = c.zone.account.token(READ, EDIT), c.zone.account.key()
    for name, env in (("a token", token.environment()),
                      ("a key", key.environment(CLOUDFLARE_ZONE_ID=c.zone.id))):
        t.exits(c.desk.start(env, HOST, "one", timeout=120), 0, f"start with {name}")
        t.exits(c.desk.start(env, HOST, "one", timeout=120), 0, f"once more with {name}")
        c.zone.put(record(HOST), "TXT", '"o" "ne"')
        c.zone.put(record(HOST), "TXT", '"broken \\')
        t.exits(c.desk.stop(env, HOST, "one", timeout=120), 0, f"stop with {name}")
        t.equal(len(c.zone.records), 1, f"with {name}: what cannot be read is left")
        c.zone.records.clear()
    for words in (("test", "cloudflare", HOST), ("zones", "cloudflare"), ("info", "cloudflare", HOST)):
        t.exits(c.desk.run(*words, env=token.environment(), timeout=120), 0, " ".join(words))


def fails(t, c):
    """what fails"""
    account = c.zone.account
    token = account.token(READ, EDIT)
    for title, env in (("an unknown token", {"CLOUDFLARE_DNS_API_TOKEN": "canary" + "x" * 34}),
                       ("no permission", account.token(READ).environment()),
                       ("no such zone", token.environment(CLOUDFLARE_ZONE_ID="0" * 32)),
                       ("no credentials", {})):
        t.exits(c.desk.start(env, HOST, "three", timeout=120), 1, title)
    for kind in ("null", "cut-json", "html"):
        token.user.fault(kind, "ListZones", times=9)
        t.exits(c.desk.start(token.environment(), HOST, "three", timeout=120), 1, kind)
        token.user.faults.clear()


def main():
    """The test."""
    if os.environ.get("SANITIZERS"):
        lab.namespace.skip_all("the build has sanitizers")
    lab.enter()
    lab.namespace.need("valgrind")
    tap = lab.Tap()
    with lab.World() as w:
        cloud = cloudflare.Cloudflare(w)
        cast = Cast(w, cloud)
        w.start()
        cloud.start()
        w.wrapper = VALGRIND
        tap.run([works, fails], cast)
        cast.desk.finish(tap)
        cloud.finish(tap)
        w.finish(tap)


if __name__ == "__main__":
    main()
