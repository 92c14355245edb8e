#!/usr/bin/python3
"""Certificates from Pebble through acmetool and a shell script: a link named exec in acmetool's
hooks directory, the page's nsupdate script, many names at once, and the sandbox of
acmetool.service."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir))

import lab  # noqa: E402
from lab import acme, dnsq, manual, servers, zones  # noqa: E402
from lab.namespace import HOME  # noqa: E402
from lab.world import both, v4  # noqa: E402

ZONE = "example.test"
NAMESERVERS = {"ns1.example.test": both(10), "ns2.example.test": both(41)}
TK1 = servers.Key("tk1")
FOREIGN = ["not ours"]
PROGRAM, KEY = HOME + "/programs/nsupdate", HOME + "/programs/acme.key"
SETTINGS = {"DNSHOOK_EXEC_PROGRAM": PROGRAM, "NSUPDATE_SERVER": v4(10), "NSUPDATE_KEY": KEY,
            "DNSHOOK_EXEC_PASS_ENVIRONMENT": "NSUPDATE_SERVER NSUPDATE_KEY"}


def build(w):
    """BIND with a secondary, Pebble, and the script."""
    w.delegate(ZONE, NAMESERVERS)
    w.start()
    foreign = [f'_acme-challenge.{host}.{ZONE}. 60 TXT "{FOREIGN[0]}"' for host in ("my", "box")]
    bind = w.add(servers.Bind("bind", w.addresses(10), keys=[TK1]))
    bind.primary(ZONE, zones.zone_text(ZONE, NAMESERVERS, foreign))
    bind.start()
    secondary = w.add(servers.Bind("secondary", w.addresses(41)))
    secondary.secondary(ZONE, v4(10))
    secondary.start()
    acme.start_pebble(w)
    os.makedirs(os.path.dirname(PROGRAM), 0o755)
    for path, text, mode in ((KEY, TK1.bind_text(), 0o600),
                             (PROGRAM, manual.program("providers/exec/dnshook-exec.7", "nsupdate"),
                              0o755)):
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(path, mode)


def issue(t, site, names, left, **options):
    """Wants a certificate and checks all that is left afterwards."""
    result = site.start("want", *names, env=SETTINGS, **options).wait()
    t.exits(result, 0, "acmetool want works")
    t.equal(site.certificate_names(names[0]), sorted(names), "the certificate has the names",
            result)
    t.equal(site.journal(), [], "the journal is empty")
    for host in sorted({name.removeprefix("*.") for name in names}):
        t.equal(dnsq.texts(v4(10), "_acme-challenge." + host), left,
                f"{host} is as it was", result)


def pair(t, _w):
    """apex and wildcard"""
    issue(t, acme.Site("my", "exec"), [f"my.{ZONE}", f"*.my.{ZONE}"], FOREIGN)


def ten(t, _w):
    """ten names in one order"""
    issue(t, acme.Site("ten", "exec"), [f"n{number}.{ZONE}" for number in range(10)], [])


def sandbox(t, _w):
    """in the sandbox of acmetool.service"""
    issue(t, acme.Site("box", "exec"), [f"box.{ZONE}", f"*.box.{ZONE}"], FOREIGN, sandbox=True,
          state=True)


def main():
    """The test."""
    lab.enter()
    lab.namespace.need("pebble", "acmetool", "openssl", "setpriv", "curl", "nsupdate")
    tap = lab.Tap()
    with lab.World() as w:
        build(w)
        tap.run([pair, ten, sandbox], w, parallel=3)
        w.finish(tap)


if __name__ == "__main__":
    main()
