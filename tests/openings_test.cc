// docs/openings.md argues for every place in a protocol that sends. A place that is added, or one that goes,
// must show there.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <string>

namespace {

const std::filesystem::path kSource = SOTTO_SOURCE_DIR;

std::string content_of(const std::filesystem::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::size_t count_of(const std::string& text, const std::string& pattern) {
  const std::regex regex(pattern);
  return static_cast<std::size_t>(std::distance(std::sregex_iterator(text.begin(), text.end(), regex), {}));
}

// The names of rep3's enum Purpose.
std::set<std::string> purposes_of_randomness() {
  const auto header = content_of(kSource / "src/protocols/rep3/roles.h");
  const auto begin = header.find("enum Purpose"), end = header.find("};", begin);
  const auto list = std::regex_replace(header.substr(begin, end - begin), std::regex("//[^\n]*"), "");
  const std::regex purpose(R"(\b(k[A-Z]\w*)\s*[,\n])");
  std::set<std::string> names;
  for (std::sregex_iterator match(list.begin(), list.end(), purpose), stop; match != stop; ++match)
    names.insert((*match)[1]);
  return names;
}

// By file and place: how often the code has it; a purpose counts once in a file.
using Places = std::map<std::pair<std::string, std::string>, std::size_t>;

Places places_in_code() {
  Places places;
  const auto purposes = purposes_of_randomness();
  for (const auto& entry : std::filesystem::directory_iterator(kSource / "src/protocols/rep3")) {
    const auto name_of_file = entry.path().filename().string();
    if (!name_of_file.ends_with(".cc") || name_of_file.ends_with("_test.cc")) continue;
    const auto text = content_of(entry.path());
    if (const auto sends = count_of(text, R"(rounds\(\)\s*\.\s*send\()"))
      places[{name_of_file, "send"}] = sends;
    // Calls, not definitions: those begin with the result's type.
    const auto calls = count_of(text, R"((^|[^\w])(mask_and_)?exchange\()") -
                       count_of(text, R"((^|\n)Words (mask_and_)?exchange\()");
    if (calls > 0) places[{name_of_file, "exchange"}] = calls;
    const std::regex dealt(R"([.>](?:elements|planes|narrow)(?:_and_keep)?\(([^;]*);)");
    for (std::sregex_iterator match(text.begin(), text.end(), dealt), end; match != end; ++match) {
      const std::string arguments = (*match)[1];
      const std::regex word(R"(\b(k[A-Z]\w*|purposes_\.\w+))");
      for (std::sregex_iterator name(arguments.begin(), arguments.end(), word); name != end; ++name)
        if (purposes.contains((*name)[1]) || (*name)[1].str().starts_with("purposes_."))
          places[{name_of_file, (*name)[1]}] = 0;
    }
  }
  return places;
}

Places places_in_words() {
  Places places;
  const auto text = content_of(kSource / "docs/openings.md");
  const std::regex row(R"(\n\| `(\w+\.cc)` \| `([\w.]+)` \| (\d+|–) \|)");
  for (std::sregex_iterator match(text.begin(), text.end(), row), end; match != end; ++match)
    places[{(*match)[1], (*match)[2]}] = (*match)[3] == "–" ? 0 : std::stoul((*match)[3]);
  return places;
}

TEST(Openings, EveryPlaceThatSendsIsArguedFor) {
  const auto code = places_in_code(), words = places_in_words();
  EXPECT_GE(code.size(), 20u);
  for (const auto& [place, count] : code) {
    const auto found = words.find(place);
    if (found == words.end())
      ADD_FAILURE()
          << "rep3/" << place.first << " has " << place.second
          << ", for which docs/openings.md has no row: say what it sends, to whom, and what masks it";
    else
      EXPECT_EQ(found->second, count) << "rep3/" << place.first << ", " << place.second
                                      << ": the count in docs/openings.md is not that of the code";
  }
  for (const auto& [place, count] : words)
    EXPECT_TRUE(code.contains(place)) << "docs/openings.md argues for " << place.second << " of rep3/"
                                      << place.first << ", which sends nothing of the kind";
}

TEST(Openings, EveryPurposeOfRandomnessIsNamed) {
  const auto words = content_of(kSource / "docs/openings.md");
  const auto names = purposes_of_randomness();
  EXPECT_GE(names.size(), 20u);
  for (const auto& name : names)
    EXPECT_NE(words.find('`' + name + '`'), std::string::npos)
        << name << " is not explained in docs/openings.md";
}

// Nothing outside of protocols/ sends payload but the boundary of the runtime, which the plan's costs do not
// count.
TEST(Openings, KernelsSendNothingThemselves) {
  for (const auto& entry : std::filesystem::recursive_directory_iterator(kSource / "src/kernels")) {
    const auto name = entry.path().string();
    if (!name.ends_with(".cc") || name.ends_with("_test.cc")) continue;
    EXPECT_EQ(count_of(content_of(entry.path()), R"(rounds\(\)\s*\.\s*(send|receive)\()"), 0u) << name;
  }
}

}  // namespace
