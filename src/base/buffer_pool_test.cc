#include "base/buffer_pool.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <thread>
#include <vector>

namespace sotto {
namespace {

// Every size has room for itself, aligned, and does not overlap with others.
TEST(BufferPool, BuffersAreApart) {
  struct Taken {
    unsigned char* bytes;
    std::size_t size;
    unsigned char mark;
  };
  for (int pass = 0; pass < 3; ++pass) {
    std::vector<Taken> taken;
    for (std::size_t size = 1; size < 3'000'000; size = size * 9 / 8 + 1) {
      auto* bytes = static_cast<unsigned char*>(take_buffer(size));
      ASSERT_NE(bytes, nullptr);
      EXPECT_EQ(reinterpret_cast<std::uintptr_t>(bytes) % 64, 0u);
      taken.push_back({bytes, size, static_cast<unsigned char>(taken.size() + 1)});
      std::memset(bytes, taken.back().mark, size);
    }
    for (const Taken& buffer : taken) {
      for (std::size_t i = 0; i < buffer.size; i += 61) ASSERT_EQ(buffer.bytes[i], buffer.mark) << buffer.size;
      ASSERT_EQ(buffer.bytes[buffer.size - 1], buffer.mark);
      give_buffer(buffer.bytes, buffer.size);
    }
  }
}

// A thread's buffers may be given back elsewhere, and outlive it.
TEST(BufferPool, BuffersTravelBetweenThreads) {
  std::vector<void*> buffers;
  std::thread([&] {
    for (int i = 0; i < 100; ++i) buffers.push_back(take_buffer(1000));
    for (int i = 0; i < 50; ++i) give_buffer(take_buffer(5000), 5000);
  }).join();
  for (void* buffer : buffers) {
    std::memset(buffer, 1, 1000);
    give_buffer(buffer, 1000);
  }
}

TEST(BufferPool, LargeBuffersAndNone) {
  const std::size_t large = std::size_t{100} << 20;
  void* buffer = take_buffer(large);
  ASSERT_NE(buffer, nullptr);
  static_cast<char*>(buffer)[large - 1] = 1;
  give_buffer(buffer, large);
  give_buffer(take_buffer(0), 0);
}

}  // namespace
}  // namespace sotto
