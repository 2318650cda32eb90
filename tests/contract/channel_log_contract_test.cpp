// What every ChannelLog does, whatever engine it is of.
#include "contract/channel_log_fixture.hpp"

namespace signalbox::test {
namespace {

INSTANTIATE_TEST_SUITE_P(Local, ChannelLogContract, testing::Values(Ground::memory, Ground::rocksdb), ground_name);

Retry make_retry(LaneId lane, Seq seq, int due_second) {
  Retry retry;
  retry.lane = lane;
  retry.seq = seq;
  retry.due = at(due_second);
  retry.attempts_made = 2;
  retry.first_attempt = at(1);
  AttemptRecord attempt;
  attempt.at = at(1);
  attempt.took = std::chrono::microseconds(1500);
  attempt.status = 503;
  attempt.error = "busy";
  retry.attempts = {attempt, attempt};
  return retry;
}

DeadLetter make_letter(LaneId lane, Seq seq, const std::string& reason, int died_second) {
  DeadLetter letter;
  letter.lane = lane;
  letter.seq = seq;
  letter.died_at = at(died_second);
  letter.reason = reason;
  letter.attempts_made = 5;
  letter.first_attempt = at(1);
  letter.attempts.resize(1);
  letter.attempts[0].error = "refused";
  letter.event = *make_event({.id = "dead-" + std::to_string(seq), .data = "body", .matched = {1, 7}});
  letter.event.seq = seq;
  return letter;
}

JourneyEntry make_step(Seq seq, LaneId lane, JourneyEntry::Kind kind, const std::string& error = "") {
  JourneyEntry entry;
  entry.seq = seq;
  entry.lane = lane;
  entry.kind = kind;
  entry.attempt = 1;
  entry.record.at = at(static_cast<int>(seq));
  entry.record.took = std::chrono::microseconds(800);
  entry.record.status = error.empty() ? 204 : 0;
  entry.record.error = error;
  return entry;
}

// --- events ---

TEST_P(ChannelLogContract, new_channel_is_empty) {
  const auto& state = log_->opened_state();
  EXPECT_EQ(state.first_seq, 1u);
  EXPECT_EQ(state.last_seq, 0u);
  EXPECT_EQ(state.stored_bytes, 0u);
  EXPECT_EQ(read(1, 100).next, 1u) << "there is nothing to go past yet";
}

TEST_P(ChannelLogContract, append_numbers_events_without_gaps) {
  auto first = make_event({.id = "a"}), second = make_event({.id = "b"});
  std::vector<std::shared_ptr<StoredEvent>> events{first, second};
  auto receipt = run(log_->append(events));
  ASSERT_TRUE(receipt);
  EXPECT_EQ(receipt->first_seq, 1u);
  EXPECT_EQ(receipt->last_seq, 2u);
  EXPECT_EQ(first->seq, 1u);
  EXPECT_EQ(second->seq, 2u);
}

TEST_P(ChannelLogContract, append_of_nothing_is_senseless) {
  std::vector<std::shared_ptr<StoredEvent>> none;
  EXPECT_EQ(run(log_->append(none)).error().code, Errc::invalid_argument);
}

TEST_P(ChannelLogContract, event_comes_back_as_it_was) {
  const auto event = make_event({.id = "x", .subject = "s", .data = std::string(5000, 'd'), .matched = {1, 2, 300}, .accepted_at = at(9)});
  std::vector<std::shared_ptr<StoredEvent>> events{event};
  ASSERT_TRUE(run(log_->append(events)));
  reopen();
  const auto page = read(1, 1);
  ASSERT_EQ(page.events.size(), 1u);
  EXPECT_EQ(page.events[0]->event, event->event);
  EXPECT_EQ(page.events[0]->accepted_at, at(9));
  EXPECT_EQ(page.events[0]->matched, event->matched);
  EXPECT_EQ(page.events[0]->seq, 1u);
}

TEST_P(ChannelLogContract, read_stops_at_its_bounds_and_says_where_to_go_on) {
  append_numbered(1, 10);
  const auto page = read(3, 8, 4);
  EXPECT_EQ(seqs(page.events), "3 4 5 6");
  EXPECT_EQ(page.next, 7u);
  EXPECT_EQ(seqs(read(7, 8).events), "7 8");
  EXPECT_EQ(read(7, 8).next, 9u);
  const auto beyond = read(9, 50);
  EXPECT_EQ(seqs(beyond.events), "9 10");
  EXPECT_EQ(beyond.next, 11u) << "what is yet to come is not skipped";
  ReadRequest by_bytes;
  by_bytes.to = 10;
  by_bytes.max_bytes = 1;
  EXPECT_EQ(seqs(run(log_->read(by_bytes))->events), "1") << "stops after the event that reaches it";
}

TEST_P(ChannelLogContract, read_by_rule_passes_over_what_it_did_not_match) {
  append({{.matched = {1}}, {.matched = {2}}, {.matched = {1, 2}}, {.matched = {}}});
  ReadRequest request;
  request.to = 4;
  request.matched_by = RuleId(2);
  const auto page = run(log_->read(request));
  ASSERT_TRUE(page);
  EXPECT_EQ(seqs(page->events), "2 3");
  EXPECT_EQ(page->next, 5u);
}

TEST_P(ChannelLogContract, stored_bytes_are_those_of_the_events_kept) {
  append_numbered(1, 300);
  const auto bytes = log_->stored_bytes();
  EXPECT_EQ(bytes, 300 * make_event({.id = "100"})->event.record().size() - 90 - 2 * 9);  // shorter ids
  reopen();
  EXPECT_EQ(log_->stored_bytes(), bytes);
  EXPECT_EQ(log_->opened_state().stored_bytes, bytes);
  EXPECT_EQ(log_->opened_state().last_seq, 300u);
}

TEST_P(ChannelLogContract, appends_that_overlap_complete_in_order) {
  std::vector<Seq> order;
  auto note = [&order](std::exception_ptr, Result<AppendReceipt> receipt) { order.push_back(receipt->first_seq); };
  for (int i = 0; i < 20; ++i) {
    std::vector<std::shared_ptr<StoredEvent>> events{make_event({}), make_event({})};
    boost::asio::co_spawn(io_, log_->append(std::move(events)), note);
  }
  io_.restart();
  io_.run_for(std::chrono::seconds(30));
  ASSERT_EQ(order.size(), 20u);
  for (std::size_t i = 0; i < order.size(); ++i) EXPECT_EQ(order[i], 2 * i + 1);
}

// --- lanes ---

TEST_P(ChannelLogContract, lanes_keep_their_numbers_for_ever) {
  const auto lanes = bind({{"r1", "t1"}, {"r1", "t2"}, {"r2", "t1"}});
  ASSERT_EQ(lanes.size(), 3u);
  EXPECT_EQ(lanes[0].rule, lanes[1].rule) << "one rule";
  EXPECT_NE(lanes[0].rule, lanes[2].rule);
  EXPECT_NE(lanes[0].lane, lanes[1].lane);
  append_numbered(1, 3);
  reopen();
  const auto again = bind({{"r2", "t1"}, {"new", "t1"}, {"r1", "t1"}});
  EXPECT_EQ(again[0].lane, lanes[2].lane);
  EXPECT_EQ(again[0].rule, lanes[2].rule);
  EXPECT_EQ(again[0].created_at, 0u);
  EXPECT_EQ(again[1].created_at, 3u) << "a new lane sees no older events";
  EXPECT_EQ(again[1].progress.watermark, 3u);
  EXPECT_EQ(again[1].lane.value, 4u);
  EXPECT_EQ(again[2].lane, lanes[0].lane);
  const auto all = run(log_->lanes());
  ASSERT_TRUE(all);
  EXPECT_EQ(all->size(), 4u);
}

TEST_P(ChannelLogContract, progress_is_kept) {
  const auto lane = bind({{"r", "t"}})[0].lane;
  append_numbered(1, 10);
  Settlements changes;
  changes.counted_to = 10;
  LaneProgress progress;
  progress.lane = lane;
  progress.watermark = 4;
  progress.finished_above = {6, 7, 10};
  progress.totals = {10, 5, 1, 1, 2};
  changes.progress = {progress};
  settle(changes);
  reopen();
  const auto state = bind({{"r", "t"}})[0];
  EXPECT_EQ(state.progress.watermark, 4u);
  EXPECT_EQ(state.progress.finished_above, progress.finished_above);
  EXPECT_EQ(state.progress.totals, progress.totals);
  EXPECT_EQ(log_->opened_state().counted_to, 10u);
}

TEST_P(ChannelLogContract, settlements_that_make_no_sense_are_refused_and_change_nothing) {
  const auto lane = bind({{"r", "t"}})[0].lane;
  append_numbered(1, 2);
  const auto refused = [&](auto spoil) {
    Settlements changes;
    changes.progress.resize(1);
    changes.progress[0].lane = lane;
    changes.put_retries = {make_retry(lane, 1, 1)};
    spoil(changes);
    auto status = run(log_->settle(changes));
    return !status && status.error().code == Errc::invalid_argument;
  };
  EXPECT_TRUE(refused([](Settlements& changes) { changes.progress[0].lane = LaneId(9); }));
  EXPECT_TRUE(refused([](Settlements& changes) { changes.progress[0].watermark = 3; }));
  EXPECT_TRUE(refused([](Settlements& changes) { changes.progress[0].finished_above = {2, 1}; }));
  EXPECT_TRUE(refused([](Settlements& changes) { changes.counted_to = 3; }));
  EXPECT_TRUE(refused([](Settlements& changes) { changes.put_retries[0].lane = LaneId(0); }));
  EXPECT_TRUE(refused([](Settlements& changes) { changes.put_dead.resize(1); }));
  EXPECT_TRUE(due(lane, 100).retries.empty());
}

// --- retries ---

TEST_P(ChannelLogContract, due_retries_come_oldest_first_and_up_to_now) {
  const auto lanes = bind({{"r", "t"}, {"r", "u"}});
  append_numbered(1, 9);
  Settlements changes;
  for (const int due_second : {50, 20, 40, 30}) changes.put_retries.push_back(make_retry(lanes[0].lane, static_cast<Seq>(due_second / 10), due_second));
  changes.put_retries.push_back(make_retry(lanes[1].lane, 9, 10));
  settle(changes);
  reopen();
  const auto page = due(lanes[0].lane, 40);
  ASSERT_EQ(page.retries.size(), 3u);
  EXPECT_EQ(page.retries[0].seq, 2u);
  EXPECT_EQ(page.retries[2].seq, 4u);
  EXPECT_EQ(page.next_due, at(50));
  EXPECT_EQ(page.retries[0].attempts_made, 2u);
  EXPECT_EQ(page.retries[0].first_attempt, at(1));
  EXPECT_EQ(page.retries[0].attempts, make_retry(lanes[0].lane, 2, 20).attempts);
  EXPECT_FALSE(page.retries[0].event);
  const auto two = due(lanes[0].lane, 100, 2);
  EXPECT_EQ(two.retries.size(), 2u);
  EXPECT_EQ(two.next_due, at(40));
  const auto later = due(lanes[0].lane, 100, 100, at(31));
  ASSERT_EQ(later.retries.size(), 2u);
  EXPECT_EQ(later.retries[0].seq, 4u);
  EXPECT_FALSE(later.next_due);
}

TEST_P(ChannelLogContract, retry_that_is_removed_or_moved_is_no_longer_where_it_was) {
  const auto lane = bind({{"r", "t"}})[0].lane;
  append_numbered(1, 2);
  Settlements put;
  put.put_retries = {make_retry(lane, 1, 10), make_retry(lane, 2, 10)};
  settle(put);
  Settlements move;
  move.remove_retries = {{lane, at(10), 1}, {lane, at(10), 2}};
  move.put_retries = {make_retry(lane, 2, 30)};
  settle(move);
  const auto page = due(lane, 100);
  ASSERT_EQ(page.retries.size(), 1u);
  EXPECT_EQ(page.retries[0].seq, 2u);
  EXPECT_EQ(page.retries[0].due, at(30));
}

TEST_P(ChannelLogContract, redriven_retry_carries_its_event) {
  const auto lane = bind({{"r", "t"}})[0].lane;
  append_numbered(1, 1);
  Settlements changes;
  changes.put_retries = {make_retry(lane, 1, 5)};
  changes.put_retries[0].event = *make_event({.id = "kept", .matched = {3}});
  settle(changes);
  const auto page = due(lane, 100);
  ASSERT_TRUE(page.retries.at(0).event);
  EXPECT_EQ(page.retries[0].event->event.id(), "kept");
  EXPECT_EQ(page.retries[0].event->seq, 1u);
}

TEST_P(ChannelLogContract, of_many_attempts_the_latest_are_kept) {
  const auto lane = bind({{"r", "t"}})[0].lane;
  append_numbered(1, 1);
  Settlements changes;
  changes.put_retries = {make_retry(lane, 1, 5)};
  changes.put_retries[0].attempts.clear();
  for (int i = 0; i < 50; ++i) changes.put_retries[0].attempts.emplace_back().status = static_cast<std::uint16_t>(i);
  settle(changes);
  const auto attempts = due(lane, 100).retries.at(0).attempts;
  ASSERT_EQ(attempts.size(), kAttemptsKept);
  EXPECT_EQ(attempts.back().status, 49);
}

// --- dead letters ---

TEST_P(ChannelLogContract, dead_letter_keeps_all_that_is_known_of_it) {
  const auto lane = bind({{"r", "t"}})[0].lane;
  append_numbered(1, 2);
  Settlements changes;
  const auto letter = make_letter(lane, 2, "attempts_exhausted", 60);
  changes.put_dead = {letter};
  settle(changes);
  reopen();
  const DeadLetterKey key{2, lane};
  const auto found = run(log_->dead_letter(key));
  ASSERT_TRUE(found && *found);
  EXPECT_EQ((*found)->reason, letter.reason);
  EXPECT_EQ((*found)->died_at, letter.died_at);
  EXPECT_EQ((*found)->attempts_made, 5u);
  EXPECT_EQ((*found)->attempts, letter.attempts);
  EXPECT_EQ((*found)->event.event, letter.event.event);
  EXPECT_EQ((*found)->event.matched, letter.event.matched);
  Settlements remove;
  remove.remove_dead = {key};
  settle(remove);
  EXPECT_FALSE(*run(log_->dead_letter(key)));
}

TEST_P(ChannelLogContract, dead_letters_are_selected_and_paged) {
  const auto lanes = bind({{"r", "t"}, {"r", "u"}});
  append_numbered(1, 20);
  Settlements changes;
  for (Seq seq = 1; seq <= 20; ++seq) {
    const auto& lane = lanes[seq % 2].lane;
    changes.put_dead.push_back(make_letter(lane, seq, seq <= 10 ? "expired" : "rejected", static_cast<int>(seq)));
  }
  settle(changes);
  const auto listed = [&](DeadLetterQuery wanted) {
    std::string text;
    for (int pages = 0; pages < 20; ++pages) {
      const auto page = dead_letters(wanted);
      for (const auto& letter : page.letters) text += std::to_string(letter.seq) + " ";
      if (!page.next) break;
      EXPECT_EQ(page.letters.size(), wanted.limit) << "a cursor is given when there is more";
      wanted.after = page.next;
    }
    return text;
  };
  DeadLetterQuery by_reason, by_lane, by_time, by_all;
  by_reason.reason = "rejected";
  by_reason.limit = 3;
  EXPECT_EQ(listed(by_reason), "11 12 13 14 15 16 17 18 19 20 ");
  by_lane.lanes = {lanes[0].lane};
  by_lane.limit = 5;
  EXPECT_EQ(listed(by_lane), "2 4 6 8 10 12 14 16 18 20 ");
  by_time.from = at(5);
  by_time.to = at(8);
  EXPECT_EQ(listed(by_time), "5 6 7 ");
  by_all.lanes = {lanes[1].lane};
  by_all.reason = "expired";
  by_all.from = at(2);
  by_all.to = at(9);
  by_all.limit = 1;
  EXPECT_EQ(listed(by_all), "3 5 7 ");
}

// --- journeys ---

TEST_P(ChannelLogContract, journey_tells_what_happened_in_order_over_many_settlements) {
  const auto lane = bind({{"r", "t"}})[0].lane;
  append_numbered(1, 600);
  for (Seq seq = 1; seq <= 600; seq += 50) {
    Settlements changes;
    for (Seq i = seq; i < seq + 50; ++i) changes.journey.push_back(make_step(i, lane, JourneyEntry::Kind::retrying, "timeout"));
    settle(changes);
  }
  reopen();
  Settlements changes;
  for (Seq seq = 1; seq <= 600; ++seq) changes.journey.push_back(make_step(seq, lane, JourneyEntry::Kind::delivered));
  settle(changes);
  for (const Seq seq : {Seq{1}, Seq{255}, Seq{256}, Seq{511}, Seq{600}}) {
    const auto entries = journey(seq);
    ASSERT_EQ(entries.size(), 2u) << seq;
    EXPECT_EQ(entries[0].kind, JourneyEntry::Kind::retrying);
    EXPECT_EQ(entries[0].record.error, "timeout");
    EXPECT_EQ(entries[1].kind, JourneyEntry::Kind::delivered);
    EXPECT_EQ(entries[1].record, make_step(seq, lane, JourneyEntry::Kind::delivered).record);
    EXPECT_EQ(entries[1].seq, seq);
    EXPECT_EQ(entries[1].lane, lane);
    EXPECT_EQ(entries[1].attempt, 1u);
  }
}

TEST_P(ChannelLogContract, journey_of_an_untouched_event_is_empty) {
  append_numbered(1, 1);
  EXPECT_TRUE(journey(1).empty());
  EXPECT_TRUE(journey(77).empty());
}

// --- queries ---

TEST_P(ChannelLogContract, query_finds_by_each_attribute) {
  append_numbered(1, 700);
  append({{.id = "needle", .source = "/hay", .type = "sharp", .subject = "eye", .accepted_at = at(701)}});
  append_numbered(702, 1500);
  reopen();  // and beyond: events on both sides of it
  append_numbered(1501, 1700);
  EventQuery by_id, by_source, by_type, by_subject, by_all, by_old_id;
  by_id.id = by_all.id = "needle";
  by_source.source = by_all.source = "/hay";
  by_type.type = by_all.type = "sharp";
  by_subject.subject = by_all.subject = "eye";
  by_old_id.id = "1600";
  for (const auto& wanted : {by_id, by_source, by_type, by_subject, by_all}) {
    const auto page = query(wanted);
    EXPECT_EQ(seqs(page.events), "701");
    EXPECT_EQ(page.next_before, 0u) << "nothing is left";
  }
  EXPECT_EQ(seqs(query(by_old_id).events), "1600");
  by_all.type = "blunt";
  EXPECT_TRUE(query(by_all).events.empty()) << "all given must match";
}

TEST_P(ChannelLogContract, query_pages_from_the_newest_down) {
  append_numbered(1, 600);
  EventQuery wanted;
  wanted.type = "t";
  wanted.limit = 250;
  Seq expected = 600;
  for (int pages = 0; pages < 3; ++pages) {
    const auto page = query(wanted);
    ASSERT_EQ(page.events.size(), pages < 2 ? 250u : 100u);
    for (const auto& event : page.events) ASSERT_EQ(event->seq, expected--);
    wanted.before = page.next_before;
    EXPECT_EQ(wanted.before == 0, pages == 2);
  }
}

TEST_P(ChannelLogContract, query_by_time_takes_from_and_leaves_to) {
  append_numbered(1, 600);
  EventQuery wanted;
  wanted.from = at(300);
  wanted.to = at(303);
  EXPECT_EQ(seqs(query(wanted).events), "302 301 300");
  wanted.to = {};
  wanted.from = at(599);
  EXPECT_EQ(seqs(query(wanted).events), "600 599");
  wanted.from = {};
  wanted.to = at(3);
  EXPECT_EQ(seqs(query(wanted).events), "2 1");
}

// --- channels ---

TEST_P(ChannelLogContract, channels_and_tenants_do_not_see_each_others) {
  const auto lane = bind({{"r", "t"}})[0].lane;
  append_numbered(1, 3);
  Settlements changes;
  changes.put_retries = {make_retry(lane, 1, 1)};
  changes.put_dead = {make_letter(lane, 2, "expired", 2)};
  changes.journey = {make_step(3, lane, JourneyEntry::Kind::delivered)};
  settle(changes);
  for (const auto& [tenant, channel] : {std::pair("acme", "other"), std::pair("zeta", "orders")}) {
    SCOPED_TRACE(channel);
    auto other = open(tenant, channel);
    ASSERT_TRUE(other);
    EXPECT_EQ(other->opened_state().last_seq, 0u);
    EXPECT_TRUE(run(other->lanes())->empty());
    std::vector<LaneName> names{{"x", "y"}};
    EXPECT_EQ(run(other->bind(names))->at(0).lane, lane) << "numbers are the channel's own";
    EXPECT_TRUE(run(other->due(lane, WallTime{}, at(100), 10))->retries.empty());
    EXPECT_TRUE(run(other->dead_letters(DeadLetterQuery()))->letters.empty());
    EXPECT_TRUE(run(other->journey(3))->empty());
    EXPECT_TRUE(run(other->query(EventQuery()))->events.empty());
    std::vector<std::shared_ptr<StoredEvent>> events{make_event({.id = channel})};
    ASSERT_TRUE(run(other->append(events)));
  }
  EXPECT_EQ(read(1, 10).events.size(), 3u);
  reopen();
  EXPECT_EQ(read(1, 10).events.size(), 3u);
  auto other = open("acme", "other");
  ReadRequest first;
  first.to = 1;
  EXPECT_EQ(run(other->read(first))->events.at(0)->event.id(), "other");
}

TEST_P(ChannelLogContract, channel_is_open_once) {
  auto second = try_open("acme", "orders");
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Errc::conflict);
  log_.reset();
  EXPECT_TRUE(try_open("acme", "orders")) << "after the first was closed";
}

TEST_P(ChannelLogContract, channel_without_a_name_is_senseless) {
  EXPECT_EQ(try_open("acme", "").error().code, Errc::invalid_argument);
  EXPECT_EQ(try_open(std::string(256, 'x'), "c").error().code, Errc::invalid_argument);
}

}  // namespace
}  // namespace signalbox::test
