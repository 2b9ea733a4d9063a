# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""peer.py SOCKET MODE [N] - a client of tracerd that misbehaves in the way that MODE says, or that holds N
sessions until it is killed. Ends with 0 if the daemon answered as it should.
"""
import random
import signal
import socket
import struct
import sys
import time

HELLO, OPEN, OPENED, ERROR, RECORDS, SUMMARY, SNAPSHOT, STOP, END, STATUS = range(1, 11)
REQUEST_MAX = 64 << 10
LOST = 6
FACTS = (7, 8, 9)


class Peer:
    def __init__(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(20)
        self.sock.connect(sys.argv[1])
        kind, hello = self.read()
        assert kind == HELLO and len(hello) == 64, (kind, hello)

    def exactly(self, n):
        data = b""
        while len(data) < n:
            more = self.sock.recv(n - len(data))
            if not more:
                raise EOFError
            data += more
        return data

    def read(self):
        length, kind, _ = struct.unpack("IHH", self.exactly(8))
        return kind, self.exactly(length - 8)

    def send(self, kind, payload=b"", length=None):
        self.sock.sendall(struct.pack("IHH", length or 8 + len(payload), kind, 0) + payload)

    def answer(self, kind, payload=b""):
        self.send(kind, payload)
        return self.read()

    def hung_up(self):
        try:
            while True:
                self.read()
        except (EOFError, ConnectionResetError, BrokenPipeError):
            return True


def raw(data):
    p = Peer()
    p.sock.sendall(data)
    return p


def short():
    """A frame shorter than its header."""
    assert raw(struct.pack("IHH", 7, STATUS, 0)).hung_up()


def zero():
    assert raw(b"\0" * 64).hung_up()


def long():
    """Longer than any request may be."""
    assert raw(struct.pack("IHH", REQUEST_MAX + 1, OPEN, 0)).hung_up()
    assert raw(struct.pack("IHH", 0xffffffff, OPEN, 0)).hung_up()


def huge():
    """As long as a request may be, without sense."""
    p = Peer()
    kind, why = p.answer(OPEN, b"pid=1," * ((REQUEST_MAX - 8) // 6) + b"\0")
    assert kind == ERROR and why, (kind, why)
    assert p.answer(STATUS)[0] == STATUS


def half():
    """A client that goes away within a frame."""
    p = raw(struct.pack("IHH", 100, OPEN, 0) + b"pid=")
    p.sock.close()
    for n in range(1, 8):
        raw(struct.pack("IHH", 8, STATUS, 0)[:n]).sock.close()


def type():
    """A frame of a type that nobody knows is skipped."""
    p = raw(struct.pack("IHH", 16, 999, 0) + b"whatever")
    assert p.answer(STATUS)[0] == STATUS


def nul():
    """Keys without a value, with NULs, and none at all."""
    for payload in (b"\0\0\0", b"=\0", b"=x\0", b"pid\0", b"pid=\0", b"\xff\xfe=\x01\0"):
        p = Peer()
        kind, why = p.answer(OPEN, payload)
        assert kind == ERROR and why, (payload, kind, why)
        assert p.answer(STATUS)[0] == STATUS


def unterminated():
    p = Peer()
    kind, why = p.answer(OPEN, b"kind=stream")
    assert kind == ERROR and why, (kind, why)


def keys():
    for payload in (b"nonsense=1\0", b"pid=1\0pid=999999999999999\0", b"kind=none\0", b"string=-1\0",
                    b"slower_ns=99999999999999999999999\0", b"errno=EWHAT\0", b"syscall=/(/\0",
                    b"cgroup=/../../etc\0", b"cgroup=/no/such\0", b"unit=../../x\0", b"comm=\0"):
        p = Peer()
        kind, why = p.answer(OPEN, payload)
        assert kind == ERROR and why, (payload, kind, why)
        assert p.answer(STATUS)[0] == STATUS


def twice():
    """One connection, one session; after its end another."""
    p = Peer()
    assert p.answer(OPEN, b"pid=1\0")[0] == OPENED
    kind, why = p.answer(OPEN, b"pid=1\0")
    while kind == RECORDS:
        kind, why = p.read()
    assert kind == ERROR, (kind, why)
    p.send(STOP)
    while kind != END:
        kind, _ = p.read()
    assert p.answer(OPEN, b"pid=1\0")[0] == OPENED


def first(kind):
    p = Peer()
    assert p.answer(kind)[0] == ERROR
    assert p.answer(STATUS)[0] == STATUS


def random_bytes():
    rnd = random.Random(7)
    for _ in range(200):
        p = Peer()
        try:
            p.sock.sendall(rnd.randbytes(rnd.randrange(1, 3000)))
            p.send(rnd.randrange(12), rnd.randbytes(rnd.randrange(200)))
        except (ConnectionResetError, BrokenPipeError):
            pass
        p.sock.close()


def random_for():
    end = time.monotonic() + float(sys.argv[3])
    rnd = random.Random(11)
    while time.monotonic() < end:
        try:
            p = Peer()
        except AssertionError:  # as many clients as it can serve: those that hung up are not forgotten yet
            time.sleep(0.01)
            continue
        try:
            for _ in range(rnd.randrange(1, 5)):
                if rnd.random() < 0.5:
                    p.sock.sendall(rnd.randbytes(rnd.randrange(1, 5000)))
                else:
                    p.send(rnd.randrange(12), rnd.randbytes(rnd.randrange(200)))
        except OSError:
            pass
        p.sock.close()


def connects():
    """N times a second for so many seconds; each is greeted."""
    rate, seconds = int(sys.argv[3]), float(sys.argv[4])
    start, n = time.monotonic(), 0
    while n < rate * seconds:
        time.sleep(max(0, start + n / rate - time.monotonic()))
        Peer().sock.close()
        n += 1
    took = time.monotonic() - start
    assert took < 3 * seconds, "%d took %.1f s" % (n, took)


def deaf():
    """Takes nothing of a storm for a while, then all that is left."""
    p = Peer()
    kind, why = p.answer(OPEN, b"pid=%d\0syscall=getppid\0" % int(sys.argv[3]))
    assert kind == OPENED, (kind, why)
    time.sleep(float(sys.argv[4]))
    p.send(STOP)
    records = told = size = 0
    while True:
        kind, data = p.read()
        if kind == END:
            break
        assert kind == RECORDS, kind
        size += len(data)
        at = 0
        while at < len(data):
            length, what = struct.unpack_from("IH", data, at)
            if what == LOST:
                told += struct.unpack_from("Q", data, at + 32)[0]
            elif what not in FACTS:
                records += 1
            at += length
    produced, lost = struct.unpack("QQ", data)
    print("records %d told %d produced %d lost %d bytes %d" % (records, told, produced, lost, size))
    assert records + lost == produced and lost > 0 and records > 0
    # A daemon without memory may have none for the last word on the way; the end says it all.
    assert told == lost or (sys.argv[5:] == ["starved"] and told < lost)


def crowd():
    """As many connections as there can be, up to N."""
    peers = []
    for _ in range(int(sys.argv[3])):
        s = socket.socket(socket.AF_UNIX)
        s.setblocking(False)
        try:
            s.connect(sys.argv[1])
            peers.append(s)
        except BlockingIOError:
            time.sleep(0.01)
    signal.pause()


def halves():
    """N that send half a question, and the other half when something comes by a FIFO."""
    frame = struct.pack("IHH", 8, STATUS, 0)
    peers = [Peer() for _ in range(int(sys.argv[3]))]
    for i, p in enumerate(peers):
        p.sock.sendall(frame[:1 + i % 7])
    print("begun", flush=True)
    with open(sys.argv[4]) as fifo:
        fifo.read()
    for i, p in enumerate(peers):
        p.sock.sendall(frame[1 + i % 7:])
        assert p.read()[0] == STATUS


def hold():
    peers = [Peer() for _ in range(int(sys.argv[3]))]
    for p in peers:
        kind, why = p.answer(OPEN, b"pid=1\0")
        assert kind == OPENED, (kind, why)
    signal.pause()


MODES = {
    "short": short, "zero": zero, "long": long, "huge": huge, "half": half, "type": type, "nul": nul,
    "unterminated": unterminated, "keys": keys, "twice": twice, "random": random_bytes, "hold": hold, "random-for": random_for, "connects": connects, "deaf": deaf, "crowd": crowd, "halves": halves,
    "stop-first": lambda: first(STOP), "snapshot-first": lambda: first(SNAPSHOT),
}
MODES[sys.argv[2]]()
