#!/usr/bin/python3
"""The interface holds what its number promises: providers compiled long ago, against the headers that
are kept in tests/abi, work with today's program; so does one that is compiled against a later header,
and one in C++; and today's header breaks nothing of a kept one."""
import glob
import gzip
import os
import platform
import re
import shlex
import shutil
import sys

TESTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir)
sys.path[:0] = [TESTS, os.path.join(TESTS, "abi")]

import lab  # noqa: E402
import layout  # noqa: E402
from lab import process, route53, servers, zones  # noqa: E402
from lab.world import both, v4  # noqa: E402

TOP = os.environ.get("TOP_SRCDIR") or os.path.dirname(os.path.abspath(TESTS))
HOME = lab.namespace.HOME
CC = shlex.split(os.environ.get("CC") or "cc")
CXX = shlex.split(os.environ.get("CXX") or "c++")
HEADER = TOP + "/include/dnshook/provider.h"
KEPT = sorted(glob.glob(TOP + "/tests/abi/[0-9]*"))
TK1 = servers.Key("tk1")
STRICT = ["-Wall", "-Wextra", "-Werror", "-fPIC", "-shared", "-fvisibility=hidden", "-Wl,-z,defs"]
OURS = {"cloudflare", "exec", "rfc2136", "route53"}
SMALL = {"example": ["example.c"], "acme": ["acme.c", "service.c"]}
DIALECT = ["-D_GNU_SOURCE", "-std=gnu11", '-DPACKAGE_VERSION="0.1.0"']


class Cast:
    """Where values go: a zone in BIND, and one in the stand-in of Route 53."""

    def __init__(self, w, tap):
        self.world, self.tap = w, tap
        self.aws = route53.Aws(w)
        self.zone = self.aws.account().zone("hosted.test")
        w.delegate("abi.test", {"ns1.abi.test": both(10)})
        w.start()
        self.aws.start()
        bind = w.add(servers.Bind("bind", w.addresses(10), keys=[TK1]))
        bind.primary("abi.test", zones.zone_text("abi.test", {"ns1.abi.test": both(10)}))
        bind.start()


def read(path):
    """A file's text."""
    with open(path, encoding="utf-8") as file:
        return file.read()


def write(path, text):
    """Makes a file and the directories above it."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


# ---- running a provider --------------------------------------------------------------------------


def small(t, c, path):
    """One that keeps its records in a file: the contract."""
    name = os.path.basename(path)[:-len(".so")]
    store = f"{path}.store"
    write(store, "=sesame\n" if name == "acme" else "")
    env = {f"{name.upper()}_{word}": value for word, value in
           (("TOKEN", "sesame"), ("STORE", store), ("FILE", store))}
    result = c.world.dnshook("--no-dns", "conform", path, "example.org", env=env, timeout=300)
    t.exits(result, 0, f"{name}: passes conform")
    t.match(r"\nok \d+", result.out, f"{name}: results", result)


def round_trip(t, c, path, domain, **env):
    """One for a real service: dnshook test."""
    name = os.path.basename(path)[:-len(".so")]
    result = c.world.dnshook("--provider", path, "test", domain, env=env, timeout=300)
    t.exits(result, 0, f"{name}: passes test")
    t.match("everything works", result.err, f"{name}: a full round trip", result)


def rfc2136(t, c, path):
    """Its requests are those of dns_exchange()."""
    round_trip(t, c, path, "www.abi.test", RFC2136_NAMESERVER=v4(10), **TK1.environment())


def hosted(t, c, path):
    """Its requests are those of http()."""
    round_trip(t, c, path, "www.hosted.test",
               **c.zone.account.user().environment(ACME_HOSTED_ZONE=c.zone.id))


def told(t, c, path):
    """Any other: what it says of itself."""
    result = c.world.dnshook("info", path)
    t.exits(result, 0, f"{os.path.basename(path)}: passes info")


USES = {"example": small, "acme": small, "rfc2136": rfc2136, "route53": hosted}


def use(t, c, path):
    """Uses a provider as it is meant to be used."""
    USES.get(os.path.basename(path)[:-len(".so")], told)(t, c, path)


# ---- the header ----------------------------------------------------------------------------------


def header(t, _):
    """today's header"""
    now = layout.layout(read(HEADER), CC)
    number = re.search(r"^#define DNSHOOK_ABI (\d+)U$", read(HEADER), re.M).group(1)
    t.ok(f"{TOP}/tests/abi/{number}" in KEPT, f"number {number} is kept")
    for folder in KEPT:
        if os.path.basename(folder) != number:
            continue  # another number promises nothing
        kept = layout.layout(read(folder + "/provider.h"), CC)
        t.ok(len(kept["structs"]) >= 9 and len(kept["numbers"]) > 100, "a kept header is read")
        t.equal(layout.broken(kept, now), [], f"breaks nothing of number {number}")


# What must not be done to the header, as old and new text in turn, and what is then said.
BREAKS = {
    "a member in the middle": (["    const char *version; /* of dnshook",
                                "    int more; const char *version; /* of dnshook"],
                               "dnshook_host.log: offset and size"),
    "a member that is gone": (["    void (*close)(void *handle);", ""],
                              "dnshook_provider.close is gone"),
    "a larger member": (["    uint32_t ttl; ", "    uint64_t ttl; "], "dnshook_change.ttl: offset"),
    "a smaller array": (["#define DNSHOOK_TOKEN_SIZE 128", "#define DNSHOOK_TOKEN_SIZE 64"],
                        "dnshook_change.token: offset"),
    "a member in the padding at the end": (["token[DNSHOOK_TOKEN_SIZE];",
                                            "token[DNSHOOK_TOKEN_SIZE]; uint32_t more;"],
                                           "dnshook_change.more is new and not behind the end"),
    "two members that change places": (["uint32_t ttl; ", "uint32_t other; ",
                                        "uint32_t effect; ", "uint32_t ttl; ",
                                        "uint32_t other; ", "uint32_t effect; "],
                                       "dnshook_change.ttl: offset and size"),
    "another argument": (["host, int64_t milliseconds)", "host, int64_t milliseconds, int more)"],
                         "dnshook_host.sleep was declared as"),
    "another argument of a callback": (["typedef int dnshook_name_fn(void *opaque, const char *",
                                        "typedef int dnshook_name_fn(void *opaque, char *"],
                                       "dnshook_name_fn was declared as"),
    "another status": (["DNSHOOK_DENIED = 3", "DNSHOOK_DENIED = 33"], "DNSHOOK_DENIED was 3"),
    "another flag": (["#define DNSHOOK_PARAM_SECRET 0x2U", "#define DNSHOOK_PARAM_SECRET 0x200U"],
                     "DNSHOOK_PARAM_SECRET was 2"),
}


def grown(text):
    """A later header: every struct has more members at its end, and there is one more status."""
    text = re.sub(r"^(struct \w+ \{\n.*?)^\};", r"\1    uint64_t later[4];\n};", text,
                  flags=re.M | re.S)
    return text.replace("DNSHOOK_UNSUPPORTED = 12", "DNSHOOK_UNSUPPORTED = 12, DNSHOOK_LATER = 13")


def changes(t, _):
    """what a header may not change, and what it may"""
    text = read(HEADER)
    before = layout.layout(text, CC)
    t.equal(layout.broken(before, before), [], "nothing: nothing is said")
    for name, (words, said) in BREAKS.items():
        changed = text
        for old, new in zip(words[::2], words[1::2]):
            t.ok(old in changed, f"{name}: there is something to change")
            changed = changed.replace(old, new)
        wrong = layout.broken(before, layout.layout(changed, CC))
        t.ok(any(said in line for line in wrong), f"{name}: it is said", "\n".join(wrong))
    later = layout.layout(grown(text), CC)
    t.ok(all(later["numbers"][each][1] > before["numbers"][each][1] for each in before["structs"]),
         "larger structs are larger")
    t.equal(layout.broken(before, later), [], "members at the end, and a new status: nothing is said")


# ---- providers -----------------------------------------------------------------------------------


def compiled(t, name, sources, folder, *flags, libs=(), cwd=TOP):
    """Compiles a provider against the header in a folder."""
    path = f"{folder}/{name}.so"
    result = process.run(*CC, "-I", folder, "-o", path, *flags, *sources, *libs, cwd=cwd,
                         timeout=300)
    t.exits(result, 0, f"{name}: compiles")
    return path


def old_sources(t, c):
    """old sources with the old header"""
    for kept in KEPT:
        folder = f"{HOME}/sources-{os.path.basename(kept)}"
        write(folder + "/dnshook/provider.h", read(kept + "/provider.h"))
        for name, sources in SMALL.items():
            small(t, c, compiled(t, name, sources, folder, *STRICT, "-std=c11",
                                 '-DPACKAGE_VERSION="0.1.0"', cwd=kept))
    t.ok(KEPT, "a header is kept")


def missing_libraries(path):
    """The libraries that a compiled provider needs and this machine does not have."""
    return re.findall(r"(\S+) => not found", process.run("ldd", path).out)


def old_binaries(t, c):
    """old providers, compiled then"""
    machine = platform.machine()
    files = [path for kept in KEPT for path in sorted(glob.glob(f"{kept}/{machine}/*.so.gz"))]
    if not files:
        c.tap.skip("old providers, compiled then", f"none are kept for this machine, {machine}")
        t.ok(KEPT, "... which is not for want of a header")
    for number in {file.split("/")[-3] for file in files}:
        kept = {os.path.basename(file)[:-len(".so.gz")] for file in files
                if file.split("/")[-3] == number}
        t.ok(kept >= OURS, f"number {number}: each of our providers is kept", sorted(OURS - kept))
    for file in files:
        number, name = file.split("/")[-3], os.path.basename(file)[:-len(".gz")]
        path = f"{HOME}/binaries-{number}/{name}"
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with gzip.open(file) as packed, open(path, "wb") as out:
            shutil.copyfileobj(packed, out)
        os.chmod(path, 0o644)
        missing = missing_libraries(path)
        if missing:
            c.tap.skip(f"number {number}: {name}", "needs " + ", ".join(missing))
        else:
            use(t, c, path)


def libraries(*names):
    """What pkg-config says of libraries."""
    return process.run("pkg-config", "--cflags", "--libs", *names).out.split()


def later(t, c):
    """providers of a later header, with larger structs"""
    folder = HOME + "/later"
    write(folder + "/dnshook/provider.h", grown(read(HEADER)))
    result = c.world.dnshook("new-provider", "acme", folder + "/acme")
    t.exits(result, 0, "there is a project")
    text = read(folder + "/acme/acme.c").replace(
        "    if (service == NULL)\n", "    if (DNSHOOK_HAS(host, struct dnshook_host, later))\n"
        '        return dnshook_fail(host, DNSHOOK_REJECTED, "this is a later host");\n'
        "    if (service == NULL)\n")
    t.ok("later" in text, "it asks for a later service")
    write(folder + "/acme/acme.c", text)
    common = ["-O1", "-fPIC", "-shared", "-fvisibility=hidden", "-Wl,-z,defs", *DIALECT]
    small(t, c, compiled(t, "acme", ["acme/acme.c", "acme/service.c"], folder, *common, cwd=folder))
    for name, run in (("rfc2136", rfc2136), ("route53", hosted)):
        sources = [each for part in (name, "common")
                   for each in sorted(glob.glob(f"{TOP}/providers/{part}/*.c"))]
        run(t, c, compiled(t, name, sources, folder, *common, "-I", TOP + "/providers/common",
                           libs=libraries("ldns", "libxml-2.0", "jansson", "libcrypto")))


def cxx(t, c):
    """a provider in C++"""
    if shutil.which(CXX[0], path=process.SEARCH_PATH) is None:
        c.tap.skip("a provider in C++", f"there is no C++ compiler, {CXX[0]}")
        return t.ok(True, "there is nothing to try")
    path, exports = HOME + "/cxx/cxx.so", HOME + "/cxx/exports"
    write(exports, "{ global: dnshook_provider_get; local: *; };\n")
    result = process.run(*CXX, "-std=c++11", *STRICT, "-Wl,--version-script=" + exports, "-I",
                         TOP + "/include", "-o", path, TOP + "/tests/mocks/cxx.cc", timeout=300)
    t.exits(result, 0, "compiles without a warning")
    names = process.run("nm", "-D", "--defined-only", path).out.split()[2::3]
    t.equal(names, ["dnshook_provider_get"], "one symbol is exported")
    small(t, c, path)
    write(path + ".store", "another token\nno line\n")
    result = c.world.dnshook("--provider", path, "test", "www.abi.test", timeout=120,
                             env={"CXX_TOKEN": "sesame", "CXX_FILE": path + ".store"})
    t.exits(result, 1, "an exception is a status")
    t.match("cxx: another token", result.err, "... with its text", result)
    result = c.world.dnshook("--provider", path, "test", "www.abi.test", timeout=120,
                             env={"CXX_TOKEN": "sesame", "CXX_FILE": "relative"})
    return t.match("cxx: CXX_FILE is no absolute path", result.err, "an exception of open()",
                   result)


# ---- which files are opened ----------------------------------------------------------------------


def opened(t, c):
    """what nobody asks for is not loaded"""
    folder, trace = HOME + "/opened", HOME + "/trace"
    os.makedirs(folder)
    for name in ("marker", "good"):
        shutil.copy(f"{os.environ['TOP_BUILDDIR']}/tests/mocks/.libs/{name}.so", folder)
        os.chmod(f"{folder}/{name}.so", 0o644)

    def loaded(*words):
        if os.path.exists(trace):
            os.remove(trace)
        result = c.world.dnshook("--provider-dir", folder, *words, env={"MOCK_MARKER": trace})
        return os.path.exists(trace), result

    for words in (["--version"], ["--help"], ["info", "good"], ["info", "markr"],
                  ["check", "www.abi.test"], ["--provider", "good", "zones"],
                  ["--provider", "good", "--timeout", "2", "challenge-dns-start", "www.abi.test", "",
                   "value", ""],
                  ["live-updated"], ["new-provider", "acme", folder + "/acme"]):
        was, result = loaded(*words)
        t.ok(not was, f"{' '.join(words[:4])}: another provider is not loaded", result)
    for words in (["info", "marker"], ["providers"]):
        was, result = loaded(*words)
        t.ok(was, f"{' '.join(words)}: it is", result)


def main():
    """The test."""
    lab.enter()
    lab.namespace.need("pkg-config", "nm", "ldd")
    tap = lab.Tap()
    with lab.World() as w:
        cast = Cast(w, tap)
        tap.run([header, changes, old_sources, old_binaries, later, cxx, opened], cast, parallel=2)
        cast.aws.finish(tap)
        w.finish(tap)


if __name__ == "__main__":
    main()
