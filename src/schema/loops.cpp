#include "schema/loops.hpp"

#include <vector>

namespace signalbox::schema {
namespace {

/// The subschemas that apply to the same value as `node`.
std::vector<NodeId> in_place(const Program& program, const Node& node) {
  std::vector<NodeId> out;
  const auto add = [&out](NodeId id) {
    if (id != kNoNode) out.push_back(id);
  };
  for (auto at = node.begin[0]; at < node.begin[kGroups]; ++at) {
    const auto& instruction = program.instructions[at];
    switch (instruction.op) {
      case Op::ref:
      case Op::dynamic_ref:
      case Op::not_:
        add(instruction.a);
        break;
      case Op::all_of:
      case Op::any_of:
      case Op::one_of:
        for (std::uint32_t i = 0; i < instruction.b; ++i) add(program.list[instruction.a + i]);
        break;
      case Op::condition:
        for (std::uint32_t i = 0; i < 3; ++i) add(program.list[instruction.a + i]);
        break;
      case Op::object:
        for (const auto& dependent : program.objects[instruction.a].dependents) add(dependent.schema);
        break;
      default:
        break;
    }
  }
  return out;
}

struct Step {
  NodeId node;
  std::vector<NodeId> next;
};

}  // namespace

std::optional<NodeId> find_loop(const Program& program) {
  enum class Seen : std::uint8_t { no, on_the_way, done };
  std::vector<Seen> seen(program.nodes.size(), Seen::no);
  for (NodeId start = 0; start < program.nodes.size(); ++start) {
    if (seen[start] != Seen::no) continue;
    std::vector<Step> way;
    const auto enter = [&](NodeId node) {
      seen[node] = Seen::on_the_way;
      way.push_back({node, in_place(program, program.nodes[node])});
    };
    enter(start);
    while (!way.empty()) {
      auto& step = way.back();
      if (step.next.empty()) {
        seen[step.node] = Seen::done;
        way.pop_back();
        continue;
      }
      const auto next = step.next.back();
      step.next.pop_back();
      if (seen[next] == Seen::on_the_way) return next;
      if (seen[next] == Seen::no) enter(next);
    }
  }
  return std::nullopt;
}

}  // namespace signalbox::schema
