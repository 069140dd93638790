package dev.longshore.images.distribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.http.Request;
import dev.longshore.images.Image;
import dev.longshore.images.ImageFaultException;
import dev.longshore.images.LocalImages;
import dev.longshore.images.Reference;
import dev.longshore.images.registry.RegistryHandler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What containerd's `hosts.toml` says, with registries that listen.
class HostDirectoryTest {

    @TempDir
    Path root;

    private Registries registries;
    private LocalImages here;
    private LocalImages there;
    private final List<String> asked = new CopyOnWriteArrayList<>();

    @BeforeEach
    void open() throws Exception {
        registries = new Registries(root);
        here = registries.store();
        there = registries.store();
    }

    @AfterEach
    void close() {
        registries.close();
    }

    @Test
    void placesAreAskedInTheirOrderForWhatTheyMayBeAskedFor() throws Exception {
        Image image = Registries.image(there, "team/app:1", 1, 1000);
        String origin = served("origin", "/v2/");
        String first = served("first", "/v2/");
        String second = served("second", "/proxy/");
        hosts(origin.replaceFirst(":(.*)", "_$1_"), """
                server = "http://%s"
                [host."http://%s"]
                  capabilities = ["pull"]
                [host."http://%s/proxy"]
                  capabilities = ["pull", "resolve"]
                  override_path = true
                [host."http://%s/proxy".header]
                  X-Who = ["this node"]
                """.formatted(origin, first, second, second));

        Image pulled = pull(origin + "/team/app:1");

        assertThat(pulled.id()).isEqualTo(image.id());
        assertThat(asked.getFirst()).isEqualTo("second manifests ns=" + origin + " this node");
        assertThat(asked.subList(1, asked.size()))
                .isNotEmpty()
                .allMatch(line -> line.equals("first blobs ns=" + origin + " "));
    }

    @Test
    void theRegistryItselfIsAskedWhenNoPlaceServes() throws Exception {
        Image image = Registries.image(there, "app:1", 1, 1000);
        String origin = served("origin", "/v2/");
        hosts("_default", """
                [host."http://127.0.0.1:1"]
                """);

        assertThat(pull(origin + "/app:1").id()).isEqualTo(image.id());
        assertThat(asked).isNotEmpty().allMatch(line -> line.startsWith("origin ") && line.contains("ns= "));
    }

    @Test
    void whoMayBeAskedForNothingOfTheKindIsNotAsked() throws Exception {
        String origin = served("origin", "/v2/");
        hosts(origin, "capabilities = [\"push\"]");

        assertThatThrownBy(() -> pull(origin + "/app:1")).hasMessageContaining("no resolve hosts: not found");
        assertThat(asked).isEmpty();
    }

    @Test
    void whatIsWrongIsSaidWithTheFile() throws Exception {
        for (String text : List.of(
                "server = ",
                "capabilities = [\"fly\"]",
                "ca = \"nowhere.pem\"",
                "server = \"ftp://there\"",
                "client = [[\"a\", \"b\", \"c\"]]",
                "[header]\nhost = \"x\"",
                "[host.\"\"]")) {
            hosts("_default", text);

            assertThatThrownBy(() -> pull("example.com/app:1"))
                    .as(text)
                    .isInstanceOf(ImageFaultException.class)
                    .hasMessageContaining("hosts.toml: ");
        }
    }

    private void hosts(String registry, String text) throws IOException {
        Path directory = Files.createDirectories(root.resolve("hosts").resolve(registry));
        Files.writeString(directory.resolve("hosts.toml"), text);
    }

    private Image pull(String name) throws Exception {
        return registries
                .client(here, ClientSettings.DEFAULT.withHosts(root.resolve("hosts")))
                .pull(Reference.parse(name), Credentials.NONE, Progress.SILENT);
    }

    /// A registry that speaks its protocol below `path`; what it is asked for is noted.
    private String served(String name, String path) throws IOException {
        var handler = new RegistryHandler(there);
        return registries.serve(request -> {
            if (!request.path().equals("/v2/")) {
                assertThat(request.path()).startsWith(path);
                String rest = request.path().substring(path.length());
                asked.add("%s %s ns=%s %s"
                        .formatted(
                                name,
                                rest.contains("/blobs/") ? "blobs" : "manifests",
                                request.query().first("ns").orElse(""),
                                request.headers().first("X-Who").orElse("")));
                return handler.handle(Request.local(request.method(), "/v2/" + rest, request.headers(), new byte[0]));
            }
            return handler.handle(request);
        });
    }
}
