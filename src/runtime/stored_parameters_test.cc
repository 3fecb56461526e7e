#include "runtime/stored_parameters.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "base/error.h"
#include "plan/sample_for_tests.h"
#include "runtime/in_process_for_tests.h"

namespace sotto::runtime {
namespace {

using testing::AllOf;
using testing::HasSubstr;

constexpr int kStoredFraction = 10, kStoredBound = 3;

// Reveals weights + x, where the weights come from the share stores.
Program program_with_stored_weights() {
  plan::Plan plan = plan::sample_plan();
  plan.clear_values(), plan.clear_inputs(), plan.clear_states(), plan.clear_blocks(), plan.clear_control();
  const auto x = plan::add_value(plan, "x", {3}), weights = plan::add_value(plan, "weights", {3}),
             sum = plan::add_value(plan, "sum", {3});
  plan::add_input(plan, "x", x, 1, false);
  plan::add_input(plan, "weights", weights, 0, false, "stored");
  auto& step = *plan.add_blocks();
  step.set_name("step");
  plan::add_operation(plan, step, "input", {}, {x});
  plan::add_operation(plan, step, "add", {weights, x}, {sum});
  plan::add_operation(plan, step, "reveal", {sum}, {});
  plan.mutable_reveals(0)->set_value(sum);
  plan::add_control(plan, 0, 1, "predict");
  declare_costs(plan);
  return prepare(plan, "digest");
}

class Stored : public testing::Test {
 protected:
  Stored() : program_(program_with_stored_weights()) {
    std::filesystem::create_directories(path_);
    for (int party = 0; party < 3; ++party) save(party, bundle(party));
  }
  ~Stored() override { std::filesystem::remove_all(path_); }

  // The weights 1, 2, 3 as a training would have left them.
  static Bundle bundle(int party) {
    Bundle bundle{"rep3", "party" + std::to_string(party), "train", "ab", party, {}, {}};
    bundle.sharing.fill(std::byte{5});
    StoredShare weights{"weights", kStoredFraction, kStoredBound, {}};
    auto rounds = net::Rounds::counting(party, 3);
    const protocols::Context context(protocols::table_named("rep3"), rounds, nullptr, 0, 0);
    const std::vector<std::uint64_t> words{1 << kStoredFraction, 2 << kStoredFraction, 3 << kStoredFraction};
    weights.share =
        protocols::constant(context, protocols::Words::copy_of(words), protocols::Kind::kArithmetic, {3});
    bundle.shares.push_back(weights);
    return bundle;
  }
  LocalFiles files(int party) const {
    LocalFiles files;
    files.load = path_ / (std::to_string(party) + ".share");
    files.load_key = path_ / "key";
    return files;
  }
  void save(int party, const Bundle& bundle) const { save_bundle(*files(party).load, path_ / "key", bundle); }
  std::string complaint(ErrorKind kind, int party, const LocalFiles& files) const {
    try {
      StoredParameters(program_, files, party, "alice");
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), kind) << error.what();
      return error.what();
    }
    return "accepted";
  }
  std::string complaint_about(const Bundle& bundle) const {
    save(0, bundle);
    return complaint(ErrorKind::kData, 0, files(0));
  }

  const std::filesystem::path path_ =
      std::filesystem::temp_directory_path() / ("sotto_stored_test_" + std::to_string(::getpid()));
  const Program program_;
};

TEST_F(Stored, AreUsedAtThePlansFractionBits) {
  const auto fill = [](const plan::wire::Input&, const plan::Value& value, std::size_t offset,
                       std::span<ring::Element> out) {
    for (std::size_t i = 0; i < out.size(); ++i)
      out[i] = ring::Element{10 * (offset + i)} << value.fraction_bits();
  };
  std::vector<StoredParameters> parameters;
  for (int party = 0; party < 3; ++party) parameters.emplace_back(program_, files(party), party, "x");
  const auto outcomes = run_with_stored(program_, fill, [&](int party) {
    return [&, party](const plan::wire::Input& input, const plan::Value& value) {
      return parameters[static_cast<std::size_t>(party)].share(input, value);
    };
  });
  for (const auto& outcome : outcomes)
    if (outcome.exception) std::rethrow_exception(outcome.exception);
  EXPECT_EQ(outcomes[0].outputs.at("total").at(0).values, (std::vector<double>{1, 12, 23}));
  EXPECT_EQ(parameters[1].sharing(), bundle(1).sharing);
}

TEST_F(Stored, SayWhatDoesNotFit) {
  EXPECT_THAT(complaint(ErrorKind::kUsage, 0, {}),
              AllOf(HasSubstr("[local.alice] names none"), HasSubstr("load =")));
  EXPECT_THAT(complaint(ErrorKind::kData, 1, files(0)), HasSubstr("store of party0, party 0 of its job"));
  auto other = bundle(0);
  other.protocol = "plain";
  EXPECT_THAT(complaint_about(other), HasSubstr("of protocol plain, the plan's is rep3"));
  other = bundle(0);
  other.shares[0].name = "w";
  EXPECT_THAT(complaint_about(other),
              AllOf(HasSubstr("has no parameter \"weights\""), HasSubstr("It has: w.")));
  other = bundle(0);
  other.shares[0].fraction_bits = 20;
  EXPECT_THAT(complaint_about(other),
              AllOf(HasSubstr("20 fraction bits"), HasSubstr("--state-fraction-bits 20")));
  other = bundle(0);
  other.shares[0].bound_bits = 9;
  EXPECT_THAT(complaint_about(other), AllOf(HasSubstr("bounded by 2^9"), HasSubstr("--limit weights=512")));
  other = bundle(0);
  other.shares[0].share.shape = {1, 3};
  EXPECT_THAT(complaint_about(other), HasSubstr("\"weights\" is (1, 3), the plan wants (3,)"));
  other = bundle(0);
  other.shares[0].share.parts[1] = {};
  EXPECT_THAT(complaint_about(other), HasSubstr("is no share of protocol rep3"));
}

TEST_F(Stored, AStoreThatThePlanDoesNotUseIsAnError) {
  auto plan = plan::sample_plan();
  declare_costs(plan);
  const auto program = prepare(plan, "digest");
  EXPECT_EQ(StoredParameters(program, {}, 0, "alice").sharing(), std::nullopt);
  EXPECT_THROW(StoredParameters(program, files(0), 0, "alice"), Error);
}

}  // namespace
}  // namespace sotto::runtime
