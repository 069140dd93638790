package dev.longshore.server;

import dev.longshore.apiserver.ApiServer;
import dev.longshore.apiserver.audit.AuditConfigException;
import dev.longshore.apiserver.audit.AuditOptions;
import dev.longshore.apiserver.audit.Auditing;
import dev.longshore.base.Time;
import dev.longshore.cli.CommandFailure;
import dev.longshore.client.Clients;
import dev.longshore.client.Informers;
import dev.longshore.controllers.AddressRange;
import dev.longshore.controllers.ControllerContext;
import dev.longshore.controllers.Controllers;
import dev.longshore.controllers.ServerLease;
import dev.longshore.http.HttpServer;
import dev.longshore.kinds.authentication.SecretTokens;
import dev.longshore.metrics.custom.HttpPods;
import dev.longshore.metrics.custom.PodSource;
import dev.longshore.model.MetricFamily;
import dev.longshore.model.UserInfo;
import dev.longshore.scheduler.Scheduler;
import dev.longshore.server.config.ClusterRecord;
import dev.longshore.server.config.HollowScale;
import dev.longshore.server.identity.Identities;
import dev.longshore.store.EmbeddedStore;
import dev.longshore.store.Store;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// Store, API server, controllers, scheduler.
final class ControlPlane implements AutoCloseable {

    /// The API server itself, where it asks itself as others do.
    static final UserInfo SELF = UserInfo.of("system:apiserver");

    private static final String CONTROLLER_MANAGER = "system:kube-controller-manager";
    private static final String SCHEDULER = "system:kube-scheduler";
    private static final Duration SYNC_LIMIT = Duration.ofSeconds(60);

    private final Store store;
    private final ClusterRecord cluster;
    private final HostAddress host;
    private final Certificates certificates;
    private final Time time;
    private final Duration signing;
    private final Steps steps = new Steps();
    private final Map<String, KubernetesClient> clients = new ConcurrentHashMap<>();
    private final MetricsApis metrics;
    private final Identities identities;
    private final AtRest atRest;
    private final ApiServer server;
    private final Runnable published;
    private Informers informers;

    /// As below, with the settings that are the default.
    ControlPlane(Store store, ClusterRecord cluster, HostAddress host, Certificates certificates, Time time) {
        this(store, cluster, host, certificates, ApiSettings.DEFAULT, time);
    }

    /// Makes the API server over `store`, which it closes in the end; nothing listens yet.
    ///
    /// @param settings of the API server
    ControlPlane(
            Store store,
            ClusterRecord cluster,
            HostAddress host,
            Certificates certificates,
            ApiSettings settings,
            Time time) {
        this.store = store;
        this.cluster = cluster;
        this.host = host;
        this.certificates = certificates;
        this.time = time;
        this.signing = settings.identity().signing();
        steps.started("store", store);
        this.metrics = MetricsApis.of(settings, time);
        this.identities = steps.started("identities", identities(certificates, settings, time));
        Optional<Auditing> audit = audit(settings.audit(), time);
        audit.ifPresent(log -> steps.started("audit log", log));
        this.atRest = steps.started("encryption at rest", new AtRest(settings.atRest(), time, new SecureRandom()));
        this.server = steps.started(
                "API server",
                ApiServers.make(
                        store,
                        cluster,
                        host,
                        certificates,
                        identities,
                        settings,
                        metrics,
                        new ApiServers.Beside(audit, atRest),
                        time,
                        new SecureRandom()));
        identities.start();
        atRest.start();
        this.published = server.health().hook("bootstrap-controller");
    }

    private static Identities identities(Certificates certificates, ApiSettings settings, Time time) {
        try {
            return new Identities(
                    settings.identity(), certificates.tokenKeys(), () -> List.of(certificates.authority()), time);
        } catch (IOException wrong) {
            throw new CommandFailure(wrong.getMessage(), wrong);
        }
    }

    /// @throws CommandFailure when its files cannot be read or written
    private static Optional<Auditing> audit(AuditOptions options, Time time) {
        try {
            return Auditing.of(options, new Auditing.Outside(time, new SecureRandom(), System.out));
        } catch (AuditConfigException wrong) {
            throw new CommandFailure(wrong.getMessage(), wrong);
        }
    }

    /// Tells what `families` says at `/metrics`, too.
    void measure(Supplier<List<MetricFamily>> families) {
        server.measure(families);
    }

    /// Encryption of what is stored.
    AtRest atRest() {
        return atRest;
    }

    /// Listens for clients on all of the host's addresses.
    void listen() throws IOException {
        listen(new InetSocketAddress(cluster.apiPort()));
    }

    /// Listens for clients at `address`.
    void listen(InetSocketAddress address) throws IOException {
        var https = steps.started("HTTPS", new HttpServer("api", server));
        https.listen(address, new HttpServer.Tls(certificates.server(), this::clientAuthorities, false));
    }

    /// Those whose certificates clients are asked for: of clients, and of proxies.
    private List<X509Certificate> clientAuthorities() {
        return Stream.of(
                        identities.clientAuthorities().stream(),
                        Stream.of(certificates.frontProxy().authority()),
                        identities.proxyAuthorities().stream())
                .flatMap(each -> each)
                .toList();
    }

    /// As below, where pods have addresses.
    void startLoops(Path volumes, Optional<AddressRange> balancerRange) throws InterruptedException {
        startLoops(volumes, balancerRange, new HttpPods(Time.system()));
    }

    /// Starts what keeps the cluster's objects true.
    ///
    /// @param volumes where directories for volumes are made
    /// @param balancerRange addresses for Services of type LoadBalancer
    /// @param pods how they are asked for their metrics
    void startLoops(Path volumes, Optional<AddressRange> balancerRange, PodSource pods) throws InterruptedException {
        var loops = new Loops(volumes, balancerRange, pods);
        if (store instanceof EmbeddedStore) {
            startAlone(loops);
        } else {
            startAmongOthers(loops);
        }
    }

    /// What loops are told.
    private record Loops(Path volumes, Optional<AddressRange> balancerRange, PodSource pods) {}

    /// An embedded store has one server: its loops need not be elected, and share what they read.
    private void startAlone(Loops loops) throws InterruptedException {
        ApiEndpoints.publish(client(SELF), List.of(self()));
        published.run();
        informers = new Informers(client(UserInfo.of(CONTROLLER_MANAGER)), time);
        var scheduler = new Scheduler(client(UserInfo.of(SCHEDULER)), informers, time, new SecureRandom());
        ControllerContext context = context(loops, informers);
        var controllers = steps.started("controllers", new Controllers(context));
        steps.started("metrics", metrics).start(informers, certificates, loops.pods);
        controllers.start();
        steps.started("API server's lease", new ServerLease(context)).start();
        steps.started("scheduler", scheduler).start();
    }

    /// Of several servers over one store each serves the API, and one at a time runs the controllers, or the scheduler.
    private void startAmongOthers(Loops loops) throws InterruptedException {
        steps.started("endpoints", new ServerEndpoints(store, client(SELF), self(), time))
                .start();
        published.run();
        informers = steps.started("informers", new Informers(client(UserInfo.of(CONTROLLER_MANAGER)), time));
        steps.started("metrics", metrics).start(informers, certificates, loops.pods);
        informers.start();
        steps.started("API server's lease", new ServerLease(context(loops, informers)))
                .start();
        String identity = host.name() + "_" + UUID.randomUUID();
        elect("kube-controller-manager", identity, CONTROLLER_MANAGER, () -> startControllers(loops));
        elect("kube-scheduler", identity, SCHEDULER, this::startScheduler);
    }

    private void elect(String lease, String identity, String user, Elected.Work work) {
        steps.started(lease, new Elected(lease, identity, client(UserInfo.of(user)), work, new SecureRandom(), time))
                .start();
    }

    private AutoCloseable startControllers(Loops loops) throws InterruptedException {
        var own = new Informers(client(UserInfo.of(CONTROLLER_MANAGER)), time);
        var controllers = new Controllers(context(loops, own));
        try {
            controllers.start();
            return controllers;
        } catch (InterruptedException | RuntimeException failed) {
            controllers.close();
            throw failed;
        }
    }

    private AutoCloseable startScheduler() throws InterruptedException {
        KubernetesClient ours = client(UserInfo.of(SCHEDULER));
        var own = new Informers(ours, time);
        var scheduler = new Scheduler(ours, own, time, new SecureRandom());
        AutoCloseable both = () -> {
            scheduler.close();
            own.close();
        };
        own.start();
        if (!own.awaitSync(SYNC_LIMIT)) {
            scheduler.close();
            own.close();
            throw new IllegalStateException("the scheduler's informers did not sync within " + SYNC_LIMIT);
        }
        scheduler.start();
        return both;
    }

    private ControllerContext context(Loops loops, Informers read) {
        return new ControllerContext(
                name -> client(UserInfo.serviceAccount("kube-system", name, "")),
                read,
                time,
                new SecureRandom(),
                host.name(),
                cluster.podRange(),
                certificates.root(),
                certificates.signer(),
                signing,
                new SecretTokens(identities.tokens().keys()),
                new NodeDirectories(loops.volumes),
                loops.balancerRange);
    }

    private ApiEndpoints.Server self() {
        return new ApiEndpoints.Server(host.address(), cluster.apiPort());
    }

    /// Starts groups of hollow nodes and their autoscaler, after [#startLoops]; whoever asks closes them.
    ///
    /// @param root where nodes keep what they must keep
    HollowScaling scale(HollowScale config, Path root) {
        var scaling = new HollowScaling(
                this,
                config,
                root,
                new HttpServer.Tls(certificates.kubelet(), List.of(certificates.authority())),
                store instanceof EmbeddedStore,
                time);
        scaling.start(informers);
        return scaling;
    }

    /// The client of the user called `name` is needed no longer.
    void release(String name) {
        KubernetesClient client = clients.remove(name);
        if (client != null) {
            client.close();
        }
    }

    /// A client that acts as `user`, closed with the control plane.
    KubernetesClient client(UserInfo user) {
        return clients.computeIfAbsent(user.name(), name -> Clients.inProcess(server, user));
    }

    @Override
    public void close() {
        server.stopping();
        // Informers and loops end before the clients they use, and these before the server.
        steps.closeAbove("API server");
        clients.values().forEach(KubernetesClient::close);
        steps.close();
    }
}
