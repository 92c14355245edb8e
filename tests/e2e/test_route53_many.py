#!/usr/bin/python3
"""Route 53, many processes at once: 50 add to and remove from one name through a limit of five calls
a second, on one machine and on two that share nothing; none is lost, none is left."""
import os
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir))

import lab  # noqa: E402
from lab import route53  # noqa: E402
from lab.route53.use import ADDRESSES, record, served, value  # noqa: E402

COUNT = 50
FOREIGN = ["foreign one", "foreign two"]
# What each machine has to itself; the program may be installed below /tmp, as by distcheck.
OWN = [each for each in ("/var/lib/dnshook", "/run/lock", "/tmp", "/var/tmp")
       if not os.environ["PREFIX"].startswith(each + "/")]


class Machine:
    """A mount namespace with a state of its own."""

    def __init__(self, name):
        script = "\n".join(f"mkdir -p {each}; mount -t tmpfs -o mode=0755 own {each}" for each in OWN)
        self.name = name
        self._holder = subprocess.Popen(
            ["unshare", "--mount", "sh", "-ec", script + "\nchmod 0700 /var/lib/dnshook\n"
             "echo ready; exec sleep 1000"], stdout=subprocess.PIPE, text=True)
        if self._holder.stdout.readline() != "ready\n":
            raise RuntimeError("no machine")

    def start(self, *words, env):
        """Starts dnshook on it."""
        return lab.Running(["nsenter", "-t", self._holder.pid, "-m", "-r",
                            os.environ["BINDIR"] + "/dnshook", "-v", "-v", *words],
                           env=lab.process.clean_environment(**env), timeout=300)

    def journal(self):
        """What is left in its journal."""
        found = subprocess.run(["nsenter", "-t", str(self._holder.pid), "-m", "-r", "find",
                                "/var/lib/dnshook", "-type", "f", "!", "-name", "*lock*"],
                               capture_output=True, text=True, check=True)
        return found.stdout.split()

    def stop(self):
        """Ends it."""
        self._holder.kill()
        self._holder.wait()


class Crowd:
    """Many at one name: each starts, looks for its value, and stops."""

    def __init__(self, desk, machines, zone, env, host):
        self.desk, self.machines, self.zone, self.env, self.host = desk, machines, zone, env, host
        self.failed, self.absent = [], []

    def call(self, number, event, word):
        """One call on the machine whose turn it is."""
        machine = self.machines[number % len(self.machines)]
        result = self.desk.collect(machine.start("--provider", "route53", event, self.host, "", word,
                                                 "", env=self.env))
        if result.code != 0:
            self.failed.append(result)
        return result

    def one(self, number):
        """There and back."""
        word = f"n{number}-{value()}"
        if self.call(number, "challenge-dns-start", word).code == 0:
            there = served(record(self.host), ADDRESSES[::2])
            if not all(word in values for values in there.values()):
                self.absent.append((word, there))
        self.call(number, "challenge-dns-stop", word)

    def run(self):
        """All of them; returns the seconds that it took."""
        begin = time.monotonic()
        threads = [threading.Thread(target=self.one, args=(number,)) for number in range(COUNT)]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        return time.monotonic() - begin


def scenario(title, machines, zone, desk):
    """Makes the scenario for these machines."""
    def crowd(t):
        user = zone.account.user()
        host = "one." + zone.name.rstrip(".")
        crowd_ = Crowd(desk, machines, zone, user.environment(ACME_HOSTED_ZONE=zone.id), host)
        took = crowd_.run()
        codes = [call.code for call in user.calls]
        t.equal(len(crowd_.failed), 0, "every call works", *crowd_.failed[:3])
        t.equal(crowd_.absent[:2], [], "each value was on every server when its start returned")
        t.equal(zone.txt(record(host)), {None: (777, FOREIGN)}, "none is left, those of others are")
        t.equal([each.journal() for each in machines], [[]] * len(machines), "nor in a journal")
        t.ok(codes.count("Throttling") > 20, "many calls were throttled", codes.count("Throttling"))
        t.ok("InvalidChangeBatch" in codes, "and many changes met another one",
             codes.count("InvalidChangeBatch"))
        t.ok(took < 200, f"{took:.0f} s, {len(codes)} calls, {codes.count('Throttling')} throttled, "
             f"{codes.count('InvalidChangeBatch')} conflicts")
    crowd.__doc__ = title
    return crowd


def main():
    """The test."""
    lab.enter()
    tap = lab.Tap()
    with lab.World() as w:
        aws = route53.Aws(w)
        desk = route53.Desk(w, aws)
        zones = [aws.account().zone(name) for name in ("alone.test", "shared.test")]
        for zone in zones:
            zone.text("_acme-challenge.one." + zone.name, *FOREIGN, ttl=777)
            zone.account.limit(5, 5)
        w.start()
        aws.start()
        machines = [w.add(Machine(name)) for name in ("a", "b", "c")]
        tap.run([scenario("50 on one machine", machines[:1], zones[0], desk),
                 scenario("25 on each of two machines", machines[1:], zones[1], desk)], parallel=2)
        desk.finish(tap)
        aws.finish(tap)
        w.finish(tap)


if __name__ == "__main__":
    main()
