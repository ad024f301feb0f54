// SPDX-License-Identifier: GPL-2.0
#include "compile.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <fstream>
#include <regex>
#include <spawn.h>
#include <sstream>
#include <sys/wait.h>
#include <unistd.h>

namespace waitq::explore {
namespace {

namespace fs = std::filesystem;

// Where the headers that stand for the kernel's are: beside the program once it is installed, else
// in the source of this project.
fs::path shims()
{
    std::error_code error;
    const fs::path program = fs::read_symlink("/proc/self/exe", error);
    const fs::path installed = program.parent_path() / "../share/waitq/shim";
    return fs::exists(installed) ? installed : fs::path(WAITQ_SHIMS);
}

// A command that runs, with all that it says in a file.
struct Job {
    pid_t pid = 0;
    fs::path said;
};

Job start(const std::vector<std::string> &command, const fs::path &said)
{
    std::vector<char *> arguments;
    arguments.reserve(command.size() + 1);
    for (const std::string &word : command)
        arguments.push_back(const_cast<char *>(word.c_str()));
    arguments.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 1, said.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    posix_spawn_file_actions_adddup2(&actions, 1, 2);
    Job job{0, said};
    const int error =
        posix_spawnp(&job.pid, arguments[0], &actions, nullptr, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    if (error == ENOENT)
        throw CompileError("there is no compiler " + command[0] +
                           " here: install gcc, or name one with CC=...");
    if (error != 0)
        throw CompileError(command[0] + " can't be run: " + std::generic_category().message(error));
    return job;
}

std::string contents(const fs::path &path)
{
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
}

// Empty: it has succeeded.
std::string finish(const Job &job)
{
    int status = 0;
    while (waitpid(job.pid, &status, 0) < 0 && errno == EINTR)
        ;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return "";
    const std::string said = contents(job.said);
    return said.empty() ? "the compiler ended without a word\n" : said;
}

// The compiler's words; before them, ours on each header and function that is not simulated.
std::string explained(const std::string &said)
{
    static const std::regex header(R"(([^\n]*?):(\d+):\d+: fatal error: ([^:]+): No such file)");
    static const std::regex function("([^\\n]*?):(\\d+):\\d+: error: implicit declaration of "
                                     "function [^A-Za-z0-9_]+([A-Za-z0-9_]+)");
    std::ostringstream text;
    for (auto at = std::sregex_iterator(said.begin(), said.end(), header);
         at != std::sregex_iterator(); ++at)
        text << (*at)[1] << ':' << (*at)[2] << ": wants <" << (*at)[3]
             << ">, which the explorer has no shim for (docs/explore.md lists those it has)\n";
    for (auto at = std::sregex_iterator(said.begin(), said.end(), function);
         at != std::sregex_iterator(); ++at)
        text << (*at)[1] << ':' << (*at)[2] << ": calls " << (*at)[3]
             << "(), which the explorer has no shim for\n";
    return text.str() + "\n" + said;
}

} // namespace

TemporaryDirectory::TemporaryDirectory()
{
    std::string name = (fs::temp_directory_path() / "waitq-explore.XXXXXX").string();
    if (!mkdtemp(name.data()))
        throw std::system_error(errno, std::generic_category(), "a directory for the program");
    path_ = name;
}

TemporaryDirectory::~TemporaryDirectory()
{
    std::error_code ignored;
    fs::remove_all(path_, ignored);
}

// As LINUX_VERSION_CODE has it: from the Makefile of a source of Linux, or from the file "version"
// beside the two that scripts/lib/wait-source keeps.
static unsigned version_of(const fs::path &kernel)
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
    const auto number = [&](int i) {
        return static_cast<unsigned>(std::strtoul(parts[i].str().c_str(), nullptr, 10));
    };
    return (number(1) << 16) + (number(2) << 8) + std::min(number(3), 255U);
}

// All files that the compiler has read, by its own lists.
static std::vector<std::string> files_read(const fs::path &compiled_into)
{
    std::vector<std::string> files;
    for (const auto &entry : fs::directory_iterator(compiled_into)) {
        if (entry.path().extension() != ".d")
            continue;
        std::istringstream words(contents(entry.path()));
        for (std::string word; words >> word;)
            if (word != "\\" && !word.ends_with(':'))
                files.push_back(fs::weakly_canonical(word).string());
    }
    return files;
}

// A header of this machine's own, of the same name, is found where there is no shim.
static std::string headers_without_shim(const fs::path &into)
{
    static const std::regex include(R"(^\s*#\s*include\s*<((?:linux|asm)/[^>]+)>)");
    const std::vector<std::string> read = files_read(into);
    std::string text;
    for (const std::string &name : own_files(into)) {
        std::ifstream file(name);
        unsigned number = 0;
        std::smatch match;
        for (std::string line; std::getline(file, line);) {
            ++number;
            if (!std::regex_search(line, match, include))
                continue;
            const bool foreign = std::ranges::any_of(read, [&](const std::string &path) {
                return path.starts_with("/usr/") && path.ends_with('/' + match[1].str());
            });
            if (foreign && !fs::exists(shims() / "include" / match[1].str()))
                text += name + ':' + std::to_string(number) + ": wants <" + match[1].str() +
                        ">, which the explorer has no shim for\n";
        }
    }
    return text;
}

fs::path compile(const Sources &sources, const fs::path &into)
{
    const fs::path shim = shims();
    const fs::path wait_h = sources.kernel / "include/linux/wait.h";
    const fs::path wait_c = sources.kernel / "kernel/sched/wait.c";
    for (const fs::path &path : {wait_h, wait_c})
        if (!fs::exists(path))
            throw CompileError(sources.kernel.string() + " is no source of Linux: it has no " +
                               path.lexically_relative(sources.kernel).string());
    // The kernel's two files alone, so that none of its other headers is found.
    fs::create_directories(into / "kernel/linux");
    fs::create_directories(into / "kernel/kernel/sched");
    fs::copy_file(wait_h, into / "kernel/linux/wait.h");
    fs::copy_file(wait_c, into / "kernel/kernel/sched/wait.c");

    // -O1: an access stays what the source says, not one of several merged. DWARF 4: addr2line of
    // binutils 2.40 takes an included file for its includer in DWARF 5.
    std::vector<std::string> flags{sources.compiler,
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

                                   "-Werror=implicit-function-declaration",
                                   "-Werror=int-conversion",
                                   "-Werror=incompatible-pointer-types",
                                   "-MD",
                                   "-I" + (into / "kernel").string(),
                                   "-I" + (shim / "include").string()};
    for (const std::string &folder : sources.folders)
        flags.push_back("-I" + folder);
    flags.push_back("-DLINUX_VERSION_CODE=" + std::to_string(version_of(sources.kernel)));
    for (const std::string &definition : sources.definitions)
        flags.push_back("-D" + definition);

    // The compiler tells each access of the driver, and of the kernel's own wait.c.
    const std::vector<std::string> watched{"-fsanitize=thread", "--param",
                                           "tsan-distinguish-volatile=1"};
    std::vector<std::string> objects;
    std::vector<Job> jobs;
    const auto start_one = [&](const fs::path &file, const std::vector<std::string> &more) {
        const std::string object =
            (into / (std::to_string(objects.size()) + file.filename().string() + ".o")).string();
        std::vector<std::string> command = flags;
        command.insert(command.end(), more.begin(), more.end());
        command.insert(command.end(), {"-c", file.string(), "-o", object});
        jobs.push_back(start(command, object + ".said"));
        objects.push_back(object);
    };
    for (const std::string &file : sources.files)
        start_one(file, watched);
    for (const auto &entry : fs::directory_iterator(shim))
        if (entry.path().extension() == ".c")
            start_one(entry.path(), watched);
    // Calls alone, so that a report knows which line of the driver made one: what these do between
    // two points is one step, as in the simulated kernel itself.
    for (const auto &entry : fs::directory_iterator(shim / "undivided"))
        start_one(entry.path(),
                  {"-finstrument-functions", "-finstrument-functions-exclude-file-list=/include/"});
    std::string wrong;
    for (const Job &job : jobs)
        wrong += finish(job);
    if (!wrong.empty())
        throw CompileError(explained(wrong));
    if (const std::string text = headers_without_shim(into); !text.empty())
        throw CompileError(text);

    fs::path program = into / "program.so";
    std::vector<std::string> command{sources.compiler, "-shared", "-Wl,-z,noexecstack"};
    command.insert(command.end(), objects.begin(), objects.end());
    command.insert(command.end(), {"-o", program.string()});
    if (const std::string said = finish(start(command, into / "link.said")); !said.empty())
        throw CompileError(said);
    return program;
}

std::string fingerprint(const Sources &sources, const fs::path &compiled_into)
{
    std::vector<std::string> parts = sources.definitions;
    std::vector<std::string> files = own_files(compiled_into);
    std::ranges::sort(files);
    files.erase(std::ranges::unique(files).begin(), files.end());
    for (const std::string &file : files)
        parts.push_back(contents(file));
    for (const char *file : {"kernel/linux/wait.h", "kernel/kernel/sched/wait.c"})
        parts.push_back(contents(compiled_into / file));
    std::uint32_t sum = 2166136261U; // FNV-1a
    for (const std::string &part : parts)
        for (const char letter : part + '\0')
            sum = (sum ^ static_cast<unsigned char>(letter)) * 16777619U;
    std::array<char, 8> text{};
    std::snprintf(text.data(), text.size(), "%04x", (sum ^ sum >> 16) & 0xffffU);
    return text.data();
}

std::vector<std::string> own_files(const fs::path &compiled_into)
{
    const std::string shim = fs::weakly_canonical(shims()).string();
    const std::string kernel = fs::weakly_canonical(compiled_into).string();
    std::vector<std::string> own;
    for (const std::string &path : files_read(compiled_into))
        if (!path.starts_with(shim) && !path.starts_with(kernel) && !path.starts_with("/usr/"))
            own.push_back(path);
    return own;
}

} // namespace waitq::explore
