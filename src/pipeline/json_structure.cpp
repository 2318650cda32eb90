#include "pipeline/json_structure.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace signalbox::pipeline {
namespace {

using Carry = JsonStructure::Carry;

/// One bit for each byte of a block that is ...
struct Bytes {
  std::uint64_t quotes = 0, backslashes = 0, opens = 0, closes = 0;
};

/// `[` and `{`, `]` and `}` differ in this bit only.
constexpr char kCurly = 0x20;

/// The bytes that a backslash before them makes plain.
std::uint64_t find_escaped(std::uint64_t backslashes, Carry& carry) {
  std::uint64_t escaped = carry.escaped ? 1 : 0;
  carry.escaped = false;
  for (auto left = backslashes & ~escaped; left != 0;) {
    const auto at = std::countr_zero(left);
    if (at == 63) {
      carry.escaped = true;
      break;
    }
    escaped |= std::uint64_t{2} << at;
    left &= ~(std::uint64_t{3} << at);
  }
  return escaped;
}

/// Bit i: the exclusive or of all bits up to i.
std::uint64_t prefix_xor(std::uint64_t bits) {
  for (int shift = 1; shift < 64; shift *= 2) bits ^= bits << shift;
  return bits;
}

/// Always inlined, so that counting bits takes the instruction where its user may use it.
[[gnu::always_inline]] inline void combine(const Bytes& bytes, std::uint64_t quotes, std::uint64_t in_quotes,
                                           Carry& carry, JsonBlock& out) {
  const auto in_string = in_quotes ^ carry.in_string;
  carry.in_string = static_cast<std::uint64_t>(static_cast<std::int64_t>(in_string) >> 63);
  out.quotes = quotes;
  out.opens = bytes.opens & ~in_string;
  out.closes = bytes.closes & ~in_string;
  out.open_count = static_cast<std::uint32_t>(__builtin_popcountll(out.opens));
  out.close_count = static_cast<std::uint32_t>(__builtin_popcountll(out.closes));
}

inline std::uint64_t unescaped_quotes(const Bytes& bytes, Carry& carry) {
  if (bytes.backslashes == 0 && !carry.escaped) return bytes.quotes;
  carry.backslashes |= bytes.backslashes != 0;
  return bytes.quotes & ~find_escaped(bytes.backslashes, carry);
}

#if defined(__x86_64__)

Bytes classify_sse2(const char* from) {
  Bytes bytes;
  for (int part = 0; part < 4; ++part) {
    const auto text = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from + part * 16));
    const auto curly = _mm_or_si128(text, _mm_set1_epi8(kCurly));
    const auto bits = [&](__m128i equal) {
      return std::uint64_t{static_cast<std::uint32_t>(_mm_movemask_epi8(equal))} << (part * 16);
    };
    bytes.quotes |= bits(_mm_cmpeq_epi8(text, _mm_set1_epi8('"')));
    bytes.backslashes |= bits(_mm_cmpeq_epi8(text, _mm_set1_epi8('\\')));
    bytes.opens |= bits(_mm_cmpeq_epi8(curly, _mm_set1_epi8('{')));
    bytes.closes |= bits(_mm_cmpeq_epi8(curly, _mm_set1_epi8('}')));
  }
  return bytes;
}

void find_with_sse2(const char* from, std::size_t count, Carry& carry, JsonBlock* out) {
  for (std::size_t i = 0; i < count; ++i, from += kJsonBlockBytes) {
    const auto bytes = classify_sse2(from);
    const auto quotes = unescaped_quotes(bytes, carry);
    combine(bytes, quotes, prefix_xor(quotes), carry, out[i]);
  }
}

__attribute__((target("avx2"))) Bytes classify_avx2(const char* from) {
  Bytes bytes;
  for (int part = 0; part < 2; ++part) {
    const auto text = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from + part * 32));
    const auto curly = _mm256_or_si256(text, _mm256_set1_epi8(kCurly));
    const auto quotes = _mm256_cmpeq_epi8(text, _mm256_set1_epi8('"'));
    const auto backslashes = _mm256_cmpeq_epi8(text, _mm256_set1_epi8('\\'));
    const auto opens = _mm256_cmpeq_epi8(curly, _mm256_set1_epi8('{'));
    const auto closes = _mm256_cmpeq_epi8(curly, _mm256_set1_epi8('}'));
    const int shift = part * 32;
    bytes.quotes |= std::uint64_t{static_cast<std::uint32_t>(_mm256_movemask_epi8(quotes))} << shift;
    bytes.backslashes |= std::uint64_t{static_cast<std::uint32_t>(_mm256_movemask_epi8(backslashes))}
                         << shift;
    bytes.opens |= std::uint64_t{static_cast<std::uint32_t>(_mm256_movemask_epi8(opens))} << shift;
    bytes.closes |= std::uint64_t{static_cast<std::uint32_t>(_mm256_movemask_epi8(closes))} << shift;
  }
  return bytes;
}

__attribute__((target("avx2,pclmul,popcnt"))) void find_with_avx2(const char* from, std::size_t count,
                                                                  Carry& carry, JsonBlock* out) {
  for (std::size_t i = 0; i < count; ++i, from += kJsonBlockBytes) {
    const auto bytes = classify_avx2(from);
    const auto quotes = unescaped_quotes(bytes, carry);
    const auto product =
        _mm_clmulepi64_si128(_mm_set_epi64x(0, static_cast<long long>(quotes)), _mm_set1_epi8(-1), 0);
    combine(bytes, quotes, static_cast<std::uint64_t>(_mm_cvtsi128_si64(product)), carry, out[i]);
  }
}

__attribute__((target("avx512f,avx512bw,pclmul,popcnt"))) void find_with_avx512(const char* from,
                                                                                std::size_t count,
                                                                                Carry& carry,
                                                                                JsonBlock* out) {
  for (std::size_t i = 0; i < count; ++i, from += kJsonBlockBytes) {
    const auto text = _mm512_loadu_si512(from);
    const auto curly = _mm512_or_si512(text, _mm512_set1_epi8(kCurly));
    Bytes bytes;
    bytes.quotes = _mm512_cmpeq_epi8_mask(text, _mm512_set1_epi8('"'));
    bytes.backslashes = _mm512_cmpeq_epi8_mask(text, _mm512_set1_epi8('\\'));
    bytes.opens = _mm512_cmpeq_epi8_mask(curly, _mm512_set1_epi8('{'));
    bytes.closes = _mm512_cmpeq_epi8_mask(curly, _mm512_set1_epi8('}'));
    const auto quotes = unescaped_quotes(bytes, carry);
    const auto product =
        _mm_clmulepi64_si128(_mm_set_epi64x(0, static_cast<long long>(quotes)), _mm_set1_epi8(-1), 0);
    combine(bytes, quotes, static_cast<std::uint64_t>(_mm_cvtsi128_si64(product)), carry, out[i]);
  }
}

#else

void find_bytewise(const char* from, std::size_t count, Carry& carry, JsonBlock* out) {
  for (std::size_t i = 0; i < count; ++i, from += kJsonBlockBytes) {
    Bytes bytes;
    for (unsigned at = 0; at < kJsonBlockBytes; ++at) {
      const auto bit = std::uint64_t{1} << at;
      const char c = from[at];
      if (c == '"') bytes.quotes |= bit;
      if (c == '\\') bytes.backslashes |= bit;
      if ((c | kCurly) == '{') bytes.opens |= bit;
      if ((c | kCurly) == '}') bytes.closes |= bit;
    }
    const auto quotes = unescaped_quotes(bytes, carry);
    combine(bytes, quotes, prefix_xor(quotes), carry, out[i]);
  }
}

#endif

using Find = void (*)(const char*, std::size_t, Carry&, JsonBlock*);

Find best_for_this_processor() {
#if defined(__x86_64__)
  __builtin_cpu_init();
  const bool multiplies = __builtin_cpu_supports("pclmul") && __builtin_cpu_supports("popcnt");
  if (multiplies && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw"))
    return find_with_avx512;
  return multiplies && __builtin_cpu_supports("avx2") ? find_with_avx2 : find_with_sse2;
#else
  return find_bytewise;
#endif
}

const Find find = best_for_this_processor();

}  // namespace

std::size_t JsonStructure::next(JsonBlock* blocks, std::size_t max) {
  const auto left = static_cast<std::size_t>(end_ - at_);
  if (const auto whole = std::min(left / kJsonBlockBytes, max); whole != 0) {
    find(at_, whole, carry_, blocks);
    at_ += whole * kJsonBlockBytes;
    return whole;
  }
  if (left == 0 || max == 0) return 0;
  std::array<char, kJsonBlockBytes> last;
  last.fill(' ');
  std::memcpy(last.data(), at_, left);
  find(last.data(), 1, carry_, blocks);
  at_ = end_;
  return 1;
}

}  // namespace signalbox::pipeline
