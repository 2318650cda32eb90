#pragma once
#include <initializer_list>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "signalbox/config_node.hpp"

namespace signalbox::test {

inline Place place() { return Place{std::make_shared<const std::string>("test.yaml"), 1, 1}; }

/// Configuration written in C++: block({{"url", text("http://a/")}, {"timeout", text("5s")}}).
inline ConfigNode text(const std::string& value) { return ConfigNode::scalar(value, false, place(), "http"); }
inline ConfigNode list(std::initializer_list<std::string> values) {
  std::vector<ConfigNode> items;
  for (const auto& value : values) items.push_back(text(value));
  return ConfigNode::sequence(std::move(items), place(), "http");
}
inline ConfigNode block(std::initializer_list<std::pair<std::string, ConfigNode>> members) {
  std::vector<ConfigNode::Member> all;
  for (const auto& [key, value] : members) all.push_back({key, place(), value});
  return ConfigNode::mapping(std::move(all), place(), "http");
}

}  // namespace signalbox::test
