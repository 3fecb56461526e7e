// Polynomials by their residues modulo several primes.
#pragma once

#include <algorithm>
#include <memory>
#include <span>
#include <utility>

#include "crypto/lattice/modulus.h"

namespace sotto::lattice {

// Whether residues are coefficients or the values of the transform.
enum class Form : std::uint8_t { kCoefficients, kValues };

// Aligned memory. A thread keeps some of what it gives back for the next time: the system would take pages of
// this size away and clear them again, at the cost of several transforms.
Word* take_words(std::size_t count);
void give_back_words(Word* words, std::size_t count);

struct ReleaseWords {
  std::size_t count = 0;
  void operator()(Word* words) const { give_back_words(words, count); }
};
using WordArray = std::unique_ptr<Word, ReleaseWords>;

// `primes` arrays of `degree` words, one after the other, each word below its prime. Not initialised: whoever
// makes one fills it.
class Polynomial {
 public:
  Polynomial() = default;
  Polynomial(std::size_t degree, std::size_t primes)
      : degree_(degree), primes_(primes), words_(allocate(degree * primes)) {}
  Polynomial(const Polynomial& other) : Polynomial(other.degree_, other.primes_) {
    std::ranges::copy(other.words(), words_.get());
  }
  Polynomial& operator=(const Polynomial& other) { return *this = Polynomial(other); }
  Polynomial(Polynomial&& other) noexcept
      : degree_(std::exchange(other.degree_, 0)),
        primes_(std::exchange(other.primes_, 0)),
        words_(std::move(other.words_)) {}
  Polynomial& operator=(Polynomial&& other) noexcept {
    degree_ = std::exchange(other.degree_, 0);
    primes_ = std::exchange(other.primes_, 0);
    words_ = std::move(other.words_);
    return *this;
  }

  std::size_t degree() const { return degree_; }
  std::size_t primes() const { return primes_; }
  std::span<Word> residues(std::size_t prime) { return {words_.get() + prime * degree_, degree_}; }
  std::span<const Word> residues(std::size_t prime) const {
    return {words_.get() + prime * degree_, degree_};
  }
  std::span<Word> words() { return {words_.get(), degree_ * primes_}; }
  std::span<const Word> words() const { return {words_.get(), degree_ * primes_}; }
  Word* at(std::size_t prime) { return words_.get() + prime * degree_; }
  const Word* at(std::size_t prime) const { return words_.get() + prime * degree_; }

  // Forgets the residues modulo the primes from `primes` on.
  void keep_first(std::size_t primes) { primes_ = std::min(primes_, primes); }

 private:
  static WordArray allocate(std::size_t count) { return {take_words(count), ReleaseWords{count}}; }

  std::size_t degree_ = 0, primes_ = 0;
  WordArray words_;
};

// Overwrites what was secret.
void wipe(Polynomial& secret);

}  // namespace sotto::lattice
