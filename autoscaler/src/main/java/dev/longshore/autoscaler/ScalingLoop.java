package dev.longshore.autoscaler;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One look after the other: first at what was asked for, then up, then down. One thread.
final class ScalingLoop {

    private static final Logger log = LoggerFactory.getLogger(ScalingLoop.class);

    /// What a look came to, as far as the next one is concerned.
    enum Result {
        /// Nothing special.
        DONE,
        /// Pods are so new that more are to be expected at once.
        EXPECTING
    }

    /// What the loop works with.
    record Parts(
            NodeProvider provider,
            ClusterSource cluster,
            GroupRegistry registry,
            ScaleUpPlanner up,
            ScaleDownPlanner down,
            NodeRemover remover,
            Deletions deletions,
            SoftTaints softTaints,
            StatusWriter status,
            AutoscalerEvents events) {}

    private final Parts parts;
    private final AutoscalerOptions options;
    private final Templates templates;
    private final Cooldowns cooldowns;
    private final GroupGrowth growth;
    private final GroupRepairs repairs;
    private final StatusDocument document = new StatusDocument();

    ScalingLoop(Parts parts, AutoscalerOptions options) {
        this.parts = parts;
        this.options = options;
        this.templates = new Templates(options.up());
        this.cooldowns = new Cooldowns(options.down());
        this.growth = new GroupGrowth(parts.registry, parts.events);
        this.repairs = new GroupRepairs(parts.registry, parts.events);
    }

    /// Looks and acts once.
    ///
    /// @throws ProviderException when the provider does not even say what there is
    Result look() throws InterruptedException {
        parts.provider.refresh();
        Observation cluster = parts.cluster.look();
        List<GroupView> groups = views();
        parts.registry.update(groups, cluster).forEach(parts.events::cluster);
        for (Deletions.Ended ended : parts.deletions.takeEnded()) {
            if (!ended.isDone()) {
                cooldowns.failed(ended.group(), cluster.at());
            }
        }
        try {
            return act(cluster, groups);
        } finally {
            writeStatus(cluster.at());
        }
    }

    private List<GroupView> views() {
        return parts.provider.groups().stream()
                .map(group -> GroupView.of(group, options.group()))
                .toList();
    }

    private void writeStatus(Instant now) {
        try {
            parts.registry.resized(views());
        } catch (ProviderException silent) {
            log.debug("the status shows sizes as they were: {}", silent.getMessage());
        }
        parts.status
                .write(document.text(parts.registry, parts.down.unneeded(), now), now)
                .ifPresent(parts.events::about);
    }

    private Result act(Observation cluster, List<GroupView> groups) throws InterruptedException {
        repairs.removeUnregistered();
        if (!parts.registry.isHealthy()) {
            parts.down.clear();
            parts.events.cluster(Notice.warning("ClusterUnhealthy", "Cluster is unhealthy"));
            return Result.DONE;
        }
        repairs.removeFailed();
        if (repairs.lowerTargets(cluster.at())) {
            return Result.DONE;
        }
        boolean hasReady = cluster.nodes().stream().anyMatch(NodeTraits::isReadyForPods);
        if (!hasReady && !options.up().isFromZero()) {
            parts.down.clear();
            parts.events.cluster(Notice.warning("ClusterUnhealthy", "Cluster has no ready nodes."));
            return Result.DONE;
        }
        Set<String> starting = groups.stream()
                .flatMap(group -> parts.registry.readiness(group.id()).notStarted().stream())
                .collect(Collectors.toSet());
        Map<String, NodeTemplate> known = templates(cluster, groups);
        var growing = new Up(cluster, groups, known, starting);
        Up.Answer answer = growing.act();
        if (answer == Up.Answer.GREW) {
            return Result.DONE;
        }
        boolean isForbidden = answer != Up.Answer.NOTHING || growing.isSomeoneWaiting;
        if (options.down().isEnabled()) {
            scaleDown(cluster.without(starting), groups, isForbidden);
        }
        if (options.up().enforcesMinSize()) {
            raiseToMinimum(cluster.at(), groups, known, growing.limits);
        }
        return answer == Up.Answer.EXPECTING ? Result.EXPECTING : Result.DONE;
    }

    private Map<String, NodeTemplate> templates(Observation cluster, List<GroupView> groups) {
        Map<String, List<Pod>> pods = cluster.podsByNode();
        var known = new HashMap<String, NodeTemplate>();
        for (GroupView group : groups) {
            try {
                known.put(group.id(), templates.of(group, cluster, pods));
            } catch (ProviderException unknown) {
                log.warn("group {}: nobody knows what its nodes are like: {}", group.id(), unknown.getMessage());
            }
        }
        return known;
    }

    /// Growing, at one look.
    private final class Up {

        private enum Answer {
            NOTHING,
            GREW,
            EXPECTING,
            REFUSED
        }

        private final Observation cluster;
        private final List<GroupView> groups;
        private final Map<String, NodeTemplate> known;
        private final Set<String> starting;
        private final ClusterLimits limits;
        private boolean isSomeoneWaiting;

        Up(Observation cluster, List<GroupView> groups, Map<String, NodeTemplate> known, Set<String> starting) {
            this.cluster = cluster;
            this.groups = groups;
            this.known = known;
            this.starting = starting;
            var present = new ArrayList<Node>(cluster.nodes().stream()
                    .filter(node -> !starting.contains(NodeTraits.name(node)))
                    .filter(node -> !NodeTraits.isBeingDeleted(node, cluster.at()))
                    .toList());
            for (GroupView group : groups) {
                for (int i = 0; i < upcoming(group); i++) {
                    Optional.ofNullable(known.get(group.id()))
                            .map(NodeTemplate::node)
                            .ifPresent(present::add);
                }
            }
            this.limits = new ClusterLimits(options.up(), present);
        }

        private int upcoming(GroupView group) {
            return parts.registry.readiness(group.id()).upcoming(group.targetSize());
        }

        private Simulation withUpcoming() {
            Simulation simulation = cluster.simulation(
                    cluster.without(starting).nodes(), options.up().expendableBelow());
            for (GroupView group : groups) {
                NodeTemplate template = known.get(group.id());
                for (int i = 0; template != null && i < upcoming(group); i++) {
                    simulation.add(template.named("template-of-" + group.id() + "-upcoming-" + i));
                }
            }
            return simulation;
        }

        Answer act() {
            Simulation simulation = withUpcoming();
            var pending = PendingPods.of(cluster, simulation, parts.deletions.ongoing(), options.up());
            isSomeoneWaiting = pending.isSomeoneWaiting();
            if (pending.helpless().isEmpty()) {
                return Answer.NOTHING;
            }
            if (limits.isFull()) {
                pending.helpless().forEach(pod -> refuse(pod, "max total nodes in cluster reached"));
                return Answer.NOTHING;
            }
            if (pending.areVeryNew(cluster.at())) {
                return Answer.EXPECTING;
            }
            List<ScaleUpPlanner.Candidate> candidates = groups.stream()
                    .map(group -> new ScaleUpPlanner.Candidate(
                            group,
                            Optional.ofNullable(known.get(group.id())),
                            parts.registry.obstacle(group, cluster.at())))
                    .toList();
            return switch (parts.up.plan(candidates, pending.helpless(), simulation, limits)) {
                case ScaleUpPlan.Helpless(List<ScaleUpPlan.Refusal> refusals) -> {
                    refusals.forEach(refusal -> refuse(refusal.pod(), refusal.message()));
                    yield Answer.NOTHING;
                }
                case ScaleUpPlan.Grow(List<Resize> resizes, List<Pod> helped) -> grow(resizes, helped);
            };
        }

        private Answer grow(List<Resize> resizes, List<Pod> helped) {
            List<Resize> done = growth.grow(resizes, cluster.at());
            done.forEach(resize -> cooldowns.added(resize.group().id(), cluster.at()));
            if (done.size() < resizes.size()) {
                return done.isEmpty() ? Answer.REFUSED : Answer.GREW;
            }
            helped.forEach(pod ->
                    parts.events.normal(pod, "TriggeredScaleUp", "pod triggered scale-up: " + Resize.text(resizes)));
            return Answer.GREW;
        }

        private void refuse(Pod pod, String why) {
            parts.events.normal(pod, "NotTriggerScaleUp", "pod didn't trigger scale-up: " + why);
        }
    }

    private void raiseToMinimum(
            Instant now, List<GroupView> groups, Map<String, NodeTemplate> known, ClusterLimits limits) {
        var resizes = new ArrayList<Resize>();
        for (GroupView group : groups) {
            NodeTemplate template = known.get(group.id());
            boolean isShort = group.targetSize() < group.minSize();
            if (isShort
                    && template != null
                    && parts.registry.obstacle(group, now).isEmpty()) {
                int more = limits.allowed(template.node(), group.minSize() - group.targetSize());
                if (more > 0) {
                    limits.add(template.node(), more);
                    resizes.add(new Resize(group, group.targetSize() + more));
                }
            }
        }
        growth.grow(resizes, now)
                .forEach(resize -> cooldowns.added(resize.group().id(), now));
    }

    private void scaleDown(Observation cluster, List<GroupView> groups, boolean isForbidden)
            throws InterruptedException {
        Instant now = cluster.at();
        Map<String, Deletions.Ongoing> ongoing = parts.deletions.ongoing();
        List<Pod> missing = PodsOnTheMove.missing(cluster, parts.deletions.evictions(now));
        parts.down.update(cluster, groups, ongoing, missing);
        List<GroupView> free = groups.stream()
                .filter(group -> !cooldowns.isWaiting(group.id(), now))
                .toList();
        if (isForbidden || free.isEmpty()) {
            return;
        }
        List<Node> present = cluster.nodes().stream()
                .filter(node -> !ongoing.containsKey(NodeTraits.name(node)))
                .toList();
        ScaleDownPlanner.Removals plan =
                parts.down.removable(now, free, ongoing, new ClusterLimits(options.up(), present));
        var byNode = new HashMap<String, GroupView>();
        groups.forEach(group -> group.instances().forEach(instance -> byNode.put(instance.name(), group)));
        if (!plan.isNothing() && parts.remover.begin(plan, byNode)) {
            plan.empty()
                    .forEach(removal ->
                            cooldowns.removed(byNode.get(removal.name()).id(), now));
            plan.drained()
                    .forEach(removal ->
                            cooldowns.removed(byNode.get(removal.name()).id(), now));
            return;
        }
        Set<String> unneeded =
                parts.down.unneeded().stream().map(Removal::name).collect(Collectors.toCollection(HashSet::new));
        parts.softTaints.update(
                present.stream()
                        .filter(node -> byNode.containsKey(NodeTraits.name(node)))
                        .toList(),
                unneeded);
    }
}
