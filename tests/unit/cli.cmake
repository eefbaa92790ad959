# SPDX-License-Identifier: GPL-2.0-or-later
nd_check_test(cli_unit LABEL unit
  SOURCES unit/test_cli_main.c unit/test_cli_options.c unit/test_cli_select.c unit/test_cli_statedir.c
    unit/test_cli_attempts.c unit/test_cli_text.c
  LIBS nd_cli)
# With the doctor's table: a name that no check has would be a slip nobody sees.
nd_check_test(cli_kernel LABEL unit SOURCES unit/test_cli_kernel.c LIBS nd_cli nd_doctor)
nd_check_test(recordings LABEL unit SOURCES unit/test_recordings.c LIBS nd_cli)
