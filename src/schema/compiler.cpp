#include "schema/compiler.hpp"

#include <algorithm>
#include <deque>
#include <map>
#include <optional>

#include "event/json_pointer.hpp"
#include "schema/constant_pool.hpp"
#include "schema/fault_text.hpp"
#include "schema/loops.hpp"
#include "schema/object_plan.hpp"
#include "schema/regex_translation.hpp"
#include "schema/registry.hpp"

namespace signalbox::schema {
namespace {

constexpr std::int64_t kPatternMemoryBytes = 1 << 20;

/// The keywords of one subschema.
struct Source {
  const Place& place;
  const JsonTape& tape;
  Dialect dialect;
};

/// See Node::fits_at_once.
std::uint8_t fitting_forms(const Node& node) {
  if (!node.empty(Group::any)) return 0;
  unsigned forms = 0;
  const auto allow = [&](JsonKind kind, unsigned types, bool nothing_to_check) {
    if ((node.types & types) && nothing_to_check) forms |= 1u << static_cast<unsigned>(kind);
  };
  allow(JsonKind::null, kNull, true);
  allow(JsonKind::false_value, kBoolean, true);
  allow(JsonKind::true_value, kBoolean, true);
  allow(JsonKind::number, kNumber, node.empty(Group::number));
  allow(JsonKind::string, kString, node.empty(Group::string));
  allow(JsonKind::array, kArray, node.empty(Group::array) && node.unevaluated_items == kNoNode);
  allow(JsonKind::object, kObject, node.empty(Group::object) && node.unevaluated_properties == kNoNode);
  if ((node.types & (kNumber | kInteger)) && node.empty(Group::number)) forms |= 1u << 7;
  return static_cast<std::uint8_t>(forms);
}

class Compiler {
 public:
  explicit Compiler(const CompileOptions& options) : options_(options), registry_(options) {}

  Result<std::unique_ptr<const Program>> run(std::string_view text) {
    const auto main = registry_.add_main(text);
    if (!main) return main.error();
    // All of the document is looked at, so that a fault shows wherever it is; of others what is referred to.
    node_for(*main);
    const auto own = static_cast<PlaceId>(registry_.places());
    for (PlaceId place = 0; place < own; ++place)
      if (registry_.place(place).document == 0) node_for(place);
    compile_waiting();
    compile_dynamic_anchors();
    if (error_) return *std::move(error_);
    return finish();
  }

 private:
  Result<std::unique_ptr<const Program>> finish() {
    auto& program = *program_;
    program.limits = options_.limits;
    program.locations = registry_.take_locations();
    std::move(constants_).move_into(program);
    if (const auto loop = find_loop(program))
      return Error(Errc::invalid_argument, to_pointer(program.locations, program.nodes[*loop].location) +
                                               ": refers to itself without end, for the same value");
    return std::unique_ptr<const Program>(std::move(program_));
  }

  void fail(const Place& place, std::string_view keyword, const std::string& message,
            Errc code = Errc::invalid_argument) {
    if (error_) return;
    auto where = registry_.location(place.location);
    if (!keyword.empty()) event::append_pointer_token(where, keyword);
    error_.emplace(code, where + ": " + message);
  }

  NodeId node_for(PlaceId place) {
    const auto [at, added] = nodes_.emplace(place, static_cast<NodeId>(program_->nodes.size()));
    if (added) {
      program_->nodes.emplace_back();
      waiting_.push_back(place);
    }
    return at->second;
  }

  /// The node of a subschema that stands in another; its shape was checked.
  NodeId child(const Source& source, TapeIndex value) {
    return node_for(registry_.place_at(source.place.document, value));
  }

  Range children(const Source& source, TapeIndex array) {
    const Range range{static_cast<std::uint32_t>(program_->list.size()), source.tape[array].size};
    for (auto item = array + 1; item < source.tape.next(array); item = source.tape.next(item))
      program_->list.push_back(child(source, item));
    return range;
  }

  void compile_waiting() {
    for (; !waiting_.empty() && !error_; waiting_.pop_front()) compile_node(waiting_.front());
  }

  /// The subschemas that dynamic references may come upon: in every resource known by now.
  void compile_dynamic_anchors() {
    for (std::size_t seen = 0; seen != registry_.resources() + anchors_.size() && !error_;) {
      seen = registry_.resources() + anchors_.size();
      program_->dynamic_anchors.assign(anchors_.size(), {});
      for (const auto& [name, id] : anchors_)
        for (std::uint32_t resource = 0; resource < registry_.resources(); ++resource) {
          const auto& named = registry_.resource(resource).dynamic_anchors;
          if (const auto found = named.find(name); found != named.end())
            program_->dynamic_anchors[id].emplace_back(resource, node_for(found->second));
        }
      compile_waiting();
    }
  }

  void compile_node(PlaceId id) {
    const Place place = registry_.place(id);
    const Source source{place, registry_.tape(place.document), registry_.resource(place.resource).dialect};
    Node node;
    node.location = place.location;
    node.resource = place.resource;
    for (auto& group : groups_) group.clear();
    array_ = ArrayPlan();
    object_.emplace();
    const auto kind = source.tape[place.node].kind;
    if (kind == JsonKind::false_value) node.types = 0;
    if (kind == JsonKind::object) compile_keywords(source, node);
    if (error_) return;
    add_plans();
    for (std::size_t group = 0; group < kGroups; ++group) {
      node.begin[group] = static_cast<std::uint32_t>(program_->instructions.size());
      program_->instructions.insert(program_->instructions.end(), groups_[group].begin(),
                                    groups_[group].end());
    }
    node.begin[kGroups] = static_cast<std::uint32_t>(program_->instructions.size());
    node.fits_at_once = fitting_forms(node);
    program_->nodes[nodes_.at(id)] = node;
  }

  void add_plans() {
    if (array_used_) {
      emit(Group::array, Op::array, static_cast<std::uint32_t>(program_->arrays.size()));
      program_->arrays.push_back(array_);
    }
    if (!object_->empty()) {
      emit(Group::object, Op::object, static_cast<std::uint32_t>(program_->objects.size()));
      program_->objects.push_back(std::move(*object_).build());
    }
    array_used_ = false;
  }

  void compile_keywords(const Source& source, Node& node) {
    const auto& tape = source.tape;
    const auto schema = source.place.node;
    const bool alone = source.dialect.draft == Draft::v7 && tape.member(schema, "$ref") != 0;
    for (auto name = schema + 1; name < tape.next(schema) && !error_; name = tape.next(name + 1)) {
      const auto* info = find_keyword(source.dialect.draft, tape.text_of(name));
      if (!info || (alone && info->keyword != Keyword::ref) || !source.dialect.has(info->vocabulary))
        continue;
      if (const auto misshape = find_misshape(tape, name + 1, info->shape))
        return fail(source.place, info->name, *misshape);
      compile_keyword(source, node, *info, name + 1);
    }
  }

  void compile_keyword(const Source& source, Node& node, const KeywordInfo& info, TapeIndex value) {
    const auto& tape = source.tape;
    switch (info.keyword) {
      case Keyword::type:
        node.types = types_of(tape, value);
        return;
      case Keyword::enum_:
        return emit(Group::any, Op::one_of_constants, constants_.add_choice(tape, value));
      case Keyword::const_:
        return emit(Group::any, Op::constant, constants_.add(tape, value));
      case Keyword::ref:
      case Keyword::dynamic_ref:
        return compile_reference(source, info, value);
      case Keyword::all_of:
        return emit_list(Op::all_of, children(source, value));
      case Keyword::any_of:
        return emit_list(Op::any_of, children(source, value));
      case Keyword::one_of:
        return emit_list(Op::one_of, children(source, value));
      case Keyword::not_:
        return emit(Group::any, Op::not_, child(source, value));
      case Keyword::if_:
        return compile_condition(source, value);
      case Keyword::multiple_of:
        return emit(Group::number, Op::multiple_of, constants_.add_bound(tape, value));
      case Keyword::minimum:
        return emit(Group::number, Op::minimum, constants_.add_bound(tape, value));
      case Keyword::exclusive_minimum:
        return emit(Group::number, Op::exclusive_minimum, constants_.add_bound(tape, value));
      case Keyword::maximum:
        return emit(Group::number, Op::maximum, constants_.add_bound(tape, value));
      case Keyword::exclusive_maximum:
        return emit(Group::number, Op::exclusive_maximum, constants_.add_bound(tape, value));
      case Keyword::min_length:
        return emit(Group::string, Op::min_length, count_of(tape, value));
      case Keyword::max_length:
        return emit(Group::string, Op::max_length, count_of(tape, value));
      case Keyword::pattern:
        return emit(Group::string, Op::pattern, add_pattern(source, info.name, tape.text_of(value)));
      case Keyword::format:
        return compile_format(source, tape.text_of(value));
      case Keyword::unevaluated_items:
        node.unevaluated_items = child(source, value);
        return;
      case Keyword::unevaluated_properties:
        node.unevaluated_properties = child(source, value);
        return;
      default:
        if (!compile_array_keyword(source, info.keyword, value)) compile_object_keyword(source, info, value);
    }
  }

  bool compile_array_keyword(const Source& source, Keyword keyword, TapeIndex value) {
    const auto& tape = source.tape;
    switch (keyword) {
      case Keyword::prefix_items:
        array_.prefix = children(source, value);
        break;
      case Keyword::items:
        if (tape[value].kind != JsonKind::array) {
          array_.rest = child(source, value);
          break;
        }
        array_.prefix = children(source, value);
        array_.prefix_keyword = Keyword::items;
        if (const auto more = tape.member(source.place.node, "additionalItems"))
          if (!find_misshape(tape, more, Shape::schema)) array_.rest = child(source, more);
        break;
      case Keyword::contains:
        array_.contains = child(source, value);
        break;
      case Keyword::min_contains:
        array_.min_contains = count_of(tape, value);
        break;
      case Keyword::max_contains:
        array_.max_contains = count_of(tape, value);
        break;
      case Keyword::min_items:
        array_.min_items = count_of(tape, value);
        break;
      case Keyword::max_items:
        array_.max_items = count_of(tape, value);
        break;
      case Keyword::unique_items:
        array_.unique = tape[value].kind == JsonKind::true_value;
        break;
      default:
        return false;
    }
    array_used_ = true;
    return true;
  }

  void compile_object_keyword(const Source& source, const KeywordInfo& info, TapeIndex value) {
    const auto& tape = source.tape;
    const auto each_member = [&](auto&& use) {
      for (auto name = value + 1; name < tape.next(value) && !error_; name = tape.next(name + 1))
        use(tape.text_of(name), name + 1);
    };
    switch (info.keyword) {
      case Keyword::properties:
        return each_member([&](auto name, auto at) { object_->add_property(name, child(source, at)); });
      case Keyword::pattern_properties:
        return each_member([&](auto name, auto at) {
          object_->add_pattern(add_pattern(source, info.name, name), child(source, at));
        });
      case Keyword::additional_properties:
        return object_->set_additional(child(source, value));
      case Keyword::property_names:
        return object_->set_name_schema(child(source, value));
      case Keyword::min_properties:
        return object_->set_min(count_of(tape, value));
      case Keyword::max_properties:
        return object_->set_max(count_of(tape, value));
      case Keyword::required:
        for (const auto name : names_of(tape, value)) object_->require(name);
        return;
      case Keyword::dependent_schemas:
      case Keyword::dependencies:
      case Keyword::dependent_required:
        return each_member([&](auto name, auto at) {
          if (tape[at].kind == JsonKind::array)
            object_->add_dependent(info.keyword, name, names_of(tape, at), kNoNode);
          else
            object_->add_dependent(info.keyword, name, {}, child(source, at));
        });
      default:
        return;  // names and annotations
    }
  }

  void compile_condition(const Source& source, TapeIndex condition) {
    const Range range{static_cast<std::uint32_t>(program_->list.size()), 3};
    program_->list.insert(program_->list.end(), {child(source, condition), kNoNode, kNoNode});
    const auto branch = [&](std::uint32_t at, std::string_view name) {
      const auto value = source.tape.member(source.place.node, name);
      if (value != 0 && !find_misshape(source.tape, value, Shape::schema))
        program_->list[range.first + at] = child(source, value);
    };
    branch(1, "then");
    branch(2, "else");
    emit(Group::any, Op::condition, range.first);
  }

  void compile_reference(const Source& source, const KeywordInfo& info, TapeIndex value) {
    const std::string reference(source.tape.text_of(value));
    const auto from = registry_.place_at(source.place.document, source.place.node);
    const auto target = registry_.resolve(from, reference);
    if (!target) return fail(source.place, info.name, target.error().message, target.error().code);
    const auto node = node_for(target->place);
    if (info.keyword == Keyword::ref || target->dynamic_anchor.empty())
      return emit(Group::any, Op::ref, node);
    const auto anchor = anchors_.emplace(target->dynamic_anchor, static_cast<std::uint32_t>(anchors_.size()));
    emit(Group::any, Op::dynamic_ref, node, anchor.first->second);
  }

  void compile_format(const Source& source, std::string_view name) {
    if (options_.format != FormatUse::check && !source.dialect.format_checked) return;
    const auto* format = find_format(name);
    if (!format) return;
    emit(Group::string, Op::format, static_cast<std::uint32_t>(program_->formats.size()));
    program_->formats.push_back(format);
  }

  std::uint32_t add_pattern(const Source& source, std::string_view keyword, std::string_view text) {
    auto& patterns = program_->patterns;
    const auto known =
        std::find_if(patterns.begin(), patterns.end(), [&](const auto& p) { return p.text == text; });
    if (known != patterns.end()) return static_cast<std::uint32_t>(known - patterns.begin());
    const auto refuse = [&](const std::string& why) {
      fail(source.place, keyword,
           "\"" + to_printable(text) + "\" is not a regular expression that can be used: " + why);
      return 0;
    };
    if (patterns.size() >= options_.limits.patterns)
      return fail(source.place, keyword,
                  "more than " + std::to_string(options_.limits.patterns) + " patterns", Errc::too_large),
             0;
    const auto translated = to_re2(text);
    if (!translated) return static_cast<std::uint32_t>(refuse(translated.error().message));
    re2::RE2::Options options(re2::RE2::Quiet);
    options.set_max_mem(kPatternMemoryBytes);
    options.set_never_capture(true);
    auto regex = std::make_unique<const re2::RE2>(*translated, options);
    if (!regex->ok()) return static_cast<std::uint32_t>(refuse(regex->error()));
    patterns.push_back({std::string(text), std::move(regex)});
    return static_cast<std::uint32_t>(patterns.size() - 1);
  }

  void emit(Group group, Op op, std::uint32_t a, std::uint32_t b = 0) {
    groups_[static_cast<std::size_t>(group)].push_back({op, a, b});
  }
  void emit_list(Op op, Range nodes) { emit(Group::any, op, nodes.first, nodes.count); }

  static std::uint32_t count_of(const JsonTape& tape, TapeIndex value) {
    return to_count(parse_number(tape.text_of(value)));
  }

  static std::uint8_t types_of(const JsonTape& tape, TapeIndex value) {
    if (tape[value].kind == JsonKind::string) return type_bit(tape.text_of(value));
    std::uint8_t types = 0;
    for (const auto name : names_of(tape, value)) types = static_cast<std::uint8_t>(types | type_bit(name));
    return types;
  }

  static std::vector<std::string_view> names_of(const JsonTape& tape, TapeIndex array) {
    std::vector<std::string_view> names;
    for (auto item = array + 1; item < tape.next(array); item = tape.next(item))
      names.push_back(tape.text_of(item));
    return names;
  }

  const CompileOptions& options_;
  Registry registry_;
  std::unique_ptr<Program> program_ = std::make_unique<Program>();
  ConstantPool constants_;
  std::map<PlaceId, NodeId> nodes_;
  std::deque<PlaceId> waiting_;
  std::map<std::string, std::uint32_t> anchors_;  // dynamic ones that are referred to, by name
  std::optional<Error> error_;

  // Of the node that is being compiled.
  std::array<std::vector<Instruction>, kGroups> groups_;
  ArrayPlan array_;
  bool array_used_ = false;
  std::optional<ObjectPlanBuilder> object_;
};

}  // namespace

Result<std::unique_ptr<const Program>> compile_program(std::string_view text, const CompileOptions& options) {
  return Compiler(options).run(text);
}

}  // namespace signalbox::schema
