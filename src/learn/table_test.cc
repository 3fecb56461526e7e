#include "learn/table.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace sotto::learn {
namespace {

constexpr const char* kBank =
    "id,age,income,default\n"
    "ann,31,2.5e3,0\n"
    "\"bob, jr\",-4.25,+1,1\r\n"
    "\n"
    "\"the \"\"third\"\"\",0, 7 ,0";

TEST(Table, ReadsColumnsByTheirNames) {
  const auto table =
      parse_table(kBank, {.id = "id", .label = "default", .features = {}, .without = {}}, "bank.csv");
  EXPECT_EQ(table.rows, 3u);
  EXPECT_EQ(table.features, (std::vector<std::string>{"age", "income"}));
  EXPECT_EQ(table.ids, (std::vector<std::string>{"ann", "bob, jr", "the \"third\""}));
  EXPECT_EQ(table.labels, (std::vector<double>{0, 1, 0}));
  EXPECT_EQ(table.values, (std::vector<double>{31, 2500, -4.25, 1, 0, 7}));
}

TEST(Table, TakesTheFeaturesAskedForInTheirOrder) {
  const auto some =
      parse_table(kBank, {.id = "id", .label = "", .features = {"default", "age"}, .without = {}}, "b");
  EXPECT_EQ(some.features, (std::vector<std::string>{"default", "age"}));
  EXPECT_EQ(some.values, (std::vector<double>{0, 31, 1, -4.25, 0, 0}));
  const auto rest = parse_table(kBank, {.id = "id", .label = "", .features = {}, .without = {"income"}}, "b");
  EXPECT_EQ(rest.features, (std::vector<std::string>{"age", "default"}));
}

TEST(Table, SkipsAByteOrderMark) {
  const auto table = parse_table("\xef\xbb\xbfx\n1\n", {}, "t.csv");
  EXPECT_EQ(table.features, (std::vector<std::string>{"x"}));
}

struct Bad {
  const char *text, *message;
  TableLayout layout;
};

std::string message_of(const Bad& bad) {
  try {
    parse_table(bad.text, bad.layout, "t.csv");
  } catch (const Error& error) {
    return error.message() + " / " + error.hint();
  }
  return "nothing was wrong";
}

TEST(Table, SaysWhereAndWhatIsWrong) {
  const TableLayout label{.id = "", .label = "y", .features = {}, .without = {}};
  const TableLayout id{.id = "id", .label = "", .features = {}, .without = {}};
  for (const auto& bad : std::vector<Bad>{
           {"", "t.csv is empty", {}},
           {"a,b\n", "t.csv has a header and no rows", {}},
           {"a,b\n1,2\n3,old\n", "t.csv:3: column \"b\" holds text where a number must stand", {}},
           {"a,b\n1,2\n\n3,1x\n", "t.csv:4: column \"b\" holds text", {}},
           {"a,b\n1,\n", "t.csv:2: column \"b\" has no value", {}},
           {"a,b\n1,NA\n", "t.csv:2: column \"b\" has no value", {}},
           {"a,b\n1,inf\n", "t.csv:2: column \"b\" holds a number that is too large", {}},
           {"a,b\n1,1e999\n", "t.csv:2: column \"b\" holds a number that is too large", {}},
           {"a,b\n1,2,3\n", "t.csv:2: has 3 fields, the header 2", {}},
           {"a,b\n1\n", "t.csv:2: has 1 fields, the header 2", {}},
           {"a,a\n1,2\n", "t.csv:1: two columns are called \"a\"", {}},
           {"a,b\n1,2\n", "t.csv has no column \"y\", which `label` names / Its columns are a, b.", label},
           {"a,b\n1,\"2\n", "t.csv:2: has a quote that is never closed", {}},
           {"a,b\n1,\"2\"3\n", "t.csv:2: has text after a closing quote", {}},
           {"id,b\n,2\n", "t.csv:2: column \"id\" has no id", id},
           {"id\nann\n", "t.csv:1: has neither features nor a label", id},
           {"y,a\n1,2\n",
            "the label \"y\" is among the features",
            {.id = "", .label = "y", .features = {"y"}, .without = {}}}})
    EXPECT_NE(message_of(bad).find(bad.message), std::string::npos)
        << bad.text << "\n  says: " << message_of(bad);
}

TEST(Table, NeverTellsAValue) {
  EXPECT_EQ(message_of({"age\nsecret-42\n", "", {}}).find("secret"), std::string::npos);
}

}  // namespace
}  // namespace sotto::learn
