// Memory for arrays that come and go with every step: aligned to 64 bytes, not initialised, kept by the
// thread that frees it for its next array of that size.
//
// The system's allocator splits and joins its blocks for every aligned array; here an array is one of few
// sizes, at most a quarter larger than asked for and then a multiple of 64, and taking one is popping a list.
// A thread keeps at most 64 MiB until it ends; larger arrays than 8 MiB are not kept. Under sanitizers
// nothing is, so that they see every use after its end.
#pragma once

#include <cstddef>

namespace sotto {

// Null: out of memory. Thread-safe.
void* take_buffer(std::size_t bytes) noexcept;
// What take_buffer(bytes) returned, on any thread.
void give_buffer(void* buffer, std::size_t bytes) noexcept;

}  // namespace sotto
