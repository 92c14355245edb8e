#!/usr/bin/python3
"""Route 53 under valgrind: what works, and what fails."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir))

import lab  # noqa: E402
from lab import process, route53  # noqa: E402

HOST = "www.heap.test"
VALGRIND = ["valgrind", "-q", "--vgdb=no", "--error-exitcode=99", "--leak-check=full",
            "--errors-for-leak-kinds=definite,indirect", "--trace-children=no",
            f"--log-file={process.REPORTS}/valgrind.%p"]


class Cast:
    """An account with a zone and two users."""

    def __init__(self, w, aws):
        self.desk = route53.Desk(w, aws)
        self.zone = aws.account().zone("heap.test")
        self.user = self.zone.account.user()

    def environment(self, **more):
        """The user's key, no metadata service, and more."""
        return {"AWS_EC2_METADATA_DISABLED": "true", **self.user.environment(), **more}


def works(t, c):
    """what works"""
    given, found = c.environment(ACME_HOSTED_ZONE=c.zone.id), c.environment()
    for name, env in (("given", given), ("found", found)):
        t.exits(c.desk.start(env, HOST, "one", timeout=120), 0, f"start, zone {name}")
        t.exits(c.desk.start(env, HOST, "two", timeout=120), 0, f"second value, zone {name}")
        for value in ("one", "two"):
            t.exits(c.desk.stop(env, HOST, value, timeout=120), 0, f"stop {value}, zone {name}")
    for words in (("test", "route53", HOST), ("zones", "route53"), ("info", "route53", HOST)):
        t.exits(c.desk.run(*words, env=found, timeout=120), 0, " ".join(words))


def fails(t, c):
    """what fails"""
    wrong = c.environment(ACME_HOSTED_ZONE=c.zone.id, AWS_SECRET_ACCESS_KEY="canary-wrong")
    t.exits(c.desk.start(wrong, HOST, "three", timeout=120), 1, "a wrong secret")
    t.exits(c.desk.start(c.environment(ACME_HOSTED_ZONE="Z0NOSUCHZONE"), HOST, "three",
                         timeout=120), 1, "no such zone")
    none = {"AWS_EC2_METADATA_DISABLED": "true", "HOME": "/nonexistent"}
    t.exits(c.desk.start(none, HOST, "three", timeout=120), 1, "no credentials")


def main():
    """The test."""
    if os.environ.get("SANITIZERS"):
        lab.namespace.skip_all("the build has sanitizers")
    lab.enter()
    lab.namespace.need("valgrind")
    tap = lab.Tap()
    with lab.World() as w:
        aws = route53.Aws(w)
        cast = Cast(w, aws)
        w.start()
        aws.start()
        w.wrapper = VALGRIND
        tap.run([works, fails], cast)
        cast.desk.finish(tap)
        aws.finish(tap)
        w.finish(tap)


if __name__ == "__main__":
    main()
