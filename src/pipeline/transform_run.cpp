#include "pipeline/transform_run.hpp"

#include <cassert>
#include <set>
#include <string_view>
#include <utility>

namespace signalbox::pipeline {
namespace {

std::size_t size_of(const Deliverable& made) {
  auto size = made.event.record().size();
  if (!made.raw) return size;
  size += made.raw->bytes.size();
  for (const auto& [name, value] : made.raw->headers) size += name.size() + value.size();
  return size;
}

/// Several events made of one are not that one, and not each other.
void tell_apart(Transformed& made, const Event& origin) {
  for (std::size_t i = 0; i < made.size(); ++i) {
    auto& event = made[i].event;
    if (event.id() != origin.id()) continue;
    const auto id = std::string(event.id()) + '/' + std::to_string(i + 1);
    event = EventBuilder::from(event).set("id", id).build();
  }
}

/// The id of an event that another one has too; nullopt when all differ.
std::optional<std::string_view> find_twice(const Transformed& made) {
  std::set<std::pair<std::string_view, std::string_view>> seen;
  for (const auto& [event, raw] : made)
    if (!seen.emplace(event.source(), event.id()).second) return event.id();
  return std::nullopt;
}

}  // namespace

std::optional<ExternalCall> TransformRun::advance() {
  while (!is_over()) {
    if (at_ == input_count()) {
      end_step();
      continue;
    }
    const auto& step = transformer_.steps()[step_];
    if (const auto* program = std::get_if<std::unique_ptr<const ProgramStep>>(&step))
      return (*program)->call(input(), context_);
    if (const auto* asking = enrichment()) {
      auto call = asking->call(input(), context_);
      if (!call) {
        fail_call(call.error());
        continue;
      }
      call->step = step_;
      return std::move(*call);
    }
    accept(std::get<std::unique_ptr<const PureStep>>(step)->apply(input(), context_));
  }
  return std::nullopt;
}

const EnrichmentStep* TransformRun::enrichment() const {
  const auto* step = std::get_if<std::unique_ptr<const EnrichmentStep>>(&transformer_.steps()[step_]);
  return step ? step->get() : nullptr;
}

void TransformRun::answer(const std::vector<std::string>& results) {
  assert(!is_over());
  const auto& step = std::get<std::unique_ptr<const ProgramStep>>(transformer_.steps()[step_]);
  accept(step->accept(results, input(), context_));
}

void TransformRun::answer(const EnrichmentAnswer& answer) {
  assert(!is_over());
  auto made = enrichment()->accept(answer, input());
  if (!made) return fail_call(made.error());
  accept(std::move(made));
}

void TransformRun::fail_call(const Error& error, std::string_view brief) {
  assert(!is_over());
  const auto* asking = enrichment();
  if (!asking) return fail(error);
  if (asking->policy().on_error == EnrichmentPolicy::OnError::proceed)
    return accept(just(asking->without_answer(input(), brief.empty() ? error.message : brief)));
  fail(Error(error.code, "enrichment failed: " + error.message));
}

void TransformRun::accept(Result<Transformed> made) {
  if (!made) return fail(made.error());
  if (made->size() > 1) tell_apart(*made, input());
  if (next_.size() + made->size() > kEventsMax)
    return fail(Error(Errc::too_large, "more than 1000 events out of one"));
  for (auto& each : *made) {
    next_bytes_ += size_of(each);
    if (next_bytes_ > kBytesMax) return fail(Error(Errc::too_large, "more than 8 MiB out of one event"));
    next_.push_back(std::move(each));
  }
  ++at_;
}

void TransformRun::end_step() {
  current_ = std::move(next_);
  next_.clear();
  next_bytes_ = 0;
  at_ = 0;
  ++step_;
}

void TransformRun::fail(const Error& error) {
  const bool alone = transformer_.steps().size() == 1;
  error_ = alone ? error : Error(error.code, "step " + std::to_string(step_ + 1) + ": " + error.message);
}

Result<Transformed> TransformRun::take() {
  assert(is_over());
  if (error_) return *error_;
  if (const auto id = current_.size() > 1 ? find_twice(current_) : std::nullopt)
    return Error(Errc::invalid_argument, "makes two events with the id " + std::string(*id));
  return std::move(current_);
}

}  // namespace signalbox::pipeline
