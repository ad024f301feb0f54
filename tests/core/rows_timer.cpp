// SPDX-License-Identifier: GPL-2.0
// rows_timer.cpp - timers: one interrupt for those of all files; users that take turns; close and
// unload while they are armed.
#include "device_words.hpp"
#include "rows.hpp"

namespace core::device {
namespace {

constexpr long long period = 1'000'000;
constexpr unsigned int taking = WAITQ_CONSUME | WAITQ_EXCLUSIVE;

Row &timer(Rows &rows, const std::string &name, std::vector<Actor> actors, unsigned int firings,
           unsigned int files = 1)
{
    Row row;
    row.name = "timer/" + name;
    row.weight = 4;
    row.actors = std::move(actors);
    row.files = files;
    row.timer_firings = firings;
    rows.push_back(std::move(row));
    return rows.back();
}

// ---- one file ----

void one_file(Rows &rows)
{
    const Act once = set_timer(period), twice = set_timer(period, period, 2),
              endless = set_timer(period, period, 0);
    const Act takes = wait(taking);
    timer(rows, "wakes", {{"waiter", {takes}}, {"owner", {once}}}, 1);
    timer(rows, "wakes-two", {{"waiter A", {takes}}, {"waiter B", {takes}}, {"owner", {twice}}}, 3);
    timer(rows, "wakes-plainly", {{"waiter", {wait()}}, {"owner", {twice}}}, 3);
    timer(rows, "cancel", {{"waiter", {takes}}, {"owner", {twice, cancel_timer()}}}, 3);
    timer(rows, "set-again", {{"waiter", {takes}}, {"owner", {endless, once}}}, 3);
    timer(rows, "set-later", {{"waiter", {takes}}, {"owner", {once, set_timer(5 * period)}}}, 3);
    timer(rows, "set-earlier", {{"waiter", {takes}}, {"owner", {set_timer(5 * period), once}}}, 3);
    timer(rows, "two-set", {{"owner A", {once}}, {"owner B", {endless, cancel_timer()}}}, 2);
    timer(rows, "close", {{"owner", {endless, plain(Op::close)}}}, 2);
    timer(rows, "close-two-descriptors",
          {{"owner", {endless, plain(Op::close)}}, {"other", {plain(Op::close)}}}, 2);
    timer(rows, "unload", {{"owner", {twice, plain(Op::close)}}, {"rmmod", {plain(Op::unload)}}},
          2);
    timer(rows, "unload-before-any-timer",
          {{"owner", {plain(Op::close)}}, {"rmmod", {plain(Op::unload)}}}, 1);
    timer(rows, "timeout", {{"waiter", {wait(taking, 1, 20'000'000)}}, {"owner", {once}}}, 1);
    timer(rows, "and-waker", {{"waiter A", {takes}}, {"owner", {once}}, {"waker", {wake()}}}, 1);
    timer(rows, "poller", {{"poller", {poll(event)}}, {"owner", {set_timer(period, 0, 1, 0)}}}, 1);
    const Actor polls{"poller A", {poll(event)}};
    timer(rows, "pollers",
          {polls, {"poller B", {poll(event)}}, {"poller C", {poll(event)}}, {"owner", {once}}}, 1);
    timer(rows, "pollers-of-eventfd",
          {{"poller A", {on_file(1, poll(in))}},
           {"poller B", {on_file(1, poll(in))}},
           {"poller C", {on_file(1, poll(in))}},
           {"owner", {once}}},
          1)
        .event_files = 1;
    timer(rows, "pollers-and-epoll",
          {polls, {"poller B", {poll(event)}}, {"epoll", {epoll(event, true)}}, {"owner", {once}}},
          1);
    timer(rows, "sigio", {{"sigio", {plain(Op::sigio_event)}}, {"owner", {once}}}, 1);
    timer(rows, "serves-a-full-counter",
          {{"writer", {add(1)}}, {"waiter", {wait(taking, WAITQ_COUNTER_MAX)}}, {"owner", {once}}},
          1)
        .event_files = 1;
    rows.back().counter = WAITQ_COUNTER_MAX - 1;
    timer(rows, "bare-wake", {{"waiter", {wait()}}, {"owner", {set_timer(period, 0, 1, 1, 0)}}}, 1);
    timer(rows, "overflow", {{"waiter", {wait()}}, {"owner", {set_timer(period, 0, 1, 1, 2)}}}, 1)
        .counter = WAITQ_COUNTER_MAX - 1;
    Act absolute = once;
    absolute.flags |= WAITQ_ABSOLUTE;
    timer(rows, "absolute", {{"waiter", {takes}}, {"owner", {absolute}}}, 1).timens_offset_ns =
        1'000'000'000'000;
    timer(rows, "absolute-behind", {{"waiter", {takes}}, {"owner", {absolute}}}, 1)
        .timens_offset_ns = -500'000'000;
    Act no_memory = once;
    no_memory.no_memory = true;
    timer(rows, "no-memory", {{"waiter", {takes}}, {"owner", {no_memory, once}}}, 1);
    for (const unsigned int copy : {1U, 2U, 3U})
        timer(rows, "fault/copy-" + std::to_string(copy),
              {{"waiter", {takes}}, {"owner", {fault(copy, once)}}}, 1);
}

// ---- a long queue: an interrupt wakes the first of it, a worker the others ----

void long_queues(Rows &rows)
{
    const Act takes = wait(taking);
    std::vector<Actor> waiters{{"waiter A", {takes}}, {"waiter B", {takes}}, {"waiter C", {takes}}};
    const auto and_owner = [&](Act act) {
        std::vector<Actor> all = waiters;
        all.push_back({"owner", {act}});
        return all;
    };
    timer(rows, "long/all", and_owner(set_timer(period, 0, 1, 0, 3)), 1);
    timer(rows, "long/one", and_owner(set_timer(period, 0, 1, 1, 1)), 1);
    timer(rows, "long/three", and_owner(set_timer(period, 0, 1, 3, 3)), 1);
    timer(rows, "long/twice", and_owner(set_timer(period, period, 2, 2, 2)), 2);
    // The worker finds the last one: the two before it ask for more.
    timer(rows, "long/behind-greedy",
          {{"waiter A", {wait(taking, 100)}},
           {"waiter B", {wait(taking, 100)}},
           {"waiter C", {takes}},
           {"owner", {set_timer(period)}}},
          1);
    // And wakes no more than that one.
    timer(rows, "long/behind-greedy-two",
          {{"waiter A", {wait(taking, 100)}},
           {"waiter B", {wait(taking, 100)}},
           {"waiter C", {wait(WAITQ_EXCLUSIVE)}},
           {"waiter D", {wait(WAITQ_EXCLUSIVE)}},
           {"owner", {set_timer(period)}}},
          1);
    timer(rows, "long/plain-behind-exclusive",
          {{"waiter A", {wait(WAITQ_EXCLUSIVE)}},
           {"waiter B", {wait(WAITQ_EXCLUSIVE)}},
           {"waiter C", {wait()}},
           {"owner", {set_timer(period)}}},
          1);
    timer(rows, "long/plain",
          {{"waiter A", {wait()}},
           {"waiter B", {wait()}},
           {"waiter C", {wait()}},
           {"owner", {set_timer(period)}}},
          1);
    timer(rows, "long/signal",
          {{"waiter A", {takes}},
           {"waiter B", {takes}},
           {"waiter C", {takes}},
           {"owner", {set_timer(period, 0, 1, 0, 3)}},
           {"kill(1)", {signal(2)}}},
          1);
    // The mark of another walk stands among the first: behind waiter B, once waiter A has left.
    const std::vector<Act> stays{wait(taking, 100)};
    timer(rows, "long/and-onlooker",
          {{"waiter A", stays},
           {"waiter B", stays},
           {"waiter C", stays},
           {"onlooker", {plain(Op::list)}},
           {"owner", {set_timer(period)}},
           {"kill(1)", {signal(0)}}},
          1);
    timer(rows, "long/and-waker",
          {{"waiter A", {takes}},
           {"waiter B", {takes}},
           {"waiter C", {takes}},
           {"owner", {set_timer(period, 0, 1, 2, 2)}},
           {"waker", {wake()}}},
          1);
}

// ---- several files, of one user or of several ----

void several_files(Rows &rows)
{
    const Act once = set_timer(period), twice = set_timer(period, period, 2),
              endless = set_timer(period, period, 0);
    const Act takes = wait(taking);
    for (const unsigned int users : {1U, 2U}) {
        const std::string tail = users == 1 ? "/one-user" : "/two-users";
        const auto of_users = [&](Row &row) { row.users = users; };
        of_users(timer(rows, "two-timers" + tail,
                       {{"owner A", {once}}, {"owner B", {on_file(1, once)}}}, 2, 2));
        of_users(timer(rows, "two-timers-one-waiter" + tail,
                       {{"waiter", {takes}},
                        {"owner A", {twice}},
                        {"owner B", {on_file(1, set_timer(2 * period))}}},
                       3, 2));
        of_users(timer(rows, "later-and-earlier" + tail,
                       {{"owner A", {set_timer(3 * period)}},
                        {"owner B", {on_file(1, once), on_file(1, cancel_timer())}}},
                       2, 2));
        of_users(timer(rows, "close-one" + tail,
                       {{"owner A", {endless, plain(Op::close)}}, {"owner B", {on_file(1, twice)}}},
                       3, 2));
        of_users(timer(rows, "close-waiter" + tail,
                       {{"owner", {endless, plain(Op::close)}}, {"waiter", {on_file(1, takes)}}}, 2,
                       2));
        of_users(timer(rows, "close-both" + tail,
                       {{"owner A", {once, plain(Op::close)}},
                        {"owner B", {on_file(1, once), on_file(1, plain(Op::close))}}},
                       2, 2));
        of_users(timer(rows, "set-at-once" + tail,
                       {{"owner A", {once}}, {"owner B", {once}}, {"owner C", {on_file(1, once)}}},
                       2, 2));
        of_users(timer(rows, "unload-two-files" + tail,
                       {{"owner", {twice, plain(Op::close)}},
                        {"other", {on_file(1, wake()), on_file(1, plain(Op::close))}},
                        {"rmmod", {plain(Op::unload)}}},
                       2, 2));
        of_users(timer(rows, "cancelled-and-later" + tail,
                       {{"owner A", {once}},
                        {"owner B", {on_file(1, once), on_file(1, cancel_timer())}},
                        {"owner C", {on_file(2, set_timer(20 * period))}}},
                       3, 3));
        rows.back().interrupt_takes = 600'000;
        // An interrupt takes so long that it has to stop before it has fired what is due.
        Row &budget = timer(rows, "out-of-budget" + tail,
                            {{"owner A", {twice}},
                             {"owner B", {on_file(1, twice)}},
                             {"waiter", {wait(WAITQ_CONSUME, 3)}}},
                            4, 2);
        of_users(budget);
        budget.interrupt_takes = 400'000;
        Row &late =
            timer(rows, "out-of-budget-cancel" + tail,
                  {{"owner A", {endless, cancel_timer()}}, {"owner B", {on_file(1, twice)}}}, 3, 2);
        of_users(late);
        late.interrupt_takes = 400'000;
    }
}

} // namespace

void add_timer_rows(Rows &rows)
{
    one_file(rows);
    long_queues(rows);
    several_files(rows);
}

} // namespace core::device
