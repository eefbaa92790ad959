/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The shells a terminal host can start, and their hooks. */
#include "term/hooks.h"

#include <string.h>
#include <sys/random.h>

#include "term/hooks_text.h"

/* Where a shell's hook lies in its node. */
#define HOOK_DIR "/run/term"

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

int hooks_request(const char *shell, const char *nonce, json_t *request, struct err *err)
{
	const struct shell *s = find(shell);
	auto_free char *text = s ? with_nonce(s->text, nonce) : NULL;
	json_t *argv, *env, *files;

	if (!s) {
		err_set(err, ERR_USAGE, EINVAL, "No hooks for the shell '%s'", shell);
		return err_mend(err, "Use bash, zsh, fish or sh");
	}
	argv = json_array();
	for (size_t i = 0; i < MAX_ARGS && s->argv[i]; i++)
		json_array_append_new(argv, json_string(s->argv[i]));
	env = json_object();
	if (s->env)
		json_object_set_new(env, s->env, json_string(s->env_value));
	files = json_pack("[{s:s, s:s, s:i}]", "path", s->path, "content", text ? text : "", "mode",
			  0644);
	if (!text || json_object_set_new(request, "argv", argv) < 0 ||
	    json_object_set_new(request, "env", env) < 0 ||
	    json_object_set_new(request, "files", files) < 0)
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
