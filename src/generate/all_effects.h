// Every effect, in one visible table, in the order in which they are planned. To add one: its
// function, its line here, its row in docs/reference/generate.md.
#pragma once

#include <array>
#include <memory>
#include <string>

#include "generate/effect.h"

namespace insights::generate {

Effect partial_month(Company& company, stats::Random& random);
Effect growth(Company& company, stats::Random& random);
Effect company_season(Company& company, stats::Random& random);
Effect tastes(Company& company, stats::Random& random);
Effect dominance(Company& company, stats::Random& random);
Effect silent_customer(Company& company, stats::Random& random);
Effect slowing_customer(Company& company, stats::Random& random);
Effect discount_creep(Company& company, stats::Random& random);
Effect never_buys(Company& company, stats::Random& random);
Effect slow_but_faithful(Company& company, stats::Random& random);
Effect offsetting_orders(Company& company, stats::Random& random);
Effect fat_finger(Company& company, stats::Random& random);
Effect lost_segment(Company& company, stats::Random& random);
Effect slow_payers(Company& company, stats::Random& random);
Effect trade_down(Company& company, stats::Random& random);
Effect bad_batch(Company& company, stats::Random& random);
Effect margin_squeeze(Company& company, stats::Random& random);
Effect region_decline(Company& company, stats::Random& random);
Effect price_step(Company& company, stats::Random& random);
Effect product_season(Company& company, stats::Random& random);
Effect odd_month(Company& company, stats::Random& random);
Effect launch(Company& company, stats::Random& random);
Effect regional_taste(Company& company, stats::Random& random);
Effect bad_together(Company& company, stats::Random& random);
Effect harder_zone(Company& company, stats::Random& random);
Effect late_and_paid_later(Company& company, stats::Random& random);
Effect missing_carrier(Company& company, stats::Random& random);
Effect double_lines(Company& company, stats::Random& random);
Effect net_above_invoice(Company& company, stats::Random& random);
Effect fan_out(Company& company, stats::Random& random);

inline constexpr std::array all_effects{
    EffectEntry{"partial_month", Kind::trap, "The data ends on the 11th of a month", partial_month},
    EffectEntry{"growth", Kind::background, "Orders grow by 0.3 % a month", growth},
    EffectEntry{"company_season", Kind::background, "A weak August, a strong October",
                company_season},
    EffectEntry{"tastes", Kind::background, "Every customer buys another mix", tastes},
    EffectEntry{"dominance", Kind::plant, "One customer is a fifth of all sales", dominance},
    EffectEntry{"silent_customer", Kind::plant, "A large customer stopped ordering 110 days ago",
                silent_customer},
    EffectEntry{"slowing_customer", Kind::plant, "A customer's gaps are three times as long lately",
                slowing_customer},
    EffectEntry{"discount_creep", Kind::plant, "A customer's discount rises by 13 points",
                discount_creep},
    EffectEntry{"never_buys", Kind::plant, "A large customer never buys what all others do",
                never_buys},
    EffectEntry{"slow_but_faithful", Kind::trap, "Silent for 48 days, on a rhythm of 60",
                slow_but_faithful},
    EffectEntry{"offsetting_orders", Kind::trap, "A giant order, cancelled with the next invoice",
                offsetting_orders},
    EffectEntry{"fat_finger", Kind::fault, "One line with 300 times the quantity meant",
                fat_finger},
    EffectEntry{"lost_segment", Kind::plant, "Four in ten customers of a segment quit",
                lost_segment},
    EffectEntry{"slow_payers", Kind::plant, "One sales rep's customers pay 12 days later",
                slow_payers},
    EffectEntry{"trade_down", Kind::plant, "Dear products give way to the cheapest", trade_down},
    EffectEntry{"bad_batch", Kind::plant, "One batch is taken back at 9 times the rate", bad_batch},
    EffectEntry{"margin_squeeze", Kind::plant, "A product's cost rises by 22 %, its price does not",
                margin_squeeze},
    EffectEntry{"region_decline", Kind::plant, "A region orders less and less for 18 months",
                region_decline},
    EffectEntry{"price_step", Kind::plant, "A product's price rises by 16 % at once", price_step},
    EffectEntry{"product_season", Kind::plant, "A product sells most in June, every year",
                product_season},
    EffectEntry{"odd_month", Kind::plant, "A category sells 2.2 times as much in one month",
                odd_month},
    EffectEntry{"launch", Kind::plant, "Most of the growth of the last year is one category",
                launch},
    EffectEntry{"regional_taste", Kind::plant, "A region buys 3.2 times as much of a category",
                regional_taste},
    EffectEntry{"bad_together", Kind::plant,
                "Complaints where one plant's goods go with one carrier", bad_together},
    EffectEntry{"harder_zone", Kind::plant,
                "A carrier late more often in all, less often in every zone (and the trap in it)",
                harder_zone},
    EffectEntry{"late_and_paid_later", Kind::plant, "The longer on the way, the later paid",
                late_and_paid_later},
    EffectEntry{"missing_carrier", Kind::fault, "In one month half the lines name no carrier",
                missing_carrier},
    EffectEntry{"double_lines", Kind::fault, "0.4 % of the lines are there twice", double_lines},
    EffectEntry{"net_above_invoice", Kind::fault,
                "0.3 % of the lines have net above invoiced sales", net_above_invoice},
    EffectEntry{"fan_out", Kind::trap, "Several batches a product: a join by product counts twice",
                fan_out},
};

// "all", "none", or names with commas between. Names that are none are given back in `unknown`.
// Background is always there, but for "none".
struct Chosen {
  std::set<std::string> effects, unknown;
};
Chosen chosen_effects(std::string_view list);

// Name of the sales rep of that number.
std::string rep_name(std::size_t rep);

}  // namespace insights::generate
