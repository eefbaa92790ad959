# SPDX-License-Identifier: GPL-2.0-or-later
# Who includes whom, licence lines, words: rules of the tree that no compiler knows.
nd_script_test(source_rules LABEL unit COMMAND ${CMAKE_SOURCE_DIR}/script/check-source)
