/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The --lab option, the same in every command that means a live lab. */
#ifndef NETDOJO_CLI_LAB_OPTION_H
#define NETDOJO_CLI_LAB_OPTION_H

#define LAB_OPTION                                                                                 \
	{                                                                                          \
		.long_name = "lab", .short_name = 'l', .arg = "NAME", .complete = COMPLETE_LAB,    \
		.help = {                                                                          \
			"the lab meant (default: the only one)",                                   \
			"対象のラボ (既定: 動いている唯一のラボ)"                 \
		}                                                                                  \
	}

#endif
