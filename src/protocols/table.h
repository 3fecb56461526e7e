// The table of implementations: what a protocol offers, one row per operation. Nothing above protocols/ names
// a protocol; kernels call the typed functions of operations.h, which look their row up here.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/convolution.h"
#include "base/ring.h"
#include "base/task.h"
#include "protocols/context.h"
#include "protocols/share.h"

namespace sotto::protocols {

// ---- Arguments of the operations
// -------------------------------------------------------------------------------

// scale * share, added to the product; `row` addends have the extent of the last axis and are added to every
// row.
struct Addend {
  Share share;
  ring::Element scale = 1;
  bool row = false;
};

// What happens to the (truncated) sum before it is shared again.
enum class Then : std::uint8_t {
  kNothing,
  kRelu,    // result 0 is max(v, 0), result 1 the Boolean v >= 0
  kSelect,  // result 0 is v where the selector is one, 0 elsewhere
};

// What a comparison spends: bytes, or rounds. Same results.
enum class Effort : std::uint8_t {
  kFewBytes,
  kBalanced,   // a round less for windows up to 33 bits, for some more bytes
  kFewRounds,  // the fewest rounds, for tens of times the bytes
};

// Random projections of each group of a probed tensor (probes.h): a bound's violation is missed with
// 2^-kProbes.
inline constexpr std::int64_t kProbes = 48;

// v = (product_scale * (a op b) + sum of addends) / 2^truncate_bits, then `then`.
struct Contraction {
  enum class Product : std::uint8_t { kNone, kElementwise, kMatmul, kConvolution };
  Product product = Product::kNone;
  // elementwise: equal shapes. matmul: matrices, transposed first where the flags say so. convolution: a is
  // lhs, b rhs.
  Share a, b;
  bool transpose_a = false, transpose_b = false;
  bool same_operand = false;  // b is a, the same value: a square may cost less
  // Where features are the result's last axis, as in all three products of a layer as JAX prints them, chunks
  // are multiplied when they are sent; in other orders the whole product is made first. What is sent is the
  // same.
  Convolution convolution;
  ring::Element product_scale = 1;
  // The network for which a protocol that can multiply in several ways chooses among them: a party's rate
  // over both directions together, or, duplex, of each.
  struct Link {
    std::int64_t kilobit_per_second = 100'000, one_way_microseconds = 20'000;
    bool duplex = true;
  } link;
  std::vector<Addend> addends;
  Shape shape;            // of the result
  int truncate_bits = 0;  // exact: the result is within one unit in the last place, with zero mean error
  Then then = Then::kNothing;
  Share selector;                     // kSelect: Boolean, of the result's shape
  int window = 64;                    // kRelu: |v| < 2^(window-1) in units of the last place
  Effort effort = Effort::kFewBytes;  // kRelu
  // Not 0: the last result holds the probes (probes.h) of v before truncation, in as many groups; shape
  // (groups, kProbes). What a comparison in a window relies on can then be checked, without v itself being
  // shared.
  std::size_t probe_groups = 0;
};

// A way in which a protocol could make a contraction's product out of what its parties hold.
struct WayToMultiply {
  std::string name;
  // Counted, of the product alone: nothing of what happens to it then.
  std::uint32_t rounds = 0;
  std::vector<std::uint64_t> bytes;  // [from * parties + to]
  // Estimates by which ways are compared: both parties' work one after the other, and all of it on a network.
  std::uint64_t work_nanoseconds = 0, nanoseconds = 0;
};

// How a contraction's product is made, and what the other ways would cost.
struct WaysToMultiply {
  int cross_terms =
      0;  // products of one party's part with the other's: none where a party knows both factors
  bool is_square = false;           // two terms that are one
  std::vector<WayToMultiply> ways;  // empty without a term
  std::size_t chosen = 0;           // for the contraction's own link
  bool is_small = false;            // so much that nothing was compared
  std::string chosen_there;         // on the network for which the seconds are
};

// A function of one variable, evaluated by pieces. The argument x (in units of its last place) satisfies
//   minimum <= x < minimum + 2^window - 2^low_bits,        low_bits = window - piece_bits.
// With u = x - minimum = base + low, 0 <= low < 2^low_bits, for a base that only the protocol's dealer knows
// (any value in
// (-2^low_bits, 2^window - 2^low_bits], not a multiple of anything) and a `low` that only the others know,
// the result is
//   sum over i of coefficients(base)[i] * basis(low)[i] / 2^truncate_bits,
// so the coefficients are fitted around `base` itself. `coefficients` sees a secret: it must not branch on or
// index by it.
struct PiecewiseFunction {
  std::string name;
  std::int64_t minimum = 0;
  int window = 0;       // bits, <= 40
  int piece_bits = 0;   // 2^piece_bits pieces, <= 8
  int terms = 1;        // coefficients per piece
  int basis_bits = 64;  // values of the basis are below 2^basis_bits
  int truncate_bits = 0;
  std::function<void(std::int64_t base, std::span<ring::Element> coefficients)> coefficients;
  std::function<void(std::uint64_t low, std::span<ring::Element> basis)> basis;
};

// How well, and over which range, the binary logarithm of a positive value is computed on the way to a
// function of it. Values v with 2^lowest <= v < 2^highest - 2^(lowest-5), in units of their last place; any v
// from -2^(lowest-5) on that is less counts as some value between 0.45 and 1.6 times 2^lowest.
struct Logarithm {
  int lowest = 0, highest = 0;
  int precision = 8;   // 6 to 19: log2 v is that of some v' with |v' - v| <= 2^(2-precision) v
  int piece_bits = 2;  // of the function: 2 to 6

  bool fits() const {
    return precision >= 6 && precision <= 19 && piece_bits >= 2 && piece_bits <= 6 && lowest >= 0 &&
           highest > lowest && highest <= 62 &&
           (lowest > precision ? highest : highest - lowest + precision) <= 57;
  }

  // Of log2(v / 2^lowest), which is at least minimum() and the argument of a PiecewiseFunction with this
  // window and as many pieces.
  int fraction_bits() const { return precision + 2; }
  std::int64_t minimum() const { return -(std::int64_t{2} << fraction_bits()); }
  // All pieces but one cover the logarithms there are, from -2 to highest - lowest + 1.
  int whole_bits() const {
    const int pieces = 1 << piece_bits;
    int bits = 3;
    while ((pieces - 1) * (1 << bits) <= pieces * (highest - lowest + 3)) ++bits;
    return bits;
  }
  int window() const { return whole_bits() + fraction_bits(); }
};

// e^x / (sum of e^x) over the last axis, of 2 to 10 columns: of x - m for a column m of the row that is more
// than its maximum minus 2^(dropped_bits+1) units, which makes no difference but that powers may be above
// one.
//   y = P(x - m) * R(floor(sum of P(x - m) / 2^dropped_from_sum)) / 2^truncate_bits
struct Softmax {
  int window = 64;  // |x_i - x_j| < 2^(window-1) within a row
  int dropped_bits = 0;
  Effort effort = Effort::kFewBytes;  // of comparisons
  // P has one term and no truncation; left of its pieces it counts as zero, in any window.
  PiecewiseFunction exponential;
  PiecewiseFunction reciprocal;  // R; truncates
  int dropped_from_sum = 0;
  int truncate_bits = 0;
};

enum class Model : std::uint8_t { kPlain, kSemiHonest };
// "plain", "semi-honest".
std::string to_string(Model model);

// What a protocol promises, for people who decide whether to take part.
struct Promise {
  int corruptible = 0;      // how many of the parties may be corrupted
  std::string assumptions;  // under which it holds, in a sentence
};

// ---- The table
// -------------------------------------------------------------------------------------------------

using Shares = std::vector<Share>;
struct Conversion;  // conversions.h

// Every function is called at all parties with equal arguments but for the words inside shares.
struct Rows {
  // What the parties do once, before a session's first operation; null where there is nothing to do. Its
  // result is the SessionKeys' state. `needs` is what the session's operations note (Context::need), the same
  // at all parties: nothing else is made. Its cost is not part of any operation's.
  std::function<Task<std::shared_ptr<SessionState>>(net::Rounds&, unsigned needs)> setup = nullptr;
  // The owner gives `values` (others an empty Words); result arithmetic.
  std::function<Task<Share>(Context&, int owner, Words values, Shape shape)> input;
  // The owner gives packed bits (others an empty Words); result Boolean.
  std::function<Task<Share>(Context&, int owner, Words bits, Shape shape)> input_bits;
  // Result: the values at parties whose bit is set in `to_mask`, empty elsewhere.
  std::function<Task<Words>(Context&, Share share, unsigned to_mask)> reveal;
  std::function<Task<Shares>(Context&, Contraction)> contract;
  // Explains how `contract` makes its product; shares may be without data. Seconds are those on `network`.
  // Null where there is only one way.
  std::function<WaysToMultiply(const Contraction&, const Contraction::Link& network)> ways_to_multiply =
      nullptr;
  // Boolean v >= 0 for |v| < 2^(window-1).
  std::function<Task<Share>(Context&, Share value, int window, Effort effort)> sign;
  // The low bits of a number as planes: Boolean of shape (bits, 64 words), the lowest bit first, each plane
  // in whole words. kFewBytes: as many rounds as bits.
  std::function<Task<Share>(Context&, Share value, int bits, Effort effort)> to_bits;
  // Boolean AND over the last axis of extent <= 9.
  std::function<Task<Share>(Context&, Share bits)> all_of_last_axis;
  // Arithmetic scale * bit.
  std::function<Task<Share>(Context&, Share bits, ring::Element scale)> from_bits;
  std::function<Task<Share>(Context&, Share value, const PiecewiseFunction& function)> lookup;
  // function(log2(value / 2^lowest)): functions of one variable over a range of many powers of two.
  std::function<Task<Share>(Context&, Share value, const Logarithm& logarithm,
                            const PiecewiseFunction& function)>
      lookup_of_logarithm;
  std::function<Task<Share>(Context&, Share value, const Softmax& function)> softmax;
  // What a Boolean made by the ReLU of this operation of the plan carries, without data; may be null. For
  // counting.
  std::function<std::shared_ptr<const SelectorCache>(const Shape& shape, std::uint16_t operation)>
      selector_of_relu;
  // Local: a Boolean share's complement; a public constant as a share; share + public constant.
  std::function<Share(const Context&, const Share&)> complement;
  std::function<Share(const Context&, Words, Kind, Shape)> constant;
  // Between sharings: rows of conversions.h, common ones first.
  std::vector<const Conversion*> conversions = {};
};

class Table {
 public:
  Table(std::string name, int parties, Model model, Rows rows, Promise promise = {})
      : name_(std::move(name)),
        parties_(parties),
        model_(model),
        rows_(std::move(rows)),
        promise_(std::move(promise)) {}
  const std::string& name() const { return name_; }
  int parties() const { return parties_; }
  Model model() const { return model_; }
  const Rows& rows() const { return rows_; }
  const Promise& promise() const { return promise_; }

 private:
  std::string name_;
  int parties_;
  Model model_;
  Rows rows_;
  Promise promise_;
};

// All registered protocols. Registration is one line in protocols/registry.cc.
std::span<const Table* const> all_tables();
// Throws ErrorKind::kPlan with the list of names.
const Table& table_named(std::string_view name);

}  // namespace sotto::protocols
