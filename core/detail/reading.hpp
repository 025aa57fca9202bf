#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <unordered_map>
#include <vector>

#include <xtape/core/detail/journal.hpp>

namespace xtape {

/// One way back over a stretch of a journal: the chain rule.
///
/// Every result in the stretch, and every source outside of it, has a slot where the gradients of
/// its uses meet. Entries are visited from the last to the first; a result's gradient is complete
/// when its entry is reached, because all its uses come later.
class Reading {
public:
    /// The entries [start, end) of the journal, and what gradients are wanted of.
    Reading(Journal& journal, std::size_t start, std::size_t end,
            const std::vector<Variable>& sources);

    /// Whether y has a slot.
    bool reaches(const Variable& y) const { return slot_of(y.id()) != none; }

    /// Makes sums[k] what the gradient of source k is added to. It is moved in.
    void start_from(std::vector<Variable>& sums);

    /// Goes back from y with dL/dy = g. With `consume`, entries are dropped as they are read.
    void run(const Variable& y, const Variable& g, bool consume);

    /// Moves out dL/dx for each source.
    std::vector<Variable> take_gradients();

    /// For a watching tape: told each result's complete gradient.
    std::function<void(Variable::Id, const Variable& g)> watcher;

private:
    template <class T>
    using List = std::vector<T, PoolAllocator<T>>;

    static constexpr std::size_t none = static_cast<std::size_t>(-1);
    static constexpr std::uint32_t unwanted = static_cast<std::uint32_t>(-1);

    std::size_t slot_of(Variable::Id id) const;
    std::size_t wanted_slot(std::size_t input) const {
        const std::uint32_t slot = wanted_[input - first_input_];
        return slot == unwanted ? none : slot;
    }
    void find_dependents();
    void pull_back(std::size_t i, Variable g);
    void receive(std::size_t slot, Variable share);
    void require_shape(std::size_t i, std::size_t slot, const Shape& shape) const;
    const Shape& shape_of(std::size_t slot) const;

    Journal& journal_;
    std::size_t start_;
    std::size_t count_;  // of entries; the slots of outside sources follow theirs
    const std::vector<Variable>& sources_;
    std::vector<std::size_t> source_slots_;
    std::unordered_map<Variable::Id, std::size_t> outside_;  // source -> slot
    std::vector<const Shape*> outside_shapes_;               // by slot, from count_ on
    List<char> is_source_, is_dependent_;                    // by slot
    std::size_t first_input_ = 0;                            // of the first entry
    List<std::uint32_t> wanted_;  // the slot by input; `unwanted` if nobody asked
    List<Variable> gradient_;     // by slot; empty until its first use was read
};

}  // namespace xtape
