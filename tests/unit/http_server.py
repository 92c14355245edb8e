"""Servers for test_http, on loopback: good ones, and every bad one that a client must survive.

Usage: http_server.py DIRECTORY. Makes throw-away CAs in DIRECTORY with openssl(1), prints one line
"http=PORT https=PORT wronghost=PORT wrongca=PORT" and serves until its standard input ends.
"""

import os
import socket
import ssl
import subprocess
import sys
import threading
import time

connections = 0
requests = []


def openssl(*arguments):
    subprocess.run(("openssl",) + arguments, check=True, stdin=subprocess.DEVNULL,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def make_ca(name):
    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
            "-keyout", name + ".key", "-out", name + ".pem", "-subj", "/CN=dnshook test " + name,
            "-days", "2", "-addext", "basicConstraints=critical,CA:TRUE",
            "-addext", "keyUsage=critical,keyCertSign,cRLSign")


def make_certificate(ca, name, names):
    with open(name + ".ext", "w", encoding="ascii") as file:
        file.write("subjectAltName=" + names + "\n")
    openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
            "-keyout", name + ".key", "-out", name + ".csr", "-subj", "/CN=" + name)
    openssl("x509", "-req", "-in", name + ".csr", "-CA", ca + ".pem", "-CAkey", ca + ".key",
            "-CAcreateserial", "-out", name + ".pem", "-days", "2", "-extfile", name + ".ext")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(name + ".pem", name + ".key")
    return context


def answer(body, *headers, status="200 OK"):
    if isinstance(body, str):
        body = body.encode()
    head = ["HTTP/1.1 " + status, "Content-Length: %d" % len(body), *headers, "", ""]
    return "\r\n".join(head).encode() + body


def drip(stream):
    stream.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    for _ in range(100):
        stream.write(b"x")
        stream.flush()
        time.sleep(0.1)


OK = b"HTTP/1.1 200 OK\r\n"
# What a path is answered with; None: nothing. The connection is closed after a str.
RAW = {
    "/garbage": b"hello, I am no HTTP server at all\r\n",
    "/smtp": b"220 mail.example ESMTP\r\n",
    "/close": b"",
    "/truncated": OK + b"Content-Length: 100\r\n\r\nonly this",
    "/bad-chunk": OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nabc",
    "/two-lengths": OK + b"Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
    "/nul": OK + b"X-Nul: a\0b\r\nContent-Length: 0\r\n\r\n",
    "/many-headers": OK + b"X-Filler: " + b"x" * 1000 + b"\r\n"
                     + (b"X-Filler: " + b"x" * 1000 + b"\r\n") * 70 + b"Content-Length: 0\r\n\r\n",
    "/endless-header": OK + b"X-Endless: " + b"x" * 400000,
    "/status-999": b"HTTP/1.1 999 Odd\r\nContent-Length: 0\r\n\r\n",
    "/endless-body": OK + b"\r\n" + b"x" * 3000000,
}
GOOD = {
    "/hello": answer("hello", "X-One: first", "X-One: second", "x-mixed-CASE: \t value \t",
                     "X-Empty:"),
    "/redirect": answer("moved", "Location: /redirected", status="302 Found"),
    "/redirected": answer("here"),
    "/interim": b"HTTP/1.1 103 Early Hints\r\nX-Early: yes\r\n\r\n" + answer("done", "X-Late: yes"),
    "/trailer": OK + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX-Trailer: evil\r\n\r\n",
    "/teapot": answer("no", status="418 I am a teapot"),
    "/empty": answer(""),
    "/nul-body": answer(b"a\0b"),
    "/1000": answer("x" * 1000),
    "/1001": answer("x" * 1001),
    "/mebi": answer("x" * 1048576),
    "/mebi1": answer("x" * 1048577),
}


def read_request(stream):
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        line = stream.readline()
        if not line:
            return None, None, b""
        head += line
    length = 0
    for line in head.decode("latin-1").split("\r\n")[1:]:
        if line.lower().startswith("content-length:"):
            length = int(line.split(":")[1])
    return head, head.split(b" ")[1].decode("latin-1"), stream.read(length)


def serve_one(stream, number):
    """Answers one request; False when the connection is to be closed."""
    head, target, body = read_request(stream)
    if head is None:
        return False
    path = target.split("?")[0]
    if path not in ("/log", "/connection"):
        waits = " that waits" if b"\nexpect:" in head.lower() else ""
        requests.append(head.split(b"\r\n")[0].decode("latin-1") + waits)
    if path in GOOD:
        stream.write(GOOD[path])
    elif path == "/echo":
        stream.write(answer(head + body))
    elif path == "/connection":
        stream.write(answer("%d" % number))
    elif path == "/log":
        stream.write(answer("\n".join(requests)))
    elif path == "/hang":
        time.sleep(30)
    elif path == "/drip":
        drip(stream)
    else:
        stream.write(RAW.get(path, b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"))
    stream.flush()
    return path not in RAW


def serve(connection, context, number):
    try:
        if context is not None:
            connection = context.wrap_socket(connection, server_side=True)
        with connection, connection.makefile("rwb") as stream:
            while serve_one(stream, number):
                pass
    except OSError:
        pass


def listen(context):
    listener = socket.create_server(("127.0.0.1", 0))

    def accept():
        global connections
        while True:
            connection, _ = listener.accept()
            connections += 1
            threading.Thread(target=serve, args=(connection, context, connections),
                             daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    return listener.getsockname()[1]


def main():
    os.chdir(sys.argv[1])
    make_ca("ca")
    make_ca("otherca")
    good = "DNS:localhost,IP:127.0.0.1"
    print("http=%d https=%d wronghost=%d wrongca=%d" % (
        listen(None), listen(make_certificate("ca", "good", good)),
        listen(make_certificate("ca", "wronghost", "DNS:elsewhere.example")),
        listen(make_certificate("otherca", "wrongca", good))), flush=True)
    sys.stdin.read()


main()
