/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * netdojo-term, the terminal host, as its callers see it.
 *
 *   netdojo-term --fd N | --socket PATH  [--node NODE] [--user USER] [--session NAME] [--shell
 * bash|zsh|fish|sh|powershell]
 *                [--record DIR] [--lang en|ja] [--play] [--type FILE | --type-fd N] [--pace MS]
 * [--timeout S] [--quiet]
 *
 * --fd: an inherited host connection (client_fd), used by nobody else meanwhile; --socket: a lab's
 * host socket.
 * --record: the attempt folder; the first session writes transcript.cast, others
 * transcript-NAME-PID.cast.
 * --play: a shell that exits asks whether to grade and end, or to pause; else the host ends with the shell's
 * status.
 * --type: types the file's lines instead of the person; output is shown on stdout unless --quiet. A line "PS> ..." goes to a
 * Windows prompt.
 * A shell whose node is shut down (WSL) is followed by a Windows prompt in the same window.
 */
#ifndef NETDOJO_TERM_TERM_H
#define NETDOJO_TERM_TERM_H

/* Exit codes beside 0 (the shell ended well), 1-3 of design.md, and without --play the shell's own.
 */
enum {
	TERM_EXIT_GRADE = 80, /* the learner asked for the grade */
	TERM_EXIT_QUIT = 81,  /* the learner left without one */
	TERM_EXIT_LOST = 82,  /* the lab is gone */
	TERM_EXIT_PAUSE = 83, /* the learner leaves, to go on another time */
	TERM_EXIT_RESET = 84, /* the learner wants the broken state anew */
};

#endif
