// A queue of bytes in one contiguous, uninitialised buffer that keeps its memory.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <span>

namespace sotto::net {

class ByteQueue {
 public:
  bool empty() const { return begin_ == end_; }
  std::size_t size() const { return end_ - begin_; }
  const std::byte* data() const { return bytes_.get() + begin_; }

  // Room for `length` bytes at the back, which commit() then adds.
  std::byte* prepare(std::size_t length) {
    if (capacity_ - end_ < length) make_room(length);
    return bytes_.get() + end_;
  }
  void commit(std::size_t length) { end_ += length; }

  void append(std::span<const std::byte> bytes) {
    std::memcpy(prepare(bytes.size()), bytes.data(), bytes.size());
    commit(bytes.size());
  }

  void consume(std::size_t length) {
    begin_ += length;
    if (empty()) begin_ = end_ = 0;
  }

 private:
  void make_room(std::size_t length) {
    const std::size_t used = size();
    if (used + length > capacity_ || begin_ < used) {
      capacity_ = std::max(2 * capacity_, used + length);
      auto larger = std::make_unique_for_overwrite<std::byte[]>(capacity_);
      if (used != 0) std::memcpy(larger.get(), data(), used);
      bytes_ = std::move(larger);
    } else if (used != 0) {
      std::memcpy(bytes_.get(), data(), used);
    }
    begin_ = 0;
    end_ = used;
  }

  std::unique_ptr<std::byte[]> bytes_;
  std::size_t capacity_ = 0, begin_ = 0, end_ = 0;
};

}  // namespace sotto::net
