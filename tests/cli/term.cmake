# SPDX-License-Identifier: GPL-2.0-or-later
nd_script_test(cli_term LABEL cli COMMAND python3 ${CMAKE_SOURCE_DIR}/tests/cli/term.py)
