#include "jq/worker.hpp"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <cassert>
#include <csignal>
#include <optional>
#include <utility>

#include "base/units.hpp"
#include "base/with_deadline.hpp"
#include "jq/worker_loop.hpp"

namespace signalbox::jq {

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

constexpr Duration kStartLimit = 10s;
/// So long a job may keep those behind it waiting before they go to another worker.
constexpr Duration kPatience = 100ms;
constexpr Duration kLookAgain = 5ms;
constexpr int kStarvedMost = 10;
constexpr std::size_t kFlightJobs = 64;
constexpr std::size_t kFlightBytes = 1024 * 1024;

Error to_error(Failure failure) {
  const auto code = failure.kind == FailureKind::too_large ? Errc::too_large : Errc::invalid_argument;
  return Error(code, std::move(failure.message));
}

Result<Results> to_result(Answer answer) {
  if (auto* results = std::get_if<Results>(&answer)) return std::move(*results);
  return to_error(std::get<Failure>(std::move(answer)));
}

void learn_cost(ProgramState& program, Duration taken) { program.cost += (taken - program.cost) / 2; }

void learn_least_cost(ProgramState& program, Duration least) { program.cost = std::max(program.cost, least); }

}  // namespace

Worker::Worker(asio::any_io_executor strand, Clock& clock, const WorkerSettings& settings, WorkerOwner& owner)
    : strand_(std::move(strand)),
      clock_(clock),
      settings_(settings),
      owner_(owner),
      answers_(kAnswerPayloadMax),
      queued_(strand_),
      programs_(settings.programs_max) {}

bool Worker::has_room() const {
  return ready_ && flight_.size() < kFlightJobs && flight_.bytes() < kFlightBytes &&
         flight_.cost() < kFlightCost;
}

bool Worker::is_slow() const {
  if (flight_.empty()) return false;
  return gave_back_ || flight_.cost() > kFlightCost ||
         (flight_.first() != nullptr && jq::is_slow(*flight_.first()->program));
}

void Worker::send(Job& job) {
  assert(ready_);
  auto& program = *job.program;
  const auto change = programs_.use(program.id);
  if (change.drop)
    append_request(outbox_, Request{.kind = RequestKind::drop, .program = *change.drop, .text = {}});
  if (change.load)
    append_request(outbox_, Request{.kind = RequestKind::load, .program = program.id, .text = program.text});
  append_request(outbox_, Request{.kind = job.kind, .program = program.id, .text = job.input});
  const bool measured = !change.load && job.kind == RequestKind::run;
  const Flight::Entry entry{
      .job = &job, .cost = program.cost, .bytes = job.input.size(), .measured = measured};
  if (flight_.empty()) cpu_time_begun_ = process_->cpu_time();
  flight_.push(entry, clock_.now());
  job.worker = this;
  queued_.notify();
}

void Worker::end() {
  asked_to_end_ = true;
  if (process_) process_->kill();
}

asio::awaitable<Worker::Life> Worker::live() {
  using namespace asio::experimental::awaitable_operators;
  Life life;
  WorkerCommand command{.executable = settings_.executable, .arguments = {kWorkerCommand}};
  command.arguments.push_back(std::to_string(settings_.memory_bytes));
  auto started = WorkerProcess::start(strand_, command);
  if (!started) {
    life.end = started.error().message;
    co_return life;
  }
  process_ = std::move(*started);
  const auto greeted = co_await base::with_deadline(greet(), clock_, clock_.now() + kStartLimit);
  life.started = greeted && *greeted;
  if (!life.started) life.end = greeted ? greeted->error().message : "a jq worker did not start in time";
  if (life.started && !asked_to_end_) {
    ready_ = true;
    owner_.worker_has_room();
    co_await (read_answers() || write_requests() || watch());
    ready_ = false;
  }
  co_return co_await end_of_life(std::move(life));
}

/// Waits until the process says that it is in its sandbox.
asio::awaitable<Status> Worker::greet() {
  for (;;) {
    const auto room = answers_.room();
    const auto buffer = asio::buffer(room.data(), room.size());
    const auto [ec, bytes] =
        co_await process_->socket().async_read_some(buffer, asio::as_tuple(asio::use_awaitable));
    if (ec) co_return Error(Errc::overloaded, "a jq worker ended before it was ready");
    answers_.filled(bytes);
    const auto frame = answers_.next();
    if (frame && frame->kind == kReadyKind) co_return ok();
    const auto answer = frame ? to_answer(*frame) : std::nullopt;
    if (answer && std::holds_alternative<Failure>(*answer))
      co_return Error(Errc::overloaded, std::get<Failure>(*answer).message);
    if (frame || answers_.faulty()) co_return Error(Errc::overloaded, "a jq worker did not greet");
  }
}

asio::awaitable<void> Worker::read_answers() {
  for (;;) {
    const auto room = answers_.room();
    const auto buffer = asio::buffer(room.data(), room.size());
    const auto [ec, bytes] =
        co_await process_->socket().async_read_some(buffer, asio::as_tuple(asio::use_awaitable));
    if (ec) co_return;
    answers_.filled(bytes);
    bool sound = true;
    while (sound) {
      const auto frame = answers_.next();
      if (!frame) break;
      sound = take_answer(*frame);
    }
    if (!sound || answers_.faulty()) {
      trouble_ = Trouble::talks_nonsense;
      co_return;
    }
    owner_.worker_has_room();
  }
}

/// False when it is no answer, or there was no question.
bool Worker::take_answer(const Frame& frame) {
  auto answer = to_answer(frame);
  if (!answer || flight_.empty()) return false;
  const auto taken = computed();
  const auto entry = flight_.pop(clock_.now());
  cpu_time_begun_ += taken;
  gave_back_ = false;
  ++answered_;
  if (entry.job == nullptr) return true;
  if (entry.measured) learn_cost(*entry.job->program, taken);
  entry.job->worker = nullptr;
  owner_.worker_answered(*entry.job, to_result(std::move(*answer)));
  return true;
}

asio::awaitable<void> Worker::write_requests() {
  for (;;) {
    while (outbox_.empty()) co_await queued_.wait();
    writing_.clear();
    writing_.swap(outbox_);
    const auto buffer = asio::buffer(writing_);
    const auto [ec, bytes] =
        co_await asio::async_write(process_->socket(), buffer, asio::as_tuple(asio::use_awaitable));
    // The process has ended, but what it answered before that is still to be read: that ends this coroutine.
    while (ec) co_await queued_.wait();
  }
}

/// What has come from the process and was not read yet.
bool Worker::has_unread() {
  boost::system::error_code ec;
  return process_->socket().available(ec) > 0 && !ec;
}

Duration Worker::patience() const { return std::min(kPatience, settings_.time_limit); }

/// The CPU time that the job under way has taken.  It computes and does nothing else: a process that got no
/// processor is not slow and has not hung.
Duration Worker::computed() const { return process_->cpu_time() - cpu_time_begun_; }

/// How much longer the job under way may take.
Duration Worker::time_left() const {
  const auto elapsed = clock_.now() - flight_.begun();
  return std::min(settings_.time_limit - std::min(computed(), elapsed),
                  kStarvedMost * settings_.time_limit - elapsed);
}

/// Returns when the process hangs.
asio::awaitable<void> Worker::watch() {
  for (;;) {
    if (flight_.empty()) {
      co_await queued_.wait();
    } else if (const auto due = flight_.begun() + patience(); clock_.now() < due) {
      co_await clock_.sleep_until(due);
    } else if (has_unread()) {
      co_await asio::post(strand_, asio::use_awaitable);  // it has answered: this thread is what is late
    } else if (!gave_back_) {
      give_back_all_but_first();
    } else if (const auto left = time_left(); left > Duration::zero()) {
      co_await clock_.sleep_until(clock_.now() + std::max(left, kLookAgain));
    } else {
      trouble_ = Trouble::hangs;
      co_return;
    }
  }
}

/// The one under way keeps this worker busy; those behind it go elsewhere.
void Worker::give_back_all_but_first() {
  gave_back_ = true;
  if (const auto* job = flight_.first()) learn_least_cost(*job->program, computed());
  const auto jobs = flight_.give_back_all_but_first();
  for (auto* job : jobs) job->worker = nullptr;
  owner_.worker_gave_back(jobs);
}

asio::awaitable<Worker::Life> Worker::end_of_life(Life life) {
  process_->kill();
  const auto end = co_await process_->wait_ended();
  process_.reset();
  if (life.end.empty()) life.end = describe(end);
  life.answered = answered_;
  settle(end);
  answers_ = FrameReader(kAnswerPayloadMax);
  outbox_ = writing_ = std::string();
  programs_.clear();
  gave_back_ = false;
  trouble_ = Trouble::none;
  answered_ = 0;
  co_return life;
}

/// The job that the process was at fails; those behind it go elsewhere.
void Worker::settle(const ProcessEnd& end) {
  if (flight_.empty()) return;
  auto* at = flight_.pop(clock_.now()).job;
  auto others = flight_.give_back();
  const bool again = at != nullptr && !at->second_chance && maybe_innocent(end);
  if (again) {
    at->second_chance = true;
    others.insert(others.begin(), at);
  }
  for (auto* job : others) job->worker = nullptr;
  owner_.worker_gave_back(others);
  if (at == nullptr || again) return;
  at->worker = nullptr;
  learn_least_cost(*at->program, settings_.time_limit);
  owner_.worker_answered(*at, blame(end));
}

/// Others may have used up the memory, and jq does not kill its own process.
bool Worker::maybe_innocent(const ProcessEnd& end) const {
  if (trouble_ != Trouble::none) return false;
  return (end.code == kOutOfMemory && answered_ > 0) || end.signal == SIGKILL || end.signal == SIGTERM;
}

Error Worker::blame(const ProcessEnd& end) const {
  if (trouble_ == Trouble::hangs)
    return Error(Errc::timed_out, "jq did not finish within " + base::format_duration(settings_.time_limit));
  if (end.code == kOutOfMemory)
    return Error(Errc::too_large,
                 "jq needed more than " + base::format_bytes(settings_.memory_bytes) + " of memory");
  return Error(Errc::invalid_argument, "jq crashed: its process " + describe(end));
}

std::string Worker::describe(const ProcessEnd& end) const {
  if (asked_to_end_) return "was ended";
  if (trouble_ == Trouble::hangs) return "hung";
  if (trouble_ == Trouble::talks_nonsense) return "answered what is no answer";
  if (end.signal != 0) return "was killed by signal " + std::to_string(end.signal);
  if (end.code == kOutOfMemory) return "ran out of memory";
  return "exited with " + std::to_string(end.code);
}

}  // namespace signalbox::jq
