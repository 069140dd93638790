package dev.longshore.server.config;

import dev.longshore.apiserver.audit.AuditOptions;
import dev.longshore.cli.DataDirectory;
import dev.longshore.images.registry.config.RegistryConfig;
import dev.longshore.kinds.admission.AdmissionChoice;
import dev.longshore.kinds.authorization.config.AuthorizationChoice;
import dev.longshore.kubelet.configuration.ConfigurationException;
import dev.longshore.kubelet.configuration.KubeletConfiguration;
import dev.longshore.kubelet.images.CredentialProviders;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// What the user asked `up` for. Empty ports mean: the usual one, or the next free.
///
/// @param runtimeConfig which versions of the API are on, as [dev.longshore.apiserver.RuntimeConfig] reads it
/// @param inflight how many requests the API server works on at once
/// @param admission which rules of admission hold
/// @param audit what is told of requests, and where
/// @param authorization who decides who may do what
/// @param identity how the API server finds out who asks
/// @param atRest whether what is stored is encrypted
/// @param etcd how the store behaves as etcd
/// @param snapshots whether backups are taken by themselves
/// @param store where the state is kept
/// @param place this server's among others
/// @param eventLife how long events are kept; zero is for good
/// @param compaction how often the store forgets its history; zero for never
/// @param metricResolution how often nodes are asked what they use; zero without metrics APIs
/// @param buildCacheBytes how much builds leave for later ones at most
/// @param balancerRange addresses for Services of type LoadBalancer, as a CIDR; empty for none
/// @param hollow groups of hollow nodes
/// @param node how this machine's kubelet is configured
/// @param mayInstall whether missing native packages are installed
public record UpOptions(
        DataDirectory directory,
        String name,
        OptionalInt apiPort,
        OptionalInt registryPort,
        String runtimeConfig,
        Inflight inflight,
        AdmissionChoice admission,
        AuditOptions audit,
        AtRestOptions atRest,
        EtcdOptions etcd,
        Optional<SnapshotPlan> snapshots,
        StoreOptions store,
        PlaceOptions place,
        AuthorizationChoice authorization,
        IdentityOptions identity,
        Duration eventLife,
        Duration compaction,
        Duration metricResolution,
        RegistryConfig registry,
        long buildCacheBytes,
        String balancerRange,
        HollowOptions hollow,
        NodeOptions node,
        boolean mayInstall) {

    /// How this machine's kubelet is configured.
    ///
    /// @param kubelet what `--kubelet-config` says, or what is usual
    /// @param cri another runtime for the pods
    /// @param handlers further OCI runtimes of our own runtime
    /// @param marks labels and taints
    /// @param credentials who gives credentials for registries
    public record NodeOptions(
            KubeletConfiguration kubelet,
            CriOptions cri,
            RuntimeHandlers handlers,
            NodeMarks marks,
            CredentialProviders credentials) {

        /// @throws IllegalArgumentException when another runtime is given OCI runtimes of our own
        public NodeOptions {
            if (cri.runtime().isPresent() && !handlers.programs().isEmpty()) {
                throw new IllegalArgumentException("--runtime-handlers goes only without --container-runtime-endpoint,"
                        + " whose runtime has handlers of its own");
            }
        }

        /// As without flags.
        public static final NodeOptions DEFAULT = of(KubeletConfiguration.ofLaptop());

        /// As `file` has it.
        ///
        /// @throws ConfigurationException when it is no such file, or says what cannot be
        public static NodeOptions read(Path file) {
            return of(KubeletConfiguration.read(file));
        }

        private static NodeOptions of(KubeletConfiguration kubelet) {
            return new NodeOptions(
                    kubelet, CriOptions.NONE, RuntimeHandlers.NONE, NodeMarks.NONE, CredentialProviders.NONE);
        }

        /// With another runtime.
        public NodeOptions with(CriOptions other) {
            return new NodeOptions(kubelet, other, handlers, marks, credentials);
        }

        /// With labels and taints.
        public NodeOptions with(NodeMarks other) {
            return new NodeOptions(kubelet, cri, handlers, other, credentials);
        }

        /// With further OCI runtimes.
        public NodeOptions with(RuntimeHandlers other) {
            return new NodeOptions(kubelet, cri, other, marks, credentials);
        }

        /// With credential providers.
        public NodeOptions with(CredentialProviders other) {
            return new NodeOptions(kubelet, cri, handlers, marks, other);
        }
    }

    /// Groups of hollow nodes as the flags have them.
    ///
    /// @param groups of `--hollow-group`
    /// @param flags of `--autoscaler`
    /// @param file of `--hollow-config`
    public record HollowOptions(List<String> groups, List<String> flags, Optional<Path> file) {

        public HollowOptions {
            groups = List.copyOf(groups);
            flags = List.copyOf(flags);
        }

        /// What they mean.
        ///
        /// @throws IllegalArgumentException when they make no sense
        public HollowScale scale() {
            return file.isPresent() ? HollowScale.read(file.get(), groups, flags) : HollowScale.of("", groups, flags);
        }
    }

    /// As kube-apiserver's flags `--max-requests-inflight` and `--max-mutating-requests-inflight`; with flow
    /// control, only their sum counts.
    public record Inflight(int reading, int mutating) {

        /// Far from where shares of seats overflow.
        private static final int MOST = 1_000_000;

        /// As without flags.
        public static final Inflight DEFAULT = new Inflight(400, 200);

        /// @throws IllegalArgumentException when there is a negative number, or no seat
        public Inflight {
            if (reading < 0) {
                throw new IllegalArgumentException("--max-requests-inflight can not be negative value");
            }
            if (mutating < 0) {
                throw new IllegalArgumentException("--max-mutating-requests-inflight can not be negative value");
            }
            long sum = (long) reading + mutating;
            if (sum < 1 || sum > MOST) {
                throw new IllegalArgumentException("--max-requests-inflight and --max-mutating-requests-inflight: their"
                        + " sum must be between 1 and " + MOST + ", not " + sum);
            }
        }

        /// How many seats flow control shares out.
        public int seats() {
            return reading + mutating;
        }
    }
}
