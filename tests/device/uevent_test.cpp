// SPDX-License-Identifier: GPL-2.0
// uevent_test.cpp - a program that opens each node as soon as the kernel tells of it, as udev's
// rules may: the node works by then. Of both modules.
#include "support/lab.hpp"
#include "support/module.hpp"
#include "support/tasks.hpp"

#include <linux/netlink.h>
#include <map>
#include <sys/socket.h>

namespace waitq::test {
namespace {

// What the kernel tells udev.
class Uevents {
public:
    Uevents() : socket_(::socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_KOBJECT_UEVENT))
    {
        const int room = 8 << 20;
        setsockopt(socket_.fd(), SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof room);
        const timeval limit{patience().count(), 0};
        setsockopt(socket_.fd(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
        sockaddr_nl address{};
        address.nl_family = AF_NETLINK;
        address.nl_groups = 1;
        EXPECT_EQ(bind(socket_.fd(), reinterpret_cast<sockaddr *>(&address), sizeof address), 0);
    }

    // The next message's lines, NAME=VALUE. Empty: none came in time.
    [[nodiscard]] std::map<std::string, std::string> next() const
    {
        std::map<std::string, std::string> lines;
        std::string text(8192, '\0');
        const ssize_t size = recv(socket_.fd(), text.data(), text.size(), 0);
        text.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
        for (std::size_t at = 0; at < text.size();) {
            const std::string line = text.c_str() + at;
            if (const std::size_t is = line.find('='); is != std::string::npos)
                lines[line.substr(0, is)] = line.substr(is + 1);
            at += line.size() + 1;
        }
        return lines;
    }

private:
    Descriptor socket_;
};

template <class Opened>
long opened_and_asked(unsigned int index)
{
    const Opened file = [&] {
        if constexpr (std::is_same_v<Opened, File>)
            return File(O_RDWR, index);
        else
            return LabFile(index);
    }();
    if (file.fd() < 0)
        return -errno;
    return wake(file, 1).error == 0 && info(file).counter == 1 ? 0 : -EIO;
}

struct Row {
    const Module &module;
    std::string prefix; // of a node's name
    long (*use)(unsigned int index);
};

class EachModule : public testing::TestWithParam<Row> {};

INSTANTIATE_TEST_SUITE_P(Modules, EachModule,
                         testing::Values(Row{device, "waitq", opened_and_asked<File>},
                                         Row{lab, "waitq_lab", opened_and_asked<LabFile>}),
                         [](const auto &row) { return std::string(row.param.module.name); });

TEST_P(EachModule, TheNodeWorksWhenUdevIsTold)
{
    constexpr unsigned int queues = 256;
    const Row &row = GetParam();
    const Uevents uevents;
    Caller listener([&]() -> long {
        for (unsigned int seen = 0; seen < queues;) {
            const auto event = uevents.next();
            if (event.empty())
                return -ETIME;
            const auto is = [&](const char *name, const std::string &value) {
                const auto line = event.find(name);
                return line != event.end() && line->second == value;
            };
            if (!is("ACTION", "add") || !is("SUBSYSTEM", row.prefix))
                continue;
            // A name as udev has it: without it, it can make no link and set no owner.
            const std::string name = event.at("DEVNAME");
            if (!name.starts_with(row.prefix))
                return -EINVAL;
            if (const long error =
                    row.use(static_cast<unsigned int>(std::stoul(name.substr(row.prefix.size()))));
                error != 0)
                return error;
            ++seen;
        }
        return 0;
    });
    EXPECT_EQ(load(row.module, "queues=256"), 0);
    EXPECT_EQ(listener.result(), 0);
    unload_when_free(row.module);
}

} // namespace
} // namespace waitq::test
