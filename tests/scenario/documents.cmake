# SPDX-License-Identifier: GPL-2.0-or-later
nd_script_test(documents LABEL scenario COMMAND python3 ${CMAKE_CURRENT_SOURCE_DIR}/scenario/documents.py)
