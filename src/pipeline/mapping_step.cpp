#include "pipeline/mapping_step.hpp"

#include <string_view>
#include <utility>

namespace signalbox::pipeline {
namespace {

constexpr std::size_t kAttributesMax = 100;

class MappingStep final : public PureStep {
 public:
  explicit MappingStep(Mapping mapping) : mapping_(std::move(mapping)) {}

  Result<Transformed> apply(const Event& event, const TransformContext& context) const override {
    const TemplateValues values(mapping_.variables, event, context);
    if (!values.status()) return values.status().error();
    auto changed = change(event, values);
    if (!changed) return changed.error();
    auto made = just(std::move(*changed));
    if (!mapping_.raw) return made;
    auto raw = mapping_.raw->render(made[0].event, values);
    if (!raw) return raw.error();
    made[0].raw = std::move(*raw);
    return made;
  }

 private:
  bool changes_event() const {
    return mapping_.new_data_kind() || !mapping_.remove.empty() || !mapping_.set.empty();
  }

  Result<Event> change(const Event& event, const TemplateValues& values) const {
    if (!changes_event()) return event;
    auto builder = EventBuilder::from(event);
    auto data = DataView{event.data_kind(), event.data()};
    std::string rendered;
    if (const auto kind = mapping_.new_data_kind()) {
      auto result =
          mapping_.constant ? Result<std::string>(*mapping_.constant) : mapping_.data->render(values);
      if (!result) return result.error();
      rendered = std::move(*result);
      data = DataView{*kind, rendered};
      builder.data(data.kind, data.bytes);
      builder.set("datacontenttype", *kind == DataKind::text ? "text/plain" : "application/json");
      builder.remove("dataschema");  // it described the data that was
    }
    for (const auto& name : mapping_.remove) builder.remove(name);
    for (const auto& attribute : mapping_.set)
      if (auto status = attribute.apply(builder, data, values); !status) return status.error();
    if (builder.attribute_count() > kAttributesMax) return Error(Errc::too_large, "more than 100 attributes");
    return builder.build();
  }

  Mapping mapping_;
};

}  // namespace

std::optional<DataKind> Mapping::new_data_kind() const {
  if (constant) return DataKind::json;
  if (!data) return std::nullopt;
  return data->format() == Template::Format::json ? DataKind::json : DataKind::text;
}

std::unique_ptr<const PureStep> make_mapping_step(Mapping mapping) {
  return std::make_unique<MappingStep>(std::move(mapping));
}

}  // namespace signalbox::pipeline
