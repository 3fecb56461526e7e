// Coroutine tasks: lazy, owned by whoever holds them, resumed on one thread.
//
// Task<T> starts when awaited and finishes by resuming its awaiter (symmetric transfer, so chains cost no stack). An
// exception travels to the awaiter. Destroying a suspended task destroys everything it awaits.
#pragma once

#include <coroutine>
#include <exception>
#include <optional>
#include <utility>
#include <vector>

#include "base/error.h"

namespace sotto {

template <class T>
class Task;

namespace detail {

struct PromiseBase {
  std::coroutine_handle<> continuation;
  std::exception_ptr exception;

  std::suspend_always initial_suspend() noexcept { return {}; }
  struct Finish {
    bool await_ready() noexcept { return false; }
    template <class Promise>
    std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> self) noexcept {
      auto next = self.promise().continuation;
      return next ? next : std::noop_coroutine();
    }
    void await_resume() noexcept {}
  };
  Finish final_suspend() noexcept { return {}; }
  void unhandled_exception() noexcept { exception = std::current_exception(); }
};

template <class T>
struct Promise : PromiseBase {
  std::optional<T> value;
  Task<T> get_return_object();
  template <class U>
  void return_value(U&& result) {
    value.emplace(std::forward<U>(result));
  }
  T take() {
    if (exception) std::rethrow_exception(exception);
    return std::move(*value);
  }
};

template <>
struct Promise<void> : PromiseBase {
  Task<void> get_return_object();
  void return_void() noexcept {}
  void take() {
    if (exception) std::rethrow_exception(exception);
  }
};

}  // namespace detail

template <class T = void>
class [[nodiscard]] Task {
 public:
  using promise_type = detail::Promise<T>;
  using Handle = std::coroutine_handle<promise_type>;

  Task() = default;
  explicit Task(Handle handle) : handle_(handle) {}
  Task(Task&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  Task& operator=(Task&& other) noexcept {
    if (this != &other) {
      if (handle_) handle_.destroy();
      handle_ = std::exchange(other.handle_, nullptr);
    }
    return *this;
  }
  ~Task() {
    if (handle_) handle_.destroy();
  }

  auto operator co_await() && noexcept {
    struct Awaiter {
      Handle handle;
      bool await_ready() const noexcept { return handle.done(); }
      std::coroutine_handle<> await_suspend(std::coroutine_handle<> awaiting) const noexcept {
        handle.promise().continuation = awaiting;
        return handle;
      }
      T await_resume() const { return handle.promise().take(); }
    };
    return Awaiter{handle_};
  }

  // For drivers: run until the first suspension; then done() tells, and take() gives the result or throws.
  void start() { handle_.resume(); }
  bool done() const { return handle_.done(); }
  T take() { return handle_.promise().take(); }

 private:
  Handle handle_ = nullptr;
};

template <class T>
Task<T> detail::Promise<T>::get_return_object() {
  return Task<T>(Task<T>::Handle::from_promise(*this));
}
inline Task<void> detail::Promise<void>::get_return_object() {
  return Task<void>(Task<void>::Handle::from_promise(*this));
}

namespace detail {

// Counts children down and resumes the parent after the last, or at once when a child fails: the parent then unwinds
// and destroys the siblings, so nothing waits for messages that will not come.
struct JoinState {
  std::size_t remaining = 0;
  std::coroutine_handle<> parent;
  bool parent_waits = false;
  std::exception_ptr first_exception;

  std::coroutine_handle<> child_finished() {
    --remaining;
    if (!parent_waits || (remaining != 0 && !first_exception)) return std::noop_coroutine();
    parent_waits = false;
    return parent;
  }
};

// A child's shell: starts at once, reports to the join, owned by the joining frame.
struct JoinChild {
  struct promise_type {
    JoinState* join = nullptr;
    JoinChild get_return_object() {
      return JoinChild{std::coroutine_handle<promise_type>::from_promise(*this)};
    }
    std::suspend_always initial_suspend() noexcept { return {}; }
    struct Finish {
      bool await_ready() noexcept { return false; }
      std::coroutine_handle<> await_suspend(std::coroutine_handle<promise_type> self) noexcept {
        return self.promise().join->child_finished();
      }
      void await_resume() noexcept {}
    };
    Finish final_suspend() noexcept { return {}; }
    void return_void() noexcept {}
    void unhandled_exception() noexcept {
      if (!join->first_exception) join->first_exception = std::current_exception();
    }
  };

  explicit JoinChild(std::coroutine_handle<promise_type> h) : handle(h) {}
  JoinChild(JoinChild&& other) noexcept : handle(std::exchange(other.handle, nullptr)) {}
  JoinChild(const JoinChild&) = delete;
  ~JoinChild() {
    if (handle) handle.destroy();
  }
  std::coroutine_handle<promise_type> handle;
};

template <class T>
JoinChild join_child(Task<T> task, std::optional<T>* slot) {
  slot->emplace(co_await std::move(task));
}
inline JoinChild join_child(Task<void> task) { co_await std::move(task); }

struct JoinAwaiter {
  std::vector<JoinChild>& children;
  JoinState state;

  bool await_ready() const noexcept { return children.empty(); }
  bool await_suspend(std::coroutine_handle<> parent) {
    state.remaining = children.size();
    state.parent = parent;
    for (auto& child : children) {
      child.handle.promise().join = &state;
      child.handle.resume();
      if (state.first_exception) return false;  // siblings not yet started never start
    }
    state.parent_waits = state.remaining != 0;
    return state.parent_waits;
  }
  void await_resume() const {
    if (state.first_exception) std::rethrow_exception(state.first_exception);
  }
};

}  // namespace detail

// Runs all tasks concurrently, each up to its first suspension in the order given; finishes after the last. The order
// of starting is the order on the wire, so it must be the same at every party. The first exception is rethrown; the
// siblings are destroyed with this frame.
template <class T>
Task<std::vector<T>> when_all(std::vector<Task<T>> tasks) {
  std::vector<std::optional<T>> slots(tasks.size());
  std::vector<detail::JoinChild> children;
  children.reserve(tasks.size());
  for (std::size_t i = 0; i < tasks.size(); ++i)
    children.push_back(detail::join_child<T>(std::move(tasks[i]), &slots[i]));
  co_await detail::JoinAwaiter{children, {}};
  std::vector<T> results;
  results.reserve(slots.size());
  for (auto& slot : slots) results.push_back(std::move(*slot));
  co_return results;
}

inline Task<void> when_all(std::vector<Task<void>> tasks) {
  std::vector<detail::JoinChild> children;
  children.reserve(tasks.size());
  for (auto& task : tasks) children.push_back(detail::join_child(std::move(task)));
  co_await detail::JoinAwaiter{children, {}};
}

}  // namespace sotto
