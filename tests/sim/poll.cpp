// SPDX-License-Identifier: GPL-2.0
#include "poll.hpp"

#include "wait.hpp"
#include <sim/machine.hpp>

namespace sim {
namespace {

constexpr unsigned int always = 0x8 | 0x10; // EPOLLERR, EPOLLHUP

unsigned int look(file &file, poll_table_struct *table)
{
    return file.eventfd ? waitq_eventfd_poll(file.eventfd, &file, table)
                        : waitq_poll(file.device, &file, table);
}

unsigned int key_of(void *key)
{
    return static_cast<unsigned int>(reinterpret_cast<std::uintptr_t>(key));
}

// ---- poll() ----

// struct poll_wqueues with one poll_table_entry.
struct PollWait {
    poll_table_struct table; // first: poll_link() finds the PollWait by it
    wait_queue_entry entry;
    wait_queue_head *head;
    Task *task;
    unsigned int mask;
    bool triggered;
};

PollWait &of(wait_queue_entry *entry)
{
    return *reinterpret_cast<PollWait *>(reinterpret_cast<unsigned char *>(entry) -
                                         offsetof(PollWait, entry));
}

// pollwake(): the flag, because a waiter may look at more files before it sleeps.
int pollwake(wait_queue_entry *entry, unsigned int mode, int, void *key)
{
    PollWait &wait = of(entry);
    if (key && !(key_of(key) & wait.mask))
        return 0;
    point();
    touch(&wait.triggered, Access::write);
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
    tell("links itself into \"%s\"", inside(head).lock.name);
}

} // namespace

unsigned int poll(file &file, unsigned int mask)
{
    Task &self = current();
    PollWait wait{};
    wait.table.link = poll_link;
    wait.task = &self;
    wait.mask = mask | always;
    poll_table_struct *table = &wait.table;
    unsigned int ready = 0;
    for (;;) {
        ready = look(file, table) & wait.mask;
        table = nullptr; // linked by now
        tell("polls: %s", ready ? "ready" : "not ready");
        if (ready || kapi_signal_pending())
            break;
        // poll_schedule_timeout()
        set_current_state(TASK_INTERRUPTIBLE);
        touch(&wait.triggered, Access::read);
        if (!wait.triggered)
            schedule();
        set_current_state(TASK_RUNNING);
        point();
        touch(&wait.triggered, Access::write);
        wait.triggered = false;
    }
    // poll_freewait()
    if (wait.head)
        remove_wait_queue(wait.head, &wait.entry);
    return ready;
}

// ---- epoll ----

void Epoll::link(poll_table_struct *table, wait_queue_head *head)
{
    Epoll &epoll = *static_cast<Table *>(table)->epoll;
    epoll.head_ = head;
    inside(&epoll.entry_) = {0, nullptr, callback, {}};
    if (epoll.exclusive_)
        add_wait_queue_exclusive(head, &epoll.entry_);
    else
        add_wait_queue(head, &epoll.entry_);
}

void Epoll::add(file &file, unsigned int mask, bool exclusive)
{
    file_ = &file;
    mask_ = mask | always;
    exclusive_ = exclusive;
    listed_ = false;
    waiter_ = nullptr;
    head_ = nullptr;
    Table table{};
    table.poll_table_struct::link = Epoll::link;
    table.epoll = this;
    if (look(file, &table) & mask_)
        listed_ = true;
}

void Epoll::remove()
{
    remove_wait_queue(head_, &entry_);
}

// ep_poll_callback(). Its result counts for an exclusive entry only: was a task woken?
int Epoll::callback(wait_queue_entry *entry, unsigned int, int, void *key)
{
    Epoll &epoll = *reinterpret_cast<Epoll *>(entry);
    if (key && !(key_of(key) & epoll.mask_))
        return 0;
    point();
    touch(&epoll, Access::write);
    release_to(&epoll);
    epoll.listed_ = true;
    Task *waiter = epoll.waiter_;
    epoll.waiter_ = nullptr;
    if (waiter) {
        tell("wakes %s", waiter->name);
        waiter->state = TASK_RUNNING;
        ++waiter->times_woken;
    }
    return waiter != nullptr || !epoll.exclusive_;
}

bool Epoll::ready_or_signal(const void *object)
{
    const auto &epoll = *static_cast<const Epoll *>(object);
    return epoll.listed_ || !epoll.waiter_;
}

// ep_poll(): with the instance's own lock there is one step between looking and sleeping.
unsigned int Epoll::wait()
{
    Task &self = current();
    for (;;) {
        point();
        touch(this, Access::write);
        if (!listed_) {
            waiter_ = &self;
            tell("sleeps in epoll_wait()");
            point_when(ready_or_signal, this);
            touch(this, Access::write);
            waiter_ = nullptr;
            if (!listed_ && self.signal_pending)
                return 0;
        }
        acquire_from(this);
        // ep_send_events(): level-triggered, so what is ready stays on the list.
        listed_ = false;
        const unsigned int ready = look(*file_, nullptr) & mask_;
        tell("epoll looks: %s", ready ? "ready" : "not ready");
        if (ready) {
            point();
            touch(this, Access::write);
            listed_ = true;
            return ready;
        }
    }
}

// ---- SIGIO ----

namespace {

struct Subscriber {
    fasync_struct **list;
    file *who;
};
std::array<Subscriber, 8> subscribers;
unsigned int subscriber_count = 0;
std::array<Eventfd, 4> opened;
unsigned int opened_count = 0;
std::array<waitq_file *, 4> devices{};

struct SigioWait {
    file *who;
    unsigned int band, seen;
};

bool sigio_came(const void *object)
{
    const auto &wait = *static_cast<const SigioWait *>(object);
    return wait.who->sigio.at(wait.band) > wait.seen;
}

} // namespace

void reset_subscribers()
{
    subscriber_count = 0;
    opened_count = 0;
    devices = {};
}

unsigned int eventfds_opened()
{
    return opened_count;
}

void open_as(unsigned int fd, waitq_file *device)
{
    devices.at(fd) = device;
}

Eventfd eventfd(int number)
{
    return opened.at(static_cast<unsigned int>(number - first_eventfd));
}

void wait_for_sigio(file &file, unsigned int band, unsigned int seen)
{
    const SigioWait wait{&file, band, seen};
    if (!sigio_came(&wait))
        tell("waits for SIGIO");
    point_when(sigio_came, &wait, &file.sigio);
    touch(&file.sigio, Access::write);
    acquire_from(&file.sigio);
}

} // namespace sim

using namespace sim;

extern "C" {

void kapi_poll_wait(file *, wait_queue_head *head, poll_table_struct *table)
{
    if (table && table->link)
        table->link(table, head);
}

// A list that is empty is a null pointer.
static void show_subscribers(fasync_struct **list)
{
    *list = nullptr;
    for (unsigned int i = 0; i < subscriber_count; ++i)
        if (subscribers[i].list == list)
            *list = reinterpret_cast<fasync_struct *>(&subscribers[i]);
}

int fasync_helper(int, file *file, int on, fasync_struct **list)
{
    must_be_able_to_sleep("fasync_helper()");
    point();
    touch(list, Access::write);
    for (unsigned int i = 0; i < subscriber_count; ++i) {
        if (subscribers[i].list != list || subscribers[i].who != file)
            continue;
        if (!on)
            subscribers[i] = subscribers[--subscriber_count];
        show_subscribers(list);
        return on ? 0 : 1;
    }
    if (on)
        subscribers.at(subscriber_count++) = {list, file};
    show_subscribers(list);
    return on != 0;
}

void kill_fasync(fasync_struct **list, int, int band)
{
    point();
    touch(list, Access::read);
    for (unsigned int i = 0; i < subscriber_count; ++i) {
        if (subscribers[i].list != list)
            continue;
        file &who = *subscribers[i].who;
        touch(&who.sigio, Access::write);
        release_to(&who.sigio);
        ++who.sigio.at(static_cast<unsigned int>(band));
        tell("sends SIGIO to %s", who.owner ? who.owner->name : "nobody");
    }
}

waitq_file *kapi_file_get(unsigned int fd, kapi_held *)
{
    return fd < devices.size() ? devices.at(fd) : nullptr;
}

void kapi_file_put(const kapi_held *) {}

int kapi_open_eventfd(waitq_queue *queue, unsigned int flags)
{
    must_be_able_to_sleep("kapi_open_eventfd()");
    if (current().failing_alloc && --current().failing_alloc == 0) {
        tell("gets no descriptor");
        return -KAPI_ENOMEM;
    }
    opened.at(opened_count) = {queue, flags};
    return first_eventfd + static_cast<int>(opened_count++);
}

} // extern "C"
