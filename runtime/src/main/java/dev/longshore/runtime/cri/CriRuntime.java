package dev.longshore.runtime.cri;

import dev.longshore.base.Time;
import dev.longshore.runtime.Containers;
import dev.longshore.runtime.HandlerFeatures;
import dev.longshore.runtime.Images;
import dev.longshore.runtime.NodeRuntime;
import dev.longshore.runtime.RuntimeFaultException;
import dev.longshore.runtime.SandboxStatus;
import dev.longshore.runtime.Sandboxes;
import dev.longshore.runtime.Streams;
import dev.longshore.runtime.cri.proto.NetworkConfig;
import dev.longshore.runtime.cri.proto.RuntimeCondition;
import dev.longshore.runtime.cri.proto.RuntimeConfig;
import dev.longshore.runtime.cri.proto.RuntimeHandler;
import dev.longshore.runtime.cri.proto.StatusRequest;
import dev.longshore.runtime.cri.proto.StatusResponse;
import dev.longshore.runtime.cri.proto.UpdateRuntimeConfigRequest;
import dev.longshore.runtime.cri.proto.VersionRequest;
import dev.longshore.runtime.cri.proto.VersionResponse;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A runtime of somebody else's (containerd, CRI-O), behind its CRI socket. What this cluster makes there carries
/// its label; the rest is not seen. Networks come from the runtime's own CNI configuration. Thread-safe.
public final class CriRuntime implements NodeRuntime {

    /// The label by which a cluster's own are known.
    static final String CLUSTER = "dev.longshore/cluster";

    /// The annotation that says a sandbox' cgroup.
    static final String CGROUP = "dev.longshore/cgroup";

    private static final Logger log = LoggerFactory.getLogger(CriRuntime.class);

    private final CriConnection cri;
    private final CriSandboxes sandboxes;
    private final CriContainers containers;
    private final CriImages images;
    private final CriStreams streams;
    /// As the last status said; runtimes before containerd 2.0 say nothing.
    private volatile Map<String, HandlerFeatures> told = Map.of();

    private volatile VersionResponse version = VersionResponse.getDefaultInstance();

    /// Of `settings`, with nobody to tell; connects at [#start].
    public CriRuntime(Settings settings, Time time) {
        this(settings, Wiring.NONE, time);
    }

    /// Of `settings`; connects at [#start].
    public CriRuntime(Settings settings, Wiring wiring, Time time) {
        this.cri = new CriConnection(settings.runtimeSocket(), settings.imageSocket());
        var specs = new CriSpecs(settings.cgroup());
        var statuses = new CriStatuses(settings.logs());
        Map<String, String> marks = Map.of(CLUSTER, settings.cluster());
        this.sandboxes = new CriSandboxes(cri, specs, statuses, marks, wiring);
        this.containers = new CriContainers(
                cri, specs, statuses, sandboxes, marks, all -> new CriExits(all, new CriLogs(cri, time), time));
        this.images = new CriImages(cri);
        this.streams = new CriStreams(cri);
    }

    /// Where the runtime is, and what is this cluster's there.
    ///
    /// @param cluster its short id
    /// @param cgroup the group of its pods, as `longshore-ID`
    /// @param logs the directory of the pods' logs
    public record Settings(Path runtimeSocket, Path imageSocket, String cluster, String cgroup, Path logs) {}

    /// Who makes rules about sandboxes that the runtime has wired. Calls about one sandbox do not overlap.
    public interface Wiring {
        /// Nobody.
        Wiring NONE = new Wiring() {
            @Override
            public void wired(SandboxStatus sandbox) {}

            @Override
            public void unwired(String sandboxId) {}
        };

        /// One has come; returns when the rules stand.
        ///
        /// @throws RuntimeFaultException when it cannot have what it wants: it is taken back then
        void wired(SandboxStatus sandbox) throws InterruptedException;

        /// One is about to go. Idempotent.
        void unwired(String sandboxId) throws InterruptedException;
    }

    /// Asks who is there and begins to watch.
    ///
    /// @throws RuntimeFaultException when nobody answers
    public void start() throws InterruptedException {
        version = cri.call(
                CriMethods.VERSION, VersionRequest.newBuilder().setVersion("v1").build());
        containers.exits().start();
    }

    /// Tells the runtime the range of the node's pods, for configurations that it fills in itself.
    public void podRange(String cidr) throws InterruptedException {
        try {
            cri.call(
                    CriMethods.UPDATE_RUNTIME_CONFIG,
                    UpdateRuntimeConfigRequest.newBuilder()
                            .setRuntimeConfig(RuntimeConfig.newBuilder()
                                    .setNetworkConfig(NetworkConfig.newBuilder().setPodCidr(cidr)))
                            .build());
        } catch (RuntimeFaultException refused) {
            log.warn("the container runtime does not take the pods' range: {}", refused.getMessage());
        }
    }

    /// `containerd` and its like, as container ids begin.
    public String name() {
        return version.getRuntimeName();
    }

    @Override
    public String version() {
        return version.getRuntimeName() + " " + version.getRuntimeVersion();
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
    public Set<String> handlers() {
        return told.keySet().stream().filter(name -> !name.isEmpty()).collect(Collectors.toUnmodifiableSet());
    }

    @Override
    public HandlerFeatures features(String handler) {
        return told.getOrDefault(handler, HandlerFeatures.NONE);
    }

    private static Map<String, HandlerFeatures> features(StatusResponse status) {
        var all = new HashMap<String, HandlerFeatures>();
        for (RuntimeHandler handler : status.getRuntimeHandlersList()) {
            var features = handler.getFeatures();
            all.put(
                    handler.getName(),
                    new HandlerFeatures(features.getRecursiveReadOnlyMounts(), features.getUserNamespaces()));
        }
        return Map.copyOf(all);
    }

    @Override
    public Readiness readiness() {
        try {
            StatusResponse status = cri.ask(CriMethods.STATUS, StatusRequest.getDefaultInstance());
            told = features(status);
            List<RuntimeCondition> conditions = status.getStatus().getConditionsList();
            List<String> words = conditions.stream()
                    .filter(condition -> !condition.getStatus())
                    .map(condition -> "%s=false reason:%s message:%s"
                            .formatted(condition.getType(), condition.getReason(), condition.getMessage()))
                    .toList();
            return new Readiness(
                    holds(conditions, "RuntimeReady"), holds(conditions, "NetworkReady"), String.join(", ", words));
        } catch (RuntimeFaultException fault) {
            return new Readiness(false, false, "the container runtime does not answer: " + fault.getMessage());
        }
    }

    @Override
    public void close() {
        containers.exits().close();
        cri.close();
    }

    private static boolean holds(List<RuntimeCondition> conditions, String type) {
        return conditions.stream().anyMatch(condition -> condition.getType().equals(type) && condition.getStatus());
    }
}
