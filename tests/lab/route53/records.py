"""Record sets, and the rules by which a batch of changes is taken or refused."""
from . import text
from .errors import invalid_batch

MAX_RECORDS, MAX_CHARACTERS, MAX_VALUES, MAX_VALUE = 1000, 32000, 400, 4000
MAX_WITH_IDENTIFIER = 100
ROUTING = ("weight", "region", "failover", "multivalue")


class RecordSet:
    """A record set. `values` are texts as the service writes them; `identifier` and `routing`
    ({"weight": "1"} and the like) are those of a set with a routing policy."""

    def __init__(self, name, kind, ttl, values, identifier=None, routing=None):
        self.labels = text.parse_name(name) if isinstance(name, str) else tuple(name)
        self.kind, self.ttl, self.values = kind, ttl, list(values)
        self.identifier, self.routing = identifier, dict(routing or {})

    @property
    def name(self):
        """The name as the service writes it."""
        return text.show_name(self.labels)

    @property
    def key(self):
        """What sets are told apart and sorted by."""
        return text.order(self.labels), self.kind, self.identifier or ""

    def content(self):
        """What a DELETE must match exactly."""
        values = sorted(comparable(self.kind, each) for each in self.values)
        return self.ttl, values, tuple(sorted(self.routing.items()))

    def policy(self):
        """The routing policy's name; None: simple."""
        return next((each for each in ROUTING if each in self.routing), None)

    def strings(self):
        """The texts of a TXT set, strings joined."""
        return [b"".join(text.parse_strings(each)).decode("latin-1") for each in self.values]


def comparable(kind, value):
    """A value such that equal ones are equal."""
    if kind == "TXT":
        return text.parse_strings(value)
    if kind in ("CNAME", "NS"):
        return text.parse_name(value)
    return value


class Change:
    """One change of a batch: action and record set."""

    def __init__(self, action, wanted):
        self.action, self.wanted = action, wanted


def check_limits(changes):
    """The limits of one request; an UPSERT counts twice."""
    records = characters = 0
    for change in changes:
        times = 2 if change.action == "UPSERT" else 1
        records += times * len(change.wanted.values)
        characters += times * sum(len(value) for value in change.wanted.values)
    if records > MAX_RECORDS:
        raise invalid_batch([f"Number of records limit of {MAX_RECORDS} exceeded."])
    if characters > MAX_CHARACTERS:
        raise invalid_batch([f"Number of characters limit of {MAX_CHARACTERS} exceeded."])


def apply(sets, zone_labels, changes):
    """The record sets (a dictionary by key) after a batch; raises ApiError with a message for each
    change that cannot be made, and then nothing has changed."""
    check_limits(changes)
    result, messages = dict(sets), []
    for change in changes:
        complaint = complain(result, zone_labels, change)
        if complaint:
            messages.append(complaint)
        elif change.action == "DELETE":
            del result[change.wanted.key]
        else:
            result[change.wanted.key] = change.wanted
    if messages:
        raise invalid_batch(messages)
    return result


def complain(sets, zone_labels, change):
    """Why a change cannot be made; None: it can."""
    wanted = change.wanted
    if not text.is_below(wanted.labels, zone_labels):
        return (f"RRSet with DNS name {wanted.name} is not permitted in zone "
                f"{text.show_name(zone_labels)}")
    complaint = complain_of_values(wanted)
    if complaint:
        return complaint
    if change.action == "DELETE":
        return complain_of_delete(sets, zone_labels, wanted)
    if change.action == "CREATE" and wanted.key in sets:
        return f"Tried to create resource record set {title(wanted)} but it already exists"
    return complain_of_neighbours(sets, zone_labels, wanted)


def title(record):
    """A set in the service's error messages."""
    more = f", set identifier='{record.identifier}'" if record.identifier else ""
    return f"[name='{record.name}', type='{record.kind}'{more}]"


def complain_of_values(wanted):
    """What is wrong with the values themselves."""
    if len(wanted.values) > MAX_VALUES:
        return f"Number of records in one set exceeds the limit of {MAX_VALUES}."
    if wanted.kind == "CNAME" and len(wanted.values) != 1:
        return f"RRSet of type CNAME with DNS name {wanted.name} must have exactly one record."
    seen = set()
    for value in wanted.values:
        try:
            if len(value) > MAX_VALUE:
                raise text.BadString("CharacterStringTooLong", "Value is too long")
            parsed = comparable(wanted.kind, value)
        except text.BadString as error:
            return (f"Invalid Resource Record: FATAL problem: {error.args[0]} ({error.args[1]}) "
                    f"encountered with '{value}'")
        except ValueError as error:
            return f"Invalid Resource Record: FATAL problem: DomainLabel ({error}): '{value}'"
        if parsed in seen:
            return f"Duplicate Resource Record: '{value}'"
        seen.add(parsed)
    return None


def complain_of_delete(sets, zone_labels, wanted):
    """What keeps a set from being deleted."""
    there = sets.get(wanted.key)
    if there is None:
        return f"Tried to delete resource record set {title(wanted)} but it was not found"
    if there.content() != wanted.content():
        return (f"Tried to delete resource record set {title(wanted)} but the values provided do "
                "not match the current values")
    if wanted.labels == zone_labels and wanted.kind in ("NS", "SOA"):
        return f"A HostedZone must contain at least one {wanted.kind} record for the zone itself."
    return None


def complain_of_neighbours(sets, zone_labels, wanted):
    """What the other sets at the name forbid."""
    there = [each for each in sets.values()
             if each.labels == wanted.labels and each.key != wanted.key]
    zone = text.show_name(zone_labels)
    if any((each.kind == "CNAME") != (wanted.kind == "CNAME") for each in there):
        return (f"RRSet of type {wanted.kind} with DNS name {wanted.name} is not permitted as it "
                f"conflicts with other records with the same DNS name in zone {zone}")
    if wanted.kind == "CNAME" and wanted.labels == zone_labels:
        return f"RRSet of type CNAME with DNS name {wanted.name} is not permitted at apex in {zone}"
    same = [each for each in there if each.kind == wanted.kind]
    start = (f"RRSet with DNS name {wanted.name}, type {wanted.kind}, SetIdentifier "
             + (f'"{wanted.identifier}"' if wanted.identifier else "null"))
    if any(each.policy() != wanted.policy() for each in same):
        if wanted.policy() == "multivalue":
            return (start + " cannot be created because a non multivalue answer rrset exists with "
                    "the same name and type.")
        return start + " cannot be created as other RRSets exist with the same name and type."
    if len(same) >= MAX_WITH_IDENTIFIER:
        return f"{start} cannot be created: limit of {MAX_WITH_IDENTIFIER} sets reached."
    return None
