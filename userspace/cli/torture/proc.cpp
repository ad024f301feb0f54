// SPDX-License-Identifier: GPL-2.0
#include "torture/proc.hpp"

#include <fstream>

namespace waitq::cli::torture {

namespace {

std::ifstream file_of(pid_t task, const char *name)
{
    return std::ifstream("/proc/" + std::to_string(task) + '/' + name);
}

} // namespace

char state_of(pid_t task)
{
    std::string line;
    std::ifstream stat = file_of(task, "stat");
    std::getline(stat, line);
    const auto name_end = line.rfind(')');
    if (name_end == std::string::npos || name_end + 2 >= line.size())
        return '?';
    const char state = line[name_end + 2];
    if (state != 'S' && state != 'D' && state != 'I')
        return state;
    // The kernel tells a sleeper's system call only once it is off the processor.
    std::string call;
    file_of(task, "syscall") >> call;
    return call == "running" ? 'R' : state;
}

unsigned long switches_of(pid_t task)
{
    std::ifstream status = file_of(task, "status");
    unsigned long sum = 0;
    for (std::string word; status >> word;)
        if (unsigned long count = 0; word.ends_with("ctxt_switches:") && status >> count)
            sum += count;
    return sum;
}

std::string wchan_of(pid_t task)
{
    std::string name;
    std::ifstream wchan = file_of(task, "wchan");
    std::getline(wchan, name);
    return name.empty() || name == "0" ? "(the kernel does not tell)" : name;
}

} // namespace waitq::cli::torture
