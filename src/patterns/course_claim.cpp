#include "patterns/course_claim.h"

#include <fmt/format.h>

#include <cmath>

#include "patterns/facts.h"
#include "patterns/forecast.h"
#include "patterns/wording.h"

namespace insights::patterns {

namespace {

using findings::Format;

constexpr double still_max = 0.1;  // of the others' level: they did not move

class CourseStatement {
 public:
  CourseStatement(findings::Claim& claim, findings::Values& values, const Workspace& workspace,
                  const CourseText& text, const Move& move)
      : claim_(claim),
        values_(values),
        workspace_(workspace),
        subject_(workspace.subject),
        text_(text),
        move_(move),
        shape_(move.movement.fit.shape),
        rises_(move.movement.relative > 0),
        per_(text.per.empty() ? "" : " " + text.per) {
    own_ = text.column == no_column ? "" : equals_sql(subject_, text.column, text.value);
  }

  void say() {
    ask();
    title();
    summary();
    draw();
  }

 private:
  base::Day start(std::size_t period) const {
    return workspace_.periods.starts[text_.first + period];
  }
  Format when() const {
    return workspace_.periods.grain == Grain::month ? Format::month : Format::date;
  }

  // One stretch of time, of own and of the others.
  std::string stretch_sql(std::string_view name, std::size_t begin, std::size_t end) {
    const auto span = both_sql(text_.condition, between_sql(subject_, start(begin), start(end)));
    std::string select;
    const auto add = [&](const std::string& side, const std::string& condition) {
      select += fmt::format(", {} AS {}{}_amount", text_.amount_sql(condition), side, name);
      values_.cell(fmt::format("{}{}_amount", side, name), "a", 0,
                   fmt::format("{}{}_amount", side, name));
      if (text_.weight_sql) {
        select += fmt::format(", {} AS {}{}_cases", text_.weight_sql(condition), side, name);
        values_.cell(fmt::format("{}{}_cases", side, name), "a", 0,
                     fmt::format("{}{}_cases", side, name));
      } else {
        values_.constant(fmt::format("{}{}_cases", side, name), static_cast<double>(end - begin));
      }
      values_.formula(fmt::format("{}{}", side, name),
                      fmt::format("{0}{1}_amount / {0}{1}_cases", side, name), text_.format,
                      text_.unit);
    };
    add("", both_sql(own_, span));
    if (beside()) add("others_", both_sql(fmt::format("NOT ({})", own_), span));
    return select;
  }

  bool beside() const { return text_.column != no_column && move_.others_before > 0; }

  void ask() {
    const auto& at = move_.movement.stretches;
    std::string select = own_.empty() ? fmt::format("{} AS first", day_sql(start(0)))
                                      : fmt::format("{} AS who, {} AS first",
                                                    label_sql(subject_, text_.column, text_.value),
                                                    day_sql(start(0)));
    select += fmt::format(", {} AS turn, {} AS after_from, {} AS last",
                          day_sql(base::Day{start(at.before_end).since_epoch - 1}),
                          day_sql(start(at.after_begin)),
                          day_sql(base::Day{start(at.after_end).since_epoch - 1}));
    select += stretch_sql("before", at.before_begin, at.before_end);
    select += stretch_sql("after", at.after_begin, at.after_end);
    if (!own_.empty()) values_.cell("who", "a", 0, "who");
    for (const std::string_view name : {"first", "turn", "after_from", "last"})
      values_.cell(name, "a", 0, name, when());
    claim_.evidence.push_back({"a", fmt::format("SELECT {} FROM {}", select, subject_.from_sql)});
    claim_.columns.push_back(subject_.columns[*subject_.time].name);
  }

  void title() {
    const bool step = shape_ == stats::Shape::step, hinge = shape_ == stats::Shape::hinge;
    const std::string since = step    ? "since {after_from}"
                              : hinge ? "since {turn}"
                                      : "between {first} and {last}";
    const auto course =
        fmt::format("{} from {{before}} to {{after}}{} {}", rises_ ? "rose" : "fell", per_, since);
    claim_.title =
        own_.empty() ? fmt::format("{} {}", capitalized(text_.subject), course)
                     : fmt::format("{}: {} {}", subject_phrase(subject_, text_.column, text_.value),
                                   text_.subject, course);
  }

  void summary() {
    const std::string_view was = text_.is_plural ? "were" : "was",
                           it = text_.is_plural ? "They" : "It",
                           has = text_.is_plural ? "have" : "has";
    switch (shape_) {
      case stats::Shape::step:
        claim_.summary = "The change came at once and stayed.";
        break;
      case stats::Shape::hinge:
        claim_.summary =
            fmt::format("{} {} steady until then; {{after}}{} is the average since {{after_from}}.",
                        it, was, per_);
        break;
      case stats::Shape::line:
        claim_.summary = fmt::format(
            "{} {} {} {}: {{before}}{} on average until {{turn}}, {{after}}{} since "
            "{{after_from}}.",
            it, has, rises_ ? "grown" : "gone down",
            move_.is_clear ? "all along" : "over the whole time", per_, per_);
        break;
    }
    multiple();
    others();
    forecast();
  }

  // From a doubling on people think in multiples.
  void multiple() {
    if (move_.movement.relative > 1) {
      values_.formula("times", "after / before", Format::multiple);
      claim_.summary += " That is {times} as much.";
    } else if (text_.format != Format::percent) {
      values_.formula("change", rises_ ? "after / before - 1" : "1 - after / before",
                      Format::percent);
      claim_.summary += fmt::format(" That is {{change}} {}.", rises_ ? "more" : "less");
    }
  }

  void others() {
    if (!beside()) return;
    const double relative = move_.others_relative();
    if (std::fabs(relative) < still_max) {
      claim_.summary += fmt::format(
          " The others stayed as they were: {{others_before}} before, {{others_after}}{} after.",
          per_);
    } else {
      claim_.summary += fmt::format(
          " Over the same time the others {} from {{others_before}} to {{others_after}}{}.",
          relative > 0 ? "rose" : "fell", per_);
    }
  }

  void forecast() {
    if (!move_.projection) return;
    claim_.summary +=
        add_forecast(claim_, values_, workspace_, *move_.projection,
                     {text_.each_sql, both_sql(text_.condition, own_), text_.first, text_.end},
                     text_.format, text_.unit, text_.per);
  }

  void draw() {
    const auto period = period_sql(subject_, workspace_.periods.grain);
    const auto where = both_sql(both_sql(text_.condition, own_),
                                between_sql(subject_, start(0), start(text_.end - text_.first)));
    claim_.evidence.push_back(
        {"b", fmt::format("SELECT {0} AS period, {1} AS amount FROM {2} WHERE {3} GROUP BY {0} "
                          "ORDER BY period",
                          period, text_.each_sql, subject_.from_sql, where)});
    claim_.chart = {findings::Chart::Mark::line,
                    own_.empty() ? fmt::format("{} by {}", capitalized(text_.subject),
                                               workspace_.periods.noun())
                                 : fmt::format("{} of {{who}} by {}", capitalized(text_.subject),
                                               workspace_.periods.noun()),
                    "b",
                    {"period", "", findings::Chart::Axis::Kind::temporal, ""},
                    {"amount", text_.subject, findings::Chart::Axis::Kind::quantitative,
                     text_.format == Format::percent ? "%" : text_.unit},
                    "",
                    "",
                    "",
                    ""};
  }

  findings::Claim& claim_;
  findings::Values& values_;
  const Workspace& workspace_;
  const catalog::Subject& subject_;
  const CourseText& text_;
  const Move& move_;
  stats::Shape shape_;
  bool rises_;
  std::string per_, own_;
};

}  // namespace

std::string both_sql(std::string_view a, std::string_view b) {
  if (a.empty() || b.empty()) return std::string(a.empty() ? b : a);
  return fmt::format("{} AND {}", a, b);
}

void say_course(findings::Claim& claim, findings::Values& values, const Workspace& workspace,
                const CourseText& text, const Move& move) {
  CourseStatement(claim, values, workspace, text, move).say();
}

findings::Guard season_guard(const Workspace& workspace, std::size_t periods) {
  const auto year = static_cast<std::size_t>(std::lround(workspace.periods.per_year()));
  if (periods >= 2 * year)
    return {"season", findings::GuardStatus::passed,
            "the same time of the year before does not contradict it"};
  return {"season", findings::GuardStatus::downgraded,
          "less than two years of data: part of it may be a season"};
}

}  // namespace insights::patterns
