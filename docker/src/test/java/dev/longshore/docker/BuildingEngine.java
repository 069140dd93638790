package dev.longshore.docker;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.longshore.base.Time;
import dev.longshore.builder.Builder;
import dev.longshore.builder.stage.BaseSource;
import dev.longshore.http.HttpServer;
import dev.longshore.images.LocalImages;
import dev.longshore.images.distribution.DistributionClient;
import dev.longshore.images.registry.RegistryHandler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// An engine on a socket that builds, and a registry elsewhere. RUN steps do nothing.
final class BuildingEngine implements AutoCloseable {

    final LocalImages elsewhere;
    final String registry;
    private final Path root;
    private final HttpServer server;
    private LocalImages images;
    private DistributionClient client;
    private HttpServer engine;

    BuildingEngine() throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
        root = Files.createTempDirectory("building-engine");
        elsewhere = LocalImages.open(root.resolve("elsewhere"), "amd64", Time.system());
        server = new HttpServer("registry", new RegistryHandler(elsewhere));
        registry = "127.0.0.1:" + server.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        open();
    }

    LocalImages images() {
        return images;
    }

    DistributionClient client() {
        return client;
    }

    Path socket() {
        return root.resolve("docker.sock");
    }

    List<JsonNode> build(String dockerfile, String... parameters) throws IOException {
        return BuildExchange.build(socket(), dockerfile, parameters);
    }

    /// Begins anew with nothing.
    void forget() throws Exception {
        shut();
        delete(root.resolve("store"));
        open();
    }

    private void open() throws Exception {
        images = LocalImages.open(root.resolve("store"), "amd64", Time.system());
        var builder = new Builder(images, (step, out, err) -> 0, BaseSource.localOnly(), Time.system());
        builder.start();
        client = new DistributionClient(images, Set.of());
        engine = new HttpServer("docker", new DockerEngine(images, builder, client, "0.1.0", Time.system()));
        engine.listen(socket());
    }

    private void shut() {
        engine.close();
        client.close();
    }

    private static void delete(Path directory) throws IOException {
        new ProcessBuilder("rm", "-rf", directory.toString()).start().onExit().join();
    }

    @Override
    public void close() throws IOException {
        shut();
        server.close();
        delete(root);
    }
}
