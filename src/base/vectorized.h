// Loops over words, compiled for several instruction sets and chosen at load time. Sanitizers run before the
// choice can be made, so their builds take the portable one.
#pragma once

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SOTTO_VECTORIZED
#endif
#endif
#if !defined(SOTTO_VECTORIZED) && defined(__x86_64__)
#define SOTTO_VECTORIZED __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#elif !defined(SOTTO_VECTORIZED)
#define SOTTO_VECTORIZED
#endif
