package dev.longshore.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;

/// A set of places in an object, as `managedFields` keep it: a tree of [FieldStep]s. Immutable.
///
/// ```
/// f:spec ── f:replicas*                    * belongs to the set
///        └─ f:containers ── k:{"name":"a"}* ── f:image*
/// ```
///
/// Steps are sorted arrays, since sets are made and walked far more often than they are searched; all the
/// leaves are one object.
final class FieldSet {

    static final FieldSet NONE = new FieldSet(false, new FieldStep[0], new FieldSet[0]);
    static final FieldSet HERE = new FieldSet(true, NONE.steps, NONE.below);

    private final boolean isMember;
    private final FieldStep[] steps;
    private final FieldSet[] below;

    private FieldSet(boolean isMember, FieldStep[] steps, FieldSet[] below) {
        this.isMember = isMember;
        this.steps = steps;
        this.below = below;
    }

    /// The set of one place, the end of `steps`.
    static FieldSet of(FieldStep... steps) {
        FieldSet set = HERE;
        for (int i = steps.length - 1; i >= 0; i--) {
            set = new FieldSet(false, new FieldStep[] {steps[i]}, new FieldSet[] {set});
        }
        return set;
    }

    /// The set of one place, the end of a path of fields such as `spec.replicas`.
    static FieldSet of(String path) {
        return of(Arrays.stream(path.split("\\.")).map(FieldStep::field).toArray(FieldStep[]::new));
    }

    /// True if the place where this tree begins belongs to the set.
    boolean isMember() {
        return isMember;
    }

    /// True if places below this one belong to the set.
    boolean hasBelow() {
        return steps.length > 0;
    }

    boolean isEmpty() {
        return !isMember && steps.length == 0;
    }

    int size() {
        return steps.length;
    }

    FieldStep step(int index) {
        return steps[index];
    }

    FieldSet below(int index) {
        return below[index];
    }

    /// What lies below `step`.
    FieldSet below(FieldStep step) {
        int index = Arrays.binarySearch(steps, step);
        return index < 0 ? NONE : below[index];
    }

    FieldSet withSelf() {
        return isMember ? this : steps.length == 0 ? HERE : new FieldSet(true, steps, below);
    }

    FieldSet withoutSelf() {
        return !isMember ? this : steps.length == 0 ? NONE : new FieldSet(false, steps, below);
    }

    FieldSet plus(FieldSet other) {
        if (other.isEmpty() || this == other) {
            return this;
        }
        if (isEmpty()) {
            return other;
        }
        var all = new Builder(steps.length + other.steps.length);
        int i = 0;
        int j = 0;
        while (i < steps.length || j < other.steps.length) {
            int order = i == steps.length ? 1 : j == other.steps.length ? -1 : steps[i].compareTo(other.steps[j]);
            if (order < 0) {
                all.add(steps[i], below[i++]);
            } else if (order > 0) {
                all.add(other.steps[j], other.below[j++]);
            } else {
                all.add(steps[i], below[i++].plus(other.below[j++]));
            }
        }
        return all.build(isMember || other.isMember);
    }

    /// The members that `other` does not have; a place that it has takes nothing below it along.
    FieldSet minus(FieldSet other) {
        if (isEmpty() || other.isEmpty()) {
            return this;
        }
        return zip(other, isMember && !other.isMember, true, FieldSet::minus);
    }

    FieldSet and(FieldSet other) {
        if (isEmpty() || other.isEmpty()) {
            return NONE;
        }
        return zip(other, isMember && other.isMember, false, FieldSet::and);
    }

    private FieldSet zip(
            FieldSet other,
            boolean isSelfIn,
            boolean keepsOthers,
            java.util.function.BinaryOperator<FieldSet> combine) {
        var left = new Builder(steps.length);
        boolean isSame = isSelfIn == isMember;
        int j = 0;
        for (int i = 0; i < steps.length; i++) {
            int order = 1;
            while (j < other.steps.length && (order = other.steps[j].compareTo(steps[i])) < 0) {
                j++;
            }
            boolean isShared = j < other.steps.length && order == 0;
            FieldSet rest = isShared ? combine.apply(below[i], other.below[j]) : keepsOthers ? below[i] : NONE;
            isSame &= rest == below[i];
            left.add(steps[i], rest);
        }
        return isSame ? this : left.build(isSelfIn);
    }

    /// With `change` applied to what lies below each step.
    FieldSet mapped(java.util.function.BiFunction<FieldStep, FieldSet, FieldSet> change) {
        var left = new Builder(steps.length);
        for (int i = 0; i < steps.length; i++) {
            left.add(steps[i], change.apply(steps[i], below[i]));
        }
        return left.build(isMember);
    }

    /// Without all that is at or below `prefix`, and without the places on the way that become hollow.
    FieldSet without(List<FieldStep> prefix) {
        return at(prefix, 0, rest -> NONE);
    }

    private FieldSet at(List<FieldStep> prefix, int depth, UnaryOperator<FieldSet> change) {
        if (depth == prefix.size()) {
            return change.apply(this);
        }
        int index = Arrays.binarySearch(steps, prefix.get(depth));
        if (index < 0) {
            return this;
        }
        FieldStep wanted = steps[index];
        return mapped((step, rest) -> step == wanted ? rest.at(prefix, depth + 1, change) : rest);
    }

    /// The members, each as people read it: `.spec.containers[name="a"].image`; first a level's own, then what
    /// lies below them.
    List<String> paths() {
        var paths = new ArrayList<String>();
        collect("", paths);
        return paths;
    }

    private void collect(String path, List<String> paths) {
        for (int i = 0; i < steps.length; i++) {
            if (below[i].isMember) {
                paths.add(path + steps[i].shown());
            }
        }
        for (int i = 0; i < steps.length; i++) {
            if (below[i].hasBelow()) {
                below[i].collect(path + steps[i].shown(), paths);
            }
        }
    }

    /// True if `path`, a path of fields such as `spec.replicas`, is a member.
    boolean has(String path) {
        FieldSet set = this;
        for (String name : path.split("\\.")) {
            set = set.below(FieldStep.field(name));
        }
        return set.isMember;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof FieldSet set
                && isMember == set.isMember
                && Arrays.equals(steps, set.steps)
                && Arrays.equals(below, set.below);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(steps) * 31 + Arrays.hashCode(below) + Boolean.hashCode(isMember);
    }

    @Override
    public String toString() {
        return paths().toString();
    }

    /// Collects what lies below one place.
    static final class Builder {
        private static final int MANY = 64;

        private FieldStep[] steps;
        private FieldSet[] below;
        private int size;
        private boolean isSorted = true;

        Builder(int capacity) {
            steps = new FieldStep[Math.max(capacity, 1)];
            below = new FieldSet[steps.length];
        }

        /// Adds `rest` below `step`, unless it is empty.
        void add(FieldStep step, FieldSet rest) {
            if (rest.isEmpty()) {
                return;
            }
            if (size == steps.length) {
                steps = Arrays.copyOf(steps, size * 2);
                below = Arrays.copyOf(below, size * 2);
            }
            isSorted &= size == 0 || steps[size - 1].compareTo(step) < 0;
            steps[size] = step;
            below[size++] = rest;
        }

        FieldSet build(boolean isMember) {
            if (size == 0) {
                return isMember ? HERE : NONE;
            }
            if (!isSorted) {
                sort();
            }
            boolean isFull = size == steps.length;
            return new FieldSet(
                    isMember, isFull ? steps : Arrays.copyOf(steps, size), isFull ? below : Arrays.copyOf(below, size));
        }

        /// What stands twice becomes one. Few steps, most of them in order, are inserted one by one; many (somebody
        /// sends a map of a hundred thousand keys) are sorted at once.
        private void sort() {
            if (size > MANY) {
                sortMany();
                return;
            }
            int sorted = 1;
            for (int i = 1; i < size; i++) {
                FieldStep step = steps[i];
                FieldSet rest = below[i];
                int at = Arrays.binarySearch(steps, 0, sorted, step);
                if (at >= 0) {
                    below[at] = below[at].plus(rest);
                    continue;
                }
                int place = -at - 1;
                System.arraycopy(steps, place, steps, place + 1, sorted - place);
                System.arraycopy(below, place, below, place + 1, sorted - place);
                steps[place] = step;
                below[place] = rest;
                sorted++;
            }
            size = sorted;
        }

        private void sortMany() {
            var places = new java.util.TreeMap<FieldStep, FieldSet>();
            for (int i = 0; i < size; i++) {
                places.merge(steps[i], below[i], FieldSet::plus);
            }
            size = 0;
            places.forEach((step, rest) -> {
                steps[size] = step;
                below[size++] = rest;
            });
        }
    }
}
