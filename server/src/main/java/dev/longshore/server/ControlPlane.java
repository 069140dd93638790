package dev.longshore.server;

import dev.longshore.apiserver.ApiServer;
import dev.longshore.base.Time;
import dev.longshore.cli.DataDirectory;
import dev.longshore.client.Clients;
import dev.longshore.client.Informers;
import dev.longshore.controllers.ControllerContext;
import dev.longshore.controllers.Controllers;
import dev.longshore.http.Handler;
import dev.longshore.http.HttpServer;
import dev.longshore.model.UserInfo;
import dev.longshore.scheduler.Scheduler;
import dev.longshore.server.config.ClusterRecord;
import dev.longshore.server.pki.Pem;
import dev.longshore.store.Store;
import dev.longshore.store.Stores;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Store, API server, controllers, scheduler.
final class ControlPlane implements AutoCloseable {

    private final ClusterRecord cluster;
    private final HostAddress host;
    private final Certificates certificates;
    private final Time time;
    private final Steps steps = new Steps();
    private final Map<String, KubernetesClient> clients = new ConcurrentHashMap<>();
    private final ApiServer server;

    /// Opens the store and makes the API server over it; nothing listens yet.
    ControlPlane(
            DataDirectory directory, ClusterRecord cluster, HostAddress host, Certificates certificates, Time time) {
        this.cluster = cluster;
        this.host = host;
        this.certificates = certificates;
        this.time = time;
        Store store = steps.started("store", Stores.embedded(directory.store(), time));
        this.server = steps.started(
                "API server", ApiServers.make(store, cluster, host, certificates, time, new SecureRandom()));
    }

    /// Listens for clients.
    void listen() throws IOException {
        var https = steps.started("HTTPS", new HttpServer("api", server));
        https.listen(
                new InetSocketAddress(cluster.apiPort()),
                new HttpServer.Tls(() -> Certificates.tls(certificates.server()), List.of(certificates.authority())));
    }

    /// Starts what keeps the cluster's objects true.
    void startLoops() throws InterruptedException {
        KubernetesClient ours = client(UserInfo.of("system:apiserver", UserInfo.MASTERS));
        ApiEndpoints.publish(ours, host.address(), cluster.apiPort());
        var informers = new Informers(client(UserInfo.of("system:kube-controller-manager")), time);
        var scheduler =
                new Scheduler(client(UserInfo.of("system:kube-scheduler")), informers, time, new SecureRandom());
        var controllers = steps.started(
                "controllers",
                new Controllers(new ControllerContext(
                        name -> client(UserInfo.serviceAccount("kube-system", name, "")),
                        informers,
                        time,
                        new SecureRandom(),
                        cluster.podRange(),
                        Pem.of(List.of(certificates.authority())))));
        controllers.start();
        steps.started("scheduler", scheduler).start();
    }

    /// The API, within this process.
    Handler handler() {
        return server;
    }

    /// A client that acts as `user`, closed with the control plane.
    KubernetesClient client(UserInfo user) {
        return clients.computeIfAbsent(user.name(), name -> Clients.inProcess(server, user));
    }

    @Override
    public void close() {
        // Informers and loops end before the clients they use, and these before the server.
        steps.closeAbove("API server");
        clients.values().forEach(KubernetesClient::close);
        steps.close();
    }
}
