#include "findings/formula.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/ensure.h"
#include "findings/formula_functions.h"

namespace insights::findings {

namespace {

using base::ErrorKind;
using base::fail;

struct Token {
  enum class Kind { number, name, function, symbol, end };
  Kind kind = Kind::end;
  std::string_view text;
  double number = 0;
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_name_start(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_name(char c) { return is_name_start(c) || is_digit(c); }
bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

// Reads a formula's words one by one; never past its end.
class Words {
 public:
  explicit Words(std::string_view text) : text_(text) {}

  base::Result<Token> next() {
    while (place_ < text_.size() && is_space(text_[place_])) ++place_;
    if (place_ == text_.size()) return Token{};
    const char first = text_[place_];
    if (is_digit(first) || first == '.') return number();
    if (is_name_start(first)) return word();
    if (std::string_view("+-*/(),").find(first) != std::string_view::npos) {
      return Token{Token::Kind::symbol, text_.substr(place_++, 1), 0};
    }
    return unreadable();
  }

  // Where the last word ended, in bytes.
  std::size_t place() const { return place_; }

 private:
  base::Result<Token> number() {
    double value = 0;
    const char* from = text_.data() + place_;
    const auto [stopped, error] = std::from_chars(from, text_.data() + text_.size(), value);
    if (error != std::errc{} || !std::isfinite(value)) return unreadable();
    const auto length = static_cast<std::size_t>(stopped - from);
    const Token token{Token::Kind::number, text_.substr(place_, length), value};
    place_ += length;
    return token;
  }

  Token word() {
    const std::size_t from = place_;
    while (place_ < text_.size() && is_name(text_[place_])) ++place_;
    std::size_t after = place_;
    while (after < text_.size() && is_space(text_[after])) ++after;
    const bool call = after < text_.size() && text_[after] == '(';
    return {call ? Token::Kind::function : Token::Kind::name, text_.substr(from, place_ - from), 0};
  }

  std::unexpected<base::Error> unreadable() const {
    return fail(ErrorKind::invalid_input,
                fmt::format("cannot read the formula \"{}\" at character {}", text_, place_ + 1));
  }

  std::string_view text_;
  std::size_t place_ = 0;
};

}  // namespace

// Recursive descent:  sum = product {(+|-) product};  product = sign {(*|/) sign};  sign = {-}
// atom; atom = number | name | function ( sum {, sum} ) | ( sum ).
class FormulaParser {
 public:
  explicit FormulaParser(std::string_view text) : words_(text) { result_.text_ = text; }

  base::Result<Expression> parse() {
    TRY(advance());
    TRY(sum());
    if (token_.kind != Token::Kind::end) return wrong("an operator");
    return std::move(result_);
  }

 private:
  using Operator = Expression::Operator;

  base::Status advance() {
    token_ = TRY(words_.next());
    return {};
  }

  bool at(std::string_view symbol) const {
    return token_.kind == Token::Kind::symbol && token_.text == symbol;
  }

  base::Status expect(std::string_view symbol) {
    if (!at(symbol)) return wrong(fmt::format("\"{}\"", symbol));
    return advance();
  }

  base::Status sum() {
    TRY(product());
    while (at("+") || at("-")) {
      const auto step = at("+") ? Operator::add : Operator::subtract;
      TRY(advance());
      TRY(product());
      result_.steps_.emplace_back(step);
    }
    return {};
  }

  base::Status product() {
    TRY(sign());
    while (at("*") || at("/")) {
      const auto step = at("*") ? Operator::multiply : Operator::divide;
      TRY(advance());
      TRY(sign());
      result_.steps_.emplace_back(step);
    }
    return {};
  }

  base::Status sign() {
    if (!at("-")) return atom();
    TRY(advance());
    TRY(deeper());
    TRY(sign());
    --depth_;
    result_.steps_.emplace_back(Operator::negate);
    return {};
  }

  base::Status atom() {
    const Token token = token_;
    if (token.kind == Token::Kind::number) {
      result_.steps_.emplace_back(token.number);
      return advance();
    }
    if (token.kind == Token::Kind::name) {
      result_.steps_.emplace_back(Expression::Name{index_of(token.text)});
      return advance();
    }
    if (token.kind == Token::Kind::function) return call(token.text);
    if (!at("(")) return wrong("a number, a name or \"(\"");
    TRY(advance());
    TRY(deeper());
    TRY(sum());
    --depth_;
    return expect(")");
  }

  base::Status call(std::string_view name) {
    const auto function = formula_function(name);
    if (!function) {
      return fail(ErrorKind::invalid_input, fmt::format("a formula has no function \"{}\"", name));
    }
    TRY(advance());
    TRY(expect("("));
    TRY(deeper());
    std::size_t arguments = 1;
    for (TRY(sum()); at(","); ++arguments) {
      TRY(advance());
      TRY(sum());
    }
    --depth_;
    TRY(expect(")"));
    const auto& entry = formula_functions()[*function];
    if (arguments < entry.arguments_min || arguments > entry.arguments_max) {
      return fail(ErrorKind::invalid_input, fmt::format("{} takes {} arguments, not {}", name,
                                                        entry.arguments_min, arguments));
    }
    result_.steps_.emplace_back(Expression::Call{*function, arguments});
    return {};
  }

  base::Status deeper() {
    if (++depth_ <= formula_depth_max) return {};
    return fail(ErrorKind::invalid_input,
                fmt::format("a formula is nested deeper than {} levels", formula_depth_max));
  }

  std::size_t index_of(std::string_view name) {
    auto& names = result_.names_;
    const auto found = std::ranges::find(names, name);
    if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
    names.emplace_back(name);
    return names.size() - 1;
  }

  std::unexpected<base::Error> wrong(std::string_view wanted) const {
    return fail(ErrorKind::invalid_input,
                fmt::format("the formula \"{}\" needs {} before character {}", result_.text_,
                            wanted, words_.place() + 1));
  }

  Words words_;
  Token token_;
  Expression result_;
  int depth_ = 0;
};

base::Result<Expression> Expression::parse(std::string_view text) {
  if (text.size() > formula_bytes_max) {
    return fail(ErrorKind::invalid_input,
                fmt::format("a formula has at most {} bytes", formula_bytes_max));
  }
  return FormulaParser(text).parse();
}

base::Result<double> Expression::evaluate(const Variables& variables) const {
  std::vector<double> stack;
  const auto pop = [&] {
    const double top = stack.back();
    stack.pop_back();
    return top;
  };
  for (const Step& step : steps_) {
    base::Result<double> value = 0.0;
    if (const auto* number = std::get_if<double>(&step)) {
      value = *number;
    } else if (const auto* name = std::get_if<Name>(&step)) {
      const auto found = variables.find(names_[name->index]);
      if (found == variables.end()) {
        return fail(ErrorKind::invalid_input,
                    fmt::format("\"{}\" has no value in \"{}\"", names_[name->index], text_));
      }
      value = found->second;
    } else if (const auto* call = std::get_if<Call>(&step)) {
      const auto from = stack.size() - call->arguments;
      value = formula_functions()[call->function].apply(std::span(stack).subspan(from));
      stack.resize(from);
    } else {
      const auto action = std::get<Operator>(step);
      const double right = pop();
      value = action == Operator::negate ? -right : combined(action, pop(), right);
    }
    if (!value)
      return fail(ErrorKind::invalid_input, value.error().message + " in \"" + text_ + "\"");
    if (!std::isfinite(*value)) {
      return fail(ErrorKind::invalid_input, fmt::format("\"{}\" has no finite value", text_));
    }
    stack.push_back(*value);
  }
  base::ensure(stack.size() == 1, "a parsed formula leaves one number");
  return stack.back();
}

base::Result<double> Expression::combined(Operator action, double left, double right) {
  switch (action) {
    case Operator::add:
      return left + right;
    case Operator::subtract:
    case Operator::negate:
      return left - right;
    case Operator::multiply:
      return left * right;
    case Operator::divide:
      if (right == 0) return fail(ErrorKind::invalid_input, "a division by zero");
      return left / right;
  }
  std::unreachable();
}

base::Result<std::string> with_names_replaced(
    std::string_view formula, const std::map<std::string, std::string, std::less<>>& replacements) {
  TRY(Expression::parse(formula));
  std::string text;
  Words words(formula);
  for (std::size_t from = 0;;) {
    const Token token = TRY(words.next());
    if (token.kind == Token::Kind::end) return text.append(formula.substr(from));
    const auto found =
        token.kind == Token::Kind::name ? replacements.find(token.text) : replacements.end();
    if (found == replacements.end()) {
      text.append(formula.substr(from, words.place() - from));
    } else {
      text.append(formula.substr(from, words.place() - token.text.size() - from));
      text.append("(" + found->second + ")");
    }
    from = words.place();
  }
}

base::Result<double> number_of(const source::Cell& cell) {
  constexpr double microseconds_a_day = 86'400e6;
  struct Reader {
    base::Result<double> operator()(std::monostate) const {
      return fail(ErrorKind::invalid_input, "there is no value (null)");
    }
    base::Result<double> operator()(bool value) const { return value ? 1.0 : 0.0; }
    base::Result<double> operator()(std::int64_t value) const { return static_cast<double>(value); }
    base::Result<double> operator()(double value) const {
      if (std::isfinite(value)) return value;
      return fail(ErrorKind::invalid_input, "the value is not a finite number");
    }
    base::Result<double> operator()(const std::string&) const {
      return fail(ErrorKind::invalid_input, "the value is text, not a number");
    }
    base::Result<double> operator()(base::Day day) const {
      return static_cast<double>(day.since_epoch);
    }
    base::Result<double> operator()(base::Moment moment) const {
      return static_cast<double>(moment.microseconds) / microseconds_a_day;
    }
  };
  return std::visit(Reader{}, cell);
}

}  // namespace insights::findings
