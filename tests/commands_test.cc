// The commands as users type them: exit codes by kind of error, messages with a hint, nothing lost.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <sys/wait.h>

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "local_job.h"

namespace sotto::tests {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

struct Result {
  int code;
  std::string text;  // both streams
};

Result sotto(const std::string& arguments) {
  const auto command = std::string(SOTTO_BINARY_DIR) + "/sotto " + arguments + " 2>&1";
  FILE* pipe = ::popen(command.c_str(), "r");
  std::string text, piece(65536, '\0');
  for (std::size_t count; (count = std::fread(piece.data(), 1, piece.size(), pipe)) > 0;)
    text.append(piece, 0, count);
  const int status = ::pclose(pipe);
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, text};
}

int code(ErrorKind kind) { return static_cast<int>(kind); }

TEST(Commands, RunAJobAndReportIt) {
  LocalJob job(20);
  const auto result = sotto("run " + job.job_files[0].string() + " --json 2>/dev/null");
  ASSERT_EQ(result.code, 0) << result.text;
  const auto report = nlohmann::json::parse(result.text);
  const auto& step = report.at("phases").at(1);
  EXPECT_EQ(step.at("runs"), 20);
  EXPECT_EQ(step.at("rounds_measured"), step.at("rounds_predicted"));
  EXPECT_EQ(step.at("bytes_all_measured"), step.at("bytes_all_predicted"));
  EXPECT_EQ(report.at("operations").at("compare").at("bytes_all_measured"),
            report.at("operations").at("compare").at("bytes_all_predicted"));
}

TEST(Commands, ShowAndCostAPlan) {
  LocalJob job(20);
  const auto shown = sotto("plan show " + job.plan_file.string());
  EXPECT_EQ(shown.code, 0);
  EXPECT_THAT(shown.text, AllOf(HasSubstr("compare"), HasSubstr("block step: "), HasSubstr("digest"),
                                HasSubstr("learnt: ")));
  const auto cost = sotto("cost " + job.plan_file.string() + " --network 100:10 --json");
  ASSERT_EQ(cost.code, 0) << cost.text;
  const auto json = nlohmann::json::parse(cost.text);
  EXPECT_GT(json.at("network_seconds").get<double>(), 20 * 0.010);
  EXPECT_EQ(json.at("phases").at(1).at("runs"), 20);
  EXPECT_TRUE(json.at("choices").contains("step"));
  EXPECT_EQ(sotto("cost " + job.plan_file.string() + " --network fast").code, code(ErrorKind::kUsage));
}

TEST(Commands, HelpNamesTheCommandThatPeopleType) {
  for (const char* command : {"party", "doctor", "plan show", "certs init", "cost"}) {
    const auto help = sotto(std::string(command) + " --help");
    EXPECT_EQ(help.code, 0) << help.text;
    EXPECT_THAT(help.text,
                AllOf(HasSubstr(std::string("Usage: sotto ") + command), Not(HasSubstr("sotto-party"))));
  }
}

TEST(Commands, ARunWritesItsPage) {
  LocalJob job(20);
  const auto page = job.directory.path() / "report.html";
  const auto result =
      sotto("run " + job.job_files[0].string() + " --json --report " + page.string() + " 2>/dev/null");
  ASSERT_EQ(result.code, 0) << result.text;
  const auto report = nlohmann::json::parse(result.text);
  const auto html = read_file(page);
  const auto& step = report.at("phases").at(1);
  for (const auto& number : {step.at("bytes_all_measured"), step.at("rounds_measured"), step.at("seconds")})
    EXPECT_THAT(html, HasSubstr("data-value=\"" + number.dump() + "\""));
  for (const auto& party : report.at("security").at("parties"))
    EXPECT_THAT(html, HasSubstr(party.at("fingerprint").get<std::string>()));
  EXPECT_THAT(html, AllOf(HasSubstr("Finished"), HasSubstr("Honest majority"), Not(HasSubstr("http:")),
                          Not(HasSubstr("https:"))));
}

TEST(Commands, AFailedRunWritesAPageToo) {
  LocalJob job(20);
  write_file(job.directory.path() / "x0.npy", "1,2\n3,many\n");
  const auto page = job.directory.path() / "report.html";
  EXPECT_EQ(sotto("run " + job.job_files[0].string() + " --report " + page.string()).code,
            code(ErrorKind::kData));
  EXPECT_THAT(read_file(page),
              AllOf(HasSubstr("Failed"), HasSubstr("not a finite number"), HasSubstr("Security card")));
  EXPECT_EQ(sotto("run " + job.job_files[0].string() + " --report /none/page.html").code,
            code(ErrorKind::kSystem));
}

TEST(Commands, CertificatesAreMadeOnce) {
  const cli::ScratchDirectory directory;
  const auto path = (directory.path() / "alice").string();
  const auto made = sotto("certs init " + path + " --name alice");
  EXPECT_EQ(made.code, 0) << made.text;
  const auto shown = sotto("certs show " + path);
  EXPECT_THAT(made.text, HasSubstr(shown.text.substr(shown.text.find("fingerprint"), 77)));
  EXPECT_EQ(sotto("certs init " + path + " --name alice").code, code(ErrorKind::kIdentity));
}

TEST(Commands, ErrorsSayWhatToDo) {
  const cli::ScratchDirectory directory;
  const auto missing = sotto("run " + (directory.path() / "none.toml").string());
  EXPECT_EQ(missing.code, code(ErrorKind::kUsage));
  EXPECT_THAT(missing.text, AllOf(HasSubstr("cannot read"), HasSubstr("hint:")));
  const auto garbage = directory.path() / "garbage.plan";
  write_file(garbage, std::string(1000, '\xff'));
  const auto shown = sotto("plan show " + garbage.string());
  EXPECT_EQ(shown.code, code(ErrorKind::kPlan));
  EXPECT_THAT(shown.text, AllOf(HasSubstr("not a plan"), HasSubstr("hint:")));
  EXPECT_EQ(sotto("fly").code, code(ErrorKind::kUsage));
  EXPECT_EQ(sotto("").code, code(ErrorKind::kUsage));
  EXPECT_EQ(sotto("--help").code, 0);
}

TEST(Commands, AnUnknownPartyAndAMissingFileAreNamed) {
  LocalJob job(20);
  const auto unknown = sotto("party --job " + job.job_files[0].string() + " --as mallory");
  EXPECT_EQ(unknown.code, code(ErrorKind::kUsage));
  EXPECT_THAT(unknown.text, HasSubstr("no party called \"mallory\""));
  std::filesystem::remove(job.directory.path() / "x0.npy");
  const auto result = sotto("run " + job.job_files[0].string());
  EXPECT_EQ(result.code, code(ErrorKind::kSystem));
  EXPECT_THAT(result.text,
              AllOf(HasSubstr("[party0] sotto: system error: cannot read"), HasSubstr("x0.npy")));
}

TEST(Commands, AMalformedFileIsNamed) {
  LocalJob job(20);
  write_file(job.directory.path() / "x0.npy", "1,2\n3,many\n");
  const auto result = sotto("run " + job.job_files[0].string());
  EXPECT_EQ(result.code, code(ErrorKind::kData));
  EXPECT_THAT(result.text, HasSubstr("x0.npy: CSV, line 2, column 2: not a finite number"));
}

TEST(Commands, AResultWithoutAPlaceIsRefusedBeforeTheRun) {
  LocalJob job(20);
  const auto text = replaced(read_file(job.job_files[1]), "[local.\"party1\"]\n",
                             "[local.\"party1\"]\nstore = \"none/model.share\"\nstore_key = \"model.key\"\n");
  write_file(job.job_files[1], text);
  const auto result = sotto("party --as party1 --job " + job.job_files[1].string());
  EXPECT_EQ(result.code, code(ErrorKind::kSystem));
  EXPECT_THAT(result.text,
              AllOf(HasSubstr("cannot write"), HasSubstr("none/model.share"), HasSubstr("hint:")));
}

TEST(Commands, ATrainedModelIsNotReplacedUnasked) {
  LocalJob job(20);
  const auto store = job.directory.path() / "model.share", key = job.directory.path() / "model.key";
  const auto file = job.directory.path() / "job.toml";
  auto text = read_file(job.job_files[0]);
  for (const char* party : {"party0", "party1", "party2"})
    text = replaced(text, fmt::format("[local.\"{}\"]\n", party),
                    fmt::format("[local.\"{}\"]\nstore = \"{}.{}\"\nstore_key = \"{}.{}\"\n", party,
                                store.string(), party, key.string(), party));
  write_file(file, text);
  EXPECT_EQ(sotto("run " + file.string()).code, 0);
  const auto first = read_file(store.string() + ".party0");
  const auto again = sotto("run " + file.string());
  EXPECT_EQ(again.code, code(ErrorKind::kUsage));
  EXPECT_THAT(again.text, AllOf(HasSubstr("model.share.party0 holds party0's share of a trained model"),
                                HasSubstr("--overwrite")));
  EXPECT_EQ(read_file(store.string() + ".party0"), first);
  EXPECT_EQ(sotto("run --overwrite " + file.string()).code, 0);
  EXPECT_NE(read_file(store.string() + ".party0"), first);
}

TEST(Commands, MisspeltNamesAreMetWithThoseThatAreKnown) {
  LocalJob job(20);
  const auto good = read_file(job.job_files[0]);
  const auto said = [&](const std::string& from, const std::string& to) {
    write_file(job.job_files[0], replaced(good, from, to));
    const auto result = sotto("party --as party0 --job " + job.job_files[0].string());
    EXPECT_EQ(result.code, code(ErrorKind::kUsage)) << result.text;
    return result.text;
  };
  EXPECT_THAT(said("\"x0\" =", "\"xo\" ="),
              AllOf(HasSubstr("\"xo\", which is no input of its role"), HasSubstr("It provides: x0, x1.")));
  EXPECT_THAT(said("role = \"party0\"", "role = \"pary0\""),
              AllOf(HasSubstr("party0.toml:"), HasSubstr("has role \"pary0\""),
                    HasSubstr("roles are: party0, party1, party2.")));
}

TEST(Commands, ValuesOutOfRangeAreErrorsThatDoNotShowThem) {
  LocalJob job(20);
  auto text = read_file(job.directory.path() / "x0.npy");
  const double secret = 123456789;
  std::memcpy(text.data() + text.size() - sizeof secret, &secret, sizeof secret);
  write_file(job.directory.path() / "x0.npy", text);
  const auto result = sotto("run " + job.job_files[0].string());
  EXPECT_EQ(result.code, code(ErrorKind::kData));
  EXPECT_THAT(result.text, AllOf(HasSubstr("element"), testing::Not(HasSubstr("123456789"))));
}

TEST(Commands, APolicyIsObeyed) {
  LocalJob job(20);
  const auto policy = job.directory.path() / "policy.toml";
  write_file(policy, "protocols = [\"duo\"]\n");
  write_file(job.job_files[1], replaced(read_file(job.job_files[1]), "[local.\"party1\"]\n",
                                        "[local.\"party1\"]\npolicy = \"" + policy.string() + "\"\n"));
  const auto result = sotto("party --as party1 --job " + job.job_files[1].string());
  EXPECT_EQ(result.code, code(ErrorKind::kPolicy));
  EXPECT_THAT(result.text, HasSubstr("does not allow protocol rep3"));
}

TEST(Commands, BenchKernelGivesTheKeysOfTheInterface) {
  for (const char* kernel : {"--protocol rep3 --op compare", "--protocol duo --op relu --bits 20"}) {
    const auto result =
        sotto(fmt::format("bench kernel {} --elements 1000 --repeats 3 --json 2>/dev/null", kernel));
    ASSERT_EQ(result.code, 0) << result.text;
    const auto json = nlohmann::json::parse(result.text);
    for (const char* key :
         {"seconds", "rounds", "bytes_all", "online_seconds", "online_bytes", "setup_seconds", "setup_bytes"})
      EXPECT_TRUE(json.contains(key)) << key;
    EXPECT_EQ(json.at("bytes_all"), json.at("predicted_bytes")) << kernel;
  }
  EXPECT_EQ(sotto("bench kernel --op nonsense").code, code(ErrorKind::kUsage));
}

// The weights that two parties trained in secret are those of plain training, in whole epochs and in batches.
TEST(Commands, BenchNebulaTrainsAsPlainTrainingDoes) {
  for (const int batches : {1, 8}) {
    const auto result = sotto(fmt::format(
        "bench nebula --features 6 --epochs 2 --batches {} --mbit 1000 --delay-ms 0.05 --json 2>/dev/null",
        batches));
    ASSERT_EQ(result.code, 0) << result.text;
    const auto json = nlohmann::json::parse(result.text);
    for (const char* key : {"seconds", "setup_seconds", "setup_bytes", "rounds", "compute_seconds"})
      EXPECT_GT(json.at(key).get<double>(), 0) << key;
    EXPECT_EQ(json.at("bytes_all_measured"), json.at("bytes_each_way").at(0).get<std::uint64_t>() +
                                                 json.at("bytes_each_way").at(1).get<std::uint64_t>());
    // Errors of probabilities are some 2^-17, features below 1, and a step adds up 1,024 of them divided by
    // 1,024.
    EXPECT_LT(json.at("largest_error").get<double>(), 2 * batches * 0x1p-16) << batches;
  }
  EXPECT_EQ(sotto("bench nebula --features 7").code, code(ErrorKind::kUsage));
  EXPECT_EQ(sotto("bench nebula --batches 3").code, code(ErrorKind::kUsage));
  EXPECT_EQ(sotto("bench nebula --mbit 0").code, code(ErrorKind::kUsage));
}

}  // namespace
}  // namespace sotto::tests
