package dev.longshore.server;

import dev.longshore.base.Time;
import dev.longshore.builder.Builder;
import dev.longshore.builder.stage.BaseSource;
import dev.longshore.cli.DataDirectory;
import dev.longshore.cli.Versions;
import dev.longshore.docker.DockerEngine;
import dev.longshore.http.HttpServer;
import dev.longshore.images.BaseImages;
import dev.longshore.images.LocalImages;
import dev.longshore.images.Reference;
import dev.longshore.images.distribution.Credentials;
import dev.longshore.images.distribution.DistributionClient;
import dev.longshore.images.registry.RegistryHandler;
import dev.longshore.runtime.OneShot;
import dev.longshore.server.config.ClusterRecord;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Set;

/// Images and all ways to them: the store, the registry, the builder, the Docker Engine API.
final class Packaging implements AutoCloseable {

    private final DataDirectory directory;
    private final ClusterRecord cluster;
    private final Time time;
    private final LocalImages images;
    private final DistributionClient registries;
    private final Steps steps = new Steps();

    private Packaging(DataDirectory directory, ClusterRecord cluster, LocalImages images, Time time) {
        this.directory = directory;
        this.cluster = cluster;
        this.time = time;
        this.images = images;
        this.registries = steps.started("registry client", new DistributionClient(images, Set.of()));
    }

    /// Opens the store, with the base image in it.
    static Packaging open(DataDirectory directory, ClusterRecord cluster, Time time)
            throws IOException, InterruptedException {
        LocalImages images = LocalImages.open(directory.node().resolve("images"), System.getProperty("os.arch"), time);
        images.images().serveAs("127.0.0.1:" + cluster.registryPort());
        BaseImages.ofHost(images).busybox();
        return new Packaging(directory, cluster, images, time);
    }

    LocalImages images() {
        return images;
    }

    DistributionClient registries() {
        return registries;
    }

    /// Opens registry and Docker socket; RUN steps go through `oneShot`.
    void serve(OneShot oneShot) throws IOException {
        var registry = steps.started("registry", new HttpServer("registry", new RegistryHandler(images)));
        registry.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), cluster.registryPort()));
        var builder = new Builder(images, oneShot, bases(), time);
        builder.start();
        var engine = steps.started(
                "docker",
                new HttpServer("docker", new DockerEngine(images, builder, registries, Versions.LONGSHORE, time)));
        engine.listen(directory.dockerSocket());
    }

    @Override
    public void close() {
        steps.close();
    }

    private BaseSource bases() {
        return (name, here, progress) -> {
            if (here.isPresent() && Reference.parse(name).domain().equals(BaseImages.BUSYBOX.domain())) {
                return here.get();
            }
            return registries.pull(
                    Reference.parse(name),
                    Credentials.NONE,
                    (id, status, done, total) -> progress.accept((id.isEmpty() ? "" : id + ": ") + status + "\n"));
        };
    }
}
