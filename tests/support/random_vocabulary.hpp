#pragma once
#include <string>
#include <string_view>

#include "support/json_tree.hpp"
#include "support/random_source.hpp"

namespace signalbox::test {

// The few words of which random patterns and events are made.

/// An expression and a text that it matches as a whole.
struct RegexSample {
  const char *expression, *text;
};

/// A network and an address in it.
struct NetworkSample {
  const char *cidr, *address;
};

std::string random_name(RandomSource& random);
/// A name that only a bracket escape can ask for.
std::string random_literal_name(RandomSource& random);
std::string random_attribute(RandomSource& random);
/// Whether random_attribute() may answer it.
bool is_attribute(std::string_view name);
std::string random_text(RandomSource& random);
/// A number, comparable or not.
std::string random_number(RandomSource& random);
std::string random_comparable_number(RandomSource& random);
JsonTree random_scalar(RandomSource& random);
RegexSample random_regex(RandomSource& random);
NetworkSample random_network(RandomSource& random);
/// Text for a regex or network of the vocabulary; "" for others.
std::string sample_for(std::string_view expression_or_cidr);
/// Another way to write a comparable number's value, or the same.
std::string respelled_number(RandomSource& random, const std::string& text);

/// A string as JSON, some characters escaped that need not be.
std::string random_json_string(RandomSource& random, std::string_view text);
/// A tree as JSON, with such strings.
std::string random_json(RandomSource& random, const JsonTree& tree);

}  // namespace signalbox::test
