// What this machine offers.
#include <fmt/format.h>
#include <sched.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/timex.h>

#include <chrono>
#include <fstream>
#include <thread>

#include "base/cpu.h"
#include "base/human.h"
#include "cli/doctor/doctor.h"

namespace sotto::cli::doctor {
namespace {

// Whether the kernel lists the processor's feature.
bool lists_feature(const std::string& feature) {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);)
    if (line.starts_with("flags") || line.starts_with("Features"))
      return (line + " ").find(" " + feature + " ") != std::string::npos;
  return false;
}

void check_processor(Checks& checks) {
  const Cpu& found = cpu();
  const bool sha = lists_feature("sha_ni");
  const auto fact = fmt::format("AES {}, AVX2 {}, AVX-512 {}, VAES {}, SHA {}", found.aes ? "yes" : "no",
                                found.avx2 ? "yes" : "no", found.avx512 ? "yes" : "no",
                                found.vaes ? "yes" : "no", sha ? "yes" : "no");
  if (!found.aes)
    checks.warn("processor", fact, "Without AES instructions randomness and TLS are several times slower.");
  else if (!found.avx2)
    checks.warn("processor", fact, "Without AVX2 ring arithmetic is about ten times slower.");
  else
    checks.pass("processor", fact);
}

void check_cores(Checks& checks) {
  cpu_set_t set;
  CPU_ZERO(&set);
  const int usable = ::sched_getaffinity(0, sizeof(set), &set) == 0 ? CPU_COUNT(&set) : 0;
  const auto all = static_cast<int>(std::thread::hardware_concurrency());
  const auto fact = fmt::format("{} of {} usable by this process", usable, all);
  if (usable == 1)
    checks.warn("cores", fact, "One core computes and talks in turns; two or more let them overlap.");
  else
    checks.pass("cores", fact);
}

void check_entropy(Checks& checks) {
  std::array<unsigned char, 32> bytes{};
  if (::getrandom(bytes.data(), bytes.size(), GRND_NONBLOCK) == static_cast<ssize_t>(bytes.size()))
    checks.pass("entropy", "the system's generator is ready");
  else
    checks.fail("entropy", "the system's generator gives nothing yet",
                "Wait until the machine has gathered entropy after its start, or give it a hardware source.");
}

void check_descriptors(Checks& checks) {
  constexpr rlim_t kEnough = 256;
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  const auto fact = limit.rlim_cur == RLIM_INFINITY ? std::string("no limit")
                                                    : fmt::format("at most {} open files", limit.rlim_cur);
  if (limit.rlim_cur < kEnough)
    checks.warn("file descriptors", fact, fmt::format("Allow {} or more: ulimit -n 1024", kEnough));
  else
    checks.pass("file descriptors", fact);
}

void check_clock(Checks& checks) {
  const auto now = std::chrono::system_clock::now();
  const auto day = std::chrono::floor<std::chrono::days>(now);
  const std::chrono::year_month_day date(day);
  const auto fact = fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()),
                                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
  timex status{};
  const bool synchronised = ::adjtimex(&status) >= 0 && (status.status & STA_UNSYNC) == 0;
  if (date.year() < std::chrono::year(2024) || date.year() > std::chrono::year(2100))
    checks.fail("clock", fact + ", which cannot be", "Set the clock: certificates have a time of validity.");
  else if (!synchronised)
    checks.warn("clock", fact + ", not synchronised with others",
                "Nothing but the validity of certificates depends on it; a time service keeps it right.");
  else
    checks.pass("clock", fact + ", synchronised");
}

}  // namespace

void check_machine(Checks& checks) {
  check_processor(checks);
  check_cores(checks);
  check_entropy(checks);
  check_descriptors(checks);
  check_clock(checks);
}

}  // namespace sotto::cli::doctor
