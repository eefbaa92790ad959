/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes as a packet: what comes out, if anything, names what it is and can be written down. */
#include <stdint.h>
#include <stdlib.h>

#include "netns/watch/packet_parse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	json_t *keys = packet_parse(data, size);
	char *text;

	if (!keys)
		return 0;
	text = json_dumps(keys, JSON_COMPACT);
	if (!text || !json_str(keys, "what", "")[0] || !json_str(keys, "src", "")[0])
		abort();
	free(text);
	json_decref(keys);
	return 0;
}
