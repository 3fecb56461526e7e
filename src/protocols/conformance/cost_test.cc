// What an operation is predicted to cost equals what the links count, per link and for every size.
#include "protocols/conformance/cases.h"
#include "protocols/conformance/suite.h"

namespace sotto::protocols::conformance {
namespace {

class Costs : public Protocol {};
SOTTO_FOR_ALL_PROTOCOLS(Costs);

TEST_P(Costs, PredictedEqualsMeasured) {
  for (const Case& row : all_cases())
    for (std::size_t count : kSizes)
      for (std::uint16_t index : {std::uint16_t{0}, std::uint16_t{1}, std::uint16_t{5}}) {
        if (count > 1000 && index != 1) continue;
        const std::vector<Input> inputs = row.inputs(count, 1234, index);
        const Options options{.operation = index};
        const Traffic predicted = predict(table(), inputs, row.operation(count), options);
        const Traffic measured = execute(inputs, row.operation(count), options).traffic;
        EXPECT_EQ(predicted.rounds, measured.rounds) << row.name << " of " << count;
        EXPECT_EQ(predicted.bytes, measured.bytes) << row.name << " of " << count;
      }
}

// A table for people: --gtest_filter=*Costs.Table* prints it.
TEST_P(Costs, Table) {
  constexpr std::size_t kCount = 40000;
  for (const Case& row : all_cases()) {
    const Traffic traffic = predict(table(), row.inputs(kCount, 1234, 0), row.operation(kCount));
    std::printf("%-8s %-34s %2u rounds %8.2f bytes per element\n", table().name().c_str(), row.name.c_str(),
                traffic.rounds, static_cast<double>(traffic.total_bytes()) / kCount);
  }
}

}  // namespace
}  // namespace sotto::protocols::conformance
