// SPDX-License-Identifier: GPL-2.0
/* waiters.c - the tasks that are linked into a queue, as their onlooker may see them. */
#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/kallsyms.h>
#include <linux/pid_namespace.h>
#include <linux/sched/task.h>
#include <linux/string.h>
#include <linux/uidgid.h>
#include <linux/user_namespace.h>

#include "../uapi/waitq.h"
#include "boundary.h"
#include "kernel.h"

struct task_struct *kapi_entry_task(const struct wait_queue_entry *entry, bool is_task)
{
	/* Only these are known to have a task in `private`; poll's has something else there. */
	is_task |= entry->func == default_wake_function ||
		   entry->func == autoremove_wake_function || entry->func == woken_wake_function ||
		   entry->func == waitq_macro_call_back;
	return is_task ? get_task_struct(entry->private) : NULL;
}

/* As /proc with hidepid: its own user's tasks, and all to whom may trace. */
static bool may_see(struct task_struct *task, pid_t pid)
{
	bool same_user;

	rcu_read_lock();
	same_user = uid_eq(current_fsuid(), __task_cred(task)->uid);
	rcu_read_unlock();
	return pid != 0 && (same_user || ns_capable_noaudit(&init_user_ns, CAP_SYS_PTRACE));
}

void kapi_describe(struct waitq_waiter *waiter, struct task_struct *task,
		   kapi_wake_function function)
{
	char symbol[KSYM_SYMBOL_LEN];
	pid_t pid;

	sprint_symbol_no_offset(symbol, (unsigned long)function);
	if (symbol[0] == '0') /* an address, which is nobody's to know */
		strcpy(symbol, "?");
	strscpy(waiter->function, symbol, sizeof(waiter->function));
	waiter->state = '?';
	if (!task)
		return;
	waiter->flags |= WAITQ_WAITER_TASK;
	pid = task_pid_nr_ns(task, task_active_pid_ns(current));
	if (may_see(task, pid)) {
		waiter->pid = pid;
		waiter->state = task_state_to_char(task);
		strscpy(waiter->comm, task->comm, sizeof(waiter->comm));
	} else {
		waiter->flags |= WAITQ_WAITER_HIDDEN;
	}
	put_task_struct(task);
}
