// SPDX-License-Identifier: GPL-2.0
// cell.hpp - one cell of the table of kinds: a wait kind by one engine on a fresh queue, and what
// came of it in words that can be compared.
#pragma once

#include "../support/hog.hpp"
#include "../support/kinds.hpp"
#include "../support/tasks.hpp"

#include <optional>

namespace waitq::test {

constexpr __s64 far = 1000000 * ms;

// What came of a wait, in words that can be compared.
inline std::string in_words(const WaitRow &row, const Answer<lab_wait> &answer)
{
    const __s64 returned = answer.out.returned;
    switch (answer.error) {
    case 0:
        // Class T: no more than was asked for, at any HZ, and what rounding up adds.
        if (!row.jiffies())
            return returned == 0 ? "true" : "true, returned " + std::to_string(returned);
        return returned >= 1 && returned <= answer.out.timeout_ns / ms + 2
                   ? "true, left"
                   : "true, returned " + std::to_string(returned);
    case -ETIMEDOUT:
        return "time, returned " + std::to_string(returned);
    case -EINTR:
        return "signal, returned " + std::to_string(returned);
    default:
        return strerror(static_cast<int>(-answer.error));
    }
}

inline std::string satisfied(const WaitRow &row)
{
    return row.jiffies() ? "true, left" : "true";
}
inline std::string timed_out(const WaitRow &row)
{
    return row.jiffies() ? "time, returned 0" : "time, returned -62"; // -ETIME
}
inline const std::string signalled = "signal, returned -512"; // -ERESTARTSYS

// One cell: a row, an engine, a fresh queue.
class Cell {
public:
    Cell(const WaitRow &row, lab_engine engine) : row_(row), engine_(engine) {}

    [[nodiscard]] const WaitRow &row() const { return row_; }
    [[nodiscard]] const LabFile &file() const { return file_; }

    [[nodiscard]] Answer<lab_wait> call(__s64 timeout_ns = far, __u32 flags = LAB_CONSUME) const
    {
        return wait(file_,
                    lab_wait_request(row_.value, 1, row_.timed() ? timeout_ns : 0, flags, engine_));
    }
    // A thread on CPU 1 that waits so long. False: that was over before it was seen asleep.
    bool start_within(__s64 timeout_ns)
    {
        waiter_.emplace([this, timeout_ns] {
            pin(0, 1);
            return (answer_ = call(timeout_ns)).error;
        });
        return until([&] {
                   return waiter_->done() || (state_of(waiter_->tid()) == row_.letter() &&
                                              info(file_).*row_.figure() == 1);
               }) &&
               !waiter_->done();
    }
    // A thread that waits and is asleep.
    void start()
    {
        waiter_.emplace([this] { return (answer_ = call()).error; });
        if (!asleep())
            said_ += "does not sleep; ";
    }
    [[nodiscard]] bool asleep()
    {
        return static_cast<bool>(test::asleep(waiter_->tid(), row_.letter(), file_, row_.figure()));
    }
    void post(lab_wake_kind kind = LAB_WAKE_UP, __u64 n = 1) { wake(file_, n, kind); }
    [[nodiscard]] Caller &waiter() { return *waiter_; }
    // How it ended.
    std::string ended()
    {
        waiter_->result();
        return said_ + in_words(row_, answer_);
    }
    [[nodiscard]] const lab_wait &out() const { return answer_.out; }
    void say(const std::string &text) { said_ += text; }

private:
    const WaitRow &row_;
    lab_engine engine_;
    LabFile file_;
    Answer<lab_wait> answer_{};
    std::optional<Caller> waiter_;
    std::string said_;
};

} // namespace waitq::test
