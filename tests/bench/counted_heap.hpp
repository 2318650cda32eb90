#pragma once
#include <cstddef>
#include <cstdint>

namespace signalbox::bench {

/// How often this thread has called operator new.  Linking this file replaces the operator.
std::uint64_t heap_allocations();

/// Bytes of the process's heap that are in use, with what the allocator adds to each block.
std::size_t heap_bytes();

/// Gives what is free back to the system, so that what is built next pays for its pages again.
void return_free_heap();

}  // namespace signalbox::bench
