package dev.longshore.kubelet.configuration;

import dev.longshore.base.GoDurations;
import io.fabric8.kubernetes.api.model.Quantity;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Below what amount the node is short of something, and what is done then (pkg/kubelet/eviction/api of Kubernetes).
///
/// @param signal as `memory.available`
/// @param value least that must be left
/// @param grace how long it may be less before pods have to go; zero for a hard threshold
/// @param reclaim how much more must come free than is missing
public record EvictionThreshold(String signal, Amount value, Duration grace, Optional<Amount> reclaim) {

    /// What all pods together may use of memory and do not; its hard threshold is that of the node's memory.
    public static final String PODS_MEMORY = "allocatableMemory.available";

    /// What can run short.
    public static final Set<String> SIGNALS = Set.of(
            "memory.available",
            EvictionThreshold.PODS_MEMORY,
            "nodefs.available",
            "nodefs.inodesFree",
            "imagefs.available",
            "imagefs.inodesFree",
            "containerfs.available",
            "containerfs.inodesFree",
            "pid.available");

    /// Whether pods go at once.
    public boolean isHard() {
        return grace.isZero();
    }

    static List<EvictionThreshold> of(KubeletConfiguration configuration) {
        Map<String, Amount> reclaims = amounts("evictionMinimumReclaim", configuration);
        var thresholds = new ArrayList<EvictionThreshold>();
        amounts("evictionHard", configuration).forEach((signal, value) -> {
            if (!value.isNothing()) {
                thresholds.add(
                        new EvictionThreshold(signal, value, Duration.ZERO, Optional.ofNullable(reclaims.get(signal))));
            }
        });
        Map<String, Duration> graces = graces(configuration);
        amounts("evictionSoft", configuration).forEach((signal, value) -> {
            Duration grace = graces.get(signal);
            if (grace == null) {
                throw new ConfigurationException(
                        "grace period must be specified for the soft eviction threshold " + signal);
            }
            if (!value.isNothing()) {
                thresholds.add(new EvictionThreshold(signal, value, grace, Optional.ofNullable(reclaims.get(signal))));
            }
        });
        if (configuration.texts("enforceNodeAllocatable").contains("pods")) {
            thresholds.addAll(ofPodsMemory(thresholds));
        }
        return List.copyOf(thresholds);
    }

    private static List<EvictionThreshold> ofPodsMemory(List<EvictionThreshold> thresholds) {
        return thresholds.stream()
                .filter(threshold -> threshold.isHard() && threshold.signal().equals("memory.available"))
                .map(threshold ->
                        new EvictionThreshold(PODS_MEMORY, threshold.value(), Duration.ZERO, threshold.reclaim()))
                .toList();
    }

    private static Map<String, Amount> amounts(String path, KubeletConfiguration configuration) {
        var amounts = new LinkedHashMap<String, Amount>();
        configuration.map(path).forEach((signal, text) -> {
            requireSignal(path, signal);
            amounts.put(signal, Amount.parse(path + "[" + signal + "]", text));
        });
        return amounts;
    }

    private static Map<String, Duration> graces(KubeletConfiguration configuration) {
        var graces = new LinkedHashMap<String, Duration>();
        configuration.map("evictionSoftGracePeriod").forEach((signal, text) -> {
            requireSignal("evictionSoftGracePeriod", signal);
            try {
                Duration grace = GoDurations.parse(text);
                if (grace.isNegative()) {
                    throw new ConfigurationException(
                            "invalid eviction grace period specified: %s, must be a positive value".formatted(text));
                }
                graces.put(signal, grace);
            } catch (IllegalArgumentException wrong) {
                throw new ConfigurationException(wrong.getMessage(), wrong);
            }
        });
        return graces;
    }

    private static void requireSignal(String path, String signal) {
        if (!SIGNALS.contains(signal)) {
            throw new ConfigurationException("unsupported eviction signal %s in %s: use one of %s"
                    .formatted(
                            signal,
                            path,
                            String.join(", ", SIGNALS.stream().sorted().toList())));
        }
    }

    /// An absolute amount, or a share of all there is.
    public sealed interface Amount {

        /// How much it is of `capacity`.
        long of(long capacity);

        /// Whether it says that nothing need be left.
        ///
        /// @throws ConfigurationException for an absolute zero
        boolean isNothing();

        /// As `100Mi` or `15%`.
        private static Amount parse(String where, String text) {
            if (text.endsWith("%")) {
                try {
                    var share = new BigDecimal(text.substring(0, text.length() - 1));
                    if (share.signum() < 0 || share.compareTo(BigDecimal.valueOf(100)) > 0) {
                        throw new ConfigurationException(
                                "eviction percentage threshold %s must be >= 0%% and <= 100%%: %s"
                                        .formatted(where, text));
                    }
                    return new Share(share.movePointLeft(2));
                } catch (NumberFormatException wrong) {
                    throw new ConfigurationException(where + ": \"" + text + "\" is no percentage", wrong);
                }
            }
            try {
                BigDecimal amount = new Quantity(text).getNumericalAmount();
                if (amount.signum() < 0) {
                    throw new ConfigurationException(
                            "eviction threshold %s must be positive: %s".formatted(where, text));
                }
                return new Absolute(amount.setScale(0, RoundingMode.CEILING).longValue(), text);
            } catch (IllegalArgumentException | ArithmeticException wrong) {
                throw new ConfigurationException(where + ": \"" + text + "\" is no quantity, as 100Mi", wrong);
            }
        }

        /// @param text as it was written
        record Absolute(long units, String text) implements Amount {
            @Override
            public long of(long capacity) {
                return units;
            }

            @Override
            public boolean isNothing() {
                if (units == 0) {
                    throw new ConfigurationException("eviction threshold must be positive: " + text);
                }
                return false;
            }
        }

        /// @param share between 0 and 1
        record Share(BigDecimal share) implements Amount {
            @Override
            public long of(long capacity) {
                return share.multiply(BigDecimal.valueOf(capacity)).longValue();
            }

            @Override
            public boolean isNothing() {
                return share.signum() == 0 || share.compareTo(BigDecimal.ONE) == 0;
            }
        }
    }
}
