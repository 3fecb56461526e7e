// What one party sends to the other within a round; without data where costs are only counted.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "protocols/context.h"

namespace sotto::protocols::duo {

class Message {
 public:
  Message(const Context& context, std::size_t bytes) : size_(bytes), data_(context.counting() ? 0 : bytes) {}

  std::span<std::byte> bytes() { return data_; }
  void send(const Context& context) const { context.rounds().send(1 - context.self(), data_.data(), size_); }
  // What arrives until the next round; not to be moved elsewhere in the meantime but as a whole.
  void receive(const Context& context) { context.rounds().receive(1 - context.self(), data_.data(), size_); }

 private:
  std::size_t size_;
  std::vector<std::byte> data_;
};

}  // namespace sotto::protocols::duo
