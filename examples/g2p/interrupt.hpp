#pragma once

namespace g2p {

/// While it lives, Ctrl-C (SIGINT) and SIGTERM do not end the program but ask it to stop:
///
///     const Interrupt interrupt;
///     while (!interrupt.requested()) { ... }
///
/// A second one ends the program at once, as if this were not here. A signal that was ignored at
/// the start (nohup, a shell's background job) stays ignored. At most one of these at a time.
class Interrupt {
public:
    Interrupt();
    ~Interrupt();
    Interrupt(const Interrupt&) = delete;
    Interrupt& operator=(const Interrupt&) = delete;

    /// Whether a signal has come, on any thread, since this was made.
    bool requested() const;

    /// The signal, SIGINT or SIGTERM, or 0. By custom a program that it stopped exits with
    /// 128 + signal.
    int signal() const;
};

}  // namespace g2p
