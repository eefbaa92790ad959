/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Theory of operation. A place is an address of a node. An answer from it that came into a node is proof once a command of
 * the learner's in that node spans it in time, as in join.h: Windows forwards WSL's packets and asks upstream for it, and
 * what only passed there was shown to nobody. A command's event comes when it has ended, and the recorder's packets may come
 * before or after it, so the last of both are kept and each newcomer is held against the other's.
 */
#define _GNU_SOURCE
#include "evidence/proved.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "evidence/join.h"

enum {
	PORTS_MAX = 6,	   /* of one place: more are not worth a line */
	ANSWERS_MAX = 512, /* kept until their command's event comes */
	COMMANDS_MAX = 16,
	NODE_MAX = 16,
	ADDRESS_MAX = 46, /* INET6_ADDRSTRLEN */
};

enum proof { SEEN, ANSWERED, RESOLVED, ACCEPTED };

struct place {
	char node[NODE_MAX], address[ADDRESS_MAX];
	bool unwatched; /* on the phone */
	bool mirrored;	/* shares another node's address, which is the one that answers */
	bool is[ACCEPTED];
	int ports[PORTS_MAX];
	size_t n_ports;
};

struct answer {
	char at[NODE_MAX]; /* the node it came into */
	double t;
	size_t place;
	enum proof proof;
	int port;
};

struct command {
	char node[NODE_MAX];
	double from, to;
};

struct proved {
	struct place *places;
	size_t n_places;
	struct answer answers[ANSWERS_MAX]; /* rings */
	size_t n_answers;
	struct command commands[COMMANDS_MAX];
	size_t n_commands;
};

static size_t addresses_of(const struct model *m)
{
	size_t n = 0;

	for (size_t i = 0; i < m->n_nodes; i++)
		for (size_t k = 0; k < m->nodes[i].n_ifaces; k++)
			n += m->nodes[i].ifaces[k].n_addresses;
	return n;
}

static void add_place(struct proved *p, const struct node *n, const struct iface *f,
		      const char *cidr)
{
	struct place *at = &p->places[p->n_places];
	size_t len = strcspn(cidr, "/");

	if (strncmp(cidr, "127.", 4) == 0 || strncmp(cidr, "::1/", 4) == 0 || len >= ADDRESS_MAX)
		return; /* everybody's own */
	snprintf(at->node, sizeof(at->node), "%s", n->name);
	snprintf(at->address, sizeof(at->address), "%.*s", (int)len, cidr);
	at->unwatched = n->role == ROLE_LAN;
	at->mirrored = f->mirrors && f->mirrors[0];
	p->n_places++;
}

static void add_places(struct proved *p, const struct model *m)
{
	for (size_t i = 0; i < m->n_nodes; i++)
		for (size_t k = 0; k < m->nodes[i].n_ifaces; k++) {
			const struct iface *f = &m->nodes[i].ifaces[k];

			for (size_t a = 0; a < f->n_addresses; a++)
				add_place(p, &m->nodes[i], f, f->addresses[a].cidr);
		}
}

struct proved *proved_new(const struct model *m)
{
	struct proved *p = calloc(1, sizeof(*p));

	if (p)
		p->places = calloc(addresses_of(m) + 1, sizeof(*p->places));
	if (!p || !p->places) {
		free(p);
		return NULL;
	}
	add_places(p, m);
	return p;
}

void proved_free(struct proved *p)
{
	if (p)
		free(p->places);
	free(p);
}

static void confirm(struct proved *p, const struct answer *a)
{
	struct place *at = &p->places[a->place];

	if (a->proof != ACCEPTED) {
		at->is[a->proof] = true;
		return;
	}
	for (size_t i = 0; i < at->n_ports; i++)
		if (at->ports[i] == a->port)
			return;
	if (at->n_ports < PORTS_MAX)
		at->ports[at->n_ports++] = a->port;
}

static bool spans(const struct command *c, const struct answer *a)
{
	return strcmp(c->node, a->at) == 0 && a->t >= c->from - JOIN_SLACK &&
	       a->t <= c->to + JOIN_SLACK;
}

static size_t kept(size_t n, size_t most)
{
	return n < most ? n : most;
}

/* The place that answers at an address: the asker's own, else the one that is no mirror of another. */
static bool find_place(const struct proved *p, const char *address, const char *asker, size_t *ret)
{
	int best = 0;

	for (size_t i = 0; i < p->n_places; i++) {
		const struct place *at = &p->places[i];
		int rank = strcmp(at->node, asker) == 0 ? 3 : at->mirrored ? 1 : 2;

		if (strcmp(at->address, address) == 0 && rank > best) {
			best = rank;
			*ret = i;
		}
	}
	return best > 0;
}

static void keep_answer(struct proved *p, const struct answer *a)
{
	for (size_t i = 0; i < kept(p->n_commands, COMMANDS_MAX); i++)
		if (spans(&p->commands[i], a)) {
			confirm(p, a);
			return;
		}
	p->answers[p->n_answers++ % ANSWERS_MAX] = *a;
}

/* What a packet that came in proves of who sent it; false: nothing. */
static bool proof_of(const json_t *e, enum proof *ret)
{
	static const struct {
		const char *what;
		enum proof proof;
	} kinds[] = {
		{"echo-reply", ANSWERED},  {"time-exceeded", ANSWERED}, {"unreachable", ANSWERED},
		{"frag-needed", ANSWERED}, {"rst", ANSWERED},		{"syn-ack", ACCEPTED},
		{"dns-answer", RESOLVED},
	};
	const char *what = json_str(e, "what", "");

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (strcmp(kinds[i].what, what) == 0) {
			*ret = kinds[i].proof;
			if (*ret == RESOLVED && json_array_size(json_object_get(e, "answers")) == 0)
				*ret = ANSWERED;
			return true;
		}
	return false;
}

/* Whom an answer came to. No recorder is on the phone: what leaves for it comes to it. NULL: nobody. */
static const char *asker_of(const struct proved *p, const json_t *e)
{
	const char *node = json_str(e, "node", "");
	size_t to;

	if (strcmp(json_str(e, "dir", ""), "in") == 0)
		return node;
	return find_place(p, json_str(e, "dst", ""), node, &to) && p->places[to].unwatched
		       ? p->places[to].node
		       : NULL;
}

static void see_packet(struct proved *p, const json_t *e)
{
	struct answer a = {.t = json_num(e, "t", 0), .port = (int)json_int(e, "sport", 0)};
	const char *node = asker_of(p, e);

	if (!node || strlen(node) >= NODE_MAX || !proof_of(e, &a.proof) ||
	    !find_place(p, json_str(e, "src", ""), node, &a.place))
		return;
	memcpy(a.at, node, strlen(node) + 1);
	keep_answer(p, &a);
}

static bool in_address(char c)
{
	return isxdigit((unsigned char)c) || c == ':';
}

/* Whether the text has the address as a whole word: 10.0.0.1 is not in 10.0.0.10, nor in 110.0.0.1. */
static bool shows(const char *text, const char *address)
{
	size_t n = strlen(address);

	for (const char *at = text; (at = strstr(at, address)); at++) {
		bool begins = at == text || (!in_address(at[-1]) && at[-1] != '.');
		bool ends =
			!in_address(at[n]) && !(at[n] == '.' && isdigit((unsigned char)at[n + 1]));

		if (begins && ends)
			return true;
	}
	return false;
}

/*
 * Ours print the drawing itself, and a shell within the shell lasts as long as all that is done in it: neither shows an
 * address, nor spans an answer.
 */
static bool is_plain(const char *text)
{
	static const char *const others[] = {"dojo",	"netdojo",	  "wsl",
					     "wsl.exe", "powershell.exe", "cmd.exe"};
	size_t n = strcspn(text, " \t\n");

	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		if (n == strlen(others[i]) && strncasecmp(text, others[i], n) == 0)
			return false;
	return true;
}

/* Whether a table of neighbours shows the address with the hardware address it answered ARP with. */
static bool shows_neighbour(const char *output, const char *address)
{
	size_t n = strlen(address);

	for (const char *line = output; line; line = strchr(line, '\n')) {
		size_t len;

		line += *line == '\n';
		len = strcspn(line, "\n");
		if (strncmp(line, address, n) == 0 && line[n] == ' ' &&
		    (memmem(line, len, " lladdr ", 8) || memmem(line, len, " ether ", 7)) &&
		    !memmem(line, len, "PERMANENT", 9))
			return true;
	}
	return false;
}

static void see_neighbours(struct proved *p, const char *node, const char *output)
{
	size_t place;

	for (size_t i = 0; i < p->n_places; i++)
		if (shows_neighbour(output, p->places[i].address) &&
		    find_place(p, p->places[i].address, node, &place))
			p->places[place].is[ANSWERED] = true;
}

static void see_output(struct proved *p, const char *node, const char *text, const char *output)
{
	for (size_t i = 0; i < p->n_places; i++) {
		struct place *at = &p->places[i];

		if (!at->is[SEEN] && strcmp(at->node, node) == 0 && !shows(text, at->address) &&
		    shows(output, at->address))
			at->is[SEEN] = true;
	}
}

static void see_command(struct proved *p, const json_t *e)
{
	struct command c = {.from = json_num(e, "started", 0), .to = json_num(e, "ended", 0)};
	const char *node = json_str(e, "node", ""), *text = json_str(e, "text", "");

	if (strlen(node) >= NODE_MAX || !is_plain(text))
		return;
	memcpy(c.node, node, strlen(node) + 1);
	see_output(p, node, text, json_str(e, "output", ""));
	see_neighbours(p, node, json_str(e, "output", ""));
	for (size_t i = 0; i < kept(p->n_answers, ANSWERS_MAX); i++)
		if (spans(&c, &p->answers[i]))
			confirm(p, &p->answers[i]);
	p->commands[p->n_commands++ % COMMANDS_MAX] = c;
}

void proved_see(struct proved *p, const json_t *event)
{
	const char *kind = json_str(event, "kind", "");

	if (strcmp(json_str(event, "by", ""), "lab") == 0)
		return;
	if (strcmp(kind, "packet") == 0)
		see_packet(p, event);
	else if (strcmp(kind, "command") == 0)
		see_command(p, event);
}

static json_t *place_json(const struct place *at)
{
	json_t *one = json_pack("{s:s, s:s}", "node", at->node, "address", at->address);
	static const char *const names[ACCEPTED] = {"seen", "answered", "resolved"};
	json_t *ports = json_array();

	for (size_t i = 0; i < ACCEPTED; i++)
		if (at->is[i])
			json_object_set_new(one, names[i], json_true());
	for (size_t i = 0; i < at->n_ports; i++)
		json_array_append_new(ports, json_sprintf("tcp/%d", at->ports[i]));
	if (at->n_ports)
		json_object_set(one, "ports", ports);
	json_decref(ports);
	return one;
}

json_t *proved_json(const struct proved *p)
{
	json_t *out = json_array();

	for (size_t i = 0; i < p->n_places; i++) {
		const struct place *at = &p->places[i];

		if (at->is[SEEN] || at->is[ANSWERED] || at->is[RESOLVED] || at->n_ports)
			json_array_append_new(out, place_json(at));
	}
	return out;
}

json_t *proved_of(const struct model *m, const json_t *events)
{
	auto_proved *p = proved_new(m);
	const json_t *e;
	size_t i;

	if (!p)
		return NULL;
	json_array_foreach (events, i, e)
		proved_see(p, e);
	return proved_json(p);
}
