#include "learn/linear/job.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace sotto::learn {
namespace {

const std::string kParties = R"(
[parties.bank]
address = "127.0.0.1:7001"
fingerprint = "aa"
[parties.shop]
address = "127.0.0.1:7002"
fingerprint = "bb"
)";
const std::string kLocal = R"(
[local.bank]
identity = "certs/bank"
csv = "bank.csv"
id = "customer"
label = "default"
results = "out"
)";

LinearJob parse(const std::string& text, Regression kind = Regression::kLogistic) {
  return parse_linear_job(kind, text, "job.toml", "/jobs");
}

TEST(LinearJob, IsReadWithItsDefaults) {
  const auto job = parse("name = \"credit\"\n[training]\nlabel_at = \"bank\"\n" + kParties + kLocal);
  EXPECT_EQ(job.protocol, "duo");
  EXPECT_EQ(job.training.label_at, "bank");
  EXPECT_FALSE(job.training.weighted());
  EXPECT_FALSE(job.training.every_epoch());
  EXPECT_EQ(job.local_of("bank").csv, "/jobs/bank.csv");
  EXPECT_TRUE(job.local_of("bank").scale);
  EXPECT_EQ(job.index_of("shop"), 1u);
}

TEST(LinearJob, IsReadWithAllThatItCanSay) {
  const auto job = parse(R"(name = "credit"
network = "wan"
margin_bits = 4
[training]
label_at = "bank"
epochs = 7
batch = 32
learning_rate = 0.5
momentum = 0
l2 = 0.25
class_weights = [1, 4.5]
holdout = 0.3
early_stop = { patience = 2, tolerance = 0.01 }
curve = true
buckets = 16
seed = 9
[reveals]
metrics = ["bank", "shop"]
model = "own"
predictions = ["bank"]
[timeouts]
connect = 5
[checkpoint]
every_steps = 10
)" + kParties + kLocal);
  EXPECT_EQ(job.training.epochs, 7);
  EXPECT_EQ(job.margin_bits, 4);
  EXPECT_EQ(job.training.class_weights, (std::pair{1.0, 4.5}));
  EXPECT_EQ(job.training.early_stop->patience, 2);
  EXPECT_DOUBLE_EQ(job.training.early_stop->tolerance, 0.01);
  EXPECT_TRUE(job.reveals.model);
  EXPECT_EQ(job.connect_seconds, 5);
  EXPECT_EQ(job.checkpoint.every_steps, 10u);
}

// Whatever is public is agreed on; what is local is not.
TEST(LinearJob, AgreementIsAboutAllButTheLocalTables) {
  const std::string head = "name = \"credit\"\n[training]\nlabel_at = \"bank\"\n";
  const auto agreement = agreement_of(parse(head + kParties + kLocal));
  EXPECT_EQ(agreement, agreement_of(parse(head + kParties)));
  EXPECT_NE(agreement, agreement_of(parse("margin_bits = 3\n" + head + kParties)));
  for (const char* more :
       {"epochs = 3\n", "batch = 3\n", "learning_rate = 3\n", "momentum = 0.3\n", "l2 = 0.3\n",
        "holdout = 0.3\n", "curve = true\n", "buckets = 3\n", "seed = 3\n", "class_weights = \"balanced\"\n",
        "class_weights = [1, 2]\n", "early_stop = { patience = 2 }\n", "[reveals]\nmetrics = [\"bank\"]\n",
        "[reveals]\nmodel = \"own\"\n", "[reveals]\npredictions = [\"shop\"]\n"})
    EXPECT_NE(agreement, agreement_of(parse(head + more + kParties))) << more;
}

TEST(LinearJob, SaysWhatIsWrongAndWhere) {
  struct Bad {
    std::string text, message;
    Regression kind = Regression::kLogistic;
  };
  const std::string head = "name = \"credit\"\n", training = "[training]\nlabel_at = \"bank\"\n";
  for (const auto& bad : std::vector<Bad>{
           {head + kParties, "lacks the table [training]"},
           {head + "margin_bits = 9\n" + training + kParties, "margin_bits must be a number from 0 to 8"},
           {head + "[training]\n" + kParties, "training lacks \"label_at\""},
           {head + "[training]\nlabel_at = \"mill\"\n" + kParties,
            "training names \"mill\", who is no party"},
           {head + training + "epochs = 0\n" + kParties, "training.epochs must be a number from 1 to 10000"},
           {head + training + "epochs = 1.5\n" + kParties, "training.epochs must be a whole number"},
           {head + training + "learning_rate = 0.0001\nbatch = 64\n" + kParties,
            "training has a learning_rate / batch of 1.6e-06, below 3.8e-06"},
           {head + training + "epoch = 3\n" + kParties, "training.epoch is not known"},
           {head + training + "class_weights = [1]\n" + kParties,
            "training.class_weights must be two numbers"},
           {head + training + "class_weights = \"even\"\n" + kParties, "must be \"balanced\" or two numbers"},
           {head + training + "class_weights = [1, -1]\n" + kParties,
            "training.class_weights must hold numbers from"},
           {head + training + "class_weights = [1, 2]\n" + kParties, "training.class_weights is not known",
            Regression::kLinear},
           {head + training + "[reveals]\nmodel = \"all\"\n" + kParties, "must be \"secret\" or \"own\""},
           {head + training + "[reveals]\nmetrics = [\"mill\"]\n" + kParties, "reveals names \"mill\""},
           {"name = \"a/b\"\n" + training + kParties, "name must be letters, digits, - and _ only"},
           {head + training + "[parties.bank]\naddress = \"a:1\"\nfingerprint = \"aa\"\n", "parties are 1"},
           {head + training + kParties +
                "[local.shop]\nidentity = \"i\"\ncsv = \"c\"\nresults = \"r\"\nlabel = \"y\"\n",
            "table of shop names a `label` column, but label_at is bank"},
           {head + training + kParties + "[local.bank]\nidentity = \"i\"\ncsv = \"c\"\nresults = \"r\"\n",
            "table of bank names no `label` column"},
           {head + training + kParties + "[local.bank]\nidentity = \"i\"\n", "lacks \"results\""}}) {
    try {
      parse(bad.text, bad.kind);
      ADD_FAILURE() << "nothing was wrong with\n" << bad.text;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kUsage);
      EXPECT_NE(error.message().find(bad.message), std::string::npos) << error.message();
      EXPECT_NE(error.message().find("job.toml:"), std::string::npos) << error.message();
    }
  }
}

}  // namespace
}  // namespace sotto::learn
