#include "pipeline/string_form.hpp"

#include "pipeline/json_reader.hpp"
#include "pipeline/number_text.hpp"

namespace signalbox::pipeline {

std::vector<Probe> string_form_probes(std::string_view text) {
  std::vector<Probe> probes{Probe::equal(string_key(text))};
  if (text == "true") probes.push_back(Probe::equal(true_key()));
  if (text == "false") probes.push_back(Probe::equal(false_key()));
  JsonReader reader(text, 0);
  if (reader.next() == JsonToken::number && reader.text() == text) {
    const auto number = comparable_number(text);
    probes.push_back(Probe::equal(number ? number_key(*number) : number_text_key(text)));
  }
  return probes;
}

}  // namespace signalbox::pipeline
