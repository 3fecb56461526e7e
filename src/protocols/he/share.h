// The HE share: one party, the holder, has ciphertexts, the other the key; both know shape and plan. From
// arithmetic shares, through products with what the holder knows, and back.
//
//   encrypt          the key's owner sends its numbers encrypted; 1 round
//   multiply         local at the holder
//   add, add_known   local at the holder
//   return_shares    the holder sends the result minus a random share; 1 round
//
// so that two rounds make arithmetic shares of a product of what the key's owner knows with what the holder
// knows: the cross term of a product of shares, or of one party's own matrix and a shared one
// (duo/lattice_products.h). A whole shared value becomes an HE share where the holder multiplies its own part
// in the clear and adds it (add_known).
//
// Security, semi-honest: to the holder everything is encrypted (Ring-LWE, crypto/lattice/keys.h). The key's
// owner receives the product - R + noise in coefficients where R, fresh words of the holder's generator for
// all N coefficients, read or not, makes the message uniform; a mask re-randomised by a fresh encryption of
// zero under its public key; and noise that floods what products, packing and switching left, by 40 bits and
// the root of the 2^48 coefficients that a session may return: all of them are within 2^-40 of noise that
// depends on nothing (crypto/lattice/hide.h). What happens after that (switching down, dropping bits) is a
// function of it. Products are exact: noise is reckoned, never assumed (return_path.h), and fails with less
// than 2^-71 a number.
//
// Cost: ProductPlan::cost, a function of shapes.
#pragma once

#include "protocols/context.h"
#include "protocols/he/keys.h"
#include "protocols/he/product_plan.h"

namespace sotto::protocols::he {

struct EncryptedOperand {
  ProductPlan plan;
  int owner;                                     // of the key
  std::vector<lattice::Ciphertext> ciphertexts;  // at the holder
};

struct EncryptedProduct {
  ProductPlan plan;
  int owner;
  std::vector<lattice::Ciphertext> ciphertexts;  // packed, at the holder
};

// `ends` may be null when counting. operand: the whole of it as the layout says, at the owner; else empty.
// Throws ErrorKind::kPeer at the holder where what arrives is no ciphertext of the plan.
Task<EncryptedOperand> encrypt(Context& context, Ends* ends, int owner, ProductPlan plan, Words operand);

// multiplier: the whole of it, at the holder; else empty. Throws ErrorKind::kData where a number needs more
// than the plan's multiplier_bits.
EncryptedProduct multiply(const Context& context, const Ends* ends, const EncryptedOperand& encrypted,
                          const Words& multiplier);

// Of products of the same plan: sum += term; and numbers that the holder knows, in the result's order.
void add(const Context& context, EncryptedProduct& sum, const EncryptedProduct& term);
void add_known(const Context& context, EncryptedProduct& sum, const Words& values);

// Adds this party's share, modulo 2^result_bits, to `sum`, in the result's order.
Task<void> return_shares(Context& context, Ends* ends, EncryptedProduct product, Words sum);

}  // namespace sotto::protocols::he
