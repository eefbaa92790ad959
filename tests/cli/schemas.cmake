# SPDX-License-Identifier: GPL-2.0-or-later
add_executable(model_json ${CMAKE_CURRENT_SOURCE_DIR}/unit/model_json.c)
target_link_libraries(model_json PRIVATE nd_model)
nd_script_test(schemas LABEL cli COMMAND python3 ${CMAKE_CURRENT_SOURCE_DIR}/cli/schemas.py)
nd_script_test(rules LABEL cli COMMAND sh ${CMAKE_CURRENT_SOURCE_DIR}/cli/rules.sh)
