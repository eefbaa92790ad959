/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Port: nodes as processes. A node has one *agent*, PID 1 of its PID namespace, which the lab's init forks and
 * which forks everything that ever runs in the node; so every program inherits the node's namespaces and its one seccomp
 * filter, and nothing has to enter a node. The agent talks to init over one SOCK_SEQPACKET pair; init polls fd().
 */
#ifndef NETDOJO_PORT_PROC_H
#define NETDOJO_PORT_PROC_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
#include "base/json.h"
#include "model/model.h"

struct proc_node; /* one running node, owned by init */

/* Whether bind(2) is asked about there: it shares its ports, or is the Windows with which some WSL may come to. */
static inline bool proc_asks_binds(const struct node *n)
{
	return n->role == ROLE_WINDOWS || json_object_size(n->port_space) > 0;
}

/* Whether what its programs listen on is told, and its packets are kept: the nodes a learner works in. */
static inline bool proc_tells_sockets(const struct node *n)
{
	return n->observed && (n->role == ROLE_WSL || n->role == ROLE_WINDOWS);
}

/* What to run in a node. Borrowed for the call. */
struct proc_spawn {
	const char *const *argv; /* NULL-terminated; argv[0] found along the node's PATH */
	const char *const *
		env; /* "NAME=value", NULL-terminated: over the node's own for that user (PATH, HOME, ..., WSL_*
				      for the default user, the model's env); nothing is inherited */
	const char *cwd;     /* "" = the user's home */
	const char *user;    /* "root" or "learner"; "" = the node's default user */
	int stdio[3];	     /* -1 = /dev/null, with tty: the terminal; copies are sent */
	bool tty;	     /* make a PTY in the node, its slave the controlling terminal */
	unsigned rows, cols; /* of the PTY; 0 = 24x80 */
};

enum proc_event_kind {
	PROC_READY, /* the node's root stands; pid: the agent's; fds: listener (or -1), node socket, etc_dir, wsl_dir (or -1); warnings */
	PROC_SPAWNED, /* id, pid (in the lab's PID namespace), pty master (or -1) */
	PROC_EXITED,  /* id, status as waitpid gives it */
	PROC_FAILED, /* id, err: the spawn did not happen: err.code ENOENT (127) or EACCES (126) for the command */
	PROC_RESULT, /* id, result: of a probe, a file operation or a file read */
	PROC_GONE, /* the agent died: the node is lost; err says why when it could not build the node */
};

struct proc_event {
	enum proc_event_kind kind;
	uint64_t id;
	pid_t pid;
	int status;
	int pty;      /* owned by the receiver */
	int listener; /* seccomp listener; owned by the receiver; -1 when the kernel has none to give */
	int node_socket; /* listening SOCK_SEQPACKET bound at /run/WSL/1_interop (wsl) or /run/netdojo.sock; owned */
	int etc_dir, wsl_dir; /* O_PATH directories for the file watch; owned; -1 = none */
	int hints;	      /* PROC_READY: for watch_node.hints; owned; 0 or -1 = none */
	json_t *result;	      /* owned */
	json_t *warnings; /* PROC_READY: strings, what its disk would not let be written or mounted; owned, NULL = none */
	struct err err;
};
void proc_event_done(struct proc_event *e);

/*
 * Probes the agent runs itself, in a child of its own inside the node, so that they need no program of the host's.
 * Every result has {"ok":bool,"ms":float,"error":"..."} and the fields named.
 *   ping    {address, count=1, size=56, df=false, ttl, timeout=1.0}    -> sent, received, rtt_ms, ttl of the reply, from (who replied
 *           or refused), icmp:"type/code" of an error, mtu it told
 *   lookup  {name, family=0|4|6, timeout=1.0}  getaddrinfo in the node -> addresses[], eai:"EAI_AGAIN"
 *   resolve {name, type="A", server, port=53, tcp=false, timeout=1.0}  -> rcode:"NOERROR", answers[], truncated,
 *           authoritative, records[{name, type (its number), ttl, data}]
 *   connect {address|name, port, timeout=1.0}                          -> refused, timed_out, address, local (the socket's own)
 *   http    {url (http://), timeout=1.0, max_bytes}                    -> status, bytes, complete, body (first 4096 bytes)
 *   pmtu    {address, timeout=2.0, low=576, high=1500}  DF search      -> mtu (largest IP packet that passed), reported (by ICMP)
 *   run     {argv[], user, timeout=1.0, stdin=""}                      -> exit, signal, stdout, stderr (64 KiB each), timed_out
 *   file    {path}                                                     -> exists, type, target, mode, uid, content (64 KiB; UTF-16 that
 *           begins with a byte order mark, as Windows' tools write it, is decoded; a UTF-8 one stays)
 * In every text a byte that is no UTF-8 and a NUL are U+FFFD.
 */
struct proc_port {
	void *ctx;
	/*
	 * Starts a node: clone with mount, UTS, IPC, cgroup and PID namespaces; netns_fd is the node's network
	 * namespace, made before. Returns at once; PROC_READY follows. The node is borrowed for the call.
	 */
	int (*start)(void *ctx, const struct node *node, int netns_fd, struct proc_node **ret,
		     struct err *err);
	/* Nodes started from now on tell nobody what programs start in them. May be NULL (fakes). */
	void (*quiet)(void *ctx);
	/* Kills the agent, and so everything in the node; frees. Takes NULL. */
	void (*stop)(void *ctx, struct proc_node *n);
	/* To poll for reading. */
	int (*fd)(const struct proc_node *n);
	/* The next event: 1 got, 0 none waiting, negative on failure. */
	int (*next)(struct proc_node *n, struct proc_event *ret, struct err *err);
	int (*spawn)(struct proc_node *n, const struct proc_spawn *s, uint64_t id, struct err *err);
	/* Sends sig to the process group of spawn id. */
	int (*signal)(struct proc_node *n, uint64_t id, int sig, struct err *err);
	/* kind as listed above; PROC_RESULT with id follows, within the probe's timeout plus a little. */
	int (*probe)(struct proc_node *n, const char *kind, const json_t *args, uint64_t id,
		     struct err *err);
	/* Writes or removes a file of the node as its root; PROC_RESULT {"ok"} follows. */
	int (*file)(struct proc_node *n, const struct file *f, bool remove, uint64_t id,
		    struct err *err);
	/*
	 * Copies what fd (borrowed, read from its beginning) holds into a file of the node as its root, in the place of whatever
	 * was there; PROC_RESULT {"ok"} follows, or PROC_FAILED.
	 */
	int (*install)(struct proc_node *n, int fd, const char *path, uint32_t mode, uint64_t id,
		       struct err *err);
};

#endif
