// The command line, as people and scripts use it.
#include <algorithm>
#include <csignal>
#include <sstream>

#include "scenario/bus.hpp"

namespace signalbox::scenario {
namespace {

using test::ProgramResult;

class Cli : public Bus {
 protected:
  static ProgramResult run(std::vector<std::string> arguments, const std::string& input = {}) {
    arguments.insert(arguments.begin(), test::signalbox_binary());
    return test::run_program(arguments, input);
  }
  /// With --url of the daemon's admin API.
  ProgramResult ask(std::vector<std::string> arguments, const std::string& input = {}) {
    arguments.insert(arguments.end(), {"--url", daemon().admin_url("")});
    return run(std::move(arguments), input);
  }
  /// A command that prints JSON; expects exit code 0.
  json ask_json(std::vector<std::string> arguments) {
    arguments.push_back("--json");
    const auto result = ask(std::move(arguments));
    EXPECT_EQ(result.exit.code, 0) << result.err;
    const auto document = json::parse(result.out, nullptr, false);
    EXPECT_FALSE(document.is_discarded()) << result.out;
    return document;
  }
  ProgramResult check(const std::string& yaml) {
    const auto file = directory_.file("checked.yaml");
    test::write_file(file, yaml);
    return run({"check", file});
  }
  test::TempDir directory_;
};

TEST_F(Cli, check_passes_a_good_file) {
  const auto result = check("tenants:\n  acme:\n    open: true\n    channels: { orders: {} }\n");
  EXPECT_EQ(result.exit.code, 0) << result.err << result.out;
}

TEST_F(Cli, check_tells_every_fault_with_its_place_and_a_hint) {
  const auto result = check(
      "tenants:\n"
      "  acme:\n"
      "    open: true\n"
      "    channels:\n"
      "      orders:\n"
      "        retian: 7d\n"
      "        rules: { all: { to: [nowhere] } }\n");
  EXPECT_EQ(result.exit.code, 1);
  const auto text = result.out + result.err;
  EXPECT_NE(text.find("checked.yaml:6:9: "), std::string::npos) << text;
  EXPECT_NE(text.find("\"retain\""), std::string::npos) << text;
  EXPECT_NE(text.find("checked.yaml:7:"), std::string::npos) << text;
  EXPECT_NE(text.find("nowhere"), std::string::npos) << text;
}

TEST_F(Cli, exit_codes_tell_the_file_the_command_line_and_the_network_apart) {
  EXPECT_EQ(check("tenants: [").exit.code, 1);
  EXPECT_EQ(run({"check", "/nowhere/at/all.yaml"}).exit.code, 1);
  EXPECT_EQ(run({"no-such-command"}).exit.code, 2);
  EXPECT_EQ(run({"check"}).exit.code, 2);
  EXPECT_EQ(run({"status", "--url", "http://127.0.0.1:1"}).exit.code, 3);
}

TEST_F(Cli, every_command_has_help) {
  for (const std::string command : {"serve", "check", "eval", "explain", "send", "tail", "events", "event",
                                    "dead-letters", "redrive", "rules", "status", "bench", "schemas"}) {
    const auto result = run({command, "--help"});
    EXPECT_EQ(result.exit.code, 0) << command;
    EXPECT_FALSE(result.out.empty()) << command;
  }
}

TEST_F(Cli, serve_with_a_faulty_file_tells_its_faults_and_exits_1) {
  test::write_file(directory_.file("bad.yaml"), "severs: {}\n");
  const auto result = run({"serve", "--config", directory_.file("bad.yaml")});
  EXPECT_EQ(result.exit.code, 1);
  EXPECT_NE((result.err + result.out).find("bad.yaml:1:1: "), std::string::npos) << result.err;
}

TEST_F(Cli, eval_pattern_answers_a_line_for_a_line_and_goes_on_after_a_bad_one) {
  const auto result = run({"eval", "pattern"},
                          "{\"pattern\":{\"a\":[1]},\"event\":{\"a\":1}}\n"
                          "not json\n"
                          "{\"pattern\":{\"a\":1},\"event\":{\"a\":1}}\n"
                          "{\"pattern\":{\"a\":[{\"prefix\":\"x\"}]},\"event\":{\"a\":\"y\"}}\n");
  EXPECT_EQ(result.exit.code, 0) << result.err;
  std::istringstream lines(result.out);
  std::vector<json> verdicts;
  for (std::string line; std::getline(lines, line);) verdicts.push_back(json::parse(line));
  ASSERT_EQ(verdicts.size(), 4u) << result.out;
  EXPECT_EQ(verdicts[0], (json{{"match", true}}));
  EXPECT_TRUE(verdicts[1].contains("error"));
  EXPECT_TRUE(verdicts[2].contains("error"));
  EXPECT_EQ(verdicts[3], (json{{"match", false}}));
}

TEST_F(Cli, schemas_infer_prints_a_schema_for_each_type_of_events) {
  const std::string events =
      R"({"specversion":"1.0","id":"1","source":"/s","type":"b","data":{"n":1}})"
      "\n"
      R"({"specversion":"1.0","id":"2","source":"/s","type":"a","data":[null]})"
      "\n"
      R"({"specversion":"1.0","id":"3","source":"/s","type":"b","data":{"n":2.5,"m":"x"}})"
      "\n"
      R"({"specversion":"1.0","id":"4","source":"/s","type":"b"})"
      "\n";
  const auto all = run({"schemas", "infer"}, events);
  EXPECT_EQ(all.exit.code, 0) << all.err;
  EXPECT_NE(all.err.find("b: 1 event has no JSON data"), std::string::npos) << all.err;
  std::istringstream lines(all.out);
  std::vector<json> types;
  for (std::string line; std::getline(lines, line);) types.push_back(json::parse(line));
  ASSERT_EQ(types.size(), 2u) << all.out;
  EXPECT_EQ(types[0].at("type"), "a");
  EXPECT_EQ(types[0].at("schema").at("items"), (json{{"type", "null"}}));
  EXPECT_EQ(types[1].at("events"), 2);
  EXPECT_EQ(types[1].at("schema").at("required"), (json{"n"}));

  const auto file = directory_.file("events.json");
  test::write_file(file, "[" + events.substr(0, events.find('\n')) + "]");
  const auto one = run({"schemas", "infer", "--closed", "--type", "b", file});
  EXPECT_EQ(one.exit.code, 0) << one.err;
  EXPECT_EQ(json::parse(one.out).at("additionalProperties"), false);
  EXPECT_GT(std::count(one.out.begin(), one.out.end(), '\n'), 5);
}

TEST_F(Cli, schemas_infer_tells_what_is_no_event_and_where) {
  const auto bad = run({"schemas", "infer"},
                       R"({"specversion":"1.0","id":"1","source":"/s","type":"t","data":1})"
                       "\n{\"id\":1}\n");
  EXPECT_EQ(bad.exit.code, 1);
  EXPECT_NE(bad.err.find("stdin:2: no valid CloudEvent: "), std::string::npos) << bad.err;
  EXPECT_NE(bad.out.find("\"integer\""), std::string::npos);
  EXPECT_EQ(run({"schemas", "infer"}, "").exit.code, 1);
  EXPECT_EQ(run({"schemas", "infer", "/nowhere/at/all"}).exit.code, 1);
  const auto none = run({"schemas", "infer", "--type", "u"},
                        R"({"specversion":"1.0","id":"1","source":"/s","type":"t","data":1})");
  EXPECT_EQ(none.exit.code, 1);
  EXPECT_NE(none.err.find("has the type \"u\""), std::string::npos) << none.err;
}

TEST_F(Cli, schemas_infer_takes_values_as_one_document_or_as_lines) {
  const auto lines = run({"schemas", "infer", "--values"}, "{\"a\":1}\n\n{\"a\":null}\n");
  EXPECT_EQ(lines.exit.code, 0) << lines.err;
  const json both{"integer", "null"};
  EXPECT_EQ(json::parse(lines.out).at("properties").at("a").at("type"), both);
  const auto whole = run({"schemas", "infer", "--values"}, "{\n\"a\":\n1}\n");
  EXPECT_EQ(whole.exit.code, 0) << whole.err;
  EXPECT_EQ(json::parse(whole.out).at("properties").at("a").at("type"), "integer");
  const auto bad = run({"schemas", "infer", "--values"}, "1\n{\n2\n");
  EXPECT_EQ(bad.exit.code, 1);
  EXPECT_NE(bad.err.find("stdin:2: not JSON at byte 1"), std::string::npos) << bad.err;
}

TEST_F(Cli, schemas_check_tells_differences_and_exits_1) {
  const auto before = directory_.file("1.json"), after = directory_.file("2.json");
  test::write_file(before, R"({"type":"object"})");
  test::write_file(after, R"({"type":"object","required":["total"]})");
  const auto worse = run({"schemas", "check", "--old", before, "--new", after});
  EXPECT_EQ(worse.exit.code, 1);
  EXPECT_EQ(worse.out, "backward: the new schema requires \"total\", the old one does not\n    old " + before +
                           "#\n    new " + after + "#/required\nnot compatible: backward, 1 difference\n");
  const auto better = run({"schemas", "check", "--old", before, "--new", after, "--compatibility", "forward"});
  EXPECT_EQ(better.exit.code, 0);
  EXPECT_EQ(better.out, "compatible: forward\n");
  const auto both =
      run({"schemas", "check", "--old", before, "--new", after, "--compatibility", "full", "--json"});
  EXPECT_EQ(both.exit.code, 1);
  EXPECT_EQ(json::parse(both.out).at("incompatibilities").at(0).at("new"), "/required");
  EXPECT_EQ(json::parse(both.out).at("compatible"), false);
  test::write_file(after, "{");
  const auto bad = run({"schemas", "check", "--old", before, "--new", after});
  EXPECT_EQ(bad.exit.code, 1);
  EXPECT_NE(bad.err.find("the new schema: "), std::string::npos) << bad.err;
  EXPECT_EQ(run({"schemas", "check", "--old", before}).exit.code, 2);
  EXPECT_EQ(run({"schemas", "check", "--old", before, "--new", after, "--compatibility", "some"}).exit.code, 2);
}

TEST_F(Cli, status_is_a_table_for_people_and_json_for_scripts) {
  start(acme_with_one_sink());
  accept("e1");
  ASSERT_TRUE(total_becomes("delivered", 1));
  EXPECT_EQ(ask_json({"status"}).at("delivered"), 1);
  const auto table = ask({"status"});
  EXPECT_EQ(table.exit.code, 0) << table.err;
  EXPECT_NE(table.out.find("delivered"), std::string::npos) << table.out;
}

TEST_F(Cli, events_and_one_event_are_shown) {
  start(acme_with_one_sink());
  accept("e1", "type.a");
  accept("e2", "type.b");
  ASSERT_TRUE(total_becomes("delivered", 2));
  const auto events = ask_json({"events", "acme/orders", "--type", "type.b"});
  EXPECT_NE(events.dump().find("e2"), std::string::npos) << events;
  EXPECT_EQ(events.dump().find("\"e1\""), std::string::npos) << events;
  const auto event = ask_json({"event", "acme/orders", "1"});
  EXPECT_EQ(event.at("event").at("id"), "e1");
  EXPECT_EQ(ask({"event", "acme/orders", "99"}).exit.code, 1);
}

TEST_F(Cli, send_publishes_an_event) {
  start(acme_with_one_sink());
  const std::string event = R"({"specversion":"1.0","id":"sent","source":"/cli","type":"t","data":{"n":1}})";
  const auto whole = run({"send", "acme/orders", "--events", "-", "--url", daemon().ingest_url("")}, event);
  EXPECT_EQ(whole.exit.code, 0) << whole.err;
  const auto parts = run({"send", "acme/orders", "--type", "t", "--source", "/cli", "--id", "parts", "--data",
                          "[1]", "--url", daemon().ingest_url("")});
  EXPECT_EQ(parts.exit.code, 0) << parts.err;
  ASSERT_TRUE(total_becomes("delivered", 2));
  EXPECT_EQ(ids_of(target.requests("/sink")), (std::vector<std::string>{"sent", "parts"}));
}

TEST_F(Cli, dead_letters_are_listed_and_redriven) {
  target.script("/sink", test::always(400));
  start(acme_with_one_sink());
  accept("e1");
  ASSERT_EQ(wait_for_dead_letters(1).size(), 1u);
  const auto letters = ask_json({"dead-letters", "acme/orders"});
  EXPECT_NE(letters.dump().find("rejected"), std::string::npos) << letters;
  target.script("/sink", test::always(204));
  const auto redrive = ask({"redrive", "acme/orders", "--rule", "all"});
  EXPECT_EQ(redrive.exit.code, 0) << redrive.err;
  EXPECT_TRUE(total_becomes("delivered", 1));
}

TEST_F(Cli, tail_prints_events_as_they_are_accepted) {
  start(acme_with_one_sink());
  const auto out = directory_.file("tail");
  const std::vector<std::string> arguments = {
      test::signalbox_binary(), "tail", "acme/orders", "--json", "--url", daemon().admin_url("")};
  test::Program tail(arguments, {"/dev/null", out, directory_.file("err")});
  int sent = 0;  // until the first shows: tail says nothing when it begins to listen
  const auto shown = [&] {
    accept("e" + std::to_string(sent++));
    return test::read_file(out).find("\"e") != std::string::npos;
  };
  EXPECT_TRUE(wait_until(shown)) << test::read_file(directory_.file("err"));
  tail.signal(SIGINT);
  EXPECT_TRUE(tail.wait());
}

}  // namespace
}  // namespace signalbox::scenario
