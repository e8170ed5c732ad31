// A run as the engine would make it, for tests only: every chart, strength, account and cell type,
// three kinds of money, and names that try to act where they are shown.
#pragma once

#include "explore/run.h"

namespace insights::report {

explore::Run sample_run();

// The same run over data in which nothing stood out.
explore::Run sample_run_without_findings();

// Names that the sample holds, in titles, labels, rows and SQL.
inline constexpr const char* hostile_image = "<img src=x onerror=alert(1)>";
inline constexpr const char* hostile_script = "</script><script>alert(2)</script>";
inline constexpr const char* hostile_link = "[offer](javascript:alert(3)) www.example.com";
inline constexpr const char* hostile_escape =
    "Red\x1b[31mShop\x07\xc2\x9b"
    "2J";
inline constexpr const char* hostile_reversed = "Shop \xe2\x80\xaegnp.exe";

}  // namespace insights::report
