/* SPDX-License-Identifier: GPL-2.0-or-later */
/* WSL's /init as a user meets it: several commands in one program, told apart by the name they are called by. */
#ifndef NETDOJO_GUEST_INIT_H
#define NETDOJO_GUEST_INIT_H

/* Each as its own main. */
int wslinfo_main(int argc, char **argv);
int wslpath_main(int argc, char **argv);
int interop_main(int argc, char **argv);

#endif
