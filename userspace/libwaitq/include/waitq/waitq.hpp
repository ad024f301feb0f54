// SPDX-License-Identifier: GPL-2.0
/*
 * libwaitq - the waitq device for C++20 programs. This header includes all of it. The laboratory
 * has a header of its own, <waitq/lab.hpp>.
 *
 * A waitq device is a named event counter and a byte queue that processes share.
 * Tasks sleep in real kernel wait queues until the counter reaches a threshold or a
 * byte arrives; any process with the device open can wake them.
 *
 *     #include <waitq/waitq.hpp>
 *     using namespace std::chrono_literals;
 *
 *     waitq::Device device = waitq::Device::open(0).value();     // /dev/waitq0
 *
 *     // Sleep until another process posts, for at most a second, and take the post.
 *     auto answer = device.wait({.consume = true, .timeout = 1s});
 *     if (!answer)
 *         return fail(answer.error());                           // EINVAL, EPERM, EBADF ...
 *     switch (answer->outcome) {
 *     case waitq::Outcome::Satisfied: break;                     // answer->left: time left
 *     case waitq::Outcome::TimedOut:  break;
 *     case waitq::Outcome::Signalled: break;                     // a signal handler ran
 *     }
 *
 *     // In another process: post 1, wake every waiter whose condition that makes true.
 *     auto woken = device.wake({.nr = waitq::every_waiter});
 *     // *woken tasks were asleep and are no more.
 *
 *     // Post from a timer's interrupt, 50 ms from now and then every 10 ms, three times.
 *     auto former = device.arm({.delay = 50ms, .period = 10ms, .count = 3});
 *     auto fired = device.cancel_timer();                        // how often it did fire
 *
 *     // Sleep until one of several devices has an event, or all of them have, and take it.
 *     const std::array items{waitq::Item{device}, waitq::Item{other}};
 *     auto which = waitq::wait_any(items);                       // which->item: 0 or 1
 *     auto both = waitq::wait_all(items, {.timeout = 1s});       // of both at one instant, or none
 *
 *     // In an event loop: a descriptor that does as an eventfd does. POLLIN: the counter is not
 *     // 0; a read of 8 bytes takes 1, a write of 8 bytes posts.
 *     waitq::Descriptor events = device.eventfd(O_NONBLOCK).value();
 *
 *     // Look at the queue.
 *     waitq_info info = device.info().value();
 *     for (const auto &figure : waitq::figures)
 *         std::cout << figure.name << ' ' << info.*figure.value << '\n';
 *
 * Errors: every call that can fail returns Result<T>, a value or a std::error_code;
 * nothing here throws but Result::value() and std::bad_alloc. A timeout and a signal
 * are not errors of wait() but two of its outcomes.
 *
 * Threads: a Device may be used by several threads at once, as its file descriptor may.
 *
 * <uapi/waitq.h> is the contract that all this stands on, with every errno of each call.
 */
#pragma once

#include <waitq/descriptor.hpp>
#include <waitq/device.hpp>
#include <waitq/figures.hpp>
#include <waitq/many.hpp>
#include <waitq/nodes.hpp>
#include <waitq/page.hpp>
#include <waitq/requests.hpp>
#include <waitq/result.hpp>
#include <waitq/waiting.hpp>
