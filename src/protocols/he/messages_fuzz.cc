// A peer's lattice messages with any bytes changed: published keys, encrypted operands, and what returns.
// Each is refused as the peer's fault, or used without harm.
//
// Input: the first byte says which message; then records of four bytes, each a section of the message (of a
// published key: the seed, the public key, each switching key), two bytes of an offset into it, and what is
// written there. A fuzzer would find neither lengths nor digests; of a published key a record with the
// section 255 sets the length.
#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <string>

#include "base/error.h"
#include "crypto/lattice/ciphertext_bytes.h"
#include "net/link.h"
#include "protocols/he/share.h"
#include "protocols/table.h"

namespace sotto::protocols::he {
namespace {

using Changes = std::span<const std::uint8_t>;

prg::Key key_of(int which) {
  prg::Key key{};
  key[0] = static_cast<std::byte>(which);
  return key;
}

const EvaluationEnd::Seeds kSeeds{.noise = key_of(4), .flood = key_of(5)};

const Table& table() {
  static const Table instance("he", 2, Model::kSemiHonest, Rows{});
  return instance;
}

// Two columns of four numbers, so that products are packed.
const ProductPlan& plan() {
  static const ProductPlan instance =
      plan_matrix({.m = 1, .k = 4, .n = 2}, false, {.rows = 1, .inner = 4}, {.multiplier_bits = 16}, {})
          .value();
  return instance;
}

// The owner of the key, and its messages as they should be.
struct Owner {
  KeyEnd end{{.secret = key_of(1), .masks = key_of(2), .noise = key_of(3)}};
  Bytes published = end.publish();
  Bytes operand, reply;
  std::vector<std::size_t> sections = {0, sizeof(prg::Key)};

  Owner() {
    const std::size_t key_bytes = lattice::galois_key_bytes(context());
    for (std::size_t at = sizeof(prg::Key) + lattice::seeded_bytes(context(), context().primes());
         at < published.size(); at += key_bytes)
      sections.push_back(at);
  }
};

// What goes from one party to the other, without threads: one runs, then the other.
struct Stream {
  Bytes bytes;
  std::size_t read = 0;
  std::deque<std::uint64_t> tags;
};

class MemoryLink : public net::Link {
 public:
  MemoryLink(Stream& in, Stream& out) : in_(in), out_(out) {}
  void send(std::span<const std::byte> bytes) override {
    out_.bytes.insert(out_.bytes.end(), bytes.begin(), bytes.end());
  }
  void end_round(std::uint32_t, std::uint64_t tag) override { out_.tags.push_back(tag); }
  void receive(std::span<std::byte> into) override {
    if (in_.bytes.size() - in_.read < into.size()) std::abort();
    std::ranges::copy(std::span(in_.bytes).subspan(in_.read, into.size()), into.begin());
    in_.read += into.size();
  }
  std::uint64_t receive_end(std::uint32_t) override {
    const std::uint64_t tag = in_.tags.front();
    in_.tags.pop_front();
    return tag;
  }
  void abort(const std::string&) noexcept override {}
  const net::Traffic& traffic() const override { return traffic_; }
  const std::string& peer_name() const override { return name_; }

 private:
  Stream &in_, &out_;
  net::Traffic traffic_;
  std::string name_ = "peer";
};

template <class Program>
void run(int self, Stream& in, Stream& out, Ends* ends, const Program& program) {
  MemoryLink link(in, out);
  net::Rounds rounds(
      self, self == 0 ? std::vector<net::Link*>{nullptr, &link} : std::vector<net::Link*>{&link, nullptr});
  const SessionKeys keys{.pair = {}, .own = prg::Prg(key_of(6))};
  Context at(table(), rounds, &keys, 0, 0);
  rounds.run(program(at, ends));
}

// One party's program, its peer having sent these bytes in the first round, or nothing; what it sends.
template <class Program>
Bytes play(int self, Ends& ends, const Bytes& from_peer, const Program& program) {
  Stream in, out, ignored;
  const auto speak = [&](Context& at, Ends*) -> Task<void> {
    at.rounds().send(self, from_peer.data(), from_peer.size());
    co_await at.next_round();
  };
  if (!from_peer.empty()) run(1 - self, ignored, in, nullptr, speak);
  run(self, in, out, &ends, program);
  return std::move(out.bytes);
}

Task<void> hold(Context& at, Ends* ends) {
  const std::vector<std::uint64_t> multiplier = {1, 2, 3, 4, 5, 6, 7, 32768};
  const Words sum = Words::copy_of(std::vector<std::uint64_t>(2));
  const EncryptedOperand operand = co_await encrypt(at, ends, 0, plan(), Words());
  co_await return_shares(at, ends, multiply(at, ends, operand, Words::copy_of(multiplier)), sum);
}

Task<void> receive_result(Context& at, Ends* ends) {
  EncryptedProduct product{.plan = plan(), .owner = 0, .ciphertexts = {}};
  const Words sum = Words::copy_of(std::vector<std::uint64_t>(2));
  co_await return_shares(at, ends, std::move(product), sum);
}

Bytes changed(Bytes bytes, const std::vector<std::size_t>& sections, bool may_end, Changes changes) {
  for (; changes.size() >= 4 && !bytes.empty(); changes = changes.subspan(4)) {
    const std::size_t offset = changes[1] + 256u * changes[2];
    if (changes[0] == 255 && may_end) {
      bytes.resize(bytes.size() + offset % 3 - 1);
      continue;
    }
    bytes[(sections[changes[0] % sections.size()] + offset) % bytes.size()] =
        static_cast<std::byte>(changes[3]);
  }
  return bytes;
}

Owner& owner() {
  static Owner instance;
  static const bool ready = [] {
    const std::vector<std::uint64_t> numbers = {1, ~std::uint64_t{0}, std::uint64_t{1} << 63, 4};
    Ends ends;
    ends.own = std::unique_ptr<KeyEnd>(&instance.end);
    const auto send = [&](Context& at, Ends* with) -> Task<void> {
      co_await encrypt(at, with, 0, plan(), Words::copy_of(numbers));
    };
    instance.operand = play(0, ends, {}, send);
    ends.own.release();
    Ends holding;
    holding.other = std::make_unique<EvaluationEnd>(instance.published, kSeeds);
    instance.reply = play(1, holding, instance.operand, hold);
    return true;
  }();
  if (!ready) std::abort();
  return instance;
}

void as_published(Changes changes) {
  const Bytes bytes = changed(owner().published, owner().sections, true, changes);
  Ends ends;
  ends.other = std::make_unique<EvaluationEnd>(bytes, kSeeds);
  play(1, ends, owner().operand, hold);
}

// Masks are numbered on from run to run: the holder's keys take long to make.
void number_masks(Bytes& operand, std::uint32_t& next) {
  const std::size_t size = lattice::seeded_bytes(context(), plan().path.fresh);
  for (std::size_t at = 0; at + size <= operand.size(); at += size)
    store_little_endian(operand.data() + at + 7, next++);
}

void as_operand(Changes changes) {
  static Ends ends{.own = nullptr, .other = std::make_unique<EvaluationEnd>(owner().published, kSeeds)};
  static std::uint32_t next = 1000;
  Bytes bytes = changed(owner().operand, {0}, false, changes);
  number_masks(bytes, next);
  play(1, ends, bytes, hold);
}

void as_reply(Changes changes) {
  Ends ends;
  ends.own = std::unique_ptr<KeyEnd>(&owner().end);
  struct Release {
    Ends& ends;
    ~Release() { ends.own.release(); }
  } release{ends};
  play(0, ends, changed(owner().reply, {0}, false, changes), receive_result);
}

}  // namespace
}  // namespace sotto::protocols::he

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  using namespace sotto::protocols::he;
  constexpr void (*kMessages[])(Changes) = {as_published, as_operand, as_reply};
  try {
    kMessages[data[0] % std::size(kMessages)](Changes(data + 1, size - 1));
  } catch (const sotto::Error& error) {
    if (error.kind() != sotto::ErrorKind::kPeer) {
      std::fputs(error.what(), stderr);
      std::abort();
    }
  }
  return 0;
}
