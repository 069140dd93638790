package dev.longshore.server;

import dev.longshore.base.Time;
import dev.longshore.builder.Builder;
import dev.longshore.builder.stage.BaseSource;
import dev.longshore.builder.stage.RegistryBases;
import dev.longshore.cli.DataDirectory;
import dev.longshore.cli.Versions;
import dev.longshore.docker.ContainerHost;
import dev.longshore.docker.DockerEngine;
import dev.longshore.http.HttpServer;
import dev.longshore.images.BaseImages;
import dev.longshore.images.LocalImages;
import dev.longshore.images.distribution.ClientSettings;
import dev.longshore.images.distribution.CredentialSource;
import dev.longshore.images.distribution.DistributionClient;
import dev.longshore.images.distribution.DockerConfig;
import dev.longshore.images.distribution.Proxies;
import dev.longshore.images.registry.config.RegistryConfig;
import dev.longshore.images.registry.service.RegistryService;
import dev.longshore.linux.Commands;
import dev.longshore.runtime.OneShot;
import dev.longshore.server.config.ClusterRecord;
import dev.longshore.server.pki.ClusterKeys;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;

/// Images and all ways to them: the store, the registry, the builder, the Docker Engine API.
final class Packaging implements AutoCloseable {

    private final DataDirectory directory;
    private final ClusterRecord cluster;
    private final Time time;
    private final LocalImages images;
    private final DistributionClient registries;
    private final RegistryConfig registry;
    private final ClusterKeys keys;
    private final Steps steps = new Steps();
    private DockerEngine engine;

    private Packaging(
            DataDirectory directory,
            ClusterRecord cluster,
            RegistryConfig registry,
            ClusterKeys keys,
            LocalImages images,
            Commands commands,
            Time time) {
        this.directory = directory;
        this.cluster = cluster;
        this.time = time;
        this.images = images;
        this.registry = registry;
        this.keys = keys;
        var keyring = new DockerConfig(
                DockerConfig.usualFile(System.getenv(), Path.of(System.getProperty("user.home"))), commands);
        ClientSettings settings = ClientSettings.DEFAULT
                .withMirrors(registry.mirrors())
                .withInsecure(registry.insecure())
                .withProxies(Proxies.of(System.getenv()));
        this.registries = steps.started("registry client", new DistributionClient(images, settings, keyring));
    }

    /// Opens the store, with the base image in it.
    static Packaging open(
            DataDirectory directory,
            ClusterRecord cluster,
            RegistryConfig registry,
            ClusterKeys keys,
            Commands commands,
            Time time)
            throws IOException, InterruptedException {
        LocalImages images = LocalImages.open(directory.node().resolve("images"), System.getProperty("os.arch"), time);
        images.images().serveAs("127.0.0.1:" + cluster.registryPort());
        BaseImages.ofHost(images).busybox();
        return new Packaging(directory, cluster, registry, keys, images, commands, time);
    }

    LocalImages images() {
        return images;
    }

    DistributionClient registries() {
        return registries;
    }

    /// Opens registry and Docker socket; RUN steps go through `oneShot`.
    void serve(OneShot oneShot, HostAddress host, long buildCacheBytes, ContainerHost containers)
            throws IOException, InterruptedException {
        serveRegistry(host);
        var builder = new Builder(images, oneShot, bases(), buildCacheBytes, time);
        builder.start();
        engine = steps.started(
                "containers", new DockerEngine(images, builder, registries, Versions.LONGSHORE, time, containers));
        engine.start();
        steps.started("docker", new HttpServer("docker", engine)).listen(directory.dockerSocket());
    }

    /// Ends the engine's containers, gracefully within `most`.
    void stopContainers(Duration most) throws InterruptedException {
        if (engine != null) {
            engine.stopContainers(most);
        }
    }

    private void serveRegistry(HostAddress host) throws IOException {
        var randomness = new SecureRandom();
        RegistryService service =
                steps.started("registry sweeper", RegistryService.of(registry, images, registries, randomness));
        var inside = steps.started("registry", new HttpServer("registry", service.inside()));
        inside.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), cluster.registryPort()));
        if (registry.listen().isPresent()) {
            RegistryConfig.Listen listen = registry.listen().get();
            var outside = steps.started("outer registry", new HttpServer("outer-registry", service.outside()));
            outside.listen(listen.address(), new HttpServer.Tls(RegistryIdentity.of(listen, keys, host), List.of()));
        }
        service.start();
    }

    @Override
    public void close() {
        steps.close();
    }

    private BaseSource bases() {
        return new RegistryBases(images, registries, CredentialSource.NONE, BaseImages.BUSYBOX.domain());
    }
}
