package dev.longshore.runtime.simulated;

import dev.longshore.base.Time;
import dev.longshore.runtime.SandboxSpec;
import dev.longshore.runtime.SandboxStatus;
import dev.longshore.runtime.Sandboxes;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/// Sandboxes that are nothing but their status.
final class SimulatedSandboxes implements Sandboxes {

    private final Time time;
    private final SimulatedContainers containers;
    private final PodAddresses addresses;
    private final Map<String, SandboxStatus> sandboxes = new ConcurrentHashMap<>();

    SimulatedSandboxes(Time time, SimulatedContainers containers, PodAddresses addresses) {
        this.time = time;
        this.containers = containers;
        this.addresses = addresses;
    }

    @Override
    public SandboxStatus run(SandboxSpec spec) {
        String id = UUID.randomUUID().toString().replace("-", "");
        List<String> own = spec.hostNetwork() ? List.of() : List.of(addresses.take(id));
        var status = new SandboxStatus(id, spec, SandboxStatus.State.READY, time.now(), own, "");
        sandboxes.put(id, status);
        return status;
    }

    @Override
    public void stop(String sandboxId) {
        containers.killAll(sandboxId);
        sandboxes.computeIfPresent(
                sandboxId,
                (id, running) -> new SandboxStatus(
                        id, running.spec(), SandboxStatus.State.NOT_READY, running.createdAt(), running.addresses(), ""));
        addresses.giveBack(sandboxId);
    }

    @Override
    public void remove(String sandboxId) {
        stop(sandboxId);
        containers.removeAll(sandboxId);
        sandboxes.remove(sandboxId);
    }

    @Override
    public List<SandboxStatus> list() {
        return List.copyOf(sandboxes.values());
    }

    @Override
    public Optional<SandboxStatus> status(String sandboxId) {
        return Optional.ofNullable(sandboxes.get(sandboxId));
    }
}
