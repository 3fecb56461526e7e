// `sotto cost` of a plan between two parties, as its compiler made it for a network: each product with its
// ways, and what was said before is what is measured.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "local_job.h"
#include "plan/verify.h"
#include "runtime/program.h"

namespace sotto::tests {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;

std::string output_of(const std::string& arguments) {
  const auto command = std::string(SOTTO_BINARY_DIR) + "/sotto " + arguments;
  FILE* pipe = ::popen(command.c_str(), "r");
  std::string text, piece(65536, '\0');
  for (std::size_t count; (count = std::fread(piece.data(), 1, piece.size(), pipe)) > 0;)
    text.append(piece, 0, count);
  EXPECT_EQ(::pclose(pipe), 0) << command << "\n" << text;
  return text;
}

class CostOfProducts : public testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(SOTTO_BINARY_DIR "/sotto-compile"))
      GTEST_SKIP() << "this build is without the compiler";
  }

  // Compiled with these words about a network.
  std::string compiled(const std::string& network) {
    const auto file = directory_.path() / fmt::format("{}.plan", ++plans_);
    output_of(
        fmt::format("compile {}/tests/products.mlir --protocol duo --roles alice,bob --input x=alice "
                    "--input w=bob --input u=alice --input v=bob --reveal 0:alice --reveal 1:bob "
                    "--reveal 2:bob {} -o {} >/dev/null",
                    SOTTO_SOURCE_DIR, network, file.string()));
    return file.string();
  }

  static json products(const std::string& plan, const std::string& network) {
    const auto cost = json::parse(output_of(fmt::format("cost {} --network {} --json", plan, network)));
    for (const auto& [block, products] : cost.at("products").items())
      if (!products.empty()) return products;
    return {};
  }

  static json chosen(const json& product) {
    for (const auto& way : product.at("ways"))
      if (way.at("chosen").get<bool>()) return way;
    return {};
  }

  static std::uint64_t bytes_of(const json& way) {
    const auto& each = way.at("bytes_each_way");
    return each[0].get<std::uint64_t>() + each[1].get<std::uint64_t>();
  }

 private:
  cli::ScratchDirectory directory_;
  int plans_ = 0;
};

TEST_F(CostOfProducts, ASlowNetworkAndAFastOneChooseDifferently) {
  const auto slow = compiled("--network 10:1:duplex"), lan = compiled("--network lan");
  const json on_slow = products(slow, "10:1:duplex"), on_lan = products(lan, "lan");
  ASSERT_EQ(on_slow.size(), 3u);
  ASSERT_EQ(on_lan.size(), 3u);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(on_slow[i].at("compiled_for"),
              json({{"megabit_per_second", 10.0}, {"one_way_ms", 1.0}, {"duplex", true}}));
    EXPECT_EQ(on_lan[i].at("compiled_for").at("megabit_per_second"), 10100.0);
    EXPECT_EQ(on_slow[i].at("chosen_for_this_network"), chosen(on_slow[i]).at("name"));
    // A way for the other network would cost more here.
    for (const json& product : {on_slow[i], on_lan[i]})
      for (const auto& way : product.at("ways")) EXPECT_GE(way.at("seconds"), chosen(product).at("seconds"));
  }
  const auto of = [](const json& all, int terms, bool square) {
    for (const auto& product : all)
      if (product.at("cross_terms") == terms && product.at("square") == square) return product;
    return json();
  };
  EXPECT_EQ(chosen(of(on_slow, 2, false)).at("name"), "transfers");
  EXPECT_EQ(chosen(of(on_lan, 2, false)).at("name"), "numbers encrypted");
  // A square needs half of what the product beside it needs.
  const json product = of(on_slow, 2, false), square = of(on_slow, 1, true);
  for (std::size_t i = 0; i < product.at("ways").size(); ++i) {
    EXPECT_EQ(product.at("ways")[i].at("name"), square.at("ways")[i].at("name"));
    EXPECT_EQ(bytes_of(product.at("ways")[i]), 2 * bytes_of(square.at("ways")[i]));
  }
  EXPECT_EQ(chosen(square).at("name"), "transfers, half each way");
  EXPECT_LT(chosen(square).at("seconds").get<double>(), 0.6 * chosen(product).at("seconds").get<double>());
  const json known = of(on_slow, 1, false);
  EXPECT_EQ(known.at("left_known_to"), "alice");
  EXPECT_EQ(known.at("right_known_to"), "bob");
  // The plan for the one, looked at on the other, is still the plan for the one.
  const json there = of(products(slow, "lan"), 2, false);
  EXPECT_EQ(chosen(there).at("name"), "transfers");
  EXPECT_EQ(there.at("chosen_for_this_network"), "numbers encrypted");
}

TEST_F(CostOfProducts, WithoutANetworkPlansSayNothingOfIt) {
  const auto program = plan::parse_verified(runtime::read_plan_file(compiled("")));
  for (const auto& block : program.blocks())
    for (const auto& operation : block.operations())
      EXPECT_EQ(plan::find_attribute(operation, "link_kbit"), nullptr);
  const auto other = plan::parse_verified(runtime::read_plan_file(compiled("--network 0.05:3")));
  int products = 0;
  for (const auto& block : other.blocks())
    for (const auto& operation : block.operations())
      if (plan::find_attribute(operation, "link_kbit") != nullptr) {
        ++products;
        EXPECT_EQ(plan::integer_attribute(operation, "link_kbit"), 50);
        EXPECT_EQ(plan::integer_attribute(operation, "link_delay_us"), 3000);
        EXPECT_EQ(plan::integer_attribute(operation, "link_duplex"), 0);
      }
  EXPECT_EQ(products, 3);
}

TEST_F(CostOfProducts, ATableForPeople) {
  const auto text = output_of(fmt::format("cost {} --network lan", compiled("--network 10:1:duplex")));
  EXPECT_THAT(text, AllOf(HasSubstr("alice sends"), HasSubstr("16x200 by 200x8"),
                          HasSubstr("1 of 2: alice knows one, bob the other"), HasSubstr("1 of 2: a square"),
                          HasSubstr("2: both are shared"), HasSubstr("fastest on 10 Mbit/s each way, 1 ms"),
                          HasSubstr("would be chosen for this network")));
}

TEST_F(CostOfProducts, PredictedIsMeasured) {
  for (const char* network : {"--network 10:1:duplex", "--network lan"}) {
    const LocalJob job(plan::parse_verified(runtime::read_plan_file(compiled(network))));
    const auto report = json::parse(output_of("run " + job.job_files[0].string() + " --json 2>/dev/null"));
    const json& products = report.at("operations").at("contract");
    EXPECT_GT(products.at("bytes_all_measured"), 100'000u);
    EXPECT_EQ(products.at("bytes_all_measured"), products.at("bytes_all_predicted")) << network;
    for (const auto& phase : report.at("phases"))
      EXPECT_EQ(phase.at("rounds_measured"), phase.at("rounds_predicted")) << network;
  }
}

}  // namespace
}  // namespace sotto::tests
