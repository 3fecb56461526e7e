#include "cli/page/report_page.h"

#include <fmt/format.h>
#include <unistd.h>

#include <fstream>

#include "base/error.h"
#include "cli/page/html.h"
#include "cli/page/sections.h"
#include "cli/page/style.h"
#include "runtime/security_card.h"

namespace sotto::cli {
namespace {

// Nothing can be loaded and nothing can run, whatever a name tried.
constexpr const char* kContentPolicy =
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

std::string navigation(const std::string& body) {
  std::string links;
  for (const auto& [id, name] : {std::pair{"training", "How it went"},
                                 {"work", "Time, rounds, bytes"},
                                 {"network", "Links and floors"},
                                 {"security", "Security card"}})
    if (body.find(fmt::format("<section id=\"{}\"", id)) != std::string::npos)
      links += fmt::format("<a href=\"#{}\">{}</a>\n", id, name);
  return "<nav aria-label=\"Sections\">\n" + links + "</nav>\n";
}

std::filesystem::path directory_of(const std::filesystem::path& file) {
  return file.has_parent_path() ? file.parent_path() : std::filesystem::path(".");
}

}  // namespace

std::string report_page(const nlohmann::json& report) {
  const page::View view(report);
  const auto body = page::training_section(view) + page::work_section(view) + page::network_section(view) +
                    page::security_section(view);
  const auto title = page::escaped(report.at("job").get<std::string>());
  return fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"{}\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"referrer\" content=\"no-referrer\">\n<title>{} · "
      "Sotto</title>\n<style>{}</style>\n</head>\n"
      "<body>\n{}<main>\n{}{}</main>\n<footer><p>Written by Sotto. This file is complete: it fetches nothing "
      "and runs "
      "no script. The same numbers stand in it as JSON, in the element with the id \"report\".</p></footer>\n"
      "<script type=\"application/json\" id=\"report\">{}</script>\n</body>\n</html>\n",
      page::escaped(kContentPolicy), title, page::kStyle, page::head(view), navigation(body), body,
      page::script_safe(
          page::embedded(report).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)));
}

nlohmann::json failure_report(const runtime::Job& job, int exit_code,
                              const std::vector<std::string>& messages) {
  nlohmann::json report{{"job", job.name}, {"failure", {{"exit_code", exit_code}, {"messages", messages}}}};
  try {
    const auto program = runtime::prepare(runtime::read_plan_file(job.plan));
    const auto parties = runtime::parties_in_plan_order(job, program.plan);
    report["security"] = runtime::card_json(runtime::security_card(job, program, parties));
  } catch (const Error&) {
    // That may be what failed: the messages say so.
  }
  return report;
}

void require_page_writable(const std::filesystem::path& file) {
  if (std::filesystem::is_directory(file) || ::access(directory_of(file).c_str(), W_OK | X_OK) != 0)
    throw Error(ErrorKind::kSystem, fmt::format("cannot write the report {}", file.string()),
                "Its directory must exist and be writable, and it must be the name of a file.");
}

void write_page(const std::filesystem::path& file, const nlohmann::json& report) {
  const auto text = report_page(report);
  auto temporary = file;
  temporary += ".part";
  std::ofstream stream(temporary, std::ios::binary | std::ios::trunc);
  std::error_code code;
  if ((stream << text).flush()) std::filesystem::rename(temporary, file, code);
  if (stream && !code) return;
  std::filesystem::remove(temporary, code);
  throw Error(ErrorKind::kSystem, fmt::format("cannot write the report {}", file.string()),
              "Is the disk full, or the directory not writable?");
}

}  // namespace sotto::cli
