"""Scripted servers that misbehave. A behaviour is called with (query, transport) for each question
and returns the bytes to send back, or None to say nothing; transport is "udp" or "tcp"."""
import os
import random
import socket
import socketserver
import threading
import time
from collections import Counter

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.query
import dns.rcode
import dns.rdatatype
import dns.rrset


class FaultServer:
    """A scripted server on UDP and TCP port 53 of one or more addresses. `questions` counts by
    (address, name), `arrivals` lists (time, address, transport, name, type)."""

    def __init__(self, name, addresses, behaviour, tcp=True):
        self.name, self.behaviour, self.questions, self.arrivals = name, behaviour, Counter(), []
        self._lock = threading.Lock()
        self._parts = []
        for address in addresses:
            self._serve(_UdpServer, _UdpHandler, address)
            if tcp:
                self._serve(_TcpServer, _TcpHandler, address)

    def _serve(self, server_class, handler, address):
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        bound = type(server_class.__name__, (server_class,), {"address_family": family})
        server = bound((address, 53), handler)
        server.fault, server.lab_address = self, address
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        self._parts.append(server)

    def answer(self, wire, address, transport):
        """What to send back for a message."""
        try:
            query = dns.message.from_wire(wire)
        except dns.exception.DNSException:
            return None
        name = query.question[0].name.to_text(omit_final_dot=True).lower()
        kind = dns.rdatatype.to_text(query.question[0].rdtype)
        with self._lock:
            self.questions[address, name] += 1
            self.arrivals.append((time.monotonic(), address, transport, name, kind))
        return self.behaviour(query, transport)

    def asked(self, name):
        """How often it was asked about a name, at all of its addresses."""
        with self._lock:
            return sum(count for (_, each), count in self.questions.items() if each == name.lower())

    def stop(self):
        """Ends it."""
        for part in self._parts:
            part.shutdown()
            part.server_close()


class _UdpServer(socketserver.ThreadingUDPServer):
    daemon_threads = True
    allow_reuse_address = True
    max_packet_size = 65535


class _TcpServer(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 64


class _UdpHandler(socketserver.BaseRequestHandler):
    def handle(self):
        wire, sock = self.request
        answer = self.server.fault.answer(wire, self.server.lab_address, "udp")
        if answer is not None:
            sock.sendto(answer, self.client_address)


class _TcpHandler(socketserver.StreamRequestHandler):
    def handle(self):
        while True:
            length = self.rfile.read(2)
            if len(length) < 2:
                return
            wire = self.rfile.read(int.from_bytes(length, "big"))
            answer = self.server.fault.answer(wire, self.server.lab_address, "tcp")
            if answer is not None:
                self.wfile.write(len(answer).to_bytes(2, "big") + answer)


# ---- behaviours ----------------------------------------------------------------------------------


def forward(query, upstream, port=53):
    """The answer of the real server, with the question's id."""
    copy = dns.message.from_wire(query.to_wire())
    answer = dns.query.tcp(copy, upstream, port=port, timeout=5)
    answer.id = query.id
    return answer


def honest(upstream):
    """What the real server says."""
    return lambda query, _: forward(query, upstream).to_wire()


def silent(_query, _transport):
    """Says nothing."""
    return None


def garbage(_query, _transport):
    """Sends noise."""
    return os.urandom(random.randint(1, 300))


def garbage_with_id(query, _transport):
    """Sends noise behind a header that fits the question."""
    return query.id.to_bytes(2, "big") + b"\x84\x00\x00\x01\x00\x09" + os.urandom(40)


def wrong_id(upstream):
    """The right answer under another id."""
    def behave(query, _transport):
        answer = forward(query, upstream)
        answer.id = query.id ^ 0x5555
        return answer.to_wire()
    return behave


def wrong_question(upstream):
    """The right answer to another question."""
    def behave(query, _transport):
        wire = bytearray(forward(query, upstream).to_wire())
        wire[13] = ord("x") if wire[13] != ord("x") else ord("y")
        return bytes(wire)
    return behave


def rcode(code):
    """Answers every question with an error."""
    def behave(query, _transport):
        answer = dns.message.make_response(query)
        answer.set_rcode(code)
        return answer.to_wire()
    return behave


def not_authoritative(upstream):
    """The right answer, without AA."""
    def behave(query, _transport):
        answer = forward(query, upstream)
        answer.flags &= ~dns.flags.AA
        return answer.to_wire()
    return behave


def truncating(upstream):
    """Over UDP nothing but the TC bit."""
    def behave(query, transport):
        if transport == "tcp":
            return forward(query, upstream).to_wire()
        answer = dns.message.make_response(query)
        answer.flags |= dns.flags.TC | dns.flags.AA
        return answer.to_wire()
    return behave


def tcp_only(upstream):
    """Silent over UDP."""
    def behave(query, transport):
        return forward(query, upstream).to_wire() if transport == "tcp" else None
    return behave


def lossy(upstream, share):
    """Loses this share of the UDP questions."""
    def behave(query, transport):
        if transport == "udp" and random.random() < share:
            return None
        return forward(query, upstream).to_wire()
    return behave


class Lagging:
    """Serves a TXT value only `delay` seconds after it first saw it at the real server, and goes on
    serving it `linger` seconds after it was gone there. The delay of a value varies by the share
    `jitter`. ready(value) tells when it began."""

    def __init__(self, upstream, delay, linger=0.0, jitter=0.0):
        self.upstream, self.delay, self.linger, self.jitter = upstream, delay, linger, jitter
        self._begin, self._last = {}, {}
        self._lock = threading.Lock()

    def __call__(self, query, _transport):
        answer = forward(query, self.upstream)
        question = query.question[0]
        if question.rdtype != dns.rdatatype.TXT:
            return answer.to_wire()
        values = self._values(question.name, self._texts(answer))
        fresh = [each for each in answer.answer if each.rdtype != dns.rdatatype.TXT]
        if values:
            answer.set_rcode(dns.rcode.NOERROR)
            answer.authority = []
            fresh.append(dns.rrset.from_text(question.name, 60, "IN", "TXT",
                                             *('"%s"' % value for value in sorted(values))))
        elif self._texts(answer):
            answer.set_rcode(dns.rcode.NXDOMAIN)
        answer.answer = fresh
        return answer.to_wire()

    @staticmethod
    def _texts(answer):
        return {b"".join(item.strings).decode() for rrset in answer.answer
                if rrset.rdtype == dns.rdatatype.TXT for item in rrset}

    def _values(self, name, real):
        now = time.monotonic()
        with self._lock:
            for value in real:
                vary = 1 + random.uniform(-self.jitter, self.jitter)
                self._begin.setdefault((name, value), now + self.delay * vary)
                self._last[name, value] = now
            return {value for (owner, value), begin in self._begin.items()
                    if owner == name and begin <= now
                    and (value in real or now < self._last[owner, value] + self.linger)}

    def ready(self, value):
        """The time (monotonic) from which it served the value; None: it never saw it."""
        for (_, each), begin in list(self._begin.items()):
            if each == value:
                return begin
        return None
