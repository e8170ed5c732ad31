// A subject with nothing in it: its rows taken apart, so that whatever is found between the parts
// is chance.
//
// Three parts, each put in a random order of its own:
//   who and what   entities, dimensions, labels, texts, identifiers, and what belongs to them:
//   which
//                  customer, product, region, batch a row is about
//   when           every column of dates
//   how much       measures and flags: amounts, quantities, whether it was late or came back
// Within a part rows stay whole: a customer keeps its region, gross stays above net, every column
// keeps its values. So a relation inside one part (two measures that go together, two attributes
// that go together, more rows in some months) is still there and still true; a relation between
// parts (a customer that fell silent, a region that declines, a batch that comes back, a price that
// rose) is gone, the rhythm of customers included.
#pragma once

#include <cstdint>

#include "catalog/catalog.h"

namespace insights::explore {

enum class Part { who, when, how_much };

// The part that a column of the subject moves with.
Part part_of(const catalog::Subject& subject, std::size_t column);

// The same seed gives the same order.
catalog::Subject shuffled(const catalog::Subject& subject, std::uint64_t seed);

}  // namespace insights::explore
