// A run as one HTML file: it fetches nothing, runs no script, and can be mailed, printed and opened from a
// disk.
#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "runtime/job.h"

namespace sotto::cli {

// `report`: what `sotto run --json` or `sotto party --json` print. Of a failed run {"job", "failure":
// {"exit_code", "messages"}} and, where known, "security". Scalars that were revealed appear, tensors only by
// their shape; nothing that was not revealed is in a report.
std::string report_page(const nlohmann::json& report);

// The report of a run that failed; with the security card, if job and plan can be read.
nlohmann::json failure_report(const runtime::Job& job, int exit_code,
                              const std::vector<std::string>& messages);

// Rather no start than no report: throws ErrorKind::kSystem unless the file can be written.
void require_page_writable(const std::filesystem::path& file);
// Replaces the file as a whole. Throws ErrorKind::kSystem.
void write_page(const std::filesystem::path& file, const nlohmann::json& report);

}  // namespace sotto::cli
