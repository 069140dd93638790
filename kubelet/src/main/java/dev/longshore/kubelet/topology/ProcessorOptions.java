package dev.longshore.kubelet.topology;

import java.util.Map;
import java.util.Set;

/// How the static CPU policy chooses (`cpuManagerPolicyOptions`).
///
/// @param wholeCores `full-pcpus-only`: no core is shared by two containers
/// @param acrossNodes `distribute-cpus-across-numa`: where one node is not enough, the same from each
/// @param acrossCores `distribute-cpus-across-cores`: from as many cores as possible
/// @param bySocket `align-by-socket`: all nodes of a socket are as good as one
/// @param strictReservation `strict-cpu-reservation`: nobody runs on reserved processors
/// @param byCache `prefer-align-cpus-by-uncorecache`: from as few last-level caches as possible
public record ProcessorOptions(
        boolean wholeCores,
        boolean acrossNodes,
        boolean acrossCores,
        boolean bySocket,
        boolean strictReservation,
        boolean byCache) {

    /// Without any.
    public static final ProcessorOptions NONE = new ProcessorOptions(false, false, false, false, false, false);

    private static final String WHOLE_CORES = "full-pcpus-only";
    private static final String ACROSS_NODES = "distribute-cpus-across-numa";
    private static final String ACROSS_CORES = "distribute-cpus-across-cores";
    private static final String BY_SOCKET = "align-by-socket";
    private static final String STRICT = "strict-cpu-reservation";
    private static final String BY_CACHE = "prefer-align-cpus-by-uncorecache";
    private static final Set<String> ALPHA = Set.of(BY_SOCKET, ACROSS_CORES);
    private static final Set<String> BETA = Set.of(ACROSS_NODES);
    private static final Set<String> STABLE = Set.of(WHOLE_CORES, STRICT, BY_CACHE);
    private static final Set<String> TRUE = Set.of("1", "t", "T", "true", "TRUE", "True");
    private static final Set<String> FALSE = Set.of("0", "f", "F", "false", "FALSE", "False");

    /// Out of the configuration.
    ///
    /// @param alpha whether the gate `CPUManagerPolicyAlphaOptions` is on
    /// @param beta whether the gate `CPUManagerPolicyBetaOptions` is on
    /// @throws IllegalArgumentException when one is unknown, not enabled or no switch, or when two exclude
    /// each other
    public static ProcessorOptions of(Map<String, String> options, boolean alpha, boolean beta) {
        options.keySet().forEach(name -> check(name, alpha, beta));
        var parsed = new ProcessorOptions(
                isOn(options, WHOLE_CORES),
                isOn(options, ACROSS_NODES),
                isOn(options, ACROSS_CORES),
                isOn(options, BY_SOCKET),
                isOn(options, STRICT),
                isOn(options, BY_CACHE));
        exclude(parsed.wholeCores && parsed.acrossCores, WHOLE_CORES, ACROSS_CORES);
        exclude(parsed.acrossNodes && parsed.acrossCores, ACROSS_NODES, ACROSS_CORES);
        exclude(parsed.byCache && parsed.acrossCores, BY_CACHE, ACROSS_CORES);
        exclude(parsed.byCache && parsed.acrossNodes, BY_CACHE, ACROSS_NODES);
        return parsed;
    }

    private static void check(String name, boolean alpha, boolean beta) {
        if (!ALPHA.contains(name) && !BETA.contains(name) && !STABLE.contains(name)) {
            throw new IllegalArgumentException("unknown CPU Manager Policy option: \"" + name + "\"");
        }
        if (ALPHA.contains(name) && !alpha) {
            throw new IllegalArgumentException(
                    "CPU Manager Policy Alpha-level Options not enabled, but option \"" + name + "\" provided");
        }
        if (BETA.contains(name) && !beta) {
            throw new IllegalArgumentException(
                    "CPU Manager Policy Beta-level Options not enabled, but option \"" + name + "\" provided");
        }
    }

    /// A switch, as Go reads it.
    ///
    /// @throws IllegalArgumentException when it is none
    public static boolean isOn(Map<String, String> options, String name) {
        String value = options.getOrDefault(name, "false");
        if (!TRUE.contains(value) && !FALSE.contains(value)) {
            throw new IllegalArgumentException(
                    "bad value for option \"%s\": strconv.ParseBool: parsing \"%s\": invalid syntax"
                            .formatted(name, value));
        }
        return TRUE.contains(value);
    }

    private static void exclude(boolean isBoth, String one, String other) {
        if (isBoth) {
            throw new IllegalArgumentException(
                    "static policy options %s and %s can not be used at the same time".formatted(one, other));
        }
    }
}
