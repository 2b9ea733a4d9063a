#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
# The same programs under the bpf and the ptrace backend: what is told of them is the same.

# shellcheck source=tests/parity/lib-setup.sh
. "${SRC_DIR:?}/tests/parity/lib-setup.sh"
parity backends programs.txt
