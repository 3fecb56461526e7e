// A party's own inputs, read whole before anybody is contacted.
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "base/hash.h"
#include "base/ring.h"
#include "runtime/data.h"
#include "runtime/job.h"
#include "runtime/program.h"

namespace sotto::runtime {

class OwnInputs {
 public:
  // Throws kUsage when the job's files are not those of the plan's inputs, kSystem and kData for the files.
  OwnInputs(const Program& program, const LocalFiles& files, int self, const std::string& name);

  // Elements [offset, offset + out.size()) of the input, encoded. Throws kData.
  void fill(const plan::wire::Input& input, const plan::Value& value, std::size_t offset,
            std::span<ring::Element> out);

  // Of the file for the input that may have fewer than the plan has room for; 0 when that is not this
  // party's.
  std::uint64_t rows() const { return rows_; }

  // SHA-256 of the files, unpacked, by input.
  const std::map<std::string, Digest>& digests() const { return digests_; }

 private:
  std::map<std::string, EncodedTensor> tensors_;
  std::map<std::string, Digest> digests_;
  std::vector<double> numbers_;
  std::uint64_t rows_ = 0;
};

}  // namespace sotto::runtime
