// The texts of --help, drawn from the tables of commands and settings; at most 80 columns wide.
#pragma once

#include <string>

#include "cli/commands.h"

namespace insights::cli {

std::string program_help();
std::string command_help(const Command& command);

}  // namespace insights::cli
