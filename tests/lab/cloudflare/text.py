"""Domain names, and the content of TXT records, as the service reads and writes them."""
import re

LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?|\*|[a-z0-9_-]{1,63}")
DECIMAL = re.compile(r"\\(\d{3})")
LONGEST = 255  # bytes of a character-string


def full_name(text, zone):
    """A record's name in a zone, in lower case; what does not end in the zone's name is taken to be
    relative to it. Raises ValueError."""
    name = text.lower().rstrip(".")
    if name in ("@", zone):
        return zone
    if not name.endswith("." + zone):
        name += "." + zone
    if len(name) > 253 or not all(LABEL.fullmatch(label) for label in name.split(".")):
        raise ValueError(f"{text} is no name")
    return name


def parse(content):
    """The character-strings (bytes) of a TXT record's content: quoted ones, each of which is split
    after 255 bytes, or one without quotes. Raises ValueError."""
    if not content.startswith('"'):
        return split([content.encode()])
    strings, position = [], 0
    while position < len(content):
        string, position = _quoted(content, position)
        strings.append(string)
        gap = re.compile(r"[ \t]+").match(content, position)
        if gap is None and position < len(content):
            raise ValueError("text after a closing quotation mark")
        position = gap.end() if gap else position
    return split(strings)


def split(strings):
    """The strings with none of over 255 bytes."""
    return tuple(string[at:at + LONGEST] for string in strings
                 for at in range(0, max(len(string), 1), LONGEST))


def _quoted(content, position):
    """One string from its opening quotation mark; returns it and where it was left."""
    if content[position] != '"':
        raise ValueError("a string without quotation marks after one that has them")
    position += 1
    string = bytearray()
    while content[position:position + 1] != '"':
        if position >= len(content):
            raise ValueError("no closing quotation mark")
        decimal = DECIMAL.match(content, position)
        if decimal and int(decimal.group(1)) < 256:
            string.append(int(decimal.group(1)))
            position = decimal.end()
            continue
        position += content[position] == "\\"
        string += content[position:position + 1].encode()
        position += 1
    return bytes(string), position + 1


def quoted(strings):
    """The content with quotation marks."""
    return " ".join('"' + "".join(_character(byte) for byte in each) + '"' for each in strings)


def _character(byte):
    if byte in b'"\\':
        return "\\" + chr(byte)
    return chr(byte) if 0x20 <= byte <= 0x7e else f"\\{byte:03d}"


def plain(strings):
    """The content without quotation marks, where that can be told from one that has them."""
    joined = b"".join(strings)
    if joined.startswith(b'"') or not all(0x20 <= byte <= 0x7e for byte in joined):
        return quoted(strings)
    return joined.decode()
