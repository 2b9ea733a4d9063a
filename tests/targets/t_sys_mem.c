/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * t_sys_mem.c - memory, and what processes share: mappings, SysV IPC, message queues, futexes.
 */
#define _GNU_SOURCE
#include "sys.h"

#include <linux/futex.h>
#include <linux/mempolicy.h>
#include <mqueue.h>
#include <signal.h>
#include <stdio.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/uio.h>
#include <time.h>

static void mode_map(void)
{
	char *p, vec[4];
	int fd = open("numbers", O_RDWR);

	p = (char *)S(mmap, NULL, 16384, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	S(mmap, NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
	S(mmap, NULL, 4096, PROT_NONE, MAP_SHARED_VALIDATE | MAP_SYNC, fd, 0);
	S(mmap, NULL, 1 << 21, PROT_READ | PROT_EXEC,
	  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK | MAP_GROWSDOWN, -1, 0);
	S(mmap, p, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_POPULATE | MAP_LOCKED, -1, 0);
	S(mmap, p, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
	S(mmap, NULL, 1 << 21, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB | 21 << MAP_HUGE_SHIFT, -1, 0);
	S(mmap, NULL, 0, PROT_READ, MAP_PRIVATE, fd, 0);
	S(mmap, NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 77);
	S(mmap, NULL, 4096, 0x70, 0, fd, 0x10000);
	S(mmap, NULL, 4096, PROT_READ, MAP_SHARED, 99, 0x1000);
	S(mprotect, p, 4096, PROT_NONE);
	S(mprotect, p, 4096, PROT_READ | PROT_WRITE | PROT_EXEC | PROT_GROWSDOWN);
	S(mprotect, p + 1, 4096, PROT_READ);
	S(mremap, p, 4096, 8192, MREMAP_MAYMOVE);
	S(mremap, p, 4096, 8192, MREMAP_MAYMOVE | MREMAP_FIXED, p + 1);
	S(mremap, BAD, 4096, 8192, 0);
	S(madvise, p + 4096, 4096, MADV_DONTNEED);
	S(madvise, p + 4096, 4096, MADV_HUGEPAGE);
	S(madvise, p + 4096, 4096, 7777);
	S(mlock, p + 4096, 4096);
	S(mlock2, p + 4096, 4096, 1);
	S(munlock, p + 4096, 4096);
	S(mlockall, MCL_CURRENT | MCL_FUTURE);
	S(munlockall);
	S(mlockall, 0x70);
	S(msync, p + 4096, 4096, MS_SYNC | MS_INVALIDATE);
	S(mincore, p + 8192, 8192, vec);
	S(mincore, BAD, 8192, vec);
	S(munmap, p, 16384);
	S(munmap, p, 0);
	S(munmap, p + 5, 77);
	S(brk, NULL);
	S(brk, (char *)sbrk(0) + 4096);
	S(remap_file_pages, p, 4096, 0, 0, 0);
	S(pkey_alloc, 0, 1);
	S(pkey_free, 77);
	S(pkey_mprotect, p, 4096, PROT_READ, -1);
	S(memfd_create, "a name", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	S(memfd_create, "huge", MFD_HUGETLB | 21 << 26);
	S(memfd_create, NULL, 0x770);
	S(memfd_secret, 0);
	S(process_madvise, 99, NULL, 0, MADV_COLD, 0);
	S(mbind, p, 4096, MPOL_BIND, NULL, 0, MPOL_MF_MOVE);
	S(get_mempolicy, NULL, NULL, 0, NULL, 0);
	S(set_mempolicy, MPOL_DEFAULT, NULL, 0);
	syscall(462 /* mseal */, p, 4096, 0);
}

static void mode_shm(void)
{
	struct shmid_ds ds;
	int id = (int)S(shmget, IPC_PRIVATE, 4096, IPC_CREAT | IPC_EXCL | 0600);
	char *p;

	S(shmget, 0x1234567, 4096, 0);
	S(shmget, 0x1234567, 1L << 50, IPC_CREAT | SHM_HUGETLB | 0777);
	p = (char *)S(shmat, id, NULL, 0);
	S(shmat, id, NULL, SHM_RDONLY | SHM_RND);
	S(shmat, 99999, BAD, 0x70);
	S(shmctl, id, IPC_STAT, &ds);
	ds.shm_perm.mode = 0640;
	S(shmctl, id, IPC_SET, &ds);
	S(shmctl, id, SHM_LOCK, NULL);
	S(shmdt, p);
	S(shmdt, NULL);
	S(shmctl, id, IPC_RMID, NULL);
	S(shmctl, id, IPC_RMID, NULL);
	S(shmctl, 99999, 77, BAD);
}

static void mode_sem(void)
{
	struct sembuf ops[] = { { 0, 1, 0 }, { 1, -1, IPC_NOWAIT | SEM_UNDO } };
	struct timespec ts = { 1, 5 };
	unsigned short values[2] = { 3, 5 };
	struct semid_ds ds;
	int id = (int)S(semget, IPC_PRIVATE, 2, IPC_CREAT | 0600);

	S(semget, 0x77777, 2, 0);
	S(semop, id, ops, 1);
	S(semop, id, ops, 2);
	S(semop, id, NULL, 1);
	S(semop, id, BAD, 1);
	S(semtimedop, id, ops, 2, &ts);
	S(semtimedop, 99999, ops, 1, NULL);
	S(semctl, id, 0, GETVAL, 0);
	S(semctl, id, 1, SETVAL, 7);
	S(semctl, id, 0, SETALL, values);
	S(semctl, id, 0, GETALL, values);
	S(semctl, id, 0, IPC_STAT, &ds);
	S(semctl, id, 0, GETPID, 0);
	S(semctl, id, 0, IPC_RMID, 0);
	S(semctl, 99999, 5, 77, 0);
}

static void mode_msg(void)
{
	struct {
		long type;
		char text[50];
	} m = { 5, "some text in a message, which is a long one" };
	struct msqid_ds ds;
	int id = (int)S(msgget, IPC_PRIVATE, IPC_CREAT | 0600);

	S(msgget, 0x77777, 0);
	S(msgsnd, id, &m, 44, IPC_NOWAIT);
	S(msgsnd, id, &m, 4, 0);
	S(msgsnd, id, &m, 0, 0);
	S(msgsnd, id, BAD, 5, 0);
	S(msgsnd, 99999, &m, 5, MSG_NOERROR);
	S(msgrcv, id, &m, 50, 0, 0);
	S(msgrcv, id, &m, 2, 5, MSG_NOERROR | IPC_NOWAIT);
	S(msgrcv, id, &m, 50, -9, IPC_NOWAIT);
	S(msgrcv, id, &m, 50, 77, IPC_NOWAIT | MSG_EXCEPT);
	S(msgctl, id, IPC_STAT, &ds);
	S(msgctl, id, IPC_RMID, NULL);
	S(msgctl, 99999, 77, NULL);
}

static void mode_mq(void)
{
	struct mq_attr attr = { .mq_maxmsg = 4, .mq_msgsize = 100 }, old;
	struct timespec ts = { 1000000000, 5 };
	struct sigevent ev = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1, .sigev_value.sival_int = 7 };
	unsigned int prio;
	char name[40], buf[100];
	int q;

	snprintf(name, sizeof(name), "tracer-parity-%d", getpid());
	strcpy(name, "tracer-parity");
	q = (int)S(mq_open, name, O_RDWR | O_CREAT | O_NONBLOCK, 0600, &attr);
	S(mq_open, "nothing", O_RDONLY, 0, NULL);
	S(mq_open, "nothing/x", O_RDONLY | O_CREAT, 0777, BAD);
	S(mq_timedsend, q, "a message", 9, 3, NULL);
	S(mq_timedsend, q, "one that is longer than thirty-two bytes", 40, 0, &ts);
	S(mq_timedsend, 99, "x", 1, 0, NULL);
	S(mq_notify, q, &ev);
	S(mq_notify, q, NULL);
	S(mq_getsetattr, q, NULL, &old);
	attr.mq_flags = 0;
	S(mq_getsetattr, q, &attr, NULL);
	S(mq_timedreceive, q, buf, sizeof(buf), &prio, NULL);
	S(mq_timedreceive, q, buf, sizeof(buf), NULL, &ts);
	S(mq_timedreceive, q, buf, sizeof(buf), &prio, &ts);
	S(mq_timedreceive, q, buf, 5, NULL, NULL);
	S(mq_unlink, name);
	S(mq_unlink, name);
}

static void mode_futex(void)
{
	uint32_t word = 5, other = 7;
	struct timespec ts = { 0, 1000000 }, at = { 1000000000, 5 };
	static struct futex_waitv w[200] = { { .val = 5, .uaddr = 16, .flags = 2 }, { .val = 6, .flags = 2 | 128 } };
	struct {
		void *next;
		long offset;
		void *pending;
	} head = { &head, 0, NULL }, *got;
	size_t size;

	S(futex, &word, FUTEX_WAKE, 1);
	S(futex, &word, FUTEX_WAKE_PRIVATE, 0x7fffffff);
	S(futex, &word, FUTEX_WAIT, 6, NULL);
	S(futex, &word, FUTEX_WAIT_PRIVATE, 5, &ts);
	S(futex, &word, FUTEX_WAIT_BITSET | FUTEX_CLOCK_REALTIME, 5, &at, NULL, 0xffffffff);
	S(futex, &word, FUTEX_WAIT_BITSET_PRIVATE, 5, &ts, NULL, 3);
	S(futex, &word, FUTEX_WAKE_BITSET, 5, NULL, NULL, 0x77);
	S(futex, &word, FUTEX_REQUEUE, 1, 2, &other);
	S(futex, &word, FUTEX_CMP_REQUEUE_PRIVATE, 1, 2, &other, 5);
	S(futex, &word, FUTEX_CMP_REQUEUE, 1, 2, &other, 6);
	S(futex, &word, FUTEX_WAKE_OP, 1, 1, &other, FUTEX_OP(FUTEX_OP_ADD, 1, FUTEX_OP_CMP_EQ, 7));
	S(futex, &word, FUTEX_WAKE_OP_PRIVATE, 1, 1, &other,
	  FUTEX_OP((FUTEX_OP_OR | FUTEX_OP_OPARG_SHIFT), 2, FUTEX_OP_CMP_GT, 1));
	S(futex, &word, FUTEX_LOCK_PI, 0, &at);
	S(futex, &word, FUTEX_TRYLOCK_PI);
	S(futex, &word, FUTEX_UNLOCK_PI_PRIVATE);
	S(futex, &word, FUTEX_CMP_REQUEUE_PI, 1, 2, &other, 5);
	S(futex, &word, FUTEX_WAIT_REQUEUE_PI, 5, &ts, &other, 0);
	S(futex, &word, 77, 1, 2, 3, 4);
	S(futex, BAD, FUTEX_WAIT, 1, NULL);
	S(futex, NULL, FUTEX_WAKE, 1);
	S(futex_waitv, w, 2, 0, &ts, CLOCK_MONOTONIC);
	S(futex_waitv, w, 200, 0, NULL, 77);
	S(set_robust_list, &head, sizeof(head));
	S(set_robust_list, &head, 5);
	S(get_robust_list, 0, &got, &size);
	S(get_robust_list, 99999, &got, &size);
}

int main(int argc, char **argv)
{
	static const struct mode modes[] = {
		{ "map", mode_map }, { "shm", mode_shm }, { "sem", mode_sem },
		{ "msg", mode_msg }, { "mq", mode_mq },	  { "futex", mode_futex },
	};

	return run_mode(modes, COUNT(modes), argc, argv);
}
