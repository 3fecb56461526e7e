#include "cli/page/report_page.h"

#include <gmock/gmock.h>

#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>
#include <regex>

#include "base/error.h"
#include "cli/page/chart.h"
#include "cli/page/html.h"
#include "cli/scratch_job.h"

namespace sotto::cli {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kHostile = R"x(</script><script>alert(1)</script><img src=x onerror="alert('&')">)x";

json phase(const std::string& name, std::uint64_t runs, double seconds) {
  return {{"phase", name},
          {"block", name == "train" ? "step" : name},
          {"runs", runs},
          {"seconds", seconds},
          {"median_seconds", seconds / static_cast<double>(runs)},
          {"run_seconds", std::vector<double>(runs, seconds / static_cast<double>(runs))},
          {"rounds_predicted", 37 * runs},
          {"rounds_measured", 37 * runs},
          {"bytes_sent_predicted", 1234567 * runs},
          {"bytes_sent_measured", 1234567 * runs},
          {"bytes_received", 7 * runs},
          {"bytes_all_predicted", 3 * 1234567 * runs},
          {"links_predicted", {0, 1000 * runs, 234567 * runs, 1, 0, 2, 3, 4, 0}},
          {"links_measured", {0, 1000 * runs, 234567 * runs}}};
}

// One party's report, as runtime/report.h makes it; `name` is the job's, the party's and everything's.
json report_of(const std::string& name) {
  json card{{"protocol", "rep3"},     {"model", "semi-honest"}, {"assumptions", "Honest majority."},
            {"parties_computing", 3}, {"corruptible", 1},       {"log2_failure", -128.0},
            {"plan", name},           {"plan_digest", "abcd"},  {"job_digest", "ef01"},
            {"software", "0.1.0"},    {"wire_version", 1},      {"plan_format", 1},
            {"published", {name}}};
  for (const auto& party : {name, std::string("bob"), std::string("carol")})
    card["parties"].push_back(
        {{"name", party}, {"role", name}, {"address", "a.example:7"}, {"fingerprint", "12"}});
  card["provided"] = {
      {{"input", name}, {"party", name}, {"type", "fixed(1,).18 < 2^3"}, {"encoding", "pixels"}}};
  card["learnt"] = {{{"name", "correct"},
                     {"type", "fixed().0 < 2^14"},
                     {"purpose", "reveal"},
                     {"block", name},
                     {"phases", "score"},
                     {"times", 3},
                     {"parties", {name, "bob"}}}};
  return {{"job", name},
          {"party", name},
          {"finished", "2026-11-20 08:30 UTC"},
          {"plan_digest", "abcd"},
          {"seconds", 12.5},
          {"connect_seconds", 0.5},
          {"phases", {phase("load", 1, 0.25), phase("train", 60, 6)}},
          {"operations",
           {{name,
             {{"runs", 60},
              {"seconds", 3.25},
              {"rounds_predicted", 300},
              {"rounds_measured", 300},
              {"bytes_sent_predicted", 987654321},
              {"bytes_sent_measured", 987654321}}}}},
          {"outputs",
           {{"correct",
             {{{"shape", json::array()}, {"values", {9000.0}}},
              {{"shape", json::array()}, {"values", {9300.0}}},
              {{"shape", json::array()}, {"values", {9412.0}}}}},
            {"model", {{{"shape", {2}}, {"values", {31337.5, 2.0}}}}}}},
          {"network", "wan"},
          {"revealed_after", {{"correct", {20, 40, 60}}, {"model", {60}}}},
          {"evaluated_rows", 10000},
          {"security", card}};
}

// What Python's parser says about a page: tags that do not close, what it refers to, its data and exact
// numbers.
json parsed(const std::string& html) {
  const ScratchDirectory directory;
  const auto file = directory.path() / "page.html", script = directory.path() / "parse.py";
  std::ofstream(file, std::ios::binary) << html;
  std::ofstream(script) << R"py(
import json, sys
from html.parser import HTMLParser
VOID = {"meta", "br", "img", "link", "input", "hr"}
class Page(HTMLParser):
    def __init__(self):
        super().__init__()
        self.stack, self.bad, self.tags, self.values, self.data, self.text = [], [], [], [], "", []
        self.references = []
    def handle_starttag(self, tag, attributes, closed=False):
        self.tags.append(tag)
        for name, value in attributes:
            if name in ("src", "href", "action", "data", "srcset", "style", "poster") or name.startswith("on"):
                self.references.append([name, value])
            if name == "data-value": self.values.append(value)
        if tag not in VOID and not closed: self.stack.append(tag)
    def handle_startendtag(self, tag, attributes): self.handle_starttag(tag, attributes, True)
    def handle_endtag(self, tag):
        if not self.stack or self.stack.pop() != tag: self.bad.append(tag)
    def handle_data(self, text):
        if self.stack and self.stack[-1] == "script": self.data += text
        elif not self.stack or self.stack[-1] != "style": self.text.append(text)
page = Page()
page.feed(open(sys.argv[1], encoding="utf-8").read())
page.close()
print(json.dumps({"open": page.stack, "bad": page.bad, "tags": page.tags, "values": page.values,
                  "references": page.references, "data": json.loads(page.data), "text": " ".join(page.text)}))
)py";
  FILE* pipe = ::popen(("python3 " + script.string() + " " + file.string()).c_str(), "r");
  std::string text, piece(65536, '\0');
  for (std::size_t count; (count = std::fread(piece.data(), 1, piece.size(), pipe)) > 0;)
    text.append(piece, 0, count);
  EXPECT_EQ(::pclose(pipe), 0);
  return json::parse(text);
}

TEST(ReportPage, IsWellFormedAndReadsAsTheReport) {
  const auto report = report_of("mnist");
  const auto page = parsed(report_page(report));
  EXPECT_EQ(page.at("open"), json::array());
  EXPECT_EQ(page.at("bad"), json::array());
  const auto text = page.at("text").get<std::string>();
  EXPECT_THAT(
      text, AllOf(HasSubstr("9412 of 10000 (94.12 %)"), HasSubstr("Finished"), HasSubstr("Honest majority."),
                  HasSubstr("1 of 3 parties"), HasSubstr("2^-128"), HasSubstr("abcd")));
  EXPECT_EQ(std::ranges::count(page.at("tags"), "polyline"), 2);  // accuracy and pace
}

TEST(ReportPage, TheLossHasItsCurve) {
  auto report = report_of("mnist");
  report["outputs"]["loss"] = json::array();
  for (double loss : {0.5, 0.375, 0.3125})
    report["outputs"]["loss"].push_back({{"shape", json::array()}, {"values", {loss}}});
  report["revealed_after"]["loss"] = {20, 40, 60};
  const auto page = parsed(report_page(report));
  EXPECT_EQ(page.at("bad"), json::array());
  EXPECT_THAT(page.at("text").get<std::string>(),
              AllOf(HasSubstr("Test loss"), HasSubstr("mean over test rows")));
  EXPECT_THAT(page.at("values").get<std::vector<std::string>>(), testing::Contains("0.3125"));
  EXPECT_EQ(std::ranges::count(page.at("tags"), "polyline"), 3);  // accuracy, loss and pace
}

TEST(ReportPage, ItsNumbersAreThoseOfTheReport) {
  const auto report = report_of("mnist");
  const auto page = parsed(report_page(report));
  const auto values = page.at("values").get<std::vector<std::string>>();
  for (const auto& entry :
       {report.at("operations").at("mnist"), report.at("phases").at(0), report.at("phases").at(1)})
    for (const char* key : {"runs", "seconds", "rounds_predicted", "rounds_measured", "bytes_sent_predicted",
                            "bytes_sent_measured"})
      EXPECT_THAT(values, testing::Contains(entry.at(key).dump())) << key;
  EXPECT_THAT(values, testing::Contains("9300.0"));
  auto data = page.at("data");
  EXPECT_EQ(data.at("operations"), report.at("operations"));
  EXPECT_EQ(data.at("security"), report.at("security"));
  EXPECT_EQ(data.at("phases").at(1).at("bytes_sent_measured"),
            report.at("phases").at(1).at("bytes_sent_measured"));
}

TEST(ReportPage, ShowsWhenPredictedAndMeasuredDiffer) {
  auto report = report_of("mnist");
  EXPECT_THAT(report_page(report), Not(HasSubstr(">different<")));
  report["operations"]["mnist"]["rounds_measured"] = 301;
  EXPECT_THAT(report_page(report), HasSubstr(">different<"));
}

// The floor of the training: 37 rounds of 20 ms, and the busiest party's bytes at 300 Mbit/s, sixty times.
TEST(ReportPage, FloorsAreThoseOfTheNetwork) {
  const double bytes = 235567.0 * 60 + 1 + 3, rate = 300e6 / 8;
  const auto values = parsed(report_page(report_of("mnist"))).at("values").get<std::vector<std::string>>();
  EXPECT_THAT(values, testing::Contains("44.4"));
  bool found = false;
  for (const auto& value : values) found |= std::abs(std::atof(value.c_str()) - bytes / rate) < 1e-5;
  EXPECT_TRUE(found) << bytes / rate;
}

TEST(ReportPage, RefersToNothingOutside) {
  const auto html = report_page(report_of("mnist"));
  for (const char* word : {"http:", "https:", "url(", "@import", "//", "javascript:"})
    EXPECT_EQ(html.find(word), std::string::npos) << word;
  const auto page = parsed(html);
  for (const auto& reference : page.at("references"))
    EXPECT_TRUE(reference.at(0) == "href" && reference.at(1).get<std::string>().starts_with('#'))
        << reference;
}

TEST(ReportPage, HostileNamesAreText) {
  const auto html = report_page(report_of(kHostile));
  const auto page = parsed(html);
  EXPECT_EQ(page.at("bad"), json::array());
  EXPECT_EQ(std::ranges::count(page.at("tags"), "script"), 1);
  EXPECT_EQ(std::ranges::count(page.at("tags"), "img"), 0);
  EXPECT_THAT(page.at("text").get<std::string>(), HasSubstr(kHostile));
  EXPECT_EQ(page.at("data").at("job"), kHostile);
  for (const auto& reference : page.at("references")) EXPECT_EQ(reference.at(0), "href") << reference;
}

TEST(ReportPage, TensorsAreNotShown) {
  EXPECT_THAT(report_page(report_of("mnist")), Not(HasSubstr("31337")));
}

TEST(ReportPage, AFailureIsAPageToo) {
  const json report{{"job", "mnist"},
                    {"failure", {{"exit_code", 7}, {"messages", {"[bob] party alice is gone", kHostile}}}}};
  const auto page = parsed(report_page(report));
  EXPECT_EQ(page.at("bad"), json::array());
  EXPECT_EQ(std::ranges::count(page.at("tags"), "script"), 1);
  EXPECT_THAT(page.at("text").get<std::string>(),
              AllOf(HasSubstr("Failed"), HasSubstr("Exit code 7"), HasSubstr("party alice is gone")));
}

TEST(ReportPage, SaysWhenItCannotBeWritten) {
  const ScratchDirectory directory;
  EXPECT_THROW(require_page_writable(directory.path()), Error);
  EXPECT_THROW(require_page_writable(directory.path() / "none" / "page.html"), Error);
  const auto file = directory.path() / "page.html";
  EXPECT_NO_THROW(require_page_writable(file));
  write_page(file, report_of("mnist"));
  EXPECT_TRUE(std::filesystem::exists(file));
  EXPECT_FALSE(std::filesystem::exists(file.string() + ".part"));
}

TEST(ReportPage, AxesHaveRoundTicks) {
  EXPECT_THAT(page::round_ticks(0, 30), testing::ElementsAre(0, 10, 20, 30));
  EXPECT_THAT(page::round_ticks(91.2, 96.4).size(), testing::Le(8u));
  for (const double value : {0.0, 5.0, -3.0}) EXPECT_GE(page::round_ticks(value, value).size(), 2u);
}

}  // namespace
}  // namespace sotto::cli
