// SPDX-License-Identifier: GPL-2.0
#include "world.hpp"

#include <filesystem>
#include <fstream>
#include <ostream>
#include <sys/mman.h>
#include <sys/syscall.h>

namespace waitq::test {
namespace {

long references(const char *module)
{
    long count = -1;
    std::ifstream(std::string("/sys/module/") + module + "/refcnt") >> count;
    return count;
}

long open_files()
{
    const std::filesystem::directory_iterator files("/proc/self/fd");
    return std::distance(begin(files), end(files));
}

std::string drain(const Descriptor &nonblock)
{
    std::string all;
    for (std::string more; !(more = read_text(nonblock)).empty();)
        all += more;
    return all;
}

__u64 all_linked(const Descriptor &file)
{
    return waiters(file).size();
}

} // namespace

std::ostream &operator<<(std::ostream &out, const State &state)
{
    return out << "counter " << state.counter << ", other's " << state.other_counter << ", word "
               << state.word << ", bytes \"" << state.bytes.substr(0, 40) << "\" ("
               << state.bytes.size() << "), linked " << state.linked << ", lab counter "
               << state.lab_counter << ", lab waiting " << state.lab_waiting << ", open files "
               << state.descriptors << ", references " << state.device_references << " and "
               << state.lab_references;
}

AbsentPage::AbsentPage()
    : data_(static_cast<char *>(
          mmap(nullptr, size(), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)))
{}

AbsentPage::~AbsentPage()
{
    munmap(data_, size());
}

void AbsentPage::drop()
{
    // Anew: the one before may be locked into memory.
    static_cast<void>(mmap(data_, size(), PROT_READ | PROT_WRITE,
                           MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0));
}

World::World()
    : page_(static_cast<volatile __u64 *>(
          mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file.fd(), 0))),
      tested_(static_cast<pid_t>(syscall(SYS_gettid)))
{
    for (unsigned int i = 0; i <= WAITQ_ITEMS_MAX; ++i)
        many.push_back(std::make_unique<File>(O_RDWR, i));
}

World::~World()
{
    munmap(const_cast<__u64 *>(page_), 4096);
}

void World::reset()
{
    helpers.clear();
    fresh.reset();
    if (got >= 0)
        close(got);
    got = -1;
    seen.clear();
    returned = false;
    absent.drop();
    absent_too.drop();
    for (const auto &queue : many)
        take(*queue, info(*queue).counter);
    for (const auto &queue : many)
        wake(*queue, counter_at_first, every_one);
    drain(nonblock);
    drain(other_nonblock);
    write(nonblock, bytes_at_first);
    static_cast<void>(wait(
        lab, lab_wait_request(LAB_WAIT_EVENT_KILLABLE_TIMEOUT, info(lab).counter, 0, LAB_CONSUME)));
    wake(lab, counter_at_first);
}

State World::state()
{
    // While no task waits or polls, the word is the counter.
    const __u64 word = *page_;
    const waitq_info figures = info(file);
    EXPECT_TRUE(word == WAITQ_PAGE_TAKEN || word == figures.counter)
        << "the page says " << word << ", INFO " << figures.counter;
    const lab_info lab_figures = info(lab);
    return {.counter = figures.counter,
            .other_counter = info(other).counter,
            .word = *page_,
            .bytes = drain(nonblock),
            .linked = all_linked(file) + all_linked(other) + waiters(lab).size(),
            .lab_counter = lab_figures.counter,
            .lab_waiting = lab_figures.waiters + lab_figures.waiters_exclusive,
            .descriptors = open_files(),
            .device_references = references("waitq"),
            .lab_references = references("waitq_lab")};
}

bool World::caller_sleeps(__u64 waitq_info::*figure, __u64 count)
{
    EXPECT_TRUE(until(
        [&] { return returned || (info(file).*figure == count && state_of(tested_) == 'S'); }));
    return !returned;
}

} // namespace waitq::test
