#pragma once
#include <cstddef>

namespace signalbox::test {

/// What this thread holds of the heap, and how often it asked for some, by an operator new that counts.  Only
/// in test binaries that link one (tests/unit/pipeline/heap_count_test.cpp).
struct Heap {
  std::size_t bytes = 0, blocks = 0, allocations = 0;
};
extern thread_local Heap heap;

}  // namespace signalbox::test
