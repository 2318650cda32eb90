# What `cmake --install` puts where, and the Debian package: cpack -G DEB --config build/release/CPackConfig.cmake
#
# The daemon looks for /etc/signalbox/signalbox.yaml and the unit for /usr/bin/signalbox, so /usr is the prefix unless
# another is asked for.  Headers are the component `dev`, which the package leaves out.
if(CMAKE_INSTALL_PREFIX_INITIALIZED_TO_DEFAULT)
  set(CMAKE_INSTALL_PREFIX /usr CACHE PATH "Install prefix" FORCE)
endif()
include(GNUInstallDirs)
set(SIGNALBOX_CONFIG_DIR "${CMAKE_INSTALL_FULL_SYSCONFDIR}/signalbox")

if(TARGET signalbox)
  install(TARGETS signalbox RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT daemon)
endif()
install(FILES config/signalbox.yaml DESTINATION "${SIGNALBOX_CONFIG_DIR}" COMPONENT daemon)
install(DIRECTORY DESTINATION "${SIGNALBOX_CONFIG_DIR}/conf.d" COMPONENT daemon)
install(FILES config/systemd/signalbox.service DESTINATION lib/systemd/system COMPONENT daemon)
install(FILES config/systemd/sysusers.d/signalbox.conf DESTINATION lib/sysusers.d COMPONENT daemon)
install(FILES README.md config/signalbox.reference.yaml DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT daemon)
install(DIRECTORY docs/ DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT daemon
        FILES_MATCHING PATTERN "*.md")
install(DIRECTORY include/signalbox DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT dev)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME signalbox)
set(CPACK_PACKAGE_VENDOR Signalbox)
set(CPACK_PACKAGE_CONTACT "The Signalbox developers <signalbox@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "event bus broker for CloudEvents over HTTP")
set(CPACK_PACKAGE_DESCRIPTION
"Takes CloudEvents over HTTP, keeps them durably in channels of several tenants,
matches each with the rules of its channel and pushes it to the targets of those
that want it, with retries, dead letters and a journey that tells what happened.
One daemon, one configuration file, no other service needed.")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
    OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_STRIP_FILES ON)
set(CPACK_COMPONENTS_ALL daemon)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_COMPONENTS_GROUPING ALL_COMPONENTS_IN_ONE)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "adduser | systemd-sysusers, init-system-helpers (>= 1.54~), libcurl4")
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "systemd, ca-certificates")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA
    "${CMAKE_SOURCE_DIR}/config/debian/conffiles"
    "${CMAKE_SOURCE_DIR}/config/debian/postinst"
    "${CMAKE_SOURCE_DIR}/config/debian/prerm"
    "${CMAKE_SOURCE_DIR}/config/debian/postrm")
include(CPack)
