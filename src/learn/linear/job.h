// The job file of a regression, as a data scientist writes it. TOML:
//
//   name = "credit"
//   protocol = "duo"                        # optional: by default the one for as many parties as there are
//   network = "wan"                         # optional: lan, wan or MBIT:ONE_WAY_MS, which the plan is for
//   margin_bits = 3                         # optional, 0 to 8: by how many bits numbers may outgrow those of
//                                           # the sample before the guard fails the job
//
//   [parties.bank]                          # who computes, in this order; the label's owner and others
//   address = "127.0.0.1:7001"
//   fingerprint = "ab12..."                 # of the party's certificate: `sotto certs show`
//   [parties.shop]
//   address = "127.0.0.1:7002"
//   fingerprint = "cd34..."
//   [parties.notary]                        # computes with shares, brings no table
//   ...
//   table = false
//
//   [training]
//   label_at = "bank"                       # whose table has the labels
//   epochs = 20                             # at most, with an early stop
//   batch = 64
//   learning_rate = 0.1
//   momentum = 0.9
//   l2 = 0.001                              # penalty l2/2 |w|^2 beside the mean loss;
//                                           # scikit-learn's C is 1 / (l2 rows)
//   class_weights = "balanced"              # or [1, 5], of labels 0 and 1; logistic only
//   holdout = 0.2                           # share of the rows that metrics are measured on;
//                                           # 0: on the training rows
//   early_stop = { patience = 3, tolerance = 0.0005 }   # epochs in which the loss there fell by less
//   curve = true                            # metrics after every epoch, not only at the end
//   buckets = 64                            # of scores, for AUC and KS
//   seed = 1                                # public: of the split and of the order of rows
//
//   [reveals]
//   metrics = ["bank", "shop"]              # accuracy, loss, AUC, KS; a regression's loss
//   model = "own"                           # each owner its own weights, the label's also the intercept;
//                                           # or "secret"
//   predictions = ["bank"]                  # of the held-out rows; nobody if missing
//
//   [timeouts] connect, stall and [checkpoint] every_steps, every_seconds are those of runtime/job.h.
//
//   [local.bank]                            # read by bank only
//   identity = "certs/bank"
//   csv = "bank.csv"
//   id = "customer"                         # optional: compared with the others' before anything else
//   label = "default"
//   features = ["age", "income"]            # optional: all other columns
//   without = ["name"]                      # optional: but these
//   scale = true                            # to deviation 1; columns are centred anyway
//   results = "results"                     # directory: model, predictions, metrics, and what a resumed
//                                           # run needs
//   policy = "bank.policy.toml"             # optional
//   store = "bank.share"                    # optional, with store_key: its share of the model, encrypted
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/hash.h"
#include "learn/table.h"
#include "runtime/job.h"

namespace sotto::learn {

enum class Regression { kLogistic, kLinear };

struct LinearParty {
  std::string name, address, fingerprint;
  bool table = true;
};

struct EarlyStop {
  int patience = 3;
  double tolerance = 0.001;
};

struct LinearTraining {
  std::string label_at;
  std::int64_t epochs = 10, batch = 64, buckets = 64;
  double learning_rate = 0.1, momentum = 0.9, l2 = 0, holdout = 0.2;
  bool balanced = false;
  std::optional<std::pair<double, double>> class_weights;  // of labels 0 and 1
  std::optional<EarlyStop> early_stop;
  bool curve = false;
  std::uint64_t seed = 1;

  bool weighted() const { return balanced || class_weights.has_value(); }
  bool every_epoch() const { return curve || early_stop.has_value(); }
};

// The least learning_rate / batch: steps are written with nine bits of it at least.
inline constexpr double kSmallestStep = 0x1p-18;

struct LinearReveals {
  std::vector<std::string> metrics, predictions;
  bool model = false;  // each owner its own
};

// What only its party reads.
struct LinearLocal {
  std::filesystem::path identity, csv, results;
  TableLayout layout;
  bool scale = true;
  std::optional<std::filesystem::path> policy, store, store_key;
  // Of a job that applies what an earlier one learnt: where that one's results are, and what it stored.
  std::filesystem::path earlier_results;
  std::optional<std::filesystem::path> load, load_key;
};

// Where the scores of an applied model come from.
enum class Scores {
  kStored,  // the parties' shares of a secret model, and their columns
  kOwn,     // each owner knows its weights: it brings its part of every score
  kKept,    // the parties' shares of scores that an earlier job kept
};

// A job that applies what an earlier one learnt instead of training (prediction_job.h).
struct Applied {
  Scores scores = Scores::kStored;
  bool keep = false;    // the scores stay shares, in every party's store
  std::string trained;  // the job that trained
  std::string earlier;  // the job that stored what is loaded: that one, or one that kept scores
  Digest agreement{};   // of the earlier job
};

struct LinearJob {
  Regression kind = Regression::kLogistic;
  std::string name, protocol, network;
  int margin_bits = 2;
  std::vector<LinearParty> parties;
  LinearTraining training;
  LinearReveals reveals;
  double connect_seconds = 60, stall_seconds = 8;
  runtime::CheckpointSchedule checkpoint;
  std::map<std::string, LinearLocal> local;
  std::optional<Applied> applied;

  bool measures() const { return !reveals.metrics.empty(); }
  // Whether the party's table gives labels: always in training, else where something is measured.
  bool labels_from(std::string_view party) const {
    return party == training.label_at && (!applied || measures());
  }
  std::size_t index_of(std::string_view party) const;  // throws kUsage
  const LinearLocal& local_of(std::string_view party) const;
};

// Throw kUsage with file, line, column and remedy. Total on arbitrary text.
LinearJob parse_linear_job(Regression kind, std::string_view text, const std::string& file_name,
                           const std::filesystem::path& directory);
LinearJob load_linear_job(Regression kind, const std::filesystem::path& file);

// SHA-256 of a canonical text of everything but `local`: what the parties agree on.
Digest agreement_of(const LinearJob& job);

}  // namespace sotto::learn
