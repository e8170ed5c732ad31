# The Debian package: the program, its example, its units for systemd, its settings.
install(FILES "${CMAKE_SOURCE_DIR}/packaging/debian/copyright" README.md QUICKSTART.md CHANGELOG.md
  DESTINATION share/doc/insights)
install(DIRECTORY docs/guide docs/reference DESTINATION share/doc/insights)
install(DIRECTORY examples DESTINATION share/insights)
install(FILES insights.example.toml packaging/prometheus/insights.rules.yml DESTINATION share/insights)
file(GLOB units CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/packaging/systemd/*")
install(FILES ${units} DESTINATION /lib/systemd/system)
install(FILES insights.example.toml DESTINATION /etc/insights RENAME insights.toml)
install(FILES packaging/debian/environment DESTINATION /etc/insights PERMISSIONS OWNER_READ OWNER_WRITE)
install(CODE "
  execute_process(COMMAND \"$<TARGET_FILE:insights>\" completion bash
    OUTPUT_FILE \"${CMAKE_CURRENT_BINARY_DIR}/insights.bash\" COMMAND_ERROR_IS_FATAL ANY)")
install(FILES "${CMAKE_CURRENT_BINARY_DIR}/insights.bash"
  DESTINATION share/bash-completion/completions RENAME insights)

# Only the program is installed: what else there is to build is for tests.
set(CMAKE_SKIP_INSTALL_ALL_DEPENDENCY ON)
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME insights)
set(CPACK_PACKAGE_CONTACT "The developers of the Autonomous Insights Engine <insights@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "finds in sales data what nobody asked for, and proves it")
set(CPACK_PACKAGE_DESCRIPTION
  "Explores a database that it may only read, tests thousands of hypotheses, corrects for\n"
  "having tested so many, and reports what is left: with its money, an action and the SQL\n"
  "that proves it. On the command line, or as a server with an HTTP API.")
string(JOIN "" CPACK_PACKAGE_DESCRIPTION ${CPACK_PACKAGE_DESCRIPTION})
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION utils)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS_PRIVATE_DIRS "${DUCKDB_ROOT}/lib")  # its own copy is in the package
set(CPACK_DEBIAN_PACKAGE_DEPENDS "adduser, ca-certificates, tzdata")
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "postgresql, redis-server")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA
  "${CMAKE_SOURCE_DIR}/packaging/debian/postinst" "${CMAKE_SOURCE_DIR}/packaging/debian/prerm"
  "${CMAKE_SOURCE_DIR}/packaging/debian/postrm" "${CMAKE_SOURCE_DIR}/packaging/debian/conffiles")
include(CPack)
