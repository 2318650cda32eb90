#include "pipeline/transform_run.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

namespace signalbox::pipeline {
namespace {

using Texts = std::vector<std::string>;

Event event(const std::string& id, const std::string& data = {}) {
  EventBuilder builder;
  builder.set("specversion", "1.0").set("id", id).set("source", "/s").set("type", "t");
  if (!data.empty()) builder.data(DataKind::text, data);
  return builder.build();
}

/// Makes the events that a function names.
class Scripted final : public PureStep {
 public:
  using Script = std::function<std::vector<Event>(const Event&)>;
  explicit Scripted(Script script) : script_(std::move(script)) {}
  Result<Transformed> apply(const Event& event, const TransformContext&) const override {
    Transformed made;
    for (auto& each : script_(event)) made.push_back({std::move(each), std::nullopt});
    return made;
  }

 private:
  Script script_;
};

class Failing final : public PureStep {
 public:
  Result<Transformed> apply(const Event&, const TransformContext&) const override {
    return Error(Errc::invalid_argument, "no");
  }
};

/// Asks for the event's id and makes an event of each answer, its id the answer.
class Asking final : public ProgramStep {
 public:
  std::string_view program() const override { return "program"; }
  ProgramCall call(const Event& event, const TransformContext&) const override {
    return {"program", std::string(event.id())};
  }
  Result<Transformed> accept(const Texts& results, const Event&, const TransformContext&) const override {
    Transformed made;
    for (const auto& id : results) made.push_back({event(id), std::nullopt});
    return made;
  }
};

TransformStep step(Scripted::Script script) { return std::make_unique<const Scripted>(std::move(script)); }
/// Each event `count` times.
TransformStep copies(std::size_t count, const std::string& data = {}) {
  return step([=](const Event& e) {
    return std::vector<Event>(count, data.empty() ? e : event(std::string(e.id()), data));
  });
}
Transformer chain(TransformStep a) {
  std::vector<TransformStep> steps;
  steps.push_back(std::move(a));
  return Transformer(std::move(steps));
}
Transformer chain(TransformStep a, TransformStep b) {
  std::vector<TransformStep> steps;
  steps.push_back(std::move(a));
  steps.push_back(std::move(b));
  return Transformer(std::move(steps));
}

/// The ids of what comes of event "e", or the error.
Texts run(const Transformer& transformer) {
  const auto made = transformer.apply(event("e"), TransformContext());
  if (!made) return {made.error().message};
  Texts ids;
  for (const auto& each : *made) ids.emplace_back(each.event.id());
  return ids;
}

TEST(TransformRun, several_events_of_one_get_ids_by_place) {
  EXPECT_EQ(run(chain(copies(1))), Texts({"e"}));
  EXPECT_EQ(run(chain(copies(3))), Texts({"e/1", "e/2", "e/3"}));
  EXPECT_EQ(run(chain(copies(2), copies(2))), Texts({"e/1/1", "e/1/2", "e/2/1", "e/2/2"}));
}

TEST(TransformRun, an_id_that_a_step_has_given_stays) {
  const auto own = [](const Event& e) { return std::vector{event("own"), e}; };
  EXPECT_EQ(run(chain(step(own))), Texts({"own", "e/2"}));
}

TEST(TransformRun, two_events_with_one_id_are_an_error) {
  const auto same = [](const Event&) { return std::vector{event("x"), event("x")}; };
  EXPECT_EQ(run(chain(step(same))), Texts({"makes two events with the id x"}));
}

TEST(TransformRun, no_event_is_a_result) {
  const auto none = [](const Event&) { return std::vector<Event>(); };
  EXPECT_EQ(run(chain(step(none))), Texts());
  EXPECT_EQ(run(chain(step(none), std::make_unique<const Failing>())), Texts());
  const auto first_only = [](const Event& e) {
    return e.id() == "e/1" ? std::vector{e} : std::vector<Event>();
  };
  EXPECT_EQ(run(chain(copies(3), step(first_only))), Texts({"e/1"}));
}

TEST(TransformRun, an_error_says_which_step_of_several) {
  EXPECT_EQ(run(chain(std::make_unique<const Failing>())), Texts({"no"}));
  EXPECT_EQ(run(chain(copies(2), std::make_unique<const Failing>())), Texts({"step 2: no"}));
}

TEST(TransformRun, a_thousand_events_are_the_most) {
  EXPECT_EQ(run(chain(copies(1'000))).size(), 1'000u);
  EXPECT_EQ(run(chain(copies(1'001))), Texts({"more than 1000 events out of one"}));
  EXPECT_EQ(run(chain(copies(40), copies(40))), Texts({"step 2: more than 1000 events out of one"}));
}

TEST(TransformRun, the_bytes_of_all_events_together_are_bounded) {
  const std::string mebibyte(1 << 20, 'x');
  EXPECT_EQ(run(chain(copies(7, mebibyte))).size(), 7u);
  EXPECT_EQ(run(chain(copies(8, mebibyte))), Texts({"more than 8 MiB out of one event"}));
}

TEST(TransformRun, a_program_is_asked_once_for_each_event) {
  const auto transformer = chain(copies(2), std::make_unique<const Asking>());
  EXPECT_FALSE(transformer.is_pure());
  const auto origin = event("e");
  const TransformContext context;
  TransformRun run(transformer, origin, context);
  auto call = run.advance();
  ASSERT_TRUE(call);
  EXPECT_EQ(std::get<ProgramCall>(*call).program, "program");
  EXPECT_EQ(std::get<ProgramCall>(*call).input, "e/1");
  run.answer(Texts({"a", "b"}));
  call = run.advance();
  ASSERT_TRUE(call);
  EXPECT_EQ(std::get<ProgramCall>(*call).input, "e/2");
  run.answer(Texts());
  EXPECT_FALSE(run.advance());
  const auto made = run.take();
  ASSERT_TRUE(made);
  ASSERT_EQ(made->size(), 2u);
  EXPECT_EQ((*made)[1].event.id(), "b");
}

TEST(TransformRun, a_program_that_fails_ends_the_run) {
  const auto transformer = chain(std::make_unique<const Asking>());
  const auto origin = event("e");
  const TransformContext context;
  TransformRun run(transformer, origin, context);
  ASSERT_TRUE(run.advance());
  run.fail_call(Error(Errc::timed_out, "took too long"));
  EXPECT_FALSE(run.advance());
  EXPECT_EQ(run.take().error().message, "took too long");
}

}  // namespace
}  // namespace signalbox::pipeline
