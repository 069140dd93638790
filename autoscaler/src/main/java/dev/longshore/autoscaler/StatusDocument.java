package dev.longshore.autoscaler;

import dev.longshore.base.Json;
import dev.longshore.base.Yaml;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// The autoscaler's state as people and programs read it in the ConfigMap `cluster-autoscaler-status`: YAML, as since
/// cluster-autoscaler 1.30. Remembers since when each state holds.
final class StatusDocument {

    private static final DateTimeFormatter GO_TIME = DateTimeFormatter.ofPattern(
                    "yyyy-MM-dd HH:mm:ss.SSSSSSSSS +0000 'UTC'")
            .withZone(ZoneOffset.UTC);

    private record Since(String status, Instant at) {}

    private final Map<String, Since> since = new HashMap<>();

    /// When the text was written, as the original says it.
    static String stamp(Instant now) {
        return GO_TIME.format(now);
    }

    /// Before the first look.
    static String initializing(Instant now) {
        return Yaml.print(Json.object().put("time", stamp(now)).put("autoscalerStatus", "Initializing"));
    }

    /// What `registry` knows.
    ///
    /// @param unneeded nodes that may go soon
    String text(GroupRegistry registry, List<Removal> unneeded, Instant now) {
        var document = Json.object().put("time", stamp(now)).put("autoscalerStatus", "Running");
        var groups = Json.array();
        boolean isGrowing = false;
        int candidates = 0;
        for (GroupView group : registry.groups()) {
            int own = (int) unneeded.stream()
                    .filter(removal -> group.holds(removal.name()))
                    .count();
            candidates += own;
            isGrowing |= registry.isScalingUp(group);
            groups.add(group(registry, group, own, now));
        }
        ObjectNode wide = document.putObject("clusterWide");
        ObjectNode health = wide.putObject("health");
        String state = registry.isHealthy() ? "Healthy" : "Unhealthy";
        health.put("status", state).set("nodeCounts", counts(registry.total()));
        stampInto(health, "health", state, now);
        String growth = isGrowing ? "InProgress" : "NoActivity";
        stampInto(wide.putObject("scaleUp").put("status", growth), "scaleUp", growth, now);
        candidates(wide, "", candidates, now);
        if (!groups.isEmpty()) {
            document.set("nodeGroups", groups);
        }
        return Yaml.print(document);
    }

    private ObjectNode group(GroupRegistry registry, GroupView group, int candidates, Instant now) {
        ObjectNode tree = Json.object().put("name", group.id());
        ObjectNode health = tree.putObject("health");
        String state = registry.isHealthy(group) ? "Healthy" : "Unhealthy";
        health.put("status", state).set("nodeCounts", counts(registry.readiness(group.id())));
        health.put("cloudProviderTarget", group.targetSize())
                .put("minSize", group.minSize())
                .put("maxSize", group.maxSize());
        stampInto(health, group.id() + "/health", state, now);

        Optional<Instance.Failure> backoff = registry.backoff(group, now);
        String growth;
        if (registry.isScalingUp(group)) {
            growth = "InProgress";
        } else if (!registry.isHealthy(group)) {
            growth = "Unhealthy";
        } else {
            growth = backoff.isPresent() ? "Backoff" : "NoActivity";
        }
        ObjectNode up = tree.putObject("scaleUp").put("status", growth);
        backoff.ifPresent(
                why -> up.putObject("backoffInfo").put("errorCode", why.code()).put("errorMessage", why.message()));
        stampInto(up, group.id() + "/scaleUp", growth, now);
        candidates(tree, group.id() + "/", candidates, now);
        return tree;
    }

    private void candidates(ObjectNode parent, String prefix, int candidates, Instant now) {
        String state = candidates > 0 ? "CandidatesPresent" : "NoCandidates";
        ObjectNode down = parent.putObject("scaleDown").put("status", state);
        if (candidates > 0) {
            down.put("candidates", candidates);
        }
        stampInto(down, prefix + "scaleDown", state, now);
    }

    private static ObjectNode counts(Readiness readiness) {
        ObjectNode counts = Json.object();
        ObjectNode registered = counts.putObject("registered")
                .put("total", readiness.registered())
                .put("ready", readiness.ready().size())
                .put("notStarted", readiness.notStarted().size());
        if (!readiness.deleted().isEmpty()) {
            registered.put("beingDeleted", readiness.deleted().size());
        }
        if (!readiness.unready().isEmpty()) {
            registered
                    .putObject("unready")
                    .put("total", readiness.unready().size())
                    .put("resourceUnready", 0);
        }
        return counts.put("longUnregistered", readiness.longUnregistered().size())
                .put("unregistered", readiness.unregistered().size());
    }

    private void stampInto(ObjectNode condition, String key, String status, Instant now) {
        Since before = since.get(key);
        if (before == null || !before.status.equals(status)) {
            since.put(key, new Since(status, now));
        }
        condition.put("lastProbeTime", now.toString());
        condition.put("lastTransitionTime", since.get(key).at.toString());
    }
}
