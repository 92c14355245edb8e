"""Domain names and character strings as Route 53 reads and writes them (DomainNameFormat,
ResourceRecordTypes: the service's documentation)."""
import re

PLAIN = re.compile(rb"[a-z0-9_-]")
OCTAL = re.compile(r"\\([0-3][0-7]{2})")


def parse_name(text):
    """Labels (bytes, lower case) of a name as a client writes it; raises ValueError."""
    labels, label, position = [], bytearray(), 0
    if text.endswith("."):
        text = text[:-1]
    while position < len(text):
        octal = OCTAL.match(text, position)
        char = text[position]
        if octal:
            label.append(int(octal.group(1), 8))
            position = octal.end()
            continue
        if char == ".":
            labels.append(bytes(label))
            label = bytearray()
        elif char == "\\" or not "!" <= char <= "~":
            raise ValueError("is not a valid encoding")
        else:
            label.append(ord(char))
        position += 1
    labels.append(bytes(label))
    if any(not 1 <= len(each) <= 63 for each in labels):
        raise ValueError("has an empty label or one of over 63 bytes")
    if sum(len(each) + 1 for each in labels) > 254:
        raise ValueError("is longer than 255 bytes")
    return tuple(each.lower() for each in labels)


def show_label(label):
    """A label with everything but a-z, 0-9, - and _ as three octal digits."""
    return "".join(chr(byte) if PLAIN.match(bytes([byte])) else f"\\{byte:03o}" for byte in label)


def show_name(labels):
    """A name as the service writes it, with the final dot."""
    return ".".join(show_label(each) for each in labels) + "."


def order(labels):
    """What names are sorted by: the labels reversed, as text with the final dot."""
    return ".".join(show_label(each) for each in reversed(labels)) + "."


def is_below(labels, zone):
    """True when a name lies in a zone or is its apex."""
    return labels[len(labels) - len(zone):] == zone


class BadString(ValueError):
    """A TXT value that the service refuses; args are (reason, explanation)."""


def parse_strings(text):
    """The character strings (bytes) of a TXT value: quoted, separated by one space or more."""
    strings, position = [], 0
    while True:
        string, position = _quoted(text, position)
        strings.append(string)
        if position == len(text):
            return tuple(strings)
        gap = re.compile(r"[ \t]+").match(text, position)
        if gap is None:
            raise BadString("InvalidCharacterString", "Invalid character after a closing quote")
        position = gap.end()


def _quoted(text, position):
    """One string from its opening quote; returns it and where its closing quote was left behind."""
    if position >= len(text) or text[position] != '"':
        raise BadString("InvalidCharacterString", "Value should be enclosed in quotation marks")
    position += 1
    string = bytearray()
    while position < len(text) and text[position] != '"':
        byte, position = _character(text, position)
        string.append(byte)
    if position >= len(text):
        raise BadString("InvalidCharacterString", "Value has no closing quotation mark")
    if len(string) > 255:
        raise BadString("CharacterStringTooLong", "Value is too long")
    return bytes(string), position + 1


def _character(text, position):
    octal = OCTAL.match(text, position)
    if octal:
        return int(octal.group(1), 8), octal.end()
    if text[position] == "\\":
        if text[position + 1:position + 2] in ('"', "\\"):
            return ord(text[position + 1]), position + 2
        raise BadString("InvalidCharacterString", "Unknown escape sequence")
    if not " " <= text[position] <= "~":
        raise BadString("InvalidCharacterString", "Value contains a character that needs octal")
    return ord(text[position]), position + 1


def show_strings(strings, gap=" "):
    """A TXT value as the service writes it."""
    return gap.join('"' + "".join(_show_character(byte) for byte in each) + '"'
                    for each in strings)


def _show_character(byte):
    if byte in b'"\\':
        return "\\" + chr(byte)
    return chr(byte) if 0x20 <= byte <= 0x7e else f"\\{byte:03o}"


def zone_file_strings(text):
    """A TXT value as zone files have it: bytes as three decimal digits."""
    return " ".join('"' + "".join(
        f"\\{byte:03d}" if byte in b'"\\' or not 0x20 <= byte <= 0x7e else chr(byte)
        for byte in each) + '"' for each in parse_strings(text))
