#include "schema/registry.hpp"

#include <algorithm>

#include "base/percent.hpp"
#include "event/json_pointer.hpp"
#include "event/json_scan.hpp"
#include "schema/fault_text.hpp"
#include "schema/metaschemas.hpp"
#include "schema/uri_reference.hpp"

namespace signalbox::schema {
namespace {

Error refuse(std::string message) { return Error(Errc::invalid_argument, std::move(message)); }

std::uint64_t key_of(std::uint32_t document, TapeIndex node) { return std::uint64_t{document} << 32 | node; }

std::string quoted(std::string_view text) { return "\"" + to_printable(text) + "\""; }

/// A reference token without its escapes; nullopt when a '~' is followed by neither 0 nor 1.
std::optional<std::string> unescaped_token(std::string_view token) {
  std::string out;
  for (std::size_t i = 0; i < token.size(); ++i) {
    if (token[i] != '~') {
      out += token[i];
      continue;
    }
    if (++i == token.size() || (token[i] != '0' && token[i] != '1')) return std::nullopt;
    out += token[i] == '0' ? '~' : '/';
  }
  return out;
}

/// The element or member that a token names; 0 when there is none.
TapeIndex step_to(const JsonTape& tape, TapeIndex at, std::string_view token) {
  if (tape[at].kind == JsonKind::object) return tape.member(at, token);
  if (tape[at].kind != JsonKind::array || token.empty() || token.size() > 9) return 0;
  std::size_t index = 0;
  for (const char c : token) {
    if (c < '0' || c > '9' || (token[0] == '0' && token.size() > 1)) return 0;
    index = index * 10 + static_cast<std::size_t>(c - '0');
  }
  if (index >= tape[at].size) return 0;
  auto item = at + 1;
  for (; index > 0; --index) item = tape.next(item);
  return item;
}

}  // namespace

bool Dialect::has(Vocabulary vocabulary) const {
  switch (vocabulary) {
    case Vocabulary::applicator:
      return applicator;
    case Vocabulary::validation:
      return validation;
    case Vocabulary::unevaluated:
      return unevaluated;
    case Vocabulary::core:
    case Vocabulary::format:
    case Vocabulary::annotation:
      return true;
  }
  return true;
}

std::string Registry::location(std::uint32_t id) const { return to_pointer(locations_, id); }

std::uint32_t Registry::add_location(std::uint32_t parent, std::string steps) {
  locations_.push_back({parent, std::move(steps)});
  return static_cast<std::uint32_t>(locations_.size() - 1);
}

PlaceId Registry::place_at(std::uint32_t document, TapeIndex node) const {
  const auto found = places_by_node_.find(key_of(document, node));
  return found == places_by_node_.end() ? kNoNode : found->second;
}

Result<PlaceId> Registry::add_main(std::string_view text) {
  const auto document = add_document(std::string(text), options_.base_uri);
  if (!document) return document.error();
  return place_at(0, 0);
}

Result<std::uint32_t> Registry::add_document(std::string text, const std::string& uri) {
  const auto& limits = options_.limits;
  const auto id = static_cast<std::uint32_t>(documents_.size());
  if (id >= limits.documents)
    return Error(Errc::too_large, ": made of more than " + std::to_string(limits.documents) + " documents");
  if (text.size() > limits.text_bytes)
    return Error(Errc::too_large, ": a schema has at most " + std::to_string(limits.text_bytes) + " bytes");
  if (const auto fault = event::validate_json(text, limits.schema_depth))
    return refuse(fault->pointer + ": not JSON at byte " + std::to_string(fault->offset) + ": " +
                  fault->message);
  auto& document = documents_.emplace_back();
  document.text = std::move(text);
  document.tape.read(document.text, limits.schema_depth);
  const auto kind = document.tape[0].kind;
  if (kind != JsonKind::object && kind != JsonKind::true_value && kind != JsonKind::false_value)
    return refuse(": a schema is an object, true or false");

  Dialect standard;
  standard.draft = options_.draft;
  const auto dialect = dialect_of(id, 0, standard);
  if (!dialect) return dialect.error();
  const auto resource = static_cast<std::uint32_t>(resources_.size());
  const auto location = add_location(Location::kTop, id == 0 ? std::string() : uri + "#");
  resources_.push_back({uri, *dialect});
  resources_by_uri_.emplace(uri, resource);
  if (const auto scanned = scan({id, resource, location}, 0); !scanned) return scanned.error();
  return id;
}

Result<Dialect> Registry::dialect_of(std::uint32_t document, TapeIndex root, Dialect otherwise) {
  const auto& tape = documents_[document].tape;
  const auto named = tape[root].kind == JsonKind::object ? tape.member(root, "$schema") : 0;
  if (named == 0) return otherwise;
  if (tape[named].kind != JsonKind::string) return refuse("/$schema: must be a string");
  auto dialect = dialect_named(std::string(split_fragment(tape.text_of(named)).uri));
  if (!dialect) return Error(dialect.error().code, "/$schema: " + dialect.error().message);
  return dialect;
}

Result<Dialect> Registry::dialect_named(const std::string& metaschema) {
  constexpr unsigned kMetaschemasMax = 4;  // above each other
  constexpr std::string_view kDraft7 = "json-schema.org/draft-07/schema";
  constexpr std::string_view kDraft2020 = "json-schema.org/draft/2020-12/schema";
  Dialect dialect;
  std::string_view name = metaschema;
  if (const auto slashes = name.find("://"); slashes != std::string_view::npos)
    name.remove_prefix(slashes + 3);
  if (name == kDraft7 || name == kDraft2020) {
    dialect.draft = name == kDraft7 ? Draft::v7 : Draft::v2020_12;
    return dialect;
  }
  if (name.starts_with("json-schema.org/"))
    return Error(Errc::unsupported, quoted(metaschema) + " is not supported: draft 7 and 2020-12 are");
  if (loading_dialects_ >= kMetaschemasMax) return refuse("a metaschema of metaschemas without end");
  ++loading_dialects_;
  const auto resource = load(metaschema);
  --loading_dialects_;
  if (!resource) return resource.error();
  dialect = resources_[*resource].dialect;
  const auto& root = places_[resources_[*resource].root];
  if (dialect.draft == Draft::v2020_12 && root.node == 0)
    if (const auto read = read_vocabularies(root.document, dialect); !read) return read.error();
  return dialect;
}

Status Registry::read_vocabularies(std::uint32_t document, Dialect& dialect) const {
  constexpr std::string_view kPrefix = "https://json-schema.org/draft/2020-12/vocab/";
  const auto& tape = documents_[document].tape;
  const auto vocabulary = tape[0].kind == JsonKind::object ? tape.member(0, "$vocabulary") : 0;
  if (vocabulary == 0) return ok();
  if (tape[vocabulary].kind != JsonKind::object) return refuse("its $vocabulary is not an object");
  dialect.applicator = dialect.validation = dialect.unevaluated = dialect.format_checked = false;
  for (auto name = vocabulary + 1; name < tape.next(vocabulary); name = tape.next(name + 1)) {
    auto word = tape.text_of(name);
    const bool ours = word.starts_with(kPrefix);
    if (ours) word.remove_prefix(kPrefix.size());
    if (ours && word == "applicator")
      dialect.applicator = true;
    else if (ours && word == "validation")
      dialect.validation = true;
    else if (ours && word == "unevaluated")
      dialect.unevaluated = true;
    else if (ours && word == "format-assertion")
      dialect.format_checked = true;
    else if (!ours && tape[name + 1].kind == JsonKind::true_value)
      return Error(Errc::unsupported, "the vocabulary " + quoted(word) + " is not known");
  }
  return ok();
}

Result<std::uint32_t> Registry::load(const std::string& uri) {
  if (const auto known = resources_by_uri_.find(uri); known != resources_by_uri_.end()) return known->second;
  std::optional<std::string> text;
  if (const auto built_in = find_metaschema(uri))
    text = std::string(*built_in);
  else if (options_.resolve)
    text = options_.resolve(uri);
  if (!text) return Error(Errc::not_found, "there is no schema " + quoted(uri));
  const auto document = add_document(*std::move(text), uri);
  if (!document) return Error(document.error().code, uri + "#" + document.error().message);
  return resources_by_uri_.find(uri)->second;
}

Status Registry::enter_resource(Surroundings& around, TapeIndex node, std::string_view id) {
  const auto [reference, fragment] = split_fragment(id);
  const auto draft = resources_[around.resource].dialect.draft;
  if (!fragment.empty() && draft != Draft::v7) return refuse("/$id: must not have a fragment");
  if (reference.empty()) return ok();
  auto uri = resolve_uri(resources_[around.resource].uri, reference);
  if (node == 0) {  // the document itself, under one more name
    resources_[around.resource].uri = uri;
    resources_by_uri_.emplace(std::move(uri), around.resource);
    return ok();
  }
  const auto dialect = dialect_of(around.document, node, resources_[around.resource].dialect);
  if (!dialect) return dialect.error();
  if (const auto known = resources_by_uri_.find(uri);
      known != resources_by_uri_.end() && resources_[known->second].root != places_.size())
    return refuse("/$id: the URI " + quoted(uri) + " is given to two schemas");
  around.resource = static_cast<std::uint32_t>(resources_.size());
  resources_by_uri_.emplace(uri, around.resource);
  resources_.push_back({std::move(uri), *dialect, static_cast<PlaceId>(places_.size())});
  return ok();
}

Status Registry::scan(Surroundings around, TapeIndex node) {
  if (place_at(around.document, node) != kNoNode) return ok();
  if (places_.size() >= options_.limits.subschemas)
    return Error(Errc::too_large,
                 ": more than " + std::to_string(options_.limits.subschemas) + " subschemas");
  const auto& tape = documents_[around.document].tape;
  const bool object = tape[node].kind == JsonKind::object;
  const bool alone =
      object && resources_[around.resource].dialect.draft == Draft::v7 && tape.member(node, "$ref") != 0;
  const auto id = object && !alone ? tape.member(node, "$id") : 0;
  if (id != 0 && tape[id].kind == JsonKind::string)
    if (const auto entered = enter_resource(around, node, tape.text_of(id)); !entered)
      return Error(entered.error().code, location(around.location) + entered.error().message);

  const auto place = static_cast<PlaceId>(places_.size());
  if (node == 0) resources_[around.resource].root = place;
  places_.push_back({around.document, node, around.resource, around.location});
  places_by_node_.emplace(key_of(around.document, node), place);
  if (!object) return ok();
  if (!alone)
    if (const auto added = add_anchors(places_[place], place); !added) return added;
  const auto draft = resources_[around.resource].dialect.draft;
  for (auto name = node + 1; name < tape.next(node); name = tape.next(name + 1)) {
    const auto* info = find_keyword(draft, tape.text_of(name));
    // Beside $ref draft 7 ignores everything; definitions can still be referred to.
    if (!info || (alone && info->keyword != Keyword::definitions)) continue;
    if (const auto scanned = scan_keyword(around, *info, name + 1); !scanned) return scanned;
  }
  return ok();
}

/// Scans the subschemas of a keyword; what has not the right shape is left for the compiler to refuse.
Status Registry::scan_keyword(const Surroundings& around, const KeywordInfo& info, TapeIndex value) {
  const auto& tape = documents_[around.document].tape;
  const auto subschema = [&](TapeIndex node, std::string steps) -> Status {
    const auto kind = tape[node].kind;
    if (kind != JsonKind::object && kind != JsonKind::true_value && kind != JsonKind::false_value)
      return ok();
    return scan({around.document, around.resource, add_location(around.location, std::move(steps))}, node);
  };
  const auto kind = tape[value].kind;
  const auto keyword = "/" + std::string(info.name);
  switch (info.shape) {
    case Shape::schema:
      return subschema(value, keyword);
    case Shape::schema_or_list:
    case Shape::schema_list: {
      if (kind != JsonKind::array) return info.shape == Shape::schema_list ? ok() : subschema(value, keyword);
      std::size_t index = 0;
      for (auto item = value + 1; item < tape.next(value); item = tape.next(item), ++index)
        if (const auto scanned = subschema(item, keyword + "/" + std::to_string(index)); !scanned)
          return scanned;
      return ok();
    }
    case Shape::schema_map:
    case Shape::schema_or_names_map:
      if (kind != JsonKind::object) return ok();
      for (auto name = value + 1; name < tape.next(value); name = tape.next(name + 1)) {
        auto steps = keyword;
        event::append_pointer_token(steps, to_printable(tape.text_of(name)));
        if (const auto scanned = subschema(name + 1, std::move(steps)); !scanned) return scanned;
      }
      return ok();
    default:
      return ok();
  }
}

Status Registry::add_anchors(const Place& place, PlaceId id) {
  const auto& tape = documents_[place.document].tape;
  if (resources_[place.resource].dialect.draft == Draft::v7) {
    const auto value = tape.member(place.node, "$id");
    if (value == 0 || tape[value].kind != JsonKind::string) return ok();
    const auto fragment = split_fragment(tape.text_of(value)).fragment;
    if (!fragment.empty()) resources_[place.resource].anchors.emplace(fragment, id);
    return ok();
  }
  if (const auto value = tape.member(place.node, "$anchor"))
    if (const auto added = add_anchor(place, id, value, false); !added) return added;
  if (const auto value = tape.member(place.node, "$dynamicAnchor"))
    if (const auto added = add_anchor(place, id, value, true); !added) return added;
  return ok();
}

Status Registry::add_anchor(const Place& place, PlaceId id, TapeIndex value, bool dynamic) {
  const auto& tape = documents_[place.document].tape;
  if (tape[value].kind != JsonKind::string) return ok();
  auto& resource = resources_[place.resource];
  const auto name = tape.text_of(value);
  const auto [at, added] = resource.anchors.emplace(name, id);
  if (!added && at->second != id)
    return refuse(location(place.location) + ": the anchor " + quoted(name) + " is given to two schemas");
  if (dynamic) resource.dynamic_anchors.emplace(name, id);
  return ok();
}

Result<Target> Registry::resolve(PlaceId from, std::string_view reference) {
  const auto uri = resolve_uri(resources_[places_[from].resource].uri, reference);
  std::uint32_t resource = places_[from].resource;
  if (uri != resources_[resource].uri) {
    const auto loaded = load(uri);
    if (!loaded) return loaded.error();
    resource = *loaded;
  }
  const auto fragment = base::percent_decode(split_fragment(reference).fragment);
  if (!fragment) return refuse("the fragment of " + quoted(reference) + " has a '%' without two digits");
  if (fragment->empty()) return Target{resources_[resource].root};
  if (fragment->front() == '/') {
    const auto place = follow_pointer(resource, *fragment);
    if (!place) return place.error();
    return Target{*place};
  }
  const auto& anchors = resources_[resource].anchors;
  const auto anchor = anchors.find(*fragment);
  if (anchor == anchors.end()) return Error(Errc::not_found, "there is no " + quoted(reference));
  const bool dynamic = resources_[resource].dynamic_anchors.contains(*fragment);
  return Target{anchor->second, dynamic ? *fragment : std::string()};
}

Result<PlaceId> Registry::follow_pointer(std::uint32_t resource, std::string_view pointer) {
  const auto& root = places_[resources_[resource].root];
  const auto& tape = documents_[root.document].tape;
  Surroundings around{root.document, resource, root.location};
  TapeIndex at = root.node;
  std::string steps;
  for (auto rest = pointer; !rest.empty();) {
    const auto end = std::min(rest.find('/', 1), rest.size());
    const auto token = unescaped_token(rest.substr(1, end - 1));
    at = token ? step_to(tape, at, *token) : 0;
    if (at == 0) return Error(Errc::not_found, "there is nothing at " + quoted(pointer));
    steps += to_printable(rest.substr(0, end));
    rest.remove_prefix(end);
    if (const auto place = place_at(around.document, at); place != kNoNode) {
      around.resource = places_[place].resource;
      around.location = places_[place].location;
      steps.clear();
      if (rest.empty()) return place;
    }
  }
  const auto kind = tape[at].kind;
  if (kind != JsonKind::object && kind != JsonKind::true_value && kind != JsonKind::false_value)
    return refuse("what is at " + quoted(pointer) + " is no schema");
  around.location = add_location(around.location, std::move(steps));
  if (const auto scanned = scan(around, at); !scanned) return scanned.error();
  return place_at(around.document, at);
}

}  // namespace signalbox::schema
