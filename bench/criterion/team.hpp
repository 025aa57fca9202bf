#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <thread>
#include <vector>

namespace criterion_bench {

/// Threads that wait for work without going to sleep: the quickest start that there is, in a
/// program that does nothing else. The calling thread is number 0.
class Team {
public:
    explicit Team(std::size_t threads) {
        for (std::size_t i = 1; i < threads; ++i) {
            others_.emplace_back([this, i] { serve(i); });
        }
    }
    ~Team() {
        work_ = nullptr;
        ++round_;
        for (std::thread& thread : others_) {
            thread.join();
        }
    }
    Team(const Team&) = delete;
    Team& operator=(const Team&) = delete;

    std::size_t size() const { return others_.size() + 1; }

    /// Calls work(0), ..., work(size - 1), each on its own thread. It must not throw.
    void run(const std::function<void(std::size_t)>& work) {
        work_ = &work;
        busy_ = others_.size();
        ++round_;
        work(0);
        while (busy_ > 0) {
            pause();
        }
    }

private:
    void serve(std::size_t i) {
        for (std::size_t seen = 0;;) {
            while (round_ == seen) {
                pause();
            }
            ++seen;
            if (work_ == nullptr) {
                return;
            }
            (*work_)(i);
            --busy_;
        }
    }

    static void pause() { std::this_thread::yield(); }

    const std::function<void(std::size_t)>* work_ = nullptr;
    std::atomic<std::size_t> round_{0}, busy_{0};
    std::vector<std::thread> others_;
};

}  // namespace criterion_bench
