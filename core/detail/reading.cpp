#include <xtape/core/detail/reading.hpp>

#include <xtape/core/detail/simd.hpp>
#include <xtape/core/errors.hpp>
#include <xtape/core/plus.hpp>

namespace xtape {

Reading::Reading(Journal& journal, std::size_t start, std::size_t end,
                 const std::vector<Variable>& sources)
    : journal_(journal), start_(start), count_(end - start), sources_(sources) {
    for (const Variable& x : sources) {
        if (slot_of(x.id()) == none) {
            outside_.emplace(x.id(), count_ + outside_.size());
            outside_shapes_.push_back(&x.shape());
        }
        source_slots_.push_back(slot_of(x.id()));
    }
    const std::size_t slots = count_ + outside_.size();
    is_source_.resize(slots);
    gradient_.resize(slots, Variable());
    for (const std::size_t slot : source_slots_) {
        is_source_[slot] = true;
    }
    find_dependents();
}

std::size_t Reading::slot_of(Variable::Id id) const {
    const auto position = journal_.find(id);
    if (position && *position >= start_ && *position < start_ + count_) {
        return *position - start_;
    }
    const auto found = outside_.find(id);
    return found != outside_.end() ? found->second : none;
}

// Which results depend on a source? Only they need a gradient.
void Reading::find_dependents() {
    is_dependent_ = is_source_;
    if (count_ == 0) {
        return;
    }
    first_input_ = journal_.entry(start_).first_input;
    wanted_.resize(journal_.inputs_end(start_ + count_ - 1) - first_input_, unwanted);
    std::size_t input = first_input_;
    for (std::size_t i = 0; i < count_; ++i) {
        for (const std::size_t end = journal_.inputs_end(start_ + i); input < end; ++input) {
            const std::size_t slot = slot_of(journal_.input(input).id);
            if (slot != none && is_dependent_[slot]) {
                wanted_[input - first_input_] = static_cast<std::uint32_t>(slot);
                is_dependent_[i] = true;
            }
        }
    }
}

void Reading::start_from(std::vector<Variable>& sums) {
    for (std::size_t k = 0; k < sums.size(); ++k) {
        Variable& gradient = gradient_[source_slots_[k]];
        if (!gradient.is_empty() || source_slots_[k] < count_) {
            throw TapeError(
                text("Tape: source ", k,
                     !gradient.is_empty() ? " is named twice" : " is a result on this tape",
                     "; gradients are added up for different inputs"));
        }
        gradient = std::move(sums[k]);
    }
}

void Reading::run(const Variable& y, const Variable& g, bool consume) {
    receive(slot_of(y.id()), g);
    for (std::size_t i = count_; i-- > 0;) {
        if (!gradient_[i].is_empty() && is_dependent_[i]) {
            if (watcher) {
                watcher(journal_.entry(start_ + i).id, gradient_[i]);
            }
            pull_back(i, is_source_[i] ? gradient_[i] : std::move(gradient_[i]));
        }
        if (!is_source_[i]) {
            gradient_[i] = Variable();
        }
        if (consume) {
            journal_.truncate(start_ + i);
        }
    }
}

void Reading::pull_back(std::size_t i, Variable g) {
    const std::size_t first = journal_.entry(start_ + i).first_input;
    const std::size_t end = journal_.inputs_end(start_ + i);
    std::size_t last = first;  // the last input to get a share may have g itself
    for (std::size_t k = first; k < end; ++k) {
        last = wanted_slot(k) != none ? k : last;
    }
    for (std::size_t k = first; k < end; ++k) {
        const std::size_t slot = wanted_slot(k);
        if (slot == none) {
            continue;  // nobody asked
        }
        const Input& input = journal_.input(k);
        Variable& gradient = gradient_[slot];
        if (gradient.is_unique() && input.pullback.can_add() && !is_recording()) {
            input.pullback.add(numbers_of(gradient), g.value());
            continue;
        }
        Variable share = input.pullback(k == last ? std::move(g) : g);
        require_shape(i, slot, share.shape());
        receive(slot, std::move(share));
    }
}

void Reading::receive(std::size_t slot, Variable share) {
    Variable& gradient = gradient_[slot];
    if (gradient.is_unique() && !is_recording()) {
        Array& sum = numbers_of(gradient);
        map(
            sum, [](Batch p, Batch q) { return p + q; }, sum, share.value());
    } else {
        gradient =
            gradient.is_empty() ? std::move(share) : plus(std::move(gradient), std::move(share));
    }
}

const Shape& Reading::shape_of(std::size_t slot) const {
    return slot < count_ ? journal_.entry(start_ + slot).shape : *outside_shapes_[slot - count_];
}

void Reading::require_shape(std::size_t i, std::size_t slot, const Shape& shape) const {
    if (shape != shape_of(slot)) {
        throw ShapeError(text(journal_.entry(start_ + i).operation.name,
                              ": a pullback returned shape ", shape, " for an input of shape ",
                              shape_of(slot), "; dL/dx has the shape of x"));
    }
}

std::vector<Variable> Reading::take_gradients() {
    std::vector<Variable> result;
    result.reserve(sources_.size());
    for (std::size_t k = 0; k < sources_.size(); ++k) {
        const Variable& g = gradient_[source_slots_[k]];
        result.push_back(g.is_empty() ? Variable(Array(sources_[k].shape(), 0)) : g);
    }
    gradient_.clear();
    if (!is_recording()) {
        for (Variable& g : result) {
            if (!g.is_unique()) {  // nobody who changes one gradient shall change another
                g = Variable(Array(g.value()));
            }
        }
    }
    return result;
}

}  // namespace xtape
