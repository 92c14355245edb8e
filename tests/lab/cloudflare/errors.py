"""What goes wrong, as the service says it. The codes are those that its clients have met; where
only the code is known, the words are ours."""
from ..web import Answer


class ApiError(Exception):
    """An error of the service: HTTP status, and one error or more, each (code, message) or
    (code, message, chain) with a chain of (code, message)."""

    def __init__(self, status, *errors):
        super().__init__(status, *errors)
        self.status, self.errors = status, errors

    @property
    def codes(self):
        """The codes, without those of the chains."""
        return [error[0] for error in self.errors]

    def content(self):
        """The errors as JSON has them."""
        return [_show(*error) for error in self.errors]


def _show(code, message, chain=(), pointer=None):
    error = {"code": code, "message": message}
    if chain:
        error["error_chain"] = [_show(*each) for each in chain]
    if pointer:
        error["source"] = {"pointer": pointer}
    return error


def invalid(code, message):
    """A record that does not pass."""
    return ApiError(400, (1004, "DNS Validation Error", [(code, message)]))


def headers(code, message):
    """A header that is not what it has to be."""
    return ApiError(400, (6003, "Invalid request headers", [(code, message)]))


def no_route(path):
    """A path that leads nowhere, as with an identifier that is none."""
    return ApiError(404, (7003, f"Could not route to {path}, perhaps your object identifier is "
                          "invalid?"), (7000, "No route for that URI"))


MALFORMED = ApiError(400, (6007, "Malformed JSON in request body"))
NO_CREDENTIALS = ApiError(400, (9106, "Missing X-Auth-Key, X-Auth-Email or Authorization headers"))
UNKNOWN_KEY = ApiError(403, (9103, "Unknown X-Auth-Key or X-Auth-Email"))
INVALID_TOKEN = ApiError(403, (9109, "Invalid access token"))
UNAUTHORIZED = ApiError(403, (9109, "Unauthorized to access requested resource"))
AUTHENTICATION = ApiError(403, (10000, "Authentication error"))
UNVERIFIED = ApiError(401, (1000, "Invalid API Token"))
NO_RECORD = ApiError(404, (81044, "Record does not exist."))
LIMITED = ApiError(429, (971, "Please wait and consider throttling your request speed"))

EDGE = """<!DOCTYPE html>
<html lang="en-US"><head><title>api.cloudflare.com | {code}: {text}</title></head>
<body><h1>Error {code}</h1><h2>{text}</h2><p>Ray ID: 8b1c2d3e4f5a6b7c</p></body></html>
"""


def edge(status, code, text, **more):
    """An answer of the edge in front of the API: HTML."""
    return Answer(status, EDGE.format(code=code, text=text).encode(), "text/html; charset=UTF-8",
                  {name.replace("_", "-"): str(value) for name, value in more.items()})
