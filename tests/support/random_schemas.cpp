#include "support/random_schemas.hpp"

#include <array>
#include <string>
#include <vector>

namespace signalbox::test {
namespace {

constexpr const char* kNames[] = {"a", "b", "c", "ab"};
constexpr const char* kPatterns[] = {"^a", "b$", "^.?$"};
constexpr const char* kTypes[] = {"null", "boolean", "integer", "number", "string", "array", "object"};
constexpr const char* kStrings[] = {"", "a", "b", "ab", "ba", "abb", "2026-01-02", "10.0.0.1"};
constexpr double kNumbers[] = {-2, -1, 0, 1, 2, 3, 4, 0.5, 1.5};

/// The subschemas within a schema, the schema itself among them.
void collect(Json& schema, std::vector<Json*>& into) {
  if (!schema.is_object() && !schema.is_boolean()) return;
  into.push_back(&schema);
  if (!schema.is_object()) return;
  for (auto& [keyword, value] : schema.items()) {
    const bool list =
        keyword == "anyOf" || keyword == "oneOf" || keyword == "allOf" || keyword == "prefixItems";
    const bool map = keyword == "properties" || keyword == "patternProperties" ||
                     keyword == "dependentSchemas" || keyword == "$defs";
    const bool one = keyword == "items" || keyword == "additionalProperties" || keyword == "not" ||
                     keyword == "contains" || keyword == "if" || keyword == "then" || keyword == "else" ||
                     keyword == "propertyNames" || keyword == "unevaluatedProperties" ||
                     keyword == "unevaluatedItems";
    if (one) collect(value, into);
    if (list || map)
      for (auto& inner : value) collect(inner, into);
  }
}

/// 1.0 as 1, which is how people write it.
Json number(double value) {
  const auto whole = static_cast<int>(value);
  return whole == value ? Json(whole) : Json(value);
}

}  // namespace

Json RandomSchemas::schema() {
  auto schema = subschema(2);
  if (!schema.is_object()) schema = Json::object();
  schema["$defs"] = {{"x", subschema(1)}, {"y", subschema(1)}};
  if (random_.chance(15))
    schema["$defs"]["y"] = {{"type", "object"}, {"properties", {{"a", {{"$ref", "#/$defs/y"}}}}}};
  return schema;
}

Json RandomSchemas::subschema(unsigned depth) {
  if (random_.chance(6)) return random_.chance(70);
  Json schema = Json::object();
  if (random_.chance(60)) schema["type"] = random_.one_of(kTypes);
  for (auto left = 1 + random_.below(3); left > 0; --left) add_keyword(schema, depth);
  return schema;
}

Json RandomSchemas::subschemas(unsigned depth) {
  Json list = Json::array();
  for (auto left = 1 + random_.below(3); left > 0; --left) list.push_back(subschema(depth - 1));
  return list;
}

Json RandomSchemas::named_subschemas(unsigned depth) {
  Json map = Json::object();
  for (auto left = 1 + random_.below(3); left > 0; --left) map[random_.one_of(kNames)] = subschema(depth - 1);
  return map;
}

Json RandomSchemas::names() {
  Json names = Json::array();
  for (const auto* name : kNames)
    if (random_.chance(35)) names.push_back(name);
  return names;
}

Json RandomSchemas::constants() {
  Json values = Json::array();
  for (auto left = 1 + random_.below(4); left > 0; --left) {
    auto one = value(1);
    if (std::find(values.begin(), values.end(), one) == values.end()) values.push_back(std::move(one));
  }
  return values;
}

void RandomSchemas::add_keyword(Json& schema, unsigned depth) {
  const auto small = [&] { return static_cast<int>(random_.below(4)); };
  if (depth == 0 || random_.chance(45)) {
    switch (random_.below(17)) {
      case 0: {
        Json types = Json::array();
        for (const auto* type : kTypes)
          if (random_.chance(40)) types.push_back(type);
        if (!types.empty()) schema["type"] = types;
        return;
      }
      case 1:
        schema["minimum"] = number(random_.one_of(kNumbers));
        return;
      case 2:
        schema["maximum"] = number(random_.one_of(kNumbers));
        return;
      case 3:
        schema["exclusiveMinimum"] = number(random_.one_of(kNumbers));
        return;
      case 4:
        schema["exclusiveMaximum"] = number(random_.one_of(kNumbers));
        return;
      case 5:
        schema["multipleOf"] = number(random_.one_of({0.5, 1.0, 2.0}));
        return;
      case 6:
        schema["minLength"] = small();
        return;
      case 7:
        schema["maxLength"] = small();
        return;
      case 8:
        schema["pattern"] = random_.one_of(kPatterns);
        return;
      case 9:
        schema["enum"] = constants();
        return;
      case 10:
        schema["const"] = value(1);
        return;
      case 11:
        schema["required"] = names();
        return;
      case 12:
        schema[random_.chance(50) ? "minProperties" : "maxProperties"] = small();
        return;
      case 13:
        schema[random_.chance(50) ? "minItems" : "maxItems"] = small();
        return;
      case 14:
        schema["uniqueItems"] = random_.chance(80);
        return;
      case 15:
        schema["format"] = random_.chance(50) ? "date" : "ipv4";
        return;
      default:
        schema["dependentRequired"] = {{random_.one_of(kNames), names()}};
        return;
    }
  }
  switch (random_.below(20)) {
    case 0:
    case 1:
    case 2:
    case 3:
      schema["properties"] = named_subschemas(depth);
      return;
    case 4:
    case 5:
      schema["additionalProperties"] = random_.chance(50) ? Json(false) : subschema(depth - 1);
      return;
    case 6:
      schema["patternProperties"] = {{random_.one_of(kPatterns), subschema(depth - 1)}};
      return;
    case 7:
      schema["propertyNames"] = subschema(depth - 1);
      return;
    case 8:
      schema["items"] = subschema(depth - 1);
      return;
    case 9:
      schema["prefixItems"] = subschemas(depth);
      return;
    case 10: {
      schema["contains"] = subschema(depth - 1);
      if (random_.chance(40)) schema["minContains"] = small();
      if (random_.chance(40)) schema["maxContains"] = small();
      return;
    }
    case 11:
    case 12:
      schema["anyOf"] = subschemas(depth);
      return;
    case 13:
      schema["oneOf"] = subschemas(depth);
      return;
    case 14:
      schema["allOf"] = subschemas(depth);
      return;
    case 15:
      schema["not"] = subschema(depth - 1);
      return;
    case 16: {
      schema["if"] = subschema(depth - 1);
      if (random_.chance(70)) schema["then"] = subschema(depth - 1);
      if (random_.chance(50)) schema["else"] = subschema(depth - 1);
      return;
    }
    case 17:
      schema["dependentSchemas"] = named_subschemas(depth);
      return;
    case 18:
      schema[random_.chance(50) ? "unevaluatedProperties" : "unevaluatedItems"] =
          random_.chance(30) ? Json(false) : subschema(depth - 1);
      return;
    default:
      schema["$ref"] = random_.chance(50) ? "#/$defs/x" : "#/$defs/y";
      return;
  }
}

Json RandomSchemas::changed(Json schema) {
  for (auto left = 1 + random_.below(3); left > 0; --left) change(schema);
  return schema;
}

void RandomSchemas::change(Json& schema) {
  std::vector<Json*> all;
  collect(schema, all);
  auto& one = *all[random_.below(all.size())];
  const bool root = &one == &schema;
  if (!one.is_object()) {
    if (!root) one = random_.chance(50) ? Json(!one.get<bool>()) : subschema(1);
    return;
  }
  change_subschema(one);
}

void RandomSchemas::change_subschema(Json& one) {
  const auto removable = [](const std::string& keyword) { return keyword != "$defs"; };
  std::vector<std::string> keywords;
  for (const auto& [keyword, value] : one.items())
    if (removable(keyword)) keywords.push_back(keyword);
  switch (keywords.empty() ? 0 : random_.below(6)) {
    case 0:
      return add_keyword(one, 1);
    case 1:
      one.erase(random_.one_of(keywords));
      return;
    case 2: {  // move a number
      for (auto& [keyword, value] : one.items())
        if (value.is_number() && keyword != "const" && keyword != "multipleOf") {
          const auto moved = value.get<double>() + (random_.chance(50) ? 1 : -1);
          const bool count = keyword.starts_with("min") && keyword != "minimum";
          const bool most = keyword.starts_with("max") && keyword != "maximum";
          if (moved >= 0 || !(count || most)) value = number(moved);
          return;
        }
      return add_keyword(one, 1);
    }
    case 3: {  // lengthen or shorten a list
      for (auto* keyword : {"required", "enum", "type", "anyOf", "oneOf"}) {
        if (!one.contains(keyword) || !one[keyword].is_array()) continue;
        auto& list = one[keyword];
        if (random_.chance(50) && list.size() > 1) return list.erase(list.begin()), void();
        if (std::string(keyword) == "enum") {
          auto more = value(1);
          if (std::find(list.begin(), list.end(), more) == list.end()) list.push_back(more);
        }
        if (std::string(keyword).ends_with("Of")) list.push_back(subschema(1));
        return;
      }
      return add_keyword(one, 1);
    }
    case 4: {  // wrap
      auto inner = one;
      inner.erase("$defs");
      Json outer = Json::object();
      if (one.contains("$defs")) outer["$defs"] = one["$defs"];
      const char* const wraps[] = {"anyOf", "allOf", "oneOf"};
      const auto* wrap = random_.one_of(wraps);
      outer[wrap] = {inner};
      if (random_.chance(50)) outer[wrap].push_back(subschema(1));
      one = outer;
      return;
    }
    default: {
      one.erase(random_.one_of(keywords));
      return add_keyword(one, 1);
    }
  }
}

Json RandomSchemas::value(unsigned depth) {
  switch (random_.below(depth == 0 ? 6 : 9)) {
    case 0:
      return nullptr;
    case 1:
      return random_.chance(50);
    case 2:
    case 3:
      return number(random_.one_of(kNumbers));
    case 4:
    case 5:
      return random_.one_of(kStrings);
    case 6: {
      Json items = Json::array();
      for (auto left = random_.below(4); left > 0; --left) items.push_back(value(depth - 1));
      return items;
    }
    default: {
      Json members = Json::object();
      for (auto left = random_.below(4); left > 0; --left)
        members[random_.chance(90) ? random_.one_of(kNames) : "zz"] = value(depth - 1);
      return members;
    }
  }
}

Json RandomSchemas::value_for(const Json& schema, const Json& root, unsigned depth) {
  if (depth == 0 || !schema.is_object() || random_.chance(8)) return value(depth);
  if (schema.contains("const")) return schema["const"];
  if (schema.contains("enum") && !schema["enum"].empty()) return random_.one_of(schema["enum"]);
  if (schema.contains("$ref") && random_.chance(80))
    return value_for(root["$defs"][schema["$ref"] == "#/$defs/x" ? "x" : "y"], root, depth - 1);
  for (const auto* keyword : {"anyOf", "oneOf", "allOf"})
    if (schema.contains(keyword) && random_.chance(70))
      return value_for(random_.one_of(schema[keyword]), root, depth - 1);
  for (const auto* keyword : {"then", "else"})
    if (schema.contains(keyword) && random_.chance(30)) return value_for(schema[keyword], root, depth - 1);
  std::string type;
  if (schema.contains("type"))
    type = schema["type"].is_string() ? schema["type"].get<std::string>()
                                      : random_.one_of(schema["type"]).get<std::string>();
  const bool of_objects = schema.contains("properties") || schema.contains("required") ||
                          schema.contains("additionalProperties") || schema.contains("dependentRequired") ||
                          schema.contains("patternProperties") || schema.contains("propertyNames") ||
                          schema.contains("dependentSchemas") || schema.contains("unevaluatedProperties");
  const bool of_arrays = schema.contains("items") || schema.contains("prefixItems") ||
                         schema.contains("contains") || schema.contains("uniqueItems") ||
                         schema.contains("unevaluatedItems");
  if (type == "object" || (type.empty() && of_objects && random_.chance(85)))
    return object_for(schema, root, depth);
  if (type == "array" || (type.empty() && of_arrays && random_.chance(85)))
    return array_for(schema, root, depth);
  if (type == "string") return random_.one_of(kStrings);
  if (type == "integer") return static_cast<int>(random_.below(7)) - 2;
  if (type == "number") return number(random_.one_of(kNumbers));
  if (type == "null") return nullptr;
  if (type == "boolean") return random_.chance(50);
  return value(depth);
}

Json RandomSchemas::object_for(const Json& schema, const Json& root, unsigned depth) {
  Json members = Json::object();
  const auto add = [&](const std::string& name) {
    const bool described = schema.contains("properties") && schema["properties"].contains(name);
    const bool others = schema.contains("additionalProperties");
    if (described)
      members[name] = value_for(schema["properties"][name], root, depth - 1);
    else
      members[name] = others ? value_for(schema["additionalProperties"], root, depth - 1) : value(depth - 1);
  };
  for (const auto& name : schema.value("required", Json::array())) add(name.get<std::string>());
  const auto properties = schema.value("properties", Json::object());
  for (const auto& [name, inner] : properties.items())
    if (random_.chance(50)) add(name);
  if (random_.chance(30)) add(random_.one_of(kNames));
  return members;
}

Json RandomSchemas::array_for(const Json& schema, const Json& root, unsigned depth) {
  Json items = Json::array();
  const auto prefix = schema.value("prefixItems", Json::array());
  for (auto left = random_.below(4); left > 0; --left) {
    if (items.size() < prefix.size())
      items.push_back(value_for(prefix[items.size()], root, depth - 1));
    else if (schema.contains("contains") && random_.chance(50))
      items.push_back(value_for(schema["contains"], root, depth - 1));
    else if (schema.contains("items"))
      items.push_back(value_for(schema["items"], root, depth - 1));
    else
      items.push_back(value(depth - 1));
  }
  return items;
}

}  // namespace signalbox::test
