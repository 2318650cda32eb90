#include "jq/workers.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cassert>
#include <utility>

#include "base/log.hpp"
#include "base/with_deadline.hpp"
#include "jq/program_text.hpp"

namespace signalbox::jq {

namespace asio = boost::asio;
namespace log = base::log;
using namespace std::chrono_literals;

namespace {

constexpr Duration kFirstDelay = 10ms, kLongestDelay = 1s;

constexpr std::size_t kProgramsKnown = 1'000;

/// Why there is no outcome of a job at its deadline.
Error too_late(const Job& job) {
  const bool under_way = job.worker != nullptr && job.worker->flight().first() == &job;
  if (under_way) return Error(Errc::timed_out, "jq did not finish in time");
  return Error(Errc::overloaded, "no jq worker had time for it");
}

Error closing() { return Error(Errc::cancelled, "the jq workers are being stopped"); }

}  // namespace

/// A job's place with the pool, until its caller has the outcome or stops waiting for it.
class Workers::Submission {
 public:
  Submission(Workers& pool, Job& job) : pool_(pool), job_(job), accepted_(pool.queue_.push(job)) {}
  ~Submission() {
    if (!accepted_ || job_.outcome) return;
    if (job_.worker != nullptr)
      job_.worker->forget(job_);
    else
      pool_.queue_.erase(job_);
  }
  Submission(const Submission&) = delete;
  Submission& operator=(const Submission&) = delete;
  bool accepted() const { return accepted_; }

 private:
  Workers& pool_;
  Job& job_;
  bool accepted_;
};

Workers::Workers(asio::any_io_executor executor, Clock& clock, WorkersOptions options)
    : strand_(asio::make_strand(executor)),
      clock_(clock),
      options_(std::move(options)),
      queue_(options_.waiting_max),
      programs_(kProgramsKnown),
      closing_began_(strand_),
      lives_(strand_, 2 * options_.workers) {  // one may begin before the one before it has quite gone
  assert(options_.workers > 0);
  for (std::size_t i = 0; i < options_.workers; ++i) slots_.push_back(std::make_unique<Slot>(*this));
}

Workers::~Workers() = default;

asio::awaitable<Result<Program>> Workers::compile(std::string text) {
  return asio::co_spawn(strand_, compile_on_strand(std::move(text)), asio::use_awaitable);
}

asio::awaitable<Result<Results>> Workers::run(Program program, std::string_view json) {
  auto running = run_on_strand(program.state(), RequestKind::run, json, TimePoint::max());
  return asio::co_spawn(strand_, std::move(running), asio::use_awaitable);
}

asio::awaitable<Result<Results>> Workers::run(std::string_view text, std::string_view json,
                                              TimePoint deadline) {
  return asio::co_spawn(strand_, run_text_on_strand(text, json, deadline), asio::use_awaitable);
}

asio::awaitable<void> Workers::close() {
  return asio::co_spawn(strand_, close_on_strand(), asio::use_awaitable);
}

asio::awaitable<WorkersStatus> Workers::status() {
  return asio::co_spawn(strand_, status_on_strand(), asio::use_awaitable);
}

// --- On the strand
// ------------------------------------------------------------------------------------------------------

asio::awaitable<Result<Program>> Workers::compile_on_strand(std::string text) {
  if (closing_) co_return closing();
  if (auto refused = refused_program(text)) co_return Error(Errc::invalid_argument, std::move(*refused));
  auto program = programs_.use(text);
  if (program->compiles) co_return Program(std::move(program));
  const auto confirmed =
      co_await run_on_strand(program, RequestKind::confirm, std::string_view(), TimePoint::max());
  if (confirmed) program->compiles = true;
  if (!confirmed) programs_.forget(*program);
  if (!confirmed) co_return confirmed.error();
  co_return Program(std::move(program));
}

asio::awaitable<Result<Results>> Workers::run_text_on_strand(std::string_view text, std::string_view json,
                                                             TimePoint deadline) {
  if (auto refused = refused_program(text)) co_return Error(Errc::invalid_argument, std::move(*refused));
  co_return co_await run_on_strand(programs_.use(text), RequestKind::run, json, deadline);
}

asio::awaitable<Result<Results>> Workers::run_on_strand(std::shared_ptr<ProgramState> program,
                                                        RequestKind kind, std::string_view json,
                                                        TimePoint deadline) {
  if (closing_) co_return closing();
  if (json.size() > kInputBytesMax) co_return Error(Errc::too_large, "an event over 16 MiB");
  Job job(strand_, kind, std::move(program), json);
  job.done.expires_at(deadline);
  const Submission submission(*this, job);
  if (!submission.accepted()) co_return Error(Errc::overloaded, "too many events wait for one jq program");
  feed();
  while (!job.outcome) {
    if (clock_.now() >= deadline) co_return too_late(job);
    co_await base::wait_for_wakeup(job.done);
  }
  co_return std::move(*job.outcome);
}

asio::awaitable<void> Workers::close_on_strand() {
  closing_ = true;
  fail_waiting(closing());
  closing_began_.notify();
  for (auto& slot : slots_) slot->worker.end();
  co_await lives_.join();
}

asio::awaitable<WorkersStatus> Workers::status_on_strand() {
  auto status = counts_;
  for (const auto& slot : slots_) status.running += slot->worker.ready() ? 1 : 0;
  co_return status;
}

// --- What workers say
// ---------------------------------------------------------------------------------------------------

void Workers::worker_has_room() { feed(); }

void Workers::worker_answered(Job& job, Result<Results> result) { job.finish(std::move(result)); }

void Workers::worker_gave_back(const std::vector<Job*>& jobs) {
  for (auto job = jobs.rbegin(); job != jobs.rend(); ++job) {
    if (closing_)
      (*job)->finish(closing());
    else
      queue_.push_front(**job);
  }
  feed();
}

// --- Giving work
// --------------------------------------------------------------------------------------------------------

void Workers::feed() {
  while (!queue_.empty()) {
    auto* worker = freest();
    if (worker == nullptr || !give_job(*worker)) break;
  }
  if (!queue_.empty()) start_one();
}

bool Workers::give_job(Worker& worker) {
  const bool idle = worker.flight().empty();
  const JobQueue::Room room{.cost = kFlightCost - worker.flight().cost(),
                            .slow = idle && slow_workers() < std::max<std::size_t>(1, options_.workers / 2)};
  auto* job = queue_.take(room);
  if (job == nullptr) return false;
  worker.send(*job);
  return true;
}

Worker* Workers::freest() {
  Worker* best = nullptr;
  for (const auto& slot : slots_) {
    auto& worker = slot->worker;
    if (worker.has_room() && (best == nullptr || worker.flight().cost() < best->flight().cost()))
      best = &worker;
  }
  return best;
}

/// How many are at an event of a slow program, of which only half of the workers may be kept busy.
std::size_t Workers::slow_workers() const {
  const auto is_at_slow = [](const auto& slot) { return slot->worker.is_slow(); };
  return static_cast<std::size_t>(std::count_if(slots_.begin(), slots_.end(), is_at_slow));
}

bool Workers::any_ready() const {
  return std::any_of(slots_.begin(), slots_.end(), [](const auto& slot) { return slot->worker.ready(); });
}

/// One more process, unless one is on its way already.
void Workers::start_one() {
  const auto is_on_its_way = [](const auto& slot) { return slot->taken && !slot->worker.ready(); };
  if (closing_ || std::any_of(slots_.begin(), slots_.end(), is_on_its_way)) return;
  const auto free = std::find_if(slots_.begin(), slots_.end(), [](const auto& slot) { return !slot->taken; });
  if (free == slots_.end()) return;
  (*free)->taken = true;
  lives_.spawn(tend(**free));
}

asio::awaitable<void> Workers::tend(Slot& slot) {
  if (slot.delay > Duration::zero())
    co_await base::with_deadline(closing_began_.wait(), clock_, clock_.now() + slot.delay);
  if (!closing_) {
    ++counts_.started;
    const auto life = co_await slot.worker.live();
    note_end(slot, life);
  }
  slot.taken = false;
  feed();
}

void Workers::note_end(Slot& slot, const Worker::Life& life) {
  slot.delay = life.answered > 0 ? Duration::zero() : std::clamp(2 * slot.delay, kFirstDelay, kLongestDelay);
  if (closing_) return;
  ++counts_.ended;
  log::warn("jq.worker_ended", "why={} answered={}", log::quoted(life.end), life.answered);
  if (!life.started && !any_ready()) fail_waiting(Error(Errc::overloaded, life.end));
}

void Workers::fail_waiting(const Error& error) {
  while (auto* job = queue_.take(JobQueue::Room{.cost = Duration::max(), .slow = true})) job->finish(error);
}

}  // namespace signalbox::jq
