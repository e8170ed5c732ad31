// Every pattern, in one visible table. To add one: its file, its line here, its case in
// tests/patterns.
#pragma once

#include <array>

#include "patterns/pattern.h"

namespace insights::patterns {

std::vector<Candidate> examine_customer_silent(const Workspace& workspace);
std::vector<Candidate> examine_trend(const Workspace& workspace);
std::vector<Candidate> examine_price_change(const Workspace& workspace);
std::vector<Candidate> examine_concentration(const Workspace& workspace);
std::vector<Candidate> examine_rate_outlier(const Workspace& workspace);
std::vector<Candidate> examine_margin_erosion(const Workspace& workspace);
std::vector<Candidate> examine_retention(const Workspace& workspace);
std::vector<Candidate> examine_seasonality(const Workspace& workspace);
std::vector<Candidate> examine_simpson(const Workspace& workspace);
std::vector<Candidate> examine_group_difference(const Workspace& workspace);
std::vector<Candidate> examine_returns_overview(const Workspace& workspace);
std::vector<Candidate> examine_missing_values(const Workspace& workspace);
std::vector<Candidate> examine_duplicates(const Workspace& workspace);
std::vector<Candidate> examine_odd_codes(const Workspace& workspace);
std::vector<Candidate> examine_broken_identity(const Workspace& workspace);
std::vector<Candidate> examine_impossible_values(const Workspace& workspace);
std::vector<Candidate> examine_near_duplicate_values(const Workspace& workspace);
std::vector<Candidate> examine_calendar_gaps(const Workspace& workspace);
std::vector<Candidate> examine_peak_months(const Workspace& workspace);
std::vector<Candidate> examine_period_outlier(const Workspace& workspace);
std::vector<Candidate> examine_row_outlier(const Workspace& workspace);
std::vector<Candidate> examine_new_and_lost(const Workspace& workspace);
std::vector<Candidate> examine_cross_sell(const Workspace& workspace);
std::vector<Candidate> examine_repeated_amounts(const Workspace& workspace);
std::vector<Candidate> examine_average_over_time(const Workspace& workspace);
std::vector<Candidate> examine_count_over_time(const Workspace& workspace);
std::vector<Candidate> examine_burst(const Workspace& workspace);
std::vector<Candidate> examine_correlation(const Workspace& workspace);
std::vector<Candidate> examine_range_difference(const Workspace& workspace);
std::vector<Candidate> examine_mix_difference(const Workspace& workspace);
std::vector<Candidate> examine_load_per_person(const Workspace& workspace);
std::vector<Candidate> examine_text_mentions(const Workspace& workspace);
std::vector<Candidate> examine_customer_slowing(const Workspace& workspace);
std::vector<Candidate> examine_price_volume_mix(const Workspace& workspace);
std::vector<Candidate> examine_change_explained(const Workspace& workspace);
std::vector<Candidate> examine_rate_combination(const Workspace& workspace);
std::vector<Candidate> examine_two_way_exception(const Workspace& workspace);

inline constexpr std::array all_patterns{
    Pattern{"customer_silent", "Customer gone silent",
            "Which customers stopped ordering, against their own rhythm?",
            "Harbour Foods stopped ordering: nothing since 20 Aug 2024", 1.3,
            examine_customer_silent},
    Pattern{"trend", "Share rising or falling",
            "Whose share of the total rose, fell or changed for good?",
            "Hills: share of net sales fell by 33 %, from 18.2 % to 12.2 %", 1.0, examine_trend},
    Pattern{"price_change", "Price changed", "Which products' price per unit changed?",
            "P-17: price per unit rose by 18 %, from $59.80 to $70.60", 1.3, examine_price_change},
    Pattern{
        "concentration", "Much hangs on few",
        "How much of the total hangs on one customer, product or region, or on the largest tenth?",
        "Harbour Foods is 28 % of net sales; the next, Metro Trading, 4.1 %", 0.9,
        examine_concentration},
    Pattern{"rate_outlier", "Rate that stands out",
            "Where do returns, delays or other events happen more often than elsewhere?",
            "Batch B-17 (Wall Paint): 11.3 % of its rows are returned, against 1.5 % elsewhere",
            1.3, examine_rate_outlier},
    Pattern{
        "margin_erosion", "Margin lost",
        "Who keeps less of gross sales than the others, or less than before?",
        "Harbour Foods: the loss from list price to net sales rose from 8 % to 19 % since Jul 2024",
        1.3, examine_margin_erosion},
    Pattern{"retention", "Customers kept",
            "Which groups of customers come back less than the others?",
            "Hills kept 61 % of its customers, the others 78 %", 1.2, examine_retention},
    Pattern{"seasonality", "Season",
            "Which products, customers or regions have their month of the year?",
            "Lawn Feed sells 80 % above its average in June, every year", 0.7, examine_seasonality},
    Pattern{"simpson", "Worse in total, better in every part",
            "Who looks worse only because of being given the harder cases?",
            "Swift: more of its rows are late than of Trusty's (12 % against 8 %), but fewer "
            "within every zone",
            1.0, examine_simpson},
    Pattern{"group_difference", "Groups that differ",
            "Which groups have larger orders, longer cases or other averages than the rest?",
            "Team Blue: average handling hours 26.5, against 19.9 elsewhere", 0.7,
            examine_group_difference},
    Pattern{"returns_overview", "Taken back in all",
            "How much of what was sold is taken back, or goes wrong?",
            "2,310 rows (1.9 %) take sales back: $412K, 3.1 % of what was sold", 1.0,
            examine_returns_overview},
    Pattern{"missing_values", "Values missing", "Which rows do not say whose, what or when?",
            "12,400 rows (6.1 %) have no customer: $1.2M of sales cannot be assigned", 1.0,
            examine_missing_values},
    Pattern{
        "duplicates", "Rows recorded twice", "Which rows are there more than once?",
        "812 rows (0.3 %) repeat earlier ones in every column: $41K of sales may be counted twice",
        1.0, examine_duplicates},
    Pattern{"odd_codes", "Codes unlike the others",
            "Which codes are not written like the others of their column?",
            "31 product codes do not look like the others (Freight, Discount, Sample ...)", 0.8,
            examine_odd_codes},
    Pattern{"broken_identity", "Rows that contradict themselves",
            "Where is a net amount above its gross, or a total not quantity times price?",
            "214 rows (0.2 %) have net sales above gross sales", 1.0, examine_broken_identity},
    Pattern{"impossible_values", "Values that cannot be meant",
            "Which prices, dates and numbers cannot be meant as they are?",
            "2,100 rows have a unit price of zero, 3 rows a negative one", 0.9,
            examine_impossible_values},
    Pattern{"near_duplicate_values", "One thing in two spellings",
            "Which values seem to be one thing written in two ways?",
            "12 products seem to be written in two ways, such as \"BLUE PAINT\" for \"Blue Paint\"",
            0.7, examine_near_duplicate_values},
    Pattern{"calendar_gaps", "Days without rows",
            "On which days does nothing happen though something usually does?",
            "No orders between 3 Mar 2024 and 12 Mar 2024: 8 days without any", 0.8,
            examine_calendar_gaps},
    Pattern{"peak_months", "Strongest three months",
            "Which three months stand out of a short history?",
            "Sep 2024 to Nov 2024 bring $1.2M of sales a month, the other months $640K", 0.8,
            examine_peak_months},
    Pattern{"period_outlier", "Period out of the ordinary",
            "Which months or weeks are far from what trend and season led to expect?",
            "Net sales in Mar 2025: $310K, 42 % below what was expected", 1.0,
            examine_period_outlier},
    Pattern{
        "row_outlier", "Rows out of all proportion",
        "Which single rows are many times what is usual, and which giant orders were taken back?",
        "3 rows have more than 50 times the usual quantity of their product", 0.9,
        examine_row_outlier},
    Pattern{"new_and_lost", "Customers lost and won",
            "How many customers did not come back this year, and what did the new ones bring?",
            "41 of 380 customers did not come back in the year to Jun 2025: they had brought "
            "$310K, 6.2 % of net sales",
            1.1, examine_new_and_lost},
    Pattern{
        "cross_sell", "Never bought", "Which customers never buy what most customers like them do?",
        "Harbour Foods never buys Filters; 71 % of customers like it do", 1.3, examine_cross_sell},
    Pattern{"repeated_amounts", "The same amount again and again",
            "Who has one amount on many rows, where amounts hardly ever repeat?",
            "Ada Moreno has the same $800 on 40 rows: $32K of expenses in all", 1.2,
            examine_repeated_amounts},
    Pattern{"average_over_time", "Average rising or falling",
            "Which durations, scores, percentages or rates went up or down, and for whom alone?",
            "Ada Moreno: average resolution time rose from 9.1 days to 41.3 days since Jun 2023; "
            "the others stayed as they were",
            1.1, examine_average_over_time},
    Pattern{"count_over_time", "More or fewer than before",
            "Is there more or less of it than before, in all or of one value alone?",
            "Network: number of incidents rose from 10 to 40 a month since Jun 2023", 1.0,
            examine_count_over_time},
    Pattern{"burst", "Far denser for a while",
            "In which weeks or months did things come far denser than before and after?",
            "Hardware: spike of 110 incidents from Jul 2023 to Aug 2023: 55 a month, against 18 "
            "before and "
            "after",
            1.0, examine_burst},
    Pattern{
        "correlation", "Numbers that move together",
        "Which numbers, dates and events go together: the later or the larger the one, the "
        "higher or the lower the other?",
        "Laptop: the higher the cost, the lower the warranty days: 310 on average in the highest "
        "quarter, 905 in the lowest",
        0.8, examine_correlation},
    Pattern{"range_difference", "A range unlike the rest",
            "In which range of a number, or how many days after another date, do rates or averages "
            "stand out?",
            "Up to 21 days after the start date of the employee: 79 % of claims are declined, "
            "against 18 % otherwise",
            1.1, examine_range_difference},
    Pattern{"mix_difference", "Another mix than the others",
            "Whose rows are of other kinds than everybody else's?",
            "Finance: 50.5 % of its goals have the category Cost Reduction, against 18 % elsewhere",
            0.6, examine_mix_difference},
    Pattern{"load_per_person", "Much for few people",
            "Where does one person carry far more, or far less, than people elsewhere?",
            "IT: 2 managers for 101 people, 50.5 each, against 4.7 elsewhere", 1.1,
            examine_load_per_person},
    Pattern{
        "text_mentions", "What the texts say",
        "Which words of free texts stand out, belong to one group, or go with other numbers?",
        "Rows that mention \"multiple departments\": average percent complete 85, 66.7 % higher "
        "than the others (51)",
        0.6, examine_text_mentions},
    Pattern{"customer_slowing", "Customer ordering less",
            "Which customers still order, but less often or less each time than they used to?",
            "Harbour Foods: an order every 21 days since 4 Mar 2025, before that every 9 days", 1.3,
            examine_customer_slowing},
    Pattern{
        "price_volume_mix", "Volume, price and mix",
        "How much of the change of the total comes from volume, price, mix, new and lost "
        "products?",
        "Net sales fell by 3.1 % in the year to Jun 2025: volume -4 %, price +1.6 %, mix -0.7 %",
        1.0, examine_price_volume_mix},
    Pattern{"change_explained", "What explains the change",
            "Which customers, products or regions explain why the total rose or fell?",
            "Net sales fell by 8 % in the year to Jun 2025: 91 % of the fall is Paint in Hills",
            1.1, examine_change_explained},
    Pattern{"rate_combination", "Bad only together",
            "Which two or three values go wrong together, though each is fine by itself?",
            "Express with depot B: 31 % of the rows are late, against 9 % of the other Express and "
            "8 % of the other depot B",
            1.2, examine_rate_combination},
    Pattern{"two_way_exception", "Stronger or weaker together",
            "Which two values go together far more or far less than each leads to expect?",
            "Paint is 12 % of net sales in Hills, against 4 % elsewhere", 0.9,
            examine_two_way_exception},
};

}  // namespace insights::patterns
