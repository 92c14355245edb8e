"""A proxy that knows CONNECT."""
import socket
import socketserver
import threading


class Proxy:
    """Listens; `targets` are the "host:port" that it was asked for, `others` the first lines of
    requests that are not CONNECT."""

    def __init__(self, address, port):
        self.targets, self.others = [], []
        self._server = _Server((address, port), _Handler)
        self._server.proxy = self
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self):
        """Ends it."""
        self._server.shutdown()
        self._server.server_close()


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


class _Handler(socketserver.StreamRequestHandler):
    def handle(self):
        line = self.rfile.readline().decode("latin-1").split()
        while self.rfile.readline() not in (b"\r\n", b""):
            pass
        if len(line) < 2 or line[0] != "CONNECT":
            self.server.proxy.others.append(line)
            self.wfile.write(b"HTTP/1.1 405 Method Not Allowed\r\nContent-Length: 0\r\n\r\n")
            return
        self.server.proxy.targets.append(line[1])
        host, _, port = line[1].rpartition(":")
        with socket.create_connection((host, int(port)), timeout=10) as upstream:
            upstream.settimeout(None)
            self.wfile.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            threading.Thread(target=_copy, args=(upstream, self.connection), daemon=True).start()
            _copy(self.connection, upstream)


def _copy(source, target):
    """Copies until the end."""
    try:
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass
