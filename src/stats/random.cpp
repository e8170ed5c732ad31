#include "stats/random.h"

#include <bit>
#include <cmath>
#include <numeric>
#include <utility>

#include "base/ensure.h"

namespace insights::stats {
namespace {

// 2^64 P(Poisson(1) <= k), rounded down. 20 and above have a chance below 2^-63.
constexpr std::array<std::uint64_t, 20> poisson_one_cumulative = {
    0x5e2d58d8b3bcdf1a, 0xbc5ab1b16779be35, 0xeb715e1dc1582dc2, 0xfb23979734a252f1,
    0xff1025f59174dc3d, 0xffd90f3ba4055e19, 0xfffa8b71fc72c913, 0xffff540c0914b3c9,
    0xffffed1f4aa8f120, 0xfffffe216e641462, 0xffffffd4d85d3183, 0xfffffffc6da262b4,
    0xffffffffba12d178, 0xfffffffffb07c64c, 0xffffffffffab8ea5, 0xfffffffffffabe22,
    0xffffffffffffb11a, 0xfffffffffffffba1, 0xffffffffffffffc5, 0xfffffffffffffffd};

std::uint64_t split_mix(std::uint64_t& state) {
  state += 0x9e3779b97f4a7c15U;
  std::uint64_t z = state;
  z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
  z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
  return z ^ (z >> 31U);
}

}  // namespace

Random::Random(std::uint64_t seed) : state_{} {
  for (auto& word : state_) word = split_mix(seed);
}

std::uint64_t Random::bits() {
  const std::uint64_t result = std::rotl(state_[1] * 5U, 7) * 9U;
  const std::uint64_t shifted = state_[1] << 17U;
  state_[2] ^= state_[0];
  state_[3] ^= state_[1];
  state_[1] ^= state_[2];
  state_[0] ^= state_[3];
  state_[2] ^= shifted;
  state_[3] = std::rotl(state_[3], 45);
  return result;
}

double Random::uniform() { return static_cast<double>(bits() >> 11U) * 0x1.0p-53; }

std::uint64_t Random::below(std::uint64_t count) {
  base::ensure(count > 0, "below needs a count of 1 or more");
  // Values under 2^64 mod count would be met once more often than the others. That is below count,
  // so the division that tells it is seldom needed.
  for (;;) {
    const std::uint64_t drawn = bits();
    if (drawn >= count || drawn >= (0 - count) % count) return drawn % count;
  }
}

int Random::poisson_one() {
  const std::uint64_t drawn = bits();
  int events = 0;
  for (const std::uint64_t bound : poisson_one_cumulative) {
    if (drawn < bound) break;
    ++events;
  }
  return events;
}

double Random::normal() {
  for (;;) {
    const double x = 2.0 * uniform() - 1.0;
    const double y = 2.0 * uniform() - 1.0;
    const double square = x * x + y * y;
    if (square > 0.0 && square < 1.0) return x * std::sqrt(-2.0 * std::log(square) / square);
  }
}

std::vector<std::size_t> shuffled_indices(std::size_t count, std::uint64_t seed) {
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  shuffle(std::span(order), seed);
  return order;
}

std::vector<std::size_t> sampled_indices(std::size_t count, std::size_t population,
                                         std::uint64_t seed) {
  base::ensure(count <= population, "a sample cannot be larger than its population");
  std::vector<std::size_t> sample;
  sample.reserve(count);
  Random random(seed);
  // Selection sampling (Knuth, volume 2, algorithm 3.4.2 S): ascending, one pass.
  for (std::size_t index = 0; sample.size() < count; ++index) {
    if (random.below(population - index) < count - sample.size()) sample.push_back(index);
  }
  return sample;
}

}  // namespace insights::stats
