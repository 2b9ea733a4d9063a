# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""
service.py activate SOCKET MODE CMD.. - what a service manager does, in a few lines: passes the socket as
descriptor 3, and becomes CMD with $LISTEN_PID and $LISTEN_FDS. MODE: listen, or datagram for a wrong one.

service.py notify SOCKET OUT CMD.. - runs CMD with $NOTIFY_SOCKET and $WATCHDOG_USEC (200 ms), and writes
each line that it is told to OUT; ends with the status of CMD.
"""
import os
import socket
import subprocess
import sys
import threading


def activate(path, mode, command):
    kind = socket.SOCK_STREAM if mode == "listen" else socket.SOCK_DGRAM
    s = socket.socket(socket.AF_UNIX, kind)
    s.bind(path)
    if mode == "listen":
        s.listen(8)
    os.dup2(s.fileno(), 3)
    os.set_inheritable(3, True)
    os.environ["LISTEN_PID"] = str(os.getpid())
    os.environ["LISTEN_FDS"] = "1"
    os.execv(command[0], command)


def notify(path, out, command):
    s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    s.bind(path)
    env = dict(os.environ, NOTIFY_SOCKET=path, WATCHDOG_USEC="200000")
    env.pop("WATCHDOG_PID", None)
    child = subprocess.Popen(command, env=env)

    def listen():
        with open(out, "w", buffering=1) as f:
            while told := s.recv(4096):
                f.write(told.decode() + "\n")

    listener = threading.Thread(target=listen, daemon=True)
    listener.start()
    import signal
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda n, _: child.send_signal(n))
    status = child.wait()
    socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).sendto(b"", path)
    listener.join()  # all that it was told before is written
    os._exit(status if status >= 0 else 128 - status)


{"activate": activate, "notify": notify}[sys.argv[1]](sys.argv[2], sys.argv[3], sys.argv[4:])
