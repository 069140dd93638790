package dev.longshore.kinds.podsecurity;

import dev.longshore.base.Time;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.kinds.podsecurity.controls.Evaluator;
import dev.longshore.kinds.podsecurity.controls.LevelVersion;
import dev.longshore.kinds.podsecurity.controls.PodSubject;
import dev.longshore.kinds.podsecurity.controls.Verdict;
import dev.longshore.model.GroupResource;
import dev.longshore.model.Registry;
import dev.longshore.model.Resource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// Tells of the pods in a namespace that a new level would not let in. Pods of one owner are alike, so one of each is
/// looked at first; it ends after a second, or after [#MOST] pods, and says so.
final class ExistingPods {

    private static final GroupResource PODS = new GroupResource("", "pods");
    private static final Duration LONGEST = Duration.ofSeconds(1);
    static final int MOST = 3000;

    private final PodSecurityConfiguration configuration;
    private final Evaluator evaluator;
    private final Time time;

    ExistingPods(PodSecurityConfiguration configuration, Evaluator evaluator, Time time) {
        this.configuration = configuration;
        this.evaluator = evaluator;
        this.time = time;
    }

    /// Sentences for the client.
    ///
    /// @param deadline of the request, of whose rest at most half is used
    List<String> violating(Registry registry, String namespace, LevelVersion level, Instant deadline) {
        Instant end = end(time.now(), deadline);
        List<Resource> pods = ordered(registry.list(PODS, namespace));
        int checked = Math.min(pods.size(), MOST);
        Map<String, Group> groups = new TreeMap<>();
        for (int i = 0; i < checked; i++) {
            Verdict verdict = evaluator.judge(level, new PodSubject(pods.get(i).tree()));
            if (!verdict.isAllowed()) {
                String name = pods.get(i).name();
                groups.merge(verdict.reasons(), new Group(name, 1), Group::with);
            }
            if (!time.now().isBefore(end)) {
                checked = i + 1;
            }
        }
        return told(namespace, level, groups, checked, pods.size());
    }

    private static Instant end(Instant now, Instant deadline) {
        if (deadline.equals(Instant.MAX)) {
            return now.plus(LONGEST);
        }
        Duration half = Duration.between(now, deadline).dividedBy(2);
        return now.plus(half.compareTo(LONGEST) < 0 ? half : LONGEST);
    }

    private static List<String> told(
            String namespace, LevelVersion level, Map<String, Group> groups, int checked, int all) {
        var told = new ArrayList<String>();
        if (checked < all) {
            told.add("new PodSecurity enforce level only checked against the first " + checked + " of " + all
                    + " existing pods");
        }
        if (!groups.isEmpty()) {
            told.add("existing pods in namespace \"" + namespace + "\" violate the new PodSecurity enforce level \""
                    + level + "\"");
        }
        groups.entrySet().stream()
                .map(group -> group.getValue().shown() + ": " + group.getKey())
                .sorted()
                .forEach(told::add);
        return told;
    }

    /// Those that are looked at, first one of each owner.
    private List<Resource> ordered(List<Resource> pods) {
        var first = new ArrayList<Resource>();
        var others = new ArrayList<Resource>();
        Set<String> owners = new HashSet<>();
        for (Resource pod : pods) {
            if (configuration.runtimeClasses().contains(pod.text("spec", "runtimeClassName"))) {
                continue;
            }
            String owner = Trees.list(pod.tree(), "metadata", "ownerReferences").stream()
                    .filter(reference -> Trees.flag(reference, "controller"))
                    .map(reference -> Trees.text(reference, "uid"))
                    .findFirst()
                    .orElse("");
            (owner.isEmpty() || owners.add(owner) ? first : others).add(pod);
        }
        first.addAll(others);
        return first;
    }

    /// Pods that do the same.
    ///
    /// @param name the first of their names
    private record Group(String name, int count) {
        Group with(Group other) {
            return new Group(name.compareTo(other.name) < 0 ? name : other.name, count + other.count);
        }

        String shown() {
            return switch (count) {
                case 1 -> name;
                case 2 -> name + " (and 1 other pod)";
                default -> name + " (and " + (count - 1) + " other pods)";
            };
        }
    }
}
