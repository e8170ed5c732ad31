// The random numbers of the product: the same on every machine, compiler and day, because the
// generator is our own.
//
// xoshiro256** 1.0 seeded through SplitMix64. Not for secrets.
// Source: Blackman & Vigna (2021), "Scrambled linear pseudorandom number generators", ACM TOMS
// 47(4), article 36.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace insights::stats {

class Random {
 public:
  // The same seed gives the same numbers. Every seed is good, 0 too.
  explicit Random(std::uint64_t seed);

  // 64 random bits.
  std::uint64_t bits();
  // Uniform in [0, 1), a multiple of 2^-53.
  double uniform();
  // Uniform in {0, ..., count - 1}, without modulo bias. count >= 1.
  std::uint64_t below(std::uint64_t count);
  // Poisson with mean 1, by inversion of an integer table: no floating point, so the same
  // everywhere.
  int poisson_one();
  // Standard normal (polar method of Marsaglia & Bray 1964).
  double normal();

 private:
  std::array<std::uint64_t, 4> state_;
};

// Puts the values in a random order (Fisher-Yates), the same for the same seed and number of
// values.
template <class Value>
void shuffle(std::span<Value> values, std::uint64_t seed) {
  Random random(seed);
  for (std::size_t left = values.size(); left > 1; --left)
    std::swap(values[left - 1], values[random.below(left)]);
}

// A random order of 0 .. count-1, the same for the same seed.
[[nodiscard]] std::vector<std::size_t> shuffled_indices(std::size_t count, std::uint64_t seed);

// `count` different indices out of 0 .. population-1, ascending, the same for the same seed. count
// <= population.
[[nodiscard]] std::vector<std::size_t> sampled_indices(std::size_t count, std::size_t population,
                                                       std::uint64_t seed);

}  // namespace insights::stats
