// SPDX-License-Identifier: GPL-2.0
// poll.cpp - poll() (fs/select.c), an entry as epoll has it (fs/eventpoll.c), and SIGIO
// (fs/fcntl.c).
#include "objects.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace threads {
namespace {

constexpr unsigned int always = 0x8 | 0x10; // EPOLLERR, EPOLLHUP

unsigned int look(file &file, poll_table_struct *table)
{
    return file.eventfd ? waitq_eventfd_poll(file.eventfd, &file, table)
                        : waitq_poll(file.device, &file, table);
}

bool concerns(void *key, unsigned int mask)
{
    return !key || (reinterpret_cast<std::uintptr_t>(key) & mask);
}

// struct poll_wqueues with one poll_table_entry.
struct PollWait {
    poll_table_struct table; // first: poll_link() finds the PollWait by it
    wait_queue_entry entry;
    wait_queue_head *head;
    Task *task;
    unsigned int mask;
    std::atomic<bool> triggered;
};

int pollwake(wait_queue_entry *entry, unsigned int mode, int, void *key)
{
    auto &wait = *reinterpret_cast<PollWait *>(reinterpret_cast<unsigned char *>(entry) -
                                               offsetof(PollWait, entry));
    if (!concerns(key, wait.mask))
        return 0;
    wait.triggered = true;
    return try_to_wake_up(*wait.task, mode);
}

// __pollwait()
void poll_link(poll_table_struct *table, wait_queue_head *head)
{
    auto &wait = *reinterpret_cast<PollWait *>(table);
    wait.head = head;
    kapi_init_wait_entry(&wait.entry, 0, pollwake);
    add_wait_queue(head, &wait.entry);
}

struct EpollTable : poll_table_struct {
    EpollEntry *entry;
};

struct Subscriber {
    fasync_struct **list;
    file *who;
};
std::mutex fasync_lock;
std::vector<Subscriber> subscribers; // guarded by fasync_lock

} // namespace

unsigned int poll(file &file, unsigned int mask)
{
    PollWait wait{};
    wait.table.link = poll_link;
    wait.task = &current();
    wait.mask = mask | always;
    poll_table_struct *table = &wait.table;
    unsigned int ready = 0;
    for (;;) {
        ready = look(file, table) & wait.mask;
        table = nullptr; // linked by now
        if (ready || kapi_signal_pending())
            break;
        // poll_schedule_timeout()
        set_current_state(TASK_INTERRUPTIBLE);
        if (!wait.triggered)
            schedule();
        set_current_state(TASK_RUNNING);
        wait.triggered = false;
    }
    remove_wait_queue(wait.head, &wait.entry);
    return ready;
}

void EpollEntry::link(poll_table_struct *table, wait_queue_head *head)
{
    EpollEntry &self = *static_cast<EpollTable *>(table)->entry;
    self.head_ = head;
    kapi_init_wait_entry(&self.entry_, self.exclusive_ ? KAPI_WQ_FLAG_EXCLUSIVE : 0, callback);
    add_wait_queue(head, &self.entry_);
}

int EpollEntry::callback(wait_queue_entry *entry, unsigned int, int, void *key)
{
    auto &self = *reinterpret_cast<EpollEntry *>(entry);
    if (!concerns(key, self.mask_))
        return 0;
    ++self.told_;
    return 1;
}

EpollEntry::EpollEntry(file &file, unsigned int mask, bool exclusive)
    : mask_(mask | always), exclusive_(exclusive)
{
    EpollTable table{{link}, this};
    look(file, &table);
}

EpollEntry::~EpollEntry()
{
    remove_wait_queue(head_, &entry_);
}

} // namespace threads

using namespace threads;

extern "C" {

void kapi_poll_wait(file *, wait_queue_head *head, poll_table_struct *table)
{
    if (table && table->link)
        table->link(table, head);
}

int fasync_helper(int, file *file, int on, fasync_struct **list)
{
    must_be_able_to_sleep("fasync_helper() where no task may sleep");
    const std::scoped_lock guard(fasync_lock);
    const auto gone = std::erase_if(
        subscribers, [&](const Subscriber &who) { return who.list == list && who.who == file; });
    if (on)
        subscribers.push_back({list, file});
    // A list that is empty is a null pointer.
    const auto first = std::ranges::find(subscribers, list, &Subscriber::list);
    fasync_struct *shown =
        first == subscribers.end() ? nullptr : reinterpret_cast<fasync_struct *>(list);
    __atomic_store_n(list, shown, __ATOMIC_RELAXED);
    return (gone != 0) != (on != 0);
}

void kill_fasync(fasync_struct **list, int, int band)
{
    const std::scoped_lock guard(fasync_lock);
    for (const Subscriber &who : subscribers)
        if (who.list == list)
            ++who.who->sigio.at(static_cast<unsigned int>(band));
}

} // extern "C"
