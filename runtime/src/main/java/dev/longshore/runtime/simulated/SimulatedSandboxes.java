package dev.longshore.runtime.simulated;

import dev.longshore.base.Time;
import dev.longshore.runtime.SandboxSpec;
import dev.longshore.runtime.SandboxStatus;
import dev.longshore.runtime.SandboxStatus.State;
import dev.longshore.runtime.Sandboxes;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// Sandboxes that are only statuses with addresses.
final class SimulatedSandboxes implements Sandboxes {

    private final Map<String, SandboxStatus> statuses = new ConcurrentHashMap<>();
    private final AtomicInteger ids = new AtomicInteger();
    private final String name;
    private final Supplier<AddressPool> addresses;
    private final Time time;
    private Consumer<String> killAll = sandbox -> {};
    private Consumer<String> removeAll = sandbox -> {};
    private Consumer<String> reload = sandbox -> {};

    SimulatedSandboxes(String name, Supplier<AddressPool> addresses, Time time) {
        this.name = name;
        this.addresses = addresses;
        this.time = time;
    }

    /// Says how a sandbox's containers are ended and removed, and told to use something else.
    void bind(Consumer<String> killing, Consumer<String> removing, Consumer<String> reloading) {
        killAll = killing;
        removeAll = removing;
        reload = reloading;
    }

    @Override
    public SandboxStatus run(SandboxSpec spec) {
        String id = SimulatedRuntime.id(name + "/sandbox", ids.incrementAndGet());
        List<String> own =
                spec.hostNetwork() ? List.of() : List.of(addresses.get().take());
        var status = new SandboxStatus(
                id, spec, State.READY, time.now(), own, spec.hostNetwork() ? "" : "/run/netns/simulated-" + id);
        statuses.put(id, status);
        return status;
    }

    @Override
    public void stop(String sandboxId) {
        killAll.accept(sandboxId);
        statuses.computeIfPresent(sandboxId, (id, was) -> {
            if (was.state() == State.READY) {
                was.addresses().forEach(addresses.get()::release);
            }
            return new SandboxStatus(
                    id, was.spec(), State.NOT_READY, was.createdAt(), was.addresses(), was.networkNamespace());
        });
    }

    @Override
    public void remove(String sandboxId) {
        stop(sandboxId);
        removeAll.accept(sandboxId);
        statuses.remove(sandboxId);
    }

    @Override
    public void annotate(String sandboxId, Map<String, String> annotations) {
        statuses.computeIfPresent(
                sandboxId,
                (id, was) -> new SandboxStatus(
                        id,
                        was.spec().withAnnotations(annotations),
                        was.state(),
                        was.createdAt(),
                        was.addresses(),
                        was.networkNamespace()));
        reload.accept(sandboxId);
    }

    @Override
    public List<SandboxStatus> list() {
        return List.copyOf(statuses.values());
    }

    @Override
    public Optional<SandboxStatus> status(String sandboxId) {
        return Optional.ofNullable(statuses.get(sandboxId));
    }
}
