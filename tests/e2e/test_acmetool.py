#!/usr/bin/python3
"""Certificates from Pebble through acmetool and BIND: from acmetool's default hooks directory, with
settings from the environment and from /etc/default/acme-dns, in the sandbox of Debian's
acmetool.service, and with 20 names in one order."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir))

import lab  # noqa: E402
from lab import acme, dnsq, servers, zones  # noqa: E402
from lab.world import both, v4  # noqa: E402

ZONE = "example.test"
NAMESERVERS = {"ns1.example.test": both(10), "ns2.example.test": both(41)}
TK1 = servers.Key("tk1")
FOREIGN = ["not ours"]
SETTINGS = {"RFC2136_NAMESERVER": v4(10), **TK1.environment()}


def build(w):
    """BIND with a secondary, and Pebble."""
    w.delegate(ZONE, NAMESERVERS)
    w.start()
    foreign = [f'_acme-challenge.{host}.{ZONE}. 60 TXT "{FOREIGN[0]}"'
               for host in ("my", "default", "sandbox", "state")]
    bind = w.add(servers.Bind("bind", w.addresses(10), keys=[TK1]))
    bind.primary(ZONE, zones.zone_text(ZONE, NAMESERVERS, foreign))
    bind.start()
    secondary = w.add(servers.Bind("secondary", w.addresses(41)))
    secondary.secondary(ZONE, v4(10))
    secondary.start()
    acme.start_pebble(w)


def issue(t, site, names, left, **options):
    """Wants a certificate and checks all that is left afterwards."""
    result = site.start("want", *names, **options).wait()
    t.exits(result, 0, "acmetool want works")
    t.equal(site.certificate_names(names[0]), sorted(names), "the certificate has the names",
            result)
    t.equal(site.journal(), [], "the journal is empty")
    hosts = sorted({name.removeprefix("*.") for name in names})
    t.equal(leftovers(v4(10), hosts, left), {}, "the zone is as it was on the primary", result)
    dnsq.wait_until(lambda: not leftovers(v4(41), hosts, left),
                    "the zone to be as it was on the secondary")
    return result


def leftovers(address, hosts, left):
    """{host: values} where a server has other values than it should."""
    found = {host: dnsq.texts(address, "_acme-challenge." + host) for host in hosts}
    return {host: values for host, values in found.items() if values != left}


def pair(host):
    """Apex and wildcard."""
    return [f"{host}.{ZONE}", f"*.{host}.{ZONE}"]


def environment(t, _w):
    """apex and wildcard, settings in the environment"""
    t.equal(acme.hooks_directory(), "/etc/acme/hooks", "acmetool --help names the directory")
    issue(t, acme.Site("env"), pair("my"), FOREIGN, env=SETTINGS)


def default_file(t, _w):
    """apex and wildcard, settings of dns.hook in /etc/default/acme-dns"""
    site = acme.Site("default")
    site.write("default/acme-dns", f'# for dns.hook\nTSIG_KEY_NAME="hmac-sha256:{TK1.name}"\n'
                                   f'TSIG_KEY="{TK1.secret}"\nDNS_SYNC_TIMEOUT=30\n')
    os.chmod(site.home + "/default/acme-dns", 0o600)
    issue(t, site, pair("default"), FOREIGN)


def shell_in_default_file(t, _w):
    """a line of shell in /etc/default/acme-dns is named and not run"""
    site = acme.Site("shell")
    site.write("default/acme-dns", f'TSIG_KEY_NAME="hmac-sha256:{TK1.name}"\n'
                                   f'TSIG_KEY="{TK1.secret}"\n'
                                   "touch /var/lib/acme/pwned\nX=$(touch /var/lib/acme/pwned2)\n")
    result = issue(t, site, pair("shell"), [])
    t.match(r"warning:.*acme-dns", result.err, "a warning names the file", result)
    t.ok(not os.path.exists(site.home + "/acme/pwned"), "the command was not run")
    t.ok(not os.path.exists(site.home + "/acme/pwned2"), "the substitution was not run")


def sandbox(t, _w):
    """in the sandbox of acmetool.service"""
    t.equal(acme.unit_is_as_emulated(), [], "the unit is as emulated")
    result = issue(t, acme.Site("sandbox"), pair("sandbox"), FOREIGN, env=SETTINGS, sandbox=True)
    t.match(r"warning:.*(state|journal|/var/lib/dnshook)", result.err,
            "a warning says that no state can be kept", result)


def sandbox_with_state(t, _w):
    """in the sandbox of acmetool.service with StateDirectory=dnshook"""
    result = issue(t, acme.Site("state"), pair("state"), FOREIGN, env=SETTINGS, sandbox=True,
                   state=True)
    t.no_match(r"dnshook: warning", result.err, "no warning", result)


def twenty(t, _w):
    """20 names in one order"""
    names = [f"n{number}.{ZONE}" for number in range(20)]
    issue(t, acme.Site("twenty"), names, [], env=SETTINGS)


def wrong_secret(t, _w):
    """a wrong secret"""
    site = acme.Site("wrong")
    settings = dict(SETTINGS, RFC2136_TSIG_SECRET=servers.Key("x").secret)
    result = site.start("want", f"wrong.{ZONE}", env=settings).wait()
    t.ok(result.code != 0, "acmetool want fails", result)
    t.match(r"dnshook: .*BADSIG", result.err, "acmetool's user sees why", result)
    t.equal(site.certificate(f"wrong.{ZONE}"), None, "no certificate")


def main():
    """The test."""
    lab.enter()
    lab.namespace.need("pebble", "acmetool", "openssl", "setpriv", "curl")
    tap = lab.Tap()
    with lab.World() as w:
        build(w)
        tap.run([twenty, environment, default_file, shell_in_default_file, sandbox,
                 sandbox_with_state, wrong_secret], w, parallel=7)
        w.finish(tap)


if __name__ == "__main__":
    main()
