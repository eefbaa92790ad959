/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A ruleset of ours changes under a learner who has rules of their own, next to it and in it. */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>

#include "build_lab.h"

static struct lab lab;

static void setup(void)
{
	lab_open(&lab);
	lab_build_nat(&lab);
}

static void teardown(void)
{
	lab_close(&lab);
}

/* What a learner types. */
static void nft(const char *command)
{
	ck_assert_msg(lab_run(&lab, "wsl", (const char *[]){"nft", command, NULL}) == 0, "%s",
		      command);
}

static void sh(const char *command)
{
	ck_assert_msg(lab_run(&lab, "wsl", (const char *[]){"/bin/sh", "-c", command, NULL}) == 0,
		      "%s", command);
}

static struct op change(const char *old, const char *new)
{
	return (struct op){.kind = OP_RULESET_SET,
			   .node = model_node(lab.model, "wsl"),
			   .ruleset = new,
			   .old_ruleset = old};
}

static void put(const char *old, const char *new)
{
	struct op op = change(old, new);

	lab_apply(&lab, &op);
}

/* Whether a part of `nft list ruleset` is there. */
static bool has(const char *what)
{
	auto_json json_t *j = lab_read(&lab, "wsl", READ_RULESET, "");

	return strstr(json_str(j, "text", ""), what) != NULL;
}

#define CHAIN(rules)                                                                               \
	"\tchain WSLPOSTROUTING {\n\t\ttype nat hook postrouting priority srcnat - 1; policy "     \
	"accept;\n" rules "\t}\n"
#define SERVED "\tchain served {\n\t\ttcp dport 80 accept\n\t}\n"
#define FILTER                                                                                     \
	"table ip filter {\n\tchain WSLOUTPUT {\n\t\ttype filter hook output priority filter; "    \
	"policy accept;\n\t\tcounter meta mark set 0x1\n\t}\n}\n"

static const char one[] = FILTER
	"table ip nat {\n" CHAIN("\t\tudp sport 1-65535 masquerade to :40960-45055\n") SERVED "}\n";
static const char two[] = FILTER
	"table ip nat {\n" CHAIN("\t\ttcp sport 1-65535 masquerade to :40960-45055\n") SERVED "}\n";
static const char without_served[] =
	FILTER "table ip nat {\n" CHAIN("\t\ttcp sport 1-65535 masquerade to :40960-45055\n") "}\n";
static const char without_nat[] = FILTER;

/* As ufw, iptables-nft and Docker do: chains of their own in ip filter and ip nat. */
static void learn(void)
{
	nft("add table inet mine { set hosts { type ipv4_addr; elements = { 10.1.2.3 } }; }");
	nft("add chain ip nat DOCKER; add rule ip nat DOCKER tcp dport 8080 dnat to 172.17.0.2");
	nft("add chain ip nat PREROUTING { type nat hook prerouting priority dstnat; }; "
	    "add rule ip nat PREROUTING jump DOCKER; add rule ip nat PREROUTING jump served");
	nft("add rule ip filter WSLOUTPUT tcp dport 25 drop");
}

static void expect_learnt(void)
{
	ck_assert(has("10.1.2.3"));
	ck_assert(has("dnat to 172.17.0.2"));
	ck_assert(has("jump DOCKER"));
	ck_assert(has("jump served"));
	ck_assert(has("tcp dport 25 drop"));
}

START_TEST(what_others_have_in_our_tables_stays)
{
	struct op op = change(one, two);

	put("", one);
	learn();
	lab_apply(&lab, &op);
	expect_learnt();
	ck_assert(has("tcp sport 1-65535 masquerade"));
	ck_assert(!has("udp sport"));
	ck_assert(has("tcp dport 80 accept"));
	lab_apply(&lab, &op); /* twice is as good as once */
	expect_learnt();
	lab.port.undo(lab.port.ctx, &op);
	expect_learnt();
	ck_assert(has("udp sport 1-65535 masquerade"));
	ck_assert(!has("tcp sport"));
}
END_TEST

/* Their rule leads into it: empty, it does no harm. */
START_TEST(a_chain_others_jump_to_stays_empty)
{
	put("", one);
	learn();
	put(one, without_served);
	expect_learnt();
	ck_assert(has("chain served {\n\t}"));
	ck_assert(has("tcp sport 1-65535 masquerade"));
	nft("flush chain ip nat PREROUTING");
	put(without_served, one);
	put(one, without_served);
	ck_assert(!has("chain served"));
}
END_TEST

START_TEST(a_table_goes_when_nothing_of_others_is_in_it)
{
	put("", one);
	put(one, without_nat);
	ck_assert(!has("table ip nat"));
	put(without_nat, one);
	learn();
	put(one, without_nat);
	expect_learnt();
	ck_assert(!has("WSLPOSTROUTING"));
	ck_assert(!has("tcp dport 80 accept"));
	put(without_nat, ""); /* the learner's rule was in our chain */
	ck_assert(!has("table ip filter"));
	ck_assert(has("jump DOCKER"));
}
END_TEST

/* Who came first owns the table; both have their chains in it. */
START_TEST(a_table_others_made_first)
{
	nft("add table ip nat; add chain ip nat DOCKER; add rule ip nat DOCKER counter");
	put("", one);
	ck_assert(has("counter packets 0"));
	ck_assert(has("WSLPOSTROUTING"));
	put(one, "");
	ck_assert(has("counter packets 0"));
	ck_assert(!has("WSLPOSTROUTING"));
	ck_assert(!has("chain served"));
}
END_TEST

START_TEST(another_priority)
{
	static const char old[] = "table ip t {\n\tchain a {\n\t\ttype filter hook input "
				  "priority 5; policy accept;\n\t\ttcp dport 1 drop\n\t}\n}\n";
	static const char new[] = "table ip t {\n\tchain a {\n\t\ttype filter hook output "
				  "priority 6; policy accept;\n\t\ttcp dport 2 drop\n\t}\n}\n";

	put("", old);
	nft("add chain ip t b; add rule ip t b tcp dport 3 drop");
	put(old, new);
	ck_assert(has("hook output priority filter + 6"));
	ck_assert(has("tcp dport 2 drop"));
	ck_assert(has("tcp dport 3 drop"));
	ck_assert(!has("filter + 5"));
	ck_assert(!has("tcp dport 1 drop"));
}
END_TEST

#define FLOWS                                                                                      \
	"\tset flows {\n\t\ttypeof ip saddr . tcp sport\n\t\tflags dynamic,timeout\n\t\t"          \
	"timeout 600s\n\t\tsize 100\n\t}\n"
#define HOSTS(list) "\tset hosts {\n\t\ttype ipv4_addr\n\t\telements = { " list " }\n\t}\n"
#define JUDGE(rule)                                                                                \
	"\tcounter seen { }\n\tmap where {\n\t\ttype inet_service : verdict\n\t\telements = { "    \
	"80 : goto b }\n\t}\n\tchain b { }\n\tchain a {\n\t\ttype filter hook input priority 0;\n" \
	"\t\tip saddr @hosts counter name \"seen\" accept\n\t\ttcp dport vmap @where\n"            \
	"\t\tip saddr . tcp sport @flows accept\n\t\t" rule "\n\t}\n"

/* What a set has learnt of flows is not in its text; it outlives a change of rules, not one of its own. */
START_TEST(sets_keep_what_they_learnt)
{
	static const char old[] = "table ip t {\n" FLOWS HOSTS("10.0.0.1") JUDGE("drop") "}\n";
	static const char new[] = "table ip t {\n" FLOWS HOSTS("10.0.0.2") JUDGE("accept") "}\n";

	put("", old);
	nft("add element ip t flows { 10.9.9.9 . 4242 }");
	put(old, new);
	ck_assert(has("10.9.9.9 . 4242"));
	ck_assert(has("10.0.0.2"));
	ck_assert(!has("10.0.0.1"));
	/* Their rule holds the set: it is emptied, not deleted. */
	nft("add chain ip t theirs; add rule ip t theirs ip saddr @hosts drop");
	put(new, old);
	ck_assert(has("10.9.9.9 . 4242"));
	ck_assert(has("10.0.0.1"));
	ck_assert(!has("10.0.0.2"));
	ck_assert(has("ip saddr @hosts drop"));
	put(old, "table ip t {\n" FLOWS "}\n");
	ck_assert(has("10.9.9.9 . 4242"));
	ck_assert(has("ip saddr @hosts drop"));
	ck_assert(!has("hook input"));
	ck_assert(!has("10.0.0.1"));
}
END_TEST

START_TEST(after_a_flush_by_the_learner)
{
	put("", one);
	nft("flush ruleset");
	put(one, two);
	ck_assert(has("tcp sport 1-65535 masquerade"));
	ck_assert(has("tcp dport 80 accept"));
	nft("flush ruleset");
	put(two, without_nat);
	put(without_nat, "");
	ck_assert(!has("table"));
}
END_TEST

/* The learner has made another thing of ours: nothing but the whole table mends that. */
START_TEST(ours_made_into_something_else)
{
	put("", one);
	nft("delete chain ip nat WSLPOSTROUTING; add chain ip nat WSLPOSTROUTING; "
	    "add chain ip nat x; add rule ip nat x jump WSLPOSTROUTING");
	put(one, two);
	ck_assert(has("tcp sport 1-65535 masquerade"));
	ck_assert(has("hook postrouting"));
}
END_TEST

START_TEST(a_mistake_leaves_all_as_it_was)
{
	static const char bad[] = FILTER "table ip nat {\n" CHAIN(
		"\t\ttcp sport 1-65535 masquerade\n") "\tchain x {\n\t\tjump nowhere\n\t}\n}\n";
	auto_json json_t *before = NULL, *after = NULL;
	struct op op = change(one, bad);
	struct err err = {0};

	put("", one);
	learn();
	before = lab_read(&lab, "wsl", READ_RULESET, "");
	ck_assert_int_lt(lab.port.apply(lab.port.ctx, &op, &err), 0);
	ck_assert_msg(strstr(err.msg, "line 13: ") != NULL, "%s", err.msg);
	after = lab_read(&lab, "wsl", READ_RULESET, "");
	ck_assert_str_eq(json_str(after, "text", ""), json_str(before, "text", ""));
}
END_TEST

static const char make_device[] = "ip link add d0 type veth peer name d1 && ip link set d0 up && "
				  "ip link set d1 up && ip addr add 10.77.0.1/24 dev d1";

/* A device of the same name is another one: what stood at it and what means it is put there anew, the rest is left alone. */
START_TEST(a_device_is_another_one)
{
	static const char text[] = FILTER
		"table ip t {\n\tchain a {\n\t\ttype filter hook output priority 0;\n\t\toif "
		"\"d0\" accept\n\t}\n}\n"
		"table netdev n {\n" FLOWS "\tchain in {\n\t\ttype filter hook ingress device "
		"\"d0\" priority 0; policy accept;\n\t\tether type arp counter name \"seen\" "
		"\n\t}\n\tcounter seen { }\n}\n";
	struct op op = change(text, text);

	sh(make_device);
	put("", text);
	nft("add rule ip filter WSLOUTPUT tcp dport 25 drop");
	nft("add element netdev n flows { 10.9.9.9 . 4242 }");
	sh("ip link del d0");
	sh(make_device);
	ck_assert(!has("oif \"d0\""));
	op.rebind = true;
	lab_apply(&lab, &op);
	ck_assert(has("oif \"d0\""));
	ck_assert(has("device \"d0\""));
	ck_assert(has("10.9.9.9 . 4242"));
	ck_assert(has("tcp dport 25 drop"));
	nft("reset counter netdev n seen");
	sh("ping -c1 -W1 10.77.0.2 >/dev/null; true");
	sh("nft list counter netdev n seen | grep -q 'packets [1-9]'");
	put(text,
	    FILTER "table netdev n {\n" FLOWS "\tchain in {\n\t\ttype filter hook ingress device "
		   "\"d0\" priority 0; policy accept;\n\t\tether type ip6 drop\n\t}\n}\n");
	ck_assert(has("10.9.9.9 . 4242"));
	ck_assert(has("ether type ip6 drop"));
	ck_assert(!has("seen"));
}
END_TEST

TCase *build_ruleset_case(void)
{
	TCase *c = tcase_create("ruleset");

	tcase_add_checked_fixture(c, setup, teardown);
	tcase_set_timeout(c, 60);
	tcase_add_test(c, what_others_have_in_our_tables_stays);
	tcase_add_test(c, a_chain_others_jump_to_stays_empty);
	tcase_add_test(c, a_table_goes_when_nothing_of_others_is_in_it);
	tcase_add_test(c, a_table_others_made_first);
	tcase_add_test(c, another_priority);
	tcase_add_test(c, sets_keep_what_they_learnt);
	tcase_add_test(c, after_a_flush_by_the_learner);
	tcase_add_test(c, ours_made_into_something_else);
	tcase_add_test(c, a_mistake_leaves_all_as_it_was);
	tcase_add_test(c, a_device_is_another_one);
	return c;
}
