#include "kernels/cost.h"

#include <numeric>

#include "kernels/local.h"

namespace sotto::kernels {
namespace {

// A share of the type, as its protocol makes it but without data. What this costs is not counted.
Task<Share> made(Context& context, ValueType type) {
  if (type.kind == Kind::kPublic) {
    Share share;
    share.kind = Kind::kPublic;
    share.parts[0] = Words::shape_only(static_cast<std::size_t>(element_count(type.shape)));
    share.shape = std::move(type.shape);
    co_return share;
  }
  const auto count = static_cast<std::size_t>(element_count(type.shape));
  Words words = context.self() == 0 ? Words::shape_only(count) : Words{};
  Share share = co_await protocols::input(context, 0, std::move(words), type.shape);
  if (type.kind == Kind::kBoolean) share = co_await protocols::sign(context, share, 2);
  co_return share;
}

struct Counted {
  std::uint32_t rounds;
  std::vector<std::uint64_t> bytes_to;
  unsigned needs = 0;
};

Counted count_at(const protocols::Table& table, const Kernel& kernel, Call call, std::uint16_t operation,
                 int self) {
  net::Rounds rounds = net::Rounds::counting(self, table.parties());
  Context making(table, rounds, nullptr, 0, operation);
  // Operands that are given are used as they are: a Boolean may carry what makes selections by it cheaper.
  for (std::size_t i = call.operands.size(); i < call.operand_types.size(); ++i) {
    call.operands.push_back(rounds.run(made(making, call.operand_types[i])));
    describe(call.operands.back(), call.operand_types[i]);
  }
  const std::uint32_t before = rounds.completed();
  Counted counted{.rounds = 0, .bytes_to = {rounds.bytes_to().begin(), rounds.bytes_to().end()}};
  Context context(table, rounds, nullptr, 0, operation);
  rounds.run(kernel.run(context, call));
  counted.rounds = rounds.completed() - before;
  counted.needs = context.needs();
  for (std::size_t to = 0; to < counted.bytes_to.size(); ++to)
    counted.bytes_to[to] = rounds.bytes_to()[to] - counted.bytes_to[to];
  return counted;
}

}  // namespace

std::uint64_t Cost::total_bytes() const {
  return std::accumulate(bytes.begin(), bytes.end(), std::uint64_t{0});
}

Cost count(const protocols::Table& table, const Kernel& kernel, const Call& types_only,
           std::uint16_t operation) {
  kernel.check(types_only);
  Cost cost;
  for (int self = 0; self < table.parties(); ++self) {
    const Counted counted = count_at(table, kernel, types_only, operation, self);
    cost.rounds = counted.rounds;
    cost.needs |= counted.needs;
    cost.bytes.insert(cost.bytes.end(), counted.bytes_to.begin(), counted.bytes_to.end());
  }
  return cost;
}

}  // namespace sotto::kernels
