# SPDX-License-Identifier: GPL-2.0-or-later
nd_check_test(evidence LABEL unit SOURCES unit/test_evidence.c LIBS nd_evidence)
