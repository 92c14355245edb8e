#!/usr/bin/python3
"""Prints tsig_vectors.h: messages signed by dnspython, which shares no code with dnshook.

    /usr/bin/python3 tests/unit/make_tsig_vectors.py > tests/unit/tsig_vectors.h

Made with dnspython 2.3.0. For each algorithm: an UPDATE before and after signing, a signed answer,
and a signed answer that says BADTIME. The clock stands still, so the output is always the same.
"""
import base64
import hashlib
import struct
import time

import dns.flags
import dns.message
import dns.name
import dns.tsig
import dns.update

WHEN = 1700000000
SERVER_TIME = WHEN + 600
ALGORITHMS = ["hmac-md5.sig-alg.reg.int", "hmac-sha1", "hmac-sha224", "hmac-sha256",
              "hmac-sha384", "hmac-sha512"]


def rows(data):
    lines = []
    for at in range(0, len(data), 16):
        lines.append("        " + ", ".join("0x%02x" % b for b in data[at:at + 16]) + ",")
    return "\n".join(lines)


def answer_to(request, key, error, other):
    answer = dns.message.Message(id=request.id)
    answer.flags = dns.flags.QR | (request.opcode() << 11)
    if error:
        answer.set_rcode(9)
    answer.question = list(request.sections[0])
    answer.use_tsig(key, fudge=300, tsig_error=error, other_data=other)
    answer.request_mac = request.mac
    return answer.to_wire()


def main():
    time.time = lambda: WHEN
    print("/* Made by make_tsig_vectors.py; do not edit. */")
    print("static const struct vector vectors[] = {")
    for number, algorithm in enumerate(ALGORITHMS):
        # The longest secret is longer than a block of its hash, which HMAC then hashes first.
        secret = hashlib.shake_128(b"dnshook %d" % number).digest(16 + 32 * number)
        key = dns.tsig.Key("key-%d.example." % number, secret, algorithm + ".")
        shouted = dns.tsig.Key("KEY-%d.Example." % number, secret, algorithm + ".")
        request = dns.update.UpdateMessage("example.test.", id=0x1200 + number)
        request.add("_acme-challenge.www", 60, "TXT", '"value %d"' % number)
        plain = request.to_wire()
        request.use_tsig(key, fudge=300)
        signed = request.to_wire()
        good = answer_to(request, shouted, 0, b"")
        late = answer_to(request, key, 18, struct.pack(">HI", 0, SERVER_TIME))
        print('    {"%s", "key-%d.example", "%s", %d, %d,' %
              (algorithm, number, base64.b64encode(secret).decode(), WHEN, SERVER_TIME))
        for data in (plain, signed, good, late):
            print("     %d, {\n%s\n     }," % (len(data), rows(data)))
        print("    },")
    print("};")


main()
