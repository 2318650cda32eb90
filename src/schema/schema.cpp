#include "schema/schema.hpp"

#include "schema/compiler.hpp"
#include "schema/evaluator.hpp"

namespace signalbox::schema {
namespace {

/// Kept between values, so that checking one does not allocate.
Scratch& scratch_of_thread() {
  thread_local Scratch scratch;
  return scratch;
}

}  // namespace

Schema::Schema(std::unique_ptr<const Program> program) : program_(std::move(program)) {}
Schema::~Schema() = default;

Result<std::shared_ptr<const Schema>> Schema::compile(std::string_view text, const CompileOptions& options) {
  auto program = compile_program(text, options);
  if (!program) return program.error();
  return std::make_shared<const Schema>(*std::move(program));
}

bool Schema::valid(std::string_view json) const {
  auto& scratch = scratch_of_thread();
  const bool fits =
      scratch.tape.read(json, program_->limits.data_depth) && Evaluator(*program_, scratch, nullptr).run();
  scratch.trim();
  return fits;
}

std::vector<SchemaFault> Schema::validate(std::string_view json) const {
  auto& scratch = scratch_of_thread();
  std::vector<SchemaFault> faults;
  if (!scratch.tape.read(json, program_->limits.data_depth))
    faults.push_back({SchemaFault::Kind::no_json, "", "", "not JSON " + scratch.tape.message()});
  else if (!Evaluator(*program_, scratch, nullptr).run())
    Evaluator(*program_, scratch, &faults).run();
  scratch.trim();
  return faults;
}

}  // namespace signalbox::schema
