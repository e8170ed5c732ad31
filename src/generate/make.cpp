#include "generate/make.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <span>

#include "generate/all_effects.h"
#include "generate/csv.h"
#include "generate/names.h"
#include "generate/orders.h"

namespace insights::generate {
namespace {

constexpr std::size_t pickers = 25;
constexpr std::array<std::string_view, 8> colours{"red",   "blue",  "green", "grey",
                                                  "white", "black", "amber", "teal"};
constexpr double size_average = 12;  // pieces of an order line

struct Planned {
  Effect effect;
  stats::Random random;
  Tally tally;
};

std::vector<std::unique_ptr<Planned>> planned_effects(const Order& order, Company& company) {
  std::vector<std::unique_ptr<Planned>> planned;
  for (const auto& entry : all_effects) {
    if (!order.effects.contains(std::string(entry.name))) continue;
    auto random = random_for(order, entry.name);
    auto effect = entry.plan(company, random);
    planned.push_back(std::make_unique<Planned>(Planned{std::move(effect), random, {}}));
  }
  return planned;
}

// A position drawn by weight.
std::size_t drawn(std::span<const double> cumulative, stats::Random& random) {
  const double at = random.uniform() * cumulative.back();
  const auto found = std::ranges::upper_bound(cumulative, at);
  return std::min(static_cast<std::size_t>(found - cumulative.begin()), cumulative.size() - 1);
}

std::vector<double> summed(std::span<const double> weights) {
  std::vector<double> sums;
  double sum = 0;
  for (const double weight : weights) sums.push_back(sum += weight);
  return sums;
}

// Makes the lines one after another.
class Making {
 public:
  Making(const Order& order, const std::filesystem::path& directory)
      : order_(order),
        company_(founded(order)),
        effects_(planned_effects(order, company_)),
        random_(random_for(order, "lines")),
        noise_(random_for(order, "noise")),
        file_(directory / "invoices.csv"),
        credits_(company_.customers.size()) {
    for (const auto& one : company_.customers) tastes_.push_back(summed(one.taste));
    std::vector<double> weights;
    for (std::size_t i = 0; i < products_per_category; ++i)
      weights.push_back(company_.products[i].weight);
    products_ = summed(weights);
    double factor = 1;
    for (int month = 0; month <= months_whole; ++month) {
      size_of_month_.push_back(factor * company_.season[static_cast<std::size_t>(month % 12)]);
      factor *= company_.growth_per_month;
    }
    for (int day = 0; day < company_.days; ++day) {
      months_.push_back(month_of_data(day));
      dates_.push_back(date_text(day));
    }
  }

  base::Result<Truth> run(const std::filesystem::path& directory, std::stop_token stop) {
    file_.text(
        "invoice_id,invoice_date,line_type,customer_id,product_id,batch_id,channel,carrier,zone,"
        "quantity,unit_price,gross_sales,invoice_sales,net_sales,cost,margin,late,complaint,"
        "transit_days,payment_days,picker,dock_colour,queue_seconds\n");
    std::int64_t number = 0;
    for (const auto& one : planned_orders(order_, company_)) {
      ++number;
      if (number % 4096 == 0 && stop.stop_requested())
        return base::fail(base::ErrorKind::cancelled, "stopped before the last invoice");
      write_order(one, number);
    }
    TRY(file_.close());
    TRY(write_customers(directory));
    TRY(write_products(directory));
    TRY(write_batches(directory));
    return truth();
  }

 private:
  void write_order(const PlannedOrder& planned, std::int64_t number) {
    auto& open = credits_[planned.customer];
    std::uint32_t written = 0;
    // What went back since the last order is credited with this one.
    std::size_t credited = 0;
    for (; credited < open.size() && written < planned.lines && open[credited].day < planned.day;
         ++credited, ++written)
      write_credit(open[credited], planned, number);
    open.erase(open.begin(), open.begin() + static_cast<std::ptrdiff_t>(credited));
    while (written < planned.lines) {
      auto line = sold(planned);
      write(line, number);
      ++written;
      if (line.copied && written < planned.lines) {
        file_.again();
        count(line);
        ++written;
      }
      const bool back = random_.uniform() < line.return_rate;
      if (line.taken_back_whole || back) open.push_back(line);
    }
  }

  Line sold(const PlannedOrder& planned) {
    const auto& customer = company_.customers[planned.customer];
    Line line;
    line.day = planned.day;
    line.month = months_[static_cast<std::size_t>(planned.day)];
    line.customer = planned.customer;
    const auto category = drawn(tastes_[planned.customer], random_);
    line.product = category * products_per_category + drawn(products_, random_);
    line.channel = random_.below(channels.size());
    line.carrier = random_.below(carriers.size());
    line.zone = random_.below(zones.size());
    line.quantity = size_average * customer.size *
                    size_of_month_[static_cast<std::size_t>(line.month)] *
                    (0.4 + 1.2 * random_.uniform());
    line.transit_days = 1 + static_cast<double>(random_.below(9));
    line.payment_days = std::max(1.0, 30 * around_one(random_, 0.25));
    line.discount = customer.discount + 100 * (random_.uniform() - 0.5);
    line.rebate = customer.rebate + 100 * (random_.uniform() - 0.5);
    line.price_factor = 0.98 + 0.04 * random_.uniform();
    line.cost_factor = 0.98 + 0.04 * random_.uniform();
    find_batch(line);
    for (auto& one : effects_) {
      const auto product = line.product;
      if (one->effect.change) one->effect.change(line, one->random);
      if (line.product != product) find_batch(line);
    }
    finish(line);
    return line;
  }

  void find_batch(Line& line) const {
    line.batch = company_.batch_of(line.product, line.day);
    line.plant = company_.batches[line.batch].plant;
  }

  void finish(Line& line) {
    const auto rounded = [](double value) { return static_cast<std::int64_t>(value + 0.5); };
    line.pieces = std::max<std::int64_t>(1, rounded(line.quantity));
    const auto& product = company_.products[line.product];
    line.price = std::max<std::int64_t>(1, rounded(product.price * line.price_factor));
    line.gross = line.pieces * line.price;
    line.invoice = line.gross - rounded(static_cast<double>(line.gross) * line.discount / 10'000);
    line.net = line.invoice - static_cast<std::int64_t>(std::floor(
                                  static_cast<double>(line.invoice) * line.rebate / 10'000 + 0.5));
    line.cost = rounded(static_cast<double>(line.pieces) * product.price * product.cost_rate *
                        line.cost_factor);
    line.late = random_.uniform() < line.late_rate;
    line.complaint = random_.uniform() < line.complaint_rate;
  }

  void write_credit(Line line, const PlannedOrder& planned, std::int64_t number) {
    line.credit = true;
    line.day = planned.day;
    line.month = months_[static_cast<std::size_t>(planned.day)];
    line.late = line.complaint = false;
    for (auto* amount : {&line.pieces, &line.gross, &line.invoice, &line.net, &line.cost})
      *amount = -*amount;
    write(line, number);
  }

  void write(const Line& line, std::int64_t number) {
    file_.start_line();
    file_.numbered('F', number, 7);
    file_.cell(dates_[static_cast<std::size_t>(line.day)]);
    file_.cell(line.credit ? "CREDIT" : "SALE");
    file_.cell(company_.customers[line.customer].id);
    file_.cell(company_.products[line.product].id);
    file_.cell(company_.batches[line.batch].id);
    file_.cell(channels[line.channel]);
    file_.cell(line.carrier_missing ? "" : carriers[line.carrier]);
    file_.cell(zones[line.zone]);
    file_.whole(line.pieces);
    file_.cents(line.price);
    for (const auto amount : {line.gross, line.invoice, line.net, line.cost, line.net - line.cost})
      file_.cents(amount);
    file_.whole(line.late ? 1 : 0);
    file_.whole(line.complaint ? 1 : 0);
    file_.whole(static_cast<std::int64_t>(line.transit_days));
    file_.whole(std::max<std::int64_t>(0, static_cast<std::int64_t>(line.payment_days)));
    file_.numbered('K', 10 + static_cast<std::int64_t>(noise_.below(pickers)), 2);
    file_.cell(colours[noise_.below(colours.size())]);
    file_.whole(static_cast<std::int64_t>(noise_.below(400)));
    file_.end_line();
    count(line);
  }

  void count(const Line& line) {
    all_.add(line);
    for (auto& one : effects_)
      if (one->effect.touches && one->effect.touches(line)) one->tally.add(line);
  }

  base::Status write_customers(const std::filesystem::path& directory) {
    CsvFile file(directory / "customers.csv");
    file.text("customer_id,name,segment,region,sales_rep,folder_colour,floor_area\n");
    for (const auto& one : company_.customers) {
      file.start_line();
      file.cell(one.id);
      file.cell(one.name);
      file.cell(segments[one.segment]);
      file.cell(regions[one.region]);
      file.cell(rep_name(one.rep));
      file.cell(colours[noise_.below(colours.size())]);
      file.whole(80 + static_cast<std::int64_t>(noise_.below(900)));
      file.end_line();
    }
    return file.close();
  }

  base::Status write_products(const std::filesystem::path& directory) {
    CsvFile file(directory / "products.csv");
    file.text("product_id,name,category,shelf\n");
    for (const auto& one : company_.products) {
      file.start_line();
      file.cell(one.id);
      file.cell(one.name);
      file.cell(categories[one.category]);
      file.numbered('S', 1 + static_cast<std::int64_t>(noise_.below(6)), 1);
      file.end_line();
    }
    return file.close();
  }

  base::Status write_batches(const std::filesystem::path& directory) {
    CsvFile file(directory / "batches.csv");
    file.text("batch_id,product_id,plant,made_on,pallet_colour\n");
    for (const auto& one : company_.batches) {
      file.start_line();
      file.cell(one.id);
      file.cell(company_.products[one.product].id);
      file.cell(plants[one.plant]);
      file.cell(date_text(one.made_on));
      file.cell(colours[noise_.below(colours.size())]);
      file.end_line();
    }
    return file.close();
  }

  Truth truth() {
    Truth truth;
    truth.rows = all_.all.rows;
    truth.seed = order_.seed;
    truth.first_day = dates_.front();
    truth.last_day = dates_.back();
    truth.time_column = "invoice_date";
    truth.money_column = "net_sales";
    truth.gross_total = static_cast<double>(all_.all.gross) / 100;
    truth.net_total = static_cast<double>(all_.all.net) / 100;
    truth.noise_columns = {"picker",     "dock_colour", "queue_seconds", "folder_colour",
                           "floor_area", "shelf",       "pallet_colour"};
    for (const auto& one : effects_) one->effect.tell(one->tally, all_, company_, truth);
    return truth;
  }

  const Order& order_;
  Company company_;
  std::vector<std::unique_ptr<Planned>> effects_;
  stats::Random random_, noise_;
  CsvFile file_;
  std::vector<std::vector<Line>> credits_;   // [customer] what comes back with its next order
  std::vector<std::vector<double>> tastes_;  // [customer] cumulative weights of categories
  std::vector<double> products_;             // cumulative weights within a category
  std::vector<double> size_of_month_;
  std::vector<int> months_;         // [day]
  std::vector<std::string> dates_;  // [day]
  Tally all_;
};

}  // namespace

base::Result<Truth> make_company(const Order& order, const std::filesystem::path& directory,
                                 std::stop_token stop) {
  return Making(order, directory).run(directory, stop);
}

}  // namespace insights::generate
