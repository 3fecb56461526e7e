#include "base/task.h"

#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>

namespace sotto {
namespace {

// A gate that coroutines wait at until the test opens it.
struct Gate {
  std::vector<std::coroutine_handle<>> waiting;
  auto pass() {
    struct Awaiter {
      Gate& gate;
      bool await_ready() const noexcept { return false; }
      void await_suspend(std::coroutine_handle<> handle) { gate.waiting.push_back(handle); }
      void await_resume() const noexcept {}
    };
    return Awaiter{*this};
  }
  void open() {
    auto handles = std::exchange(waiting, {});
    for (auto handle : handles) handle.resume();
  }
};

Task<int> value_after(Gate& gate, int value) {
  co_await gate.pass();
  co_return value;
}

Task<int> sum_of(Gate& gate, int count) {
  std::vector<Task<int>> tasks;
  for (int i = 1; i <= count; ++i) tasks.push_back(value_after(gate, i));
  int sum = 0;
  for (int value : co_await when_all(std::move(tasks))) sum = sum * 10 + value;
  co_return sum;
}

TEST(Task, ChildrenStartTogetherAndResultsKeepTheirOrder) {
  Gate gate;
  Task<int> task = sum_of(gate, 3);
  task.start();
  EXPECT_EQ(gate.waiting.size(), 3u);
  EXPECT_FALSE(task.done());
  gate.open();
  ASSERT_TRUE(task.done());
  EXPECT_EQ(task.take(), 123);
}

TEST(Task, IsLazy) {
  bool started = false;
  auto body = [](bool& flag) -> Task<> {
    flag = true;
    co_return;
  };
  Task<> task = body(started);
  EXPECT_FALSE(started);
  task.start();
  EXPECT_TRUE(started);
}

Task<> deep(int depth) {
  if (depth > 0) co_await deep(depth - 1);
}

TEST(Task, JoiningNothingIsDoneAtOnce) {
  Task<> task = when_all(std::vector<Task<>>{});
  task.start();
  EXPECT_TRUE(task.done());
}

TEST(Task, LongChainsDoNotNestTheStack) {
  Task<> task = deep(10000);
  task.start();
  EXPECT_TRUE(task.done());
}

Task<> fail_after(Gate& gate) {
  co_await gate.pass();
  throw std::runtime_error("the third peer died");
}

Task<> wait_with_resource(Gate& gate, std::shared_ptr<int> resource) {
  co_await gate.pass();
  co_await gate.pass();
  *resource = 1;
}

Task<> join_with_failure(Gate& gate, std::shared_ptr<int> resource) {
  std::vector<Task<>> tasks;
  tasks.push_back(fail_after(gate));
  tasks.push_back(wait_with_resource(gate, std::move(resource)));
  co_await when_all(std::move(tasks));
}

TEST(Task, AFailureEndsTheJoinAtOnceAndDestroysTheSiblings) {
  Gate gate;
  auto resource = std::make_shared<int>(0);
  Task<> task = join_with_failure(gate, resource);
  task.start();
  ASSERT_EQ(gate.waiting.size(), 2u);
  gate.waiting.front().resume();  // the sibling still waits
  ASSERT_TRUE(task.done());
  EXPECT_THROW(task.take(), std::runtime_error);
  task = Task<>();
  EXPECT_EQ(resource.use_count(), 1) << "the waiting sibling's frame is gone";
}

TEST(Task, DestroyingASuspendedTaskDestroysWhatItAwaits) {
  Gate gate;
  auto resource = std::make_shared<int>(0);
  {
    Task<> task = wait_with_resource(gate, resource);
    task.start();
    EXPECT_GT(resource.use_count(), 1);
  }
  EXPECT_EQ(resource.use_count(), 1);
}

Task<int> throws_at_once() {
  throw std::runtime_error("early");
  co_return 0;
}

Task<int> join_early_failure(Gate& gate) {
  std::vector<Task<int>> tasks;
  tasks.push_back(throws_at_once());
  tasks.push_back(value_after(gate, 1));
  co_await when_all(std::move(tasks));
  co_return 0;
}

TEST(Task, SiblingsOfAnEarlyFailureNeverStart) {
  Gate gate;
  Task<int> task = join_early_failure(gate);
  task.start();
  ASSERT_TRUE(task.done());
  EXPECT_TRUE(gate.waiting.empty());
  EXPECT_THROW(task.take(), std::runtime_error);
}

}  // namespace
}  // namespace sotto
