#!/usr/bin/env python3
"""Online Retail (UCI, 541,909 order lines): ten things that an analyst who knows nothing but the file should say, or
should know better than to say. Each is looked for in the findings' titles, summaries and evidence.
"""
import json

from common import explore, needs


def numbers(finding):
    """Every number in a finding's evidence, rounded."""
    for query in finding["evidence"]:
        for row in query["rows"]:
            for cell in row:
                try:
                    yield round(abs(float(cell)), 2)
                except (TypeError, ValueError):
                    continue


def text(finding):
    return f"{finding['title']} {finding['summary']}".lower()


def says(findings, *words, of=()):
    """Some finding has all the words in its text, and all the numbers in its evidence (to one in a thousand)."""
    for finding in findings:
        known = list(numbers(finding))
        if all(word in text(finding) for word in words) and \
                all(any(abs(one - number) <= 0.001 * number for one in known) for number in of):
            return finding["title"]
    return None


def falls_in_december(findings):
    return next((one["title"] for one in findings if "dec 2011" in text(one)
                 and any(word in text(one) for word in ("fell", "below", "drop", "fall", "decline"))), None)


def record_sales(findings):
    """A giant order told as if it had stayed."""
    return next((one["title"] for one in findings if ("80,995" in text(one) or "74,215" in text(one))
                 and "cancel" not in text(one) and "take" not in text(one)), None)


def main():
    (table, facts_file) = needs("online_retail.parquet", "online_retail_facts.json")
    facts = json.loads(facts_file.read_text())
    report, seconds = explore(table)
    findings = report["findings"]
    giants = says(findings, "80,995", "74,215", "cancel")
    points = [
        ("rows without a customer", says(findings, "customer", of=[facts["missing_customer_rows"]])),
        ("cancelled lines and their worth",
         says(findings, of=[facts["cancelled_rows"], -facts["cancelled_value"]])),
        ("exact duplicates", says(findings, "repeat", of=[facts["exact_duplicate_rows"]])),
        ("giant orders that were cancelled again, not a record", giants if giants and not record_sales(findings) else None),
        ("the United Kingdom's share", says(findings, "united kingdom", "84 %")),
        ("the top tenth of customers", says(findings, "tenth of customers", "60 %")),
        ("the largest customer", says(findings, str(int(facts["top_customer"][0])))),
        ("no sales on Saturdays", says(findings, "saturday")),
        ("the autumn peak", says(findings, "sep 2011", "nov 2011") or says(findings, "autumn")),
        ("a December of nine days is no fall", "not claimed" if not falls_in_december(findings) else None),
        ("fees and postage are no products", says(findings, "fee", "postage")),
    ]
    for name, found in points:
        print(f"{'yes' if found else 'NO ':3} {name}: {found or 'missing, or claimed'}")
    print(f"Online Retail: {sum(bool(found) for _, found in points)} of {len(points)} points, {len(findings)} findings, "
          f"{seconds:.1f} s")


if __name__ == "__main__":
    main()
