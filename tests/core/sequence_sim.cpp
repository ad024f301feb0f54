// SPDX-License-Identifier: GPL-2.0
#include "sequence_sim.hpp"

#include "../sim/memory.hpp"
#include "../sim/poll.hpp"
#include "sequence.hpp"
#include "statics.hpp"
#include <sim/explorer.hpp>

#include <cerrno>
#include <memory>

namespace core {
namespace {

using sim::Machine;

long for_user(long result)
{
    return result == -KAPI_ERESTARTSYS ? -EINTR : result;
}

// The boot thread of the machine carries out what returns at once; between two operations the
// machine lets all others run until they rest.
class Simulation : public sim::Scenario, public SequenceWorld {
public:
    Simulation(unsigned int seed, unsigned int length) : seed_(seed), length_(length) {}

    void set_up() override
    {
        forget_statics();
        waitq_core_init();
        lab_core_init();
        queue_ = waitq_queue_create(sequence_capacity);
        lab_ = lab_queue_create();
        const waitq_opener opener{1, true, true};
        file_ = waitq_open(queue_, &opener);
        slots_ = {};
        for (Slot &slot : slots_) {
            slot.world = this;
            slot.task = &sim::spawn("task", sim::Context::task, run, &slot);
            slot.task->privileged = true;
        }
        sequence_ = std::make_unique<Sequence>(*this, seed_, length_);
    }
    void quiescent() override {}
    bool rescue() override
    {
        if (!sequence_->step())
            for (Slot &slot : slots_)
                slot.quit = true;
        return true;
    }
    void tear_down() override
    {
        waitq_release(file_);
        waitq_queue_destroy(queue_);
        lab_queue_destroy(lab_);
        waitq_core_exit();
    }
    [[nodiscard]] const std::string &text() const { return sequence_->text(); }

    long wake(waitq_wake &request) override { return ioctl(WAITQ_NR_WAKE, &request); }
    long read_now(unsigned int size, std::string &bytes) override
    {
        bytes.assign(size, '?');
        const long result = read(bytes, WAITQ_NONBLOCK);
        bytes.resize(result > 0 ? static_cast<std::size_t>(result) : 0);
        return result;
    }
    long write_now(const std::string &bytes) override
    {
        return write(bytes.data(), bytes.size(), WAITQ_NONBLOCK);
    }
    unsigned int poll_now() override
    {
        file nobody{};
        return waitq_poll(file_, &nobody, nullptr) & (0x1 | 0x4 | 0x400);
    }
    waitq_info info() override
    {
        waitq_info info{};
        info.size = sizeof info;
        ioctl(WAITQ_NR_INFO, &info);
        return info;
    }
    long take_now() override { return take(WAITQ_NONBLOCK); }
    long add_now(unsigned long long n) override
    {
        sim::UserBytes from(reinterpret_cast<unsigned char *>(&n), sizeof n);
        return for_user(waitq_eventfd_write(queue_, &from, WAITQ_NONBLOCK));
    }
    long wake_in_lab(lab_wake &request) override
    {
        return in_lab(LAB_NR_WAKE, &request, sizeof request);
    }
    lab_info info_of_lab() override
    {
        lab_info info{};
        info.size = sizeof info;
        in_lab(LAB_NR_INFO, &info, sizeof info);
        return info;
    }
    void start(unsigned int slot, const SequenceCall &call) override
    {
        slots_.at(slot).call = call;
        slots_.at(slot).job = true;
    }
    void signal(unsigned int slot) override { sim::send_signal(*slots_.at(slot).task, false); }
    bool returned(unsigned int number, SequenceCall &call, long &result,
                  std::string &bytes) override
    {
        Slot &slot = slots_.at(number);
        if (slot.job)
            return false;
        call = slot.call;
        result = for_user(slot.result);
        if (call.what == SequenceCall::What::read && result > 0)
            bytes.assign(slot.buffer.data(), static_cast<std::size_t>(result));
        return true;
    }

private:
    struct Slot {
        Simulation *world;
        sim::Task *task;
        SequenceCall call;
        bool job, quit;
        long result;
        std::array<char, 128> buffer;
    };

    static bool has_work(const void *slot)
    {
        const auto &self = *static_cast<const Slot *>(slot);
        return self.job || self.quit;
    }
    static void run(void *argument)
    {
        Slot &slot = *static_cast<Slot *>(argument);
        for (;;) {
            sim::point_when(has_work, &slot);
            if (slot.quit)
                return;
            slot.result = slot.world->perform(slot);
            sim::must_be_clean("a call");
            slot.task->signal_pending = false; // its handler runs on the way out
            slot.job = false;
        }
    }
    long perform(Slot &slot)
    {
        switch (slot.call.what) {
        case SequenceCall::What::wait:
            return ioctl(WAITQ_NR_WAIT, &slot.call.wait);
        case SequenceCall::What::take:
            return take(WAITQ_BLOCKS);
        case SequenceCall::What::lab_wait:
            return in_lab(LAB_NR_WAIT, &slot.call.in_lab, sizeof slot.call.in_lab);
        case SequenceCall::What::read: {
            sim::UserBytes to(reinterpret_cast<unsigned char *>(slot.buffer.data()),
                              slot.call.size);
            return for_user(waitq_read(file_, &to, WAITQ_BLOCKS));
        }
        case SequenceCall::What::write:
            slot.buffer.fill(static_cast<char>('0' + (&slot - slots_.data())));
            return write(slot.buffer.data(), slot.call.size, WAITQ_BLOCKS);
        }
        return 0;
    }
    long ioctl(unsigned int nr, void *argument)
    {
        return for_user(waitq_ioctl(file_, nr, reinterpret_cast<unsigned long>(argument)));
    }
    long in_lab(unsigned int nr, void *argument, unsigned int size)
    {
        return for_user(lab_ioctl(lab_, nr, size, reinterpret_cast<unsigned long>(argument)));
    }
    long take(waitq_blocking blocking)
    {
        unsigned long long value = 0;
        sim::UserBytes to(reinterpret_cast<unsigned char *>(&value), sizeof value);
        return for_user(waitq_eventfd_read(queue_, &to, blocking));
    }
    long read(std::string &bytes, waitq_blocking blocking)
    {
        sim::UserBytes to(reinterpret_cast<unsigned char *>(bytes.data()), bytes.size());
        return for_user(waitq_read(file_, &to, blocking));
    }
    long write(const char *bytes, std::size_t size, waitq_blocking blocking)
    {
        sim::UserBytes from(reinterpret_cast<unsigned char *>(const_cast<char *>(bytes)), size);
        return for_user(waitq_write(file_, &from, blocking));
    }

    unsigned int seed_, length_;
    waitq_queue *queue_ = nullptr;
    lab_queue *lab_ = nullptr;
    waitq_file *file_ = nullptr;
    std::array<Slot, sequence_slots> slots_{};
    std::unique_ptr<Sequence> sequence_;
};

} // namespace

std::string sequence_on_simulation(unsigned int seed, unsigned int length, bool backwards)
{
    Machine &machine = Machine::get();
    machine.forget();
    machine.drains_backwards = backwards;
    Simulation simulation(seed, length);
    const sim::End end = sim::replay(simulation, {});
    machine.drains_backwards = false;
    std::string text = simulation.text();
    if (end != sim::End::complete)
        text += "*** " + machine.failure() + '\n';
    return text;
}

} // namespace core
