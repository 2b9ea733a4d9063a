/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * t_ioctl.c - ioctl requests on a terminal, a file, a socket and descriptors of the kernel: those that
 * succeed anywhere without privilege, some that fail, and numbers that nobody has.
 */
#include <asm/termbits.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/if.h>
#include <linux/nsfs.h>
#include <linux/random.h>
#include <linux/sockios.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

static void terminal(void)
{
	int master = open("/dev/ptmx", O_RDWR | O_NOCTTY), number = 0, zero = 0;
	struct winsize size = { 24, 80, 0, 0 };
	struct termios t;
	struct termios2 t2;

	ioctl(master, TIOCSPTLCK, &zero);
	ioctl(master, TIOCGPTN, &number);
	ioctl(master, TCGETS, &t);
	t.c_lflag &= ~(tcflag_t)ECHO;
	ioctl(master, TCSETS, &t);
	ioctl(master, TCSETSW, &t);
	ioctl(master, TCGETS2, &t2);
	ioctl(master, TIOCSWINSZ, &size);
	ioctl(master, TIOCGWINSZ, &size);
	ioctl(master, FIONREAD, &number);
	ioctl(master, TCFLSH, TCIOFLUSH);
	ioctl(master, TIOCGPGRP, &number);
	ioctl(master, TIOCMGET, &number);
	ioctl(master, TIOCEXCL);
	ioctl(master, FIONBIO, &zero);
	ioctl(master, FIOCLEX);
	close(master);
}

static void files(void)
{
	int fd = open("/proc/self/exe", O_RDONLY), ns = open("/proc/self/ns/user", O_RDONLY);
	int number = 0;
	unsigned long long size = 0;
	struct fsxattr attr;

	ioctl(fd, TCGETS, NULL);
	ioctl(fd, TCGETS, &attr);
	ioctl(fd, FIGETBSZ, &number);
	ioctl(fd, FS_IOC_GETFLAGS, &number);
	ioctl(fd, FS_IOC_FSGETXATTR, &attr);
	ioctl(fd, BLKGETSIZE64, &size);
	ioctl(fd, BLKRRPART);
	ioctl(fd, FICLONE, ns);
	ioctl(ns, NS_GET_NSTYPE);
	ioctl(ns, NS_GET_OWNER_UID, &number);
	close(ns);
	close(fd);
	fd = open("/dev/urandom", O_RDONLY);
	ioctl(fd, RNDGETENTCNT, &number);
	ioctl(fd, _IOC(_IOC_READ | _IOC_WRITE, 0x12, 0xf4, 0x10), &number);
	ioctl(fd, 0xdeadbeef, 5);
	close(fd);
}

static void network(void)
{
	int fd = socket(AF_INET, SOCK_DGRAM, 0), number = 0;
	struct ifreq ifr;
	static const unsigned int requests[] = { SIOCGIFADDR, SIOCGIFNETMASK, SIOCGIFFLAGS, SIOCGIFMTU,
						 SIOCGIFHWADDR, SIOCGIFINDEX, SIOCGIFTXQLEN,
						 SIOCGIFMETRIC };

	for (size_t i = 0; i < sizeof(requests) / sizeof(requests[0]); i++) {
		memset(&ifr, 0, sizeof(ifr));
		strcpy(ifr.ifr_name, "lo");
		ioctl(fd, requests[i], &ifr);
	}
	strcpy(ifr.ifr_name, "none");
	ioctl(fd, SIOCGIFADDR, &ifr);
	ioctl(fd, SIOCGIFMTU, NULL);
	ioctl(fd, SIOCATMARK, &number);
	close(fd);
}

int main(void)
{
	terminal();
	files();
	network();
	return 0;
}
