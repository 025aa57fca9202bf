#include "interrupt.hpp"

#include <atomic>
#include <cerrno>
#include <csignal>

#include <unistd.h>

namespace g2p {

namespace {

// The signal may reach any thread. A lock-free atomic is what both a handler and other threads may
// touch; volatile sig_atomic_t serves only the thread that is interrupted.
std::atomic<int> received{0};
static_assert(std::atomic<int>::is_always_lock_free);

std::atomic<bool> on_terminal{false};
struct sigaction before_interrupt, before_terminate;

/// Nothing here but what a signal handler may call.
void handle(int number) {
    if (received.exchange(number) == 0) {
        return;
    }
    if (on_terminal) {  // the shell's prompt should not stand behind half a progress line
        const int saved = errno;
        const ssize_t ignored = write(STDOUT_FILENO, "\n", 1);
        static_cast<void>(ignored);
        errno = saved;
    }
    std::signal(number, SIG_DFL);
    raise(number);
}

void install(int number, struct sigaction& before) {
    struct sigaction ours = {};
    ours.sa_handler = handle;
    ours.sa_flags = SA_RESTART;  // a write that is under way goes on
    sigemptyset(&ours.sa_mask);
    sigaction(number, nullptr, &before);
    if (before.sa_handler != SIG_IGN) {
        sigaction(number, &ours, nullptr);
    }
}

}  // namespace

Interrupt::Interrupt() {
    received = 0;
    on_terminal = isatty(STDOUT_FILENO) != 0;
    install(SIGINT, before_interrupt);
    install(SIGTERM, before_terminate);
}

Interrupt::~Interrupt() {
    sigaction(SIGINT, &before_interrupt, nullptr);
    sigaction(SIGTERM, &before_terminate, nullptr);
}

bool Interrupt::requested() const {
    return received != 0;
}

int Interrupt::signal() const {
    return received;
}

}  // namespace g2p
