#!/usr/bin/python3
"""The protocols of ACME clients to the letter, where the clients themselves do not show it: events
that are not ours, malformed calls, roll-back of many names, certbot's calls one by one, teardown
without a value; getssl and acme.sh, of which there is no package; add, remove and clean."""
import base64
import glob
import hashlib
import json
import os
import signal
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir))

import lab  # noqa: E402
from lab import dnsq, faults, servers, zones  # noqa: E402
from lab.world import both, v4  # noqa: E402

TK1 = servers.Key("tk1")
ENV = {"RFC2136_NAMESERVER": v4(10), **TK1.environment()}
HOME = lab.namespace.HOME
VALUES = ["LoqXcYV8q5ONbJQxbmR7SCTNo3tiAXDfowyjxAjEuX0", "-5ONbJQxbmR7SCTNo3tiAXDfowyjxAjEuX0LoqXcYV8",
          "A_xcYV8q5ONbJQxbmR7SCTNo3tiAXDfowyjxAjEuX0L"]
SELF_TEST = ("this_hookscript_is_broken__dehydrated_is_working_fine__please_ignore_unknown_hooks_"
             "in_your_script")


def build(w):
    """BIND, and a scripted server that never has a value."""
    nameservers = {"ns1.proto.test": both(10)}
    never = {**nameservers, "ns2.proto.test": [v4(100)]}
    w.delegate("proto.test", nameservers)
    w.delegate("never.test", never)
    w.start()
    bind = w.add(servers.Bind("bind", w.addresses(10), keys=[TK1]))
    bind.primary("proto.test", zones.zone_text("proto.test", nameservers, [
        *zones.address_lines("ns2.proto.test", [v4(100)]),
        "_acme-challenge.alias.proto.test. 60 CNAME target.proto.test."]))
    bind.primary("never.test", zones.zone_text("never.test", never))
    bind.start()
    w.addresses(100)
    w.add(faults.FaultServer("never", [v4(100)], faults.Lagging(v4(10), 1000)))


class Hook:
    """Calls of one client, with a journal of their own."""

    def __init__(self, w, name, **more):
        self._w = w
        self.state = f"{HOME}/state-{name}/dnshook"
        os.makedirs(self.state, mode=0o700)
        self.env = {**ENV, "STATE_DIRECTORY": self.state, "DNSHOOK_PROVIDER": "rfc2136", **more}

    def __call__(self, *words, **more):
        return self._w.dnshook(*words, env={**self.env, **more})

    def start(self, *words, **more):
        """The same, not waited for."""
        return self._w.start_dnshook(*words, env={**self.env, **more})

    def entries(self):
        """What is in the journal."""
        found = []
        for path in glob.glob(self.state + "/*.json"):
            with open(path, encoding="utf-8") as file:
                found.append(json.load(file))
        return found


def at(host):
    """What is at a challenge name."""
    return dnsq.texts(v4(10), "_acme-challenge." + host)


def silent(t, result, code, name):
    """An exit status, and not a word."""
    t.equal((result.code, result.out, result.err), (code, "", ""), name, result)


def refused(t, result, code, pattern, name):
    """An exit status, and one sentence on standard error."""
    t.exits(result, code, f"{name}: exit status {code}")
    t.match(rf"\Adnshook: [^\n]*{pattern}[^\n]*\n\Z", result.err, f"{name}: says why", result)
    t.equal(result.out, "", f"{name}: nothing on standard output")


# ---- dehydrated ----------------------------------------------------------------------------------


def dehydrated_events(t, w):
    """dehydrated: events that are not ours"""
    hook = Hook(w, "devents")
    for event in (SELF_TEST, "startup_hook", "exit_hook", "sync_cert", "deploy_cert", "deploy_ocsp",
                  "unchanged_cert", "invalid_challenge", "request_failure", "generate_csr"):
        silent(t, hook(event, "a", "b"), 0, event)
    silent(t, hook("--protocol", "dehydrated", "to_come"), 0, "an unknown event, --protocol")
    silent(t, hook("to_come", DNSHOOK_PROTOCOL="dehydrated"), 0, "an unknown event, the variable")
    silent(t, hook("challenge-dns-start", DNSHOOK_PROTOCOL="dehydrated"), 0, "another's event")


def dehydrated_chain(t, w):
    """dehydrated: a chain of names"""
    hook = Hook(w, "chain")
    triples = ["a.proto.test", "t", VALUES[0], "a.proto.test", "t", VALUES[1], "b.proto.test", "t",
               VALUES[2]]
    silent(t, hook("deploy_challenge", *triples), 0, "deploy")
    t.equal((at("a.proto.test"), at("b.proto.test")), (sorted(VALUES[:2]), VALUES[2:]),
            "the values are there")
    t.equal(len(hook.entries()), 3, "they are on record")
    silent(t, hook("clean_challenge", *triples), 0, "clean")
    t.equal(at("a.proto.test") + at("b.proto.test"), [], "they are gone")
    t.equal(hook.entries(), [], "nothing is on record")
    result = hook("--timeout", "8", "deploy_challenge", *triples, "c.never.test", "t", VALUES[0])
    t.exits(result, 1, "a chain of which one name fails: exit status 1")
    t.equal(at("a.proto.test") + at("b.proto.test") + at("c.never.test"), [],
            "... and every value is taken away", result)
    t.equal(hook.entries(), [], "... and nothing is on record")


def dehydrated_clean(t, w):
    """dehydrated: a chain of which one name cannot be cleaned up"""
    hook = Hook(w, "dclean")
    del hook.env["DNSHOOK_PROVIDER"]
    path, secret = f"{HOME}/dclean.conf", f"{HOME}/dclean.secret"
    for name, mode in ((path, 0o644), (secret, 0o600)):
        with open(name, "w", encoding="utf-8") as file:
            file.write(TK1.secret + "\n" if name == secret else
                       "[default]\naccount = first\n[domain b.dclean.proto.test]\naccount = second\n" +
                       "".join(f"[account {each}]\nprovider = rfc2136\nnameserver = {v4(10)}\n"
                               "tsig-key = tk1\ntsig-algorithm = hmac-sha256\n"
                               f"tsig-secret-file = {where}\n"
                               for each, where in (("first", secret), ("second", secret + "2"))))
        os.chmod(name, mode)
    hook.env["DNSHOOK_CONFIG"] = path
    triples = ["c.dclean.elsewhere", "t", VALUES[0], "a.dclean.proto.test", "t", VALUES[1],
               "b.dclean.proto.test", "t", VALUES[2]]
    os.link(secret, secret + "2")
    silent(t, hook("deploy_challenge", *triples[3:]), 0, "deploy")
    result = hook("clean_challenge", *triples[:6])
    t.exits(result, 1, "one of them has no zone: exit status 1")
    t.match(r"c\.dclean\.elsewhere", result.err, "which is said", result)
    t.equal(at("a.dclean.proto.test"), [], "the others are taken away", result)
    silent(t, hook("deploy_challenge", *triples[3:6]), 0, "deploy again")
    os.unlink(secret + "2")
    result = hook("clean_challenge", *triples[6:], *triples[3:6])
    t.exits(result, 1, "the account of one of them cannot be opened: exit status 1")
    t.match(r"secret2", result.err, "which is said", result)
    t.equal((at("a.dclean.proto.test"), at("b.dclean.proto.test")), ([], VALUES[2:]),
            "the others are taken away", result)
    result = hook("deploy_challenge", *triples[3:])
    t.exits(result, 1, "with such a one nothing is added")
    t.equal(at("a.dclean.proto.test"), [], "not for the others either", result)
    os.link(secret, secret + "2")
    silent(t, hook("clean_challenge", *triples[3:]), 0, "clean, with both accounts")
    t.equal(at("a.dclean.proto.test") + at("b.dclean.proto.test") + hook.entries(), [], "nothing is left")


def dehydrated_malformed(t, w):
    """dehydrated: malformed calls"""
    hook = Hook(w, "dmal")
    for words, pattern in (((), "arguments"), (("a.proto.test", "t"), "arguments"),
                           (("a.proto.test", "t", "v", "b"), "three for each"),
                           (("a b", "t", "v"), "host name"), (("a.proto.test", "t", ""), "value"),
                           (("a.proto.test", "t", "x.y"), "CHALLENGETYPE")):
        refused(t, hook("deploy_challenge", *words), 2, pattern, f"{words}")


# ---- lego ----------------------------------------------------------------------------------------


def lego(t, w):
    """lego: FQDN, and RAW mode"""
    hook = Hook(w, "lego")
    fqdn = "_acme-challenge.l.proto.test."
    silent(t, hook("present", fqdn, VALUES[1]), 0, "present")
    t.equal(at("l.proto.test"), [VALUES[1]], "the value is there")
    silent(t, hook("cleanup", fqdn, VALUES[1]), 0, "cleanup")
    t.equal(at("l.proto.test"), [], "the value is gone")
    key = "-token.thumb_print"
    digest = base64.urlsafe_b64encode(hashlib.sha256(key.encode()).digest()).decode().rstrip("=")
    silent(t, hook("present", "--", "l.proto.test", "-token", key), 0, "RAW present")
    t.equal(at("l.proto.test"), [digest], "the digest is there")
    silent(t, hook("cleanup", "--", "l.proto.test", "-token", key), 0, "RAW cleanup")
    t.equal(at("l.proto.test"), [], "the digest is gone")
    silent(t, hook("present", "--", "alias.proto.test", "t", key), 0, "RAW follows a CNAME")
    t.equal(dnsq.texts(v4(10), "target.proto.test"), [digest], "the digest is at its end")
    silent(t, hook("cleanup", "--", "alias.proto.test", "t", key), 0, "... and back")
    t.exits(hook("present", "_acme-challenge.alias.proto.test.", VALUES[0]), 1,
            "FQDN does not follow one")
    t.equal(dnsq.texts(v4(10), "target.proto.test"), [], "nothing is at its end")
    t.equal(hook.entries(), [], "nothing is on record")
    for words in (("x.test",), ("--", "x.test"), ("--", "x.test", "t"), ("a", "b", "c", "d"),
                  ("a b.", "v"), ("a.proto.test.", "")):
        result = hook("present", *words)
        t.ok(result.code == 2 and result.err.startswith("dnshook: "), f"{words}: malformed", result)


# ---- uacme ---------------------------------------------------------------------------------------


def uacme(t, w):
    """uacme"""
    hook = Hook(w, "uacme")
    for kind in ("http-01", "tls-alpn-01", "dns-account-01"):
        silent(t, hook("begin", kind, "u.proto.test", "token", "a.b"), 1, f"{kind} is declined")
    for end in ("done", "failed"):
        silent(t, hook("begin", "dns-01", "u.proto.test", "token", VALUES[0]), 0, f"{end}: begin")
        t.equal(at("u.proto.test"), [VALUES[0]], f"{end}: the value is there")
        silent(t, hook(end, "dns-01", "u.proto.test", "token", VALUES[0]), 0, end)
        t.equal(at("u.proto.test"), [], f"{end}: the value is gone")
    refused(t, hook("begin", "dns-01", "u.proto.test"), 2, "arguments", "too few")


# ---- mod_md --------------------------------------------------------------------------------------


def mod_md(t, w):
    """mod_md: teardown with and without a value"""
    hook = Hook(w, "md")
    other = ("challenge-dns-start", "m.proto.test", "", VALUES[2])
    for value in VALUES[:2]:
        silent(t, hook("setup", "m.proto.test", value), 0, "setup")
    silent(t, hook("setup", "n.proto.test", VALUES[0]), 0, "setup of another name")
    silent(t, hook(*other), 0, "another client's value for the same host")
    silent(t, hook("teardown", "m.proto.test"), 0, "teardown without a value")
    t.equal(at("m.proto.test"), [VALUES[2]], "takes away what setup added")
    t.equal(at("n.proto.test"), [VALUES[0]], "and not at another name")
    silent(t, hook("teardown", "m.proto.test"), 0, "teardown once more")
    silent(t, hook("teardown", "n.proto.test", VALUES[0]), 0, "teardown with a value")
    t.equal(at("n.proto.test"), [], "takes that away")
    silent(t, hook("challenge-dns-stop", *other[1:]), 0, "the other client's stop")
    t.equal(hook.entries(), [], "nothing is on record")
    for words in (("setup", "m.proto.test"), ("setup", "m.proto.test", "a", "b"),
                  ("teardown",), ("teardown", "m.proto.test", "--zone", "a", "b")):
        refused(t, hook(*words), 2, "arguments", " ".join(words))


# ---- certbot -------------------------------------------------------------------------------------


def certbot_environment(host, value, remaining=0, **more):
    """What certbot sets."""
    return {"CERTBOT_DOMAIN": host, "CERTBOT_VALIDATION": value, "CERTBOT_IDENTIFIER": host,
            "CERTBOT_ALL_DOMAINS": host, "CERTBOT_REMAINING_CHALLENGES": remaining, **more}


def certbot_waits_once(t, w):
    """certbot: all but the last call only write, the last one waits for all"""
    hook = Hook(w, "cwait")
    first = certbot_environment("c1.never.test", VALUES[0], 1)
    last = certbot_environment("c2.proto.test", VALUES[1])
    silent(t, hook("--timeout", "30", "certbot-auth", **first), 0, "the first call")
    t.equal(at("c1.never.test"), [VALUES[0]], "it has written")
    result = hook("--timeout", "8", "certbot-auth", **last)
    t.exits(result, 1, "the last call waits for the first one's value, too")
    t.match(r"c1\.never\.test: after", result.err, "and names it", result)
    t.equal(at("c2.proto.test"), [], "its own value is taken away")
    silent(t, hook("--timeout", "30", "certbot-auth", **last), 0,
           "what was waited for once is not waited for again")
    for env in (first, last):
        silent(t, hook("certbot-cleanup", **env), 0, "clean-up")
    t.equal(at("c1.never.test") + at("c2.proto.test"), [], "nothing is left")
    t.equal(hook.entries(), [], "nothing is on record")


def certbot_other_run(t, w):
    """certbot: what a run that was killed left outstanding is not waited for by the next one"""
    hook = Hook(w, "cother")
    first = certbot_environment("d1.never.test", VALUES[0], 1)
    last = certbot_environment("d2.proto.test", VALUES[1])
    exports = " ".join(f"{name}={value}" for name, value in first.items())
    script = f"export {exports}; {os.environ['BINDIR']}/dnshook certbot-auth; :"
    shell = ["sh", "-c", f"sh -c '{script}'; :"]  # a process of its own that sets the variables
    result = lab.run(*shell, env=lab.process.clean_environment(**hook.env))
    silent(t, result, 0, "the run that is not ended")
    t.equal(at("d1.never.test"), [VALUES[0]], "it has written")
    silent(t, hook("--timeout", "30", "certbot-auth", **last), 0, "the next run")
    silent(t, hook("certbot-cleanup", **last), 0, "its clean-up")
    result = hook("clean")
    t.exits(result, 0, "dnshook clean works")
    t.match(r"removed _acme-challenge\.d1\.never\.test", result.out, "and takes it away", result)
    t.equal(at("d1.never.test"), [], "it is gone")


def certbot_without_journal(t, w):
    """certbot: where nothing can be put on record, every call waits for its own value"""
    hook = Hook(w, "cnone")
    env = certbot_environment("e.never.test", VALUES[0], 1)
    os.chmod(hook.state, 0o755)
    os.rename(hook.state, hook.state + "-gone")
    with open(hook.state, "w", encoding="utf-8"):
        pass
    script = ("mount -t tmpfs -o ro none /var/lib; " + os.environ["BINDIR"] +
              "/dnshook --timeout 8 certbot-auth")
    result = lab.run("unshare", "--mount", "sh", "-c", script,
                     env=lab.process.clean_environment(**hook.env, **env))
    t.exits(result, 1, "the first call fails, as its value is not served")
    t.match(r"e\.never\.test: after", result.err, "because it has waited", result)
    t.equal(at("e.never.test"), [], "nothing is left")


def certbot_full_disk(t, w):
    """certbot: where the disk is full before it is noted what is outstanding, a call waits itself"""
    hook = Hook(w, "cfull")
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4k,mode=0700", "none", hook.state],
                   check=True)  # room for an entry, not for the one that is to replace it
    env = certbot_environment("g.never.test", VALUES[0], 1)
    result = hook("--timeout", "8", "certbot-auth", **env)
    t.exits(result, 1, "the first call fails, as its value is not served")
    t.match(r"g\.never\.test: after", result.err, "because it has waited", result)
    t.match(r"No space left", result.err, "and why is said", result)
    t.equal(at("g.never.test") + hook.entries(), [], "nothing is left")


def certbot_wordless(t, w):
    """certbot: without a word, CERTBOT_AUTH_OUTPUT tells what a call is"""
    hook = Hook(w, "cless")
    env = certbot_environment("f.proto.test", VALUES[0])
    result = hook(**env)
    t.equal((result.code, result.err), (0, ""), "auth", result)
    line = result.out.strip()
    t.ok(VALUES[0] in line and "\n" not in line, "prints a line for its value", result)
    other = hook(**certbot_environment("f.proto.test", VALUES[1], CERTBOT_AUTH_OUTPUT=line))
    t.exits(other, 0, "with another value's line it is auth as well")
    t.equal(at("f.proto.test"), sorted(VALUES[:2]), "both values are there")
    silent(t, hook(**env, CERTBOT_AUTH_OUTPUT=line), 0, "with its own it is a clean-up")
    t.equal(at("f.proto.test"), [VALUES[1]], "which has taken that value away")
    silent(t, hook(**certbot_environment("f.proto.test", VALUES[1],
                                         CERTBOT_AUTH_OUTPUT=other.out.strip())), 0, "the other")
    failed = hook("--timeout", "6", **certbot_environment("f.never.test", VALUES[0]))
    t.ok(failed.code == 1 and VALUES[0] in failed.out, "an auth that fails has its line too", failed)
    t.equal(at("f.proto.test") + at("f.never.test") + hook.entries(), [], "nothing is left")


def certbot_malformed(t, w):
    """certbot: malformed calls"""
    hook = Hook(w, "cmal")
    refused(t, hook("certbot-auth"), 2, "CERTBOT_DOMAIN", "no environment")
    env = certbot_environment("a.proto.test", "t.v", CERTBOT_TOKEN="t")
    refused(t, hook("certbot-auth", **env), 2, "--preferred-challenges dns", "http-01")
    refused(t, hook("certbot-auth", "x", **certbot_environment("a.proto.test", "v")), 2,
            "arguments", "an argument")
    refused(t, hook("certbot-auth", **certbot_environment("a b", "v")), 2, "host name", "a name")


# ---- getssl, acme.sh -----------------------------------------------------------------------------


def getssl(t, w):
    """getssl's commands"""
    hook = Hook(w, "getssl")
    for words, more in ((("--protocol", "getssl"), {}), ((), {"DNSHOOK_PROTOCOL": "getssl"})):
        for domain in ("g.proto.test", "*.g.proto.test"):
            silent(t, hook(*words, "add", domain, VALUES[0], **more), 0, f"add {domain}")
            t.equal(at("g.proto.test"), [VALUES[0]], f"the value is there")
            silent(t, hook(*words, "remove", domain, VALUES[0], **more), 0, f"remove {domain}")
            t.equal(at("g.proto.test"), [], f"the value is gone")
    t.equal(hook.entries(), [], "nothing is on record")


def acme_sh(t, w):
    """acme.sh's functions"""
    hook = Hook(w, "acmesh")
    path = os.environ["PREFIX"] + "/share/dnshook/dns_dnshook.sh"
    script = ('_info() { printf "%s\\n" "info: $*"; }\n_err() { printf "%s\\n" "err: $*" >&2; }\n'
              f". {path}\n" '"$@"')

    def call(*words):
        return lab.run("sh", "-c", script, "sh", *words,
                       env=lab.process.clean_environment(**hook.env))
    name = "_acme-challenge.s.proto.test"
    t.exits(call("dns_dnshook_add", name, VALUES[1]), 0, "add works")
    t.equal(at("s.proto.test"), [VALUES[1]], "the value is there")
    t.exits(call("dns_dnshook_rm", name, VALUES[1]), 0, "rm works")
    t.equal(at("s.proto.test"), [], "the value is gone")
    for function in ("dns_dnshook_add", "dns_dnshook_rm"):
        result = call(function, "_acme-challenge.nowhere.elsewhere", VALUES[1])
        t.ok(result.code != 0 and "err: " in result.err, f"{function} fails, and says so", result)
    t.equal(hook.entries(), [], "nothing is on record")


# ---- commands ------------------------------------------------------------------------------------


def add_and_remove(t, w):
    """dnshook add and remove"""
    hook = Hook(w, "add")
    for name in ("_acme-challenge.x.proto.test", "_acme-challenge.X.proto.test.", "x.proto.test"):
        owner = name.lower().rstrip(".")
        silent(t, hook("add", name, VALUES[1]), 0, f"{name}: add")
        t.equal(dnsq.texts(v4(10), owner), [VALUES[1]], f"{name}: the value is there")
        silent(t, hook("remove", name, VALUES[1]), 0, f"{name}: remove")
        t.equal(dnsq.texts(v4(10), owner), [], f"{name}: the value is gone")
    t.exits(hook("add", "_acme-challenge.alias.proto.test", VALUES[0]), 1, "no CNAME is followed")
    result = hook("--timeout", "6", "add", "_acme-challenge.x.never.test", VALUES[0])
    t.exits(result, 1, "a value that is not served")
    t.equal(at("x.never.test") + hook.entries(), [], "is taken away", result)
    for words in (("add",), ("add", "a.test"), ("add", "a b", "v"), ("remove", "192.0.2.1", "v"),
                  ("remove", "a.test", ""), ("add", "a.test", "v", "w")):
        result = hook(*words)
        t.ok(result.code == 2 and result.err.startswith("dnshook: "), f"{words}: wrong", result)


def clean(t, w):
    """dnshook clean"""
    hook = Hook(w, "clean")
    silent(t, hook("clean"), 0, "with an empty journal")
    running = hook.start("challenge-dns-start", "k.never.test", "", VALUES[0])
    dnsq.wait_until(lambda: at("k.never.test"), "the value of the call that is killed")
    t.match(r"^kept ", hook("clean").out, "a call that is under way keeps its value")
    t.equal(at("k.never.test"), [VALUES[0]], "which is there")
    running.signal(signal.SIGKILL)
    running.wait()
    silent(t, hook("challenge-dns-start", "l.proto.test", "", VALUES[0]), 0, "a start")
    silent(t, hook("add", "_acme-challenge.l2.proto.test", VALUES[1]), 0, "a bare value")
    result = hook("clean")
    t.exits(result, 0, "clean works")
    t.match(r"^removed _acme-challenge\.k\.never\.test \S+ \(rfc2136, ", result.out,
            "what was killed is taken away", result)
    t.match(r"kept +_acme-challenge\.l\.proto\.test", result.out, "what is young is kept", result)
    t.match(r"clean all", result.err, "and how to take it away is said", result)
    t.equal((at("k.never.test"), at("l.proto.test")), ([], [VALUES[0]]), "so it is in the zone")
    env = dict(RFC2136_TSIG_SECRET=servers.Key("x").secret)
    result = hook("--json", "clean", "all", **env)
    t.exits(result, 1, "with a wrong key")
    t.equal([each["state"] for each in json.loads(result.out)], ["failed"] * 2, "all have failed")
    result = hook("--json", "clean", "all")
    t.exits(result, 0, "clean all")
    t.equal(sorted((each["record"], each["account"], each["state"])
                   for each in json.loads(result.out)),
            [("_acme-challenge.l.proto.test", "rfc2136", "removed"),
             ("_acme-challenge.l2.proto.test", "rfc2136", "removed")], "takes away all", result)
    t.equal(at("l.proto.test") + at("l2.proto.test") + hook.entries(), [], "nothing is left")
    refused(t, hook("clean", "everything"), 2, "usage", "another word")


# ---- which client it is --------------------------------------------------------------------------


def forced(t, w):
    """--protocol and DNSHOOK_PROTOCOL"""
    hook = Hook(w, "forced")
    refused(t, hook("--protocol", "dehydratd", "x"), 2, "did you mean dehydrated", "a wrong name")
    refused(t, hook("x", DNSHOOK_PROTOCOL="y"), 2, "DNSHOOK_PROTOCOL", "a wrong variable")
    silent(t, hook("--protocol", "acmetool", "to-come"), 42, "acmetool: an unknown event")
    silent(t, hook("to-come", ACME_STATE_DIR="/x"), 42, "acmetool's environment")
    refused(t, hook("--protocol", "uacme", "to-come"), 2, "no event of uacme", "uacme")
    refused(t, hook("--protocol", "lego"), 2, "nothing to do", "no word at all")
    silent(t, hook("--protocol", "dehydrated", "present", "a", "b"), 0, "the words of others")
    t.exits(hook("--version", DNSHOOK_PROTOCOL="dehydrated"), 0, "an option")
    result = hook("providers", DNSHOOK_PROTOCOL="dehydrated")
    t.ok(result.code == 0 and "rfc2136" in result.out, "a command is a command", result)
    t.exits(hook("present"), 2, "a known word needs no option")


def nobody(t, w):
    """a name that the configuration routes to nobody"""
    hook = Hook(w, "nobody")
    del hook.env["DNSHOOK_PROVIDER"]
    path = f"{HOME}/nobody.conf"
    with open(path, "w", encoding="utf-8") as file:
        file.write("[domain proto.test]\naccount = none\n")
    hook.env["DNSHOOK_CONFIG"] = path
    silent(t, hook("challenge-dns-start", "a.proto.test", "", VALUES[0]), 42, "acmetool: start")
    silent(t, hook("challenge-dns-stop", "a.proto.test", "", VALUES[0]), 42, "acmetool: stop")
    for words in (("deploy_challenge", "a.proto.test", "t", VALUES[0]),
                  ("present", "_acme-challenge.a.proto.test.", VALUES[0]),
                  ("begin", "dns-01", "a.proto.test", "t", VALUES[0]),
                  ("setup", "a.proto.test", VALUES[0]),
                  ("--protocol", "getssl", "add", "a.proto.test", VALUES[0]),
                  ("add", "_acme-challenge.a.proto.test", VALUES[0])):
        refused(t, hook(*words), 1, "goes to no account", words[0])
    env = certbot_environment("a.proto.test", VALUES[0])
    refused(t, hook("certbot-auth", **env), 1, "goes to no account", "certbot")


def main():
    """The test."""
    lab.enter()
    tap = lab.Tap()
    with lab.World() as w:
        build(w)
        wanted = sys.argv[1:]
        scenarios = [dehydrated_events, dehydrated_chain, dehydrated_clean,
                     dehydrated_malformed, lego, uacme, mod_md,
                     certbot_waits_once, certbot_other_run, certbot_without_journal,
                     certbot_full_disk, certbot_wordless, certbot_malformed, getssl, acme_sh, add_and_remove, clean,
                     forced, nobody]
        tap.run([each for each in scenarios if not wanted or each.__name__ in wanted], w,
                parallel=4)
        w.finish(tap)


if __name__ == "__main__":
    main()
