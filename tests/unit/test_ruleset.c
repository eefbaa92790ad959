/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a ruleset's text is made of, and the transactions that lead from one to another. */
#define _GNU_SOURCE
#include <check.h>
#include <string.h>

#include "base/cleanup.h"
#include "netns/ruleset_change.h"

START_TEST(parts)
{
	static const char text[] =
		"# table ip no { }\ntable ip a {\n\tcomment \"} chain no {\"\n\t# chain no { }\n"
		"\tchain c { # why\n\t\ttype filter hook ingress devices = { \"x\", \"y\" } "
		"priority 0;"
		" policy accept;\n\t\tct state { new, established } accept; drop }\n"
		"\tset s { type ipv4_addr; elements = { 1.2.3.4 } }; ct helper h { type \"ftp\" "
		"protocol tcp; }\n"
		"\tchain d { tcp dport 1 accept }\n}\ntable b { }; table a { chain d { drop } "
		"}\ntable inet a\n";
	auto_ruleset r = {0};
	struct err err = {0};
	const struct ruleset_table *a;
	const struct ruleset_part *c, *s, *d;

	ck_assert_msg(ruleset_parse(text, &r, &err) == 0, "%s", err.msg);
	ck_assert_uint_eq(r.n_tables, 3);
	ck_assert_uint_eq(r.n_statements, 4);
	a = ruleset_table(&r, "ip", "a");
	ck_assert_ptr_nonnull(a);
	ck_assert_ptr_nonnull(ruleset_table(&r, "inet", "a"));
	ck_assert_ptr_null(ruleset_table(&r, "ip", "no"));
	ck_assert_uint_eq(a->n_parts, 4);
	c = ruleset_part(a, RULESET_CHAIN, "c");
	s = ruleset_part(a, RULESET_SET, "s");
	d = ruleset_part(a, RULESET_CHAIN, "d");
	ck_assert(c && s && d && ruleset_part(a, RULESET_HELPER, "h"));
	ck_assert_int_eq(strncmp(c->header.at,
				 "type filter hook ingress devices = { \"x\", \"y\" } priority 0; "
				 "policy accept",
				 c->header.len),
			 0);
	ck_assert_uint_eq(c->header.len, 73);
	ck_assert_uint_eq(d->header.len, 0);
	ck_assert(d->repeated && !c->repeated);
	ck_assert_int_eq(strncmp(s->text.at, "set s { type ipv4_addr; elements = { 1.2.3.4 } }",
				 s->text.len),
			 0);
}
END_TEST

START_TEST(refusals)
{
	static const struct {
		const char *text, *says;
	} cases[] = {
		{"flush ruleset", "line 1: 'flush'"},
		{"\n\ninclude \"/etc/shadow\"", "line 3: 'include'"},
		{"table ip a {\n include \"/etc/shadow\"\n}", "line 2: 'include' is not allowed"},
		{"table ip a {\n chain c { include \"/etc/shadow\"; }\n}", "line 2: 'include'"},
		{"table ip a {\n ct include \"/etc/shadow\";\n}", "line 2: 'include'"},
		{"table ip a { chain include { } }", "line 1: 'include'"},
		{"table ip a { chain c { } ", "line 1: the block is not closed"},
		{"table ip a { chain", "line 1: the block is not closed"},
		{"delete table ip a", "line 1: 'delete'"},
		{"table ip a { } }", "'}'"},
		{"table ip { }", "'{'"},
		{"table ip $x { }", "'$x'"},
		{"table ip a b", "'b'"},
		{"table", "'table'"},
		{"{}", "'{'"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		auto_ruleset r = {0};
		struct err err = {0};

		ck_assert_msg(ruleset_parse(cases[i].text, &r, &err) < 0, "'%s' passed",
			      cases[i].text);
		ck_assert_int_eq(err.kind, ERR_USAGE);
		ck_assert_msg(strstr(err.msg, cases[i].says) != NULL, "'%s' says '%s'",
			      cases[i].text, err.msg);
	}
}
END_TEST

struct step {
	const char *old, *new;
	enum ruleset_way way;
	const char *does;
	bool rebind;
};

static void expect(const struct step *s)
{
	auto_ruleset_change c = {0};
	auto_free char *got = NULL;
	struct err err = {0};

	ck_assert_msg(ruleset_change_make(s->new, s->old, s->rebind, &c, &err) == 0, "%s", err.msg);
	got = ruleset_change_render(&c, s->way);
	ck_assert_str_eq(got, s->does);
}

START_TEST(ways)
{
	static const struct step steps[] = {
		{"", "table ip a { }\ntable b {\n}", RULESET_FRESH,
		 "create table ip a; create table ip b; \ntable ip a { }\ntable b {\n}\n", false},
		{"", "", RULESET_FRESH, "", false},
		{"table a { chain c { oif \"x\" drop } }",
		 "#\ntable a { chain c { oif \"x\" drop } }\n", RULESET_REFILL, "", false},
		{"table a { chain c { } }", "table a { chain c { } }", RULESET_REFILL, "", true},
		{"table a { chain c { oif \"x\" drop } }", "table a { chain c { oif \"x\" drop } }",
		 RULESET_REFILL,
		 "table ip a {\n\tchain c {\n\n\t}\n}\nflush chain ip a c\n"
		 "table a { chain c { oif \"x\" drop } }\n",
		 true},
		{"table a { }", "", RULESET_REFILL, "table ip a; delete table ip a; \n", false},
		{"table a { }\ntable b { chain x { } }", "table a { }\ntable b {\n\n}",
		 RULESET_REPLACE, "table ip b; delete table ip b; \n           \ntable b {\n\n}\n",
		 false},
	};

	expect(&steps[_i]);
}
END_TEST

START_TEST(others_are_seen)
{
	static const struct {
		const char *listing;
		bool shared;
	} cases[] = {
		{"table ip a {\n\tchain c {\n\t}\n}\n", false},
		{"table ip a {\n}\n", false},
		{"# Warning: table ip a is managed by iptables-nft, do not touch!\ntable ip a "
		 "{\n\tchain "
		 "INPUT {\n\t}\n}\n",
		 true},
		{"table ip a {\n\tset c {\n\t}\n}\n", true},
		{"nonsense", true},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		auto_ruleset_change c = {0};

		ck_assert_int_eq(
			ruleset_change_make("", "table a { chain c { drop } }", false, &c, NULL),
			0);
		ruleset_change_listed(&c, 0, cases[i].listing);
		ck_assert_msg(c.shared[0] == cases[i].shared, "%s", cases[i].listing);
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("ruleset");
	TCase *c = tcase_create("text");
	SRunner *r;
	int failed;

	tcase_add_test(c, parts);
	tcase_add_test(c, refusals);
	tcase_add_loop_test(c, ways, 0, 7);
	tcase_add_test(c, others_are_seen);
	suite_add_tcase(s, c);
	r = srunner_create(s);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
