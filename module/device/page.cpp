// SPDX-License-Identifier: GPL-2.0
// page.cpp - see page.hpp.
#include "page.hpp"

#include "event.hpp"
#include "file.hpp"

namespace waitq {

void reclaim(Events &events)
{
    events.queue.assert_held();
    const __u64 found = kapi_page_swap(events.page.counter, WAITQ_PAGE_TAKEN);
    static_assert(WAITQ_PAGE_TAKEN == WAITQ_COUNTER_MAX + 1, "every other number is a counter");
    events.counter = found == WAITQ_PAGE_TAKEN ? 0 : found;
    events.page.lent = false;
}

void lend(Queue &queue)
{
    Events &events = queue.events;
    events.queue.assert_held();
    // User space can't wake, tell pollers or writers, send SIGIO, nor say that the counter passed
    // its maximum.
    if (waiting(events) != 0 || events.want_room != 0 || events.counter > WAITQ_COUNTER_MAX ||
        polled(queue) || subscribed(queue))
        return;
    kapi_page_swap(events.page.counter, events.counter);
    events.page.lent = true;
}

namespace {

// The page, made by the first that asks. Null: no memory.
void *page_of(Queue &queue)
{
    MappedPage &page = queue.events.page;
    {
        const HeadIrqGuard guard(queue.events.queue);
        if (page.counter)
            return page.counter;
    }
    __u64 *made = kapi_page_alloc();
    if (!made)
        return nullptr;
    kapi_page_swap(made, WAITQ_PAGE_TAKEN);
    {
        const HeadIrqGuard guard(queue.events.queue);
        if (!page.counter) {
            page.counter = made;
            return made;
        }
    }
    // Another task was quicker.
    kapi_page_free(made);
    const HeadIrqGuard guard(queue.events.queue);
    return page.counter;
}

} // namespace
} // namespace waitq

void *waitq_page(waitq_file *file)
{
    return waitq::page_of(*file->queue);
}

void waitq_page_mapped(waitq_file *file)
{
    const waitq::CounterIrqGuard guard(*file->queue);
    ++file->queue->events.page.mappings;
}

void waitq_page_unmapped(waitq_file *file)
{
    const waitq::CounterIrqGuard guard(*file->queue);
    --file->queue->events.page.mappings;
}
