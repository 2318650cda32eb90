#pragma once
#include <nlohmann/json.hpp>

#include "support/random_source.hpp"

namespace signalbox::test {

using Json = nlohmann::json;

/// Schemas and values of one small vocabulary, so that they have to do with each other: members a, b, c, ab,
/// numbers about 0, strings of a and b.
class RandomSchemas {
 public:
  explicit RandomSchemas(RandomSource& random) : random_(random) {}

  /// A whole schema, with definitions that it may refer to.
  Json schema();
  /// The same schema changed in one to three places.
  Json changed(Json schema);

  /// Any value.
  Json value(unsigned depth = 2);
  /// A value that has a fair chance to be valid by a subschema of `root`.
  Json value_for(const Json& schema, const Json& root, unsigned depth = 3);

 private:
  Json subschema(unsigned depth);
  void add_keyword(Json& schema, unsigned depth);
  Json subschemas(unsigned depth);
  Json named_subschemas(unsigned depth);
  Json names();
  Json constants();
  void change(Json& schema);
  void change_subschema(Json& schema);
  Json object_for(const Json& schema, const Json& root, unsigned depth);
  Json array_for(const Json& schema, const Json& root, unsigned depth);

  RandomSource& random_;
};

}  // namespace signalbox::test
