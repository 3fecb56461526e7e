#include "runtime/store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "base/error.h"

namespace sotto::runtime {
namespace {

struct Directory {
  std::filesystem::path path =
      std::filesystem::temp_directory_path() / ("sotto_store_test_" + std::to_string(::getpid()));
  Directory() { std::filesystem::create_directories(path); }
  ~Directory() { std::filesystem::remove_all(path); }
};

Bundle example() {
  Bundle bundle{"rep3", "alice", "mnist", "ab", 1, {}, {}};
  bundle.sharing.fill(std::byte{7});
  StoredShare stored{"w1", 18, 3, {}};
  stored.share.shape = {2, 2};
  const std::vector<std::uint64_t> words{1, 2, 3, 0xffffffffffffffffu};
  stored.share.parts[0] = protocols::Words::copy_of(words);
  stored.share.parts[1] = protocols::Words::zeros(4);
  bundle.shares.push_back(stored);
  return bundle;
}

TEST(Store, ReadsBackWhatItSaved) {
  const Directory directory;
  const auto file = directory.path / "alice.share", key = directory.path / "alice.key";
  save_bundle(file, key, example());
  save_bundle(file, key, example());
  const auto bundle = load_bundle(file, key);
  EXPECT_EQ(bundle.party, "alice");
  EXPECT_EQ(bundle.sharing, example().sharing);
  ASSERT_EQ(bundle.shares.size(), 1u);
  EXPECT_EQ(bundle.shares[0].fraction_bits, 18);
  EXPECT_EQ(bundle.shares[0].bound_bits, 3);
  EXPECT_EQ(bundle.shares[0].share.shape, (Shape{2, 2}));
  EXPECT_THAT(bundle.shares[0].share.parts[0].span(), testing::ElementsAre(1, 2, 3, 0xffffffffffffffffu));
  EXPECT_THAT(bundle.shares[0].share.parts[1].span(), testing::ElementsAre(0, 0, 0, 0));
  EXPECT_EQ(std::filesystem::status(key).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

TEST(Store, NoticesEveryChangedByte) {
  const Directory directory;
  const auto file = directory.path / "alice.share", key = directory.path / "alice.key";
  save_bundle(file, key, example());
  std::ifstream in(file, std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(in)), {});
  EXPECT_EQ(bytes.find("alice"), std::string::npos);
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    std::string changed = bytes;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    std::ofstream(file, std::ios::binary) << changed;
    EXPECT_THROW(load_bundle(file, key), Error) << at;
  }
  std::ofstream(file, std::ios::binary) << bytes.substr(0, 30);
  EXPECT_THROW(load_bundle(file, key), Error);
}

// As long as a job file lets it be.
TEST(Store, AJobMayHaveALongName) {
  auto bundle = example();
  bundle.job = std::string(4096, 'j');
  EXPECT_EQ(bundle_from(to_bytes(bundle), "it").job, bundle.job);
}

// Behind the encryption's tag only a bug could change it; that must not go unnoticed where it would be used.
TEST(Store, RefusesScalesThatNoPlanHas) {
  const auto complaint = [](int fraction_bits, int bound_bits) -> std::string {
    auto bundle = example();
    bundle.shares[0].fraction_bits = fraction_bits;
    bundle.shares[0].bound_bits = bound_bits;
    try {
      bundle_from(to_bytes(bundle), "alice.share");
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kData);
      return error.message();
    }
    return "";
  };
  EXPECT_EQ(complaint(62, -64), "");
  for (const auto& [fraction_bits, bound_bits] : {std::pair{63, 3}, {-1, 3}, {18, 64}, {18, -65}})
    EXPECT_THAT(complaint(fraction_bits, bound_bits),
                testing::AllOf(testing::HasSubstr("alice.share: \"w1\""),
                               testing::HasSubstr(std::to_string(fraction_bits) + " fraction bits")));
}

TEST(Store, RefusesAKeyThatOthersCanRead) {
  const Directory directory;
  const auto file = directory.path / "alice.share", key = directory.path / "alice.key";
  save_bundle(file, key, example());
  std::filesystem::permissions(key, std::filesystem::perms::group_read, std::filesystem::perm_options::add);
  EXPECT_THROW(load_bundle(file, key), Error);
}

}  // namespace
}  // namespace sotto::runtime
