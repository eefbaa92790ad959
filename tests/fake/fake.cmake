# SPDX-License-Identifier: GPL-2.0-or-later
# A fake of each port: link nd_fake and include "tests/fake/fake_build.h" and friends.
add_library(nd_fake STATIC
  ${CMAKE_CURRENT_SOURCE_DIR}/fake/fake_build.c ${CMAKE_CURRENT_SOURCE_DIR}/fake/fake_proc.c
  ${CMAKE_CURRENT_SOURCE_DIR}/fake/fake_watch.c ${CMAKE_CURRENT_SOURCE_DIR}/fake/fake_peer.c)
target_link_libraries(nd_fake PUBLIC nd_port)
