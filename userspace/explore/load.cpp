// SPDX-License-Identifier: GPL-2.0
#include "load.hpp"

#include <dlfcn.h>
#include <link.h>
#include <sim/kernel/kernel.hpp>
#include <stdexcept>

namespace waitq::explore {
namespace {

struct Loaded {
    std::string path;
    ElfW(Addr) base = 0;
    ElfW(Addr) end = 0;
};
Loaded loaded;

// Notes where the program is, and its variables: what is writable and stays so.
int look(dl_phdr_info *info, std::size_t, void *)
{
    if (loaded.path != info->dlpi_name)
        return 0;
    loaded.base = info->dlpi_addr;
    ElfW(Addr) fixed = 0; // up to there it is read-only once it is relocated
    for (int i = 0; i < info->dlpi_phnum; ++i)
        if (info->dlpi_phdr[i].p_type == PT_GNU_RELRO)
            fixed = info->dlpi_phdr[i].p_vaddr + info->dlpi_phdr[i].p_memsz;
    for (int i = 0; i < info->dlpi_phnum; ++i) {
        const ElfW(Phdr) &part = info->dlpi_phdr[i];
        if (part.p_type != PT_LOAD)
            continue;
        loaded.end = loaded.base + part.p_vaddr + part.p_memsz;
        if (!(part.p_flags & PF_W))
            continue;
        const ElfW(Addr) begin = fixed > part.p_vaddr ? fixed : part.p_vaddr;
        sim::program().variables = reinterpret_cast<unsigned char *>(loaded.base + begin);
        sim::program().size = part.p_vaddr + part.p_memsz - begin;
    }
    return 1;
}

} // namespace

void load(const std::string &path)
{
    loaded.path = path;
    if (!dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL))
        throw std::runtime_error(dlerror());
    dl_iterate_phdr(look, nullptr);
    sim::Program &program = sim::program();
    program.image.assign(program.variables, program.variables + program.size);
}

unsigned long offset_in_file(const void *address)
{
    const auto at = reinterpret_cast<ElfW(Addr)>(address);
    return at >= loaded.base && at < loaded.end ? at - loaded.base : 0;
}

} // namespace waitq::explore
