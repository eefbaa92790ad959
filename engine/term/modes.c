/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What programs have switched on in a terminal. */
#include "term/modes.h"

#include <assert.h>
#include <string.h>

#include "base/cleanup.h"

enum { S_TEXT, S_ESC, S_CSI, S_SKIP };

/* In the order in which they are switched off: the mouse before the screen it was asked for on. */
static const struct mode {
	char mark; /* '?': ESC [ ? NUMBER h and l; '=': ESC = and ESC >; '>': ESC [ > 4 ; n m */
	unsigned number;
	const char *off;
} modes[] = {
	{'?', 9, "\033[?9l"},
	{'?', 1000, "\033[?1000l"},
	{'?', 1001, "\033[?1001l"},
	{'?', 1002, "\033[?1002l"},
	{'?', 1003, "\033[?1003l"},
	{'?', 1004, "\033[?1004l"},
	{'?', 1005, "\033[?1005l"},
	{'?', 1006, "\033[?1006l"},
	{'?', 1015, "\033[?1015l"},
	{'?', 1016, "\033[?1016l"},
	{'?', 2004, "\033[?2004l"},
	{'?', 2026, "\033[?2026l"},
	{'?', 1, "\033[?1l"},
	{'=', 0, "\033>"},
	{'>', 4, "\033[>4m"},
	{'?', 47, "\033[r\033[?47l"},
	{'?', 1047, "\033[r\033[?1047l"},
	{'?', 1049, "\033[r\033[?1049l"},
};
static_assert(ARRAY_SIZE(modes) <= MODES_MAX, "a place for each mode");

static void turn(struct modes *m, char mark, unsigned number, bool on)
{
	for (size_t i = 0; i < ARRAY_SIZE(modes); i++)
		if (modes[i].mark == mark && modes[i].number == number)
			m->on[i] = on;
}

static void finish(struct modes *m, char final)
{
	if (m->mark == '?' && (final == 'h' || final == 'l'))
		for (size_t i = 0; i < m->n; i++)
			turn(m, '?', m->params[i], final == 'h');
	else if (m->mark == '>' && final == 'm')
		turn(m, '>', m->params[0], m->n > 1 && m->params[1] != 0);
	else if (m->mark == '!' && final == 'p')
		memset(m->on, 0, sizeof(m->on)); /* soft reset, by a program that cleans up */
}

static void begin(struct modes *m)
{
	m->state = S_CSI;
	m->mark = '\0';
	m->n = 1;
	m->params[0] = 0;
}

static void esc_byte(struct modes *m, char c)
{
	m->state = S_TEXT;
	if (c == '[')
		begin(m);
	else if (c == '\033')
		m->state = S_ESC;
	else if (c == '=' || c == '>')
		turn(m, '=', 0, c == '=');
	else if (c == 'c') /* a full reset */
		memset(m->on, 0, sizeof(m->on));
}

static void csi_byte(struct modes *m, char c)
{
	unsigned *p = &m->params[m->n - 1];

	if (c >= '0' && c <= '9')
		*p = *p < 100000 ? *p * 10 + (unsigned)(c - '0') : *p;
	else if (c == ';' && m->n < MODES_PARAMS)
		m->params[m->n++] = 0;
	else if (c == ';')
		m->state = S_SKIP;
	else if (strchr("?>!<=", c) && c)
		m->mark = c;
	else if (c == '\033')
		m->state = S_ESC;
	else if (c >= 0x40 && c <= 0x7e) {
		finish(m, c);
		m->state = S_TEXT;
	} else if (c < ' ' || c == 0x7f)
		m->state = S_TEXT;
}

void modes_feed(struct modes *m, const char *data, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		char c = data[i];

		if (m->state == S_TEXT && c == '\033')
			m->state = S_ESC;
		else if (m->state == S_ESC)
			esc_byte(m, c);
		else if (m->state == S_CSI)
			csi_byte(m, c);
		else if (m->state == S_SKIP && (c < ' ' || (c >= 0x40 && c <= 0x7e)))
			m->state = c == '\033' ? S_ESC : S_TEXT;
	}
}

size_t modes_off(struct modes *m, char buf[MODES_OFF_MAX])
{
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_SIZE(modes); i++) {
		size_t len = strlen(modes[i].off);

		if (!m->on[i] || n + len >= MODES_OFF_MAX)
			continue;
		memcpy(buf + n, modes[i].off, len);
		n += len;
		m->on[i] = false;
	}
	buf[n] = '\0';
	return n;
}
