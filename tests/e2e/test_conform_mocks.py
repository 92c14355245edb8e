#!/usr/bin/python3
"""dnshook conform against tests/mocks/service.c: a provider that keeps every rule passes, and each
one that breaks a rule fails with the name of that rule and of no other."""
import json
import os
import signal
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir))

import lab  # noqa: E402
from lab import mock  # noqa: E402
from lab.mock import PROVIDER, records  # noqa: E402

HOME = lab.namespace.HOME
ADD_LATE = "the time ends between any two steps of add()"
LATE = [ADD_LATE, "the time ends between any two steps of remove()",
        "the user interrupts between any two steps of add()",
        "the user interrupts between any two steps of remove()"]

# The fault, and the rule that is named with the checks that fail; None: any.
FAULTS = {
    "overwrite": ("keep", ["a second value goes beside the first", "eight values at one name",
                           "some are removed, the others stay"]),
    "remove-all": ("keep", ["some are removed, the others stay"]),
    "race": ("keep", ["several processes change one name at a time"]),
    "gone": ("remove-again", ["removing what is gone, or was never there, is success"]),
    "twice": ("add-again", ["adding what is there changes nothing"]),
    "double": ("add-again", ["adding what is there changes nothing"]),
    "truncate": ("value", ["the longest value, 255 bytes"]),
    "hyphen": ("value", ["a value that begins with a hyphen"]),
    "quotes": ("value", ["a value with quotes and backslashes"]),
    "blanks": ("value", ["a value with blanks"]),
    "lower": ("value", ["a value in capital and small letters"]),
    "decode": ("value", ["a value with signs that mean something elsewhere"]),
    "comment": ("value", ["a value with signs that mean something elsewhere"]),
    "long-name": ("name", ["the longest name, 253 bytes"]),
    "no-add": ("add", ["a value is added"]),
    "no-remove": ("remove", ["it is removed, and the set with it"]),
    "forget": ("other-process", ["another process removes the value"]),
    "effect": ("effect", ["effect says what was found"]),
    "half": ("apply", ["many values are added in one call"]),
    "zone": ("zone", ["a name in no zone is refused"]),
    "credentials": ("credentials", ["wrong credentials are refused"]),
    "check": ("credentials", ["wrong credentials are refused"]),
    "deadline": ("deadline", ["a call ends when its time is over"]),
    "deaf": ("interruption", LATE),
    "early-ok": ("interruption", [ADD_LATE]),
    "leftover": ("interruption", LATE),
    "globals": ("handle", ["two handles know nothing of one another"]),
    "status": ("status", ["every call returned a status"]),
    "reason": ("reason", ["every failure was given a reason"]),
    "secret": ("secret", ["no message held a secret"]),
    "url": ("secret", ["no message held a secret"]),
    "umask": ("process", ["the process was left as it was"]),
    "directory": ("process", ["the process was left as it was"]),
    "locale": ("process", ["the process was left as it was"]),
    "signal": ("process", ["the process was left as it was"]),
    "environment": ("process", ["the process was left as it was"]),
    "stdout": ("process", ["the process was left as it was"]),
    "stderr": ("process", ["the process was left as it was"]),
    "exit": ("process", ["the process was left as it was"]),
    "crash": ("process", ["the process was left as it was"]),
    "hang": ("deadline", ["a call ends when its time is over"]),
}
# What a note says of a fault, where the check alone does not tell it.
NOTES = {"check": "everything else works with", "url": "secret parameter in its URL",
         "umask": "the umask", "directory": "the working directory", "locale": "the locale",
         "signal": "a signal handler", "environment": "the environment",
         "stdout": "standard output", "stderr": "standard error",
         "exit": "exit status 0 in add", "crash": "signal 6",
         "globals": "another handle's host", "hang": r"add\(\) had not returned"}
# After these the service is left as it was found.
DIRTY = {"forget", "leftover", "no-remove", "exit", "crash", "hang"}


def environment(fault="good", **more):
    """The environment of one provider, with a service of its own."""
    return mock.environment(fault, path=f"{HOME}/{fault}-{os.urandom(4).hex()}", **more)


def conform(w, env, *words, **options):
    """Runs it without DNS."""
    return w.dnshook(*words, "--no-dns", "conform", PROVIDER, "example.org", env=env,
                     **{"timeout": 300, **options})


def good(t, w):
    """a provider that keeps every rule"""
    env = environment()
    result = conform(w, env)
    lines = result.out.splitlines()
    t.exits(result, 0)
    t.equal(lines[0], "TAP version 13", "a version line")
    count = int(lines[1].removeprefix("1.."))
    t.ok(count >= 30, "a plan", lines[1])
    results = [line for line in lines[2:] if line.startswith(("ok ", "not ok "))]
    t.equal([int(line.split()[1]) for line in results], list(range(1, count + 1)), "in order")
    t.no_match("not ok|SKIP", result.out, "nothing fails, nothing is skipped", result)
    t.equal(result.err, "", "nothing is said")
    t.equal(records(env), [], "nothing is left")


def foreign(t, w):
    """what others have in the zone stays, also after failures"""
    for fault in ("good", "remove-all", "half"):
        env = environment(fault)
        there = ["_acme-challenge.www.example.org theirs", "www.example.org theirs"]
        with open(env["MOCK_FILE"], "w", encoding="utf-8") as file:
            file.write("\n".join(there) + "\n")
        result = conform(w, env)
        t.equal(records(env), there, f"{fault}: the same", result)


def as_json(t, w):
    """results as JSON"""
    result = conform(w, environment("overwrite"), "--json")
    t.exits(result, 1)
    report = json.loads(result.out)
    t.equal([report[key] for key in ("provider", "version", "domain", "dns", "ok")],
            ["service", "1", "example.org", False, False], "the head")
    t.equal({each["result"] for each in report["results"]}, {"ok", "failed", "skipped"},
            "the results", result)
    t.ok(all(each["notes"] for each in report["results"] if each["result"] != "ok"),
         "each failure and each skip has a note", result)


def configured(t, w):
    """an account of a configuration, by its name"""
    env = {"MOCK_FAULT": "half"}  # an account does not look into the environment
    path = HOME + "/dnshook.conf"
    with open(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600), "w", encoding="utf-8") as file:
        file.write(f"[account mine]\nprovider = service\nfile = {HOME}/service-configured\n"
                   "token = the-good-token\n")
    result = w.dnshook("--config", path, "--provider-dir", os.path.dirname(PROVIDER), "--no-dns",
                       "conform", "mine", "example.org", env=env, timeout=300)
    t.exits(result, 0)
    t.no_match("not ok|SKIP", result.out, "nothing fails, nothing is skipped", result)


def skips(t, w):
    """what cannot be tried is skipped, with the reason"""
    result = conform(w, environment("unknown"))
    t.exits(result, 0)
    t.match("effect says what was found # SKIP .*UNKNOWN", result.out, "an unknown effect", result)
    t.match("a second value goes beside the first # SKIP .*DNS", result.out, "and what rests on it",
            result)
    result = conform(w, environment("credentials", MOCK_TOKEN=""))
    t.exits(result, 0)
    t.match("wrong credentials are refused # SKIP no parameter that is a secret is set", result.out,
            "no secret", result)


def usage(t, w):
    """wrong usage, and a provider that cannot be opened"""
    env = environment()
    rows = [(["--no-dns", "conform", PROVIDER], 2, "usage: .*conform PROVIDER DOMAIN"),
            (["--no-dns", "conform", PROVIDER, "not a host"], 2, "the domain"),
            (["--no-dns", "conform", PROVIDER, ".".join(["a" * 50] * 4)], 2, "no room"),
            (["--no-dns", "check", "example.org"], 2, "--no-dns is for dnshook conform alone"),
            (["--no-dns", "conform", "./missing.so", "example.org"], 1, "missing.so"),
            (["--no-dns", "conform", "nobody", "example.org"], 1, "there is no provider 'nobody'")]
    for words, code, text in rows:
        result = w.dnshook(*words, env=env)
        t.exits(result, code, f"{' '.join(words[1:])}: exit status {code}")
        t.match(text, result.err, f"and says why: {text}", result)
    result = conform(w, {**env, "MOCK_FILE": ""})
    t.exits(result, 1, "a parameter is missing: exit status 1")
    t.match("MOCK_FILE", result.err, "and it is named", result)


def broken(fault):
    """Makes the scenario of one fault."""
    rule, checks = FAULTS[fault]

    def scenario(t, w):
        env = environment(fault)
        result = conform(w, env, "--json")
        t.exits(result, 1)
        failed = [each for each in json.loads(result.out)["results"] if each["result"] == "failed"]
        t.equal({each["rule"] for each in failed}, {rule}, f"breaks the rule {rule} alone", result)
        t.equal([each["check"] for each in failed], checks, "in the right place", result)
        notes = "\n".join(note for each in failed for note in each["notes"])
        t.match(NOTES.get(fault, "."), notes, "and it is said how", result)
        if fault not in DIRTY:
            t.equal(records(env), [], "nothing is left", result)
    scenario.__doc__ = f"a provider with the fault {fault}"
    return scenario


def tells_rule(t, w):
    """a failure in TAP names the rule and the manual"""
    result = conform(w, environment("overwrite"))
    t.match(r"not ok \d+ - keep: [^\n]*\n# breaks the rule \"keep\" of dnshook-provider\(3\), RULES"
            r"\n# at _acme-challenge\.", result.out, "with the name of what was tried", result)


def interrupted(t, w):
    """a signal ends it, and all is taken away"""
    env = environment("slow")
    running = w.start_dnshook("--no-dns", "conform", PROVIDER, "example.org", env=env, timeout=120)
    deadline = time.monotonic() + 60
    while len(records(env)) < 4 and time.monotonic() < deadline:
        time.sleep(0.05)
    running.signal(signal.SIGTERM)
    sent = time.monotonic()
    result = running.wait()
    t.exits(result, 128 + signal.SIGTERM)
    t.ok(result.ended - sent <= 12, "within the time for cleaning up", result)
    t.equal(records(env), [], "nothing is left", result)
    t.match("# SKIP interrupted", result.out, "what was not tried is skipped", result)


def out_of_time(t, w):
    """the time of the run ends it, and all is taken away"""
    env = environment("slow")
    result = conform(w, env, "--timeout", "6")
    t.exits(result, 1)
    t.ok(result.wall <= 8.5, "in time", result)
    t.equal(records(env), [], "nothing is left", result)
    t.match("the time was over", result.err, "and says so", result)


def main():
    """The test."""
    lab.enter()
    tap = lab.Tap()
    with lab.World() as w:
        mock.compile_provider()
        tap.run([good, foreign, as_json, configured, skips, usage, tells_rule, interrupted, out_of_time], w,
                parallel=3)
        tap.run([broken(fault) for fault in FAULTS], w, parallel=4)
        w.finish(tap)


if __name__ == "__main__":
    main()
