# SPDX-License-Identifier: GPL-2.0-or-later
nd_check_test(settle LABEL unit SOURCES unit/test_settle.c LIBS nd_build)
target_link_options(test_settle PRIVATE -Wl,--wrap=rtsock_settle)
