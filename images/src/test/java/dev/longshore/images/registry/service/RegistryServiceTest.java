package dev.longshore.images.registry.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.base.Time;
import dev.longshore.http.Handler;
import dev.longshore.http.Headers;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import dev.longshore.images.ImageConfig;
import dev.longshore.images.LocalImages;
import dev.longshore.images.Reference;
import dev.longshore.images.distribution.DistributionClient;
import dev.longshore.images.registry.config.RegistryConfigFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import org.bouncycastle.crypto.generators.OpenBSDBCrypt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RegistryServiceTest {

    private static final Headers ME = Headers.of(
            "Authorization",
            "Basic " + Base64.getEncoder().encodeToString("me:secret".getBytes(StandardCharsets.UTF_8)));

    @TempDir
    Path root;

    private LocalImages images;
    private DistributionClient client;

    @BeforeEach
    void open() throws Exception {
        images = LocalImages.open(root.resolve("store"), "amd64", Time.system());
        client = new DistributionClient(images, Set.of());
        try (var lease = images.content().leases().open()) {
            images.images()
                    .tag(
                            Reference.parse("app:1"),
                            images.images()
                                    .assemble(ImageConfig.empty(images.images().platform()), List.of(), lease));
        }
        Files.writeString(
                root.resolve("users"),
                "me:" + OpenBSDBCrypt.generate("2y", "secret".toCharArray(), new byte[16], 4) + "\n");
    }

    @AfterEach
    void close() {
        client.close();
    }

    @Test
    void withoutAFileThisMachineGetsInAndNobodyElse() throws Exception {
        try (var service = service("{}")) {
            assertThat(status(service.inside(), "/v2/app/tags/list", Headers.EMPTY))
                    .isEqualTo(200);
            assertThat(status(service.outside(), "/v2/app/tags/list", Headers.EMPTY))
                    .isEqualTo(403);
            assertThat(status(service.outside(), "/v2/", ME)).isEqualTo(403);
            assertThat(status(service.outside(), "/token", ME)).isEqualTo(404);
        }
    }

    @Test
    void othersShowPasswordsAndThisMachineNeedNot() throws Exception {
        try (var service = service("auth: {htpasswd: users}")) {
            assertThat(status(service.outside(), "/v2/app/tags/list", Headers.EMPTY))
                    .isEqualTo(401);
            assertThat(status(service.outside(), "/v2/app/tags/list", ME)).isEqualTo(200);
            assertThat(status(service.outside(), "/token?service=longshore-registry", ME))
                    .isEqualTo(200);
            assertThat(status(service.inside(), "/v2/app/tags/list", Headers.EMPTY))
                    .isEqualTo(200);
        }
    }

    @Test
    void thisMachineShowsPasswordsIfThatIsWanted() throws Exception {
        try (var service = service("auth: {htpasswd: users, loopback: true, method: basic}")) {
            assertThat(status(service.inside(), "/v2/app/tags/list", Headers.EMPTY))
                    .isEqualTo(401);
            assertThat(status(service.inside(), "/v2/app/tags/list", ME)).isEqualTo(200);
        }
    }

    @Test
    void metricsAreForThisMachine() throws Exception {
        try (var service = service("auth: {htpasswd: users}")) {
            status(service.outside(), "/v2/app/tags/list", ME);
            Response metrics = service.inside().handle(request("/metrics", Headers.EMPTY));

            assertThat(new String(((Response.Full) metrics).body(), StandardCharsets.UTF_8))
                    .contains(
                            "registry_http_requests_total{code=\"200\",handler=\"tags\",method=\"get\"} 1",
                            "registry_repositories 1\n",
                            "registry_tags 1\n",
                            "# TYPE registry_storage_bytes gauge\n");
            assertThat(status(service.outside(), "/metrics", ME)).isEqualTo(404);
        }
    }

    private RegistryService service(String config) throws Exception {
        Path file = Files.writeString(root.resolve("registry.yaml"), config);
        return RegistryService.of(RegistryConfigFile.read(file), images, client, new SecureRandom());
    }

    private static int status(Handler handler, String target, Headers headers) throws Exception {
        return handler.handle(request(target, headers)).status();
    }

    private static Request request(String target, Headers headers) {
        return Request.local("GET", target, headers, new byte[0]);
    }
}
