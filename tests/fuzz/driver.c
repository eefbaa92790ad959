/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs a libFuzzer target without libFuzzer, for compilers that have none: driver RUNS
 * FILE|FOLDER... feeds the files as they are, then RUNS mutations of them, the same every time. A
 * crash leaves the input in ./crash-input.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SEEDS_MAX = 64, INPUT_MAX = 128 * 1024 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed)
	__attribute__((weak));

struct input {
	uint8_t data[INPUT_MAX];
	size_t size;
};

static struct input seeds[SEEDS_MAX], current;
static size_t n_seeds;
static unsigned rng = 1;

static unsigned next(void)
{
	rng = rng * 1664525u + 1013904223u;
	return rng >> 8;
}

/* One change of bytes: flip, overwrite, cut out, or double a piece. */
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max)
{
	size_t at = size ? next() % size : 0, len = size ? next() % 16 + 1 : 0;

	if (len > size - at)
		len = size - at;
	switch (next() % 4) {
	case 0:
		if (size)
			data[at] ^= (uint8_t)(1u << next() % 8);
		return size;
	case 1:
		if (size)
			data[at] = (uint8_t)next();
		return size;
	case 2:
		memmove(data + at, data + at + len, size - at - len);
		return size - len;
	default:
		if (size + len > max)
			return size;
		memmove(data + at + len, data + at, size - at);
		return size + len;
	}
}

static void mutate(struct input *in)
{
	for (unsigned i = next() % 3 + 1; i > 0; i--)
		in->size = LLVMFuzzerCustomMutator
				   ? LLVMFuzzerCustomMutator(in->data, in->size, INPUT_MAX, next())
				   : LLVMFuzzerMutate(in->data, in->size, INPUT_MAX);
}

static void add_file(const char *path)
{
	FILE *f = n_seeds < SEEDS_MAX ? fopen(path, "rb") : NULL;

	if (!f)
		return;
	seeds[n_seeds].size = fread(seeds[n_seeds].data, 1, INPUT_MAX, f);
	n_seeds++;
	fclose(f);
}

static void add(const char *path)
{
	struct dirent **entries;
	int n = scandir(path, &entries, NULL, alphasort);

	if (n < 0) {
		add_file(path);
		return;
	}
	for (int i = 0; i < n; i++) {
		char file[1024];

		snprintf(file, sizeof(file), "%s/%s", path, entries[i]->d_name);
		if (entries[i]->d_name[0] != '.')
			add_file(file);
		free(entries[i]);
	}
	free(entries);
}

/* stdio in a signal handler: the process is lost anyway, and the input is what matters. */
static void on_crash(int sig)
{
	FILE *f = fopen("crash-input", "wb");

	if (f) {
		fwrite(current.data, 1, current.size, f);
		fclose(f);
	}
	signal(sig, SIG_DFL);
	raise(sig);
}

static void run(const struct input *in)
{
	/* A copy of exactly its size, so that reading past the end is seen by a sanitizer. */
	uint8_t *exact = malloc(in->size ? in->size : 1);

	if (!exact)
		abort();
	memcpy(exact, in->data, in->size);
	LLVMFuzzerTestOneInput(exact, in->size);
	free(exact);
}

int main(int argc, char **argv)
{
	long runs = argc > 1 ? atol(argv[1]) : 0;

	for (int i = 2; i < argc; i++)
		add(argv[i]);
	if (!n_seeds) {
		fprintf(stderr, "usage: %s RUNS FILE|FOLDER...\n", argv[0]);
		return 2;
	}
	signal(SIGABRT, on_crash);
	signal(SIGSEGV, on_crash);
	for (size_t i = 0; i < n_seeds; i++) {
		current = seeds[i];
		run(&current);
	}
	for (long i = 0; i < runs; i++) {
		current = seeds[next() % n_seeds];
		mutate(&current);
		run(&current);
	}
	printf("%zu seeds, %ld mutations\n", n_seeds, runs);
	return 0;
}
