# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
# CMake toolchain file: for aarch64, by clang and lld. TRACER_SYSROOT is a folder with the libraries of that
# architecture (packaging/cross.sh makes it).
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_C_COMPILER clang)
set(CMAKE_C_COMPILER_TARGET aarch64-linux-gnu)
set(CMAKE_SYSROOT ${TRACER_SYSROOT})
set(CMAKE_LIBRARY_ARCHITECTURE aarch64-linux-gnu)
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES TRACER_SYSROOT)
set(CMAKE_FIND_ROOT_PATH ${TRACER_SYSROOT})
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
# The libraries need others, which stand beside them.
set(CMAKE_EXE_LINKER_FLAGS_INIT "-fuse-ld=lld -Wl,-rpath-link,${TRACER_SYSROOT}/usr/lib/aarch64-linux-gnu")
set(ENV{PKG_CONFIG_DIR} "")
set(ENV{PKG_CONFIG_LIBDIR}
	"${TRACER_SYSROOT}/usr/lib/aarch64-linux-gnu/pkgconfig:${TRACER_SYSROOT}/usr/share/pkgconfig")
set(ENV{PKG_CONFIG_SYSROOT_DIR} ${TRACER_SYSROOT})
