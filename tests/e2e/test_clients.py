#!/usr/bin/python3
"""Certificates from Pebble for apex, wildcard and a third name through every client of Debian's but
acmetool, which has a test of its own: dehydrated, certbot, lego, uacme, Apache's mod_md."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir))

import lab  # noqa: E402
from lab import acme, clients, dnsq, servers, zones  # noqa: E402
from lab.world import both, v4  # noqa: E402

ZONE = "example.test"
NAMESERVERS = {"ns1.example.test": both(10), "ns2.example.test": both(41)}
TK1 = servers.Key("tk1")
FOREIGN = ["not ours"]
SETTINGS = {"RFC2136_NAMESERVER": v4(10), **TK1.environment()}
HOSTS = ("chain", "single", "words", "wordless", "plain", "raw", "uacme", "md1", "md2", "acmetool")


def build(w):
    """BIND with a secondary, and Pebble."""
    w.delegate(ZONE, NAMESERVERS)
    w.start()
    foreign = [f'_acme-challenge.{host}.{ZONE}. 60 TXT "{FOREIGN[0]}"' for host in HOSTS]
    alias = [f"_acme-challenge.third-plain.{ZONE}. 60 CNAME elsewhere.plain.{ZONE}."]
    bind = w.add(servers.Bind("bind", w.addresses(10), keys=[TK1]))
    bind.primary(ZONE, zones.zone_text(ZONE, NAMESERVERS, foreign + alias))
    bind.start()
    secondary = w.add(servers.Bind("secondary", w.addresses(41)))
    secondary.secondary(ZONE, v4(10))
    secondary.start()
    acme.start_pebble(w)
    clients.trust_pebble()


def names_of(host):
    """Apex, wildcard and a third name."""
    return [f"{host}.{ZONE}", f"*.{host}.{ZONE}", f"third-{host}.{ZONE}"]


def leftovers(host):
    """{record name: values} where the primary has other values than before."""
    wanted = {f"_acme-challenge.{host}.{ZONE}": FOREIGN,
              f"_acme-challenge.third-{host}.{ZONE}": [], f"elsewhere.{host}.{ZONE}": []}
    found = {name: dnsq.texts(v4(10), name) for name in wanted}
    return {name: values for name, values in found.items() if values != wanted[name]}


def check_all(t, client, host, certificate, *notes):
    """The certificate has the names; nothing is left."""
    t.equal(certificate, sorted(names_of(host)), "the certificate has the names", *notes)
    t.equal(leftovers(host), {}, "the zone is as it was", *notes)
    t.equal(client.journal(), [], "the journal is empty", *notes)
    t.ok(client.had_entries(), "and was not before", *notes)


def issue(t, client, host):
    """Has a certificate made, and checks."""
    result = client.issue(names_of(host))
    t.exits(result, 0, "the client works")
    check_all(t, client, host, client.certificate(), result)
    return result


def acmetool(t, _w):
    """acmetool"""
    site = acme.Site("acmetool")
    result = site.start("want", *names_of("acmetool"), env=SETTINGS).wait()
    t.exits(result, 0, "the client works")
    t.equal(site.certificate_names("acmetool." + ZONE), sorted(names_of("acmetool")),
            "the certificate has the names", result)
    t.equal(leftovers("acmetool"), {}, "the zone is as it was", result)
    t.equal(site.journal(), [], "the journal is empty", result)


def dehydrated_chain(t, _w):
    """dehydrated with HOOK_CHAIN"""
    result = issue(t, clients.Dehydrated("chain", SETTINGS, True), "chain")
    t.no_match(r"dnshook", result.err, "nothing is complained of", result)


def dehydrated_single(t, _w):
    """dehydrated without HOOK_CHAIN"""
    issue(t, clients.Dehydrated("single", SETTINGS, False), "single")


def certbot_words(t, _w):
    """certbot, hooks with words, and two certificates renewed in one run"""
    renewed(t, clients.Certbot("words", SETTINGS, True), "words")


def certbot_wordless(t, _w):
    """certbot, hooks without words, and two certificates renewed in one run"""
    renewed(t, clients.Certbot("wordless", SETTINGS, False), "wordless")


def renewed(t, client, host):
    """Two certificates, renewed in one run."""
    other = f"other.{host}.{ZONE}"
    result = client.issue(names_of(host))
    t.exits(result, 0, "the client works")
    check_all(t, client, host, client.certificate(f"{host}.{ZONE}"), result)
    t.exits(client.issue([other, "*." + other]), 0, "a second certificate")
    result = client.renew()
    t.exits(result, 0, "the client renews")
    t.no_match(r"error code|error output", result.out + result.err, "no hook failed", result)
    for name in (f"{host}.{ZONE}", other):
        t.equal(client.serial_count(name), 2, f"{name}: there is a second one", result)
    check_all(t, client, host, client.certificate(f"{host}.{ZONE}"), result)
    t.equal(dnsq.texts(v4(10), "_acme-challenge." + other), [], "nothing is left there")


def lego_plain(t, _w):
    """lego's exec, with a CNAME at one challenge name"""
    issue(t, clients.Lego("plain", SETTINGS, False), "plain")


def lego_raw(t, _w):
    """lego's exec with EXEC_MODE=RAW"""
    issue(t, clients.Lego("raw", SETTINGS, True), "raw")


def uacme(t, _w):
    """uacme"""
    issue(t, clients.Uacme("uacme", SETTINGS), "uacme")


def mod_md_1(t, w):
    """Apache's mod_md, MDChallengeDns01Version 1"""
    mod_md(t, w, 1)


def mod_md_2(t, w):
    """Apache's mod_md, MDChallengeDns01Version 2"""
    mod_md(t, w, 2)


def mod_md(t, w, version):
    """A certificate through Apache."""
    host = f"md{version}"
    client = clients.Apache(host, SETTINGS, version)
    client.issue(w, names_of(host), 8080 + version)
    check_all(t, client, host, client.certificate(), client.log())
    t.no_match(r"command failed|dnshook: error", client.log(), "nothing is complained of")


SCENARIOS = [("acmetool", acmetool), ("dehydrated", dehydrated_chain),
             ("dehydrated", dehydrated_single), ("certbot", certbot_words),
             ("certbot", certbot_wordless), ("lego", lego_plain), ("lego", lego_raw),
             ("uacme", uacme), ("apache2", mod_md_1), ("apache2", mod_md_2)]


def main():
    """The test."""
    lab.enter()
    lab.namespace.need("pebble", "openssl", "curl")
    tap = lab.Tap()
    with lab.World() as w:
        build(w)
        wanted = sys.argv[1:]
        tap.run([scenario for program, scenario in SCENARIOS if lab.namespace.has(program)
                 and (not wanted or scenario.__name__ in wanted)], w, parallel=3)
        for program in sorted({program for program, _ in SCENARIOS}):
            if not lab.namespace.has(program):
                tap.skip(program, "needs the program " + program)
        w.finish(tap)


if __name__ == "__main__":
    main()
