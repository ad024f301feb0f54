// SPDX-License-Identifier: GPL-2.0
// concepts.hpp - the parts of a policy and of a condition: one that lacks a part does not compile.
#pragma once

namespace waitq {

namespace concepts {
template <class A, class B>
constexpr bool is_same = false;
template <class A>
constexpr bool is_same<A, A> = true;
} // namespace concepts
// std::same_as, which a module has no header for.
template <class A, class B>
concept same_as = concepts::is_same<A, B>;

// The policy of a wait's sleep and of its timeout. wait_event() uses:
//
//   begin(), end()    around all that may sleep
//   expired()         the time is up
//   sleep()           give the CPU away, until woken or the time is up; afterwards the task runs
//   left()            jiffies left; 0 where none are counted
//   left_satisfied()  the same where the condition was found true
//   locked            a lock is held but during sleep(): only such a policy may hold one
//   begins            the time counts from begin() on; else expired() holds before it too
//   signal_first      a signal beats the time that is up, where the kernel's macro has it so
template <class T>
concept SleepPolicy = requires(T sleep, const T &look)
{
    sleep.begin();
    sleep.sleep();
    sleep.end();
    {
        look.expired()
        } -> same_as<bool>;
    {
        look.left()
        } -> same_as<long>;
    {
        look.left_satisfied()
        } -> same_as<long>;
    requires same_as<decltype(T::locked), const bool>;
    requires same_as<decltype(T::begins), const bool>;
    requires same_as<decltype(T::signal_first), const bool>;
};

// The condition of a wait: see wait_event().
template <class T>
concept WaitCondition = requires(T condition)
{
    {
        condition()
        } -> same_as<bool>;
};

// A condition that observes its wait. It has both functions: with one alone it does not compile.
//
//   waiter_info()    the waiter's info for onlookers: see CountedEntry::waiter_info()
//   woken_in_vain()  the task was woken with the condition false and sleeps on. It is called under
//                    the rules of the condition
template <class T>
concept ObservingCondition = WaitCondition<T> &&(
    requires(T condition) { condition.waiter_info(); } ||
    requires(T condition) { condition.woken_in_vain(); });

} // namespace waitq
