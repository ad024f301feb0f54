// SPDX-License-Identifier: GPL-2.0
/*
 * A waker frees what the waiter still looks at.
 * found: freed
 */
#include <linux/completion.h>
#include <linux/slab.h>
#include <waitq/explore.h>

struct request {
	struct completion done;
	int result;
};

EXPLORE(a_request)
{
	struct request *request = kzalloc(sizeof(*request), GFP_KERNEL);

	init_completion(&request->done);
	THREAD(asker)
	{
		wait_for_completion(&request->done);
		ASSERT(request->result == 1);
#ifndef BROKEN
		kfree(request);
#endif
	}
	THREAD(server)
	{
		request->result = 1;
		complete(&request->done);
#ifdef BROKEN
		kfree(request);
#endif
	}
}
