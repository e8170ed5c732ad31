#include "cli/model_settings.h"

#include <doctest/doctest.h>

namespace insights::cli {
namespace {

config::Config with_keys() {
  config::Config config;
  config.api_key = "sk-openai";
  config.anthropic_api_key = "sk-ant-1";
  config.base_url = "http://localhost:1/v1";
  config.origins["llm.api_key"] = {config::Origin::Kind::environment, "OPENAI_API_KEY"};
  config.origins["llm.base_url"] = {config::Origin::Kind::environment, "OPENAI_BASE_URL"};
  return config;
}

}  // namespace

TEST_CASE("a key goes only where it belongs") {
  auto config = with_keys();
  CHECK(model_settings(config)->key == "sk-openai");
  config.provider = config::Provider::anthropic;
  CHECK(model_settings(config)->key == "sk-ant-1");
  CHECK(model_settings(config)->base_url == "");
  config.anthropic_api_key.clear();
  CHECK(model_settings(config)->key == "");
  config.origins.clear();  // It stands in the file now, meant for the provider named there.
  CHECK(model_settings(config)->key == "sk-openai");
  CHECK(model_settings(config)->base_url == "http://localhost:1/v1");
}

TEST_CASE("where only Anthropic's key is there, Anthropic is asked") {
  auto config = with_keys();
  config.base_url.clear();
  CHECK(model_settings(config)->protocol == llm::Protocol::automatic);
  config.model = "claude-sonnet-4-5";
  CHECK(model_settings(config)->protocol == llm::Protocol::anthropic);
  config.model.clear();
  config.api_key.clear();
  CHECK(model_settings(config)->protocol == llm::Protocol::anthropic);
}

TEST_CASE("nobody is called because a variable holds a key") {
  auto config = with_keys();
  CHECK_FALSE(names_a_model(config));
  config.analyst = config::Analyst::llm;
  CHECK(names_a_model(config));
  config.privacy = config::Privacy::off;
  CHECK_FALSE(names_a_model(config));
  config = with_keys();
  config.origins["llm.model"] = {config::Origin::Kind::flag, "--model"};
  CHECK(names_a_model(config));
}

TEST_CASE("a provider's own server is not asked without a key; a server of one's own is") {
  config::Config config;
  const auto none = check_key(*model_settings(config));
  REQUIRE_FALSE(none);
  CHECK(none.error().hint.starts_with("Set OPENAI_API_KEY"));
  config.base_url = "http://127.0.0.1:11434/v1";
  CHECK(check_key(*model_settings(config)));
  config.base_url = "";
  config.api_key = "sk-x";
  CHECK(check_key(*model_settings(config)));
}

TEST_CASE("a header is a name and a value") {
  config::Config config;
  config.headers = {"X-Team:  sales", "X-Empty:"};
  CHECK(model_settings(config)->headers ==
        std::vector<http::Header>{{"X-Team", "sales"}, {"X-Empty", ""}});
  config.headers = {"no colon and a secret"};
  REQUIRE_FALSE(model_settings(config));
  CHECK(model_settings(config).error().message.find("secret") == std::string::npos);
}

}  // namespace insights::cli
