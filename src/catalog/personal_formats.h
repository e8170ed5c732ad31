// What a text looks like that reaches or identifies a person. Pure functions of one value; `value`
// has no blanks around it. They answer for the usual writings and are no validators.
#pragma once

#include <string_view>

namespace insights::catalog {

bool is_email(std::string_view value);
bool holds_email(std::string_view value);  // somewhere in it
// With "+", brackets, or in groups of 3-3-4 digits; 8 to 15 digits.
bool is_phone(std::string_view value);
bool is_iban(std::string_view value);             // its check digits fit (ISO 13616)
bool is_card_number(std::string_view value);      // 13 to 19 digits whose check digit fits (Luhn)
bool is_social_security(std::string_view value);  // 123-45-6789
bool is_network_address(std::string_view value);  // IPv4, or a MAC address
// Two to four words of letters, each with a capital first: "Ana María Trujillo", "J. Doe".
bool is_full_name(std::string_view value);

}  // namespace insights::catalog
