// SPDX-License-Identifier: GPL-2.0
#include "shims.hpp"

#include "job.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <regex>

namespace waitq::explore {
namespace {

namespace fs = std::filesystem;

constexpr std::array calls_alone{"-finstrument-functions",
                                 "-finstrument-functions-exclude-file-list=/include/"};

// Kept objects that nobody has used for so long go.
constexpr std::chrono::hours kept_for{24 * 30};

struct Shim {
    fs::path file;
    bool undivided;
};

std::vector<Shim> shim_sources()
{
    std::vector<Shim> all;
    for (const auto &entry : fs::directory_iterator(shims()))
        if (entry.path().extension() == ".c")
            all.push_back({entry.path(), false});
    for (const auto &entry : fs::directory_iterator(shims() / "undivided"))
        if (entry.path().extension() == ".c")
            all.push_back({entry.path(), true});
    return all;
}

// As LINUX_VERSION_CODE has it: from the Makefile of a source of Linux, or from the file "version"
// beside the two that scripts/lib/wait-source keeps.
unsigned version_of(const fs::path &kernel)
{
    static const std::regex in_makefile(
        R"((?:^|\n)VERSION = (\d+)\nPATCHLEVEL = (\d+)\nSUBLEVEL = (\d+))");
    static const std::regex in_package(R"(^(\d+)\.(\d+)\.?(\d*))");
    std::smatch parts;
    const std::string makefile = contents(kernel / "Makefile"),
                      known = contents(kernel / "version");
    if (!std::regex_search(makefile, parts, in_makefile) &&
        !std::regex_search(known, parts, in_package))
        throw CompileError(kernel.string() + " does not say which version of Linux it is: it has "
                                             "no Makefile");
    const auto number = [&](std::size_t i) {
        return static_cast<unsigned>(std::strtoul(parts[i].str().c_str(), nullptr, 10));
    };
    return (number(1) << 16) + (number(2) << 8) + std::min(number(3), 255U);
}

std::string key_of(const Sources &sources, const fs::path &work)
{
    std::vector<std::string> parts = flags_for(sources, "kernel");
    parts.insert(parts.end(), watched.begin(), watched.end());
    parts.insert(parts.end(), calls_alone.begin(), calls_alone.end());
    const fs::path said = work / "compiler";
    finish(start({sources.compiler, "--version"}, said));
    parts.push_back(contents(said));
    std::vector<fs::path> files;
    for (const auto &entry : fs::recursive_directory_iterator(shims()))
        if (entry.is_regular_file())
            files.push_back(entry.path());
    std::ranges::sort(files);
    for (const fs::path &file : files) {
        parts.push_back(file.string());
        parts.push_back(contents(file));
    }
    for (const char *file : {"include/linux/wait.h", "kernel/sched/wait.c"})
        parts.push_back(contents(sources.kernel / file));
    return sum_of(parts);
}

// The user's; empty: there can be none.
fs::path cache()
{
    const char *own = std::getenv("XDG_CACHE_HOME"), *home = std::getenv("HOME");
    if ((!own || !*own) && (!home || !*home))
        return {};
    const fs::path path =
        (own && *own ? fs::path(own) : fs::path(home) / ".cache") / "waitq/explore";
    std::error_code error;
    fs::create_directories(path, error);
    return error ? fs::path() : path;
}

void make(const Sources &sources, const fs::path &into, const fs::path &later)
{
    // The kernel's two files alone, so that none of its other headers is found.
    fs::create_directories(into / "kernel/linux");
    fs::create_directories(into / "kernel/kernel/sched");
    fs::copy_file(sources.kernel / "include/linux/wait.h", into / "kernel/linux/wait.h");
    fs::copy_file(sources.kernel / "kernel/sched/wait.c", into / "kernel/kernel/sched/wait.c");
    std::vector<std::string> flags = flags_for(sources, into / "kernel");
    flags.push_back("-fdebug-prefix-map=" + into.string() + '=' + later.string());
    std::vector<Job> jobs;
    for (const Shim &shim : shim_sources()) {
        std::vector<std::string> command = flags;
        // Of the undivided calls alone, so that a report knows which line of the driver made one:
        // what they do between two points is one step, as in the simulated kernel itself.
        if (shim.undivided)
            command.insert(command.end(), calls_alone.begin(), calls_alone.end());
        else
            command.insert(command.end(), watched.begin(), watched.end());
        const fs::path object = into / (shim.file.stem().string() + ".o");
        command.insert(command.end(), {"-c", shim.file.string(), "-o", object.string()});
        jobs.push_back(start(command, object.string() + ".said"));
    }
    std::string wrong;
    for (const Job &job : jobs) {
        wrong += finish(job);
        fs::remove(job.said);
    }
    if (!wrong.empty())
        throw CompileError(
            "the kernel's wait.h and wait.c do not compile with the headers that stand "
            "for the others:\n" +
            wrong);
}

void forget_old(const fs::path &all)
{
    const auto now = fs::file_time_type::clock::now();
    std::error_code ignored;
    for (const auto &entry : fs::directory_iterator(all))
        if (now - fs::last_write_time(entry.path(), ignored) > kept_for)
            fs::remove_all(entry.path(), ignored);
}

} // namespace

fs::path shims()
{
    std::error_code error;
    const fs::path program = fs::read_symlink("/proc/self/exe", error);
    const fs::path installed = program.parent_path() / "../share/waitq/shim";
    return fs::exists(installed) ? installed : fs::path(WAITQ_SHIMS);
}

std::vector<std::string> flags_for(const Sources &sources, const fs::path &kernel)
{
    // -O1: an access stays what the source says, not one of several merged. DWARF 4: addr2line of
    // binutils 2.40 takes an included file for its includer in DWARF 5.
    return {sources.compiler,
            "-std=gnu11",
            "-O1",
            "-g",
            "-gdwarf-4",
            "-fPIC",
            "-fno-omit-frame-pointer",
            "-fno-strict-aliasing",
            "-fno-optimize-sibling-calls",
            "-D__KERNEL__",
            "-DMODULE",
            "-DLINUX_VERSION_CODE=" + std::to_string(version_of(sources.kernel)),
            "-Werror=implicit-function-declaration",
            "-Werror=implicit-int",
            "-Werror=int-conversion",
            "-Werror=incompatible-pointer-types",
            "-I" + kernel.string(),
            "-I" + (shims() / "include").string()};
}

fs::path kept_shims(const Sources &sources, const fs::path &otherwise)
{
    for (const char *file : {"include/linux/wait.h", "kernel/sched/wait.c"})
        if (!fs::exists(sources.kernel / file))
            throw CompileError(sources.kernel.string() + " is no source of Linux: it has no " +
                               file);
    const fs::path users = cache(), all = users.empty() ? otherwise : users;
    fs::path kept = all / key_of(sources, otherwise);
    std::error_code error;
    if (fs::exists(kept)) {
        fs::last_write_time(kept, fs::file_time_type::clock::now(), error);
        return kept;
    }
    if (!users.empty())
        forget_old(users);
    std::string name = (all / ".making.XXXXXX").string();
    if (!mkdtemp(name.data()))
        throw CompileError(all.string() +
                           " can't be written: " + std::generic_category().message(errno));
    try {
        make(sources, name, kept);
    } catch (...) {
        fs::remove_all(name, error);
        throw;
    }
    fs::rename(name, kept, error);
    if (error) // another explorer was first
        fs::remove_all(name, error);
    return kept;
}

std::string sum_of(const std::vector<std::string> &parts)
{
    std::uint64_t sum = 0xcbf29ce484222325ULL; // FNV-1a
    for (const std::string &part : parts) {
        for (const char letter : part)
            sum = (sum ^ static_cast<unsigned char>(letter)) * 0x100000001b3ULL;
        sum = (sum ^ 0xffU) * 0x100000001b3ULL; // where one ends
    }
    std::array<char, 20> text{};
    std::snprintf(text.data(), text.size(), "%016llx", static_cast<unsigned long long>(sum));
    return text.data();
}

} // namespace waitq::explore
