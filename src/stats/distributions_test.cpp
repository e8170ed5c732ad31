// Reference values: R 4.2 (pnorm, pt, pf, pchisq, pbinom, dbinom, ppois, lbeta, lchoose), 16
// digits.
#include "stats/distributions.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "base/ensure.h"
#include "stats/testing.h"

namespace insights::stats {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

TEST_CASE("normal tails keep their digits far out") {
  CHECK(close(normal_upper_tail(30), 4.906713927148187e-198, 1e-12));
  CHECK(close(normal_two_sided(-5), 2 * 2.866515718791939e-07, 1e-13));
  CHECK(close(normal_quantile(0.975), 1.959963984540054, 1e-14));
  CHECK(close(normal_quantile(1e-10), -6.361340902404056, 1e-12));
  CHECK(normal_upper_tail(infinity) == 0.0);
  CHECK(normal_upper_tail(-infinity) == 1.0);
}

TEST_CASE("Student tails and quantiles agree with R") {
  CHECK(close(student_upper_tail(2.5, 7), 2.049610929287644e-02, 1e-13));
  CHECK(close(student_upper_tail(40, 3), 1.719034039457927e-05, 1e-12));
  CHECK(close(student_upper_tail(1e5, 10.5), 8.734425711138752e-49, 1e-11));
  CHECK(close(student_upper_tail(6, 1e8), 9.865910171576428e-10, 1e-7));
  CHECK(close(student_upper_tail(-2.5, 7), 1 - 2.049610929287644e-02, 1e-13));
  CHECK(close(student_quantile(0.975, 4), 2.7764451051977934, 1e-12));
  CHECK(close(student_quantile(0.001, 2.5), -13.8221931108659994, 1e-11));
  CHECK(close(student_quantile(0.6, 1), 0.3249196962329063, 1e-12));
  CHECK(student_two_sided(infinity, 3) == 0.0);
  CHECK(close(student_two_sided(1.5, infinity), normal_two_sided(1.5), 1e-15));
}

TEST_CASE("F tails agree with R on both sides") {
  CHECK(close(f_upper_tail(3, 2, 10), 9.536743164062497e-02, 1e-13));
  CHECK(close(f_upper_tail(50, 7, 20), 2.663095669372568e-11, 1e-12));
  CHECK(close(f_upper_tail(0.2, 4, 33), 9.365600123257602e-01, 1e-13));
  CHECK(close(f_upper_tail(1000, 1, 200), 9.438844573628136e-80, 1e-11));
  CHECK(close(f_lower_tail(0.01, 3, 7), 0.001504752959888299, 1e-12));
  CHECK(close(f_lower_tail(3, 5, 9), 0.927502098733990588, 1e-13));
  CHECK(close(f_upper_tail(2, 3, infinity), chi_square_upper_tail(6, 3), 1e-14));
  CHECK(f_upper_tail(0, 1, 1) == 1.0);
  CHECK(f_upper_tail(infinity, 1, 1) == 0.0);
}

TEST_CASE("chi-square tails agree with R") {
  CHECK(close(chi_square_upper_tail(3.84, 1), 5.004352124870522e-02, 1e-13));
  CHECK(close(chi_square_upper_tail(500, 4), 6.699667441008603e-107, 1e-11));
  CHECK(close(chi_square_upper_tail(1e-3, 2), 9.995001249791693e-01, 1e-14));
  CHECK(chi_square_upper_tail(-1, 2) == 1.0);
}

TEST_CASE("binomial and Poisson tails agree with R, at a thousand million trials too") {
  CHECK(close(binomial_upper_tail(60, 100, 0.3), 5.129949815583221e-10, 1e-12));
  CHECK(close(binomial_lower_tail(10, 1'000'000, 1e-4), 1.133083781296564e-30, 1e-9));
  CHECK(close(binomial_upper_tail(500'100'000, 1'000'000'000, 0.5), 1.270074179877277e-10, 1e-5));
  CHECK(binomial_upper_tail(0, 10, 0.5) == 1.0);
  CHECK(binomial_upper_tail(11, 10, 0.5) == 0.0);
  CHECK(binomial_lower_tail(10, 10, 0.5) == 1.0);
  CHECK(binomial_upper_tail(1, 0, 0.5) == 0.0);
  CHECK(close(poisson_upper_tail(20, 4.5), 6.716488780922948e-08, 1e-12));
  CHECK(close(poisson_lower_tail(2, 30), 4.501016648012124e-11, 1e-12));
  CHECK(poisson_upper_tail(1, 0) == 0.0);
}

TEST_CASE("log probabilities do not lose digits to large factorials") {
  CHECK(close(log_binomial_probability(3, 10, 0.2), -1.602826853719723, 1e-13));
  CHECK(close(log_binomial_probability(500'000, 1'000'000, 0.5), -7.133546881626865, 1e-13));
  CHECK(
      close(log_binomial_probability(500'100'000, 1'000'000'000, 0.5), -30.587424384701265, 1e-12));
  CHECK(log_binomial_probability(0, 5, 0.0) == 0.0);
  CHECK(log_binomial_probability(1, 5, 0.0) == -infinity);
  CHECK(close(log_beta(1e9, 3), -6.147665033327929e+01, 1e-13));
  CHECK(close(log_beta(1e9, 1e9), -1.386294370216012e+09, 1e-13));
  CHECK(close(log_beta(0.1, 0.2), 2.680978479346915, 1e-13));
  CHECK(close(log_beta(5, 1e5), -5.438667349300323e+01, 1e-13));
  CHECK(close(log_choose(1'000'000'000, 1000), 14811.13715895807945, 1e-13));
  CHECK(close(log_choose(50, 25), 32.47055650581198, 1e-13));
}

TEST_CASE("p-values are never 0, never NaN, and NaN is refused as a bug") {
  CHECK(p_value(0.0) == p_value_min);
  CHECK(p_value(1.0 + 1e-16) == 1.0);
  CHECK_THROWS_AS((void)p_value(std::nan("")), base::Bug);
  CHECK_THROWS_AS((void)student_two_sided(1.0, 0.0), base::Bug);
}

TEST_CASE("no tail is NaN anywhere on a wide grid") {
  const double sizes[] = {1e-6, 0.01, 0.5, 1.0, 7.0, 300.0, 1e5, 1e9};
  const double points[] = {0.0, 1e-300, 1e-9, 0.1, 1.0, 3.0, 50.0, 1e4, 1e12, 1e300};
  for (const double x : points) {
    for (const double a : sizes) {
      CHECK(student_two_sided(x, a) >= 0.0);
      CHECK(chi_square_upper_tail(x, a) >= 0.0);
      for (const double b : sizes) {
        CHECK(f_upper_tail(x, a, b) >= 0.0);
        CHECK(beta_lower_tail(x, a, b) >= 0.0);
      }
    }
  }
}

}  // namespace
}  // namespace insights::stats
