#include "report/html.h"

#include <report_assets.h>

#include "report/amounts.h"
#include "report/choice_names.h"
#include "report/digest.h"
#include "report/html_parts.h"
#include "report/json_text.h"
#include "report/vega_lite.h"
#include "report/wording.h"

namespace insights::report {

namespace {

// Nothing may be fetched, and only what this file itself brings may run.
std::string policy(const std::vector<std::string_view>& scripts, std::string_view style) {
  std::string text = "default-src 'none'; base-uri 'none'; form-action 'none'; style-src 'sha256-" +
                     sha256_base64(style) + "'";
  if (!scripts.empty()) text += "; script-src";
  for (const auto script : scripts) text += " 'sha256-" + sha256_base64(script) + "'";
  return text;
}

std::string head(const explore::Run& run, const std::vector<std::string_view>& scripts) {
  const auto style = assets::page_css();
  std::string text = "<head>\n<meta charset=\"utf-8\">\n";
  // Before anything that it is to hold back.
  text +=
      "<meta http-equiv=\"Content-Security-Policy\" content=\"" + policy(scripts, style) + "\">\n";
  text +=
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"referrer\" "
      "content=\"no-referrer\">\n"
      "<meta name=\"robots\" content=\"noindex\">\n";
  text += html_element("title", html_text(headline(run))) + "\n";
  return text + html_element("style", style) + "\n</head>\n";
}

std::string fact(std::string_view name, const std::string& value) {
  if (value.empty()) return "";
  return html_element("div",
                      html_element("dt", html_text(name)) + html_element("dd", html_text(value))) +
         "\n";
}

std::string rows_read(const explore::Run& run) {
  std::int64_t rows = 0;
  for (const auto& table : run.tables) rows += table.rows;
  return counted(rows, "row") + " in " +
         counted(static_cast<std::int64_t>(run.tables.size()), "table");
}

std::string header(const explore::Run& run) {
  std::string text = html_element("p class=\"product\"", "Autonomous Insights Engine") + "\n";
  text += html_element("h1", html_text(headline(run))) + "\n";
  if (run.partial)
    text += html_element("p class=\"partial\" role=\"note\"", html_text(partial_line(run))) + "\n";
  std::string facts = fact("Period", period(run)) + fact("Read", rows_read(run)) +
                      fact("Focus", title_of(run.focus));
  facts += fact("Search", tested_line(run.counts)) + fact("Made", time_text(run.started_at));
  facts += fact("Hidden", hidden_line(run));
  return html_element("header class=\"page\"",
                      "\n" + text + html_element("dl class=\"facts\"", "\n" + facts)) +
         "\n";
}

// A card an account, since money of different accounts is never added.
std::string totals(const explore::Run& run) {
  std::string cards;
  for (const auto account :
       {findings::Account::at_risk, findings::Account::lost, findings::Account::opportunity}) {
    std::string amounts;
    for (const auto& total : run.totals) {
      if (total.account != account) continue;
      amounts += html_element(
          "p", html_element("strong", html_text(total_text(total, run.style))) + " " +
                   html_element("span", html_text(counted(total.findings, "finding"))));
    }
    if (amounts.empty()) continue;
    cards += html_element("div class=\"total " + std::string(choice_name(account)) + "\"",
                          html_element("h2", html_text(account_title(account))) + amounts) +
             "\n";
  }
  return cards.empty()
             ? ""
             : html_element("section class=\"totals\" aria-label=\"Totals\"", "\n" + cards) + "\n";
}

std::string contents(const explore::Run& run) {
  if (run.findings.size() < 4) return "";
  std::string items;
  for (std::size_t at = 0; at < run.findings.size(); ++at) {
    const auto& finding = run.findings[at];
    auto line = html_element("a href=\"#" + finding_anchor(at) + "\"", html_text(finding.title));
    const auto& impact = finding.impact;
    if (!impact.text.empty()) {
      line += " " + html_element("span",
                                 html_text(total_text({impact.account, impact.unit, impact.is_money,
                                                       impact.per, impact.amount, 1},
                                                      run.style)));
    }
    items += html_element("li class=\"" + std::string(choice_name(finding.severity)) + "\"", line) +
             "\n";
  }
  return html_element("nav aria-label=\"Findings at a glance\"",
                      "\n" + html_element("ol", "\n" + items)) +
         "\n";
}

std::string section(std::string_view title, const std::vector<std::string>& lines) {
  return lines.empty()
             ? ""
             : html_element("section", html_element("h2", html_text(title)) + html_list(lines)) +
                   "\n";
}

std::string footer(const explore::Run& run, const HtmlOptions& options) {
  std::vector<std::string> tables, tallies;
  for (const auto& table : run.tables) tables.push_back(table_line(table));
  for (const auto& tally : shown_tallies(run, options.saved)) tallies.push_back(tally_line(tally));
  return html_element("footer", "\n" + section("Hidden by your rules", hidden_lines(run)) +
                                    section("Notes", run.notes) + section("What was read", tables) +
                                    section("What was looked at", tallies) +
                                    section("How this was made", method_lines(run)) +
                                    section("What the numbers rest on", trust_lines())) +
         "\n";
}

std::string main_part(const explore::Run& run) {
  std::string cards;
  for (std::size_t at = 0; at < run.findings.size(); ++at)
    cards += html_finding(run.findings[at], at);
  if (cards.empty()) {
    cards = html_element("p class=\"nothing\"",
                         "Everything that was looked at is listed below. Nothing in it was strong "
                         "and large enough to be worth your time.");
  } else {
    cards = html_element("ol class=\"findings\"", "\n" + cards);
  }
  return html_element("main id=\"findings\" tabindex=\"-1\"", "\n" + cards) + "\n";
}

std::string charts(const explore::Run& run) {
  std::string text;
  for (std::size_t at = 0; at < run.findings.size(); ++at) {
    const auto specification = vega_lite_json(run.findings[at].chart);
    if (specification.empty()) continue;
    text += html_element("script type=\"application/json\" id=\"" + chart_id(at) + "\"",
                         script_json(specification)) +
            "\n";
  }
  return text;
}

std::string licence_note(const ChartScripts& scripts) {
  std::string text =
      "<!-- Charts are drawn by Vega, Vega-Lite and Vega-Embed, under these licences.\n";
  for (const auto licence : scripts.licences) text.append("\n").append(licence);
  return text + "-->\n";
}

}  // namespace

ChartScripts embedded_chart_scripts() {
  return {.vega = assets::vega_min_js(),
          .vega_lite = assets::vega_lite_min_js(),
          .vega_embed = assets::vega_embed_min_js(),
          .licences = {assets::vega_LICENSE(), assets::vega_lite_LICENSE(),
                       assets::vega_embed_LICENSE()}};
}

std::string to_html(const explore::Run& run, const HtmlOptions& options) {
  const auto& chart_scripts = options.scripts;
  const auto specifications = charts(run);
  std::vector<std::string_view> scripts;
  if (!specifications.empty() && !chart_scripts.vega.empty()) {
    scripts = {chart_scripts.vega, chart_scripts.vega_lite, chart_scripts.vega_embed};
  }
  scripts.push_back(assets::page_js());
  std::string body =
      html_element("a class=\"skip\" href=\"#findings\"", "Skip to the findings") + "\n";
  body += html_element("div class=\"sheet\"", "\n" + header(run) + totals(run) + contents(run) +
                                                  main_part(run) + footer(run, options)) +
          "\n";
  body += specifications;
  if (scripts.size() > 1) body += licence_note(options.scripts);
  for (const auto script : scripts) body += html_element("script", script) + "\n";
  return "<!doctype html>\n" +
         html_element("html lang=\"en\"",
                      "\n" + head(run, scripts) + html_element("body", "\n" + body)) +
         "\n";
}

}  // namespace insights::report
