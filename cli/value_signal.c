/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * value_signal.c - where a signal came from: the codes of siginfo, and which of its fields they fill.
 */
#include "value.h"

#include <signal.h>

/* Codes that any signal can have, from 0 downwards. */
static const char *const common[] = { "SI_USER",  "SI_QUEUE", "SI_TIMER",    "SI_MESGQ",
				      "SI_ASYNCIO", "SI_SIGIO", "SI_TKILL" };

static const char *const ill[] = { "ILL_ILLOPC", "ILL_ILLOPN", "ILL_ILLADR", "ILL_ILLTRP",
				   "ILL_PRVOPC", "ILL_PRVREG", "ILL_COPROC", "ILL_BADSTK",
				   "ILL_BADIADDR" };
static const char *const fpe[] = { "FPE_INTDIV", "FPE_INTOVF", "FPE_FLTDIV", "FPE_FLTOVF",
				   "FPE_FLTUND", "FPE_FLTRES", "FPE_FLTINV", "FPE_FLTSUB" };
static const char *const segv[] = { "SEGV_MAPERR", "SEGV_ACCERR", "SEGV_BNDERR", "SEGV_PKUERR",
				    "SEGV_ACCADI", "SEGV_ADIDERR", "SEGV_ADIPERR", "SEGV_MTEAERR",
				    "SEGV_MTESERR", "SEGV_CPERR" };
static const char *const bus[] = { "BUS_ADRALN", "BUS_ADRERR", "BUS_OBJERR", "BUS_MCEERR_AR",
				   "BUS_MCEERR_AO" };
static const char *const trap[] = { "TRAP_BRKPT", "TRAP_TRACE", "TRAP_BRANCH", "TRAP_HWBKPT",
				    "TRAP_UNK", "TRAP_PERF" };
static const char *const chld[] = { "CLD_EXITED", "CLD_KILLED",	 "CLD_DUMPED",
				    "CLD_TRAPPED", "CLD_STOPPED", "CLD_CONTINUED" };
static const char *const poll[] = { "POLL_IN",	"POLL_OUT", "POLL_MSG",
				    "POLL_ERR", "POLL_PRI", "POLL_HUP" };
static const char *const sys[] = { "SYS_SECCOMP", "SYS_USER_DISPATCH" };

#define CODES(names) { names, sizeof(names) / sizeof((names)[0]) }

static const struct {
	const char *const *names; /* from code 1 on */
	int n;
} of_signal[] = {
	[SIGILL] = CODES(ill),	 [SIGFPE] = CODES(fpe),	  [SIGSEGV] = CODES(segv),
	[SIGBUS] = CODES(bus),	 [SIGTRAP] = CODES(trap), [SIGCHLD] = CODES(chld),
	[SIGPOLL] = CODES(poll), [SIGSYS] = CODES(sys),
};

const char *signal_code_name(int signo, int code)
{
	if (code == SI_KERNEL)
		return "SI_KERNEL";
	if (code <= 0)
		return code > -(int)(sizeof(common) / sizeof(common[0])) ? common[-code] : NULL;
	if (signo <= 0 || signo >= (int)(sizeof(of_signal) / sizeof(of_signal[0])) ||
	    code > of_signal[signo].n)
		return NULL;
	return of_signal[signo].names[code - 1];
}

unsigned int signal_fields(int signo, int code)
{
	if (code == SI_USER || code == SI_TKILL)
		return HAS_SENDER;
	if (code == SI_QUEUE || code == SI_MESGQ)
		return HAS_SENDER | HAS_VALUE;
	if (code == SI_TIMER)
		return HAS_VALUE;
	if (code <= 0)
		return 0;
	switch (signo) {
	case SIGCHLD:
		return HAS_SENDER | HAS_STATUS;
	case SIGILL:
	case SIGFPE:
	case SIGSEGV:
	case SIGBUS:
	case SIGTRAP:
		return HAS_ADDR;
	default:
		return 0;
	}
}
