// What the server asks of the rest of the program, made from the settings.
#pragma once

#include "config/config.h"
#include "server/engine.h"
#include "server/metrics.h"

namespace insights::cli {

// Keeps a copy of the settings. Error messages of what it does name no path, URL or password: they
// reach whoever may ask the server.
base::Result<server::Engine> serve_engine(const config::Config& config, server::Metrics& metrics);

}  // namespace insights::cli
