package dev.longshore.autoscaler;

import dev.longshore.base.GoDurations;
import io.fabric8.kubernetes.api.model.Node;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// What the autoscaler remembers of the groups from look to look: what was asked for, what came, what failed. One
/// thread.
///
/// ```
/// grew ──► request ──► all nodes registered and ready ──► forgotten, back-off reset
///             └──────► time is up, or instances failed ──► back-off
/// ```
final class GroupRegistry {

    private record Request(int increase, Instant at, Instant due) {}

    private record WrongSize(int registered, int target, Instant since) {}

    private final AutoscalerOptions options;
    private final GroupBackoff backoff;
    private final Map<String, Request> requests = new TreeMap<>();
    private final Map<String, Instant> unregisteredSince = new HashMap<>();
    private final Map<String, WrongSize> wrongSizes = new HashMap<>();
    private final Set<String> knownFailures = new HashSet<>();
    private final Map<String, Readiness> readiness = new TreeMap<>();
    private List<GroupView> groups = List.of();
    private Readiness total = Readiness.NONE;
    private int nodes;

    GroupRegistry(AutoscalerOptions options) {
        this.options = options;
        this.backoff = new GroupBackoff(options.backoff());
    }

    /// Takes note of what is there now; returns what people should know.
    List<Notice> update(List<GroupView> now, Observation cluster) {
        groups = List.copyOf(now);
        nodes = cluster.nodes().size();
        count(cluster);
        var notices = new ArrayList<Notice>();
        backoff.forgetOld(cluster.at());
        for (GroupView group : groups) {
            settle(group, cluster.at(), notices);
            noteFailures(group, cluster.at(), notices);
            noteSize(group, cluster.at());
        }
        requests.keySet().retainAll(groups.stream().map(GroupView::id).collect(Collectors.toSet()));
        return notices;
    }

    private void count(Observation cluster) {
        Map<String, Node> byName = cluster.nodes().stream().collect(Collectors.toMap(NodeTraits::name, node -> node));
        var all = new Readiness.Count();
        var grouped = new HashSet<String>();
        var waiting = new HashSet<String>();
        readiness.clear();
        for (GroupView group : groups) {
            var count = new Readiness.Count();
            for (Instance instance : group.instances()) {
                boolean isDeleted = instance.state() == Instance.State.DELETING;
                Node node = byName.get(instance.name());
                if (node != null) {
                    grouped.add(instance.name());
                    count.add(node, isDeleted, cluster.at());
                    all.add(node, isDeleted, cluster.at());
                } else if (!isDeleted && instance.failure().isEmpty()) {
                    waiting.add(instance.name());
                    boolean isLate = isLate(instance.name(), group.settings().provisionTime(), cluster.at());
                    count.addUnregistered(instance.name(), isLate);
                    all.addUnregistered(instance.name(), isLate);
                }
            }
            readiness.put(group.id(), count.readiness());
        }
        unregisteredSince.keySet().retainAll(waiting);
        cluster.nodes().stream()
                .filter(node -> !grouped.contains(NodeTraits.name(node)))
                .forEach(node -> all.add(node, false, cluster.at()));
        total = all.readiness();
    }

    private boolean isLate(String instance, Duration limit, Instant now) {
        return unregisteredSince
                .computeIfAbsent(instance, first -> now)
                .plus(limit)
                .isBefore(now);
    }

    private void settle(GroupView group, Instant now, List<Notice> notices) {
        Request request = requests.get(group.id());
        if (request == null) {
            return;
        }
        if (group.targetSize() <= readiness(group.id()).provisioned()) {
            requests.remove(group.id());
            backoff.forget(group.id());
        } else if (request.due.isBefore(now)) {
            String span = GoDurations.print(Duration.between(request.at, now).truncatedTo(ChronoUnit.SECONDS));
            notices.add(Notice.warning(
                    "ScaleUpTimedOut",
                    "Nodes added to group %s failed to register within %s".formatted(group.id(), span)));
            requests.remove(group.id());
            backoff.failed(
                    group.id(),
                    new Instance.Failure(
                            "timeout", "Scale-up timed out for node group %s after %s".formatted(group.id(), span)),
                    now);
        }
    }

    private void noteFailures(GroupView group, Instant now, List<Notice> notices) {
        Map<String, List<Instance>> byCode = failed(group).stream()
                .filter(instance -> !knownFailures.contains(instance.name()))
                .collect(Collectors.groupingBy(
                        instance -> instance.failure().orElseThrow().code(), TreeMap::new, Collectors.toList()));
        byCode.forEach((code, instances) -> {
            instances.forEach(instance -> knownFailures.add(instance.name()));
            if (requests.containsKey(group.id())) {
                String messages = instances.stream()
                        .map(instance -> instance.failure().orElseThrow().message())
                        .distinct()
                        .limit(3)
                        .collect(Collectors.joining(", "));
                notices.add(Notice.warning(
                        "ScaleUpFailed",
                        "Failed adding %d nodes to group %s due to OtherErrorClass.%s; source errors: %s"
                                .formatted(instances.size(), group.id(), code, messages)));
                grew(group, -instances.size(), now);
                backoff.failed(group.id(), new Instance.Failure(code, messages), now);
            }
        });
        if (failed(group).isEmpty()) {
            knownFailures.removeIf(name -> groups.stream().noneMatch(any -> any.holds(name)));
        }
    }

    private void noteSize(GroupView group, Instant now) {
        Readiness here = readiness(group.id());
        int registered = here.registered() - here.deleted().size();
        int pending = here.unregistered().size() + here.longUnregistered().size();
        if (registered <= group.targetSize() && registered >= group.targetSize() - pending) {
            wrongSizes.remove(group.id());
            return;
        }
        WrongSize before = wrongSizes.get(group.id());
        if (before == null || before.registered != registered || before.target != group.targetSize()) {
            wrongSizes.put(group.id(), new WrongSize(registered, group.targetSize(), now));
        }
    }

    /// The groups' sizes have changed by what was just asked for.
    void resized(List<GroupView> now) {
        groups = List.copyOf(now);
    }

    /// `group` was asked for `delta` nodes more, or fewer if negative.
    void grew(GroupView group, int delta, Instant now) {
        Request before = requests.get(group.id());
        int increase = delta + (before == null ? 0 : before.increase);
        if (increase <= 0) {
            requests.remove(group.id());
        } else if (delta > 0) {
            requests.put(
                    group.id(),
                    new Request(increase, now, now.plus(group.settings().provisionTime())));
        } else {
            requests.put(group.id(), new Request(increase, before.at, before.due));
        }
    }

    /// `group` refused to grow.
    void failedToGrow(GroupView group, Instance.Failure why, Instant now) {
        backoff.failed(group.id(), why, now);
    }

    Readiness readiness(String group) {
        return readiness.getOrDefault(group, Readiness.NONE);
    }

    Readiness total() {
        return total;
    }

    List<GroupView> groups() {
        return groups;
    }

    /// False when so many nodes are in trouble that it is better to do nothing.
    boolean isHealthy() {
        return isTolerable(total.unready().size(), nodes);
    }

    boolean isHealthy(GroupView group) {
        Readiness here = readiness(group.id());
        Request request = requests.get(group.id());
        int least = group.targetSize() - here.longUnregistered().size() - (request == null ? 0 : request.increase);
        int started =
                here.ready().size() + here.unready().size() + here.notStarted().size();
        if (here.registered() == 0
                && here.unregistered().isEmpty()
                && here.longUnregistered().isEmpty()) {
            return group.targetSize() == 0 || least <= 0;
        }
        return isTolerable(least - here.ready().size(), started);
    }

    private boolean isTolerable(int unready, int all) {
        return unready <= options.okUnready() || unready <= options.maxUnreadyPercentage() / 100.0 * all;
    }

    boolean isScalingUp(GroupView group) {
        return requests.containsKey(group.id())
                && group.targetSize() > readiness(group.id()).provisioned();
    }

    Optional<Instance.Failure> backoff(GroupView group, Instant now) {
        return backoff.reason(group.id(), now);
    }

    /// Why `group` must not grow now.
    Optional<String> obstacle(GroupView group, Instant now) {
        if (!isHealthy(group)) {
            return Optional.of(ScaleUpPlanner.NOT_READY);
        }
        return backoff(group, now).map(why -> ScaleUpPlanner.BACKED_OFF);
    }

    /// Instances that cannot be made.
    static List<Instance> failed(GroupView group) {
        return group.instances().stream()
                .filter(instance -> instance.state() == Instance.State.CREATING)
                .filter(instance -> instance.failure().isPresent())
                .toList();
    }

    /// By how much the target of `group` is larger than what is there, if that has been so for too long.
    int missing(GroupView group, Instant now) {
        WrongSize wrong = wrongSizes.get(group.id());
        return wrong != null
                        && wrong.since.plus(group.settings().provisionTime()).isBefore(now)
                ? Math.max(0, wrong.target - wrong.registered)
                : 0;
    }
}
