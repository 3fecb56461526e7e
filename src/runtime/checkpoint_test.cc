#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "base/error.h"
#include "runtime/checkpoint_directory.h"
#include "runtime/checkpointer.h"
#include "runtime/opening.h"

namespace sotto::runtime {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// Whatever it was: files of random bytes may hold any.
void change_byte(const std::filesystem::path& path, std::streamoff place) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  const int byte = file.seekg(place).get();
  file.seekp(place).put(static_cast<char>(byte ^ 1));
}

struct Scratch {
  std::filesystem::path path =
      std::filesystem::temp_directory_path() / ("sotto_checkpoint_test_" + std::to_string(::getpid()));
  Scratch() { std::filesystem::create_directories(path); }
  ~Scratch() { std::filesystem::remove_all(path); }
};

const CheckpointOwner kAlice{"mnist", "ab", "cd", "alice", 0};

SessionId session(int number) {
  SessionId id{};
  id[0] = static_cast<std::byte>(number);
  return id;
}

Checkpoint example() {
  Checkpoint checkpoint{kAlice, {300, session(1)}, 1.5, {}, {}};
  checkpoint.inputs["x"] = sha256("data");
  auto& snapshot = checkpoint.snapshot;
  snapshot.runs = 300;
  protocols::Share weights{protocols::Kind::kArithmetic, {2, 2}, {}, nullptr};
  const std::vector<std::uint64_t> words{1, 2, 3, ~std::uint64_t{0}};
  weights.parts = {protocols::Words::copy_of(words), protocols::Words::zeros(4)};
  protocols::Share bits{protocols::Kind::kBoolean, {70}, {}, nullptr};
  bits.parts[0] = protocols::Words::zeros(2);
  snapshot.states = {weights, bits};
  snapshot.outputs["correct"] = {{{}, false, {17}}, {{2}, true, {0, 1}}};
  snapshot.profile.kinds["relu"] = {3, 12, 12, 400, 400, 0.25};
  snapshot.profile.phases.push_back({"train", "step", 300, 1, 2, 3, 4, 5, 6, {7, 8}, {9}, {0.5, 0.25}});
  return checkpoint;
}

TEST(Checkpoint, ReadsBackWhatItWrote) {
  const auto bytes = to_bytes(example());
  const auto read = checkpoint_from(bytes, "it");
  EXPECT_EQ(to_bytes(read), bytes);
  EXPECT_EQ(read.owner, kAlice);
  EXPECT_EQ(read.snapshot.runs, 300u);
  EXPECT_EQ(read.snapshot.states[0].parts[0].span()[3], ~std::uint64_t{0});
  EXPECT_EQ(read.snapshot.states[1].shape, (Shape{70}));
  EXPECT_EQ(read.snapshot.outputs.at("correct")[1].values, (std::vector<double>{0, 1}));
  EXPECT_EQ(read.snapshot.profile.phases[0].bytes_all_predicted, 6u);
  EXPECT_EQ(read.snapshot.profile.phases[0].links_measured, (std::vector<std::uint64_t>{9}));
}

// Behind the encryption's tag only a bug could change it; that must not crash either.
TEST(Checkpoint, SurvivesTruncationAndMutation) {
  const auto bytes = to_bytes(example());
  const auto survives = [](std::span<const std::byte> some) {
    try {
      to_bytes(checkpoint_from(some, "it"));
    } catch (const Error& error) {
      return error.kind() == ErrorKind::kData;
    }
    return true;
  };
  for (std::size_t length = 0; length < bytes.size(); ++length)
    EXPECT_TRUE(survives(std::span(bytes).first(length)));
  for (std::size_t at = 0; at < bytes.size(); ++at)
    for (int bit : {0, 7}) {
      auto changed = bytes;
      changed[at] ^= std::byte{1} << bit;
      EXPECT_TRUE(survives(changed)) << at;
    }
}

class Directory : public testing::Test {
 protected:
  CheckpointDirectory open(const CheckpointOwner& owner = kAlice) {
    return {scratch_.path / "alice", scratch_.path / "alice.key", owner};
  }
  static void pend(CheckpointDirectory& directory, const CheckpointMark& mark) {
    auto checkpoint = example();
    checkpoint.snapshot.runs = mark.runs;
    directory.write_pending(mark, 1, checkpoint.inputs, checkpoint.snapshot);
  }
  std::vector<CheckpointMark> usable(const CheckpointDirectory& directory) {
    complaints_.clear();
    return directory.usable(complaints_);
  }
  // The file of a mark, whatever its ending.
  std::filesystem::path file_of(std::uint64_t runs) const {
    for (const auto& entry : std::filesystem::directory_iterator(scratch_.path / "alice"))
      if (entry.path().filename().string().starts_with("run-" + std::to_string(runs) + "-")) return entry;
    return {};
  }

  Scratch scratch_;
  std::vector<std::string> complaints_;
};

TEST_F(Directory, KeepsTheLastTwo) {
  auto directory = open();
  for (std::uint64_t runs : {10u, 20u, 30u}) {
    const CheckpointMark mark{runs, session(1)};
    pend(directory, mark);
    EXPECT_EQ(usable(directory).front(), mark);
    directory.commit(mark);
  }
  EXPECT_THAT(usable(directory), ElementsAre(CheckpointMark{30, session(1)}, CheckpointMark{20, session(1)}));
  EXPECT_EQ(directory.load({30, session(1)}).snapshot.runs, 30u);
  EXPECT_THAT(complaints_, IsEmpty());
}

// Nobody knows whether the others hold what is pending: what all are known to hold stays until they say so.
TEST_F(Directory, APendingOneReplacesNothing) {
  {
    auto directory = open();
    for (std::uint64_t runs : {10u, 20u}) {
      pend(directory, {runs, session(1)});
      directory.commit({runs, session(1)});
    }
    pend(directory, {30, session(1)});
  }
  auto again = open();
  EXPECT_THAT(usable(again), ElementsAre(CheckpointMark{30, session(1)}, CheckpointMark{20, session(1)},
                                         CheckpointMark{10, session(1)}));
  again.begin(CheckpointMark{20, session(1)});
  EXPECT_THAT(usable(again), ElementsAre(CheckpointMark{20, session(1)}, CheckpointMark{10, session(1)}));
}

TEST_F(Directory, ABeginningFromAPendingOneCommitsIt) {
  auto directory = open();
  pend(directory, {30, session(1)});
  directory.begin(CheckpointMark{30, session(1)});
  EXPECT_EQ(file_of(30).extension(), ".checkpoint");
  directory.begin({});
  EXPECT_TRUE(directory.empty());
}

TEST_F(Directory, IsUsedByOneProcess) {
  const auto first = open();
  try {
    open();
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kSystem);
    EXPECT_THAT(error.what(), AllOf(HasSubstr("another process uses the checkpoints"), HasSubstr("alice")));
  }
}

TEST_F(Directory, SaysWhyACheckpointIsNotUsed) {
  {
    auto directory = open();
    for (std::uint64_t runs : {10u, 20u}) {
      pend(directory, {runs, session(1)});
      directory.commit({runs, session(1)});
    }
    change_byte(file_of(20), 100);
    EXPECT_THAT(usable(directory), ElementsAre(CheckpointMark{10, session(1)}));
    EXPECT_THAT(complaints_, ElementsAre(AllOf(HasSubstr("run-20-"), HasSubstr("was changed"))));
    std::filesystem::resize_file(file_of(20), 20);
    EXPECT_THAT(usable(directory), ElementsAre(CheckpointMark{10, session(1)}));
  }
  struct Case {
    CheckpointOwner owner;
    const char* complaint;
  };
  for (const auto& [owner, complaint] :
       {Case{{"mnist", "ab", "cd", "bob", 1}, "is party alice's, this is bob"},
        Case{{"mnist", "ef", "cd", "alice", 0}, "is of the plan with digest ab, the job's is ef"},
        Case{{"other", "ab", "cd", "alice", 0}, "is of job \"mnist\", this one is \"other\""},
        Case{{"mnist", "ab", "ef", "alice", 0}, "is of other parties, roles or reveals"}}) {
    const auto directory = open(owner);
    EXPECT_THAT(usable(directory), IsEmpty());
    EXPECT_THAT(complaints_, testing::Contains(HasSubstr(complaint)));
  }
  const auto key = scratch_.path / "alice.key";
  change_byte(key, 0);
  EXPECT_THAT(usable(open()), IsEmpty());
  EXPECT_THAT(complaints_, testing::Each(HasSubstr("has another key")));
}

const std::vector<std::string> kNames{"alice", "bob", "carol"};

Session concluded(const std::vector<Opening>& parties) { return conclude({parties, session(9)}, kNames); }

std::string complaint(ErrorKind kind, const std::vector<Opening>& parties) {
  try {
    concluded(parties);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), kind);
    return error.what();
  }
  return "accepted";
}

TEST(Opening, TheNewestThatAllHoldCounts) {
  const CheckpointMark newest{30, session(1)}, older{20, session(1)}, oldest{10, session(1)};
  const Opening all{true, {newest, older, oldest}, {}}, without_newest{true, {older, oldest}, {}};
  EXPECT_EQ(concluded({all, all, all}).resumed_from, newest);
  EXPECT_EQ(concluded({all, without_newest, all}).resumed_from, older);
  EXPECT_EQ(concluded({without_newest, all, {true, {newest, oldest}, {}}}).resumed_from, oldest);
  EXPECT_EQ(concluded({{}, {}, {}}).resumed_from, std::nullopt);
  EXPECT_EQ(concluded({all, all, all}).id, session(9));
}

// After equally many runs, but of another session: shares that do not fit each other.
TEST(Opening, CheckpointsOfDifferentSessionsAreDifferent) {
  const Opening first{true, {{30, session(1)}}, {}}, second{true, {{30, session(2)}}, {}};
  EXPECT_THAT(complaint(ErrorKind::kData, {first, first, second}),
              AllOf(HasSubstr("alice: 30 of session 01000000"), HasSubstr("carol: 30 of session 02000000")));
}

TEST(Opening, AllResumeOrNobody) {
  const Opening resumes{true, {{30, session(1)}}, {}};
  EXPECT_THAT(complaint(ErrorKind::kUsage, {resumes, {}, resumes}),
              HasSubstr("alice and carol would resume from a checkpoint, and bob would start"));
}

TEST(Opening, StoresMustBeOfOneRun) {
  const Opening first{false, {}, session(1)}, second{false, {}, session(2)};
  EXPECT_EQ(complaint(ErrorKind::kData, {first, first, first}), "accepted");
  EXPECT_THAT(complaint(ErrorKind::kData, {first, second, first}),
              HasSubstr("share stores of alice and bob are not of one run"));
  EXPECT_THAT(complaint(ErrorKind::kData, {first, first, {}}), HasSubstr("alice and carol"));
}

TEST(Checkpointer, AsksTheClockOftenEnoughAndNotMore) {
  EXPECT_EQ(runs_until_question(0, 0, 300), 1u);
  EXPECT_EQ(runs_until_question(1, 0.01, 300), 1u);  // never more than double
  EXPECT_EQ(runs_until_question(1000, 10, 300), 1000u);
  EXPECT_EQ(runs_until_question(20000, 200, 300), 10000u);  // 100 runs a second for 100 s
  EXPECT_EQ(runs_until_question(20000, 400, 300), 1u);
}

}  // namespace
}  // namespace sotto::runtime
