// SPDX-License-Identifier: GPL-2.0
// timers.cpp - all timers of all files behind one hrtimer, so that their time in interrupts is
// bounded, however many are due.
//
// The hrtimer's interrupt fires due timers until its slice is over, and then rests four times as
// long as it took. The users of the timers take turns: each turn is one firing. So a user with a
// thousand due timers holds up another user's by one firing for each turn, not by a thousand.
#include "timers.hpp"

#include "event.hpp"

namespace waitq {

// A user with timers. Guarded by the timers' lock.
struct TimerUser {
    struct Node {
        kapi_sorted sorted; // first: of() finds the Node by it
        TimerUser *user;

        WAITQ_INLINE static TimerUser &of(kapi_sorted *sorted)
        {
            return *reinterpret_cast<Node *>(sorted)->user;
        }
    };
    Node by_number;        // in Timers::users_
    Node by_deadline;      // in Timers::waiting_, by its first deadline; if `place` says so
    rb_root_cached timers; // armed, by deadline
    unsigned long files;   // that refer to it
    TimerUser *next_due, *last_due; // its neighbours in the list of Timers
    enum class Place : unsigned char { none, waiting, due } place;
};

namespace {

constexpr __s64 slice_ns = 500'000;
constexpr __s64 rest_factor = 4;
// Slices of at most slice_ns and one firing f, each followed by a rest of four times its length: in
// any 10 ms they are at most (10 ms + 4 * (slice_ns + f)) / 5.
static_assert((10'000'000 + rest_factor * slice_ns) / (rest_factor + 1) <= WAITQ_TIMER_BUDGET_NS,
              "waitq.h promises a budget that the slices keep");

// The way into the interrupt is measured. A longer time has another cause; a shorter one means that
// an interrupt of another timer was under way.
constexpr __s64 shortest_entry_ns = 1'000, longest_entry_ns = 100'000;
// A rest of the promise's 10 ms keeps the promise, whatever came before.
constexpr __s64 longest_rest_ns = 10'000'000;

constexpr __s64 never = __LONG_LONG_MAX__;

WAITQ_INLINE __s64 sum(__s64 a, __s64 b) // neither is negative
{
    return b > never - a ? never : a + b;
}

} // namespace

class Timers {
public:
    void init()
    {
        lock_.init("waitq timers", &key_);
        entry_ns_ = longest_entry_ns;
        kapi_timer_init(&native_);
    }
    void exit() { hrtimer_cancel(&native_); }

    // Returns the user of that number, with one file more; takes `fresh` if there is none yet. Lock
    // held, as for all that follow but due().
    TimerUser &adopt(unsigned int number, TimerUser *&fresh);
    // Counts one file less. Returns the user if that was its last: the caller frees it, without the
    // lock.
    TimerUser *abandon(TimerUser &user);
    void arm(Timer &timer, __s64 deadline_ns);
    void disarm(Timer &timer);

    // The interrupt.
    void due();

    SpinLock lock_;

private:
    bool serve(__s64 now);
    void fire(Timer &timer, __s64 now);
    void place(TimerUser &user, __s64 now);
    void unplace(TimerUser &user);
    void append(TimerUser &user);
    void program();

    lock_class_key key_;
    hrtimer native_;
    rb_root_cached users_, waiting_;
    TimerUser *first_due_, *last_due_;
    __s64 programmed_ns_; // the hrtimer's expiry, if it is armed
    bool programmed_;     // it is armed
    bool ahead_;          // for a time in the future
    bool serving_;        // due() is at work, and calls program() at its end
    __s64 resting_until_; // no firing before that time
    __s64 entry_ns_;      // the shortest time measured from an expiry into due()
};

namespace {
constinit Timers timers{};
} // namespace

TimerUser &Timers::adopt(unsigned int number, TimerUser *&fresh)
{
    lock_.assert_held();
    TimerUser *user;
    if (kapi_sorted *found = kapi_sorted_find(&users_, number)) {
        user = &TimerUser::Node::of(found);
    } else {
        user = fresh;
        fresh = nullptr;
        user->by_number = {{{}, number}, user};
        user->by_deadline = {{{}, 0}, user};
        kapi_sorted_add(&users_, &user->by_number.sorted);
    }
    ++user->files;
    return *user;
}

TimerUser *Timers::abandon(TimerUser &user)
{
    lock_.assert_held();
    if (--user.files != 0)
        return nullptr;
    unplace(user);
    kapi_sorted_remove(&users_, &user.by_number.sorted);
    return &user;
}

void Timers::append(TimerUser &user)
{
    lock_.assert_held();
    user.place = TimerUser::Place::due;
    user.next_due = nullptr;
    user.last_due = last_due_;
    (last_due_ ? last_due_->next_due : first_due_) = &user;
    last_due_ = &user;
}

// Puts a user into the list if a timer of it is due, else into the tree by its first deadline.
void Timers::place(TimerUser &user, __s64 now)
{
    lock_.assert_held();
    const kapi_sorted *first = kapi_sorted_first(&user.timers);
    if (!first)
        return;
    if (first->key <= now) {
        append(user);
        return;
    }
    user.place = TimerUser::Place::waiting;
    user.by_deadline.sorted.key = first->key;
    kapi_sorted_add(&waiting_, &user.by_deadline.sorted);
}

void Timers::unplace(TimerUser &user)
{
    lock_.assert_held();
    switch (user.place) {
    case TimerUser::Place::none:
        break;
    case TimerUser::Place::waiting:
        kapi_sorted_remove(&waiting_, &user.by_deadline.sorted);
        break;
    case TimerUser::Place::due:
        (user.last_due ? user.last_due->next_due : first_due_) = user.next_due;
        (user.next_due ? user.next_due->last_due : last_due_) = user.last_due;
        break;
    }
    user.place = TimerUser::Place::none;
}

void Timers::arm(Timer &timer, __s64 deadline_ns)
{
    lock_.assert_held();
    // Not before now: a user that always asks for the past must not overtake those that wait.
    const __s64 now = kapi_now_ns();
    timer.phase_ns_ = deadline_ns;
    timer.deadline_.key = deadline_ns < now ? now : deadline_ns;
    timer.armed_ = true;
    TimerUser &user = *timer.user_;
    kapi_sorted_add(&user.timers, &timer.deadline_);
    if (user.place != TimerUser::Place::due) {
        unplace(user);
        place(user, -1);
    }
    program();
}

void Timers::disarm(Timer &timer)
{
    lock_.assert_held();
    if (!timer.armed_)
        return;
    timer.armed_ = false;
    TimerUser &user = *timer.user_;
    kapi_sorted_remove(&user.timers, &timer.deadline_);
    if (user.place == TimerUser::Place::waiting) {
        unplace(user);
        place(user, -1);
    }
    // The hrtimer stays armed, and may fire for nothing.
}

// Arms the hrtimer for the first deadline, or for the end of the rest if that is later.
void Timers::program()
{
    lock_.assert_held();
    if (serving_)
        return;
    const kapi_sorted *next = kapi_sorted_first(&waiting_);
    if (!first_due_ && !next)
        return;
    const __s64 wanted = first_due_ ? 0 : next->key;
    const __s64 at = wanted < resting_until_ ? resting_until_ : wanted;
    if (programmed_ && programmed_ns_ <= at)
        return;
    programmed_ = true;
    programmed_ns_ = at;
    ahead_ = at > kapi_now_ns();
    kapi_timer_start(&native_, at);
}

void Timers::fire(Timer &timer, __s64 now)
{
    lock_.assert_held();
    kapi_sorted_remove(&timer.user_->timers, &timer.deadline_);
    timer.armed_ = false;
    ++timer.fired_;
    post_from_interrupt(*timer.queue_, timer.post_, timer.budget_);
    if (timer.period_ns_ == 0 || (timer.remaining_ != 0 && --timer.remaining_ == 0))
        return;
    // Periods that are over already are left out.
    __s64 next = sum(timer.phase_ns_, timer.period_ns_);
    if (next <= now)
        next = sum(next, ((now - next) / timer.period_ns_ + 1) * timer.period_ns_);
    timer.phase_ns_ = timer.deadline_.key = next;
    timer.armed_ = true;
    kapi_sorted_add(&timer.user_->timers, &timer.deadline_);
}

// One turn of one user. False: nothing is due.
bool Timers::serve(__s64 now)
{
    lock_.assert_held();
    // Each turn moves one user into the list and fires once, so a thousand users that become due
    // together take a thousand turns.
    kapi_sorted *first = kapi_sorted_first(&waiting_);
    if (first && first->key <= now) {
        TimerUser &user = TimerUser::Node::of(first);
        unplace(user);
        append(user);
    }
    TimerUser *user = first_due_;
    if (!user)
        return false;
    unplace(*user);
    kapi_sorted *deadline = kapi_sorted_first(&user->timers);
    if (deadline && deadline->key <= now)
        fire(Timer::of(deadline), now);
    place(*user, now);
    return true;
}

void Timers::due()
{
    const __s64 begin = kapi_now_ns();
    {
        const SpinGuard guard(lock_);
        const __s64 late = begin - programmed_ns_;
        if (programmed_ && ahead_ && late > 0 && late < entry_ns_)
            entry_ns_ = late < shortest_entry_ns ? shortest_entry_ns : late;
        programmed_ = false;
        // The hrtimer was armed before the rest began.
        if (begin < resting_until_) {
            program();
            return;
        }
        serving_ = true;
    }
    __s64 now = begin;
    for (bool more = true; more && now - begin < slice_ns; now = kapi_now_ns()) {
        // Given back after each turn: setting a timer or closing a file waits for one firing at
        // most.
        const SpinGuard guard(lock_);
        more = serve(now);
    }
    const SpinGuard guard(lock_);
    serving_ = false;
    // The way out of the interrupt is taken to be as long as the way in.
    const __s64 rest = rest_factor * (now - begin + 2 * entry_ns_);
    resting_until_ = now + (rest < longest_rest_ns ? rest : longest_rest_ns);
    program();
}

void timers_init()
{
    timers.init();
}

void timers_exit()
{
    timers.exit();
}

namespace {

bool well_formed(const waitq_timer &request)
{
    if (request.pad != 0)
        return false;
    if (request.flags & WAITQ_CANCEL)
        return request.flags == WAITQ_CANCEL && request.nr == 0 && request.delay_ns == 0 &&
               request.period_ns == 0 && request.count == 0 && request.post == 0;
    if ((request.flags & ~WAITQ_ABSOLUTE) || request.delay_ns < 0)
        return false;
    return request.period_ns == 0 ? request.count == 1
                                  : request.period_ns >= WAITQ_TIMER_PERIOD_MIN_NS;
}

// The time of the first firing, on the machine's clock.
__s64 deadline(const waitq_timer &request)
{
    if (!(request.flags & WAITQ_ABSOLUTE))
        return sum(kapi_now_ns(), request.delay_ns);
    const __s64 offset = kapi_timens_offset_ns();
    if (offset < 0)
        return sum(request.delay_ns, -offset);
    return request.delay_ns > offset ? request.delay_ns - offset : 0;
}

} // namespace

// Sets user_, which stays until the file is closed. False: no memory.
bool Timer::join(unsigned int user)
{
    {
        const SpinGuard guard(timers.lock_);
        if (user_)
            return true;
    }
    auto *fresh = static_cast<TimerUser *>(kapi_zalloc(sizeof(TimerUser)));
    if (!fresh)
        return false;
    {
        const SpinGuard guard(timers.lock_);
        if (!user_) // another thread with this file may have been here meanwhile
            user_ = &timers.adopt(user, fresh);
    }
    kapi_free(fresh);
    return true;
}

Error Timer::set(waitq_timer &request, unsigned int user)
{
    if (!well_formed(request))
        return Error::bad_argument;
    if (!join(user))
        return Error::no_memory;
    const SpinGuard guard(timers.lock_);
    timers.disarm(*this);
    request.fired = fired_;
    fired_ = 0;
    if (request.flags & WAITQ_CANCEL)
        return Error::none;
    period_ns_ = request.period_ns;
    remaining_ = request.count;
    budget_ = Budget::from(request.nr);
    post_ = request.post;
    timers.arm(*this, deadline(request));
    return Error::none;
}

void Timer::end()
{
    TimerUser *last;
    {
        const SpinGuard guard(timers.lock_);
        if (!user_)
            return;
        timers.disarm(*this);
        last = timers.abandon(*user_);
    }
    kapi_free(last);
}

} // namespace waitq

void waitq_timers_due(hrtimer *)
{
    waitq::timers.due();
}
