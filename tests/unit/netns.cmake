# SPDX-License-Identifier: GPL-2.0-or-later
nd_check_test(ruleset LABEL unit SOURCES unit/test_ruleset.c LIBS nd_build)
nd_check_test(netns_text LABEL unit SOURCES unit/test_netns_text.c LIBS nd_build)
nd_check_test(doctor_config LABEL unit SOURCES unit/test_doctor.c LIBS nd_doctor)
nd_check_test(messages LABEL unit SOURCES unit/test_messages.c LIBS nd_build PkgConfig::libnl_3_0)
