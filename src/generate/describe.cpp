#include "generate/describe.h"

#include <fmt/format.h>

#include <array>
#include <fstream>
#include <string_view>

namespace insights::generate {
namespace {

struct Described {
  std::string_view table, column, type, unit, description;
};

constexpr std::array described{
    Described{"invoices", "invoice_id", "text", "",
              "Number of the invoice; one row is a line of it"},
    Described{"invoices", "invoice_date", "date", "", "Day of the invoice"},
    Described{"invoices", "line_type", "text", "",
              "SALE, or CREDIT for goods that came back: quantity and amounts are negative"},
    Described{"invoices", "customer_id", "text", "", "Customer, see customers"},
    Described{"invoices", "product_id", "text", "", "Product, see products"},
    Described{"invoices", "batch_id", "text", "", "Batch the goods are from, see batches"},
    Described{"invoices", "channel", "text", "", "How the order came in"},
    Described{"invoices", "carrier", "text", "", "Who brought the goods"},
    Described{"invoices", "zone", "text", "", "Where to: city or remote"},
    Described{"invoices", "quantity", "integer", "units", "Pieces"},
    Described{"invoices", "unit_price", "decimal", "EUR", "List price of one piece"},
    Described{"invoices", "gross_sales", "decimal", "EUR", "Quantity times list price"},
    Described{"invoices", "invoice_sales", "decimal", "EUR", "Gross sales less discount"},
    Described{"invoices", "net_sales", "decimal", "EUR", "Invoice sales less rebate: what we get"},
    Described{"invoices", "cost", "decimal", "EUR", "Cost of the goods"},
    Described{"invoices", "margin", "decimal", "EUR", "Net sales less cost"},
    Described{"invoices", "late", "integer", "", "1 when the goods came late"},
    Described{"invoices", "complaint", "integer", "", "1 when the customer complained"},
    Described{"invoices", "transit_days", "integer", "days", "Days on the way"},
    Described{"invoices", "payment_days", "integer", "days", "Days until the invoice was paid"},
    Described{"invoices", "picker", "text", "", "Who picked the goods"},
    Described{"invoices", "dock_colour", "text", "", "Colour of the loading dock"},
    Described{"invoices", "queue_seconds", "integer", "seconds", "Wait of the truck"},
    Described{"customers", "customer_id", "text", "", "Number of the customer"},
    Described{"customers", "name", "text", "", "Name of the customer"},
    Described{"customers", "segment", "text", "", "Trade of the customer"},
    Described{"customers", "region", "text", "", "Sales region"},
    Described{"customers", "sales_rep", "text", "", "Who looks after the customer"},
    Described{"customers", "folder_colour", "text", "", "Colour of its folder"},
    Described{"customers", "floor_area", "integer", "square metres", "Size of its site"},
    Described{"products", "product_id", "text", "", "Number of the product"},
    Described{"products", "name", "text", "", "Name of the product"},
    Described{"products", "category", "text", "", "Product category"},
    Described{"products", "shelf", "text", "", "Shelf in the warehouse"},
    Described{"batches", "batch_id", "text", "", "Number of the batch"},
    Described{"batches", "product_id", "text", "", "What was made; a product has many batches"},
    Described{"batches", "plant", "text", "", "Where it was made"},
    Described{"batches", "made_on", "date", "", "Day it was made"},
    Described{"batches", "pallet_colour", "text", "", "Colour of its pallets"},
};

constexpr std::string_view context =
    "The company sells pumps, valves and parts for them to other companies, in six regions.\n"
    "A line of invoices is one product on one invoice. Returned goods are credited with the\n"
    "customer's next invoice, as a line of type CREDIT with negative quantity and amounts.\n"
    "Gross sales less discount are invoice sales; less rebate, net sales: sales means net sales.\n"
    "\n"
    "Priorities: keep the customers we have; stop discounts that nobody decided; find bad batches\n"
    "before customers do.\n"
    "Signals to watch: a customer that stops or slows; a discount that creeps up; a region that\n"
    "declines; batches that come back; deliveries that are late.\n";

base::Status write(const std::filesystem::path& path, std::string_view text) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << text;
  file.close();
  if (!file.fail()) return {};
  return base::fail(base::ErrorKind::unavailable,
                    fmt::format("{} could not be written", path.string()));
}

}  // namespace

base::Status describe_company(const std::filesystem::path& directory) {
  for (const std::string_view table : {"invoices", "customers", "products", "batches"}) {
    std::string text = "{";
    for (const auto& [of, column, type, unit, description] : described) {
      if (of != table) continue;
      text += fmt::format(
          "{}\n  \"{}\": {{\"type\": \"{}\", \"unit\": \"{}\", \"description\": \"{}\"}}",
          text.size() > 1 ? "," : "", column, type, unit, description);
    }
    TRY(write(directory / fmt::format("{}.json", table), text + "\n}\n"));
  }
  return write(directory / "business_context.txt", context);
}

}  // namespace insights::generate
