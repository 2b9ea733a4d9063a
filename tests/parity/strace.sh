#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
# The same programs under strace and under tracectl strace: what is told of them is the same, line for line.

# shellcheck source=tests/parity/lib-setup.sh
. "${SRC_DIR:?}/tests/parity/lib-setup.sh"
if command -v strace >/dev/null; then
	parity strace programs.txt
else
	echo "1..0 # SKIP strace is not installed"
fi
