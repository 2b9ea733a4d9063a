# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""loops.py FILE.. - prints the instructions of BPF objects that Linux before 6.2 rejects as a "back-edge".

Its verifier first walks a function depth-first, what follows a jump before where it goes. Only a jump may lead to an
instruction that is still being walked: where clang lays out a loop so that another instruction falls through to its
head, the program doesn't load. An object in which that is so is fine on newer kernels, so only this, or a boot, tells.
"""
import re
import subprocess
import sys

INSTRUCTION = re.compile(r"\s+(\d+):\s+(.*)")
FUNCTION = re.compile(r"[0-9a-f]+ <((?!LBB)\w+)>:")
TARGET = re.compile(r"goto ([+-]\d+)")


def functions(path):
    """Yields names with {number: text}."""
    text = subprocess.run(["llvm-objdump", "-d", "--no-show-raw-insn", path], check=True,
                          capture_output=True, text=True).stdout
    name, code = None, {}
    for line in text.splitlines():
        if m := FUNCTION.match(line):
            yield name, code
            name, code = m[1], {}
        elif m := INSTRUCTION.match(line):
            code[int(m[1])] = m[2]
    yield name, code


def successors(code, at):
    """Yields (number, whether it may be one that is being walked)."""
    text, target = code[at], TARGET.search(code[at])
    if text.startswith("exit"):
        return
    if not text.startswith("goto"):
        yield at + 1 if at + 1 in code else at + 2, target is not None  # 64-bit constants take two
    if target:
        yield at + 1 + int(target[1]), True


def back_edges(code):
    """Yields pairs of numbers."""
    walked, path = set(), {}
    stack = [(min(code), successors(code, min(code)))]
    path[min(code)] = True
    while stack:
        at, rest = stack[-1]
        for to, may_go_back in rest:
            if to in path and not may_go_back:
                yield at, to
            if to in code and to not in path and to not in walked:
                path[to] = True
                stack.append((to, successors(code, to)))
                break
        else:
            stack.pop()
            del path[at]
            walked.add(at)


for path in sys.argv[1:]:
    seen = 0
    for name, code in functions(path):
        seen += len(code)
        for at, to in back_edges(code) if code else ():
            print(f"{path}: {name}: instruction {at} falls through to {to}, the head of a loop")
    if not seen:
        print(f"{path}: no instructions were found")
