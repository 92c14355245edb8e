#!/usr/bin/python3
"""The rules of the source tree: which file may include which, functions that are not used, the
length of functions, exported symbols, linked libraries."""
import glob
import os
import re
import subprocess
import sys

TOP = os.environ.get("TOP_SRCDIR") or os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BUILD = os.environ.get("TOP_BUILDDIR") or TOP

# From top to bottom. A file may include what is below its floor, and what is beside it as long as
# that makes no circle (NAME and NAME_PART are one). A new file in core/ is entered here.
FLOORS = [
    ("main, commands", "main commands command_.* conform conform_.* table output output_.* json "
                       "report doctor doctor_.*"),
    ("protocol", "protocol protocol_.* leftover run run_.* options"),
    ("challenge", "challenge challenge_.* road examine examine_.*"),
    ("one concern each", "propagation propagation_.* route authority authority_.* delegation zone "
                         "inquiry caa provider provider_check instance instance_.* params params_.* "
                         "journal journal_.*"),
    ("one outside thing each", "loader config config_.* http http_.* dns dns_.* resolver exchange variables "
                               "lock signals terminal"),
    ("no policy", "new_provider.* log buf ini deadline cleanup address arena caller file findings "
                  "name nearest "
                  "process"),
]
GENERATED = {"build.h"}
BANNED = """strcpy strcat sprintf vsprintf gets scanf sscanf fscanf system popen
atoi atol atoll atof strtok alloca tmpnam tempnam mktemp setjmp longjmp exit abort assert rand srand
gethostbyname inet_ntoa inet_addr signal vfork""".split()
LONGEST = 60  # lines of a function's body


def sources(*patterns):
    """Source files by pattern, relative to the top."""
    return sorted(os.path.relpath(path, TOP) for pattern in patterns
                  for path in glob.glob(os.path.join(TOP, pattern)))


def read(path):
    """A file's text."""
    with open(os.path.join(TOP, path), encoding="utf-8") as file:
        return file.read()


def code_of(path):
    """The text with comments and the insides of strings blanked, lines kept."""
    pattern = r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|' r"'(?:\\.|[^'\\\n])*'"
    return re.sub(pattern, lambda found: '""' + "\n" * found.group().count("\n"), read(path),
                  flags=re.DOTALL)


def includes(path):
    """[(quoted?, name)] of a file."""
    return [(mark == '"', name)
            for mark, name in re.findall(r'^\s*#\s*include\s+(["<])([^">]+)[">]', read(path), re.M)]


def floor_of(module):
    """The number of a module's floor, 0 on top; None: it is in no floor."""
    for number, (_, names) in enumerate(FLOORS):
        if any(re.fullmatch(name, module) for name in names.split()):
            return number
    return None


def core_graph():
    """{module: modules that it includes} and complaints about includes that are not core's."""
    graph, wrong = {}, []
    for path in sources("core/*.[ch]"):
        module = os.path.splitext(os.path.basename(path))[0]
        wanted = graph.setdefault(module, set())
        for quoted, name in includes(path):
            if name == "dnshook/provider.h" or name in GENERATED or not quoted:
                continue
            if os.path.exists(os.path.join(TOP, "core", name)):
                wanted.add(os.path.splitext(name)[0])
            else:
                wrong.append(f"{path} includes {name}, which is not in core/")
        wanted.discard(module)
    return graph, wrong


def check_floors():
    """core/: includes go down"""
    graph, wrong = core_graph()
    for module, others in sorted(graph.items()):
        if floor_of(module) is None:
            wrong.append(f"core/{module} is on no floor: enter it in {os.path.basename(__file__)}")
            continue
        wrong += [f"core/{module} ({FLOORS[floor_of(module)][0]}) includes core/{other} "
                  f"({FLOORS[floor_of(other)][0]})" for other in sorted(others)
                  if floor_of(other) is not None and floor_of(other) < floor_of(module)]
    if not graph:
        wrong.append("no file in core/")
    return wrong


def family(module):
    """What a module belongs to: http_curl is a part of http."""
    return module.split("_")[0]


def check_circles():
    """core/: includes make no circle"""
    left = {}
    for module, others in core_graph()[0].items():
        left.setdefault(family(module), set()).update(map(family, others))
    for name, others in left.items():
        others.discard(name)
    while True:
        free = [module for module, others in left.items() if not others & set(left)]
        if not free:
            return [f"{module} includes {', '.join(sorted(others & set(left)))}"
                    for module, others in sorted(left.items())]
        for module in free:
            del left[module]


def check_providers():
    """providers/NAME includes only include/ and providers/common"""
    wrong = []
    for path in sources("providers/*/*.[ch]"):
        folders = [os.path.dirname(path), "providers/common"]
        for quoted, name in includes(path):
            known = any(os.path.exists(os.path.join(TOP, folder, name)) for folder in folders)
            bad = ".." in name or name.startswith("core") or (quoted and not known)
            if bad and name != "dnshook/provider.h":
                wrong.append(f"{path} includes {name}")
    return wrong


def check_header():
    """include/ includes nothing but the C library"""
    allowed = {"stdarg.h", "stddef.h", "stdint.h", "stdio.h", "stdbool.h"}
    return [f"{path} includes {name}" for path in sources("include/*/*.h")
            for _, name in includes(path) if name not in allowed]


def check_banned():
    """no banned function is called"""
    pattern = re.compile(r"(?<![\w.>])(" + "|".join(BANNED) + r")\s*\(")
    return [f"{path}:{number}: {found.group(1)}()"
            for path in sources("core/*.[ch]", "core/*/*.[ch]", "providers/*/*.[ch]", "include/*/*.h")
            for number, line in enumerate(code_of(path).splitlines(), 1)
            for found in pattern.finditer(line)]


def check_length():
    """no function is longer than 60 lines"""
    wrong = []
    for path in sources("core/*.c", "core/*/*.c", "providers/*/*.c"):
        begin = None
        for number, line in enumerate(read(path).splitlines(), 1):
            if line == "{":
                begin = number
            elif line == "}" and begin is not None:
                if number - begin - 1 > LONGEST:
                    wrong.append(f"{path}:{begin}: {number - begin - 1} lines")
                begin = None
    return wrong


def tool_lines(*words):
    """The lines that a program prints."""
    result = subprocess.run(words, capture_output=True, text=True)
    return result.stdout.splitlines()


def built_providers():
    """The files of the providers of this build."""
    return sorted(glob.glob(BUILD + "/providers/.libs/[a-z0-9]*.so"))


def check_symbols():
    """every provider exports one function"""
    files = built_providers()
    wrong = [] if files else ["no provider was built in " + BUILD]
    for path in files:
        names = [line.split()[-1] for line in tool_lines("nm", "-D", "--defined-only", path)]
        if names != ["dnshook_provider_get"]:
            wrong.append(f"{os.path.basename(path)} exports {' '.join(names) or 'nothing'}")
    return wrong


def symbols(path, which):
    """The names in a file's dynamic table, without versions; those that may be missing left out."""
    lines = [line.split() for line in tool_lines("nm", "-D", "--" + which + "-only", path)]
    return {words[-1].split("@")[0] for words in lines if words[-2] not in "wv"}


def check_needs():
    """a provider needs the libraries that it names, and nothing of the program"""
    wrong = []
    for path in built_providers():
        libraries = re.findall(r"(?:=> |^\s)(/\S+) \(0x", "\n".join(tool_lines("ldd", path)), re.M)
        wrong += [f"{path} needs {each}" for each in libraries if each.startswith(BUILD)]
        there = set().union(*(symbols(each, "defined") for each in libraries))
        wrong += [f"{os.path.basename(path)}: {each} is in none of its libraries"
                  for each in sorted(symbols(path, "undefined") - there)]
        if "snprintf" not in there:
            wrong.append(f"{path}: its libraries cannot be read")
    return wrong


def check_libraries():
    """the program does not link libcurl or libxml2"""
    linked = " ".join(tool_lines("readelf", "-d", BUILD + "/core/dnshook"))
    wrong = [name for name in ("libcurl", "libxml2") if name in linked]
    return wrong if "libcares" in linked else wrong + ["it does not link libcares: is it dnshook?"]


def check_cloudflare():
    """providers/cloudflare has at most 400 lines of C without comments and blanks"""
    pattern = r'/\*.*?\*/|("(?:\\.|[^"\\\n])*")'
    count = sum(1 for path in sources("providers/cloudflare/*.[ch]")
                for line in re.sub(pattern, lambda found: found.group(1) or "", read(path),
                                   flags=re.S).splitlines() if line.strip())
    return [] if 0 < count <= 400 else [f"{count} lines"]


CHECKS = [check_floors, check_circles, check_providers, check_header, check_banned, check_length,
          check_symbols, check_needs, check_libraries, check_cloudflare]


def main():
    """Prints TAP."""
    print(f"1..{len(CHECKS)}")
    for number, check in enumerate(CHECKS, 1):
        if check in (check_symbols, check_needs) and os.environ.get("SANITIZERS"):
            print(f"ok {number} - {check.__doc__} # SKIP sanitizers have symbols of their own")
            continue
        wrong = check()
        print(f"{'not ok' if wrong else 'ok'} {number} - {check.__doc__}")
        for line in wrong:
            print("# " + line)
        sys.stdout.flush()


if __name__ == "__main__":
    main()
