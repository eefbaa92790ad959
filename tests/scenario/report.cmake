# SPDX-License-Identifier: GPL-2.0-or-later
nd_script_test(report_real LABEL scenario TIMEOUT 600 COMMAND python3 ${CMAKE_SOURCE_DIR}/tests/scenario/report.py)
