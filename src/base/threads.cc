#include "base/threads.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/error.h"

namespace sotto {
namespace {

int cores() { return std::max(1, static_cast<int>(std::thread::hardware_concurrency())); }

thread_local bool inside_parallel_for = false;

// One parallel_for: ranges are claimed by index until none is left.
struct Work {
  Work(const std::function<void(std::size_t, std::size_t)>& each, std::size_t total, std::size_t range_length)
      : function(each),
        count(total),
        length(range_length),
        ranges((total + range_length - 1) / range_length) {}

  const std::function<void(std::size_t, std::size_t)>& function;
  std::size_t count, length, ranges;
  std::atomic<std::size_t> next = 0;
  std::mutex mutex;
  std::exception_ptr failure;

  void run() {
    inside_parallel_for = true;
    for (std::size_t range; (range = next.fetch_add(1)) < ranges;) {
      try {
        function(range * length, std::min(count, (range + 1) * length));
      } catch (...) {
        std::scoped_lock lock(mutex);
        if (!failure) failure = std::current_exception();
      }
    }
    inside_parallel_for = false;
  }
};

// Workers sleep between works, and serve one work at a time.
class Pool {
 public:
  explicit Pool(int worker_count) {
    for (int i = 0; i < worker_count; ++i) workers_.emplace_back([this] { serve(); });
  }

  ~Pool() {
    {
      std::scoped_lock lock(mutex_);
      stopping_ = true;
    }
    wake_.notify_all();
    for (std::thread& worker : workers_) worker.join();
  }

  // Returns false, having done nothing, when the workers are busy for another caller.
  bool run(Work& work) {
    const std::unique_lock one_at_a_time(running_, std::try_to_lock);
    if (!one_at_a_time) return false;
    {
      std::scoped_lock lock(mutex_);
      work_ = &work;
      ++generation_;
    }
    wake_.notify_all();
    work.run();
    // All ranges are claimed; a worker that has not woken yet must not see this work any more.
    std::unique_lock lock(mutex_);
    work_ = nullptr;
    done_.wait(lock, [&] { return busy_ == 0; });
    return true;
  }

 private:
  void serve() {
    std::uint64_t seen = 0;
    std::unique_lock lock(mutex_);
    while (true) {
      wake_.wait(lock, [&] { return stopping_ || (work_ != nullptr && generation_ != seen); });
      if (stopping_) return;
      seen = generation_;
      Work& work = *work_;
      ++busy_;
      lock.unlock();
      work.run();
      lock.lock();
      if (--busy_ == 0) done_.notify_all();
    }
  }

  std::mutex running_, mutex_;
  std::condition_variable wake_, done_;
  std::vector<std::thread> workers_;
  Work* work_ = nullptr;
  std::uint64_t generation_ = 0;
  int busy_ = 0;
  bool stopping_ = false;
};

std::atomic<int> thread_count{0};  // 0: not chosen yet
std::mutex pool_mutex;
std::shared_ptr<Pool> pool;

std::shared_ptr<Pool> current_pool() {
  std::scoped_lock lock(pool_mutex);
  if (!pool) pool = std::make_shared<Pool>(threads() - 1);
  return pool;
}

}  // namespace

int threads() {
  const int chosen = thread_count.load(std::memory_order_relaxed);
  return chosen > 0 ? chosen : cores();
}

void set_threads(int count) {
  if (count < 1 || count > 1024) {
    throw Error(ErrorKind::kUsage, "the number of threads is " + std::to_string(count),
                "choose between 1 and 1024; this machine has " + std::to_string(cores()) + " cores");
  }
  std::scoped_lock lock(pool_mutex);
  if (count != threads()) pool.reset();
  thread_count.store(count, std::memory_order_relaxed);
}

void share_cores_among(int parties_on_this_host) {
  set_threads(std::clamp(cores() / std::max(1, parties_on_this_host), 1, 1024));
}

void parallel_for(std::size_t count, std::size_t grain,
                  const std::function<void(std::size_t, std::size_t)>& function) {
  if (count == 0) return;
  grain = std::max<std::size_t>(grain, 1);
  const auto workers = static_cast<std::size_t>(threads());
  const std::size_t ranges = std::min((count + grain - 1) / grain, workers);
  if (workers == 1 || ranges <= 1 || inside_parallel_for) {
    function(0, count);
    return;
  }
  Work work(function, count, (count + ranges - 1) / ranges);
  // Several parties in one process: whoever finds the workers taken goes on alone rather than wait.
  if (!current_pool()->run(work)) return function(0, count);
  if (work.failure) std::rethrow_exception(work.failure);
}

}  // namespace sotto
