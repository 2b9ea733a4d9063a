/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * ioctl.c - the tables of ioctl requests and how they are searched. Both rise by request; rows of one
 * number follow each other, and the descriptor says which of them is meant.
 */
#include <core/ioctl.h>

#include <string.h>

/* Rows name only the members that they set. */
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

/* The drivers, or kinds of descriptors, that requests belong to. */
enum {
	IO_OTHER,
	IO_ANY, /* any descriptor */
	IO_AGP, IO_APM, IO_ATM, IO_AUTOFS, IO_AX25, IO_BINDER, IO_BLOCK, IO_BTRFS, IO_CAPI,
	IO_CDROM, IO_CEC, IO_COMEDI, IO_COUNTER, IO_DM, IO_DMABUF, IO_DRM, IO_DVB, IO_EPOLL,
	IO_FASTRPC, IO_FB, IO_FILE, IO_FIREWIRE, IO_FLOPPY, IO_FUSE, IO_GPIO, IO_HIDDEV,
	IO_HIDRAW, IO_HPET, IO_I2C, IO_IIO, IO_INOTIFY, IO_INPUT, IO_IOMMU, IO_IPMI, IO_IPMIBMC,
	IO_JOYSTICK, IO_KCOV, IO_KFD, IO_KVM, IO_LIRC, IO_LOOP, IO_LP, IO_MCE, IO_MD, IO_MEDIA,
	IO_MTD, IO_MTRR, IO_NBD, IO_NETROM, IO_NSFS, IO_NTSYNC, IO_NVME, IO_NVRAM, IO_OSS,
	IO_PARPORT, IO_PERF, IO_PHANTOM, IO_PIDFD, IO_PPP, IO_PPS, IO_PROC, IO_PTP, IO_RANDOM,
	IO_RAWGADGET, IO_RDMA, IO_RFKILL, IO_ROSE, IO_RTC, IO_SECCOMP, IO_SG, IO_SGX,
	IO_SNAPSHOT, IO_SND, IO_SNDHW, IO_SNDSEQ, IO_SOCK, IO_SPI, IO_SUBDEV, IO_SYNCFILE,
	IO_TAPE, IO_TEE, IO_TIPC, IO_TTY, IO_TUN, IO_UBI, IO_UDMABUF, IO_UFFD, IO_UINPUT,
	IO_USB, IO_USBFUNC, IO_USBTMC, IO_VDUSE, IO_VFIO, IO_VHOST, IO_VIDEO, IO_WATCHDOG,
	IO_X25,
};

#include "consts_common.def"
#include "ioctl_structs.def"

struct request {
	uint32_t request;
	uint8_t owner;
	const char *name;
};

struct request_arg {
	uint32_t request;
	uint8_t owner;
	struct sc_arg arg;
	uint8_t ret; /* enum sc_ret; R_INT: nothing special */
	const struct sc_flags *ret_ref;
};

static const struct request names[] = {
#include "ioctl_names.def"
};

static const struct request_arg args[] = {
#include "ioctl_args.def"
};

#define NNAMES (sizeof(names) / sizeof(names[0]))
#define NARGS (sizeof(args) / sizeof(args[0]))

/* How a driver's descriptors begin: their path, or the name of the anonymous file. */
static const struct {
	uint8_t owner;
	const char *path;
} paths[] = {
	{ IO_TTY, "/dev/pts/" },
	{ IO_TTY, "/dev/tty" },
	{ IO_TTY, "/dev/ptmx" },
	{ IO_TTY, "/dev/console" },
	{ IO_TTY, "/dev/hvc" },
	{ IO_TTY, "/dev/vcs" },
	{ IO_AGP, "/dev/agpgart" },
	{ IO_APM, "/dev/apm_bios" },
	{ IO_AUTOFS, "/dev/autofs" },
	{ IO_BINDER, "/dev/binder" },
	{ IO_BTRFS, "/dev/btrfs-control" },
	{ IO_CAPI, "/dev/capi" },
	{ IO_CDROM, "/dev/sr" },
	{ IO_CDROM, "/dev/cdrom" },
	{ IO_CEC, "/dev/cec" },
	{ IO_COMEDI, "/dev/comedi" },
	{ IO_COUNTER, "/dev/counter" },
	{ IO_DM, "/dev/mapper/control" },
	{ IO_DMABUF, "/dmabuf:" },
	{ IO_DRM, "/dev/dri/" },
	{ IO_DVB, "/dev/dvb/" },
	{ IO_EPOLL, "[eventpoll]" },
	{ IO_FASTRPC, "/dev/fastrpc" },
	{ IO_FB, "/dev/fb" },
	{ IO_FIREWIRE, "/dev/fw" },
	{ IO_FLOPPY, "/dev/fd" },
	{ IO_FUSE, "/dev/fuse" },
	{ IO_GPIO, "/dev/gpiochip" },
	{ IO_HIDDEV, "/dev/usb/hiddev" },
	{ IO_HIDRAW, "/dev/hidraw" },
	{ IO_HPET, "/dev/hpet" },
	{ IO_I2C, "/dev/i2c-" },
	{ IO_IIO, "/dev/iio:" },
	{ IO_INOTIFY, "inotify" },
	{ IO_INPUT, "/dev/input/event" },
	{ IO_IOMMU, "/dev/iommu" },
	{ IO_IPMI, "/dev/ipmi" },
	{ IO_JOYSTICK, "/dev/input/js" },
	{ IO_KCOV, "/sys/kernel/debug/kcov" },
	{ IO_KFD, "/dev/kfd" },
	{ IO_KVM, "/dev/kvm" },
	{ IO_KVM, "kvm-" },
	{ IO_LIRC, "/dev/lirc" },
	{ IO_LOOP, "/dev/loop" },
	{ IO_LP, "/dev/lp" },
	{ IO_MCE, "/dev/mcelog" },
	{ IO_MD, "/dev/md" },
	{ IO_MEDIA, "/dev/media" },
	{ IO_MTD, "/dev/mtd" },
	{ IO_MTRR, "/proc/mtrr" },
	{ IO_NBD, "/dev/nbd" },
	{ IO_NTSYNC, "/dev/ntsync" },
	{ IO_NVME, "/dev/nvme" },
	{ IO_NVRAM, "/dev/nvram" },
	{ IO_OSS, "/dev/dsp" },
	{ IO_OSS, "/dev/mixer" },
	{ IO_OSS, "/dev/audio" },
	{ IO_OSS, "/dev/sequencer" },
	{ IO_PARPORT, "/dev/parport" },
	{ IO_PERF, "[perf_event]" },
	{ IO_PHANTOM, "/dev/phantom" },
	{ IO_PIDFD, "[pidfd]" },
	{ IO_PPP, "/dev/ppp" },
	{ IO_PPS, "/dev/pps" },
	{ IO_PROC, "/proc/" },
	{ IO_PTP, "/dev/ptp" },
	{ IO_RANDOM, "/dev/random" },
	{ IO_RANDOM, "/dev/urandom" },
	{ IO_RDMA, "/dev/infiniband/" },
	{ IO_RFKILL, "/dev/rfkill" },
	{ IO_RTC, "/dev/rtc" },
	{ IO_SECCOMP, "seccomp notify" },
	{ IO_SG, "/dev/sg" },
	{ IO_SGX, "/dev/sgx" },
	{ IO_SNAPSHOT, "/dev/snapshot" },
	{ IO_SND, "/dev/snd/" },
	{ IO_SNDHW, "/dev/snd/hw" },
	{ IO_SNDSEQ, "/dev/snd/seq" },
	{ IO_SPI, "/dev/spidev" },
	{ IO_SUBDEV, "/dev/v4l-subdev" },
	{ IO_SYNCFILE, "sync_file" },
	{ IO_TAPE, "/dev/st" },
	{ IO_TAPE, "/dev/nst" },
	{ IO_TEE, "/dev/tee" },
	{ IO_TUN, "/dev/net/tun" },
	{ IO_UBI, "/dev/ubi" },
	{ IO_UDMABUF, "/dev/udmabuf" },
	{ IO_UFFD, "[userfaultfd]" },
	{ IO_UFFD, "/dev/userfaultfd" },
	{ IO_UINPUT, "/dev/uinput" },
	{ IO_USB, "/dev/bus/usb/" },
	{ IO_USBTMC, "/dev/usbtmc" },
	{ IO_VDUSE, "/dev/vduse/" },
	{ IO_VFIO, "/dev/vfio/" },
	{ IO_VHOST, "/dev/vhost" },
	{ IO_VIDEO, "/dev/video" },
	{ IO_WATCHDOG, "/dev/watchdog" },
};

/* The families of sockets whose private requests share numbers. */
static const struct {
	uint8_t owner;
	uint16_t family;
} families[] = {
	{ IO_AX25, 3 }, { IO_NETROM, 6 }, { IO_ATM, 8 }, { IO_X25, 9 },
	{ IO_ROSE, 11 }, { IO_ATM, 20 }, { IO_TIPC, 30 },
};

enum { MATCH_NONE, MATCH_ANY, MATCH_TYPE, MATCH_DRIVER };

static unsigned int match_socket(unsigned int owner, const struct ioctl_fd *fd)
{
	for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++) {
		if (families[i].owner == owner && families[i].family == fd->family)
			return MATCH_DRIVER;
	}
	return owner == IO_SOCK ? MATCH_TYPE : owner == IO_ANY ? MATCH_ANY : MATCH_NONE;
}

/* How well a row's owner fits the descriptor. */
static unsigned int match(unsigned int owner, const struct ioctl_fd *fd)
{
	unsigned int type = fd->mode >> 12 & 15;

	if (fd->kind == TR_FD_SOCKET)
		return match_socket(owner, fd);
	for (size_t i = 0; fd->path && i < sizeof(paths) / sizeof(paths[0]); i++) {
		size_t n = strlen(paths[i].path);

		if (paths[i].owner == owner && n <= fd->path_len &&
		    memcmp(paths[i].path, fd->path, n) == 0)
			return MATCH_DRIVER;
	}
	if (owner == IO_BLOCK && type == 6)
		return MATCH_TYPE;
	if ((owner == IO_FILE || owner == IO_BTRFS) && (type == 8 || type == 4))
		return owner == IO_FILE ? MATCH_TYPE : MATCH_ANY;
	return owner == IO_ANY ? MATCH_ANY : MATCH_NONE;
}

/* The first row of the request, NNAMES: none. */
static size_t find_name(uint32_t request)
{
	size_t low = 0, high = NNAMES;

	while (low < high) {
		size_t mid = (low + high) / 2;

		if (names[mid].request < request)
			low = mid + 1;
		else
			high = mid;
	}
	return low < NNAMES && names[low].request == request ? low : NNAMES;
}

static bool put_names(struct buf *out, uint32_t request, const struct ioctl_fd *fd)
{
	size_t first = find_name(request), end = first;
	unsigned int best = MATCH_NONE;
	bool some = false;

	if (first == NNAMES)
		return false;
	for (; end < NNAMES && names[end].request == request; end++) {
		unsigned int m = fd ? match(names[end].owner, fd) : MATCH_NONE;

		best = m > best ? m : best;
	}
	for (size_t i = first; i < end; i++) {
		if (fd && best && match(names[i].owner, fd) != best)
			continue;
		if (some)
			buf_put(out, " or ", 4);
		buf_str(out, names[i].name);
		some = true;
	}
	return true;
}

/* Requests with a length, or another number, in them. */
struct family {
	uint32_t type;
	uint32_t dir; /* 1: write, 2: read, 3: both */
	uint32_t nr, last;
	const char *name;
	char what; /* of the number: 'l' its length, 'n' nr, 'e' an event type and the length */
};

static const struct family with_numbers[] = {
	{ 'E', 2, 0x06, 0x06, "EVIOCGNAME", 'l' },    { 'E', 2, 0x07, 0x07, "EVIOCGPHYS", 'l' },
	{ 'E', 2, 0x08, 0x08, "EVIOCGUNIQ", 'l' },    { 'E', 2, 0x09, 0x09, "EVIOCGPROP", 'l' },
	{ 'E', 2, 0x0a, 0x0a, "EVIOCGMTSLOTS", 'l' }, { 'E', 2, 0x18, 0x18, "EVIOCGKEY", 'l' },
	{ 'E', 2, 0x19, 0x19, "EVIOCGLED", 'l' },     { 'E', 2, 0x1a, 0x1a, "EVIOCGSND", 'l' },
	{ 'E', 2, 0x1b, 0x1b, "EVIOCGSW", 'l' },      { 'E', 2, 0x20, 0x3f, "EVIOCGBIT", 'e' },
	{ 'E', 2, 0x40, 0x7f, "EVIOCGABS", 'n' },     { 'E', 1, 0xc0, 0xff, "EVIOCSABS", 'n' },
	{ 'H', 2, 0x04, 0x04, "HIDIOCGRAWNAME", 'l' }, { 'H', 2, 0x05, 0x05, "HIDIOCGRAWPHYS", 'l' },
	{ 'H', 3, 0x06, 0x06, "HIDIOCSFEATURE", 'l' }, { 'H', 3, 0x07, 0x07, "HIDIOCGFEATURE", 'l' },
	{ 'H', 2, 0x08, 0x08, "HIDIOCGRAWUNIQ", 'l' }, { 'H', 3, 0x09, 0x09, "HIDIOCSINPUT", 'l' },
	{ 'H', 3, 0x0a, 0x0a, "HIDIOCGINPUT", 'l' },  { 'H', 3, 0x0b, 0x0b, "HIDIOCSOUTPUT", 'l' },
	{ 'H', 3, 0x0c, 0x0c, "HIDIOCGOUTPUT", 'l' }, { 'U', 2, 0x2c, 0x2c, "UI_GET_SYSNAME", 'l' },
	{ 'j', 2, 0x13, 0x13, "JSIOCGNAME", 'l' },    { 'M', 2, 0x00, 0xff, "MIXER_READ", 'n' },
	{ 'M', 1, 0x00, 0xff, "MIXER_WRITE", 'n' },   { 'k', 1, 0x00, 0x00, "SPI_IOC_MESSAGE", 'm' },
};

static const struct family *family_of(uint32_t request)
{
	uint32_t nr = request & 0xff;

	for (size_t i = 0; i < sizeof(with_numbers) / sizeof(with_numbers[0]); i++) {
		const struct family *f = &with_numbers[i];

		if (f->type == (request >> 8 & 0xff) && f->dir == request >> 30 && f->nr <= nr &&
		    nr <= f->last)
			return f;
	}
	return NULL;
}

static bool put_family(struct buf *out, uint32_t request)
{
	const struct family *f = family_of(request);
	uint32_t nr = request & 0xff, size = request >> 16 & 0x3fff;
	const struct sc_flag *event = fl_evtype.rows;

	if (!f)
		return false;
	buf_str(out, f->name);
	buf_char(out, '(');
	switch (f->what) {
	case 'e':
		while (event->name && event->value != nr - f->nr)
			event++;
		if (nr == f->nr)
			buf_char(out, '0');
		else if (event->name)
			buf_str(out, event->name);
		else
			buf_hex(out, nr - f->nr);
		buf_put(out, ", ", 2);
		buf_u64(out, size);
		break;
	case 'n':
		buf_u64(out, nr - f->nr);
		break;
	case 'm': /* structs of 32 bytes */
		buf_u64(out, size / 32);
		break;
	default:
		buf_u64(out, size);
	}
	buf_char(out, ')');
	return true;
}

void ioctl_put_name(struct buf *out, uint32_t request, const struct ioctl_fd *fd)
{
	static const char *const directions[4] = { "_IOC_NONE", "_IOC_WRITE", "_IOC_READ",
						   "_IOC_READ|_IOC_WRITE" };

	if (put_names(out, request, fd) || put_family(out, request))
		return;
	buf_str(out, "_IOC(");
	buf_str(out, directions[request >> 30]);
	buf_put(out, ", ", 2);
	buf_hex(out, request >> 8 & 0xff);
	buf_put(out, ", ", 2);
	buf_hex(out, request & 0xff);
	buf_put(out, ", ", 2);
	buf_hex(out, request >> 16 & 0x3fff);
	buf_char(out, ')');
}

static size_t find_arg(uint32_t request)
{
	size_t low = 0, high = NARGS;

	while (low < high) {
		size_t mid = (low + high) / 2;

		if (args[mid].request < request)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* One name of several has an argument that is known: is it the name that is meant? */
static bool is_meant(const struct request_arg *arg, const struct ioctl_fd *fd)
{
	unsigned int mine = match(arg->owner, fd);

	for (size_t i = find_name(arg->request); i < NNAMES && names[i].request == arg->request; i++) {
		if (match(names[i].owner, fd) > mine)
			return false;
	}
	return true;
}

const struct sc_arg *ioctl_arg(uint32_t request, const struct ioctl_fd *fd)
{
	for (size_t i = find_arg(request); i < NARGS && args[i].request == request; i++) {
		if (!fd || is_meant(&args[i], fd))
			return &args[i].arg;
	}
	return NULL;
}

unsigned int ioctl_ret(const struct sc_arg *arg, const struct sc_flags **ret_flags)
{
	const struct request_arg *row =
		(const struct request_arg *)((const char *)arg - offsetof(struct request_arg, arg));

	*ret_flags = NULL;
	if ((uintptr_t)row < (uintptr_t)args || (uintptr_t)row >= (uintptr_t)(args + NARGS))
		return R_INT;
	*ret_flags = row->ret_ref;
	return row->ret;
}

const char *ioctl_name_at(size_t i, uint32_t *ret_request)
{
	if (i >= NNAMES)
		return NULL;
	*ret_request = names[i].request;
	return names[i].name;
}

const struct sc_arg *ioctl_arg_at(size_t i, uint32_t *ret_request)
{
	if (i >= NARGS)
		return NULL;
	*ret_request = args[i].request;
	return &args[i].arg;
}
