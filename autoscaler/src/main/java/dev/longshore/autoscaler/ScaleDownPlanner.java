package dev.longshore.autoscaler;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// Decides which nodes go: [#update] at each look, then perhaps [#removable]. Remembers since when nodes are unneeded
/// and which ones were in vain looked at. One thread.
final class ScaleDownPlanner {

    /// What may be removed at once.
    record Removals(List<Removal> empty, List<Removal> drained) {
        boolean isNothing() {
            return empty.isEmpty() && drained.isEmpty();
        }
    }

    private final ScaleUpOptions up;
    private final ScaleDownOptions options;
    private final EvictionRules rules;
    private final UnneededNodes unneeded = new UnneededNodes();
    private final Map<String, Instant> recheckAt = new HashMap<>();
    private final Map<String, Obstacle> obstacles = new TreeMap<>();

    ScaleDownPlanner(ScaleUpOptions up, ScaleDownOptions options) {
        this.up = up;
        this.options = options;
        this.rules = new EvictionRules(options.drain());
    }

    /// Looks which nodes are unneeded now.
    ///
    /// @param cluster without nodes that are only starting
    /// @param groups whose nodes may go
    /// @param missing pods that were evicted and are not back yet
    void update(
            Observation cluster, List<GroupView> groups, Map<String, Deletions.Ongoing> ongoing, List<Pod> missing) {
        obstacles.clear();
        recheckAt.values().removeIf(until -> !until.isAfter(cluster.at()));
        Simulation simulation = cluster.simulation(cluster.nodes(), up.expendableBelow());
        Set<String> destinations = cluster.nodes().stream()
                .map(NodeTraits::name)
                .filter(name -> !ongoing.containsKey(name))
                .collect(Collectors.toCollection(HashSet::new));
        var moving = new ArrayList<>(PodsOnTheMove.leaving(cluster, ongoing));
        moving.addAll(missing);
        for (Pod pod : moving) {
            if (!simulation.placeAnywhere(PodGroup.view(pod), destinations::contains)) {
                // Whoever lost a node already comes first.
                unneeded.clear();
                return;
            }
        }
        Map<String, List<Pod>> pods = cluster.podsByNode();
        var simulator = new RemovalSimulator(rules, cluster, simulation, new RemainingBudgets(cluster.budgets()));
        var removable = new ArrayList<Removal>();
        for (Candidate candidate : candidates(cluster, groups, ongoing, pods)) {
            Optional<Obstacle> ineligible = ineligible(candidate, cluster.at());
            if (ineligible.isPresent()) {
                obstacles.put(candidate.name(), ineligible.get());
                continue;
            }
            switch (simulator.remove(candidate.node, candidate.pods, destinations)) {
                case RemovalSimulator.Outcome.Removable(Removal removal) -> {
                    destinations.remove(removal.name());
                    removable.add(removal);
                }
                case RemovalSimulator.Outcome.Stuck(Obstacle obstacle, String why) -> {
                    obstacles.put(candidate.name(), obstacle);
                    recheckAt.put(candidate.name(), cluster.at().plus(options.recheck()));
                }
            }
        }
        unneeded.update(removable, cluster.at());
    }

    private record Candidate(Node node, GroupView group, List<Pod> pods) {
        String name() {
            return NodeTraits.name(node);
        }

        boolean isEmpty() {
            return pods.stream().noneMatch(PodTraits::isRecreatable);
        }
    }

    /// Empty nodes first, then those that were unneeded before, so that each look comes to the same.
    private List<Candidate> candidates(
            Observation cluster,
            List<GroupView> groups,
            Map<String, Deletions.Ongoing> ongoing,
            Map<String, List<Pod>> pods) {
        var candidates = new ArrayList<Candidate>();
        for (Node node : cluster.nodes()) {
            String name = NodeTraits.name(node);
            groups.stream()
                    .filter(group -> group.holds(name) && group.targetSize() > group.minSize())
                    .filter(group -> !ongoing.containsKey(name))
                    .findFirst()
                    .ifPresent(group -> candidates.add(new Candidate(
                            node,
                            group,
                            pods.getOrDefault(name, List.of()).stream()
                                    .filter(pod -> PodTraits.priority(pod) >= up.expendableBelow())
                                    .toList())));
        }
        candidates.sort(Comparator.comparing((Candidate candidate) -> !candidate.isEmpty())
                .thenComparing(candidate -> !unneeded.contains(candidate.name()))
                .thenComparing(Candidate::name));
        return candidates;
    }

    private Optional<Obstacle> ineligible(Candidate candidate, Instant now) {
        if (recheckAt.containsKey(candidate.name())) {
            return Optional.of(Obstacle.RECENTLY_UNREMOVABLE);
        }
        if (NodeTraits.isBeingDeleted(candidate.node, now)) {
            return Optional.of(Obstacle.BEING_DELETED);
        }
        if (NodeTraits.isSpared(candidate.node)) {
            return Optional.of(Obstacle.SCALE_DOWN_DISABLED);
        }
        if (!options.takesUnready() && !NodeTraits.isReady(candidate.node)) {
            return Optional.of(Obstacle.UNREADY);
        }
        GroupSettings settings = candidate.group.settings();
        Utilization utilization = Utilization.of(
                candidate.node, candidate.pods, settings.ignoresDaemons(), options.ignoresMirrors(), now);
        return utilization.highest() >= settings.utilizationThreshold()
                ? Optional.of(Obstacle.NOT_UNDERUTILIZED)
                : Optional.empty();
    }

    /// What may go now, of the unneeded nodes of `groups`: long enough unneeded, no group below its minimum, the
    /// cluster not below its own, no more at once than is allowed.
    ///
    /// @param limits what is removed there from now on counts as gone
    Removals removable(
            Instant now, List<GroupView> groups, Map<String, Deletions.Ongoing> ongoing, ClusterLimits limits) {
        var room = new HashMap<String, Integer>();
        for (GroupView group : groups) {
            int leaving = (int) ongoing.values().stream()
                    .filter(one -> one.group().equals(group.id()))
                    .count();
            room.put(group.id(), group.targetSize() - leaving - group.minSize());
        }
        long draining =
                ongoing.values().stream().filter(Deletions.Ongoing::isDrain).count();
        int budget = options.parallelism() - ongoing.size();
        int drainBudget = (int) (options.drainParallelism() - draining);
        var empty = new ArrayList<Removal>();
        var drained = new ArrayList<Removal>();
        List<Removal> order = unneeded.all().stream()
                .sorted(Comparator.comparing(removal -> !removal.isEmpty()))
                .toList();
        for (Removal removal : order) {
            List<Removal> list = removal.isEmpty() ? empty : drained;
            boolean isTooMuch =
                    empty.size() + drained.size() >= budget || !removal.isEmpty() && drained.size() >= drainBudget;
            if (isTooMuch) {
                continue;
            }
            Optional<Obstacle> obstacle = notYet(removal, now, groups, room, limits);
            if (obstacle.isPresent()) {
                obstacles.put(removal.name(), obstacle.get());
            } else {
                list.add(removal);
            }
        }
        return new Removals(List.copyOf(empty), List.copyOf(drained));
    }

    private Optional<Obstacle> notYet(
            Removal removal, Instant now, List<GroupView> groups, Map<String, Integer> room, ClusterLimits limits) {
        Optional<GroupView> group =
                groups.stream().filter(any -> any.holds(removal.name())).findFirst();
        if (group.isEmpty()) {
            return Optional.of(Obstacle.GROUP_AT_MINIMUM);
        }
        boolean isReady = NodeTraits.isReady(removal.node());
        var patience = isReady
                ? group.get().settings().unneededTime()
                : group.get().settings().unreadyTime();
        if (unneeded.age(removal.name(), now).orElseThrow().compareTo(patience) <= 0) {
            return Optional.of(isReady ? Obstacle.NOT_UNNEEDED_LONG_ENOUGH : Obstacle.NOT_UNREADY_LONG_ENOUGH);
        }
        if (room.get(group.get().id()) <= 0) {
            return Optional.of(Obstacle.GROUP_AT_MINIMUM);
        }
        if (!limits.remove(removal.node())) {
            return Optional.of(Obstacle.CLUSTER_AT_MINIMUM);
        }
        room.merge(group.get().id(), -1, Integer::sum);
        return Optional.empty();
    }

    /// Forgets what was unneeded.
    void clear() {
        unneeded.clear();
    }

    List<Removal> unneeded() {
        return unneeded.all();
    }

    /// Why nodes stay, as far as the last look went.
    Map<String, Obstacle> obstacles() {
        return new TreeMap<>(obstacles);
    }
}
