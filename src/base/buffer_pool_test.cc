#include "base/buffer_pool.h"

#include <gtest/gtest.h>
#include <malloc.h>
#include <unistd.h>

#include <cstdint>
#include <cstring>
#include <fstream>
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
      for (std::size_t i = 0; i < buffer.size; i += 61)
        ASSERT_EQ(buffer.bytes[i], buffer.mark) << buffer.size;
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

// Around every size at which the next class begins, and where buffers cease to be kept.
TEST(BufferPool, SizesAtTheEdges) {
  std::vector<std::size_t> sizes = {0, 1, 8, 63};
  for (std::size_t power = 8; power <= (std::size_t{4} << 20); power *= 2)
    for (std::size_t factor = 4; factor <= 8; ++factor)
      for (const std::size_t size : {factor * power - 1, factor * power, factor * power + 1})
        sizes.push_back(size);
  for (int pass = 0; pass < 2; ++pass)
    for (const std::size_t size : sizes) {
      auto* bytes = static_cast<unsigned char*>(take_buffer(size));
      auto* other = static_cast<unsigned char*>(take_buffer(size));
      EXPECT_EQ(reinterpret_cast<std::uintptr_t>(bytes) % 64, 0u);
      if (size > 0) {
        bytes[0] = bytes[size - 1] = 7;
        other[0] = other[size - 1] = 8;
        ASSERT_EQ(bytes[size - 1], 7) << size;
      }
      give_buffer(bytes, size);
      give_buffer(other, size);
      // What serves the smaller does not serve the larger.
      EXPECT_GE(malloc_usable_size(bytes = static_cast<unsigned char*>(take_buffer(size))), size);
      give_buffer(bytes, size);
    }
}

TEST(BufferPool, NoneOfImpossibleSizes) {
  for (const std::size_t size :
       {~std::size_t{0}, ~std::size_t{0} - 7, (std::size_t{7} << 61) + 1, std::size_t{1} << 63})
    EXPECT_EQ(take_buffer(size), nullptr) << size;
}

// Frees and takes when its thread ends, before or after the pool lets go of what it keeps.
struct Late {
  void* buffer = nullptr;
  ~Late() {
    if (buffer != nullptr) give_buffer(buffer, 1000);
    for (int i = 0; i < 3; ++i) {
      void* more = take_buffer(1000);
      std::memset(more, 1, 1000);
      give_buffer(more, 1000);
    }
  }
};
Late at_the_end_of_the_program;

TEST(BufferPool, OutlivesWhatThreadsDestroyAtTheirEnd) {
  at_the_end_of_the_program.buffer = take_buffer(1000);
  for (const bool used_before : {false, true})
    std::thread([used_before] {
      if (used_before) give_buffer(take_buffer(1000), 1000);
      thread_local Late late;
      late.buffer = take_buffer(1000);
      give_buffer(take_buffer(1000), 1000);
    }).join();
}

std::size_t resident_bytes() {
  std::size_t pages = 0;
  std::ifstream file("/proc/self/statm");
  file >> pages >> pages;
  return pages * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

// Neither ended threads nor a thread that frees what others take keep more than a thread may.
TEST(BufferPool, MemoryDoesNotGrow) {
  constexpr std::size_t kSize = std::size_t{1} << 20;
  std::vector<void*> buffers(300);
  const std::size_t before = resident_bytes();
  for (int pass = 0; pass < 2; ++pass)
    for (std::size_t i = 0; i < buffers.size(); ++i) {
      std::thread([&] {
        std::memset(buffers[i] = take_buffer(kSize), 1, kSize);
        void* own = take_buffer(kSize);
        std::memset(own, 1, kSize);
        give_buffer(own, kSize);
      }).join();
      give_buffer(buffers[i], kSize);
    }
  EXPECT_LE(resident_bytes(), before + (std::size_t{450} << 20));  // a sanitizer keeps 256 MiB of its own
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
