# SPDX-License-Identifier: GPL-2.0-or-later
nd_script_test(evidence_real LABEL scenario TIMEOUT 300 COMMAND python3 ${CMAKE_SOURCE_DIR}/tests/scenario/evidence.py)
