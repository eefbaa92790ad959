# SPDX-License-Identifier: GPL-2.0-or-later
nd_check_test(term_osc LABEL unit SOURCES unit/test_osc.c LIBS nd_typist)
nd_check_test(term_modes LABEL unit SOURCES unit/test_modes.c LIBS nd_typist)
nd_check_test(term_plain LABEL unit SOURCES unit/test_plain.c LIBS nd_typist)
nd_check_test(term_cast LABEL unit SOURCES unit/test_cast.c LIBS nd_typist)
nd_check_test(term_track LABEL unit SOURCES unit/test_track.c LIBS nd_typist)
nd_check_test(term_shells LABEL unit SOURCES unit/test_shells.c LIBS nd_typist util)
nd_check_test(term_tracks LABEL unit SOURCES unit/test_tracks.c LIBS nd_typist)
nd_check_test(term_typist LABEL unit SOURCES unit/test_typist.c LIBS nd_typist util)
