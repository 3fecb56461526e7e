#include "net/probe_measure.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "base/error.h"
#include "net/wire.h"

namespace sotto::net {
namespace {

constexpr std::string_view kMark = "probe of ";
constexpr int kPings = 20;
constexpr std::size_t kBlockBytes = 256 * 1024;
constexpr auto kSending = std::chrono::milliseconds(700);
constexpr std::size_t kMostBlocks = 4096;  // 1 GiB

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

void write_number(SecureSocket& socket, std::uint64_t number, Clock::time_point deadline) {
  std::array<std::byte, 8> bytes;
  store<std::uint64_t>(bytes.data(), number);
  socket.write(bytes, deadline);
}

std::uint64_t read_number(SecureSocket& socket, Clock::time_point deadline) {
  std::array<std::byte, 8> bytes;
  socket.read(bytes, deadline);
  return load<std::uint64_t>(bytes.data());
}

// The median of the round trips, which the leader measures and tells.
double round_trip(SecureSocket& socket, bool leads, Clock::time_point deadline) {
  std::array<std::byte, 1> ping{};
  std::vector<double> times;
  for (int i = 0; i < kPings; ++i) {
    if (!leads) socket.read(ping, deadline);
    const auto start = Clock::now();
    socket.write(ping, deadline);
    if (leads) socket.read(ping, deadline);
    times.push_back(seconds_since(start));
  }
  if (!leads) return static_cast<double>(read_number(socket, deadline)) * 1e-9;
  std::ranges::sort(times);
  write_number(socket, static_cast<std::uint64_t>(times[kPings / 2] * 1e9), deadline);
  return times[kPings / 2];
}

// Blocks for a while, each after a number that is not zero; the receiver says how fast they came.
double send_blocks(SecureSocket& socket, Clock::time_point deadline) {
  const std::vector<std::byte> block(kBlockBytes);
  const auto start = Clock::now();
  for (std::size_t i = 0; i < kMostBlocks && (i == 0 || Clock::now() < start + kSending); ++i) {
    write_number(socket, 1, deadline);
    socket.write(block, deadline);
  }
  write_number(socket, 0, deadline);
  return static_cast<double>(read_number(socket, deadline));
}

double receive_blocks(SecureSocket& socket, Clock::time_point deadline) {
  std::vector<std::byte> block(kBlockBytes);
  const auto start = Clock::now();
  std::size_t bytes = 0;
  while (bytes <= kMostBlocks * kBlockBytes && read_number(socket, deadline) != 0) {
    socket.read(block, deadline);
    bytes += block.size();
  }
  const auto rate = static_cast<double>(bytes) / std::max(seconds_since(start), 1e-9);
  write_number(socket, static_cast<std::uint64_t>(rate), deadline);
  return rate;
}

}  // namespace

Hello as_probe(Hello hello) {
  hello.software = std::string(kMark) + hello.software;
  return hello;
}

std::optional<Hello> from_probe(Hello hello) {
  if (!hello.software.starts_with(kMark)) return std::nullopt;
  hello.software.erase(0, kMark.size());
  return hello;
}

Measured measure(SecureSocket& socket, bool leads, Clock::time_point deadline) {
  Measured measured;
  measured.round_trip_seconds = round_trip(socket, leads, deadline);
  if (leads) measured.sent_per_second = send_blocks(socket, deadline);
  measured.received_per_second = receive_blocks(socket, deadline);
  if (!leads) measured.sent_per_second = send_blocks(socket, deadline);
  return measured;
}

}  // namespace sotto::net
