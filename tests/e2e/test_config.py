#!/usr/bin/python3
"""dnshook config: what it shows of the file, of the environment and of the road of a name, without
a nameserver to ask; secrets, files that are refused, the example."""
import json
import os
import shutil
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir))

import lab  # noqa: E402

HOME = lab.namespace.HOME
DEFAULT = "/etc/dnshook/dnshook.conf"
EXAMPLE = os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, os.pardir,
                       "docs/examples/dnshook.conf")
SECRET = "dG9wIHNlY3JldCBpbiBhIGZpbGU="
ELSEWHERE = "dG9wIHNlY3JldCBpbiBhbm90aGVy"
TEXT = f"""\
[account first]
provider = rfc2136
nameserver = ns1.example.net
tsig-key = k1
tsig-secret = {SECRET}
[account second]
provider = rfc2136
nameserver = env:SECOND_SERVER
tsig-key = k2
tsig-secret-file = {HOME}/k2.secret
[default]
account = first
[domain example.org]
account = second
zone = example.net
ttl = 30
[domain sub.example.org]
account = first
alias = _acme.Validation.Example.NET.
resolvers = 192.0.2.1, 2001:db8::1
deadline = 90
quorum = all
[domain private.example.org]
account = none
[propagation]
deadline = 120
quorum = reachable
"""
ENV = {"SECOND_SERVER": "ns2.example.net"}


def write(path, text, mode=0o600):
    """A file; returns its path."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    os.chmod(path, mode)
    return path


def config(name, text=TEXT, mode=0o600):
    """A configuration of the scenario's own."""
    write(f"{HOME}/k2.secret", ELSEWHERE + "\n")
    return write(f"{HOME}/{name}.conf", text, mode)


def shown(t, w, *words, **options):
    """What --json prints."""
    result = w.dnshook("--json", *words, **options)
    t.exits(result, 0, " ".join(words) + ": works")
    return json.loads(result.out)


def rows(array):
    """{name: (value, source)}; a value that is hidden is Ellipsis."""
    return {row["name"]: (... if row["hidden"] else row["value"], row["source"]) for row in array}


def the_file(t, w):
    """every value of a file, with its line"""
    path = config("file")
    got = shown(t, w, "--config", path, "config", env=ENV)
    t.equal(got["path"], path, "the path")
    t.ok(got["ok"], "all is well")
    t.equal([(one["name"], one["provider"], one["default"]) for one in got["accounts"]],
            [("first", "rfc2136", True), ("second", "rfc2136", False)], "the accounts")
    first, second = (rows(one["parameters"]) for one in got["accounts"])
    t.equal(first["nameserver"], ("ns1.example.net", f"{path}:3"), "a value of the file")
    t.equal(first["tsig-secret"], (..., f"{path}:5"), "a secret of the file is hidden")
    t.equal(second["nameserver"], ("ns2.example.net", f"{path}:8, SECOND_SERVER"), "env:")
    t.equal(second["tsig-secret"], (..., f"{path}:10, {HOME}/k2.secret"), "a file's")
    domains = {one["name"]: rows(one["keys"]) for one in got["domains"]}
    t.equal(domains["example.org"]["zone"], ("example.net", f"{path}:15"), "a zone")
    t.equal(domains["private.example.org"]["account"], ("none", f"{path}:24"), "nobody")
    t.equal(domains["sub.example.org"], {
        "account": ("first", f"{path}:18"),
        "alias": ("_acme.validation.example.net", f"{path}:19"),
        "resolvers": ("192.0.2.1,2001:db8::1", f"{path}:20"),
        "deadline": ("90", f"{path}:21"), "quorum": ("all", f"{path}:22")}, "a whole domain")
    t.equal(rows(got["propagation"]), {
        "deadline": ("120", f"{path}:26"), "resolvers": (None, "/etc/resolv.conf"),
        "quorum": ("reachable", f"{path}:27")}, "propagation")
    result = w.dnshook("--config", path, "config", env=ENV)
    t.exits(result, 0, "as text")
    for pattern in (rf"^configuration: {path}$", r"^account first, provider rfc2136 \(default\)$",
                    rf"^    tsig-secret +\[hidden\] +{path}:5$",
                    rf"^    nameserver +ns2.example.net +{path}:8, SECOND_SERVER$",
                    rf"^domain example.org\n    account +second +{path}:14$"):
        t.match("(?m)" + pattern, result.out, "as text: " + pattern, result)


def no_secret(t, w):
    """no secret is shown, however loud the program is and whatever is wrong"""
    broken = TEXT.replace("tsig-key = k1\n", "tsig-kye = k1\n")
    for text in (TEXT, broken, TEXT + "word\n"):
        path = config("secret", text)
        for words in (("config",), ("config", "www.example.org"), ("--json", "config")):
            result = w.dnshook("-v", "-v", "--config", path, *words, env=ENV)
            both = result.out + result.err
            t.ok(SECRET not in both and ELSEWHERE not in both, " ".join(words), result)


def environment(t, w):
    """without a file: what the environment gives to the provider that is chosen"""
    env = {"RFC2136_NAMESERVER": "192.0.2.7", "DNSHOOK_RESOLVERS": "192.0.2.8",
           "DNSHOOK_QUORUM": "all"}
    got = shown(t, w, "--provider", "rfc2136", "--timeout", "77", "config", env=env)
    t.equal((got["path"], len(got["accounts"]), got["domains"]), (None, 1, []), "no file")
    t.equal(got["accounts"][0]["name"], None, "no account")
    t.equal(rows(got["accounts"][0]["parameters"])["nameserver"],
            ("192.0.2.7", "RFC2136_NAMESERVER"), "a variable")
    t.equal(rows(got["propagation"]), {
        "deadline": ("77", "--timeout"), "resolvers": ("192.0.2.8", "DNSHOOK_RESOLVERS"),
        "quorum": ("all", "DNSHOOK_QUORUM")}, "propagation")
    result = w.dnshook("config")
    t.exits(result, 0, "nothing at all")
    t.match(r"\Aconfiguration: none\nno account, and no provider is chosen\n", result.out, "says so",
            result)
    t.exits(w.dnshook("config", env={"DNSHOOK_PROVIDER": "/tmp/x.so"}), 1, "a path in the variable")


def which_file(t, w):
    """--config, DNSHOOK_CONFIG, the default"""
    one, two = config("one"), config("two")
    write(DEFAULT, TEXT)
    t.equal(shown(t, w, "config", env=ENV)["path"], DEFAULT, "the default")
    t.equal(shown(t, w, "config", env={**ENV, "DNSHOOK_CONFIG": two})["path"], two, "the variable")
    t.equal(shown(t, w, "--config", one, "config", env={**ENV, "DNSHOOK_CONFIG": two})["path"],
            one, "the option")
    t.equal(shown(t, w, "--config", "/dev/null", "config", env={**ENV, "DNSHOOK_CONFIG": two})["path"],
            None, "/dev/null is none")
    os.unlink(DEFAULT)
    for words, env in ((("--config", HOME + "/none"), {}), ((), {"DNSHOOK_CONFIG": HOME + "/none"})):
        result = w.dnshook(*words, "config", env=env)
        t.exits(result, 1, "a file that is not there")
        t.match(f"there is no configuration file {HOME}/none", result.err, "says so", result)


def out_of_reach(t, w):
    """the default file is in a directory that the user may not enter"""
    write(DEFAULT, TEXT)
    os.chmod(os.path.dirname(DEFAULT), 0o700)
    for words in (("config",), ("challenge-dns-start", "www.example.org", "", "value")):
        result = w.dnshook("--reuid=54321", "--clear-groups", os.environ["BINDIR"] + "/dnshook", *words,
                           name=shutil.which("setpriv"))
        t.exits(result, 1, f"{words[0]}: fails")
        t.match(f"{DEFAULT} cannot be read: Permission denied", result.err, "says why", result)
    os.chmod(os.path.dirname(DEFAULT), 0o755)
    os.unlink(DEFAULT)


def roads(t, w):
    """the road of a name"""
    path = config("roads")

    def keys(host, *words, **env):
        got = shown(t, w, "--config", path, *words, "config", host, env={**ENV, **env})
        t.equal(got["host"], host, f"{host}: the host")
        return rows(got["keys"])

    t.equal(keys("www.example.org"), {
        "domain": ("example.org", f"{path}:13"), "account": ("second", f"{path}:14"),
        "provider": ("rfc2136", f"{path}:7"),
        "record": ("_acme-challenge.www.example.org", "or where CNAMEs lead from there"),
        "zone": ("example.net", f"{path}:15"), "ttl": ("30", f"{path}:16"),
        "deadline": ("120", f"{path}:26"), "resolvers": (None, "/etc/resolv.conf"),
        "quorum": ("reachable", f"{path}:27")}, "a domain with some keys")
    got = keys("a.sub.example.org")
    t.equal(got["domain"], ("sub.example.org", f"{path}:17"), "the longest domain")
    t.equal(got["record"], ("_acme.validation.example.net", f"{path}:19"), "the alias")
    t.equal(got["ttl"], ("60", "initial value"), "the TTL")
    t.equal(got["deadline"], ("90", f"{path}:21"), "the domain's deadline")
    t.equal(got["resolvers"], ("192.0.2.1,2001:db8::1", f"{path}:20"), "the domain's resolvers")
    got = keys("a.sub.example.org", "--timeout", "5", DNSHOOK_RESOLVERS="192.0.2.9",
               DNSHOOK_QUORUM="reachable")
    t.equal((got["deadline"], got["resolvers"], got["quorum"]),
            (("5", "--timeout"), ("192.0.2.9", "DNSHOOK_RESOLVERS"),
             ("reachable", "DNSHOOK_QUORUM")), "what wins over the file")
    got = keys("www.example.com")
    t.equal(got["account"], ("first", f"{path}:12"), "the default account")
    t.equal(got["domain"][0], None, "no domain")
    t.equal(keys("x.private.example.org")["account"], ("none", f"{path}:24"), "nobody")
    got = keys("www.example.org", "--provider", "first")
    t.equal((got["account"], got["zone"][0]), (("first", "--provider"), None),
            "another account does not have the domain's zone")
    got = keys("www.example.org", "--provider", "rfc2136", RFC2136_NAMESERVER="192.0.2.7")
    t.equal(got["account"], ("the environment", "--provider"), "a provider")


def misfits(t, w):
    """what does not fit is told"""
    path = config("misfits", TEXT.replace("alias =", "zone = example.org\nalias ="))
    for host, pattern in (
            ("www.example.org", r"\.conf:15: _acme-challenge\.www\.example\.org is not in the zone "
                                r"example\.net: this works only if a CNAME"),
            ("sub.example.org", r"\.conf:20: the alias _acme\.validation\.example\.net is not in "
                                r"the zone example\.org")):
        result = w.dnshook("--config", path, "config", host, env=ENV)
        t.exits(result, 0, f"{host}: it is shown")
        t.match(pattern, result.err, f"{host}: with a warning", result)
    t.exits(w.dnshook("--config", path, "config", "*.example.org"), 2, "a wildcard")


def wrong(t, w):
    """a configuration that is wrong, and every account that is"""
    two = TEXT.replace("nameserver = ns1", "nameservr = ns1").replace("tsig-key = k2", "tsig = k2")
    result = w.dnshook("--config", config("wrong", two), "config", env=ENV)
    t.exits(result, 1, "accounts that are wrong")
    t.match(r":3: provider rfc2136 has no parameter nameservr: did you mean nameserver\?",
            result.err, "the first", result)
    t.match(r":9: provider rfc2136 has no parameter tsig", result.err, "the second", result)
    t.match(r"domain example\.org", result.out, "the rest is shown", result)
    result = w.dnshook("--config", config("wrong", TEXT.replace("ttl = 30", "ttl = 1h")), "config")
    t.match(r":16: \"1h\" is no number of seconds", result.err, "a value", result)
    t.equal((result.code, result.out), (1, ""), "nothing is shown of such a file", result)
    result = w.dnshook("--config", config("wrong"), "config")
    t.exits(result, 1, "a variable that is not set")
    t.match(r":8: the variable SECOND_SERVER is not set", result.err, "says so", result)
    result = w.dnshook("--config", config("wrong", TEXT, 0o644), "config", env=ENV)
    t.match(r":5: tsig-secret is a secret, and everybody may read the file: run chmod o= ",
            result.err, "a secret that everybody may read", result)
    result = w.dnshook("--config", config("wrong", TEXT, 0o640), "config", env=ENV)
    t.exits(result, 0, "the group may read it")
    path = config("wrong")
    os.chown(path, 54321, -1)
    result = w.dnshook("--config", path, "config", env=ENV)
    t.match(r"belongs to neither root nor the user who runs dnshook: run chown root ", result.err,
            "a stranger's file", result)
    os.chown(path, 0, -1)
    result = w.dnshook("--config", config("wrong", "[account x]\nprovider = rfc2137\n"), "config")
    t.exits(result, 1, "no such provider")
    t.match("rfc2136", result.err, "the nearest is named", result)


def example(t, w):
    """the example is a configuration, as it is and with every comment taken away"""
    with open(EXAMPLE, encoding="utf-8") as file:
        text = file.read()
    t.exits(w.dnshook("--config", config("example", text), "config"), 0, "as it is")
    bare = "\n".join(line[1:] if line[:1] == "#" and line[1:2] not in ("", " ", "#") else line
                     for line in text.splitlines())
    write("/etc/dnshook/lab.key", 'key "lab" { algorithm hmac-sha256; secret "c2VjcmV0"; };\n')
    result = w.dnshook("--config", config("example", bare + "\n"), "config",
                       env={"LAB_SERVER": "ns.lab.example.net"})
    t.exits(result, 0, "with every line")
    t.match("corp-aws", result.out, "which has accounts", result)
    os.unlink("/etc/dnshook/lab.key")


def main():
    """The test. There is no nameserver, and none is needed."""
    lab.enter()
    tap = lab.Tap()
    with lab.World() as w:
        tap.run([the_file, no_secret, environment, which_file, out_of_reach, roads, misfits,
                 wrong, example], w)
        w.finish(tap)


if __name__ == "__main__":
    main()
