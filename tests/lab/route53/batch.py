"""The XML of requests and answers."""
import xml.etree.ElementTree as ET

from . import text
from .errors import invalid_batch, invalid_input
from .records import Change, RecordSet

NAMESPACE = "https://route53.amazonaws.com/doc/2013-04-01/"
ACTIONS = ("CREATE", "DELETE", "UPSERT")
KINDS = ("SOA", "A", "TXT", "NS", "CNAME", "MX", "NAPTR", "PTR", "SRV", "SPF", "AAAA", "CAA", "DS",
         "TLSA", "SSHFP", "SVCB", "HTTPS")
MAX_TTL = 2147483647
# The order in which the members of an element must come; "!" marks those that must be there.
ORDER = {
    "ChangeResourceRecordSetsRequest": ["ChangeBatch!"],
    "ChangeBatch": ["Comment", "Changes!"],
    "Change": ["Action!", "ResourceRecordSet!"],
    "ResourceRecordSet": ["Name!", "Type!", "SetIdentifier", "Weight", "Region", "GeoLocation",
                          "Failover", "MultiValueAnswer", "TTL", "ResourceRecords", "AliasTarget",
                          "HealthCheckId"],
    "ResourceRecord": ["Value!"],
}
ROUTING_ELEMENTS = {"Weight": "weight", "Region": "region", "Failover": "failover",
                    "MultiValueAnswer": "multivalue"}


def _bad(message):
    return invalid_input("Invalid XML ; javax.xml.stream.XMLStreamException: " + message)


def members(element):
    """{name: element} of the members, each in its place and at most once."""
    title = element.tag.split("}")[1]
    allowed = [each.rstrip("!") for each in ORDER[title]]
    found, last = {}, -1
    for child in element:
        name = _local(child)
        if name not in allowed or allowed.index(name) <= last:
            raise _bad(f"cvc-complex-type.2.4.a: Invalid content was found starting with element "
                       f"'{name}' in '{title}'.")
        last = allowed.index(name)
        found[name] = child
    for each in ORDER[title]:
        if each.endswith("!") and each[:-1] not in found:
            raise _bad(f"cvc-complex-type.2.4.b: The content of element '{title}' is not complete. "
                       f"'{each[:-1]}' is expected.")
    return found


def _local(element):
    if not element.tag.startswith("{" + NAMESPACE + "}"):
        raise _bad(f"cvc-elt.1: Cannot find the declaration of element '{element.tag}'.")
    return element.tag.split("}")[1]


def items(element, name):
    """The members of a list."""
    for child in element:
        if _local(child) != name:
            raise _bad(f"element '{child.tag}' in a list of '{name}'")
    if not len(element):
        raise _bad(f"a list of no '{name}'")
    return list(element)


def read_changes(body):
    """The changes of a ChangeResourceRecordSets request."""
    if b"<!DOCTYPE" in body or b"<!ENTITY" in body:
        raise _bad("a document type is not allowed")
    try:
        root = ET.fromstring(body)
    except ET.ParseError as error:
        raise _bad(str(error)) from error
    if _local(root) != "ChangeResourceRecordSetsRequest":
        raise _bad(f"Cannot find the declaration of element '{root.tag}'.")
    batch = members(members(root)["ChangeBatch"])
    return [read_change(each) for each in items(batch["Changes"], "Change")]


def read_change(element):
    """One change."""
    parts = members(element)
    action = parts["Action"].text
    if action not in ACTIONS:
        raise invalid_input(f"1 validation error detected: Value '{action}' at 'action' failed to "
                            "satisfy constraint: Member must satisfy enum value set")
    return Change(action, read_set(members(parts["ResourceRecordSet"])))


def read_set(parts):
    """One record set."""
    name, kind = parts["Name"].text or "", parts["Type"].text
    if kind not in KINDS:
        raise invalid_input(f"Value '{kind}' at 'type' failed to satisfy constraint")
    try:
        labels = text.parse_name(name)
    except ValueError as error:
        raise invalid_batch([f"FATAL problem: DomainLabel ('{name}' {error})"]) from error
    if "AliasTarget" in parts or "ResourceRecords" not in parts:
        raise invalid_input("Invalid request: expected exactly one of [AliasTarget, all of [TTL, "
                            "and ResourceRecords], or TrafficPolicyInstanceId]")
    if "TTL" not in parts:
        raise invalid_input("Invalid request: missing field: TTL")
    values = [members(each)["Value"].text or ""
              for each in items(parts["ResourceRecords"], "ResourceRecord")]
    identifier = parts["SetIdentifier"].text if "SetIdentifier" in parts else None
    routing = {ROUTING_ELEMENTS[each]: parts[each].text for each in parts
               if each in ROUTING_ELEMENTS}
    _check_routing(identifier, routing)
    return RecordSet(labels, kind, read_ttl(parts["TTL"].text), values, identifier, routing)


def _check_routing(identifier, routing):
    if identifier is not None and not 1 <= len(identifier) <= 128:
        raise invalid_input("SetIdentifier must have 1 to 128 characters")
    if (identifier is not None) != bool(routing):
        raise invalid_input("Invalid request: expected exactly one of [Weight, Region, Failover, "
                            "GeoLocation, or MultiValueAnswer] with SetIdentifier, but found "
                            f"{len(routing)}")
    if len(routing) > 1:
        raise invalid_input("Invalid request: more than one routing policy")
    if routing.get("multivalue", "true") != "true":
        raise invalid_input("MultiValueAnswer must be true, or be left out")


def read_ttl(digits):
    """A TTL."""
    if not (digits or "").isdigit() or int(digits) > MAX_TTL:
        raise invalid_input(f"Value '{digits}' at 'tTL' failed to satisfy constraint")
    return int(digits)


# ---- answers -------------------------------------------------------------------------------------


def element(name, *children, **texts):
    """An element; a child may be None."""
    node = ET.Element(name)
    for key, value in texts.items():
        if value is not None:
            ET.SubElement(node, key).text = str(value)
    node.extend(each for each in children if each is not None)
    return node


def listing(name, children):
    """An element around a list."""
    return element(name, *children)


def document(root, namespace=NAMESPACE):
    """The bytes of an answer."""
    root.set("xmlns", namespace)
    return b'<?xml version="1.0"?>\n' + ET.tostring(root, encoding="utf-8")


def error_document(error, request_id, own_shape=False, namespace=NAMESPACE):
    """An error in the usual shape, or InvalidChangeBatch in its own."""
    if error.code == "InvalidChangeBatch" and own_shape:
        messages = element("Messages")
        for each in error.messages:
            ET.SubElement(messages, "Message").text = each
        return document(element("InvalidChangeBatch", messages,
                                element_text("RequestId", request_id)), namespace)
    message = error.messages[0] if len(error.messages) == 1 else ""
    if error.code == "InvalidChangeBatch":
        message = "[" + ", ".join(error.messages) + "]"
    return document(element("ErrorResponse", element(
        "Error", Type="Sender" if error.status < 500 else "Receiver", Code=error.code,
        Message=message), element_text("RequestId", request_id)), namespace)


def element_text(name, value):
    """An element with text."""
    node = ET.Element(name)
    node.text = str(value)
    return node


def write_set(record):
    """A record set as the service lists it."""
    records = [element("ResourceRecord", Value=each) for each in record.values]
    node = element("ResourceRecordSet", Name=record.name, Type=record.kind,
                   SetIdentifier=record.identifier,
                   **{name: record.routing.get(key) for name, key in ROUTING_ELEMENTS.items()},
                   TTL=record.ttl)
    node.append(listing("ResourceRecords", records))
    return node
