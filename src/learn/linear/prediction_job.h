// The job file of a prediction: a model that an earlier job trained, applied to new rows; or scores that an
// earlier prediction kept secret, revealed or measured. TOML:
//
//   name = "credit-in-may"
//   kind = "logistic"                       # or "linear": what was trained
//   trained = "job.toml"                    # the job file that trained: parties, protocol and columns are
//                                           # those it names
//   model = "secret"                        # optional. "secret": the parties' shares of the model, from the
//                                           # stores that the training named. "own": each owner applies the
//                                           # weights that it learnt. By default as the training left it
//   margin_bits = 3                         # optional, as in job.h; by default the training's
//   keep = true                             # optional: the scores stay shares, in every party's `store`;
//                                           # nobody learns them
//   predicted = "may.toml"                  # instead of `trained`: the prediction that kept its scores
//
//   [reveals]
//   predictions = ["bank"]                  # who learns them; nobody if missing
//   metrics = ["bank", "shop"]              # for rows whose labels are known
//
//   [timeouts] as in job.h
//
//   [local.bank]                            # read by bank only
//   csv = "may.csv"                         # the columns of the training by their names, in any order
//   id = "customer"                         # optional: by default the training's, as identity and policy are
//   label = "default"                       # likewise; read only where something is measured
//   results = "results/may"
//   store = "may.share"                     # with keep: this party's share of the scores, encrypted
//   store_key = "may.key"
//
// The columns are centred and scaled as the training did, by the owner's own record of it (own_model.h).
#pragma once

#include "learn/linear/job.h"

namespace sotto::learn {

// As the job of a regression with `applied` set and all rows held out. Throws kUsage with file, line, column
// and remedy, also about the job files that it names.
LinearJob load_prediction_job(const std::filesystem::path& file);

}  // namespace sotto::learn
