#pragma once

#include <cstddef>
#include <functional>
#include <memory>

namespace xtape {

/// Threads for work that comes in numbered pieces. They live as long as this object and sleep while
/// there is nothing to do.
///
/// Piece i always goes to thread i modulo their number, and the calling thread is number 0. So what
/// a thread keeps to itself, its pool of memory above all, fits the piece that it meets again.
///
/// BLAS is told to use one thread from now on: two kinds of threads would fight for the cores.
class Workers {
public:
    /// Throws ValueError for 0 threads. One thread is the caller: then nothing is started.
    explicit Workers(std::size_t threads);
    ~Workers();
    Workers(const Workers&) = delete;
    Workers& operator=(const Workers&) = delete;

    std::size_t size() const { return size_; }

    /// Calls piece(0), ..., piece(n - 1) and returns when all are done. If some throw, the others are
    /// done nevertheless, and the exception of the first of them, by number, is thrown here. A call
    /// from inside a piece does its own pieces one after the other.
    void run(std::size_t n, const std::function<void(std::size_t)>& piece);

private:
    class Crew;

    std::size_t size_;
    std::unique_ptr<Crew> crew_;
};

}  // namespace xtape
