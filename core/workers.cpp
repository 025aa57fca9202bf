#include <xtape/core/workers.hpp>

#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include <xtape/core/errors.hpp>

extern "C" __attribute__((weak)) void openblas_set_num_threads(int);

namespace xtape {

namespace {

/// Without effect unless BLAS is OpenBLAS.
void use_one_blas_thread() {
    if (openblas_set_num_threads != nullptr) {
        openblas_set_num_threads(1);
    }
}

/// Whether this thread is doing a piece of somebody's work.
thread_local bool at_work = false;

struct Work {
    std::size_t pieces;
    const std::function<void(std::size_t)>& piece;
    std::vector<std::exception_ptr> errors;  // by piece

    void do_those_of(std::size_t thread, std::size_t threads) {
        const bool was_at_work = std::exchange(at_work, true);
        for (std::size_t i = thread; i < pieces; i += threads) {
            try {
                piece(i);
            } catch (...) {
                errors[i] = std::current_exception();
            }
        }
        at_work = was_at_work;
    }
};

}  // namespace

/// The threads besides the caller's.
class Workers::Crew {
public:
    explicit Crew(std::size_t threads) : size_(threads) {
        try {
            for (std::size_t number = 1; number < threads; ++number) {
                threads_.emplace_back([this, number] { serve(number); });
            }
        } catch (...) {
            dismiss();
            throw;
        }
    }
    ~Crew() { dismiss(); }

    void run(Work& work) {
        const std::lock_guard one_caller(calling_);
        {
            const std::lock_guard lock(mutex_);
            work_ = &work;
            ++calls_;
            busy_ = threads_.size();
        }
        called_.notify_all();
        work.do_those_of(0, size_);
        std::unique_lock lock(mutex_);
        done_.wait(lock, [this] { return busy_ == 0; });
    }

private:
    void serve(std::size_t number) {
        std::size_t answered = 0;
        std::unique_lock lock(mutex_);
        while (true) {
            called_.wait(lock, [&] { return calls_ != answered || dismissed_; });
            if (dismissed_) {
                return;
            }
            answered = calls_;
            Work& work = *work_;
            lock.unlock();
            work.do_those_of(number, size_);
            lock.lock();
            if (--busy_ == 0) {
                done_.notify_one();
            }
        }
    }

    void dismiss() {
        {
            const std::lock_guard lock(mutex_);
            dismissed_ = true;
        }
        called_.notify_all();
        for (std::thread& thread : threads_) {
            thread.join();
        }
    }

    std::size_t size_;
    std::mutex calling_;
    std::mutex mutex_;  // of what follows
    std::condition_variable called_;
    std::condition_variable done_;
    Work* work_ = nullptr;
    std::size_t calls_ = 0;
    std::size_t busy_ = 0;
    bool dismissed_ = false;
    std::vector<std::thread> threads_;
};

Workers::Workers(std::size_t threads) : size_(threads) {
    if (threads == 0) {
        throw ValueError("Workers: the number of threads is 0; it must be at least 1");
    }
    use_one_blas_thread();
    crew_ = std::make_unique<Crew>(threads);
}

Workers::~Workers() = default;

void Workers::run(std::size_t n, const std::function<void(std::size_t)>& piece) {
    Work work{n, piece, std::vector<std::exception_ptr>(n)};
    if (at_work) {
        work.do_those_of(0, 1);
    } else {
        crew_->run(work);
    }
    for (const std::exception_ptr& error : work.errors) {
        if (error) {
            std::rethrow_exception(error);
        }
    }
}

}  // namespace xtape
