// Every pattern, in one visible table. To add one: its file, its line here, its case in tests/patterns.
#pragma once

#include <array>

#include "patterns/pattern.h"

namespace insights::patterns {

std::vector<Candidate> examine_customer_silent(const Workspace& workspace);
std::vector<Candidate> examine_trend(const Workspace& workspace);
std::vector<Candidate> examine_price_change(const Workspace& workspace);
std::vector<Candidate> examine_concentration(const Workspace& workspace);
std::vector<Candidate> examine_rate_outlier(const Workspace& workspace);
std::vector<Candidate> examine_returns_overview(const Workspace& workspace);
std::vector<Candidate> examine_missing_values(const Workspace& workspace);
std::vector<Candidate> examine_duplicates(const Workspace& workspace);

inline constexpr std::array all{
    Pattern{"customer_silent", "Customer gone silent", "Which customers stopped ordering, against their own rhythm?",
            "Harbour Foods stopped ordering: nothing since 20 Aug 2024", 1.3, examine_customer_silent},
    Pattern{"trend", "Share rising or falling", "Whose share of the total rose, fell or changed for good?",
            "North: share of net sales fell by 33 %, from 18.2 % to 12.2 %", 1.0, examine_trend},
    Pattern{"price_change", "Price changed", "Which products' price per unit changed?",
            "P-17: price per unit rose by 18 %, from $59.80 to $70.60", 1.3, examine_price_change},
    Pattern{"concentration", "Much hangs on few", "How much of the total hangs on one customer, product or region, or on the largest tenth?",
            "Harbour Foods is 28 % of net sales; the next, Metro Trading, 4.1 %", 0.9, examine_concentration},
    Pattern{"rate_outlier", "Rate that stands out", "Where do returns, delays or other events happen more often than elsewhere?",
            "Batch B-17 (Gear Oil): 11.3 % of its rows are returned, against 1.5 % elsewhere", 1.3, examine_rate_outlier},
    Pattern{"returns_overview", "Taken back in all", "How much of what was sold is taken back, or goes wrong?",
            "2,310 rows (1.9 %) take sales back: $412K, 3.1 % of what was sold", 1.0, examine_returns_overview},
    Pattern{"missing_values", "Values missing", "Which rows do not say whose, what or when?",
            "12,400 rows (6.1 %) have no customer: $1.2M of sales cannot be assigned", 1.0, examine_missing_values},
    Pattern{"duplicates", "Rows recorded twice", "Which rows are there more than once?",
            "812 rows (0.3 %) repeat earlier ones in every column: $41K of sales may be counted twice", 1.0, examine_duplicates},
};

}  // namespace insights::patterns
