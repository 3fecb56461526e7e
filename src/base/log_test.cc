#include "base/log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "base/error.h"

namespace sotto::log {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Log, WritesLinesOfEnoughWeightWithTheParty) {
  const std::string path = testing::TempDir() + "sotto_log_test.txt";
  std::remove(path.c_str());
  set_file(path);
  set_party("alice");
  set_level(Level::kWarning);
  info("batch {} of {}", 1, 10);
  warning("link to {} is slow", "bob");
  set_level(Level::kInfo);
  info("done {{}}");
  set_party("");
  std::ifstream file(path);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  EXPECT_THAT(text, Not(HasSubstr("batch")));
  EXPECT_THAT(text, HasSubstr("warning [alice] link to bob is slow\n"));
  EXPECT_THAT(text, HasSubstr("info [alice] done {}\n"));
}

TEST(Log, LinesBelowTheLevelAreNotEnabled) {
  set_level(Level::kOff);
  EXPECT_FALSE(enabled(Level::kError));
  EXPECT_FALSE(enabled(Level::kOff));
  set_level(Level::kInfo);
  EXPECT_TRUE(enabled(Level::kError));
  EXPECT_FALSE(enabled(Level::kDebug));
}

TEST(LogMisuse, NamesTheMistake) {
  EXPECT_EQ(level_from("error"), Level::kError);
  try {
    level_from("loud");
    FAIL() << "accepted a level";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kUsage);
    EXPECT_EQ(error.message(), "there is no log level 'loud'");
  }
  try {
    set_file("/proc/no such folder/log.txt");
    FAIL() << "accepted a path";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kSystem);
    EXPECT_EQ(error.message(), "cannot write the log file '/proc/no such folder/log.txt'");
  }
}

}  // namespace
}  // namespace sotto::log
