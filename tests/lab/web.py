"""HTTP/1.1 with and without TLS, and the ways in which an answer can be spoilt."""
import http.server
import itertools
import socket
import socketserver
import ssl
import struct
import threading
import time

CONNECTIONS = itertools.count(1)
BOMB = (b'<?xml version="1.0"?>\n<!DOCTYPE lolz [<!ENTITY a "lol">' + b"".join(
    b'<!ENTITY %c "%s">' % (letter, b"&%c;" % (letter - 1) * 10) for letter in range(98, 108))
    + b"]>\n<ListHostedZonesByNameResponse>&k;</ListHostedZonesByNameResponse>")
HTML = (b"<!DOCTYPE html>\n<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad "
        b"Gateway</h1><p>proxy.example</p></body></html>\n")
HUGE = 100 << 20
# What may become of an answer; a number is an HTTP status with a short body.
KINDS = ("reset", "close", "cut-xml", "cut-json", "cut-http", "html", "empty", "bomb", "huge", "slow",
         "silent", 500, 502, 503, 504)


class Request:
    """What arrived, and from which address. Header names are in lower case."""

    def __init__(self, method, target, headers, body, connection, client=None):
        self.method, self.body, self.connection = method, body, connection
        self.client = client
        self.path, _, self.query = target.partition("?")
        self.headers = headers
        self.host = self.header("host") or ""

    def header(self, name):
        """The value of a header; None: it is not there."""
        return next((value for each, value in self.headers if each == name), None)


class Answer:
    """What is sent back; `spoil` is one of KINDS."""

    def __init__(self, status, body=b"", kind="text/xml", headers=None, spoil=None, seconds=0.0):
        self.status, self.body, self.kind = status, body, kind
        self.headers, self.spoil, self.seconds = dict(headers or {}), spoil, seconds


class Front:
    """Listens at one address and port; `application` makes an Answer of a Request."""

    def __init__(self, address, port, application, context=None):
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        kind = type("_Server", (_Server,), {"address_family": family})
        self._server = kind((address, port), _Handler)
        self._server.application, self._server.context = application, context
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self):
        """Ends it."""
        self._server.shutdown()
        self._server.server_close()


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 256

    def handle_error(self, request, client_address):
        """A client that goes away is none of our business."""


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 300
    disable_nagle_algorithm = True
    wbufsize = -1

    def setup(self):
        """TLS first, in the connection's own thread."""
        self.identity = next(CONNECTIONS)
        self.plain = self.request
        if self.server.context is not None:
            self.request.settimeout(30)
            self.request = self.server.context.wrap_socket(self.request, server_side=True)
        super().setup()

    def log_message(self, *_):
        """Says nothing."""

    def version_string(self):
        return "Server"

    def _any(self):
        length = int(self.headers.get("Content-Length") or 0)
        headers = [(name.lower(), value) for name, value in self.headers.items()]
        request = Request(self.command, self.path, headers, self.rfile.read(length), self.identity,
                          self.client_address[0])
        self._send(self.server.application(request))

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = _any

    def _send(self, answer):
        if answer.spoil is None:
            self._whole(answer)
        elif isinstance(answer.spoil, int):
            answer.status = answer.spoil
            answer.body = b"<html>Service Unavailable</html>"
            self._whole(answer)
        else:
            getattr(self, "_spoil_" + answer.spoil.replace("-", "_"))(answer)

    def _head(self, answer, length):
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.kind)
        self.send_header("Content-Length", str(length))
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.end_headers()

    def _whole(self, answer):
        self._head(answer, len(answer.body))
        self.wfile.write(answer.body)
        self.wfile.flush()

    def _end(self):
        self.close_connection = True

    def _spoil_reset(self, _answer):
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._end()
        self.connection.close()

    def _spoil_close(self, _answer):
        self._end()

    def _spoil_cut_xml(self, answer):
        answer.body = answer.body[:len(answer.body) * 2 // 3]
        self._whole(answer)

    _spoil_cut_json = _spoil_cut_xml

    def _spoil_cut_http(self, answer):
        self._head(answer, len(answer.body))
        self.wfile.write(answer.body[:len(answer.body) // 2])
        self.wfile.flush()
        self._end()

    def _spoil_html(self, answer):
        answer.status, answer.body, answer.kind = 200, HTML, "text/html"
        self._whole(answer)

    def _spoil_empty(self, answer):
        answer.status, answer.body = 200, b""
        self._whole(answer)

    def _spoil_bomb(self, answer):
        answer.status, answer.body = 200, BOMB
        self._whole(answer)

    def _spoil_huge(self, answer):
        answer.status = 200
        self._head(answer, HUGE)
        try:
            for _ in range(HUGE >> 16):
                self.wfile.write(b" " * (1 << 16))
        except (OSError, ssl.SSLError):
            pass
        self._end()

    def _spoil_slow(self, answer):
        time.sleep(answer.seconds)
        self._whole(answer)

    def _spoil_silent(self, answer):
        time.sleep(answer.seconds or 120)
        self._end()
