# SPDX-License-Identifier: GPL-2.0-or-later
nd_check_test(services LABEL unit
  SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/unit/test_services.c ${CMAKE_CURRENT_SOURCE_DIR}/unit/test_services_dns.c
    ${CMAKE_CURRENT_SOURCE_DIR}/unit/test_services_dns_ask.c ${CMAKE_CURRENT_SOURCE_DIR}/unit/dns_rig.c
    ${CMAKE_CURRENT_SOURCE_DIR}/unit/test_services_web.c ${CMAKE_CURRENT_SOURCE_DIR}/unit/serve_rig.c
  LIBS nd_services PkgConfig::ldns PkgConfig::openssl ARGS $<TARGET_FILE:netdojo-serve>)
add_dependencies(test_services netdojo-serve)
