// Two pages of memory that tell whether they were read: what is read must not depend on secrets.
//
// While watched they cannot be accessed; a fault notes the page and makes it accessible.
#pragma once

#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>

namespace sotto {

// One at a time.
class WatchedPages {
 public:
  WatchedPages() {
    page_ = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
    void* memory = mmap(nullptr, 2 * page_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) std::abort();
    begin_ = static_cast<std::byte*>(memory);
    struct sigaction action{};
    action.sa_sigaction = note;
    action.sa_flags = SA_SIGINFO;
    sigaction(SIGSEGV, &action, &former_);
  }
  ~WatchedPages() {
    sigaction(SIGSEGV, &former_, nullptr);
    munmap(begin_, 2 * page_);
  }
  WatchedPages(const WatchedPages&) = delete;
  WatchedPages& operator=(const WatchedPages&) = delete;

  // The second page's first word; half a page before and after are there.
  std::uint64_t* boundary() const { return reinterpret_cast<std::uint64_t*>(begin_ + page_); }

  struct Read {
    bool first, second;
  };
  void watch() {
    read_[0] = 0;
    read_[1] = 0;
    mprotect(begin_, 2 * page_, PROT_NONE);
  }
  Read end() {
    mprotect(begin_, 2 * page_, PROT_READ | PROT_WRITE);
    return {read_[0] != 0, read_[1] != 0};
  }

 private:
  static void note(int, siginfo_t* information, void*) {
    auto* const at = static_cast<std::byte*>(information->si_addr);
    if (at < begin_ || at >= begin_ + 2 * page_) {  // a true fault: it comes again, and is not caught then
      sigaction(SIGSEGV, &former_, nullptr);
      return;
    }
    const std::size_t page = at < begin_ + page_ ? 0 : 1;
    read_[page] = 1;
    mprotect(begin_ + page * page_, page_, PROT_READ | PROT_WRITE);
  }

  inline static std::byte* begin_ = nullptr;
  inline static std::size_t page_ = 0;
  inline static volatile sig_atomic_t read_[2] = {0, 0};
  inline static struct sigaction former_{};
};

}  // namespace sotto
