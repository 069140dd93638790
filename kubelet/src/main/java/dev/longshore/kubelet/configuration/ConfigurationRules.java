package dev.longshore.kubelet.configuration;

import dev.longshore.base.GoDurations;
import dev.longshore.kubelet.topology.ProcessorOptions;
import dev.longshore.linux.ProcessorSet;
import io.fabric8.kubernetes.api.model.Quantity;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/// What a configuration must keep to beyond the kinds of its fields (pkg/kubelet/apis/config/validation of Kubernetes
/// 1.36).
final class ConfigurationRules {

    /// The least and the most that a number may be.
    private record Range(long least, long most) {}

    private static final long MOST_INT = Integer.MAX_VALUE;
    private static final Map<String, Range> RANGES = new TreeMap<>(Map.ofEntries(
            Map.entry("nodeLeaseDurationSeconds", new Range(1, MOST_INT)),
            Map.entry("eventBurst", new Range(0, MOST_INT)),
            Map.entry("eventRecordQPS", new Range(0, MOST_INT)),
            Map.entry("healthzPort", new Range(0, 65_535)),
            Map.entry("imageGCHighThresholdPercent", new Range(0, 100)),
            Map.entry("imageGCLowThresholdPercent", new Range(0, 100)),
            Map.entry("iptablesDropBit", new Range(0, 31)),
            Map.entry("iptablesMasqueradeBit", new Range(0, 31)),
            Map.entry("kubeAPIBurst", new Range(0, MOST_INT)),
            Map.entry("kubeAPIQPS", new Range(0, MOST_INT)),
            Map.entry("nodeStatusMaxImages", new Range(-1, MOST_INT)),
            Map.entry("maxOpenFiles", new Range(0, Long.MAX_VALUE)),
            Map.entry("maxPods", new Range(0, MOST_INT)),
            Map.entry("oomScoreAdj", new Range(-1000, 1000)),
            Map.entry("podsPerCore", new Range(0, MOST_INT)),
            Map.entry("port", new Range(1, 65_535)),
            Map.entry("readOnlyPort", new Range(0, 65_535)),
            Map.entry("registryBurst", new Range(0, MOST_INT)),
            Map.entry("registryPullQPS", new Range(0, MOST_INT)),
            Map.entry("maxParallelImagePulls", new Range(1, MOST_INT)),
            Map.entry("containerLogMaxWorkers", new Range(1, MOST_INT)),
            Map.entry("containerLogMaxFiles", new Range(2, MOST_INT))));
    private static final Map<String, Set<String>> CHOICES = new TreeMap<>(Map.of(
            "cpuManagerPolicy", Set.of("none", "static"),
            "memoryManagerPolicy", Set.of("None", "Static"),
            "topologyManagerPolicy", Set.of("none", "best-effort", "restricted", "single-numa-node"),
            "topologyManagerScope", Set.of("container", "pod"),
            "hairpinMode", Set.of("none", "hairpin-veth", "promiscuous-bridge"),
            "memoryReservationPolicy", Set.of("None", "TieredReservation"),
            "memorySwap.swapBehavior", Set.of("", "NoSwap", "LimitedSwap")));
    private static final Set<String> ENFORCEMENTS = Set.of(
            "pods",
            "system-reserved",
            "kube-reserved",
            "system-reserved-compressible",
            "kube-reserved-compressible",
            "none");
    private static final Set<String> RESERVABLE = Set.of("cpu", "memory", "ephemeral-storage", "pid");
    private static final Set<String> SHUTDOWN_STEP = Set.of("priority", "shutdownGracePeriodSeconds");
    private static final int LEAST_MOST_NODES = 8;
    private static final Duration LEAST_LOG_INTERVAL = Duration.ofSeconds(3);

    private final KubeletConfiguration configuration;
    private final List<String> errors = new ArrayList<>();

    ConfigurationRules(KubeletConfiguration configuration) {
        this.configuration = configuration;
    }

    /// One line for each thing that is wrong.
    List<String> errors() {
        RANGES.forEach(this::inRange);
        CHOICES.forEach(this::chosen);
        images();
        logs();
        spans();
        shutdowns();
        enforcement();
        reservations();
        placement();
        try {
            configuration.thresholds();
        } catch (ConfigurationException wrong) {
            errors.add(wrong.getMessage());
        }
        if (configuration.flag("runOnce")) {
            errors.add("runOnce true, Runonce mode has been deprecated and should not be set");
        }
        return errors;
    }

    private void inRange(String path, Range range) {
        long value = configuration.count(path);
        if ((configuration.isSet(path) || configuration.number(path).isPresent())
                && (value < range.least || value > range.most)) {
            errors.add("%s %d must be between %d and %d, inclusive".formatted(path, value, range.least, range.most));
        }
    }

    private void chosen(String path, Set<String> choices) {
        String value = configuration.text(path);
        if (configuration.isSet(path) && !choices.contains(value)) {
            errors.add("%s \"%s\" must be one of %s"
                    .formatted(path, value, choices.stream().sorted().toList()));
        }
    }

    private void images() {
        long low = configuration.count("imageGCLowThresholdPercent");
        long high = configuration.count("imageGCHighThresholdPercent");
        if (low >= high) {
            errors.add("imageGCLowThresholdPercent %d must be less than imageGCHighThresholdPercent %d"
                    .formatted(low, high));
        }
        Duration least = configuration.duration("imageMinimumGCAge");
        Duration most = configuration.duration("imageMaximumGCAge");
        if (!most.isZero() && most.compareTo(least) <= 0) {
            errors.add("imageMaximumGCAge must be greater than imageMinimumGCAge");
        }
        if (configuration.flag("serializeImagePulls")
                && configuration.isSet("serializeImagePulls")
                && configuration.count("maxParallelImagePulls") > 1) {
            errors.add("maxParallelImagePulls cannot be larger than 1 unless serializeImagePulls is set to false");
        }
    }

    private void logs() {
        if (configuration.duration("containerLogMonitorInterval").compareTo(LEAST_LOG_INTERVAL) < 0) {
            errors.add("containerLogMonitorInterval must be a positive time duration greater than or equal to 3s");
        }
        if (quantity("containerLogMaxSize", configuration.text("containerLogMaxSize")) == 0) {
            errors.add("containerLogMaxSize must be more than nothing, or negative for no limit");
        }
    }

    private void spans() {
        Duration period = configuration.duration("cpuCFSQuotaPeriod");
        boolean isUsual = period.equals(Duration.ofMillis(100));
        if (!isUsual && !configuration.gate("CustomCPUCFSQuotaPeriod", false)) {
            errors.add("cpuCFSQuotaPeriod requires feature gate CustomCPUCFSQuotaPeriod");
        } else if (period.compareTo(Duration.ofMillis(1)) < 0 || period.compareTo(Duration.ofSeconds(1)) > 0) {
            errors.add("cpuCFSQuotaPeriod must be between 1ms and 1sec, inclusive");
        }
        Duration back = configuration.duration("crashLoopBackOff.maxContainerRestartPeriod");
        if (back.compareTo(Duration.ofSeconds(1)) < 0 || back.compareTo(Duration.ofSeconds(300)) > 0) {
            errors.add("crashLoopBackOff.maxContainerRestartPeriod must be set between 1s and 300s");
        }
    }

    private void shutdowns() {
        Duration shutdown = configuration.duration("shutdownGracePeriod");
        Duration critical = configuration.duration("shutdownGracePeriodCriticalPods");
        if (critical.compareTo(shutdown) > 0) {
            errors.add("shutdownGracePeriodCriticalPods %s must be <= shutdownGracePeriod %s"
                    .formatted(GoDurations.print(critical), GoDurations.print(shutdown)));
        }
        for (String path : List.of("shutdownGracePeriod", "shutdownGracePeriodCriticalPods")) {
            Duration grace = configuration.duration(path);
            if (grace.isNegative() || (!grace.isZero() && grace.compareTo(Duration.ofSeconds(1)) < 0)) {
                errors.add("%s %s must be either zero or otherwise >= 1 sec".formatted(path, GoDurations.print(grace)));
            }
        }
        boolean isByPriority = configuration
                .value("shutdownGracePeriodByPodPriority")
                .filter(list -> !list.isEmpty())
                .isPresent();
        if (isByPriority && (shutdown.isPositive() || critical.isPositive())) {
            errors.add("Cannot specify both shutdownGracePeriodByPodPriority and shutdownGracePeriod at the same time");
        }
        configuration.value("shutdownGracePeriodByPodPriority").ifPresent(list -> list.forEach(this::shutdownStep));
    }

    private void shutdownStep(JsonNode step) {
        boolean isWhole = step.isObject()
                && step.properties().stream()
                        .allMatch(field -> SHUTDOWN_STEP.contains(field.getKey())
                                && field.getValue().isIntegralNumber());
        if (!isWhole) {
            errors.add("shutdownGracePeriodByPodPriority: %s is not {priority: N, shutdownGracePeriodSeconds: N}"
                    .formatted(step));
        }
    }

    private void enforcement() {
        var seen = new HashSet<String>();
        List<String> all = configuration.texts("enforceNodeAllocatable");
        for (String one : all) {
            if (!ENFORCEMENTS.contains(one)) {
                errors.add("option \"%s\" specified for enforceNodeAllocatable. Valid options are %s"
                        .formatted(one, ENFORCEMENTS.stream().sorted().toList()));
            } else if (!seen.add(one)) {
                errors.add("duplicated enforcements \"%s\" in enforceNodeAllocatable".formatted(one));
            } else if (one.startsWith("system-reserved")
                    && configuration.text("systemReservedCgroup").isEmpty()) {
                errors.add("systemReservedCgroup must be specified when \"%s\" is in enforceNodeAllocatable"
                        .formatted(one));
            } else if (one.startsWith("kube-reserved")
                    && configuration.text("kubeReservedCgroup").isEmpty()) {
                errors.add(
                        "kubeReservedCgroup must be specified when \"%s\" is in enforceNodeAllocatable".formatted(one));
            }
        }
        if (seen.contains("none") && all.size() > 1) {
            errors.add("enforceNodeAllocatable may not contain additional enforcements when \"none\" is specified");
        }
    }

    private void placement() {
        try {
            ProcessorOptions.of(
                    configuration.map("cpuManagerPolicyOptions"),
                    configuration.gate("CPUManagerPolicyAlphaOptions", false),
                    configuration.gate("CPUManagerPolicyBetaOptions", true));
            topologyOptions();
        } catch (IllegalArgumentException wrong) {
            errors.add(wrong.getMessage());
        }
        if (!configuration.text("reservedSystemCPUs").isEmpty()
                && (configuration.isSet("systemReservedCgroup") || configuration.isSet("kubeReservedCgroup"))) {
            errors.add("can't use reservedSystemCPUs with systemReservedCgroup or kubeReservedCgroup");
        }
        reservedMemory();
    }

    private void reservedMemory() {
        var seen = new HashSet<String>();
        configuration
                .value("reservedMemory")
                .ifPresent(all -> all.forEach(one -> {
                    int node = one.path("numaNode").asInt(0);
                    for (var limit : one.path("limits").properties()) {
                        String type = limit.getKey();
                        if (!type.equals("memory") && !type.startsWith("hugepages-")) {
                            errors.add(("the limit type \"%s\" for NUMA node %d is not supported,"
                                            + " only [memory hugepages-<HugePageSize>] is accepted")
                                    .formatted(type, node));
                        }
                        if (quantity(
                                        "reservedMemory[%d].limits[%s]".formatted(node, type),
                                        limit.getValue().asString(""))
                                == 0) {
                            errors.add("reserved memory may not be zero for NUMA node %d and resource \"%s\""
                                    .formatted(node, type));
                        }
                        if (!seen.add(node + "/" + type)) {
                            errors.add("the reserved memory has a duplicate value for NUMA node %d and resource \"%s\""
                                    .formatted(node, type));
                        }
                    }
                }));
    }

    private void topologyOptions() {
        Map<String, String> options = configuration.map("topologyManagerPolicyOptions");
        for (String name : options.keySet()) {
            switch (name) {
                case "prefer-closest-numa-nodes" -> ProcessorOptions.isOn(options, name);
                case "max-allowable-numa-nodes" -> {
                    if (Integer.parseInt(options.get(name)) < LEAST_MOST_NODES) {
                        errors.add("the minimum value of \"%s\" should not be less than %d"
                                .formatted(name, LEAST_MOST_NODES));
                    }
                }
                default -> errors.add("unknown Topology Manager Policy option: \"" + name + "\"");
            }
        }
    }

    private void reservations() {
        for (String path : List.of("systemReserved", "kubeReserved")) {
            configuration.map(path).forEach((resource, text) -> {
                if (!RESERVABLE.contains(resource)) {
                    errors.add("cannot reserve \"%s\" resource in %s".formatted(resource, path));
                } else if (quantity(path + "[" + resource + "]", text) < 0) {
                    errors.add("resource quantity for \"%s\" in %s cannot be negative: %s"
                            .formatted(resource, path, text));
                }
            });
        }
        String cpus = configuration.text("reservedSystemCPUs");
        try {
            ProcessorSet.parse(cpus);
        } catch (IllegalArgumentException wrong) {
            errors.add("unable to parse reservedSystemCPUs %s, error: %s".formatted(cpus, wrong.getMessage()));
        }
        boolean reservesCpu = !cpus.isEmpty()
                || configuration.map("systemReserved").containsKey("cpu")
                || configuration.map("kubeReserved").containsKey("cpu");
        if (configuration.text("cpuManagerPolicy").equals("static") && !reservesCpu) {
            errors.add("cpuManagerPolicy static needs a CPU that is reserved: set systemReserved, kubeReserved or"
                    + " reservedSystemCPUs");
        }
    }

    private int quantity(String where, String text) {
        try {
            return new Quantity(text).getNumericalAmount().signum();
        } catch (IllegalArgumentException | ArithmeticException wrong) {
            errors.add("%s: \"%s\" is no quantity, as 10Mi".formatted(where, text));
            return 1;
        }
    }
}
