// A regression as a program for the compiler: the whole course of training in StableHLO, one function for
// each phase (passes/course). Everything in it is public.
//
// With x_p the columns of party p, w_p their weights, c the intercept, B rows in a batch and n training rows:
//   z = sum_p x_p w_p + c,   p = 1 / (1 + e^-z)   (linear: p = z)
//   e = s p - t,             t = s y: s the row's class weight, which is the label owner's secret; or e = p -
//   y u_p' = momentum u_p + (rate / B) x_p^T e + rate l2 w_p,   w_p' = w_p - u_p'      (the intercept without
//   l2)
// which is SGD on mean loss + l2/2 |w|^2, where the mean weights rows by s.
//
// Measuring. The label's owner gives a matrix Y with a row for each test row, which is zero in rows that only
// fill the last batch up. All that is measured is linear in Y: one product Y^T M per batch, M made of scores
// alone. Means want 1/n, which is rounded where it multiplies a sum: Y carries 2^k/n, between 1 and 2, and
// the program 2^-k, which is exact.
//   logistic: Y = (y, 1, y n/P, (1-y) n/N), with P and N the positives and negatives among the n test rows;
//             M = (softplus(z), z, 1, [z >= 0]) and ([z - c >= t_1], ..., [z - c >= t_T])
//   accuracy = mean of (1 - y) + (2y - 1) [z >= 0];   loss = mean of softplus(z) - y z
//   tpr_t, fpr_t = columns of Y^T M / n;  AUC = their trapezoids' area from (1, 1) to (0, 0);
//   KS = max |tpr - fpr|
//   linear:   Y = (y, 1, y^2), M = (z^2, z, 1);  loss = mean of z^2 - 2 y z + y^2
// So prevalences need no division and stay secret. Buckets are between thresholds t around the mean of the
// score, which is 0 without the intercept (columns are centred): dense near it, wider outwards (thresholds()
// below), so that scores of any spread from 0.1 to 4 meet about a third of them. Rows within a bucket count
// as ties.
//
// Applied to new rows (job.h: Applied), there is no step, and z comes of weights from the parties' share
// stores; or of columns x_p that are already each owner's part of the score; or of scores z - c that an
// earlier prediction kept. Kept are z - c of all rows in order: batch after batch enters at the end of a
// state and moves the others up, so that after all batches each has its place.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "learn/linear/job.h"

namespace sotto::learn {

struct StoredFormat {
  int fraction_bits = 0, bound_bits = 0;
  std::int64_t rows = 0;
};

// What the program is for; facts that all parties know.
struct LinearSize {
  std::vector<std::string> owners;       // of tables, in the order of parties
  std::vector<std::int64_t> features;    // of each owner's; may be zero for the labels' owner
  std::int64_t rows = 0, test_rows = 0;  // as they are
  std::int64_t batch = 0, test_batch = 0;
  std::int64_t padded_test_rows = 0;                // a multiple of test_batch
  std::map<std::string, StoredFormat> stored = {};  // what share stores give, where they do
};
LinearSize size_of(const LinearJob& job, std::vector<std::string> owners, std::vector<std::int64_t> features,
                   std::int64_t rows);

std::string program_text(const LinearJob& job, const LinearSize& size);

// 2^k above: the least power of two that is no less than the number of rows.
double padded_power(std::int64_t rows);

// Of the score without the intercept, rising, symmetric around zero but for the middle one of an odd number.
std::vector<double> thresholds(std::int64_t count);

// Names of inputs and states.
inline std::string data_name(const std::string& owner) { return "x." + owner; }
inline std::string weights_name(const std::string& owner) { return "weights." + owner; }
inline constexpr const char* kIntercept = "intercept";
inline constexpr const char* kScores = "scores";
inline constexpr const char* kLabels = "labels";
inline constexpr const char* kRowWeights = "row_weights";
inline constexpr const char* kMeasures = "measures";  // Y, of test rows
inline constexpr const char* kPredictions = "predictions";
inline constexpr const char* kStop = "stop";
inline constexpr int kLabelColumns = 4;

// Scores are less than this in magnitude, and so is an intercept that its owner gives.
inline constexpr double kLargestScore = 1000;

// Rows for which Y's entries are bounded: each class has at least one test row in so many.
inline constexpr double kRarest = 1024;

}  // namespace sotto::learn
