# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
# Where everything besides the programs goes, and the deb and rpm, which have the same content:
# `cpack -G DEB` or `cpack -G RPM` in the build tree. Configuration is in /etc whatever the prefix,
# for that is where tracerd looks for it.
set(here ${PROJECT_SOURCE_DIR}/packaging)

# The prefix is known for certain only now: a package is made with its own.
install(CODE "set(TRACERD \"\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_SBINDIR}/tracerd\")
	configure_file(\"${here}/systemd/tracerd.service.in\" \"${PROJECT_BINARY_DIR}/tracerd.service\" @ONLY)")
install(FILES ${PROJECT_BINARY_DIR}/tracerd.service ${here}/systemd/tracerd.socket
	DESTINATION lib/systemd/system)
install(FILES ${here}/systemd/tracerd.sysusers DESTINATION lib/sysusers.d RENAME tracerd.conf)
install(FILES ${here}/systemd/tracerd.tmpfiles DESTINATION lib/tmpfiles.d RENAME tracerd.conf)
install(FILES ${here}/tracerd.conf DESTINATION /etc/tracerd)

install(FILES ${here}/completions/tracectl.bash
	DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME tracectl)
install(FILES ${here}/completions/tracectl.fish
	DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
if(EXISTS /etc/debian_version)
	set(zsh_default ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions)
else()
	set(zsh_default ${CMAKE_INSTALL_DATADIR}/zsh/site-functions)
endif()
set(TRACER_ZSH_DIR ${zsh_default} CACHE STRING "Where zsh finds completions, below the prefix")
install(FILES ${here}/completions/_tracectl DESTINATION ${TRACER_ZSH_DIR})

# Manual pages and the change log are compressed, as distributions have them; the same input gives
# the same bytes.
find_program(GZIP gzip REQUIRED)
function(tracer_install_gz source destination)
	get_filename_component(name ${source} NAME)
	if(ARGC GREATER 2)
		set(name ${ARGV2})
	endif()
	set(target ${PROJECT_BINARY_DIR}/gz/${name}.gz)
	add_custom_command(OUTPUT ${target}
		COMMAND sh -c "\"$1\" -9n < \"$2\" > \"$3\"" sh ${GZIP} ${source} ${target}
		DEPENDS ${source} VERBATIM)
	set_property(GLOBAL APPEND PROPERTY TRACER_GZ ${target})
	install(FILES ${target} DESTINATION ${destination})
endfunction()
file(MAKE_DIRECTORY ${PROJECT_BINARY_DIR}/gz)
tracer_install_gz(${here}/man/tracectl.1 ${CMAKE_INSTALL_MANDIR}/man1)
tracer_install_gz(${here}/man/tracectl-strace.1 ${CMAKE_INSTALL_MANDIR}/man1)
tracer_install_gz(${here}/man/tracerd.conf.5 ${CMAKE_INSTALL_MANDIR}/man5)
tracer_install_gz(${here}/man/tracerd.8 ${CMAKE_INSTALL_MANDIR}/man8)
set(doc ${CMAKE_INSTALL_DATADIR}/doc/tracerd)
file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/changelog @ONLY CONTENT
"tracerd (@PROJECT_VERSION@) unstable; urgency=medium

  * First packaged version.

 -- tracerd authors <tracerd@example.org>  Sat, 21 Nov 2026 00:00:00 +0000
")
tracer_install_gz(${PROJECT_BINARY_DIR}/changelog ${doc})
install(FILES ${PROJECT_SOURCE_DIR}/README.md DESTINATION ${doc})
install(FILES ${here}/copyright DESTINATION ${doc})
get_property(gz GLOBAL PROPERTY TRACER_GZ)
add_custom_target(documents ALL DEPENDS ${gz})

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME tracerd)
set(CPACK_PACKAGE_VENDOR "tracerd authors")
set(CPACK_PACKAGE_CONTACT "tracerd authors <tracerd@example.org>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "system call tracer on eBPF for production hosts")
set(CPACK_PACKAGE_DESCRIPTION
	"tracerd watches the system calls of a host with eBPF, cheaply enough to be left
on in production. tracectl asks it questions and answers in sentences, in the
format of strace or as JSON: live calls of chosen processes, counts and
latencies, and what every thread is blocked in. Without privileges tracectl
works through ptrace on processes of its own user.")
set(CPACK_RESOURCE_FILE_LICENSE ${PROJECT_SOURCE_DIR}/LICENSE)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES TRUE)
# What is under /etc has an absolute destination.
set(CPACK_SET_DESTDIR TRUE)
set(CPACK_INSTALL_PREFIX /usr)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE
	GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)

set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION admin)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "systemd | systemd-standalone-sysusers | systemd-sysusers")
if(CMAKE_CROSSCOMPILING)
	set(CPACK_DEBIAN_PACKAGE_ARCHITECTURE arm64)
	set(CPACK_RPM_PACKAGE_ARCHITECTURE aarch64)
endif()
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION TRUE)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA ${here}/deb/postinst ${here}/deb/prerm ${here}/deb/postrm
	${PROJECT_BINARY_DIR}/conffiles)
file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/conffiles CONTENT "/etc/tracerd/tracerd.conf\n")

set(CPACK_RPM_FILE_NAME RPM-DEFAULT)
set(CPACK_RPM_PACKAGE_LICENSE "BSD-2-Clause OR GPL-2.0-only")
set(CPACK_RPM_PACKAGE_RELEASE 1)
set(CPACK_RPM_PACKAGE_RELOCATABLE FALSE)
set(CPACK_RPM_PACKAGE_SUMMARY "System call tracer on eBPF for production hosts")
set(CPACK_RPM_PACKAGE_DESCRIPTION "${CPACK_PACKAGE_DESCRIPTION}")
set(CPACK_RPM_USER_FILELIST "%config(noreplace) /etc/tracerd/tracerd.conf")
set(CPACK_RPM_EXCLUDE_FROM_AUTO_FILELIST_ADDITION
	/etc /usr /usr/bin /usr/sbin /usr/lib /usr/lib/systemd /usr/lib/systemd/system /usr/lib/sysusers.d
	/usr/lib/tmpfiles.d /usr/share/man /usr/share/man/man1 /usr/share/man/man5 /usr/share/man/man8
	/usr/share/bash-completion /usr/share/bash-completion/completions
	/usr/share/fish /usr/share/fish/vendor_completions.d /usr/share/zsh
	/usr/share/zsh/vendor-completions /usr/share/zsh/site-functions)
set(CPACK_RPM_PACKAGE_REQUIRES_POST "systemd")
set(CPACK_RPM_PACKAGE_REQUIRES_PREUN "systemd")
set(CPACK_RPM_PACKAGE_REQUIRES_POSTUN "systemd")
set(CPACK_RPM_POST_INSTALL_SCRIPT_FILE ${here}/rpm/post)
set(CPACK_RPM_PRE_UNINSTALL_SCRIPT_FILE ${here}/rpm/preun)
set(CPACK_RPM_POST_UNINSTALL_SCRIPT_FILE ${here}/rpm/postun)
include(CPack)
