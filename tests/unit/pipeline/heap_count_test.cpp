#include "support/heap_count.hpp"

#include <gtest/gtest.h>
#include <malloc.h>

#include <cstdlib>
#include <memory>
#include <new>
#include <string>

namespace signalbox::test {

thread_local Heap heap;

namespace {

void* counted(std::size_t size) noexcept {
  void* block = std::malloc(size);
  if (!block) return nullptr;
  heap.bytes += malloc_usable_size(block);
  ++heap.blocks;
  ++heap.allocations;
  return block;
}

void* counted_or_throw(std::size_t size) {
  void* block = counted(size);
  if (!block) throw std::bad_alloc();
  return block;
}

void release(void* block) noexcept {
  if (!block) return;
  heap.bytes -= malloc_usable_size(block);
  --heap.blocks;
  std::free(block);
}

TEST(HeapCount, what_is_allocated_and_freed_is_counted) {
  const auto before = heap;
  auto text = std::make_unique<std::string>(100, 'x');
  EXPECT_EQ(heap.allocations - before.allocations, 2u);
  EXPECT_EQ(heap.blocks - before.blocks, 2u);
  EXPECT_GE(heap.bytes - before.bytes, 100 + sizeof(std::string));
  text.reset();
  EXPECT_EQ(heap.bytes, before.bytes);
  EXPECT_EQ(heap.blocks, before.blocks);
}

}  // namespace
}  // namespace signalbox::test

void* operator new(std::size_t size) { return signalbox::test::counted_or_throw(size); }
void* operator new[](std::size_t size) { return signalbox::test::counted_or_throw(size); }
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return signalbox::test::counted(size); }
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept { return signalbox::test::counted(size); }
void operator delete(void* block) noexcept { signalbox::test::release(block); }
void operator delete[](void* block) noexcept { signalbox::test::release(block); }
void operator delete(void* block, std::size_t) noexcept { signalbox::test::release(block); }
void operator delete[](void* block, std::size_t) noexcept { signalbox::test::release(block); }
void operator delete(void* block, const std::nothrow_t&) noexcept { signalbox::test::release(block); }
void operator delete[](void* block, const std::nothrow_t&) noexcept { signalbox::test::release(block); }
