# SPDX-License-Identifier: GPL-2.0-or-later
nd_check_test(class LABEL unit SOURCES unit/test_class.c LIBS nd_grade)
