package dev.longshore.kubelet.pods;

import dev.longshore.base.Json;
import dev.longshore.kubelet.configuration.ConfigurationException;
import dev.longshore.kubelet.configuration.KubeletConfiguration;
import dev.longshore.kubelet.node.Allocatable;
import dev.longshore.kubelet.node.HostMachine;
import dev.longshore.kubelet.topology.AlignmentPolicy;
import dev.longshore.kubelet.topology.HostTopology;
import dev.longshore.kubelet.topology.MachineTopology;
import dev.longshore.kubelet.topology.NodeMemory;
import dev.longshore.kubelet.topology.NumaDistances;
import dev.longshore.kubelet.topology.ProcessorChoice;
import dev.longshore.kubelet.topology.ProcessorOptions;
import dev.longshore.linux.ProcessorSet;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/// Who gets which part of the machine for itself.
///
/// @param processors what the static CPU policy shares out; empty without it
/// @param memory what the static memory policy shares out; empty without it
/// @param distances between the machine's NUMA nodes
/// @param scopeIsPod whether all of a pod's containers go to the same nodes
/// @param prefersClosest whether, of as many nodes, those nearest to each other are taken
public record PlacementSettings(
        Optional<Processors> processors,
        Optional<Memory> memory,
        NumaDistances distances,
        AlignmentPolicy policy,
        boolean scopeIsPod,
        boolean prefersClosest) {

    /// Nobody gets anything for itself.
    public static final PlacementSettings NONE = new PlacementSettings(
            Optional.empty(),
            Optional.empty(),
            new NumaDistances(Map.of(0, List.of(10))),
            AlignmentPolicy.NONE,
            false,
            false);

    private static final String MOST_NODES = "max-allowable-numa-nodes";
    private static final int USUAL_MOST_NODES = 8;

    /// @param reserved never given to one container alone
    public record Processors(MachineTopology machine, ProcessorOptions options, ProcessorSet reserved) {}

    /// @param reserved for the system, by node and kind of memory
    public record Memory(Map<Integer, NodeMemory> nodes, Map<Integer, Map<String, Long>> reserved) {
        public Memory {
            nodes = Map.copyOf(nodes);
            reserved = Map.copyOf(reserved);
        }
    }

    /// As it is configured, on a machine of `capacity` that is built as `host` says.
    ///
    /// @throws ConfigurationException when that cannot be on this machine
    static PlacementSettings of(KubeletConfiguration configuration, Map<String, Quantity> capacity, HostTopology host) {
        var policy = AlignmentPolicy.named(configuration.text("topologyManagerPolicy"));
        Map<String, String> options = configuration.map("topologyManagerPolicyOptions");
        NumaDistances distances = host.distances();
        int most = Integer.parseInt(options.getOrDefault(MOST_NODES, String.valueOf(USUAL_MOST_NODES)));
        if (policy != AlignmentPolicy.NONE && distances.all().count() > most) {
            throw new ConfigurationException("unsupported on machines with more than %d NUMA Nodes".formatted(most));
        }
        Optional<Processors> processors = configuration.text("cpuManagerPolicy").equals("static")
                ? Optional.of(processors(configuration, policy, host))
                : Optional.empty();
        Optional<Memory> memory = configuration.text("memoryManagerPolicy").equals("Static")
                ? Optional.of(memory(configuration, capacity, host))
                : Optional.empty();
        return new PlacementSettings(
                processors,
                memory,
                distances,
                policy,
                configuration.text("topologyManagerScope").equals("pod"),
                ProcessorOptions.isOn(options, "prefer-closest-numa-nodes"));
    }

    private static Processors processors(
            KubeletConfiguration configuration, AlignmentPolicy policy, HostTopology host) {
        ProcessorOptions options = ProcessorOptions.of(
                configuration.map("cpuManagerPolicyOptions"),
                configuration.gate("CPUManagerPolicyAlphaOptions", false),
                configuration.gate("CPUManagerPolicyBetaOptions", true));
        MachineTopology machine = host.processors(HostMachine.processors());
        if (options.bySocket() && policy == AlignmentPolicy.SINGLE_NUMA_NODE) {
            throw new ConfigurationException("Topolgy manager single-numa-node policy is incompatible with CPUManager"
                    + " align-by-socket policy option");
        }
        if (options.bySocket() && machine.socketCount() > machine.nodes().count()) {
            throw new ConfigurationException("Align by socket is not compatible with hardware where number of sockets"
                    + " are more than number of NUMA");
        }
        var reservations = new Allocatable(configuration);
        ProcessorSet reserved = reservations
                .namedProcessors()
                .or(() -> new ProcessorChoice(machine, options).take(machine.all(), reservations.reservedCount()))
                .orElse(machine.all());
        return new Processors(machine, options, reserved);
    }

    private static Memory memory(
            KubeletConfiguration configuration, Map<String, Quantity> capacity, HostTopology host) {
        long whole = Optional.ofNullable(capacity.get("memory"))
                .map(all -> all.getNumericalAmount().longValue())
                .orElse(0L);
        Map<Integer, NodeMemory> nodes = host.memory(whole);
        var reserved = new TreeMap<Integer, Map<String, Long>>();
        long total = 0;
        for (JsonNode one : configuration.value("reservedMemory").orElseGet(Json.mapper()::createArrayNode)) {
            int node = one.path("numaNode").asInt(0);
            if (!nodes.containsKey(node)) {
                throw new ConfigurationException(
                        "the reserved memory configuration references a NUMA node %d that does not exist on this machine"
                                .formatted(node));
            }
            for (var limit : one.path("limits").properties()) {
                long amount = new Quantity(limit.getValue().asString("0"))
                        .getNumericalAmount()
                        .longValue();
                reserved.computeIfAbsent(node, first -> new TreeMap<>()).merge(limit.getKey(), amount, Long::sum);
                total += limit.getKey().equals("memory") ? amount : 0;
            }
        }
        long needed = new Allocatable(configuration).withheldMemory(whole);
        if (total != needed) {
            throw new ConfigurationException(
                    "the total amount \"%d\" of type \"memory\" is not equal to the value \"%d\" determined by Node Allocatable feature"
                            .formatted(total, needed));
        }
        if (total == 0) {
            throw new ConfigurationException("[memorymanager] you should specify the system reserved memory");
        }
        return new Memory(nodes, reserved);
    }
}
