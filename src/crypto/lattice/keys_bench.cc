// Encryption and decryption by parameter set; items are ciphertexts, bytes what a seeded one takes on the
// wire before packing.
#include <benchmark/benchmark.h>

#include "crypto/lattice/keys.h"

namespace sotto::lattice {
namespace {

struct Setting {
  explicit Setting(const char* name)
      : context(parameters_named(name)),
        key(context),
        encryptor(key),
        codec(context, MessageSpace::power_of_two(32), context.primes()),
        messages(context.degree(), 12345) {}

  Context context;
  SecretKey key;
  Encryptor encryptor;
  Codec codec;
  std::vector<Word> messages;
};

void encrypt_bench(benchmark::State& state, const char* name) {
  Setting setting(name);
  for (auto _ : state) benchmark::DoNotOptimize(setting.encryptor.encrypt(setting.codec, setting.messages));
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()));
}

void expand_bench(benchmark::State& state, const char* name) {
  Setting setting(name);
  const MaskSource masks(setting.encryptor.mask_key());
  const SeededCiphertext seeded = setting.encryptor.encrypt(setting.codec, setting.messages);
  for (auto _ : state) benchmark::DoNotOptimize(expand(setting.context, masks, seeded));
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()));
}

void public_encrypt_bench(benchmark::State& state, const char* name) {
  Setting setting(name);
  const PublicKey key =
      expand_public_key(setting.context, MaskSource(setting.encryptor.mask_key()), setting.encryptor.zero());
  PublicEncryptor encryptor(setting.context, key);
  for (auto _ : state) benchmark::DoNotOptimize(encryptor.encrypt(setting.codec, setting.messages));
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()));
}

void decrypt_bench(benchmark::State& state, const char* name) {
  Setting setting(name);
  const Ciphertext ciphertext = expand(setting.context, MaskSource(setting.encryptor.mask_key()),
                                       setting.encryptor.encrypt(setting.codec, setting.messages));
  for (auto _ : state) decrypt(setting.messages, setting.key, setting.codec, ciphertext);
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()));
}

const bool registered = [] {
  for (const Parameters& set : all_parameters()) {
    const auto add = [&](const std::string& name, auto* function) {
      benchmark::RegisterBenchmark((name + "/" + set.name).c_str(), function, set.name.c_str())
          ->Unit(benchmark::kMicrosecond);
    };
    add("lattice_encrypt", encrypt_bench);
    add("lattice_expand", expand_bench);
    add("lattice_public_encrypt", public_encrypt_bench);
    add("lattice_decrypt", decrypt_bench);
  }
  return true;
}();

}  // namespace
}  // namespace sotto::lattice
