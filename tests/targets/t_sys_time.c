/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * t_sys_time.c - clocks, sleeps, timers; waiting for descriptors; the machine's name and state.
 */
#define _GNU_SOURCE
#include "sys.h"

#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/select.h>
#include <sys/sysinfo.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/timex.h>
#include <sys/utsname.h>
#include <time.h>

static void mode_clock(void)
{
	struct timespec ts, bit = { 0, 1000000 }, bad = { 0, 2000000000 }, past = { 1, 0 }, rem;
	struct timeval tv;
	struct timezone tz;
	struct timex tx = { .modes = 0 };
	time_t t;

	S(clock_gettime, CLOCK_REALTIME, &ts);
	S(clock_gettime, CLOCK_MONOTONIC_RAW, &ts);
	S(clock_gettime, CLOCK_PROCESS_CPUTIME_ID, &ts);
	S(clock_gettime, -6, &ts);
	S(clock_gettime, -30, &ts);
	S(clock_gettime, 77, &ts);
	S(clock_gettime, CLOCK_BOOTTIME, BAD);
	S(clock_getres, CLOCK_TAI, &ts);
	S(clock_getres, CLOCK_MONOTONIC_COARSE, NULL);
	S(clock_settime, CLOCK_MONOTONIC, &ts);
	S(clock_nanosleep, CLOCK_MONOTONIC, 0, &bit, NULL);
	S(clock_nanosleep, CLOCK_REALTIME, TIMER_ABSTIME, &past, NULL);
	S(clock_nanosleep, CLOCK_REALTIME, 0, &bad, &rem);
	S(clock_nanosleep, 77, 0x70, BAD, &rem);
	S(nanosleep, &bit, &rem);
	S(nanosleep, &bad, NULL);
	S(nanosleep, NULL, NULL);
	S(gettimeofday, &tv, NULL);
	S(gettimeofday, &tv, &tz);
	S(gettimeofday, NULL, NULL);
	S(settimeofday, BAD, NULL);
	S(time, &t);
	S(time, NULL);
	S(adjtimex, &tx);
	S(clock_adjtime, CLOCK_REALTIME, &tx);
	S(clock_adjtime, 77, BAD);
}

static void mode_timer(void)
{
	struct itimerval it = { { 0, 5 }, { 100, 0 } }, old;
	struct itimerspec its = { { 1, 2 }, { 100, 0 } }, olds;
	struct sigevent ev = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1, .sigev_value.sival_int = 7 };
	struct sigevent none = { .sigev_notify = SIGEV_NONE }, tid = { .sigev_notify = SIGEV_THREAD_ID };
	uint64_t ticks;
	int id, fd;

	S(setitimer, ITIMER_REAL, &it, NULL);
	S(setitimer, ITIMER_VIRTUAL, &it, &old);
	S(setitimer, ITIMER_PROF, &(struct itimerval){ 0 }, NULL);
	S(setitimer, 77, &it, NULL);
	S(getitimer, ITIMER_VIRTUAL, &old);
	S(getitimer, 77, &old);
	S(timer_create, CLOCK_MONOTONIC, &ev, &id);
	S(timer_settime, id, 0, &its, &olds);
	S(timer_settime, id, TIMER_ABSTIME, &its, NULL);
	S(timer_gettime, id, &olds);
	S(timer_getoverrun, id);
	S(timer_delete, id);
	S(timer_delete, id);
	S(timer_create, CLOCK_REALTIME, NULL, &id);
	S(timer_create, CLOCK_REALTIME, &none, &id);
	S(timer_create, CLOCK_REALTIME, &tid, &id);
	S(timer_create, 77, &none, BAD);
	fd = (int)S(timerfd_create, CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	S(timerfd_create, 77, 0x77);
	S(timerfd_settime, fd, 0, &its, &olds);
	S(timerfd_settime, fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &its, NULL);
	S(timerfd_gettime, fd, &olds);
	S(timerfd_gettime, 99, &olds);
	S(read, fd, &ticks, 8);
}

static void mode_poll(void)
{
	struct timespec ts = { 0, 1000000 };
	static struct pollfd p[1000] = { { -1, POLLIN, 0 }, { 77, POLLIN | POLLPRI, 0 }, { 0, 0, 0 } };
	sigset_t set;
	int fds[2];

	(void)!pipe(fds);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	S(poll, NULL, 0, 1);
	S(poll, p, 0, 0);
	S(poll, p, 2, 0);
	p[0] = (struct pollfd){ fds[0], POLLIN, 0 };
	p[1] = (struct pollfd){ fds[1], POLLOUT | POLLWRNORM | POLLRDHUP, 0 };
	S(poll, p, 1, 1);
	S(poll, p, 2, -1);
	S(write, fds[1], "x", 1);
	S(poll, p, 3, 100);
	S(poll, BAD, 2, 0);
	S(poll, p, 1 << 20, 0);
	S(ppoll, p, 1, &ts, NULL, 0);
	S(ppoll, p, 2, NULL, &set, 8);
	S(read, fds[0], &set, 1);
	S(ppoll, p, 1, &ts, &set, 8);
	close(fds[1]);
	S(poll, p, 2, 0);
}

static void mode_select(void)
{
	struct timeval tv = { 0, 1000 }, none = { 0, 0 };
	struct timespec ts = { 0, 1000 };
	static fd_set in, out, except; /* and what comes after them, as far as a call may look */
	static char behind[1 << 12];
	sigset_t set;
	struct {
		const sigset_t *set;
		size_t size;
	} mask = { &set, 8 };
	int fds[2];

	(void)behind[0];
	(void)!pipe(fds);
	sigfillset(&set);
	FD_ZERO(&in); FD_ZERO(&out); FD_ZERO(&except);
	S(select, 0, NULL, NULL, NULL, &none);
	S(select, 10, &in, NULL, NULL, &tv);
	FD_SET(fds[0], &in);
	FD_SET(fds[1], &out);
	S(select, fds[1] + 1, &in, &out, &except, NULL);
	FD_SET(fds[0], &in);
	tv.tv_usec = 1000;
	S(select, fds[0] + 1, &in, NULL, NULL, &tv);
	FD_SET(99, &in);
	S(select, 100, &in, NULL, NULL, &none);
	S(select, -1, &in, NULL, NULL, &none);
	S(select, 100, BAD, NULL, NULL, &none);
	FD_ZERO(&in);
	FD_SET(fds[0], &in);
	FD_SET(fds[1], &out);
	S(pselect6, fds[1] + 1, &in, &out, NULL, &ts, &mask);
	FD_SET(fds[0], &in);
	S(pselect6, fds[0] + 1, &in, NULL, NULL, &ts, NULL);
	mask.set = NULL;
	S(pselect6, 0, NULL, NULL, NULL, &ts, &mask);
}

static void mode_epoll(void)
{
	struct epoll_event ev = { EPOLLIN | EPOLLET, { .u32 = 7 } }, got[5];
	struct timespec ts = { 0, 1000000 };
	sigset_t set;
	uint64_t one = 1;
	int ep = (int)S(epoll_create1, EPOLL_CLOEXEC), e, s;

	sigemptyset(&set);
	S(epoll_create, 5);
	S(epoll_create, 0);
	S(epoll_create1, 0x77);
	e = (int)S(eventfd2, 0, EFD_NONBLOCK | EFD_CLOEXEC);
	s = (int)S(eventfd2, 5, EFD_SEMAPHORE);
	S(eventfd, 77);
	S(eventfd2, 0, 0x77);
	S(epoll_ctl, ep, EPOLL_CTL_ADD, e, &ev);
	ev.data.u64 = 0x123456789abcdef0;
	ev.events = EPOLLOUT | EPOLLONESHOT | EPOLLEXCLUSIVE;
	S(epoll_ctl, ep, EPOLL_CTL_MOD, e, &ev);
	ev.events = EPOLLIN | EPOLLRDHUP | EPOLLWAKEUP;
	S(epoll_ctl, ep, EPOLL_CTL_ADD, s, &ev);
	S(epoll_ctl, ep, EPOLL_CTL_ADD, s, NULL);
	S(epoll_ctl, ep, EPOLL_CTL_DEL, 99, NULL);
	S(epoll_ctl, ep, 77, s, &ev);
	S(epoll_wait, ep, got, 5, 0);
	S(read, s, &one, 8);
	S(write, e, &one, 8);
	one = 3;
	S(write, e, &one, 8);
	S(epoll_wait, ep, got, 5, -1);
	S(epoll_wait, ep, got, 1, 1);
	S(epoll_pwait, ep, got, 5, 0, &set, 8);
	S(epoll_pwait, ep, got, 5, 0, NULL, 8);
	S(epoll_pwait2, ep, got, 5, &ts, NULL, 8);
	S(read, e, &one, 8);
	S(read, e, &one, 8);
	S(epoll_ctl, ep, EPOLL_CTL_DEL, s, NULL);
	S(epoll_wait, ep, got, 5, 1);
	S(epoll_wait, ep, got, 0, 0);
	S(epoll_wait, 99, got, 5, 0);
	S(epoll_wait, ep, BAD, 5, 0);
}

static void mode_system(void)
{
	struct utsname u;
	struct sysinfo info;
	unsigned char bytes[40];

	S(uname, &u);
	S(uname, BAD);
	S(sysinfo, &info);
	S(sysinfo, NULL);
	S(getrandom, bytes, 10, 1);
	S(getrandom, bytes, 40, 1 | 2 | 4);
	S(getrandom, BAD, 10, 0);
	S(sysfs, 1, "ext4", 0);
	S(sysfs, 3, 0, 0);
}

int main(int argc, char **argv)
{
	static const struct mode modes[] = {
		{ "clock", mode_clock },   { "timer", mode_timer }, { "poll", mode_poll },
		{ "select", mode_select }, { "epoll", mode_epoll }, { "system", mode_system },
	};

	return run_mode(modes, COUNT(modes), argc, argv);
}
