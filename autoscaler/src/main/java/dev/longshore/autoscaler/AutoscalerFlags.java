package dev.longshore.autoscaler;

import dev.longshore.base.GoDurations;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Function;

/// Reads cluster-autoscaler's flags. Those that only clouds, GPUs or its own serving need are not known here.
public final class AutoscalerFlags {

    private final Map<String, List<String>> given;
    private final TreeSet<String> known = new TreeSet<>();

    private AutoscalerFlags(Map<String, List<String>> given) {
        this.given = given;
    }

    /// Options from `NAME=VALUE`, each as the flag `--NAME=VALUE` of the original; flags not given keep their default.
    ///
    /// @throws IllegalArgumentException when a flag is unknown or its value makes no sense
    public static AutoscalerOptions parse(List<String> assignments) {
        var given = new LinkedHashMap<String, List<String>>();
        for (String assignment : assignments) {
            int split = assignment.indexOf('=');
            if (split <= 0) {
                throw new IllegalArgumentException(
                        "\"%s\" is no flag: write NAME=VALUE, as scale-down-unneeded-time=1m".formatted(assignment));
            }
            String name = assignment.substring(0, split).strip().replaceFirst("^--", "");
            given.computeIfAbsent(name, absent -> new ArrayList<>())
                    .add(assignment.substring(split + 1).strip());
        }
        var flags = new AutoscalerFlags(given);
        AutoscalerOptions options = flags.options();
        flags.refuseUnknown();
        return options;
    }

    private void refuseUnknown() {
        for (String name : given.keySet()) {
            if (!known.contains(name)) {
                throw new IllegalArgumentException(
                        "unknown flag \"%s\"; known are %s".formatted(name, String.join(", ", known)));
            }
        }
    }

    private AutoscalerOptions options() {
        AutoscalerOptions usual = AutoscalerOptions.DEFAULT;
        return new AutoscalerOptions(
                positive("scan-interval", usual.scanInterval()),
                group(usual.group()),
                new AutoscalerOptions.Backoff(
                        duration(
                                "initial-node-group-backoff-duration",
                                usual.backoff().first()),
                        duration(
                                "max-node-group-backoff-duration",
                                usual.backoff().most()),
                        duration(
                                "node-group-backoff-reset-timeout",
                                usual.backoff().forgottenAfter())),
                ratio("max-total-unready-percentage", usual.maxUnreadyPercentage()),
                count("ok-total-unready-count", usual.okUnready()),
                value("namespace", usual.namespace(), text -> text),
                value("status-config-map-name", usual.statusName(), text -> text),
                flag("write-status-configmap", usual.writesStatus()),
                flag("record-duplicated-events", usual.repeatsEvents()),
                up(usual.up()),
                down(usual.down()));
    }

    private GroupSettings group(GroupSettings usual) {
        return new GroupSettings(
                ratio("scale-down-utilization-threshold", usual.utilizationThreshold()),
                duration("scale-down-unneeded-time", usual.unneededTime()),
                duration("scale-down-unready-time", usual.unreadyTime()),
                flag("ignore-daemonsets-utilization", usual.ignoresDaemons()),
                duration("max-node-provision-time", usual.provisionTime()));
    }

    private ScaleUpOptions up(ScaleUpOptions usual) {
        var startupTaints = new ArrayList<>(all("startup-taint"));
        startupTaints.addAll(all("ignore-taint"));
        return new ScaleUpOptions(
                value("expander", usual.expanders(), Expanders::names),
                count("max-nodes-total", usual.maxNodesTotal()),
                value("cores-total", usual.cores(), Range::parse),
                value("memory-total", usual.memoryGib(), Range::parse),
                count("max-nodes-per-scaleup", usual.maxNodesPerScaleUp()),
                flag("scale-up-from-zero", usual.isFromZero()),
                flag("balance-similar-node-groups", usual.doesBalance()),
                new ScaleUpOptions.Similarity(
                        ratio("memory-difference-ratio", usual.similarity().memoryRatio()),
                        ratio("max-free-difference-ratio", usual.similarity().freeRatio()),
                        ratio(
                                "max-allocatable-difference-ratio",
                                usual.similarity().allocatableRatio()),
                        all("balancing-ignore-label"),
                        all("balancing-label")),
                duration("new-pod-scale-up-delay", usual.newPodDelay()),
                value("expendable-pods-priority-cutoff", usual.expendableBelow(), Integer::parseInt),
                flag("force-ds", usual.forcesDaemons()),
                flag("enforce-node-group-min-size", usual.enforcesMinSize()),
                startupTaints,
                all("status-taint"));
    }

    private ScaleDownOptions down(ScaleDownOptions usual) {
        return new ScaleDownOptions(
                flag("scale-down-enabled", usual.isEnabled()),
                flag("scale-down-unready-enabled", usual.takesUnready()),
                duration("scale-down-delay-after-add", usual.afterAdd()),
                duration("scale-down-delay-after-delete", usual.afterDelete()),
                duration("scale-down-delay-after-failure", usual.afterFailure()),
                flag("scale-down-delay-type-local", usual.isDelayLocal()),
                duration("unremovable-node-recheck-timeout", usual.recheck()),
                flag("ignore-mirror-pods-utilization", usual.ignoresMirrors()),
                drain(usual.drain()),
                count("max-scale-down-parallelism", usual.parallelism()),
                count("max-drain-parallelism", usual.drainParallelism()),
                duration("node-delete-delay-after-taint", usual.deleteDelay()),
                duration("node-deletion-delay-timeout", usual.annotationPatience()),
                flag("cordon-node-before-terminating", usual.doesCordon()),
                count("max-bulk-soft-taint-count", usual.softTaints()));
    }

    private DrainOptions drain(DrainOptions usual) {
        return new DrainOptions(
                flag("skip-nodes-with-system-pods", usual.sparesSystem()),
                flag("skip-nodes-with-local-storage", usual.sparesLocalStorage()),
                flag("skip-nodes-with-custom-controller-pods", usual.sparesCustomControllers()),
                count("min-replica-count", usual.minReplicas()),
                duration("blocking-system-pod-distruption-timeout", usual.systemPatience()),
                Duration.ofSeconds(count(
                        "max-graceful-termination-sec", (int) usual.maxGrace().toSeconds())),
                duration("max-pod-eviction-time", usual.evictionPatience()),
                flag("daemonset-eviction-for-empty-nodes", usual.evictsDaemonsOfEmpty()),
                flag("daemonset-eviction-for-occupied-nodes", usual.evictsDaemons()));
    }

    private List<String> all(String name) {
        known.add(name);
        return given.getOrDefault(name, List.of());
    }

    /// Of a flag given twice, the last counts.
    private <T> T value(String name, T usual, Function<String, T> parse) {
        List<String> values = all(name);
        if (values.isEmpty()) {
            return usual;
        }
        try {
            return parse.apply(values.getLast());
        } catch (NumberFormatException notANumber) {
            throw new IllegalArgumentException("%s: \"%s\" is no number".formatted(name, values.getLast()), notANumber);
        } catch (IllegalArgumentException wrong) {
            throw new IllegalArgumentException(name + ": " + wrong.getMessage(), wrong);
        }
    }

    private Duration duration(String name, Duration usual) {
        return value(name, usual, text -> {
            Duration span = GoDurations.parse(text);
            if (span.isNegative()) {
                throw new IllegalArgumentException("a time cannot be negative: " + text);
            }
            return span;
        });
    }

    private Duration positive(String name, Duration usual) {
        Duration span = duration(name, usual);
        if (span.isZero()) {
            throw new IllegalArgumentException(name + ": must be more than 0");
        }
        return span;
    }

    private int count(String name, int usual) {
        return value(name, usual, text -> {
            int number = Integer.parseInt(text);
            if (number < 0) {
                throw new IllegalArgumentException("cannot be negative: " + text);
            }
            return number;
        });
    }

    private double ratio(String name, double usual) {
        return value(name, usual, text -> {
            double number = Double.parseDouble(text);
            if (!(number >= 0)) {
                throw new IllegalArgumentException("cannot be negative: " + text);
            }
            return number;
        });
    }

    private boolean flag(String name, boolean usual) {
        return value(name, usual, text -> switch (text) {
            case "true", "TRUE", "True", "t", "T", "1" -> true;
            case "false", "FALSE", "False", "f", "F", "0" -> false;
            default -> throw new IllegalArgumentException("\"%s\" is neither true nor false".formatted(text));
        });
    }
}
