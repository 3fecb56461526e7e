// Whether this build watches memory or threads at many times the cost.
#pragma once

namespace sotto {

#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
inline constexpr bool kSanitized = true;
#else
inline constexpr bool kSanitized = false;
#endif

}  // namespace sotto
