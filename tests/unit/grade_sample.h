/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An attempt to grade, for the tests of grades and reports. */
#ifndef NETDOJO_TESTS_GRADE_SAMPLE_H
#define NETDOJO_TESTS_GRADE_SAMPLE_H

#include <check.h>
#include <stdlib.h>

#include "base/json.h"

static const char sample_events[] =
	"[{\"seq\":1,\"t\":0,\"kind\":\"lab\",\"what\":\"start\",\"scenario\":\"dns-x\",\"seed\":"
	"\"s1\",\"pass\":70},"
	"{\"seq\":2,\"t\":0.5,\"kind\":\"lab\",\"what\":\"fault-verified\",\"shows\":true,"
	"\"controls\":true},"
	"{\"seq\":3,\"t\":2,\"node\":\"wsl\",\"kind\":\"command\",\"session\":\"main\",\"text\":"
	"\"ip a\",\"exit\":0,"
	"\"started\":1,\"ended\":2},"
	"{\"seq\":4,\"t\":3.1,\"node\":\"wsl\",\"kind\":\"packet\",\"cause\":5,\"if\":\"eth0\","
	"\"dir\":\"out\","
	"\"what\":\"echo-request\",\"src\":\"172.27.43.151\",\"dst\":\"8.8.8.8\"},"
	"{\"seq\":5,\"t\":4,\"node\":\"wsl\",\"kind\":\"command\",\"session\":\"main\",\"text\":"
	"\"ping -c1 8.8.8.8\","
	"\"exit\":0,\"started\":3,\"ended\":4},"
	"{\"seq\":6,\"t\":5,\"kind\":\"answer\",\"answers\":[{\"layer\":\"L3\",\"cause\":\"guest-"
	"filter\"}]},"
	"{\"seq\":7,\"t\":6,\"kind\":\"hint\",\"n\":1},"
	"{\"seq\":8,\"t\":7,\"kind\":\"answer\",\"answers\":[{\"layer\":\"2.5\",\"cause\":\"host-"
	"dns-proxy-dead\"}]},"
	"{\"seq\":9,\"t\":8,\"kind\":\"probe\",\"set\":\"fixed\",\"name\":\"google\",\"ok\":false},"
	"{\"seq\":10,\"t\":9,\"kind\":\"probe\",\"set\":\"fixed\",\"name\":\"google\",\"ok\":true},"
	"{\"seq\":11,\"t\":9.1,\"kind\":\"lab\",\"what\":\"finished\"}]";

static const char sample_meta[] =
	"{\"id\":\"dns-x\",\"pass\":70,\"title\":{\"en\":\"No names\",\"ja\":\"名前が引けない\"},"
	"\"truth\":[{\"layer\":\"L2.5\",\"cause\":\"host-dns-proxy-dead\",\"at\":\"windows\"}],"
	"\"fixed\":[\"google\"]}";

static const char sample_items[] =
	"[{\"id\":\"address-seen\",\"group\":\"observe\",\"points\":10,\"max\":10,\"void\":false,"
	"\"evidence\":[3],"
	"\"title\":{\"en\":\"Saw the "
	"address\",\"ja\":\"アドレスを見た\"},\"why\":{\"en\":\"Shown\",\"ja\":\"確認\"}},"
	"{\"id\":\"pinged\",\"group\":\"observe\",\"points\":10,\"max\":10,\"void\":false,"
	"\"evidence\":[4],"
	"\"title\":{\"en\":\"Pinged outside\",\"ja\":\"外へ ping した\"}},"
	"{\"id\":\"cause-named\",\"group\":\"diagnose\",\"points\":20,\"max\":20,\"void\":false,"
	"\"evidence\":[8],"
	"\"title\":{\"en\":\"Named the cause\",\"ja\":\"原因を答えた\"}},"
	"{\"id\":\"mended\",\"group\":\"mend\",\"points\":30,\"max\":30,\"void\":false,"
	"\"evidence\":[10],"
	"\"title\":{\"en\":\"Works & <again>\",\"ja\":\"復旧した\"}},"
	"{\"id\":\"verified\",\"group\":\"verify\",\"points\":0,\"max\":10,\"void\":false,"
	"\"evidence\":[],"
	"\"title\":{\"en\":\"Proved it\",\"ja\":\"確かめた\"},"
	"\"why\":{\"en\":\"No look-up was answered after the "
	"mend\",\"ja\":\"修理後の名前解決がない\"}},"
	"{\"id\":\"care\",\"group\":\"care\",\"points\":0,\"max\":20,\"void\":true,\"evidence\":[],"
	"\"title\":{\"en\":\"No damage\",\"ja\":\"余計な変更なし\"}}]";

static inline json_t *sample(const char *text)
{
	json_t *j = json_loads(text, 0, NULL);

	ck_assert_ptr_nonnull(j);
	return j;
}

#endif
