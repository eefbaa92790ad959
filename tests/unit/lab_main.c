/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The lab's init, by parts, over fakes of its ports. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/lab_rig.h"

static int run(void)
{
	SRunner *runner = srunner_create(suite_create("lab"));
	TCase *(*const cases[])(void) = {
		lab_actor_case,	     lab_boot_case,	 lab_change_case,  lab_device_case,
		lab_exec_case,	     lab_fair_case,	 lab_guest_case,   lab_host_case,
		lab_life_case,	     lab_localhost_case, lab_log_case,	   lab_peer_case,
		lab_port_space_case, lab_verify_case,	 lab_windows_case, lab_wsl_life_case};
	Suite *s = suite_create("parts");
	int failed;

	signal(SIGPIPE, SIG_IGN);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		suite_add_tcase(s, cases[i]());
	srunner_add_suite(runner, s);
	if (!rig_be_root()) {
		printf("SKIP: no user namespace to be root in, as programs in a node are\n");
		return 77;
	}
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? 1 : 0;
}

/*
 * In a session of our own: programs are told apart by theirs, and where the one we were started in has its leader outside this PID
 * namespace, as in a container, getsid() says 0.
 */
int main(void)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		setsid();
		exit(run());
	}
	return pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) ? WEXITSTATUS(status)
									       : 1;
}
