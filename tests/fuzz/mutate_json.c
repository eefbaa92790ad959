/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Mutates JSON documents as trees. */
#include "tests/fuzz/mutate_json.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/json.h"

static unsigned next(unsigned *rng)
{
	*rng = *rng * 1664525u + 1013904223u;
	return *rng >> 8;
}

/* Values at the edges of what the model takes. */
static const char *const values[] = {
	"0",
	"1",
	"-1",
	"68",
	"1500",
	"65535",
	"65536",
	"4294967295",
	"4294967296",
	"1.5",
	"true",
	"false",
	"null",
	"[]",
	"{}",
	"\"\"",
	"\"a\"",
	"\"lo\"",
	"\"eth0\"",
	"\"default\"",
	"\"veth\"",
	"\"loopback\"",
	"\"bridge\"",
	"\"dummy\"",
	"\"s\"",
	"\"10.0.0.1\"",
	"\"10.0.0.1/24\"",
	"\"10.0.0.2/24\"",
	"\"10.0.0.0/8\"",
	"\"0.0.0.0/0\"",
	"\"::1\"",
	"\"fd00::1/64\"",
	"\"fe80::1\"",
	"\"00:15:5d:00:00:01\"",
	"\"net.ipv4.ip_forward\"",
	"\"/etc/../x\"",
	"\"\\u001b[2J\"",
	"\"\\uff2c\\uff21\\uff2e\"",
	"\"blackhole\"",
	"\"wsl\"",
	"\"internet\"",
	"\"program\"",
};

static json_t *any_value(unsigned *rng)
{
	return json_loads(values[next(rng) % ARRAY_SIZE(values)], JSON_DECODE_ANY, NULL);
}

/* Walks down at random and gives a container with something in it. */
static json_t *any_container(json_t *at, unsigned *rng)
{
	for (;;) {
		size_t n = json_is_array(at) ? json_array_size(at) : json_object_size(at), k;
		json_t *down = NULL, *v;
		const char *key;

		if (!n || next(rng) % 5 == 0)
			return at;
		k = next(rng) % n;
		if (json_is_array(at))
			down = json_array_get(at, k);
		else
			json_object_foreach (at, key, v)
				if (k-- == 0)
					down = v;
		if (!json_is_array(down) && !json_is_object(down))
			return at;
		at = down;
	}
}

static void mutate_array(json_t *at, unsigned *rng)
{
	size_t n = json_array_size(at), i = n ? next(rng) % n : 0;

	switch (next(rng) % 4) {
	case 0:
		json_array_remove(at, i);
		break;
	case 1: /* once more, which many names must not be */
		if (n)
			json_array_append_new(at, json_deep_copy(json_array_get(at, i)));
		break;
	case 2:
		json_array_append_new(at, any_value(rng));
		break;
	default:
		if (n)
			json_array_set_new(at, i, any_value(rng));
	}
}

static void mutate_object(json_t *at, unsigned *rng)
{
	size_t n = json_object_size(at), k = n ? next(rng) % n : 0;
	const char *key, *hit = NULL;
	json_t *v;

	json_object_foreach (at, key, v)
		if (k-- == 0)
			hit = key;
	if (!hit || next(rng) % 16 == 0)
		json_object_set_new(at, "unknown", any_value(rng));
	else if (next(rng) % 4 == 0)
		json_object_del(at, hit);
	else
		json_object_set_new(at, hit, any_value(rng));
}

size_t mutate_json(uint8_t *data, size_t size, size_t max, unsigned seed)
{
	auto_json json_t *doc = json_loadb((const char *)data, size, 0, NULL);
	auto_free char *text = NULL;
	unsigned rng = seed;
	size_t len;

	if (!doc)
		return 0;
	for (unsigned i = next(&rng) % 4 + 1; i > 0; i--) {
		json_t *at = any_container(doc, &rng);

		if (json_is_array(at))
			mutate_array(at, &rng);
		else
			mutate_object(at, &rng);
	}
	text = json_dumps(doc, JSON_COMPACT);
	len = text ? strlen(text) : 0;
	if (!len || len > max)
		return 0;
	memcpy(data, text, len);
	return len;
}
