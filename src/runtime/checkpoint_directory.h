// Where one party keeps the checkpoints of one job: a directory of sealed files, locked by the process that
// uses it.
//
//   run-300-1f2e3d4c.pending      this party holds it, and does not know yet that all others do
//   run-300-1f2e3d4c.checkpoint   all parties hold it
//
// Every name stands for a whole file (sealed_file.h), at any moment a process may die. A pending file that
// all parties turn out to hold is as good as any.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "runtime/checkpoint.h"

namespace sotto::runtime {

class CheckpointDirectory {
 public:
  // Makes the directory when it is missing (mode 0700), locks it, removes what was never finished. Throws
  // kSystem: it cannot be made, or another process uses it.
  CheckpointDirectory(std::filesystem::path path, std::filesystem::path key_file, CheckpointOwner owner);
  ~CheckpointDirectory();
  CheckpointDirectory(const CheckpointDirectory&) = delete;
  CheckpointDirectory& operator=(const CheckpointDirectory&) = delete;

  // Of the checkpoints there, those of this owner that are whole, newest first; why others are not used is
  // added to `complaints`.
  std::vector<CheckpointMark> usable(std::vector<std::string>& complaints) const;
  bool empty() const { return files().empty(); }
  // Throws kData when it is not usable after all.
  Checkpoint load(const CheckpointMark& mark) const;

  // Throws kSystem when the disk does not take it; nothing of it is left then.
  void write_pending(const CheckpointMark& mark, double seconds, const std::map<std::string, Digest>& inputs,
                     Snapshot snapshot);
  // All parties hold it: it stays, and beside it the newest before it; all others go.
  void commit(const CheckpointMark& mark);
  void remove(const CheckpointMark& mark);
  // A run goes on from this one, which all parties hold: it is committed, and what lies after it did not
  // happen. Or it begins without one: all go.
  void begin(const std::optional<CheckpointMark>& from);

  const std::filesystem::path& path() const { return path_; }

 private:
  std::vector<std::filesystem::path> files() const;
  std::filesystem::path file(const CheckpointMark& mark, std::string_view suffix) const;
  std::filesystem::path existing(const CheckpointMark& mark) const;
  Checkpoint read(const std::filesystem::path& file) const;
  void lock();

  std::filesystem::path path_, key_file_;
  CheckpointOwner owner_;
  int lock_ = -1;
};

}  // namespace sotto::runtime
