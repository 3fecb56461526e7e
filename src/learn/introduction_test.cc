#include "learn/introduction.h"

#include <gtest/gtest.h>

#include <thread>

#include "base/error.h"
#include "net/socket.h"

namespace sotto::learn {
namespace {

TEST(Introduction, MismatchesNameBothSides) {
  const std::vector<std::string> names{"bank", "notary", "shop"};
  const std::vector<IdsAgree> good(3, IdsAgree::kYes), bad{IdsAgree::kYes, IdsAgree::kNo, IdsAgree::kNo},
      none{IdsAgree::kYes, IdsAgree::kYes, IdsAgree::kOneHasNone};
  const std::vector<Facts> same{{.rows = 9}, {.rows = 0}, {.rows = 9}},
      other{{.rows = 9}, {.rows = 0}, {.rows = 8}};
  EXPECT_EQ(mismatch(names, same, 0, good), std::nullopt);
  EXPECT_EQ(mismatch(names, other, 1, good), "the tables of bank and shop have 9 and 8 rows");
  EXPECT_EQ(mismatch(names, same, 0, bad), "the id columns of bank and shop differ");
  EXPECT_EQ(mismatch(names, same, 0, none), "of bank and shop one names an id column and the other does not");
  // Whoever brings no table has no ids to compare.
  EXPECT_EQ(mismatch(names, same, 1, bad), std::nullopt);
}

// Two parties over mutual TLS, as threads.
class IntroducedPair : public ::testing::Test {
 protected:
  IntroducedPair()
      : directory_(std::filesystem::path(::testing::TempDir()) /
                   ("introduction_" +
                    std::string(::testing::UnitTest::GetInstance()->current_test_info()->name()))) {
    std::filesystem::remove_all(directory_);
    net::MeshOptions mesh;
    mesh.names = {"bank", "shop"};
    for (const auto& name : mesh.names) {
      mesh.pins.push_back(net::Identity::create(directory_ / name, name).fingerprint());
      sockets_.push_back(net::listen_on({"127.0.0.1", 0}));
      mesh.addresses.push_back("127.0.0.1:" + std::to_string(net::local_port(sockets_.back())));
    }
    sockets_.clear();
    mesh.connect_timeout = std::chrono::seconds(20);
    for (std::size_t self = 0; self < 2; ++self) {
      sides_[self].mesh = mesh;
      sides_[self].mesh.self = self;
      sides_[self].mesh.identity_directory = directory_ / mesh.names[self];
      sides_[self].mine = {.rows = 2, .features = self + 1, .range_bits = 3};
      sides_[self].ids = {"ann", "bob"};
      sides_[self].table = mesh.names[self] + ".csv";
    }
  }
  ~IntroducedPair() override { std::filesystem::remove_all(directory_); }

  void run() {
    std::vector<std::thread> threads;
    for (std::size_t self = 0; self < 2; ++self)
      threads.emplace_back([this, self] {
        try {
          facts_[self] = introduce(sides_[self]);
        } catch (const Error& error) {
          errors_[self] = error.message();
        }
      });
    for (auto& thread : threads) thread.join();
  }

  std::filesystem::path directory_;
  std::vector<net::Socket> sockets_;
  Introduction sides_[2];
  std::vector<Facts> facts_[2];
  std::string errors_[2];
};

TEST_F(IntroducedPair, KnowEachOthersFacts) {
  run();
  EXPECT_EQ(errors_[0] + errors_[1], "");
  for (const auto& facts : facts_) {
    ASSERT_EQ(facts.size(), 2u);
    EXPECT_EQ(facts[0].features, 1u);
    EXPECT_EQ(facts[1].features, 2u);
  }
}

TEST_F(IntroducedPair, WithOtherIdsAreBothRefused) {
  sides_[1].ids = {"bob", "ann"};
  run();
  EXPECT_EQ(errors_[0], "the id columns of bank and shop differ (this party's is bank.csv)");
  EXPECT_EQ(errors_[1], "the id columns of bank and shop differ (this party's is shop.csv)");
}

}  // namespace
}  // namespace sotto::learn
