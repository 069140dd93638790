package dev.longshore.runtime.simulated;

import dev.longshore.base.Time;
import dev.longshore.runtime.Containers;
import dev.longshore.runtime.Images;
import dev.longshore.runtime.NodeRuntime;
import dev.longshore.runtime.Sandboxes;
import dev.longshore.runtime.Streams;

/// Containers that start at once and run until they are stopped, or until [#exit] ends them; every image is
/// there; every sandbox gets an address of the node's range. Needs no root, no tool and no file. Thread-safe.
public final class SimulatedRuntime implements NodeRuntime {

    private final SimulatedContainers containers;
    private final SimulatedSandboxes sandboxes;
    private final SimulatedImages images = new SimulatedImages();
    private final SimulatedStreams streams = new SimulatedStreams();
    private final PodAddresses addresses;

    /// Whose sandboxes get addresses of the range that [#podRange] will be given.
    public SimulatedRuntime(Time time) {
        this.containers = new SimulatedContainers(time);
        this.addresses = new PodAddresses();
        this.sandboxes = new SimulatedSandboxes(time, containers, addresses);
    }

    /// The node's addresses for pods, as `10.244.3.0/24`. Until it is known, the network is not ready.
    public void podRange(String range) {
        addresses.use(range);
    }

    /// Ends the running container `name` of the pod `podUid` by itself.
    ///
    /// @return false if there is none
    public boolean exit(String podUid, String name, int exitCode) {
        return sandboxes.list().stream()
                .filter(sandbox -> sandbox.spec().podUid().equals(podUid))
                .anyMatch(sandbox -> containers.exit(sandbox.id(), name, exitCode));
    }

    @Override
    public String version() {
        return "simulated 1.0";
    }

    @Override
    public Sandboxes sandboxes() {
        return sandboxes;
    }

    @Override
    public Containers containers() {
        return containers;
    }

    @Override
    public Images images() {
        return images;
    }

    @Override
    public Streams streams() {
        return streams;
    }

    @Override
    public Readiness readiness() {
        boolean isNetworkReady = addresses.areKnown();
        return new Readiness(true, isNetworkReady, isNetworkReady ? "" : "the node has no pod range yet");
    }

    @Override
    public void close() {
        containers.forgetListeners();
    }
}
