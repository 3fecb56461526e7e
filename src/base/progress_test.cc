#include "base/progress.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

namespace sotto {
namespace {

class ProgressTest : public testing::Test {
 protected:
  ProgressOutput output(bool terminal) {
    return {&stream_, terminal, [this] { return now_; }};
  }
  std::ostringstream stream_;
  double now_ = 1000;
};

TEST_F(ProgressTest, DrawsABarOnATerminal) {
  Progress progress("training", 20, "steps", output(true));
  now_ += 2.5;
  progress.update(5, 3 << 19);
  now_ += 0.01;
  progress.update(6, 3 << 19);  // too soon to redraw
  now_ += 7.49;
  progress.update(20, 3 << 20);
  progress.finish();
  progress.finish();
  EXPECT_EQ(stream_.str(),
            "\rtraining [######------------------]  25%  5/20  2 steps/s  1.50 MiB  ETA 7.50 s\x1b[K"
            "\rtraining [########################] 100%  20/20  2 steps/s  3.00 MiB  ETA 0 s\x1b[K"
            "\rtraining [########################] 100%  20/20  2 steps/s  3.00 MiB  in 10.0 s\x1b[K\n");
}

TEST_F(ProgressTest, WritesFewLinesElsewhere) {
  {
    Progress progress("serving", 0, "requests", output(false));
    for (int i = 1; i <= 250; ++i) {
      now_ += 0.1;
      progress.update(i);
    }
    progress.finish();
  }
  const std::string text = stream_.str();
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 3) << text;
  EXPECT_THAT(text, testing::HasSubstr("serving 250  10 requests/s  in 25.0 s\n"));
  EXPECT_EQ(text.find('\r'), std::string::npos);
}

TEST_F(ProgressTest, AnUnfinishedBarEndsItsLine) {
  {
    Progress progress("training", 4, "steps", output(true));
    now_ += 1;
    progress.update(0);
  }
  EXPECT_EQ(stream_.str(), "\rtraining [------------------------]   0%  0/4 steps\x1b[K\n");
}

}  // namespace
}  // namespace sotto
