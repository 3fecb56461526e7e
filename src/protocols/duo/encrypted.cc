#include "protocols/duo/encrypted.h"

#include <algorithm>

#include "base/error.h"
#include "protocols/duo/boundary.h"
#include "protocols/duo/session.h"
#include "protocols/he/share.h"

namespace sotto::protocols::duo {
namespace {

// A column of numbers times one number, 1.
he::ProductPlan plan_of(std::size_t count) {
  const he::MatrixShape shape{.m = count, .k = 1, .n = 1};
  const auto plan = he::plan_matrix(shape, false, {.rows = count, .inner = 1}, {.multiplier_bits = 2}, {});
  SOTTO_ASSERT(plan.has_value(), "numbers that are multiplied by one have little noise");
  return *plan;
}

Task<Shared> encrypt(Context& context, Shared value, Sharing to) {
  he::Ends* ends = lattice_ends(context);
  const bool owns = context.self() == to.party;
  const Words part = part_of(context, value.share);
  const he::EncryptedOperand operand =
      co_await he::encrypt(context, ends, to.party, plan_of(value.elements()), owns ? part : Words());
  const std::uint64_t one = 1;
  he::EncryptedProduct whole = he::multiply(context, ends, operand, Words::copy_of({&one, 1}));
  he::add_known(context, whole, part);
  co_return Shared{.sharing = to,
                   .shape = value.shape,
                   .words = {},
                   .share = {},
                   .encrypted = std::make_shared<const he::EncryptedProduct>(std::move(whole))};
}

Task<Shared> return_shares(Context& context, Shared value, Sharing to) {
  const Words part = context.words(value.elements());
  context.local([&] { std::ranges::fill(part.mutable_span(), 0); });
  he::EncryptedProduct whole{
      .plan = plan_of(value.elements()), .owner = value.sharing.party, .ciphertexts = {}};
  if (value.encrypted) whole = *value.encrypted;
  co_await he::return_shares(context, lattice_ends(context), std::move(whole), part);
  co_return Shared{.sharing = to,
                   .shape = value.shape,
                   .words = {},
                   .share = share_of(Kind::kArithmetic, value.shape, part),
                   .encrypted = nullptr};
}

constexpr Conversion kEncrypt{"encrypt", Form::kArithmetic, Form::kEncrypted, encrypt};
constexpr Conversion kReturn{"return", Form::kEncrypted, Form::kArithmetic, return_shares};

}  // namespace

std::vector<const Conversion*> conversions() {
  std::vector<const Conversion*> rows = common_conversions();
  rows.push_back(&kEncrypt);
  rows.push_back(&kReturn);
  return rows;
}

}  // namespace sotto::protocols::duo
