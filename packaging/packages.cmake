# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
# Finds what the build needs. Whatever is absent is collected and told at once, each with the package
# that has it on Debian and on Fedora.
find_package(PkgConfig QUIET)
set(missing "")

macro(tracer_missing what debian fedora)
	string(APPEND missing "  ${what}: install ${debian} (Debian, Ubuntu) or ${fedora} (Fedora)\n")
endmacro()

macro(tracer_program var name debian fedora)
	find_program(${var} NAMES ${name} ${ARGN} PATHS /usr/sbin /sbin)
	if(NOT ${var})
		tracer_missing("the program ${name}" ${debian} ${fedora})
	endif()
endmacro()

# Ubuntu has one for each kernel; what is in the path there starts that of the kernel that runs, or fails.
macro(tracer_bpftool)
	tracer_program(BPFTOOL bpftool "bpftool (Ubuntu: linux-tools-generic)" bpftool)
	if(BPFTOOL)
		execute_process(COMMAND ${BPFTOOL} version RESULT_VARIABLE failed OUTPUT_QUIET ERROR_QUIET)
		file(GLOB bpftools /usr/lib/linux-tools/*/bpftool)
		if(failed AND bpftools)
			list(SORT bpftools COMPARE NATURAL ORDER DESCENDING)
			list(GET bpftools 0 newest)
			set(BPFTOOL ${newest} CACHE FILEPATH "" FORCE)
		endif()
	endif()
endmacro()

macro(tracer_module var spec debian fedora)
	if(PkgConfig_FOUND)
		pkg_check_modules(${var} QUIET IMPORTED_TARGET "${spec}")
	endif()
	if(NOT ${var}_FOUND)
		tracer_missing("the library ${spec}" ${debian} ${fedora})
	endif()
endmacro()

if(NOT PkgConfig_FOUND)
	tracer_missing("the program pkg-config" pkg-config pkgconf-pkg-config)
endif()
tracer_program(CLANG clang clang clang clang-14 clang-15 clang-16 clang-17 clang-18 clang-19)
tracer_bpftool()
tracer_module(LIBBPF "libbpf>=1.1" libbpf-dev libbpf-devel)
tracer_module(LIBELF "libelf" libelf-dev elfutils-libelf-devel)
tracer_module(ZLIB "zlib" zlib1g-dev zlib-devel)
tracer_module(LIBEVENT "libevent_core" libevent-dev libevent-devel)
tracer_module(INIH "inih" libinih-dev inih-devel)
# Optional: without it there are no stacks.
if(PkgConfig_FOUND)
	pkg_check_modules(LIBDW QUIET IMPORTED_TARGET "libdw")
endif()
find_path(UTHASH_INCLUDE uthash.h)
if(NOT UTHASH_INCLUDE)
	tracer_missing("the header uthash.h" uthash-dev uthash-devel)
endif()
if(TRACER_TESTS)
	tracer_module(CMOCKA "cmocka" libcmocka-dev libcmocka-devel)
	tracer_module(JSONC "json-c" libjson-c-dev json-c-devel)
endif()

if(missing)
	message(FATAL_ERROR "Something that the build needs is not installed:\n${missing}"
		"`sh packaging/dev.sh build` installs all of it.")
endif()
