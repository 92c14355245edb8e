#!/usr/bin/python3
"""The demonstration that demo.sh starts: a certificate for my.example.test and *.my.example.test,
and the table of `dnshook test`."""
import os
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import lab  # noqa: E402
from lab import acme, faults, servers, zones  # noqa: E402
from lab.world import both, v4  # noqa: E402

ZONE, HOST = "example.test", "my.example.test"
NAMESERVERS = {"ns1.example.test": both(10), "ns2.example.test": both(41),
               "ns3.example.test": [v4(100)]}
TK1 = servers.Key("tk1")
SETTINGS = {"RFC2136_NAMESERVER": v4(10), **TK1.environment()}


def say(text):
    """A line between the programs' own."""
    print("\n== " + text, flush=True)


def build(w):
    """BIND as primary and secondary, a third server that lags three seconds, Pebble."""
    w.delegate(ZONE, NAMESERVERS)
    w.start()
    primary = w.add(servers.Bind("bind", w.addresses(10), keys=[TK1]))
    primary.primary(ZONE, zones.zone_text(ZONE, NAMESERVERS))
    primary.start()
    secondary = w.add(servers.Bind("secondary", w.addresses(41)))
    secondary.secondary(ZONE, v4(10))
    secondary.start()
    w.addresses(100)
    w.add(faults.FaultServer("lagging", [v4(100)], faults.Lagging(v4(10), 3.0, linger=1.0)))
    acme.start_pebble(w)


def certificate():
    """Lets acmetool want a certificate; returns its text."""
    site = acme.Site("demo")
    say(f"ln -s {os.environ['BINDIR']}/dnshook {acme.hooks_directory()}/rfc2136")
    say(f"acmetool want {HOST} '*.{HOST}'")
    result = site.start("want", HOST, "*." + HOST, env=SETTINGS).wait()
    print(result.out + result.err, end="")
    text = site.certificate(HOST)
    if result.code != 0 or text is None:
        raise RuntimeError(f"acmetool ended with status {result.code}")
    if site.certificate_names(HOST) != sorted([HOST, "*." + HOST]):
        raise RuntimeError("the certificate has other names")
    return text


def table(w):
    """Shows `dnshook test`, on this terminal if there is one."""
    say(f"dnshook test rfc2136 {HOST}")
    environment = lab.process.clean_environment(**SETTINGS, TERM=os.environ.get("TERM", "dumb"))
    subprocess.run([os.environ["BINDIR"] + "/dnshook", "test", "rfc2136", HOST], check=True,
                   env=environment)


def main():
    """The demonstration."""
    lab.enter()
    lab.namespace.need("named", "pebble", "acmetool", "openssl", "curl")
    with lab.World() as w:
        build(w)
        text = certificate()
        say("The certificate that acmetool obtained from Pebble through dnshook and BIND")
        print(text, end="", flush=True)
        table(w)


if __name__ == "__main__":
    main()
