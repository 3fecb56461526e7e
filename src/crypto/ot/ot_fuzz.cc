// Arbitrary bytes as the peer's messages of every kind: refused with a reason, or used without harm.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <span>
#include <vector>

#include "base/error.h"
#include "crypto/ot/one_of_many.h"
#include "crypto/ot/silent.h"
#include "crypto/ot/single_point.h"
#include "crypto/ot/test_dealer.h"

namespace sotto::ot {
namespace {

using Bytes = std::span<const std::byte>;

constexpr std::size_t kCount = 12;

void as_base_message(Bytes bytes) { receive_base(std::vector<std::uint8_t>{0, 1}, bytes, "peer"); }

void as_base_answer(Bytes bytes) {
  static const BaseSender sender;
  sender.finish(bytes, bytes.size() / kPointBytes, "peer");
}

void as_trees(Bytes bytes) {
  static const SoftSpokenPair pair(4);
  SoftSpokenSender(4, pair.session, pair.delta, pair.base.chosen, bytes, "peer");
}

void as_corrections(Bytes bytes) {
  static SoftSpokenPair pair(8);
  std::vector<Block> out(bytes.size() / (15 * sizeof(Block)) * 128 + 1);
  pair.sender.extend(out, bytes);
}

// Messages of the right length are read tree by tree: a whole turn would take the fuzzer's time.
void as_silent_message(Bytes bytes) {
  static SilentReceiver receiver(Session(Block{}), std::vector<Block>(kSilent.used()), "peer");
  static std::vector<Block> out(kSilent.given());
  std::vector<Block> message(4), leaves(16);
  std::memcpy(message.data(), bytes.data(), std::min(bytes.size(), message.size() * sizeof(Block)));
  regrow_point(leaves, message, std::vector<Block>(4), Session(Block{}).keys(Session::Purpose::kPoints));
  if (bytes.size() != kSilent.message_bytes()) receiver.extend(out, bytes);
}

void as_forms(Bytes bytes) {
  static const Transfers transfers(kCount);
  const std::vector<std::uint64_t> values(16 * kCount / 4), choices(1);
  std::vector<std::uint64_t> out(kCount);
  std::vector<std::byte> message(chosen_bytes(kCount, 9));
  const auto each = [&](const auto& action) {
    try {
      action();
    } catch (const Error& error) {
      if (error.kind() == ErrorKind::kInternal) std::abort();
    }
  };
  each([&] { send_chosen(message, values, values, 9, bytes, transfers.of_sender()); });
  each([&] { receive_chosen(out, 9, bytes, choices, transfers.of_receiver()); });
  each([&] { receive_correlated(out, 40, bytes, choices, transfers.of_receiver()); });
  message.resize(tables_bytes(kCount / 4, 4, 3));
  out.resize(kCount / 4);
  each([&] { send_many(message, values, 4, 3, bytes, transfers.of_sender()); });
  each([&] {
    receive_many(out, std::vector<std::uint64_t>(kCount / 4), 4, 3, bytes, transfers.of_receiver());
  });
}

}  // namespace
}  // namespace sotto::ot

// The first byte says as what the others are read.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  using namespace sotto::ot;
  constexpr void (*kReaders[])(Bytes) = {as_base_message, as_base_answer,    as_trees,
                                         as_corrections,  as_silent_message, as_forms};
  try {
    kReaders[data[0] % std::size(kReaders)](std::as_bytes(std::span(data + 1, size - 1)));
  } catch (const sotto::Error& error) {
    if (error.kind() == sotto::ErrorKind::kInternal) std::abort();
  }
  return 0;
}
