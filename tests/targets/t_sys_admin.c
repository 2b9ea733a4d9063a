/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * t_sys_admin.c - what administers a system or shuts a process in: keys, Landlock, seccomp, capabilities, mounts,
 * quotas, modules, kexec.
 */
#define _GNU_SOURCE
#include "sys.h"

#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/kexec.h>
#include <linux/keyctl.h>
#include <linux/landlock.h>
#include <linux/mount.h>
#include <linux/quota.h>
#include <linux/seccomp.h>
#include <stdio.h>
#include <sys/prctl.h>

#define SYS_statmount 457
#define SYS_listmount 458

#define NO_KEY 0x7fffffff

static void mode_keys(void)
{
	struct keyctl_dh_params dh = { .private = 1, .prime = 2, .base = 3 };
	struct keyctl_kdf_params kdf = { .hashname = "sha256", .otherinfo = "info", .otherinfolen = 4 };
	struct keyctl_pkey_query query;
	struct keyctl_pkey_params pkey = { .key_id = NO_KEY, .in_len = 3, .out_len = 8 };
	char buf[64];
	int ids[4];

	S(add_key, "user", "a:name", "payload\1", 8, KEY_SPEC_PROCESS_KEYRING);
	S(add_key, "user", NULL, NULL, 0, NO_KEY);
	S(add_key, BAD, "x", BAD, 5, 0);
	S(request_key, "user", "no:such", "info", KEY_SPEC_THREAD_KEYRING);
	S(request_key, "nothing", "x", NULL, 0);
	S(keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_THREAD_KEYRING, 0);
	S(keyctl, KEYCTL_GET_KEYRING_ID, NO_KEY, 1);
	S(keyctl, KEYCTL_JOIN_SESSION_KEYRING, BAD);
	S(keyctl, KEYCTL_UPDATE, NO_KEY, "data", 4);
	S(keyctl, KEYCTL_REVOKE, NO_KEY);
	S(keyctl, KEYCTL_CHOWN, NO_KEY, 0, -1);
	S(keyctl, KEYCTL_SETPERM, NO_KEY, 0x3f3f0000);
	S(keyctl, KEYCTL_SETPERM, NO_KEY, 0x40000001);
	S(keyctl, KEYCTL_DESCRIBE, KEY_SPEC_PROCESS_KEYRING, buf, sizeof(buf));
	S(keyctl, KEYCTL_DESCRIBE, NO_KEY, buf, sizeof(buf));
	S(keyctl, KEYCTL_CLEAR, NO_KEY);
	S(keyctl, KEYCTL_LINK, NO_KEY, KEY_SPEC_USER_KEYRING);
	S(keyctl, KEYCTL_UNLINK, NO_KEY, KEY_SPEC_USER_SESSION_KEYRING);
	S(keyctl, KEYCTL_SEARCH, KEY_SPEC_SESSION_KEYRING, "user", "no:such", 0);
	S(keyctl, KEYCTL_READ, NO_KEY, buf, sizeof(buf));
	S(keyctl, KEYCTL_READ, KEY_SPEC_PROCESS_KEYRING, ids, 0);
	S(keyctl, KEYCTL_INSTANTIATE, NO_KEY, "text", 4, KEY_SPEC_GROUP_KEYRING);
	S(keyctl, KEYCTL_NEGATE, NO_KEY, 30, 0);
	S(keyctl, KEYCTL_SET_REQKEY_KEYRING, KEY_REQKEY_DEFL_NO_CHANGE);
	S(keyctl, KEYCTL_SET_REQKEY_KEYRING, 77);
	S(keyctl, KEYCTL_SET_TIMEOUT, NO_KEY, 60);
	S(keyctl, KEYCTL_ASSUME_AUTHORITY, KEY_SPEC_REQKEY_AUTH_KEY);
	S(keyctl, KEYCTL_GET_SECURITY, NO_KEY, buf, sizeof(buf));
	S(keyctl, KEYCTL_REJECT, NO_KEY, 30, ENOKEY, 0);
	S(keyctl, KEYCTL_INVALIDATE, NO_KEY);
	S(keyctl, KEYCTL_GET_PERSISTENT, 77777, NO_KEY);
	S(keyctl, KEYCTL_DH_COMPUTE, &dh, buf, 16, NULL);
	S(keyctl, KEYCTL_DH_COMPUTE, &dh, buf, 16, &kdf);
	S(keyctl, KEYCTL_DH_COMPUTE, BAD, buf, 16, BAD);
	S(keyctl, KEYCTL_PKEY_QUERY, NO_KEY, 0, "enc=pkcs1", &query);
	S(keyctl, KEYCTL_PKEY_ENCRYPT, &pkey, "enc=pkcs1", "abc", buf);
	S(keyctl, KEYCTL_PKEY_DECRYPT, &pkey, "enc=pkcs1", "abc", buf);
	S(keyctl, KEYCTL_PKEY_SIGN, &pkey, "hash=sha1", "abc", buf);
	S(keyctl, KEYCTL_PKEY_VERIFY, &pkey, "hash=sha1", "abc", "signature");
	S(keyctl, KEYCTL_RESTRICT_KEYRING, NO_KEY, "asymmetric", "builtin_trusted");
	S(keyctl, KEYCTL_RESTRICT_KEYRING, NO_KEY, NULL, NULL);
	S(keyctl, KEYCTL_MOVE, NO_KEY, 0, KEY_SPEC_REQUESTOR_KEYRING, KEYCTL_MOVE_EXCL);
	S(keyctl, KEYCTL_CAPABILITIES, buf, 2);
	S(keyctl, KEYCTL_CAPABILITIES, buf, 1);
	S(keyctl, 777, 1, 2, 3, 4);
}

static void mode_landlock(void)
{
	struct landlock_ruleset_attr attr = { LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_WRITE_FILE |
					      LANDLOCK_ACCESS_FS_READ_DIR };
	struct landlock_path_beneath_attr rule = { LANDLOCK_ACCESS_FS_READ_FILE, 0 };
	int fd;

	S(landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
	S(landlock_create_ruleset, NULL, 0, 0x70);
	S(landlock_create_ruleset, &attr, sizeof(attr), 0x70);
	S(landlock_create_ruleset, &attr, 4, 0);
	S(landlock_create_ruleset, BAD, sizeof(attr), 0);
	attr.handled_access_fs = 1ULL << 40;
	S(landlock_create_ruleset, &attr, sizeof(attr), 0);
	attr.handled_access_fs = 0x1fff;
	fd = (int)S(landlock_create_ruleset, &attr, sizeof(attr), 0);
	S(landlock_add_rule, fd, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
	S(landlock_add_rule, fd, LANDLOCK_RULE_PATH_BENEATH, BAD, 0);
	S(landlock_add_rule, fd, LANDLOCK_RULE_PATH_BENEATH, NULL, 1);
	S(landlock_add_rule, 99, 77, &rule, 0);
	S(landlock_restrict_self, 99, 0);
}

#define LOAD_NR BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0)
#define RET(v) BPF_STMT(BPF_RET | BPF_K, v)

static void mode_seccomp(void)
{
	struct sock_filter allow[] = {
		LOAD_NR,
		BPF_STMT(BPF_LD | BPF_B | BPF_IND, 12),
		BPF_STMT(BPF_LD | BPF_IMM, 5),
		BPF_STMT(BPF_LDX | BPF_MEM, 3),
		BPF_STMT(BPF_LDX | BPF_B | BPF_MSH, 3),
		BPF_STMT(BPF_ST, 1),
		BPF_STMT(BPF_STX, 2),
		BPF_STMT(BPF_ALU | BPF_ADD | BPF_K, 1),
		BPF_STMT(BPF_ALU | BPF_AND | BPF_X, 0),
		BPF_STMT(BPF_ALU | BPF_NEG, 0),
		BPF_STMT(BPF_MISC | BPF_TAX, 0),
		BPF_STMT(BPF_MISC | BPF_TXA, 0),
		BPF_JUMP(BPF_JMP | BPF_JA, 2, 0, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 231, 0, 1),
		BPF_JUMP(BPF_JMP | BPF_JGT | BPF_X, 0, 1, 0),
		BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, 0x10, 1, 0),
		RET(SECCOMP_RET_ALLOW),
		RET(SECCOMP_RET_ERRNO | 2),
		RET(SECCOMP_RET_TRACE | 77),
		RET(SECCOMP_RET_KILL_PROCESS),
		RET(SECCOMP_RET_KILL_THREAD),
		RET(SECCOMP_RET_TRAP),
		RET(SECCOMP_RET_LOG),
		RET(SECCOMP_RET_USER_NOTIF),
		RET(0x12345678),
		BPF_STMT(BPF_RET | BPF_A, 0),
		BPF_STMT(0xffff, 7),
	};
	struct sock_filter simple[] = { RET(SECCOMP_RET_ALLOW) };
	struct sock_fprog prog = { COUNT(allow), allow }, fine = { 1, simple }, none = { 3, NULL }, bad = { 3, BAD };
	struct seccomp_notif_sizes sizes;
	uint32_t action = SECCOMP_RET_TRAP;

	S(seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action);
	action = 0x12340000;
	S(seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action);
	S(seccomp, SECCOMP_GET_NOTIF_SIZES, 0, &sizes);
	S(seccomp, SECCOMP_GET_NOTIF_SIZES, 0, BAD);
	S(seccomp, SECCOMP_SET_MODE_FILTER, 0, &prog);
	S(seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC | SECCOMP_FILTER_FLAG_LOG | 0x80, &none);
	S(seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_SPEC_ALLOW, &bad);
	S(seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, BAD);
	S(seccomp, 77, 1, &prog);
	S(seccomp, SECCOMP_SET_MODE_STRICT, 1, NULL);
	S(prctl, PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog);
	S(prctl, PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &bad);
	S(seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_LOG, &fine);
	S(prctl, PR_GET_SECCOMP);
}

static void mode_caps(void)
{
	struct __user_cap_header_struct head = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct data[2] = { { 0 } };

	S(capget, &head, NULL);
	S(capget, &head, data);
	head.version = _LINUX_CAPABILITY_VERSION_1;
	S(capget, &head, data);
	head.version = _LINUX_CAPABILITY_VERSION_2;
	S(capget, &head, data);
	head.version = 77;
	S(capget, &head, data);
	S(capget, BAD, data);
	S(capget, NULL, NULL);
	head = (struct __user_cap_header_struct){ _LINUX_CAPABILITY_VERSION_3, 1 };
	S(capset, &head, data);
	head.pid = 0;
	S(capset, &head, BAD);
	data[0] = (struct __user_cap_data_struct){ 1 << CAP_CHOWN | 1 << CAP_KILL, 1 << CAP_CHOWN | 1 << CAP_KILL, 0 };
	data[1] = (struct __user_cap_data_struct){ 1 << 3, 1 << 3, 1 << 31 };
	S(capset, &head, data);
	data[1].inheritable = 0;
	S(capset, &head, data);
	head.version = 77;
	S(capset, &head, data);
}

static void mode_mounts(void)
{
	struct mount_attr attr = { MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID, MOUNT_ATTR_RELATIME, 1 << 18, 99 };
	uint64_t req[3] = { 24, 1, 3 }, list[4], stat[64];
	int fd = (int)S(fsopen, "tmpfs", FSOPEN_CLOEXEC);

	S(fsopen, "no-such-type", 0x70);
	S(fsopen, BAD, 0);
	S(fsconfig, fd, FSCONFIG_SET_FLAG, "ro", NULL, 0);
	S(fsconfig, fd, FSCONFIG_SET_STRING, "size", "1M", 0);
	S(fsconfig, fd, FSCONFIG_SET_BINARY, "bin", "\1\2\3", 3);
	S(fsconfig, fd, FSCONFIG_SET_PATH, "path", "/tmp", AT_FDCWD);
	S(fsconfig, fd, FSCONFIG_SET_PATH_EMPTY, "path", "", 5);
	S(fsconfig, fd, FSCONFIG_SET_FD, "fd", NULL, 0);
	S(fsconfig, fd, FSCONFIG_CMD_RECONFIGURE, NULL, NULL, 0);
	S(fsconfig, fd, 77, "key", "value", 3);
	S(fsconfig, 99, FSCONFIG_SET_STRING, BAD, BAD, 0);
	S(fsconfig, fd, FSCONFIG_CMD_CREATE, NULL, NULL, 0);
	S(fsmount, fd, FSMOUNT_CLOEXEC, MOUNT_ATTR_NODEV | MOUNT_ATTR_NOATIME);
	S(fsmount, 99, 0x70, 0x70000000);
	S(fsmount, 99, 0, MOUNT_ATTR_STRICTATIME);
	S(fspick, AT_FDCWD, "nothing", FSPICK_CLOEXEC | FSPICK_EMPTY_PATH);
	S(fspick, 99, "x", 0x70);
	S(open_tree, AT_FDCWD, "nothing", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE);
	S(open_tree, 99, "", AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW);
	S(move_mount, 99, "", AT_FDCWD, "/nothing", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_SYMLINKS);
	S(move_mount, AT_FDCWD, BAD, 99, "x", MOVE_MOUNT_SET_GROUP);
	S(mount_setattr, 99, "", AT_EMPTY_PATH | AT_RECURSIVE, &attr, sizeof(attr));
	S(mount_setattr, AT_FDCWD, "nothing", 0, &attr, 8);
	S(mount_setattr, AT_FDCWD, "nothing", 0, BAD, sizeof(attr));
	S(mount, "none", "/nothing", "tmpfs", MS_RDONLY | MS_NOSUID | MS_STRICTATIME, "size=1M,mode=700");
	S(mount, "a", "/nothing", NULL, MS_BIND | MS_REC, NULL);
	S(mount, NULL, "/nothing", NULL, MS_REMOUNT | MS_NODEV, "x");
	S(mount, NULL, "/nothing", NULL, MS_SHARED | MS_SILENT, BAD);
	S(mount, NULL, "/nothing", "x", 0xc0ed0000 | MS_MOVE, "x");
	S(umount2, "/nothing", 2 | 4 | 8);
	S(umount2, "/nothing", 0x77);
	S(pivot_root, "/nothing", BAD);
	S(swapon, "/nothing", 0x8005 | 0x10000);
	S(statmount, req, stat, sizeof(stat), 0);
	S(listmount, req, list, 4, 0);
}

static void mode_quota(void)
{
	struct if_dqblk blk = { .dqb_bhardlimit = 100, .dqb_valid = QIF_BLIMITS | QIF_ITIME };
	struct if_dqinfo info = { .dqi_bgrace = 600, .dqi_valid = IIF_BGRACE };
	struct if_nextdqblk next;
	uint32_t format;

	S(quotactl, QCMD(Q_QUOTAON, USRQUOTA), "/dev/nothing", QFMT_VFS_V0, "/aquota.user");
	S(quotactl, QCMD(Q_QUOTAON, GRPQUOTA), "/dev/nothing", 77, BAD);
	S(quotactl, QCMD(Q_QUOTAOFF, PRJQUOTA), "/dev/nothing", 0, NULL);
	S(quotactl, QCMD(Q_GETQUOTA, USRQUOTA), "/dev/nothing", 1000, &blk);
	S(quotactl, QCMD(Q_SETQUOTA, USRQUOTA), "/dev/nothing", 1000, &blk);
	S(quotactl, QCMD(Q_SETQUOTA, USRQUOTA), "/dev/nothing", -1, BAD);
	S(quotactl, QCMD(Q_GETNEXTQUOTA, GRPQUOTA), "/dev/nothing", 0, &next);
	S(quotactl, QCMD(Q_SETINFO, USRQUOTA), "/dev/nothing", 0, &info);
	S(quotactl, QCMD(Q_GETINFO, USRQUOTA), "/dev/nothing", 0, &info);
	S(quotactl, QCMD(Q_GETFMT, 77), "/dev/nothing", 0, &format);
	S(quotactl, QCMD(Q_SYNC, USRQUOTA), NULL, 0, NULL);
	S(quotactl, QCMD(('X' << 8) + 1, USRQUOTA), "/dev/nothing", 3, &format);
	S(quotactl, QCMD(('X' << 8) + 3, USRQUOTA), "/dev/nothing", 1000, stdout);
	S(quotactl, QCMD(('X' << 8) + 8, GRPQUOTA), "/dev/nothing", 1000, BAD);
	S(quotactl, 0x77777777, BAD, 5, BAD);
	S(quotactl_fd, 99, QCMD(Q_GETQUOTA, USRQUOTA), 1000, &blk);
	S(quotactl_fd, 99, QCMD(Q_SETQUOTA, GRPQUOTA), 1000, &blk);
}

static void mode_kernel(void)
{
	struct kexec_segment segments[] = { { "kernel", 6, BAD, 4096 }, { NULL, 0, NULL, 0 } };

	S(init_module, "\177ELF", 4, "a=1 b=2");
	S(init_module, BAD, 100, BAD);
	S(finit_module, 99, "a=1", 1 | 2);
	S(finit_module, 99, "", 0x70 | 4);
	S(delete_module, "no_such_module", O_NONBLOCK | O_TRUNC);
	S(delete_module, "no_such_module", 0x77000);
	S(kexec_load, 0x1000, 2, segments, 0x3e0073);
	S(kexec_load, 0, 1, BAD, 62 << 16 | KEXEC_PRESERVE_CONTEXT | 0x8000);
	S(kexec_load, 0, 77, BAD, KEXEC_ON_CRASH);
	S(kexec_file_load, 99, -1, 5, "ro x", KEXEC_FILE_NO_INITRAMFS | KEXEC_FILE_ON_CRASH);
	S(kexec_file_load, 98, 99, 100, BAD, 0x700 | KEXEC_FILE_UNLOAD);
	S(acct, "/nothing/there");
	S(sethostname, BAD, 5);
	S(syslog, 3, BAD, -1);
	S(syslog, 10, NULL, 0);
	S(syslog, 77, NULL, 5);
	S(reboot, 1, 2, 0x01234567, "x");
	S(reboot, 0xfee1dead, 672274793, 0x77, "x");
	S(reboot, 0xfee1dead, 85072278, 0x7777, "restart");
	S(ioperm, 0x80, 70000, 1);
	S(iopl, 7);
}

int main(int argc, char **argv)
{
	static const struct mode modes[] = {
		{ "keys", mode_keys },	   { "landlock", mode_landlock }, { "seccomp", mode_seccomp },
		{ "caps", mode_caps },	   { "mounts", mode_mounts },	  { "quota", mode_quota },
		{ "kernel", mode_kernel },
	};

	return run_mode(modes, COUNT(modes), argc, argv);
}
