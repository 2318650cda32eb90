#include "jq/compiled_program.hpp"

extern "C" {
#include <jq.h>
}
#include <cassert>
#include <cstdlib>
#include <new>
#include <utility>

#include "jq/exact_numbers.hpp"
#include "jq/program_text.hpp"

namespace signalbox::jq {
namespace {

/// Owns one reference to a value of libjq.
class Value {
 public:
  explicit Value(jv value) : value_(value) {}
  ~Value() { jv_free(value_); }
  Value(const Value&) = delete;
  Value& operator=(const Value&) = delete;

  jv copy() const { return jv_copy(value_); }
  jv_kind kind() const { return jv_get_kind(value_); }
  /// REQUIRES: a string.  Lives as long as the value.
  std::string_view text() const {
    const auto size = jv_string_length_bytes(copy());
    return std::string_view(jv_string_value(value_), static_cast<std::size_t>(size));
  }

 private:
  jv value_;
};

std::string to_json(const Value& value) { return std::string(Value(jv_dump_string(value.copy(), 0)).text()); }

Failure failed(FailureKind kind, std::string_view message) {
  return Failure{.kind = kind, .message = std::string(cut_text(message, kErrorBytesMax))};
}

/// What a program gave to `error`, which need not be a string, or jq's own words.
std::string error_text(const Value& message) {
  return message.kind() == JV_KIND_STRING ? std::string(message.text()) : to_json(message);
}

void end_without_memory(void*) { std::_Exit(kOutOfMemory); }

/// There is one event and nothing after it.
jv no_more_input(jq_state*, void*) { return jv_invalid(); }

void ignore_debug(void*, jv message) { jv_free(message); }

void collect_message(void* messages, jv message) {
  const Value formatted(jq_format_error(message));
  auto& all = *static_cast<std::string*>(messages);
  const auto text = compile_error_text(formatted.text());
  if (!all.empty() && !text.empty()) all += "; ";
  all += text;
}

}  // namespace

CompiledProgram::CompiledProgram(std::string_view text) {
  if (const auto refused = refused_program(text)) {
    fault_ = *refused;
    return;
  }
  state_ = jq_init();
  if (state_ == nullptr) throw std::bad_alloc();
  jq_set_nomem_handler(state_, &end_without_memory, nullptr);
  jq_set_error_cb(state_, &collect_message, &fault_);
  jq_set_input_cb(state_, &no_more_input, nullptr);
  jq_set_debug_cb(state_, &ignore_debug, nullptr);  // libjq 1.6 leaves it undefined and calls it
  // Without this attribute libjq asserts where a program looks for a module.
  jq_set_attr(state_, jv_string("JQ_LIBRARY_PATH"), jv_array());
  if (jq_compile(state_, std::string(text).c_str()) == 0) {
    if (fault_.empty()) fault_ = "does not compile";
    fault_ = cut_text(fault_, kErrorBytesMax);
  } else {
    fault_.clear();
  }
  jq_set_error_cb(state_, nullptr, nullptr);
}

CompiledProgram::~CompiledProgram() { jq_teardown(&state_); }

Answer CompiledProgram::run(std::string_view json) {
  assert(fault_.empty() && json.size() <= kInputBytesMax);
  const Value input(jv_parse_sized(json.data(), static_cast<int>(json.size())));
  if (input.kind() == JV_KIND_INVALID) {
    const Value message(jv_invalid_get_msg(input.copy()));
    return failed(FailureKind::program, "the event is not read: " + error_text(message));
  }
  jq_start(state_, input.copy(), 0);
  auto answer = collect();
  reset();
  const ExactNumbers exact(json);
  if (auto* results = std::get_if<Results>(&answer); results != nullptr && !exact.empty())
    for (auto& result : *results) result = exact.restore(std::move(result));
  return answer;
}

/// Lets go of what a run has made.
void CompiledProgram::reset() {
  const bool halted = jq_halted(state_) != 0;
  jq_start(state_, jv_null(), 0);
  // libjq 1.6 frees what `halt` and `halt_error` leave, and keeps it to free it again: put something harmless
  // there.
  if (halted) jq_halt(state_, jv_invalid(), jv_invalid());
}

Answer CompiledProgram::collect() {
  Results results;
  std::size_t all_bytes = 0;
  for (;;) {
    const Value result(jq_next(state_));
    if (result.kind() == JV_KIND_INVALID) {
      const Value message(jv_invalid_get_msg(result.copy()));
      if (message.kind() != JV_KIND_NULL) return failed(FailureKind::program, error_text(message));
      break;
    }
    if (results.size() == kResultsMax)
      return failed(FailureKind::too_large, "more than " + std::to_string(kResultsMax) + " results");
    results.push_back(to_json(result));
    all_bytes += results.back().size();
    if (results.back().size() > kResultBytesMax) return failed(FailureKind::too_large, "a result over 1 MiB");
    if (all_bytes > kAllResultsBytesMax) return failed(FailureKind::too_large, "results over 8 MiB in all");
  }
  if (jq_halted(state_) == 0) return results;
  const Value message(jq_get_error_message(state_));
  if (message.kind() != JV_KIND_INVALID)
    return failed(FailureKind::program, "halted: " + error_text(message));
  return results;
}

}  // namespace signalbox::jq
