// SPDX-License-Identifier: GPL-2.0
// ring.hpp - the bytes of a queue.
#pragma once

#include "../kernel/device.h"
#include "../wait/inline.hpp"

namespace waitq {

// A ring of bytes, a power of two of them. Takes no lock. The owner guards the two counts, which
// say how many bytes are held. The bytes themselves need no lock, as long as one task at a time
// fills the room and one at a time takes bytes out:
//
//   reader (its turn)                     writer (its turn)
//   held = size()          <- lock ->     room = room()
//   copies bytes [taken, taken + held)    fills bytes [put, put + room)
//   consume(n)             <- lock ->     produce(n)
//
// The two ranges never overlap.
class Ring {
public:
    WAITQ_INLINE bool init(unsigned int capacity)
    {
        bytes_ = static_cast<unsigned char *>(kapi_zalloc(capacity));
        capacity_ = capacity;
        put_ = taken_ = 0;
        return bytes_ != nullptr;
    }
    WAITQ_INLINE void destroy() { kapi_free(bytes_); }

    WAITQ_INLINE unsigned int capacity() const { return capacity_; }
    WAITQ_INLINE unsigned int size() const { return put_ - taken_; }
    WAITQ_INLINE unsigned int room() const { return capacity_ - size(); }

    // After copying n bytes in (n <= room()) or out (n <= size()).
    WAITQ_INLINE void produce(unsigned int n) { put_ += n; }
    WAITQ_INLINE void consume(unsigned int n) { taken_ += n; }

    // Copy up to n bytes to or from the caller's memory, past the wrap; return how many before
    // the first bad address. May sleep.
    WAITQ_INLINE unsigned int copy_out(unsigned int n, kapi_bytes &to) const
    {
        return copy(taken_, n, [&](unsigned char *at, unsigned int size) {
            return kapi_copy_out(&to, at, size);
        });
    }
    WAITQ_INLINE unsigned int copy_in(unsigned int n, kapi_bytes &from)
    {
        return copy(put_, n, [&](unsigned char *at, unsigned int size) {
            return kapi_copy_in(&from, at, size);
        });
    }
    // The same without sleeping, if n bytes are few and do not wrap: all, or false and none.
    WAITQ_INLINE bool try_copy_out(unsigned int n, kapi_bytes &to) const
    {
        return is_easy(taken_, n) && kapi_try_copy_out(&to, at(taken_), n);
    }
    WAITQ_INLINE bool try_copy_in(unsigned int n, kapi_bytes &from)
    {
        return is_easy(put_, n) && kapi_try_copy_in(&from, at(put_), n);
    }

private:
    WAITQ_INLINE unsigned int offset(unsigned int count) const { return count & (capacity_ - 1); }
    WAITQ_INLINE unsigned char *at(unsigned int count) const { return bytes_ + offset(count); }
    WAITQ_INLINE bool is_easy(unsigned int from, unsigned int n) const
    {
        return n <= KAPI_FEW && n <= capacity_ - offset(from);
    }
    template <class Move>
    WAITQ_INLINE unsigned int copy(unsigned int from, unsigned int n, Move move) const
    {
        const unsigned int before_wrap = capacity_ - offset(from);
        const unsigned int first = n < before_wrap ? n : before_wrap;
        unsigned int done = static_cast<unsigned int>(move(at(from), first));
        if (done == first && first < n)
            done += static_cast<unsigned int>(move(bytes_, n - first));
        return done;
    }

    unsigned char *bytes_;
    unsigned int capacity_;
    unsigned int put_, taken_; // these wrap; their difference is the number of bytes held
};

} // namespace waitq
