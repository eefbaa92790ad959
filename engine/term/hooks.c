/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The shells a terminal host can start, and their hooks. */
#define _GNU_SOURCE
#include "term/hooks.h"

#include <string.h>
#include <sys/random.h>

#include "term/hooks_text.h"

/* Where a shell's hook lies in its node. */
#define HOOK_DIR "/run/term"
/* Where that of a shell opened from within another lies. */
#define INNER_DIR "/run/term/in"
/* The variable that brings the Windows prompt its nonce (lua/windows/marks.h). */
#define MARKS_ENV "TERM_MARKS"

enum { MAX_ARGS = 4 };

struct shell {
	const char *name;
	const char *argv[MAX_ARGS];
	const char *path; /* of the hook, in the node */
	const char *text;
	const char *env, *env_value; /* NULL = none */
	bool echoed_only;
};

static const struct shell shells[] = {
	{"bash", {"bash", "--rcfile", HOOK_DIR "/bashrc"}, HOOK_DIR "/bashrc", hook_bashrc},
	{"zsh", {"zsh", "-i"}, HOOK_DIR "/zsh/.zshrc", hook_zshrc, "ZDOTDIR", HOOK_DIR "/zsh"},
	{"fish", {"fish", "-C", "source " HOOK_DIR "/hook.fish"}, HOOK_DIR "/hook.fish", hook_fish},
	{"sh", {"sh", "-i"}, HOOK_DIR "/shrc", hook_shrc, "ENV", HOOK_DIR "/shrc", true},
};

static const struct shell *find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(shells); i++)
		if (strcmp(shells[i].name, name) == 0)
			return &shells[i];
	return NULL;
}

bool hooks_echoed_only(const char *shell)
{
	const struct shell *s = find(shell);

	return s && s->echoed_only;
}

/* text with every @NONCE@ replaced; caller frees. */
static char *with_nonce(const char *text, const char *nonce)
{
	static const char mark[] = "@NONCE@";
	char *out = NULL;
	size_t len;
	FILE *f = open_memstream(&out, &len);

	if (!f)
		return NULL;
	for (const char *at; (at = strstr(text, mark)); text = at + sizeof(mark) - 1)
		fprintf(f, "%.*s%s", (int)(at - text), text, nonce);
	fputs(text, f);
	fclose(f);
	return out;
}

/* s with what lies in HOOK_DIR lying in dir. */
static json_t *placed(const char *s, const char *dir)
{
	const char *at = strstr(s, HOOK_DIR);

	if (!at)
		return json_string(s);
	return json_sprintf("%.*s%s%s", (int)(at - s), s, dir, at + strlen(HOOK_DIR));
}

/* {"argv","env","files"} of a shell whose hook lies in dir and signs with nonce; NULL without memory. */
static json_t *recipe(const struct shell *s, const char *nonce, const char *dir)
{
	auto_free char *text = with_nonce(s->text, nonce);
	json_t *argv = json_array(), *env = json_object();

	for (size_t i = 0; i < MAX_ARGS && s->argv[i]; i++)
		json_array_append_new(argv, placed(s->argv[i], dir));
	if (s->env)
		json_object_set_new(env, s->env, placed(s->env_value, dir));
	return json_pack("{s:o, s:o, s:[{s:o, s:s, s:i}]}", "argv", argv, "env", env, "files",
			 "path", placed(s->path, dir), "content", text ? text : "", "mode", 0644);
}

/* What shells opened from within are started with: they sign with their node too. */
static json_t *inner_shells(const struct shell *s, const char *nonce)
{
	auto_free char *wsl = NULL, *other = NULL;
	json_t *elsewhere;

	/* init puts the node's name in the place of the word */
	if (asprintf(&wsl, "%s/wsl", nonce) < 0 || asprintf(&other, "%s/@NODE@", nonce) < 0)
		return NULL;
	elsewhere = recipe(s, other, INNER_DIR);
	json_object_set_new(elsewhere, "sign", json_string(other));
	return json_pack("{s:o, s:{s:{s:o}}, s:o}", "wsl", recipe(s, wsl, INNER_DIR), "windows",
			 "env", MARKS_ENV, json_sprintf("%s/windows", nonce), "other", elsewhere);
}

static json_t *powershell(const char *nonce)
{
	return json_pack("{s:b, s:[], s:{s:s}, s:[]}", "powershell", 1, "argv", "env", MARKS_ENV,
			 nonce, "files");
}

int hooks_request(const char *shell, const char *nonce, json_t *request, struct err *err)
{
	bool windows = strcmp(shell, "powershell") == 0;
	const struct shell *s = find(windows ? "bash" : shell);
	auto_json json_t *own = NULL;

	if (!s) {
		err_set(err, ERR_USAGE, EINVAL, "No hooks for the shell '%s'", shell);
		return err_mend(err, "Use bash, zsh, fish, sh or powershell");
	}
	own = windows ? powershell(nonce) : recipe(s, nonce, HOOK_DIR);
	if (!own || json_object_update(request, own) < 0 ||
	    json_object_set_new(request, "shells", inner_shells(s, nonce)) < 0)
		return err_sys(err, ENOMEM, "Can't ask for a shell");
	return 0;
}

int hooks_nonce(char ret[33], struct err *err)
{
	unsigned char raw[16];

	if (getrandom(raw, sizeof(raw), 0) != (ssize_t)sizeof(raw))
		return err_sys(err, errno, "Can't draw a nonce");
	for (size_t i = 0; i < sizeof(raw); i++)
		snprintf(ret + 2 * i, 3, "%02x", raw[i]);
	return 0;
}
