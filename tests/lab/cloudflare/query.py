"""The parameters of a listing: filters and pages."""
import urllib.parse

from .errors import ApiError


class Query:
    """The parameters of a request. Those that are not known are passed over, as the service does, and
    told to `complain`."""

    def __init__(self, request, complain, *known):
        pairs = urllib.parse.parse_qsl(request.query, keep_blank_values=True)
        self.values = dict(pairs)
        if len(pairs) != len(self.values):
            complain(f"{request.path}: a parameter occurs twice: {request.query}")
        for name in sorted(set(self.values) - set(known)):
            complain(f"{request.path}: unknown parameter {name}")

    def get(self, name):
        """A parameter; None: it is not there, or empty."""
        return self.values.get(name) or None

    def number(self, name, initial, least, most):
        """A parameter that is a number."""
        given = self.values.get(name)
        if given is None:
            return initial
        if not given.isascii() or not given.isdigit() or not least <= int(given) <= most:
            raise ApiError(400, (1003, f"'{name}' must be an integer from {least} to {most}."))
        return int(given)


def page_of(items, query, initial, least, most, cap=None):
    """The page that was asked for and its result_info; no page has more than `cap`."""
    number = query.number("page", 1, 1, 1 << 31)
    size = min(query.number("per_page", initial, least, most), cap or most)
    page = items[(number - 1) * size:number * size]
    return page, {"page": number, "per_page": size, "count": len(page), "total_count": len(items),
                  "total_pages": -(-len(items) // size)}


def filtered(records, query):
    """The records that a listing's filters let through: all of them, or any with match=any."""
    tests = []
    for name, read in (("type", lambda each: each.kind), ("name", lambda each: each.name),
                       ("content", lambda each: each.content)):
        for key in (name, name + ".exact"):
            wanted = query.get(key)
            if wanted is not None:
                wanted = wanted.upper() if name == "type" else wanted
                wanted = wanted.lower().rstrip(".") if name == "name" else wanted
                tests.append(lambda each, read=read, wanted=wanted: read(each) == wanted)
    match = query.get("match") or "all"
    if match not in ("all", "any"):
        raise ApiError(400, (1004, "DNS Validation Error", [(9000, "match is all or any.")]))
    combine = all if match == "all" or not tests else any
    return [each for each in records if combine(test(each) for test in tests)]
