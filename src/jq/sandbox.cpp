#include "jq/sandbox.hpp"

#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <memory>
#include <string>

namespace signalbox::jq {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitized = true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif
#else
constexpr bool kSanitized = false;
#endif

Error refused(const std::string& what, int error_number) {
  return Error(Errc::unsupported, "sandbox: " + what + ": " + std::strerror(error_number));
}

/// What is mapped now, programs and libraries included.
std::uint64_t mapped_bytes() {
  std::uint64_t pages = 0;
  std::ifstream("/proc/self/statm") >> pages;
  return pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

Status limit(__rlimit_resource resource, const char* name, std::uint64_t amount) {
  const rlimit both{.rlim_cur = amount, .rlim_max = amount};
  return ::setrlimit(resource, &both) == 0 ? ok() : Status(refused(name, errno));
}

Status limit_resources(std::uint64_t memory_bytes) {
  // A sanitizer maps terabytes for itself.
  if (!kSanitized)
    if (auto done = limit(RLIMIT_AS, "RLIMIT_AS", mapped_bytes() + memory_bytes); !done) return done;
  if (auto done = limit(RLIMIT_CORE, "RLIMIT_CORE", 0); !done) return done;
  if (auto done = limit(RLIMIT_FSIZE, "RLIMIT_FSIZE", 0); !done) return done;
  if (auto done = limit(RLIMIT_NPROC, "RLIMIT_NPROC", 0); !done) return done;
  return limit(RLIMIT_NOFILE, "RLIMIT_NOFILE", 0);
}

/// The list of what may be called, being built.
class AllowList {
 public:
  AllowList() : context_(seccomp_init(SCMP_ACT_ERRNO(EPERM)), &seccomp_release) {
    if (!context_) failure_ = ENOMEM;
  }
  template <class... Conditions>
  void allow(int call, Conditions... conditions) {
    if (failure_ != 0) return;
    const auto count = static_cast<unsigned>(sizeof...(conditions));
    failure_ = -seccomp_rule_add(context_.get(), SCMP_ACT_ALLOW, call, count, conditions...);
  }
  /// 0, or an errno.
  int load() const { return failure_ != 0 ? failure_ : -seccomp_load(context_.get()); }

 private:
  std::unique_ptr<void, decltype(&seccomp_release)> context_;
  int failure_ = 0;
};

scmp_arg_cmp argument_is(unsigned index, std::uint64_t value) {
  return scmp_arg_cmp{.arg = index, .op = SCMP_CMP_EQ, .datum_a = value, .datum_b = 0};
}

scmp_arg_cmp argument_has_none_of(unsigned index, std::uint64_t bits) {
  return scmp_arg_cmp{.arg = index, .op = SCMP_CMP_MASKED_EQ, .datum_a = bits, .datum_b = 0};
}

scmp_arg_cmp argument_has_all_of(unsigned index, std::uint64_t bits) {
  return scmp_arg_cmp{.arg = index, .op = SCMP_CMP_MASKED_EQ, .datum_a = bits, .datum_b = bits};
}

void allow_memory(AllowList& list) {
  list.allow(SCMP_SYS(brk));
  list.allow(SCMP_SYS(mmap), argument_has_none_of(2, PROT_EXEC), argument_has_all_of(3, MAP_ANONYMOUS));
  list.allow(SCMP_SYS(mprotect), argument_has_none_of(2, PROT_EXEC));
  list.allow(SCMP_SYS(munmap));
  list.allow(SCMP_SYS(mremap));
  list.allow(SCMP_SYS(madvise));
}

/// What a sanitizer asks the system for its own needs.
void allow_sanitizer(AllowList& list) {
  for (const int call : {SCMP_SYS(sigaltstack), SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigaction),
                         SCMP_SYS(gettid), SCMP_SYS(getpid), SCMP_SYS(sched_yield)})
    list.allow(call);
}

Status allow_little() {
  AllowList list;
  list.allow(SCMP_SYS(read), argument_is(0, STDIN_FILENO));
  list.allow(SCMP_SYS(write), argument_is(0, STDOUT_FILENO));
  allow_memory(list);
  list.allow(SCMP_SYS(futex));
  list.allow(SCMP_SYS(clock_gettime));
  list.allow(SCMP_SYS(gettimeofday));
  list.allow(SCMP_SYS(getrandom));
  list.allow(SCMP_SYS(getppid));
  list.allow(SCMP_SYS(rt_sigreturn));
  list.allow(SCMP_SYS(restart_syscall));
  list.allow(SCMP_SYS(exit));
  list.allow(SCMP_SYS(exit_group));
  if (kSanitized) allow_sanitizer(list);
  const int failure = list.load();
  return failure == 0 ? ok() : Status(refused("seccomp", failure));
}

}  // namespace

Status enter_sandbox(std::uint64_t memory_bytes) {
  if (::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) return refused("PR_SET_DUMPABLE", errno);
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return refused("PR_SET_NO_NEW_PRIVS", errno);
  if (auto done = limit_resources(memory_bytes); !done) return done;
  return allow_little();
}

}  // namespace signalbox::jq
