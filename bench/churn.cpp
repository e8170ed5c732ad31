// BG/NBD fitted to purchase histories from standard input. First line in: horizon; then lines:
// name repeats last age. First line out: r alpha a b; then lines: name P(alive) expected purchases.
#include <iostream>
#include <string>
#include <vector>

#include "stats/bg_nbd.h"

int main() {
  using namespace insights::stats;
  double horizon = 0;
  std::cin >> horizon;
  std::vector<std::string> names;
  std::vector<PurchaseHistory> customers;
  std::string name;
  for (PurchaseHistory one; std::cin >> name >> one.repeats >> one.last >> one.age;) {
    names.push_back(name);
    customers.push_back(one);
  }
  const auto model = fit_bg_nbd(customers);
  if (!model) {
    std::cerr << "the model cannot be fitted to these histories\n";
    return 1;
  }
  std::cout << model->r << ' ' << model->alpha << ' ' << model->a << ' ' << model->b << '\n';
  for (std::size_t i = 0; i < names.size(); ++i)
    std::cout << names[i] << ' ' << probability_alive(*model, customers[i]) << ' '
              << expected_purchases(*model, customers[i], horizon) << '\n';
}
