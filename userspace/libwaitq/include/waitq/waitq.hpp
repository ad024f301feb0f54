// SPDX-License-Identifier: GPL-2.0
/*
 * libwaitq - the waitq device for C++20 programs. This header includes all of it.
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
 *     // Sleep until somebody posts, for at most a second, and take the post.
 *     auto answer = device.wait({.kind = waitq::WaitKind::wait_event_interruptible_timeout,
 *                                .timeout = 1s,
 *                                .consume = true});
 *     if (!answer)
 *         return fail(answer.error());                           // EINVAL, EPERM, EFAULT ...
 *     switch (answer->outcome) {
 *     case waitq::Outcome::Satisfied: break;                     // answer->left: time left
 *     case waitq::Outcome::TimedOut:  break;
 *     case waitq::Outcome::Signalled: break;                     // a signal handler ran
 *     }
 *
 *     // In another process: post 1, wake all waiters.
 *     auto wake = device.wake({.kind = waitq::WakeKind::wake_up_all});
 *     // wake->woken tasks were asleep and are no more; the counter is wake->counter.
 *
 *     // Post from a timer interrupt, 50 ms from now and then every 10 ms, three times.
 *     auto former = device.arm({.delay = 50ms, .period = 10ms, .count = 3});
 *     auto fired = device.cancel_timer();                        // how often it did fire
 *
 *     // Look at the queue.
 *     waitq_info info = device.info().value();
 *     for (const waitq::Figure &figure : waitq::figures)
 *         std::cout << figure.name << ' ' << info.*figure.value << '\n';
 *
 *     // In an event loop: poll device.fd() for POLLIN (a byte), POLLOUT (room), POLLMSG (the
 *     // counter is not 0).
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

#include <waitq/device.hpp>
#include <waitq/devices.hpp>
#include <waitq/figures.hpp>
#include <waitq/kinds.hpp>
#include <waitq/requests.hpp>
#include <waitq/result.hpp>
