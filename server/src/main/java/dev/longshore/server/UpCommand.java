package dev.longshore.server;

import dev.longshore.apiserver.RuntimeConfig;
import dev.longshore.base.GoDurations;
import dev.longshore.cli.ClusterOptions;
import dev.longshore.cli.CommandFailure;
import dev.longshore.controllers.AddressRange;
import dev.longshore.images.registry.config.RegistryConfig;
import dev.longshore.images.registry.config.RegistryConfigFile;
import dev.longshore.kubelet.configuration.ConfigurationException;
import dev.longshore.kubelet.images.CredentialProviders;
import dev.longshore.server.config.CriOptions;
import dev.longshore.server.config.NodeMarks;
import dev.longshore.server.config.RuntimeHandlers;
import dev.longshore.server.config.StoreOptions;
import dev.longshore.server.config.UpOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `longshore up`.
@Command(
        name = "up",
        description = "Starts the platform and stays in the foreground; Ctrl-C stops it and its applications.")
final class UpCommand implements Callable<Integer> {

    private static final Pattern SIZE = Pattern.compile("([0-9]{1,12})([kmgt]?)(?:i?b)?");
    private static final int LAST_PORT = 65_535;
    private static final Duration FINEST_RESOLUTION = Duration.ofSeconds(1);

    @Mixin
    private ClusterOptions cluster;

    @Option(
            names = "--api-port",
            paramLabel = "PORT",
            description = "the API server's port (default: 6443, or a free one)")
    private Integer apiPort;

    @Option(
            names = "--registry-port",
            paramLabel = "PORT",
            description = "the registry's port on 127.0.0.1 (default: 5000, or a free one)")
    private Integer registryPort;

    @Option(
            names = "--runtime-config",
            paramLabel = "KEY=BOOL,…",
            defaultValue = "",
            description = "switches versions of the API on or off, as kube-apiserver's flag does:"
                    + " api/all, api/beta, api/alpha, GROUP/VERSION, GROUP/VERSION/RESOURCE")
    private String runtimeConfig;

    @Option(
            names = "--max-requests-inflight",
            paramLabel = "N",
            defaultValue = "400",
            description = "with the next, how many requests the API server works on at once (default: 400)")
    private int maxRequests;

    @Option(
            names = "--max-mutating-requests-inflight",
            paramLabel = "N",
            defaultValue = "200",
            description = "added to the former (default: 200)")
    private int maxMutatingRequests;

    @Mixin
    private AdmissionFlags admission;

    @Mixin
    private AuthorizationFlags authorization;

    @Mixin
    private AuthenticationFlags authentication;

    @Option(
            names = "--event-ttl",
            paramLabel = "DURATION",
            defaultValue = "1h",
            description = "how long events are kept, as 90m or 1h30m (default: 1h); 0 keeps them for good")
    private String eventTtl;

    @Option(
            names = "--etcd-compaction-interval",
            paramLabel = "DURATION",
            defaultValue = "5m",
            description =
                    "how often the store forgets what is older than that (default: 5m); 0 keeps its whole history")
    private String compactionInterval;

    @Option(
            names = "--metric-resolution",
            paramLabel = "DURATION",
            defaultValue = "15s",
            description = "how often nodes are asked what they and their pods use, as metrics-server's flag"
                    + " (default: 15s); 0 turns the metrics APIs off")
    private String metricResolution;

    @Option(
            names = "--registry-config",
            paramLabel = "FILE",
            description = "a YAML file about the registry: who may do what, an address for others, limits,"
                    + " retention, registries to fetch from (docs/operations.md)")
    private Path registryConfig;

    @Option(
            names = "--build-cache-size",
            paramLabel = "SIZE",
            defaultValue = "10g",
            description = "how much builds leave for later ones at most, in bytes or as 500m, 10g (default: 10g);"
                    + " 0 for nothing")
    private String buildCacheSize;

    @Option(
            names = "--load-balancer-range",
            paramLabel = "CIDR",
            defaultValue = "",
            description = "addresses for Services of type LoadBalancer, as 192.168.1.240/28, at which this node"
                    + " answers; without, they wait as they do without a cloud")
    private String balancerRange;

    @Option(
            names = "--hollow-group",
            paramLabel = "KEY=VALUE,…",
            split = "\n",
            description = "nodes that only pretend to run containers, as many as pods need: name=workers,min=1,max=4,"
                    + "cpu=2,memory=4Gi,label=pool=a,taint=dedicated=gpu:NoSchedule; may be given several times"
                    + " (docs/autoscaling.md)")
    private List<String> hollowGroups;

    @Option(
            names = "--autoscaler",
            paramLabel = "FLAG=VALUE",
            split = "\n",
            description = "a flag of cluster-autoscaler, for the hollow groups, as scale-down-unneeded-time=1m; may be"
                    + " given several times")
    private List<String> autoscalerFlags;

    @Option(
            names = "--hollow-config",
            paramLabel = "FILE",
            description = "a YAML file with hollow groups and the autoscaler's flags (docs/autoscaling.md)")
    private Path hollowConfig;

    @Option(
            names = "--kubelet-config",
            paramLabel = "FILE",
            description = "a KubeletConfiguration (kubelet.config.k8s.io/v1beta1) for this node: reservations, eviction"
                    + " thresholds, garbage collection, CPU policy, limits (docs/node.md)")
    private Path kubeletConfig;

    @Option(
            names = "--container-runtime-endpoint",
            paramLabel = "SOCKET",
            description = "a CRI socket, as unix:///run/containerd/containerd.sock, of the runtime that pods shall run"
                    + " in, instead of Longshore's own (docs/node.md)")
    private String runtimeEndpoint;

    @Option(
            names = "--image-service-endpoint",
            paramLabel = "SOCKET",
            description = "the CRI socket of that runtime's images (default: the same)")
    private String imageEndpoint;

    @Option(
            names = "--image-credential-provider-config",
            paramLabel = "FILE",
            description = "a CredentialProviderConfig, or a directory of such, with programs that give credentials for"
                    + " registries, as the kubelet's flag")
    private Path credentialConfig;

    @Option(names = "--image-credential-provider-bin-dir", paramLabel = "DIR", description = "where those programs are")
    private Path credentialPrograms;

    @Option(
            names = "--runtime-handlers",
            paramLabel = "NAME=PATH,…",
            defaultValue = "",
            description =
                    "OCI runtimes that a RuntimeClass can name as its handler, beside crun and runc where they are"
                            + " found, as kata=/usr/bin/kata-runtime (docs/node.md)")
    private String runtimeHandlers;

    @Option(
            names = "--node-labels",
            paramLabel = "KEY=VALUE,…",
            defaultValue = "",
            description = "labels that this machine's node registers with, as the kubelet's flag")
    private String nodeLabels;

    @Option(
            names = "--register-with-taints",
            paramLabel = "KEY=VALUE:EFFECT,…",
            defaultValue = "",
            description = "taints that this machine's node registers with, as the kubelet's flag")
    private String nodeTaints;

    @Mixin
    private AuditFlags audit;

    @Mixin
    private AtRestFlags atRest;

    @Mixin
    private EtcdFlags etcd;

    @Mixin
    private SnapshotFlags snapshots;

    @Mixin
    private StoreFlags store;

    @Mixin
    private PlaceFlags place;

    @Option(names = "--detach", description = "goes to the background and returns when the node is Ready")
    private boolean isDetached;

    @Option(
            names = "--install",
            negatable = true,
            defaultValue = "true",
            fallbackValue = "true",
            description = "whether missing native packages are installed (default), or only named (--no-install)")
    private boolean mayInstall;

    @Option(names = "--config", paramLabel = "FILE", description = "a YAML file that may hold every flag by its name")
    private Path config;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        var options = options();
        var out = spec.commandLine().getOut();
        return isDetached
                ? new DetachedStart(
                                options,
                                spec.root().commandLine().getParseResult().originalArgs(),
                                out)
                        .run()
                : new ForegroundServer(
                                options,
                                new Progress(
                                        out,
                                        System.console() != null
                                                && System.console().isTerminal()))
                        .run();
    }

    /// What is asked for.
    ///
    /// @throws CommandFailure when it makes no sense
    UpOptions options() {
        return new UpOptions(
                cluster.directory(),
                cluster.name(),
                port("--api-port", apiPort),
                port("--registry-port", registryPort),
                checked(runtimeConfig),
                inflight(),
                admission.choice(),
                audit.options(),
                atRest.options(),
                etcd.options(),
                snapshots.plan(),
                store(),
                place.options(),
                authorization.choice(),
                authentication.options(),
                duration("--event-ttl", eventTtl, "events cannot live for "),
                duration("--etcd-compaction-interval", compactionInterval, "nothing is forgotten every "),
                resolution(),
                registry(),
                bytes("--build-cache-size", buildCacheSize),
                balancerRange(),
                hollow(),
                node(),
                mayInstall);
    }

    private StoreOptions store() {
        StoreOptions options = store.options();
        if (options.etcd().isPresent() && etcd.options().listen().isPresent()) {
            throw new CommandFailure(
                    "--etcd-listen serves the embedded store: clients of --store ask that etcd itself");
        }
        if (options.etcd().isPresent() && snapshots.plan().isPresent()) {
            throw new CommandFailure("--snapshot-every backs the embedded store up: with --store, back that etcd up");
        }
        return options;
    }

    private UpOptions.NodeOptions node() {
        try {
            var options =
                    kubeletConfig == null ? UpOptions.NodeOptions.DEFAULT : UpOptions.NodeOptions.read(kubeletConfig);
            return options.with(new CriOptions(
                            CriOptions.socket("--container-runtime-endpoint", runtimeEndpoint),
                            CriOptions.socket("--image-service-endpoint", imageEndpoint)))
                    .with(RuntimeHandlers.parse(runtimeHandlers))
                    .with(NodeMarks.parse(nodeLabels, nodeTaints))
                    .with(credentials());
        } catch (ConfigurationException wrong) {
            throw new CommandFailure("--kubelet-config: " + wrong.getMessage(), wrong);
        } catch (IllegalArgumentException wrong) {
            throw new CommandFailure(wrong.getMessage(), wrong);
        }
    }

    private CredentialProviders credentials() {
        if (credentialConfig == null && credentialPrograms == null) {
            return CredentialProviders.NONE;
        }
        if (credentialConfig == null || credentialPrograms == null) {
            throw new CommandFailure(
                    "--image-credential-provider-config and --image-credential-provider-bin-dir go together");
        }
        try {
            return CredentialProviders.read(credentialConfig, credentialPrograms);
        } catch (ConfigurationException wrong) {
            throw new CommandFailure("--image-credential-provider-config: " + wrong.getMessage(), wrong);
        }
    }

    private Duration resolution() {
        Duration resolution = duration("--metric-resolution", metricResolution, "nobody is asked every ");
        if (resolution.isPositive() && resolution.compareTo(FINEST_RESOLUTION) < 0) {
            throw new CommandFailure("--metric-resolution: at least " + GoDurations.print(FINEST_RESOLUTION)
                    + ", or 0 for none, not " + metricResolution);
        }
        return resolution;
    }

    private UpOptions.HollowOptions hollow() {
        var hollow = new UpOptions.HollowOptions(
                hollowGroups == null ? List.of() : hollowGroups,
                autoscalerFlags == null ? List.of() : autoscalerFlags,
                Optional.ofNullable(hollowConfig).map(Path::toAbsolutePath));
        try {
            hollow.scale();
            return hollow;
        } catch (IllegalArgumentException wrong) {
            throw new CommandFailure("hollow groups: " + wrong.getMessage(), wrong);
        }
    }

    private String balancerRange() {
        try {
            if (!balancerRange.isEmpty()) {
                AddressRange.parse(balancerRange);
            }
            return balancerRange;
        } catch (IllegalArgumentException wrong) {
            throw new CommandFailure("--load-balancer-range: " + wrong.getMessage(), wrong);
        }
    }

    private UpOptions.Inflight inflight() {
        try {
            return new UpOptions.Inflight(maxRequests, maxMutatingRequests);
        } catch (IllegalArgumentException wrong) {
            throw new CommandFailure(wrong.getMessage(), wrong);
        }
    }

    /// @param refusal what is said of a negative one, before it
    private static Duration duration(String flag, String text, String refusal) {
        try {
            Duration duration = GoDurations.parse(text);
            if (duration.isNegative()) {
                throw new IllegalArgumentException(refusal + text);
            }
            return duration;
        } catch (IllegalArgumentException wrong) {
            throw new CommandFailure(flag + ": " + wrong.getMessage(), wrong);
        }
    }

    private static long bytes(String flag, String text) {
        Matcher size = SIZE.matcher(text.toLowerCase(Locale.ROOT));
        if (!size.matches()) {
            throw new CommandFailure(flag + ": \"" + text + "\" is no size: write 500m or 10g");
        }
        int shift = 10 * ("kmgt".indexOf(size.group(2)) + 1);
        return Long.parseLong(size.group(1)) << (size.group(2).isEmpty() ? 0 : shift);
    }

    private RegistryConfig registry() {
        try {
            return registryConfig == null ? RegistryConfig.DEFAULT : RegistryConfigFile.read(registryConfig);
        } catch (IllegalArgumentException wrong) {
            throw new CommandFailure("--registry-config: " + wrong.getMessage(), wrong);
        }
    }

    private static String checked(String runtimeConfig) {
        try {
            RuntimeConfig.parse(runtimeConfig);
            return runtimeConfig;
        } catch (IllegalArgumentException wrong) {
            throw new CommandFailure("--runtime-config: " + wrong.getMessage(), wrong);
        }
    }

    private static OptionalInt port(String flag, Integer value) {
        if (value == null) {
            return OptionalInt.empty();
        }
        if (value < 1 || value > LAST_PORT) {
            throw new CommandFailure("%s %d: a port is between 1 and %d".formatted(flag, value, LAST_PORT));
        }
        return OptionalInt.of(value);
    }
}
