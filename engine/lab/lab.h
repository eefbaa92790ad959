/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The lab's init: what it holds and how it lives.
 *
 * Theory of operation. One process, one event loop, nothing blocks: every answer that takes time (a script's, a
 * service's, an agent's) comes back through a function. What should be is lab->now, a model; only change.c moves the kernel
 * from one model to the next, by a plan with a journal. Everything here dies with this process: it is PID 1 of the lab's PID
 * namespace, and namespaces are held by its descriptors alone.
 *
 * Life: boot.c (boss says boot; script, serve and watch start; models; build; ready) -> requests (host.c for
 * the command line, guest.c for programs in nodes, scripting.c for the scenario) -> lab_end().
 */
#ifndef NETDOJO_LAB_LAB_H
#define NETDOJO_LAB_LAB_H

#include <event2/event.h>
#include <sys/queue.h>

#include "lab/actor.h"
#include "lab/flow.h"
#include "lab/lineage.h"
#include "lab/log.h"
#include "lab/peer.h"
#include "model/model.h"
#include "port/build.h"
#include "port/proc.h"
#include "port/watch.h"

struct change_queue;
struct exec_list;
struct lab_node;
struct listener;
struct localhost;
struct port_space;
struct record_wait;
struct held_list;
struct service_list;
struct service_wait_list;
struct told;
struct trust;
struct verb;
struct windows;

/* The real ports, or a test's fakes; wired by main.c. */
struct lab_ports {
	struct build_port build;
	struct proc_port proc;
	struct watch_port watch;
	int script,
		serve; /* our ends of the helper processes' message pairs; owned by the lab once it runs */
	pid_t script_pid; /* whose processor time is limited; 0 = unknown: time passes for it as for us */
	/* Makes every node trust a certificate authority (PEM) that was not known when its root was made. */
	int (*trust)(void *ctx, const char *pem, struct err *err);
	void *trust_ctx;
	bool for_root; /* the host's root started the lab, which is another user's: root commands it */
	const char *id_map; /* "range" or "one": how user ids are mapped, for the log */
};

/* One accepted connection, from the command line or from inside a node. */
struct conn {
	TAILQ_ENTRY(conn) link;
	struct lab *lab;
	uint64_t serial; /* never used again */
	struct peer *peer;
	struct lab_node *node; /* NULL: the host's side */
	const struct verb *verbs;
	bool boss;
	bool terminal; /* opened a session: wants session notices */
};

enum lab_phase { LAB_BOOTING, LAB_READY, LAB_ENDING };

struct lab {
	struct event_base *base;
	struct lab_ports ports;
	enum lab_phase phase;
	int exit_code;
	pid_t pid_outside; /* as the host numbers us; 0 = unknown */

	struct err early_err; /* what failed before the boot request came; its answer */
	json_t *boot;	      /* the boot request */
	uint64_t boot_id;
	json_t *meta;	       /* the scenario's, from script */
	struct model *healthy; /* as the topology describes it */
	struct model *faulty;  /* as fault() leaves it; NULL until asked for */
	bool fault_asked;      /* by the verb, so that it is put in once */
	struct model *now;     /* what the kernel was last brought to; one of these or now_owned */
	struct model *now_owned; /* a later one; NULL = now is healthy, faulty or nothing */
	struct model *early; /* a later one that came before the lab was built; waits for that */
	struct change_queue *changes;
	struct service_list *services;		 /* real programs that serve */
	struct service_wait_list *service_waits; /* optional ones that have no socket yet */
	struct localhost *localhost;		 /* WSL's relay of Windows' localhost */
	struct port_space *port_space;		 /* NULL while no node shares its ports */
	struct windows *windows;		 /* what is being changed on the Windows side */
	unsigned windows_probes;		 /* under way for programs there */
	int windows_program; /* netdojo-windows, for nodes to have; -1 until asked for */
	struct told *told;   /* of its log to the learner; NULL = nobody asked yet */
	struct trust *trust; /* in the lab's certificates: trust.c */
	TAILQ_HEAD(, lab_node) nodes;
	json_t *generations; /* {"wsl": 2}: of nodes there are or were */
	json_t *devices;     /* {"windows": {"ppp0": "wireguard"}}: what tunnels are made of */

	struct peer *script, *serve;
	TAILQ_HEAD(, conn) conns;
	uint64_t next_conn;
	struct listener *listener; /* the host socket */
	struct event *watching;	   /* the watch port's descriptor */
	struct event *children, *terminate;

	struct log log;
	struct err lost;	   /* why the recorder is gone */
	struct record_wait *waits; /* for recorders to catch up: record.c */
	unsigned next_wait;
	int attempt_dir;		 /* -1: nothing is recorded */
	bool captures;			 /* packets are kept in the attempt's folder */
	bool unrecorded;		 /* --no-record: no file, no recorder, no grade */
	double booted;			 /* CLOCK_MONOTONIC at boot, for "seconds" */
	struct actor_span probing;	 /* probes of ours: their packets */
	struct actor_span running;	 /* those of them that run a program */
	struct actor_span changing;	 /* changes of ours */
	struct actor_span learner, tool; /* execs under way, by whom */
	struct flows flows;
	struct lineage lineage;
	struct held_list
		*held;	/* requests that wait for the first verification; NULL = none has to */
	unsigned hints; /* given so far */
	bool finished;	/* the attempt is over; the lab may stand on */
	bool checking;	/* a learner's check is under way */
	bool touched;	/* somebody other than the lab changed something */
	bool watched;	/* the fault was looked at when a diagnosis was said */
	uint64_t next_exec;
	struct exec_list *execs;
	struct event *script_timer;
	double script_cpu, script_began; /* its processor time, and our clock, when last asked */
	unsigned script_calls, script_waits;
};

/* Runs a lab to its end; boss is owned. Returns the exit code. */
int lab_run(int boss, const struct lab_ports *ports);
/* Its parts, for tests, which turn lab->base themselves. lab_close takes a lab that could not be opened too. */
int lab_open(struct lab *lab, int boss, const struct lab_ports *ports, struct err *err);
void lab_close(struct lab *lab);

/* Ends it: what is left of the log is written, the loop stops. why goes to the log ("down", "boss-gone"). */
void lab_end(struct lab *lab, const char *why, int exit_code);
/* Ends it because something failed; before ready the boss is told, for which a lab not yet asked to boot waits. */
void lab_fail(struct lab *lab, const struct err *err);

/* Puts an event together and logs it; NULL-safe node. `more` is stolen and may be NULL. Returns seq. */
uint64_t lab_event(struct lab *lab, const char *kind, const char *node, const char *by,
		   json_t *more);
/* Notes what an event about to be logged means for the fault: whether it may be gone by the learner's doing. */
void lab_saw(struct lab *lab, const json_t *event);
/* Who did what a recorder saw at `mono`: "lab" while `ours` (what of ours could have), else "learner" or "tool". */
const char *lab_actor(const struct lab *lab, const struct actor_span *ours, double mono);

#endif
