"""Records, and the rules by which one is taken or refused."""
import copy
import secrets
import time

from . import text
from .errors import NO_RECORD, ApiError, invalid

KINDS = ("A", "AAAA", "CNAME", "MX", "NS", "TXT")
HOSTS = ("A", "AAAA", "CNAME")
MEMBERS = {"type", "name", "content", "ttl", "comment", "proxied", "tags", "settings", "priority"}
MAX_CONTENT, MAX_SET = 2048, 8192
TTL = "TTL must be between {} and 86400 seconds, or 1 for Automatic."


def identifier():
    """An identifier as the service makes them."""
    return secrets.token_hex(16)


class Record:
    """A record. `content` is what the service shows; `ttl` 1 is automatic."""

    def __init__(self, name, kind, content, ttl=1, comment=None):
        self.id = identifier()
        self.name, self.kind, self.content, self.ttl, self.comment = (name, kind, content, ttl,
                                                                      comment)
        self.changed = time.strftime("%Y-%m-%dT%H:%M:%S.000000Z", time.gmtime())

    def strings(self):
        """The character-strings of a TXT record; of one that was put there and cannot be read, its
        content."""
        try:
            return text.parse(self.content)
        except ValueError:
            return text.split([self.content.encode()])

    def value(self):
        """What equal records have in common."""
        return b"".join(self.strings()) if self.kind == "TXT" else self.content.lower()

    def seconds(self):
        """The TTL that is served."""
        return 300 if self.ttl == 1 else self.ttl

    def json(self):
        """The record in an answer."""
        return {"id": self.id, "name": self.name, "type": self.kind, "content": self.content,
                "proxiable": self.kind in HOSTS, "proxied": False, "ttl": self.ttl, "settings": {},
                "meta": {}, "comment": self.comment, "tags": [], "created_on": self.changed,
                "modified_on": self.changed}


class Changes:
    """Changes of a zone's records, on a copy, so that several are made together or not at all."""

    def __init__(self, zone):
        self.zone, self.records = zone, dict(zone.records)
        self.touched = {}  # {(name, type): True}

    def _touch(self, record):
        self.touched[record.name, record.kind] = True

    def create(self, data):
        """POST."""
        record = self._record(data, Record(None, None, None))
        if len(self.records) >= self.zone.quota:
            raise ApiError(400, (81045, "Record quota exceeded."))
        return self._put(record)

    def find(self, wanted):
        """A record by its identifier."""
        if wanted not in self.records:
            raise NO_RECORD
        return self.records[wanted]

    def overwrite(self, wanted, data):
        """PUT."""
        old = self.find(wanted)
        return self._replace(old, self._record(data, Record(None, None, None)))

    def patch(self, wanted, data):
        """PATCH."""
        old = self.find(wanted)
        whole = {"name": old.name, "type": old.kind, "content": old.content, "ttl": old.ttl,
                 "comment": old.comment, **data}
        return self._replace(old, self._record(whole, copy.copy(old)))

    def delete(self, wanted):
        """DELETE."""
        record = self.find(wanted)
        del self.records[wanted]
        self._touch(record)
        return record

    def _replace(self, old, new):
        new.id = old.id
        del self.records[old.id]
        self._touch(old)
        return self._put(new)

    def _put(self, record):
        check_neighbours(self.zone, self.records.values(), record)
        self.records[record.id] = record
        self._touch(record)
        return record

    def _record(self, data, record):
        """Fills a record from what was sent."""
        if not isinstance(data, dict):
            raise invalid(9207, "a record is an object")
        unknown = set(data) - MEMBERS - {"id"}
        if unknown:
            self.zone.complain(f"unknown members {sorted(unknown)}")
        for member in ("type", "name", "content"):
            if not isinstance(data.get(member), str) or not data[member]:
                raise invalid(9023 if member == "content" else 9000, f"{member} is required.")
        record.kind, record.comment = data["type"], data.get("comment")
        if record.kind not in KINDS:
            raise invalid(9004, f"Invalid type {record.kind}.")
        record.ttl = check_ttl(data.get("ttl", 1), self.zone.least_ttl)
        record.name = self._name(data["name"])
        record.content = show_content(self.zone, record.kind, data["content"])
        return record

    def _name(self, name):
        try:
            full = text.full_name(name, self.zone.name)
        except ValueError as error:
            raise invalid(9000, "DNS name is invalid.") from error
        if full != name.lower().rstrip("."):
            self.zone.complain(f"{name} was taken for {full}")
        return full


def check_ttl(ttl, least):
    """A TTL that the service takes."""
    if isinstance(ttl, bool) or not isinstance(ttl, int) or not (ttl == 1 or least <= ttl <= 86400):
        raise invalid(9021, TTL.format(least))
    return ttl


def show_content(zone, kind, content):
    """The content as the zone shows it from now on."""
    if kind != "TXT":
        return content
    if len(content.encode()) > MAX_CONTENT:
        raise invalid(9011, "Length of content is invalid.")
    try:
        strings = text.parse(content)
    except ValueError as error:
        raise invalid(9012, f"Invalid content for TXT record: {error}.") from error
    if zone.form == "sent":
        return content
    return text.plain(strings) if zone.form == "plain" else text.quoted(strings)


def check_neighbours(zone, records, wanted):
    """Raises what the records at the same name forbid."""
    there = [each for each in records if each.name == wanted.name]
    for each in there:
        if (each.kind, each.value()) == (wanted.kind, wanted.value()):
            same = zone.duplicate or (81058 if each.ttl == wanted.ttl else 81057)
            raise ApiError(400, (same, "An identical record already exists." if same == 81058 else
                                 "The record already exists."))
    kinds = {each.kind for each in there}
    if wanted.kind == "CNAME" and kinds & set(HOSTS) or "CNAME" in kinds:
        raise ApiError(400, (zone.conflict, "An A, AAAA, or CNAME record with that host already "
                             "exists." if zone.conflict == 81053 else
                             "A CNAME record with that host already exists."))
    if wanted.name != zone.name and wanted.kind != "NS" and "NS" in kinds:
        raise ApiError(400, (81056, "NS records with that host already exist."))
    size = sum(len(each.content) for each in (*there, wanted) if each.kind == wanted.kind)
    if wanted.kind == "TXT" and size > MAX_SET:
        raise invalid(9011, f"The TXT records at this name have more than {MAX_SET} characters.")
