package dev.longshore.kubelet.node;

import io.fabric8.kubernetes.api.model.NodeSystemInfo;
import io.fabric8.kubernetes.api.model.NodeSystemInfoBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.Map;

/// A machine of any size that one likes and that never runs short.
///
/// @param name stands for all its ids
public record PretendedMachine(String name, Map<String, Quantity> capacity) implements Machine {

    public PretendedMachine {
        capacity = Map.copyOf(capacity);
    }

    @Override
    public NodeSystemInfo info() {
        return new NodeSystemInfoBuilder()
                .withMachineID(name)
                .withSystemUUID(name)
                .withBootID(name)
                .withKernelVersion("simulated")
                .withOsImage("simulated")
                .withOperatingSystem("linux")
                .withArchitecture(HostMachine.architecture())
                .build();
    }

    @Override
    public Map<String, Observation> left() {
        return Map.of();
    }
}
