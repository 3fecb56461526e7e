#include "learn/linear/stored.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "learn/linear/own_model.h"
#include "runtime/store.h"

namespace sotto::learn {
namespace {

// The share must be of the run that the party's record is of: centring and weights belong together.
void check_sharing(const LinearJob& job, const std::string& party, const std::string& sharing) {
  const auto& local = job.local_of(party);
  const bool kept = job.applied->scores == Scores::kKept;
  if (!kept && !job.parties[job.index_of(party)].table) return;
  const auto recorded = kept ? load_kept_rows(job, party).sharing : load_own_model(job, party).sharing;
  if (recorded == sharing) return;
  const auto record = kept ? kept_rows_file(local.earlier_results) : own_model_file(local.earlier_results);
  throw Error(ErrorKind::kData,
              fmt::format("{} and {} are of two different runs of job \"{}\"", local.load->string(),
                          record.string(), job.applied->earlier),
              "Each run writes both; take both of the same one, or run that job again.");
}

}  // namespace

Stored read_stored(const LinearJob& job, const std::string& party) {
  Stored stored;
  if (job.applied->scores == Scores::kOwn) return stored;
  const auto& local = job.local_of(party);
  const auto &file = *local.load, &key = *local.load_key;
  for (const auto& path : {file, key})
    if (!std::filesystem::exists(path))
      throw Error(
          ErrorKind::kSystem, fmt::format("there is no {}", path.string()),
          fmt::format("It is {}'s share of what job \"{}\" learnt, or its key: was that job run to its "
                      "end, and by this party?",
                      party, job.applied->earlier));
  const auto bundle = runtime::load_bundle(file, key);
  if (bundle.job != job.applied->earlier)
    throw Error(ErrorKind::kData,
                fmt::format("{} is of job \"{}\", this is about \"{}\"", file.string(), bundle.job,
                            job.applied->earlier),
                "Name the job file that stored it, or the store of that job.");
  if (bundle.party != party)
    throw Error(ErrorKind::kData,
                fmt::format("{} is {}'s share, this party is {}", file.string(), bundle.party, party),
                "Each party loads its own: see `store` in the earlier job's [local] table.");
  stored.sharing = to_hex(bundle.sharing);
  for (const auto& share : bundle.shares)
    stored.formats[share.name] = {share.fraction_bits, share.bound_bits,
                                  share.share.shape.empty() ? 1 : share.share.shape.front()};
  check_sharing(job, party, stored.sharing);
  return stored;
}

void check_fit(const LinearJob& job, const LinearSize& size,
               const std::map<std::string, StoredFormat>& stored) {
  if (job.applied->scores == Scores::kOwn) return;
  const auto require = [&](const std::string& name, std::int64_t rows, const std::string& what) {
    const auto found = stored.find(name);
    if (found == stored.end())
      throw Error(ErrorKind::kData,
                  fmt::format("what job \"{}\" stored has no {}", job.applied->earlier, what),
                  "Was it the same regression, of the same parties?");
    if (found->second.rows != rows)
      throw Error(ErrorKind::kData,
                  fmt::format("what job \"{}\" stored is of {}, {} are brought now: {}", job.applied->earlier,
                              found->second.rows, rows, what),
                  "The columns, or for kept scores the rows, must be those of that job.");
  };
  require(kIntercept, 1, "intercept");
  if (job.applied->scores == Scores::kKept) return require(kScores, size.padded_test_rows, "rows' scores");
  std::size_t owners = 0;
  for (std::size_t i = 0; i < size.owners.size(); ++i) {
    if (size.features[i] == 0) continue;
    require(weights_name(size.owners[i]), size.features[i], fmt::format("columns of {}", size.owners[i]));
    ++owners;
  }
  if (owners + 1 != stored.size())
    throw Error(ErrorKind::kData,
                fmt::format("job \"{}\" learnt of columns of {} parties, {} bring some now",
                            job.applied->earlier, stored.size() - 1, owners),
                "Every owner of columns takes part in a prediction.");
}

}  // namespace sotto::learn
