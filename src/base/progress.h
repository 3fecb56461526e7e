// How far a long run is: a bar that redraws itself on a terminal, occasional plain lines elsewhere.
#pragma once

#include <cstdint>
#include <functional>
#include <iosfwd>
#include <string>

namespace sotto {

// Where progress is shown and what time it is; tests supply their own.
struct ProgressOutput {
  std::ostream* stream;
  bool terminal;
  std::function<double()> seconds;  // a steady clock

  // Standard error, which is a terminal or not.
  static ProgressOutput standard_error();
};

// On a terminal:
//   training [######------------------]  25%  5/20  2.0 steps/s  1.50 MiB  ETA 7.50 s
// redrawn ten times a second at most; else a line of the same figures every ten seconds at most. The end is
// always shown. Used from one thread.
class Progress {
 public:
  // `total` steps of the named unit ("steps", "epochs"); 0 when not known.
  Progress(std::string title, std::int64_t total, std::string unit = "steps",
           ProgressOutput output = ProgressOutput::standard_error());
  // Ends the bar's line if finish() did not.
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // `done` steps of the total and `bytes_sent` in all so far (0 shows no bytes).
  void update(std::int64_t done, std::uint64_t bytes_sent = 0);
  // Shows the last update as final, with the time taken.
  void finish();

 private:
  std::string figures(double elapsed) const;
  void show(const std::string& line);

  std::string title_, unit_;
  std::int64_t total_, done_ = 0;
  std::uint64_t bytes_sent_ = 0;
  ProgressOutput output_;
  double started_, shown_;
  bool drawn_ = false, finished_ = false;
};

}  // namespace sotto
