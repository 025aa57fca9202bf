#pragma once

#include <condition_variable>
#include <cstddef>
#include <mutex>

namespace xtape {

/// What is added up block by block is added up in the order of the blocks, whoever computes them.
class Turns {
public:
    void wait_for(std::size_t block) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return next_ == block; });
    }
    void pass() {
        {
            const std::lock_guard lock(mutex_);
            ++next_;
        }
        changed_.notify_all();
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::size_t next_ = 0;
};

/// Takes a turn, at the latest in passing: a block that fails must not keep the others waiting.
class Turn {
public:
    Turn(Turns& turns, std::size_t block) : turns_(turns), block_(block) {}
    ~Turn() {
        take();
        turns_.pass();
    }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;

    void take() {
        if (!taken_) {
            turns_.wait_for(block_);
            taken_ = true;
        }
    }

private:
    Turns& turns_;
    std::size_t block_;
    bool taken_ = false;
};

}  // namespace xtape
