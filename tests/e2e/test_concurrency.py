#!/usr/bin/python3
"""Many processes at once: 20 values at one name and 20 names, as acmetool does it; none is lost,
none is left behind."""
import glob
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir))

import lab  # noqa: E402
from lab import dnsq, servers, zones  # noqa: E402
from lab.world import both, v4  # noqa: E402

ZONE = "many.test"
NAMESERVERS = {"ns1.many.test": both(10), "ns2.many.test": both(41)}
TK1 = servers.Key("tk1")
FOREIGN = ["foreign one", "foreign two"]
COUNT = 20


def build(w):
    """BIND and a secondary."""
    w.delegate(ZONE, NAMESERVERS)
    w.start()
    bind = w.add(servers.Bind("bind", w.addresses(10), keys=[TK1]))
    bind.primary(ZONE, zones.zone_text(ZONE, NAMESERVERS, [
        f'_acme-challenge.one.{ZONE}. 60 TXT "{value}"' for value in FOREIGN]))
    bind.start()
    secondary = w.add(servers.Bind("secondary", w.addresses(41)))
    secondary.secondary(ZONE, v4(10))
    secondary.start()


def call_all(w, event, state, challenges):
    """Starts one process a challenge, all at once; returns their results."""
    env = {"RFC2136_NAMESERVER": v4(10), "STATE_DIRECTORY": state, **TK1.environment()}
    running = [w.start_dnshook("--provider", "rfc2136", event, host, "", value, "", env=env)
               for host, value in challenges]
    return [each.wait() for each in running]


def values_at(hosts):
    """{host: values} on the primary."""
    return {host: dnsq.texts(v4(10), "_acme-challenge." + host, tcp=True) for host in hosts}


def cycle(title, challenges):
    """Makes the scenario of starting and stopping all of these at once."""
    def scenario(t, w):
        state = f"{lab.namespace.HOME}/state-{len(challenges)}-{title.replace(' ', '-')}"
        os.makedirs(state, mode=0o700)
        hosts = sorted({host for host, _ in challenges})
        before = values_at(hosts)
        wanted = {host: sorted(before[host] + [v for h, v in challenges if h == host])
                  for host in hosts}
        results = call_all(w, "challenge-dns-start", state, challenges)
        failed = [result for result in results if result.code != 0]
        t.equal(len(failed), 0, "every start ends with 0", *failed[:3])
        t.equal(values_at(hosts), wanted, "no value is lost")
        for address in both(41):
            there = {host: dnsq.texts(address, "_acme-challenge." + host, tcp=True)
                     for host in hosts}
            t.equal(there, wanted, f"{address} has every value, too")
        half = len(challenges) // 2
        results = call_all(w, "challenge-dns-stop", state, challenges[:half])
        failed = [result for result in results if result.code != 0]
        t.equal(len(failed), 0, "every stop of the first half ends with 0", *failed[:3])
        results = call_all(w, "challenge-dns-stop", state, challenges[half:])
        failed = [result for result in results if result.code != 0]
        t.equal(len(failed), 0, "every stop of the second half ends with 0", *failed[:3])
        t.equal(values_at(hosts), before, "none is left behind, foreign ones are kept")
        left = [name for name in glob.glob(state + "/**", recursive=True)
                if os.path.isfile(name) and "lock" not in os.path.basename(name)]
        t.equal(left, [], "nothing is in the journal")
    scenario.__doc__ = title
    return scenario


def main():
    """The test."""
    lab.enter()
    tap = lab.Tap()
    one_name = [(f"one.{ZONE}", f"Value-{number}-{os.urandom(12).hex()}")
                for number in range(COUNT)]
    many_names = [(f"n{number}.{ZONE}", f"Value-{number}-{os.urandom(12).hex()}")
                  for number in range(COUNT)]
    with lab.World() as w:
        build(w)
        tap.run([cycle("20 values at one name", one_name), cycle("20 names", many_names)], w)
        tap.run([cycle("both at once", one_name + many_names)], w)
        w.finish(tap)


if __name__ == "__main__":
    main()
