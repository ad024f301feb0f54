// SPDX-License-Identifier: GPL-2.0
#include "compile.hpp"

#include "job.hpp"
#include "shims.hpp"

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

// The driver's: those it names, and what they include that is neither a shim nor the kernel's.
static std::vector<std::string> own_files(const fs::path &compiled_into, const fs::path &kept)
{
    const std::string shim = fs::weakly_canonical(shims()).string();
    const std::string kernel = fs::weakly_canonical(kept).string();
    std::vector<std::string> own = files_read(compiled_into);
    std::erase_if(own, [&](const std::string &path) {
        return path.starts_with(shim) || path.starts_with(kernel) || path.starts_with("/usr/");
    });
    std::ranges::sort(own);
    own.erase(std::unique(own.begin(), own.end()), own.end());
    return own;
}

// A header of this machine's own, of the same name, is found where there is no shim.
static std::string headers_without_shim(const fs::path &into, const std::vector<std::string> &own)
{
    static const std::regex include(R"(^\s*#\s*include\s*<((?:linux|asm)/[^>]+)>)");
    const std::vector<std::string> read = files_read(into);
    std::string text;
    for (const std::string &name : own) {
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

Compiled compile(const Sources &sources, const fs::path &into)
{
    const fs::path kept = kept_shims(sources, into);
    std::vector<std::string> flags = flags_for(sources, kept / "kernel");
    flags.emplace_back("-MD");
    for (const std::string &folder : sources.folders)
        flags.push_back("-I" + folder);
    for (const std::string &definition : sources.definitions)
        flags.push_back("-D" + definition);
    flags.insert(flags.end(), watched.begin(), watched.end());

    std::vector<std::string> objects;
    std::vector<Job> jobs;
    for (const fs::path file : sources.files) {
        const std::string object =
            (into / (std::to_string(objects.size()) + file.filename().string() + ".o")).string();
        std::vector<std::string> command = flags;
        command.insert(command.end(), {"-c", file.string(), "-o", object});
        jobs.push_back(start(command, object + ".said"));
        objects.push_back(object);
    }
    std::string wrong;
    for (const Job &job : jobs)
        wrong += finish(job);
    if (!wrong.empty())
        throw CompileError(explained(wrong));

    Compiled compiled{into / "program.so", own_files(into, kept), ""};
    if (const std::string text = headers_without_shim(into, compiled.own); !text.empty())
        throw CompileError(text);
    std::vector<std::string> parts = sources.definitions;
    for (const std::string &file : compiled.own)
        parts.push_back(contents(file));
    parts.push_back(kept.filename().string());
    compiled.fingerprint = sum_of(parts).substr(0, 4);

    for (const auto &entry : fs::directory_iterator(kept))
        if (entry.path().extension() == ".o")
            objects.push_back(entry.path().string());
    std::ranges::sort(objects); // constructors run in that order
    std::vector<std::string> command{sources.compiler, "-shared", "-Wl,-z,noexecstack",
                                     // Its own functions, whatever the C library calls its.
                                     "-Wl,-Bsymbolic"};
    command.insert(command.end(), objects.begin(), objects.end());
    command.insert(command.end(), {"-o", compiled.program.string()});
    if (const std::string said = finish(start(command, into / "link.said")); !said.empty())
        throw CompileError(said);
    return compiled;
}

} // namespace waitq::explore
