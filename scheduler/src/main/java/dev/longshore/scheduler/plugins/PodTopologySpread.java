package dev.longshore.scheduler.plugins;

import dev.longshore.scheduler.framework.ClusterEvent;
import dev.longshore.scheduler.framework.Filter;
import dev.longshore.scheduler.framework.NodeView;
import dev.longshore.scheduler.framework.PodView;
import dev.longshore.scheduler.framework.Score;
import dev.longshore.scheduler.framework.Snapshot;
import dev.longshore.scheduler.framework.Verdict;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Spreads like pods over nodes, zones and other domains: `DoNotSchedule` constraints forbid, `ScheduleAnyway`
/// constraints, or the cluster's own when a pod has none at all, prefer.
public final class PodTopologySpread implements Filter, Score {

    private static final String MISMATCH = "node(s) didn't match pod topology spread constraints";

    /// The counts for one pod are the same for all nodes, so the last ones are kept.
    private volatile Optional<Counts> last = Optional.empty();

    @Override
    public String name() {
        return "PodTopologySpread";
    }

    @Override
    public int weight() {
        return 2;
    }

    @Override
    public Set<ClusterEvent> helpedBy() {
        return EnumSet.of(
                ClusterEvent.NODE_ADDED,
                ClusterEvent.NODE_GONE,
                ClusterEvent.NODE_LABELS,
                ClusterEvent.NODE_TAINTS,
                ClusterEvent.POD_PLACED,
                ClusterEvent.POD_LABELS,
                ClusterEvent.POD_GONE);
    }

    @Override
    public Verdict filter(PodView pod, NodeView node, Snapshot cluster) {
        if (pod.spread().isEmpty()) {
            return Verdict.FITS;
        }
        for (Domains domains : counts(pod, cluster).required) {
            String here = node.labels().get(domains.rule.topologyKey());
            if (here == null) {
                return Verdict.rejected(MISMATCH + " (missing required label)");
            }
            long self = domains.rule.counted().test(pod) ? 1 : 0;
            if (domains.pods.getOrDefault(here, 0L) + self - domains.fewest() > domains.rule.maxSkew()) {
                return Verdict.crowded(MISMATCH);
            }
        }
        return Verdict.FITS;
    }

    @Override
    public long[] score(PodView pod, List<NodeView> nodes, Snapshot cluster) {
        boolean isOwn = !pod.spread().isEmpty();
        List<SpreadRule> rules = isOwn
                ? SpreadRule.of(pod).stream().filter(rule -> !rule.isRequired()).toList()
                : SpreadRule.standard(pod);
        boolean[] isLeftOut = new boolean[nodes.size()];
        double[] crowd = new double[nodes.size()];
        for (int i = 0; i < crowd.length; i++) {
            // Nodes outside of the topology that a pod asks for are the last choice.
            isLeftOut[i] = isOwn && !hasAll(rules, nodes.get(i));
        }
        for (SpreadRule rule : rules) {
            addCrowd(rule, pod, nodes, cluster, isLeftOut, crowd);
        }
        return points(crowd, isLeftOut, rules.isEmpty());
    }

    private Counts counts(PodView pod, Snapshot cluster) {
        Optional<Counts> known = last.filter(counts -> counts.pod == pod && counts.cluster == cluster);
        if (known.isPresent()) {
            return known.get();
        }
        List<SpreadRule> rules =
                SpreadRule.of(pod).stream().filter(SpreadRule::isRequired).toList();
        var counts = new Counts(
                pod,
                cluster,
                rules.stream()
                        .map(rule -> Domains.of(rule, rules, pod, cluster))
                        .toList());
        last = Optional.of(counts);
        return counts;
    }

    private static void addCrowd(
            SpreadRule rule, PodView pod, List<NodeView> nodes, Snapshot cluster, boolean[] isLeftOut, double[] crowd) {
        var domains = new HashSet<String>();
        for (int i = 0; i < crowd.length; i++) {
            String domain = nodes.get(i).labels().get(rule.topologyKey());
            if (!isLeftOut[i] && domain != null) {
                domains.add(domain);
            }
        }
        var pods = new HashMap<String, Long>();
        for (NodeView node : cluster.nodes()) {
            String domain = node.labels().get(rule.topologyKey());
            if (domain != null && domains.contains(domain) && rule.includes(node, pod)) {
                pods.merge(domain, rule.count(node), Long::sum);
            }
        }
        // A pod more weighs more where there are many domains: otherwise zones would drown out nodes.
        double weight = Math.log(domains.size() + 2.0);
        for (int i = 0; i < crowd.length; i++) {
            String domain = nodes.get(i).labels().get(rule.topologyKey());
            if (!isLeftOut[i] && domain != null) {
                crowd[i] += pods.getOrDefault(domain, 0L) * weight + (rule.maxSkew() - 1);
            }
        }
    }

    private static long[] points(double[] crowd, boolean[] isLeftOut, boolean isIndifferent) {
        long least = Long.MAX_VALUE;
        long most = 0;
        for (int i = 0; i < crowd.length; i++) {
            if (!isLeftOut[i]) {
                least = Math.min(least, Math.round(crowd[i]));
                most = Math.max(most, Math.round(crowd[i]));
            }
        }
        long[] points = new long[crowd.length];
        for (int i = 0; i < crowd.length && !isIndifferent; i++) {
            if (!isLeftOut[i]) {
                points[i] = most == 0 ? MOST : MOST * (most + least - Math.round(crowd[i])) / most;
            }
        }
        return points;
    }

    private static boolean hasAll(List<SpreadRule> rules, NodeView node) {
        return rules.stream().allMatch(rule -> node.labels().containsKey(rule.topologyKey()));
    }

    private record Counts(PodView pod, Snapshot cluster, List<Domains> required) {}

    /// How many pods each domain of a rule has.
    private record Domains(SpreadRule rule, Map<String, Long> pods) {

        /// Counts on nodes that belong to a domain of every rule.
        static Domains of(SpreadRule rule, List<SpreadRule> all, PodView pod, Snapshot cluster) {
            var pods = new HashMap<String, Long>();
            for (NodeView node : cluster.nodes()) {
                if (hasAll(all, node) && rule.includes(node, pod)) {
                    pods.merge(node.labels().get(rule.topologyKey()), rule.count(node), Long::sum);
                }
            }
            return new Domains(rule, pods);
        }

        long fewest() {
            return pods.size() < rule.minDomains()
                    ? 0
                    : pods.values().stream().mapToLong(Long::longValue).min().orElse(0);
        }
    }
}
