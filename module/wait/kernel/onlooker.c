// SPDX-License-Identifier: GPL-2.0
/* onlooker.c - the tasks that are linked into a queue, as an onlooker may see them. */
#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/kallsyms.h>
#include <linux/pid_namespace.h>
#include <linux/sched/task.h>
#include <linux/string.h>
#include <linux/uidgid.h>
#include <linux/user_namespace.h>

#include "seam.h"

struct task_struct *kapi_entry_task(const struct wait_queue_entry *entry, bool is_task)
{
	/* Only these are known to have a task in `private`; a poller has something else there. */
	is_task |= entry->func == default_wake_function ||
		   entry->func == autoremove_wake_function || entry->func == woken_wake_function;
	return is_task ? get_task_struct(entry->private) : NULL;
}

static bool may_see(struct task_struct *task)
{
	bool same_user;

	rcu_read_lock();
	same_user = uid_eq(current_fsuid(), __task_cred(task)->uid);
	rcu_read_unlock();
	return same_user || ns_capable_noaudit(&init_user_ns, CAP_SYS_PTRACE);
}

void kapi_describe(struct kapi_seen *seen, struct task_struct *task, kapi_wake_function function)
{
	char symbol[KSYM_SYMBOL_LEN];
	pid_t pid;

	*seen = (struct kapi_seen){ 0 };
	sprint_symbol_no_offset(symbol, (unsigned long)function);
	/* The kernel prints an address that has no name, and addresses are secret. */
	strscpy(seen->function, symbol[0] == '0' ? "?" : symbol, sizeof(seen->function));
	if (!task)
		return;
	/* 0: this PID namespace does not have the task, or the task has ended. */
	pid = task_pid_nr_ns(task, task_active_pid_ns(current));
	if (pid != 0 && may_see(task)) {
		seen->pid = pid;
		seen->state = task_state_to_char(task);
		strscpy(seen->comm, task->comm, sizeof(seen->comm));
	} else {
		seen->hidden = true;
	}
	put_task_struct(task);
}
