// SPDX-License-Identifier: GPL-2.0
// lab.hpp - the bare system calls on a queue of the lab, as calls.hpp has the device's.
#pragma once

#include "../../../module/uapi/waitq_lab.h"
#include "calls.hpp"

namespace waitq::test {

// /dev/waitq_labN.
class LabFile : public Descriptor {
public:
    explicit LabFile(unsigned int index = 0)
        : Descriptor(::open(("/dev/waitq_lab" + std::to_string(index)).c_str(), O_RDWR | O_CLOEXEC))
    {}
};

inline lab_wait lab_wait_request(lab_wait_kind kind, __u64 threshold = 1, __s64 timeout_ns = 0,
                                 __u32 flags = 0, __u32 engine = LAB_ENGINE_CORE)
{
    lab_wait request;
    std::memset(&request, 0xa5, sizeof request);
    request.size = sizeof request;
    request.kind = kind;
    request.engine = engine;
    request.flags = flags;
    request.state = request.callback = request.key = request.pad = 0;
    request.threshold = threshold;
    request.timeout_ns = timeout_ns;
    return request;
}
inline Answer<lab_wait> wait(const LabFile &file, lab_wait request)
{
    return call(file, LAB_IOC_WAIT, request);
}

inline Answer<lab_wake> wake(const LabFile &file, lab_wake request)
{
    return call(file, LAB_IOC_WAKE, request);
}
inline Answer<lab_wake> wake(const LabFile &file, __u64 post, lab_wake_kind kind = LAB_WAKE_UP,
                             __u32 nr = 0)
{
    return wake(file, {sizeof(lab_wake), kind, 0, 0, nr, 0, post, poison, poison});
}

inline lab_info info(const LabFile &file)
{
    lab_info figures;
    std::memset(&figures, 0xa5, sizeof figures);
    figures.size = sizeof figures;
    figures.pad = 0;
    if (::ioctl(file.fd(), LAB_IOC_INFO, &figures) != 0)
        figures.size = 0;
    return figures;
}

inline std::vector<lab_waiter> waiters(const LabFile &file, __u32 room = 1024)
{
    std::vector<lab_waiter> list(room);
    lab_waiters request{sizeof request, room, reinterpret_cast<__u64>(list.data()), poison};
    list.resize(::ioctl(file.fd(), LAB_IOC_WAITERS, &request) == 0 ? request.count : 0);
    return list;
}

} // namespace waitq::test
