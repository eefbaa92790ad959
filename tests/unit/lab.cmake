# SPDX-License-Identifier: GPL-2.0-or-later
set(lab_dir ${CMAKE_CURRENT_SOURCE_DIR}/unit)
nd_check_test(lab LABEL unit LIBS nd_lab nd_fake SOURCES
  ${lab_dir}/lab_main.c ${lab_dir}/lab_rig.c ${lab_dir}/lab_sim_port.c ${lab_dir}/sim.c ${lab_dir}/sim_effect.c ${lab_dir}/sim_value.c ${lab_dir}/sim_want.c ${lab_dir}/random_model.c
  ${lab_dir}/lab_actor.c ${lab_dir}/lab_boot.c ${lab_dir}/lab_change.c ${lab_dir}/lab_device.c ${lab_dir}/lab_exec.c ${lab_dir}/lab_fair.c ${lab_dir}/lab_guest.c
  ${lab_dir}/lab_host.c ${lab_dir}/lab_life.c ${lab_dir}/lab_localhost.c ${lab_dir}/lab_log.c ${lab_dir}/lab_peer.c ${lab_dir}/lab_port_space.c ${lab_dir}/lab_verify.c
  ${lab_dir}/lab_windows.c ${lab_dir}/lab_windows_rig.c ${lab_dir}/lab_wsl_life.c)
target_compile_definitions(test_lab PRIVATE TEST_DATA="${CMAKE_CURRENT_SOURCE_DIR}/data")

nd_check_test(ports LABEL unit LIBS nd_lab SOURCES ${lab_dir}/test_ports.c)
