"""What a header of the interface says, in numbers: offsets and sizes of every member, the text of
every declaration, every constant. And what a later header may not change of it."""
import json
import os
import re
import subprocess
import tempfile

GUARDS = {"DNSHOOK_ABI"}  # the number itself: the file's folder says which it is


def plain(text):
    """C without comments and line continuations, blanks made one."""
    text = re.sub(r"/\*.*?\*/", " ", text.replace("\\\n", " "), flags=re.S)
    return "\n".join(re.sub(r"[ \t]+", " ", line).strip() for line in text.splitlines())


def squeeze(text):
    """One declaration on one line."""
    return re.sub(r"\s+", " ", text).strip()


def structs(code):
    """{struct: {member: its declaration}}."""
    found = {}
    for name, body in re.findall(r"^struct (\w+) \{\n(.*?)^\};", code, re.M | re.S):
        members = found[name] = {}
        for each in body.split(";")[:-1]:
            text = squeeze(each)
            member = re.search(r"\(\*(\w+)\)\(", text) or re.search(r"(\w+)(\[\w+\])?$", text)
            members[member.group(1)] = text
    return found


def types(code):
    """{name: text} of typedefs and of the functions that cross the line."""
    found = {}
    for text in re.findall(r"^(?:typedef|DNSHOOK_EXPORT) [^;{]*;", code, re.M):
        found[re.search(r"(\w+)\(", text).group(1)] = squeeze(text)
    return found


def constants(code):
    """The names of enumerators and of macros that are numbers."""
    names = [name for body in re.findall(r"^enum \w+ \{(.*?)\}", code, re.M | re.S)
             for name in re.findall(r"(\w+) =", body)]
    return names + [name for name, value in re.findall(r"^#define (\w+) (.*)$", code, re.M)
                    if re.fullmatch(r"\(?[0-9]\w*\)?", value.strip()) and name not in GUARDS]


def program(members, names):
    """C that prints the numbers as JSON."""
    lines = ["#include <dnshook/provider.h>", "int main(void) {", 'printf("{");']
    for struct, each in members.items():
        lines.append(f'printf("\\"{struct}\\": [0, %zu], ", sizeof(struct {struct}));')
        lines += [f'printf("\\"{struct}.{member}\\": [%zu, %zu], ", '
                  f"offsetof(struct {struct}, {member}), "
                  f"sizeof(((const struct {struct} *)0)->{member}));" for member in each]
    lines += [f'printf("\\"{name}\\": [%ld, 0], ", (long)({name}));' for name in names]
    return "\n".join(lines + ['printf("\\"\\": [0, 0]}");', "return 0;", "}", ""])


def layout(header, compiler):
    """{"structs", "types", "numbers", "constants"} of a header's text."""
    code = plain(header)
    found = {"structs": structs(code), "types": types(code), "constants": constants(code)}
    with tempfile.TemporaryDirectory() as folder:
        os.makedirs(folder + "/dnshook")
        for name, text in (("dnshook/provider.h", header),
                           ("layout.c", program(found["structs"], found["constants"]))):
            with open(f"{folder}/{name}", "w", encoding="utf-8") as file:
                file.write(text)
        subprocess.run([*compiler, "-std=c11", "-I", folder, "-o", folder + "/layout",
                        folder + "/layout.c"], check=True)
        text = subprocess.run([folder + "/layout"], check=True, capture_output=True).stdout
    return {**found, "numbers": json.loads(text)}


def broken_struct(struct, kept, now):
    """What is wrong with a struct."""
    before, after = kept["structs"][struct], now["structs"].get(struct)
    if after is None:
        return [f"struct {struct} is gone"]
    size = kept["numbers"][struct][1]
    wrong = [] if now["numbers"][struct][1] >= size else [f"struct {struct} is smaller than it was"]
    for member, text in before.items():
        key = f"{struct}.{member}"
        if member not in after:
            wrong.append(f"{key} is gone")
        elif now["numbers"][key] != kept["numbers"][key]:
            wrong.append(f"{key}: offset and size were {kept['numbers'][key]}, "
                         f"are {now['numbers'][key]}")
        elif after[member] != text:
            wrong.append(f"{key} was declared as: {text}")
    return wrong + [f"{struct}.{member} is new and not behind the end, at {size}" for member in after
                    if member not in before and now["numbers"][f"{struct}.{member}"][0] < size]


def broken(kept, now):
    """What a header breaks of an earlier one with the same number: complaints."""
    wrong = [line for struct in kept["structs"] for line in broken_struct(struct, kept, now)]
    for name in kept["constants"]:
        if kept["numbers"][name] != now["numbers"].get(name):
            wrong.append(f"{name} was {kept['numbers'][name][0]}")
    for name, text in kept["types"].items():
        if now["types"].get(name) != text:
            wrong.append(f"{name} was declared as: {text}")
    return wrong
