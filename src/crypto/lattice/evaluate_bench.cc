// Arithmetic on ciphertexts by parameter set. Items: of product_sum, terms; of pack, ciphertexts; otherwise
// ciphertexts.
#include <benchmark/benchmark.h>

#include "base/threads.h"
#include "crypto/lattice/batch.h"
#include "crypto/lattice/evaluate.h"
#include "crypto/lattice/hide.h"
#include "crypto/lattice/pack.h"

namespace sotto::lattice {
namespace {

struct Setting {
  explicit Setting(const std::string& name)
      : context(parameters_named(name)), key(context), encryptor(key), masks(encryptor.mask_key()) {}

  Ciphertext encrypt(std::size_t primes) {
    const Codec codec(context, MessageSpace::power_of_two(20), primes);
    return expand(context, masks, encryptor.encrypt(codec, std::vector<Word>(context.degree(), 3)));
  }
  GaloisKey galois_key(std::uint32_t element) {
    return {context, masks, make_galois_key(key, encryptor, element)};
  }

  Context context;
  SecretKey key;
  Encryptor encryptor;
  MaskSource masks;
};

void product_sum_bench(benchmark::State& state, const std::string& name, std::size_t terms) {
  Setting setting(name);
  const std::size_t primes = setting.context.primes();
  const std::vector<std::int64_t> weights(setting.context.degree(), -5);
  std::vector<Ciphertext> ciphertexts;
  std::vector<Plaintext> plaintexts;
  std::vector<const Ciphertext*> left;
  std::vector<const Plaintext*> right;
  for (std::size_t i = 0; i < terms; ++i) {
    ciphertexts.push_back(setting.encrypt(primes));
    plaintexts.push_back(make_plaintext(setting.context, primes, weights, 5, weights.size()));
  }
  for (std::size_t i = 0; i < terms; ++i) {
    left.push_back(&ciphertexts[i]);
    right.push_back(&plaintexts[i]);
  }
  for (auto _ : state) benchmark::DoNotOptimize(product_sum(setting.context, left, right));
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * terms));
}

// A matrix of rows x terms plaintexts; an item is a product.
void product_sums_bench(benchmark::State& state, const std::string& name, std::size_t rows,
                        std::size_t terms) {
  Setting setting(name);
  const std::size_t primes = setting.context.primes();
  const std::vector<std::int64_t> weights(setting.context.degree(), -5);
  std::vector<Ciphertext> ciphertexts;
  std::vector<Plaintext> plaintexts;
  std::vector<const Ciphertext*> left;
  std::vector<const Plaintext*> right;
  std::vector<PlaintextRow> right_rows;
  for (std::size_t i = 0; i < terms; ++i) ciphertexts.push_back(setting.encrypt(primes));
  for (std::size_t i = 0; i < rows * terms; ++i)
    plaintexts.push_back(make_plaintext(setting.context, primes, weights, 5, weights.size()));
  for (const Ciphertext& ciphertext : ciphertexts) left.push_back(&ciphertext);
  for (const Plaintext& plaintext : plaintexts) right.push_back(&plaintext);
  for (std::size_t i = 0; i < rows; ++i) right_rows.push_back(std::span(right).subspan(i * terms, terms));
  for (auto _ : state) benchmark::DoNotOptimize(product_sums(setting.context, left, right_rows));
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * rows * terms));
}

void add_bench(benchmark::State& state, const std::string& name) {
  Setting setting(name);
  Ciphertext sum = setting.encrypt(setting.context.primes());
  const Ciphertext term = setting.encrypt(setting.context.primes());
  for (auto _ : state) add(setting.context, sum, term);
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()));
}

void switch_modulus_bench(benchmark::State& state, const std::string& name) {
  Setting setting(name);
  const Ciphertext ciphertext = setting.encrypt(setting.context.primes());
  for (auto _ : state) {
    Ciphertext smaller = ciphertext;
    switch_modulus(setting.context, smaller, smaller.primes() - 1);
    benchmark::DoNotOptimize(smaller);
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()));
}

void automorphism_bench(benchmark::State& state, const std::string& name) {
  Setting setting(name);
  const GaloisKey key = setting.galois_key(3);
  const Ciphertext ciphertext = setting.encrypt(setting.context.parameters().switching_primes);
  for (auto _ : state) benchmark::DoNotOptimize(apply(setting.context, key, ciphertext));
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()));
}

void pack_bench(benchmark::State& state, const std::string& name, std::size_t count) {
  Setting setting(name);
  std::vector<GaloisKey> keys;
  std::vector<const GaloisKey*> pointers;
  for (const auto element : packing_elements(setting.context.degree(), count))
    keys.push_back(setting.galois_key(element));
  for (const GaloisKey& key : keys) pointers.push_back(&key);
  std::vector<Ciphertext> ciphertexts;
  for (std::size_t i = 0; i < count; ++i)
    ciphertexts.push_back(setting.encrypt(setting.context.parameters().switching_primes));
  for (auto _ : state) benchmark::DoNotOptimize(pack(setting.context, pointers, ciphertexts));
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * count));
}

void hide_bench(benchmark::State& state, const std::string& name) {
  Setting setting(name);
  const Codec codec(setting.context, MessageSpace::power_of_two(20), setting.context.primes());
  const PublicKey key = expand_public_key(setting.context, setting.masks, setting.encryptor.zero());
  Hider hider(setting.context, key);
  const Ciphertext ciphertext = setting.encrypt(setting.context.primes());
  for (auto _ : state) {
    Ciphertext hidden = ciphertext;
    hider.hide(codec, hidden, 1024);
    benchmark::DoNotOptimize(hidden);
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()));
}

// On one thread. Items are products of a word and a weight.
void weighted_sums_bench(benchmark::State& state, const std::string& name) {
  constexpr std::size_t kInputs = 256, kOutputs = 128;
  set_threads(1);
  const Context context(parameters_named(name));
  CiphertextMatrix inputs(context, kInputs, 1, Form::kValues);
  std::fill_n(inputs.block(0), kInputs * inputs.columns(), 12345);
  const std::vector<std::int64_t> weights(kInputs * kOutputs, -3);
  for (auto _ : state) benchmark::DoNotOptimize(weighted_sums(context, weights, kOutputs, 16, inputs));
  state.SetItemsProcessed(
      static_cast<std::int64_t>(state.iterations() * kInputs * kOutputs * inputs.columns()));
}

const bool registered = [] {
  const auto add = [](const std::string& name, auto* function, auto... arguments) {
    benchmark::RegisterBenchmark(name.c_str(), function, arguments...)->Unit(benchmark::kMicrosecond);
  };
  for (const Parameters& set : all_parameters()) {
    add("lattice_product_sum_4/" + set.name, product_sum_bench, set.name, 4);
    add("lattice_product_sum_8/" + set.name, product_sum_bench, set.name, 8);
    add("lattice_product_sum_64/" + set.name, product_sum_bench, set.name, 64);
    add("lattice_product_sums_16x16/" + set.name, product_sums_bench, set.name, 16, 16);
    add("lattice_weighted_sums/" + set.name, weighted_sums_bench, set.name);
    add("lattice_add/" + set.name, add_bench, set.name);
    add("lattice_switch_modulus/" + set.name, switch_modulus_bench, set.name);
    add("lattice_automorphism/" + set.name, automorphism_bench, set.name);
    add("lattice_pack_16/" + set.name, pack_bench, set.name, 16);
    if (set.name.starts_with("products")) add("lattice_hide/" + set.name, hide_bench, set.name);
  }
  return true;
}();

}  // namespace
}  // namespace sotto::lattice
