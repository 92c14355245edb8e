#!/usr/bin/python3
"""dnshook new-provider: what it writes builds, loads, passes its test, is installed and packed, by
an installed dnshook and nothing of its sources; and what it refuses to write."""
import json
import os
import re
import shutil
import stat
import subprocess
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir))

import lab  # noqa: E402
from lab import process  # noqa: E402

HOME = lab.namespace.HOME
PROVIDERS = os.environ.get("PROVIDERDIR", "")
MOST = 150  # lines of C
# Names with all that a name may have: makefiles and the environment have other rules.
NAMES = {"acme": "ACME", "0-x_y": "DNS_0_X_Y"}
PLAIN = {".gitignore", "Makefile.am", "README", "configure.ac", "service.c", "service.h"}
SCRIPTS = {"autogen.sh"}
INSTALLING = threading.Lock()  # a file that is half installed would be loaded by another scenario


def files_of(name):
    """What a project holds."""
    return PLAIN | SCRIPTS | {name + ".c", f"dnshook-{name}.7"}


def environment(**more):
    """As a person has it who has installed dnshook below a prefix of its own."""
    return process.clean_environment(PKG_CONFIG_PATH=os.environ["LIBDIR"] + "/pkgconfig", **more)


def step(t, name, *words, cwd, **more):
    """Runs a program that has to work and to say nothing that looks like a warning."""
    result = process.run(*words, cwd=cwd, env=environment(**more), timeout=900)
    t.exits(result, 0, name)
    return result


def write(w, name, folder, **options):
    """A project."""
    return w.dnshook("new-provider", name, folder, **options)


def read(path):
    """A file's text."""
    with open(path, encoding="utf-8") as file:
        return file.read()


def lines_of_c(folder):
    """How many lines of C are no comments and not blank."""
    texts = [re.sub(r"/\*.*?\*/", "", read(f"{folder}/{name}"), flags=re.S)
             for name in os.listdir(folder) if name.endswith((".c", ".h"))]
    return sum(1 for text in texts for line in text.splitlines() if line.strip())


def modes(folder):
    """{mode: names} of what is in a directory."""
    found = {}
    for name in os.listdir(folder):
        mode = stat.S_IMODE(os.lstat(f"{folder}/{name}").st_mode)
        found.setdefault(mode, set()).add(name)
    return found


def build(t, folder, compiler):
    """From the sources to a test that passes, in a build directory that is not the sources'."""
    there = f"{folder}-{compiler}"
    os.makedirs(there)
    step(t, f"{compiler}: configure", folder + "/configure", "-q", "CC=" + compiler,
         "CFLAGS=-O2 -Wconversion -Wshadow -Werror", cwd=there)
    step(t, f"{compiler}: make, without a warning", "make", "-s", cwd=there)
    return step(t, f"{compiler}: make check", "make", "check", cwd=there), there


def info(t, w, name, folder):
    """dnshook info and the manual page tell the same."""
    result = w.dnshook("--provider-dir", folder, "--json", "info", name)
    t.exits(result, 0, "info")
    if result.code != 0:
        return
    told = json.loads(result.out)
    wanted = {"token": NAMES[name] + "_TOKEN", "store": NAMES[name] + "_STORE"}
    t.equal({each["name"]: each["env"] for each in told["parameters"]}, wanted, "parameters")
    t.equal((told["name"], told["version"]), (name, "0.1.0"), "name and version")
    text = read(f"{HOME}/{name}/dnshook-{name}.7")
    page = dict(re.findall(r"^\.It Cm (\S+)\n\.Ev (\S+)", text, re.M))
    t.equal(page, wanted, "parameters of the manual page")
    if shutil.which("mandoc", path=process.SEARCH_PATH):
        lint = process.run("mandoc", "-Tlint", "-Wwarning", f"{HOME}/{name}/dnshook-{name}.7")
        t.exits(lint, 0, "mandoc finds nothing wrong")


def install(t, w, name, there):
    """make install puts it to where dnshook looks; make uninstall takes it away."""
    with INSTALLING:
        step(t, "make install", "make", "-s", "install", cwd=there)
        listed = {each["name"]: each["ok"] for each in json.loads(w.dnshook("--json", "providers").out)}
        t.equal(listed.get(name), True, "dnshook providers lists it")
        t.ok(not os.path.exists(f"{PROVIDERS}/{name}.la"), "no .la file is installed")
        step(t, "make uninstall", "make", "-s", "uninstall", cwd=there)
    t.ok(not os.path.exists(f"{PROVIDERS}/{name}.so"), "make uninstall takes it away")


def project(t, w, name):
    """a project, from nothing to installed"""
    t.title = f"{name}: {t.title}"
    folder = f"{HOME}/{name}"
    result = write(w, name, folder)
    t.exits(result, 0)
    t.equal(set(os.listdir(folder)), files_of(name), "its files")
    t.ok(set(result.out.split()) > {f"{folder}/{each}" for each in files_of(name)},
         "they are listed", result)
    t.ok(not re.search(r"@[A-Z]+@", "".join(read(f"{folder}/{each}") for each in files_of(name))),
         "no mark is left")
    count = lines_of_c(folder)
    t.ok(0 < count <= MOST, f"{count} lines of C, {MOST} at most")
    step(t, "autogen.sh", "sh", "-e", folder + "/autogen.sh", cwd="/")
    for compiler in ("gcc", "clang"):
        if shutil.which(compiler, path=process.SEARCH_PATH):
            checked, there = build(t, folder, compiler)
            t.match(r"\nok \d+", checked.out, f"{compiler}: results", checked)
            t.no_match(r"\nnot ok", checked.out, f"{compiler}: nothing fails", checked)
    exported = process.run("nm", "-D", "--defined-only", f"{there}/.libs/{name}.so").out
    t.equal(exported.split()[2::3], ["dnshook_provider_get"], "one function is exported")
    info(t, w, name, there + "/.libs")
    install(t, w, name, there)


def plain(t, w):
    """an ordinary name"""
    project(t, w, "acme")


def odd(t, w):
    """a name that is no identifier"""
    project(t, w, "0-x_y")


def packed(t, w):
    """make distcheck: the tarball builds, passes its test and installs elsewhere"""
    folder = HOME + "/packed"
    write(w, "packed", folder)
    for words in (["./autogen.sh"], ["./configure", "-q"]):
        step(t, words[0], *words, cwd=folder)
    step(t, "make distcheck", "make", "distcheck", cwd=folder)
    t.ok(os.path.exists(folder + "/dnshook-packed-0.1.0.tar.xz"), "the tarball is there")


def broken(t, w):
    """the test of the project can fail"""
    folder = HOME + "/broken"
    write(w, "broken", folder)
    text = read(folder + "/broken.c")
    changed = text.replace("status = service_delete(handle, at.list[i].id)", "status = DNSHOOK_OK")
    t.ok(text != changed, "there is something to break")
    with open(folder + "/broken.c", "w", encoding="utf-8") as file:
        file.write(changed)
    for words in (["./autogen.sh"], ["./configure", "-q"], ["make", "-s"]):
        step(t, words[0], *words, cwd=folder)
    result = process.run("make", "check", cwd=folder, env=environment(), timeout=900)
    t.ok(result.code != 0, "make check fails where remove() does nothing", result)
    t.match(r"\nnot ok", result.out, "a line says which", result)


# ---- what is refused -----------------------------------------------------------------------------


def names(t, w):
    """names that no provider can have"""
    for name in ("", "Acme", "a b", "../a", "-a", "_a", "a.b", "a" * 33, "service", "dnshook-a",
                 "conftest", "confdefs2"):
        folder = HOME + "/refused"
        result = write(w, name, folder)
        t.exits(result, 2, f"{name!r}: exit status 2")
        t.match(r"\Adnshook: the name [^\n]+\n\Z", result.err, f"{name!r}: one line", result)
        t.ok(not os.path.exists(folder), f"{name!r}: nothing is written")
    for words in ([], ["a"], ["a", "b", "c"]):
        result = w.dnshook("new-provider", *words)
        t.exits(result, 2, f"{len(words)} arguments: exit status 2")
        t.match("usage: .*new-provider NAME DIR", result.err, "the usage is said", result)


def refused(t, w, folder, pattern, name):
    """A directory that is not taken, and stays as it is."""
    before = sorted(os.listdir(folder)) if os.path.isdir(folder) else None
    result = write(w, "acme", folder)
    t.exits(result, 1, f"{name}: exit status 1")
    t.match(pattern, result.err, f"{name}: it is said", result)
    after = sorted(os.listdir(folder)) if os.path.isdir(folder) else None
    t.equal(after, before, f"{name}: nothing is written")


def directories(t, w):
    """directories"""
    base = HOME + "/directories"
    os.makedirs(base + "/full")
    os.makedirs(base + "/empty")
    for path in (base + "/full/.hidden", base + "/file"):
        with open(path, "w", encoding="utf-8") as file:
            file.write("mine\n")
    os.symlink("nowhere", base + "/dangling")
    refused(t, w, base + "/full", r"is there already, and \.hidden is in it", "not empty")
    refused(t, w, base + "/file", "Not a directory", "a file")
    refused(t, w, base + "/dangling", "No such file", "a link to nothing")
    refused(t, w, base + "/no/such", "No such file", "below no directory")
    t.equal(read(base + "/file"), "mine\n", "a file is left alone")
    t.exits(write(w, "acme", base + "/empty"), 0, "an empty one is taken")
    t.exits(write(w, "acme", "directories/here", cwd=HOME), 0, "a relative one is taken")
    t.equal(set(os.listdir(base + "/here")), files_of("acme"), "... from where the caller is")


def umasks(t, w):
    """the umask of the caller, but others may never write"""
    for umask, plain_mode in ((0o022, 0o644), (0o077, 0o600), (0o002, 0o664), (0, 0o664)):
        folder = f"{HOME}/umask-{umask:o}"
        write(w, "acme", folder, umask=umask)
        t.equal(modes(folder), {plain_mode: files_of("acme") - SCRIPTS,
                                0o777 & ~(umask | 0o002): SCRIPTS}, f"umask {umask:03o}")


def no_room(t, w):
    """a disk that is full"""
    disk = HOME + "/disk"
    os.makedirs(disk)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16k", "small", disk], check=True)
    result = write(w, "acme", disk + "/acme")
    t.exits(result, 1)
    t.match(r"\Adnshook: cannot write \S+: No space left", result.err, "it is said", result)
    t.equal(os.listdir(disk), [], "nothing is left")


def main():
    """The test."""
    lab.enter()
    lab.namespace.need("gcc", "make", "autoreconf", "libtoolize", "pkg-config")
    tap = lab.Tap()
    with lab.World() as w:
        tap.run([plain, odd, packed, broken, names, directories, umasks, no_room], w, parallel=2)
        w.finish(tap)


if __name__ == "__main__":
    main()
