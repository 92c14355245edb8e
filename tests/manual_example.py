#!/usr/bin/python3
"""The manual pages say what the program does: the provider in dnshook-provider(3) builds, loads and
works; options, commands, variables, parameters, members and statuses stand in the pages, and
nothing else does; the public header compiles alone."""
import glob
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

TOP = os.environ.get("TOP_SRCDIR") or os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BUILD = os.environ.get("TOP_BUILDDIR") or TOP
CC = shlex.split(os.environ.get("CC") or "cc")
CXX = shlex.split(os.environ.get("CXX") or "c++")
SANITIZERS = shlex.split(os.environ.get("SANITIZERS") or "")
HEADER = TOP + "/include/dnshook/provider.h"
BEGIN, END = "/* example.c */", "/* end of example.c */"
PAGES = {"program": "docs/dnshook.1", "provider": "docs/dnshook-provider.3",
         "config": "docs/dnshook.conf.5", "clients": "docs/dnshook-clients.7"}
ESCAPES = {"e": "\\", "&": "", "-": "-", "(aq": "'", "(ga": "`", "(ha": "^", "(ti": "~",
           "(dq": '"'}
PROXIES = {"https_proxy", "no_proxy"}  # libcurl's own
INTERNAL = {"DNSHOOK_PROVIDER_H", "DNSHOOK_PRINTF"}
OF_CLIENTS = {"DNS_ADD_COMMAND", "DNS_DEL_COMMAND", "DNS_EXTRA_WAIT"}  # settings of getssl
OF_THE_PROGRAM = {"DNSHOOK_PROVIDER"}  # a variable, which looks like a name of the header
# The policy in a page: {page: (provider, domain, variables) for which info prints it}.
POLICIES = {"providers/route53/dnshook-route53.7":
            ("route53", "my.domain.com", {"ACME_HOSTED_ZONE": "Z0123456789ABCDEFGHIJ"})}


class Skip(Exception):
    """A check that cannot be made here."""


def read(path):
    """A file's text."""
    with open(os.path.join(TOP, path), encoding="utf-8") as file:
        return file.read()


def page(name):
    """The source of a manual page."""
    return read(PAGES[name])


def provider_pages():
    """{provider: its page}."""
    found = {}
    for path in sorted(glob.glob(TOP + "/providers/*/dnshook-*.7")):
        found[os.path.basename(path)[len("dnshook-"):-len(".7")]] = os.path.relpath(path, TOP)
    if not found:
        raise RuntimeError("no provider has a page")
    return found


def all_pages():
    """Every page."""
    return sorted(PAGES.values()) + sorted(provider_pages().values())


def section(text, title):
    """A section of a page."""
    found = re.search(rf"^\.Sh {title}\n(.*?)(?=^\.Sh |\Z)", text, re.M | re.S)
    return found.group(1) if found else ""


def run(*words, **options):
    """Runs a program; its output is text."""
    return subprocess.run(words, capture_output=True, text=True, timeout=120, **options)


def complaints(result):
    """What a program that should have worked has to say."""
    if result.returncode == 0:
        return []
    lines = (result.stdout + result.stderr).splitlines()[:12]
    return [f"exit status {result.returncode}: {' '.join(result.args)[:200]}"] + lines


def differ(left, right, left_name, right_name):
    """Complaints about two sets that should be the same."""
    return ([f"only {left_name}: {each}" for each in sorted(left - right)] +
            [f"only {right_name}: {each}" for each in sorted(right - left)])


def dnshook(*words, **variables):
    """Runs the program without what the caller's environment says about it."""
    environment = {name: value for name, value in os.environ.items()
                   if not name.startswith(("ACME_", "AWS_", "CF_", "CLOUDFLARE_", "DNSHOOK_", "EXAMPLE_",
                                           "RFC2136_"))}
    return run(BUILD + "/core/dnshook", *words, env={**environment, **variables})


# ---- the example ---------------------------------------------------------------------------------


def between(lines):
    """The lines of the example, without the indentation that all have."""
    texts = [line.rstrip() for line in lines]
    stripped = [text.strip() for text in texts]
    first, last = stripped.index(BEGIN), stripped.index(END)
    indent = texts[first].index(BEGIN)
    return "\n".join(text[indent:] for text in texts[first:last + 1]) + "\n"


def example_of_source():
    """The example, from the source of the page."""
    def unescape(found):
        return ESCAPES[found.group(1)]
    return re.sub(r"\\(\(..|.)", unescape, between(page("provider").splitlines()))


def example_of_mandoc():
    """The example as a reader sees it."""
    result = run("mandoc", "-Tascii", "-O", "width=200", os.path.join(TOP, PAGES["provider"]))
    return between(re.sub(".\b", "", result.stdout).splitlines())


def check_extraction(_):
    """the example reads the same in the source of the page and on the terminal"""
    if shutil.which("mandoc") is None:
        raise Skip("needs mandoc")
    wrong = []
    if example_of_source() != example_of_mandoc():
        pairs = zip(example_of_source().splitlines(), example_of_mandoc().splitlines())
        wrong = [f"{a!r} is shown as {b!r}" for a, b in pairs if a != b][:5] or ["its length"]
    return wrong


def check_build(folder):
    """the example compiles, without a warning, and links without anything of ours"""
    with open(folder + "/example.c", "w", encoding="utf-8") as file:
        file.write(example_of_source())
    whole = SANITIZERS or ["-Wl,-z,defs"]
    return complaints(run(*CC, "-std=c11", "-Wall", "-Wextra", "-Werror", "-fPIC", "-shared",
                          "-fvisibility=hidden", *whole, "-I", TOP + "/include", "-o",
                          folder + "/example.so", folder + "/example.c"))


def check_symbols(folder):
    """the example exports one function"""
    if SANITIZERS:
        raise Skip("sanitizers export symbols of their own")
    result = run("nm", "-D", "--defined-only", folder + "/example.so")
    names = [line.split()[-1] for line in result.stdout.splitlines()]
    return complaints(result) + differ(set(names), {"dnshook_provider_get"}, "exported", "wanted")


def check_info(folder):
    """dnshook info accepts the example"""
    result = dnshook("--provider-dir", folder, "--json", "info", "example")
    if result.returncode != 0:
        return complaints(result)
    info = json.loads(result.stdout)
    names = [each["name"] for each in info["parameters"]]
    wrong = [] if info["name"] == "example" and names == ["file"] else [result.stdout]
    return wrong + [f"standard error: {line}" for line in result.stderr.splitlines()]


def check_providers(folder):
    """dnshook providers accepts the example"""
    result = dnshook("--provider-dir", folder, "--json", "providers")
    if result.returncode != 0:
        return complaints(result)
    found = [(each["name"], each["ok"]) for each in json.loads(result.stdout)]
    return [] if found == [("example", True)] else [result.stdout]


HARNESS = r"""
#include <dnshook/provider.h>
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *file;

static void say(const struct dnshook_host *host, int level, const char *text)
{
    (void)host; (void)level; fprintf(stderr, "%s\n", text);
}
static int fail(const struct dnshook_host *host, int status, const char *text)
{
    say(host, 0, text); return status;
}
static const char *param(const struct dnshook_host *host, const char *name)
{
    (void)host; return strcmp(name, "file") == 0 ? file : NULL;
}
static void *get(const struct dnshook_host *host, size_t size)
{
    (void)host; return size > 0 ? calloc(1, size) : NULL;
}
static void drop(const struct dnshook_host *host, void *memory)
{
    (void)host; free(memory);
}
int main(int argc, char **argv)
{
    static const struct dnshook_host host = {.size = sizeof host, .log = say, .fail = fail,
                                             .param = param, .alloc = get, .free = drop};
    const struct dnshook_zone zone = {.size = sizeof zone, .name = "example.test"};
    void *const module = dlopen(argv[1], RTLD_NOW);
    dnshook_provider_get_fn *entry = NULL;
    const struct dnshook_provider *op;
    void *handle = NULL;

    if (module == NULL || argc < 3)
        return 10;
    *(void **)&entry = dlsym(module, "dnshook_provider_get");
    op = entry();
    file = argv[2];
    if (op->open(&host, &handle) != DNSHOOK_OK)
        return 11;
    for (int i = 3; i + 2 < argc; i += 3) {
        struct dnshook_change change = {.size = sizeof change, .zone = &zone, .name = argv[i + 1],
                                        .value = argv[i + 2], .ttl = 60};
        const int add = argv[i][0] == '+';
        int status;

        change.action = add ? DNSHOOK_ADD : DNSHOOK_REMOVE;
        status = add ? op->add(handle, &change) : op->remove(handle, &change);
        printf("%d %u\n", status, status == DNSHOOK_OK ? change.effect : 0U);
    }
    op->close(handle);
    return 0;
}
"""
CHANGED, NO_CHANGE = "0 1", "0 2"
A, B = ("_acme-challenge.a.example.test", "one two"), ("_acme-challenge.a.example.test", "-two")
STEPS = [("+", *A, CHANGED), ("+", *A, NO_CHANGE), ("+", *B, CHANGED), ("-", *A, CHANGED),
         ("-", *A, NO_CHANGE), ("-", *B, CHANGED), ("+", *B, CHANGED)]


def check_behaviour(folder):
    """the example adds and removes one value of a set, and says what it found"""
    with open(folder + "/harness.c", "w", encoding="utf-8") as file:
        file.write(HARNESS)
    result = run(*CC, "-std=c11", *SANITIZERS, "-I", TOP + "/include", "-o", folder + "/harness",
                 folder + "/harness.c", "-ldl")
    if result.returncode != 0:
        return complaints(result)
    words = [word for step in STEPS for word in step[:3]]
    result = run(folder + "/harness", folder + "/example.so", folder + "/sets", *words)
    wrong = complaints(result)
    if result.stdout.splitlines() != [step[3] for step in STEPS]:
        wrong.append(f"the steps came to {result.stdout.splitlines()}")
    if not wrong and read(folder + "/sets") != f"{B[0]} {B[1]}\n":
        wrong.append("the file holds " + repr(read(folder + "/sets")))
    relative = run(folder + "/harness", folder + "/example.so", "sets")
    if relative.returncode != 11 or "EXAMPLE_FILE" not in relative.stderr:
        wrong.append("a relative path is taken")
    return wrong


# ---- dnshook(1) ----------------------------------------------------------------------------------


def help_words(title, pattern):
    """The words that a part of --help lists."""
    text = dnshook("--help").stdout
    part = re.search(rf"^{title}:\n((?:  .*\n)+)", text, re.M)
    return set(re.findall(pattern, part.group(1), re.M)) if part else set()


def help_lines(title):
    """What a part of --help says after the first word of each line."""
    text = dnshook("--help").stdout
    part = re.search(rf"^{title}:\n((?:  .*\n)+)", text, re.M)
    return [line.split(None, 1)[1] for line in part.group(1).splitlines()] if part else []


def check_options(_):
    """dnshook(1) has the options of --help, and no others"""
    shown = help_words("Options", r"^  (-[\w-]+)")
    text = page("program")
    listed = {"-" + each for each in re.findall(r"^\.It Fl (\S+)", section(text, "OPTIONS"), re.M)}
    used = {"-" + each for line in text.splitlines() if line.startswith(".")
            for each in re.findall(r"\bFl ([\w-]+)", line)}
    return (differ(shown, listed, "in --help", "in OPTIONS") +
            [f"no such option: {each}" for each in sorted(used - shown)] +
            ([] if shown else ["--help shows no options"]))


def check_commands(_):
    """dnshook(1) has the commands and events of --help, and no others"""
    shown = help_words("Commands", r"^  ([\w-]+)")
    listed = set(re.findall(r"^\.It Ic (\S+)", section(page("program"), "COMMANDS"), re.M))
    events = set(re.findall(r"challenge-dns-\w+", dnshook("--help").stdout))
    told = set(re.findall(r"^\.It Cm (challenge-\S+)", page("program"), re.M))
    return (differ(shown, listed, "in --help", "in COMMANDS") +
            differ(events, told, "in --help", "in DESCRIPTION") +
            ([] if shown and events else ["--help shows no commands or events"]))


def check_clients(_):
    """dnshook-clients(7) has the clients and words of --help, and no others"""
    shown = help_words("Clients", r"^  (\w+)")
    text = section(page("clients"), "CLIENTS")
    titled = set(re.findall(r"^\.Ss (\S+)$", text, re.M)) - {"acme.sh"}
    option = section(page("program"), "OPTIONS")
    listed = re.search(r"^\.It Fl -protocol.*?\n(.*?)^\.It ", option, re.M | re.S).group(1)
    named = set(re.findall(r"\b(\w+)(?= [,.]|$)", "\n".join(
        line for line in listed.splitlines() if line.startswith(".Cm ")), re.M))
    words = {word for line in help_lines("Clients") for group in re.findall(
        r"(?:^|, )([\w-]+(?:\|[\w-]+)*)(?= [A-Z-]|,)", line) for word in group.split("|")}
    told = {word for line in re.findall(r"^\.It Cm (.*)$", text, re.M)
            for word in re.findall(r"[a-z][\w-]*", line.split(" Ar ")[0].split(" Fl ")[0])}
    return (differ(shown, titled, "in --help", "in CLIENTS") +
            differ(shown, named, "in --help", "in --protocol") +
            differ(words, told, "in --help", "in the page") +
            ([] if shown and words else ["--help shows no clients"]))


def variables_of(text):
    """The variables that a page names with Ev."""
    return {each for line in text.splitlines() if re.search(r"\bEv\b", line)
            for each in re.findall(r"\bCF_\w+|\b[A-Z][A-Z0-9_]{2,}\b|\b[a-z]+_proxy\b", line)} - {"NAME"}


def variables_of_program():
    """The variables that the program itself reads."""
    code = "".join(read(path) for path in glob.glob(TOP + "/core/*.c"))
    return set(re.findall(r'\b(?:getenv|(?:process_)?variable)\("(\w+)"\)', code))


def check_variables(_):
    """dnshook(1) has every variable that the program reads, and no others"""
    used = variables_of_program()
    return (differ(used | PROXIES, variables_of(page("program")), "in core/", "in the page") +
            ([] if used else ["no variable is read in core/"]))


# ---- dnshook.conf(5) -----------------------------------------------------------------------------


def words_of_config(folder, text):
    """The words that there are, as the program says when it meets one that is not."""
    path = folder + "/dnshook.conf"
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    result = dnshook("--config", path, "config")
    found = re.search(r"There are (.*)", result.stderr)
    return set(found.group(1).split(", ")) if found else set()


def sections_of_page():
    """{section: the keys that the page lists in it}."""
    parts = re.split(r"^\.Ss \[(\w+).*\n", section(page("config"), "DESCRIPTION"), flags=re.M)
    return {name: set(re.findall(r"^\.It Cm (\S+)", text, re.M))
            for name, text in zip(parts[1::2], parts[2::2])}


def check_config(folder):
    """dnshook.conf(5) has the sections and keys of the program's table, and no others"""
    told = sections_of_page()
    there = words_of_config(folder, "[qqqqqqqqqq]\n")
    wrong = differ(there, set(told), "in the program", "in the page")
    if told.get("account") != {"provider"}:
        wrong.append("[account] takes `provider` and the provider's parameters")
    for name in sorted(there & set(told) - {"account"}):
        head = f"[{name} a.test]" if name == "domain" else f"[{name}]"
        wrong += [f"[{name}]: {each}" for each in differ(
            words_of_config(folder, head + "\nqqqqqqqqqq = 1\n"), told[name], "in the program",
            "in the page")]
    return wrong + ([] if len(there) > 3 else ["the program names no sections"])


def config_examples():
    """The examples of the page that are configurations, and the example with comments."""
    texts = re.findall(r"^\.Bd -literal[^\n]*\n(\[.*?)^\.Ed", page("config"), re.M | re.S)
    bare = re.sub(r"^#(?=[^ #\n])", "", read("docs/examples/dnshook.conf"), flags=re.M)
    return texts + [bare]


def check_config_examples(folder):
    """the configurations in dnshook.conf(5), and the example, are ones"""
    wrong = [] if len(config_examples()) == 3 else ["there are not three examples"]
    for number, text in enumerate(config_examples(), 1):
        path = f"{folder}/example-{number}.conf"
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(path, 0o600)
        os.makedirs(folder + "/credentials", exist_ok=True)
        with open(folder + "/credentials/acme-key", "w", encoding="utf-8") as file:
            file.write("c2VjcmV0\n")
        result = dnshook("--provider-dir", BUILD + "/providers/.libs", "--config", path, "config",
                         SECOND_SECRET="c2VjcmV0", LAB_SERVER="ns.example.org",
                         CREDENTIALS_DIRECTORY=folder + "/credentials")
        wrong += [f"example {number}: {line}" for line in complaints(result)]
    return wrong


# ---- the providers' pages ------------------------------------------------------------------------


def info_of(provider):
    """The table of a provider."""
    result = dnshook("--provider-dir", BUILD + "/providers/.libs", "--json", "info", provider)
    if result.returncode != 0:
        raise RuntimeError("\n".join(complaints(result)))
    return json.loads(result.stdout)


def environment_of(info):
    """The variables of a table."""
    return {name for each in info["parameters"] for name in each["env"].split()}


def check_parameters(_):
    """each provider's page has the parameters and files of dnshook info, and no others"""
    wrong = []
    for provider, path in provider_pages().items():
        info, text = info_of(provider), read(path)
        names = {each["name"] for each in info["parameters"]}
        listed = set(re.findall(r"^\.It Cm (\S+)", section(text, "PARAMETERS"), re.M))
        files = [each for each in info["variable-files"].split() if each not in text]
        wrong += differ(names, listed, f"in the table of {provider}", "in " + path)
        wrong += [f"not in {path}: {each}" for each in files]
    return wrong


def check_parameter_variables(_):
    """each provider's page has the variables of its parameters; no page has others like them"""
    tables = {provider: environment_of(info_of(provider)) for provider in provider_pages()}
    known = set().union(*tables.values())
    prefixes = "|".join(sorted({each.split("_")[0] for each in known}))
    program = variables_of_program() | set(re.findall(r"\bDNSHOOK_[A-Z_]+\b", read(HEADER)))
    wrong = []
    for provider, path in provider_pages().items():
        told = variables_of(section(read(path), "PARAMETERS")) - program
        wrong += differ(tables[provider], told, f"in the table of {provider}", "in " + path)
    for path in all_pages():
        used = set(re.findall(rf"\b(?:{prefixes})_[A-Z0-9_]*[A-Z0-9]\b", read(path)))
        wrong += [f"{path} names {each}, which nobody reads" for each in sorted(used)
                  if each not in known | program | OF_CLIENTS
                  and each.removesuffix("_FILE") not in known]
    return wrong


def only_json(text):
    """The JSON text between a line with { and one with }; a mistake in it is an error."""
    found = re.search(r"^\{\n.*?^\}$", text, re.M | re.S)
    return json.loads(found.group(0)) if found else None


def check_policies(_):
    """the policy in a provider's page is the one that dnshook info prints"""
    wrong = []
    for path, (provider, domain, variables) in POLICIES.items():
        result = dnshook("--provider-dir", BUILD + "/providers/.libs", "--json", "info", provider,
                         domain, **variables)
        wrong += complaints(result)
        printed = only_json("\n".join(json.loads(result.stdout)["guide"])) if not wrong else None
        told = only_json(read(path))
        wrong += [] if told and told == printed else [f"{path}: another policy than {printed}"]
        wrong += [f"{path} does not name {each}" for each in (domain, *variables.values())
                  if each not in read(path)]
    return wrong


# ---- dnshook-provider(3) -------------------------------------------------------------------------


def header_code():
    """The header without comments."""
    return re.sub(r"/\*.*?\*/", "", read(HEADER), flags=re.S)


def header_structs():
    """{struct: its members}."""
    structs = {}
    for name, body in re.findall(r"^struct (\w+) \{(.*?)^\};", header_code(), re.M | re.S):
        members = set()
        for each in body.split(";")[:-1]:
            found = re.search(r"\(\*(\w+)\)\(", each) or re.search(r"(\w+)(\[\w+\])?\s*$", each)
            members.add(found.group(1))
        structs[name] = members
    return structs


def page_structs():
    """{struct: the members that the page lists after its first mention}."""
    text = page("provider")
    starts = {}
    for found in re.finditer(r"^\.Vt struct (\w+)", text, re.M):
        starts.setdefault(found.group(1), found.start())
    order = sorted(starts.items(), key=lambda item: item[1])
    ends = [start for _, start in order[1:]] + [len(text)]
    return {name: set(re.findall(r"^\.It (?:Fa|Fn|Ft .*\bFn) (\w+)", text[start:end], re.M))
            for (name, start), end in zip(order, ends)}


def check_members(_):
    """dnshook-provider(3) has every member of every struct, and no others"""
    there, told = header_structs(), page_structs()
    wrong = [] if "dnshook_host" in there else ["the header has no structs"]
    for name in sorted(there.keys() | told.keys()):
        wrong += [f"struct {name}: {each}" for each in
                  differ(there.get(name, set()), told.get(name, set()), "in the header",
                         "in the page")]
    return wrong


def check_constants(_):
    """dnshook-provider(3) has every status and constant of the header, and no others"""
    there = set(re.findall(r"\bDNSHOOK_[A-Z_]+\b", header_code())) - INTERNAL
    told = set(re.findall(r"\bDNSHOOK_[A-Z_]+\b", page("provider"))) - OF_THE_PROGRAM
    statuses = set(re.findall(r"^\.It Dv (\w+)", section(page("provider"), "STATUSES"), re.M))
    body = re.search(r"enum dnshook_status \{(.*?)\}", header_code(), re.S).group(1)
    return (differ(there, told, "in the header", "in the page") +
            differ(set(re.findall(r"(\w+) =", body)), statuses, "in the header", "in STATUSES"))


def check_rules(_):
    """dnshook-provider(3) has the rules that dnshook conform names, and no others"""
    named = set(re.findall(r'\[RULE_\w+\] = "([\w-]+)"', read("core/conform_report.c")))
    told = set(re.findall(r"^\.It Sy (\S+)", section(page("provider"), "RULES"), re.M))
    return differ(named, told, "in dnshook conform", "in RULES") + (
        [] if named else ["dnshook conform names no rules"])


USE = """#include <dnshook/provider.h>
int use(const struct dnshook_host *host);
int use(const struct dnshook_host *host)
{
    dnshook_log(host, DNSHOOK_LOG_DEBUG, "%d", 1);
    return DNSHOOK_HAS(host, struct dnshook_host, dns_exchange)
               ? dnshook_fail(host, DNSHOOK_REJECTED, "%s", host->version)
               : DNSHOOK_OK;
}
"""


def compilers(chosen, others):
    """The chosen compiler, and the others that are there."""
    found = [chosen] if shutil.which(chosen[0]) else []
    return found + [[each] for each in others if shutil.which(each) and [each] != chosen]


def compile_alone(compiler, standard, suffix):
    """Compiles the header alone and a use of it."""
    return complaints(run(*compiler, "-std=" + standard, "-Wall", "-Wextra", "-pedantic", "-Werror",
                          "-fsyntax-only", "-I", TOP + "/include", "-x", suffix, "-", input=USE))


def check_c(_):
    """the header compiles alone as C99, C11 and C17"""
    found = compilers(CC, ["gcc", "clang"])
    return [line for each in found for standard in ("c99", "c11", "c17")
            for line in compile_alone(each, standard, "c")] or ([] if found else ["no compiler"])


def check_cxx(_):
    """the header compiles alone as C++11, C++14, C++17 and C++20"""
    found = compilers(CXX, ["g++", "clang++"])
    if not found:
        raise Skip("needs a C++ compiler")
    return [line for each in found for standard in ("c++11", "c++14", "c++17", "c++20")
            for line in compile_alone(each, standard, "c++")]


# ---- all pages -----------------------------------------------------------------------------------


def check_lint(_):
    """mandoc finds nothing wrong in the pages"""
    if shutil.which("mandoc") is None:
        raise Skip("needs mandoc")
    paths = [os.path.join(TOP, path) for path in all_pages()]
    result = run("mandoc", "-Tlint", "-W", "warning", *paths)
    return complaints(result) + (result.stdout + result.stderr).splitlines()


def check_pages(_):
    """every provider has a page, and every page is installed and checked here"""
    built = {os.path.basename(path)[:-len(".so")]
             for path in glob.glob(BUILD + "/providers/.libs/[a-z0-9]*.so")}
    found = {os.path.relpath(path, TOP) for pattern in ("docs/*.[1-9]", "providers/*/*.[1-9]")
             for path in glob.glob(os.path.join(TOP, pattern))}
    fragments = "".join(read(path) for folder in ("docs", "providers/*")
                        for path in glob.glob(f"{TOP}/{folder}/local.mk"))
    return (differ(built, set(provider_pages()), "built", "with a page") +
            differ(found, set(all_pages()), "in the tree", "in this test") +
            [f"in no local.mk: {each}" for each in all_pages() if each not in fragments])


CHECKS = [check_extraction, check_build, check_symbols, check_info, check_providers,
          check_behaviour, check_options, check_commands, check_clients, check_variables,
          check_config, check_config_examples, check_parameters, check_parameter_variables,
          check_policies, check_members, check_constants, check_rules, check_c, check_cxx,
          check_lint, check_pages]


def report(number, check, folder):
    """Makes one check and prints its line."""
    try:
        wrong = check(folder)
        skipped = ""
    except Skip as reason:
        wrong, skipped = [], f" # SKIP {reason}"
    except Exception as error:  # a check that breaks has failed
        wrong, skipped = [f"{type(error).__name__}: {error}"], ""
    print(f"{'not ok' if wrong else 'ok'} {number} - {check.__doc__}{skipped}")
    for line in wrong:
        print("# " + line.replace("\n", "\n# "))
    sys.stdout.flush()
    return not wrong


def main():
    """Prints TAP."""
    print(f"1..{len(CHECKS)}")
    os.umask(0o022)
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        results = [report(number, check, folder) for number, check in enumerate(CHECKS, 1)]
    sys.exit(0 if all(results) else 1)


if __name__ == "__main__":
    main()
