package dev.longshore.runtime.simulated;

import dev.longshore.base.Digest;
import dev.longshore.base.Time;
import dev.longshore.runtime.Containers;
import dev.longshore.runtime.HandlerFeatures;
import dev.longshore.runtime.Images;
import dev.longshore.runtime.NodeRuntime;
import dev.longshore.runtime.RuntimeFaultException;
import dev.longshore.runtime.Sandboxes;
import dev.longshore.runtime.Streams;
import dev.longshore.runtime.internal.ExitNews;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicReference;

/// The runtime of a hollow node: containers run at once and cost nothing but memory for their status; images are
/// there, but for those that are told to be slow or absent; addresses come from a range. All is gone with this object.
public final class SimulatedRuntime implements NodeRuntime {

    private final AtomicReference<AddressPool> addresses = new AtomicReference<>();
    private final ExitNews news = new ExitNews();
    private final SimulatedSandboxes sandboxes;
    private final SimulatedContainers containers;
    private final SimulatedImages images;
    private final SimulatedStreams streams;

    /// Of a node that knows its pods' addresses already.
    ///
    /// @param node its name, which keeps ids apart
    /// @param podCidr an IPv4 range, as `10.244.3.0/24`
    public SimulatedRuntime(String node, String podCidr, Time time) {
        this(node, time);
        podRange(podCidr);
    }

    /// Of a node that will be told by [#podRange]; until then its network is not ready.
    public SimulatedRuntime(String node, Time time) {
        this.sandboxes = new SimulatedSandboxes(node, this::addresses, time);
        this.containers = new SimulatedContainers(node, sandboxes, news, time);
        this.images = new SimulatedImages(time);
        this.streams = new SimulatedStreams(containers);
        sandboxes.bind(
                containers::killAll,
                id -> containers.of(id).forEach(status -> containers.remove(status.id())),
                containers::reload);
        news.start();
    }

    /// The range of the node's pods is `podCidr`. The first one counts.
    public void podRange(String podCidr) {
        addresses.compareAndSet(null, new AddressPool(podCidr));
    }

    private AddressPool addresses() {
        AddressPool known = addresses.get();
        if (known == null) {
            throw new RuntimeFaultException(RuntimeFaultException.Kind.FAILED, "the node has no pod range yet");
        }
        return known;
    }

    /// Lets containers that start from now on end as `script` says, in place of [Script#ANNOTATED].
    public void follow(Script script) {
        containers.follow(script);
    }

    /// Ends a running container as if by itself; returns whether it ran.
    public boolean crash(String containerId, int exitCode) {
        return containers.end(containerId, exitCode);
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

    /// It pretends to do everything.
    @Override
    public HandlerFeatures features(String handler) {
        return new HandlerFeatures(true, true);
    }

    @Override
    public Readiness readiness() {
        boolean isReady = addresses.get() != null;
        return new Readiness(true, isReady, isReady ? "" : "the node has no pod range yet");
    }

    @Override
    public void close() {
        news.close();
    }

    /// 64 hexadecimal digits, as the ids of real containers, from who asks and a number.
    static String id(String owner, int number) {
        return Digest.sha256((owner + "/" + number).getBytes(StandardCharsets.UTF_8))
                .hex();
    }
}
