#include "cli/doctor/doctor.h"

#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>

#include "base/error.h"

namespace sotto::cli {

int run_doctor(const Doctor& doctor) {
  if (doctor.job.empty() != doctor.name.empty())
    throw Error(ErrorKind::kUsage, "--job and --as belong together",
                "The job file, and which of its parties this is.");
  if (!(doctor.wait_seconds >= 0.1 && doctor.wait_seconds <= 3600))
    throw Error(ErrorKind::kUsage, "--wait takes 0.1 to 3600 seconds");
  doctor::Checks checks;
  doctor::check_machine(checks);
  doctor::OwnPart part;
  if (!doctor.job.empty()) part = doctor::check_own_part(checks, doctor);
  doctor::check_room(checks, part, doctor.name);
  if (part.program && !doctor.no_peers) {
    if (!doctor.json)
      std::cerr << fmt::format("Waiting at most {:g} s for the others, who run `sotto doctor` too.\n",
                               doctor.wait_seconds);
    doctor::check_peers(checks, part, doctor);
  }
  if (doctor.json)
    std::cout << json_of(checks).dump(2, ' ', false, nlohmann::json::error_handler_t::replace) << '\n';
  else
    std::cout << text_of(checks);
  const auto code = [](ErrorKind kind) { return static_cast<int>(kind); };
  return checks.failed() ? code(ErrorKind::kSystem) : checks.waits() ? code(ErrorKind::kPeer) : 0;
}

}  // namespace sotto::cli
