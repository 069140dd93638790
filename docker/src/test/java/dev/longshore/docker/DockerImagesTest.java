package dev.longshore.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.longshore.base.Json;
import dev.longshore.base.Time;
import dev.longshore.builder.Builder;
import dev.longshore.builder.stage.BaseSource;
import dev.longshore.http.HttpServer;
import dev.longshore.images.Image;
import dev.longshore.images.LocalImages;
import dev.longshore.images.distribution.DistributionClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// What the real `docker` command does with images that are here: import, list, inspect, tag, remove, save, load,
/// prune, count.
class DockerImagesTest {

    private Path root;
    private LocalImages images;
    private DistributionClient client;
    private HttpServer engine;

    private record Ran(int exitCode, String out) {}

    @BeforeEach
    void startAnEngine() throws Exception {
        boolean canRun = "root".equals(System.getProperty("user.name")) && isThere("docker") && isThere("tar");
        assertThat(canRun || !"true".equals(System.getenv("CI"))).isTrue();
        assumeTrue(canRun, "needs root and docker");
        root = Files.createTempDirectory("docker-images-test");
        images = LocalImages.open(root.resolve("store"), "amd64", Time.system());
        client = new DistributionClient(images, Set.of());
        var builder = new Builder(images, (step, out, err) -> 0, BaseSource.localOnly(), Time.system());
        builder.start();
        engine = new HttpServer("docker", new DockerEngine(images, builder, client, "0.1.0", Time.system()));
        engine.listen(root.resolve("docker.sock"));
    }

    @AfterEach
    void stop() throws Exception {
        if (root != null) {
            engine.close();
            client.close();
            run(List.of("rm", "-rf", root.toString()));
        }
    }

    @Test
    void importsAFileSystemWithChangesAndAMessage() throws Exception {
        String id = imported(
                "base:1",
                "hello",
                "-m",
                "from scratch",
                "-c",
                "ENV A=1 B=\"two words\"",
                "-c",
                "CMD [\"cat\", \"file\"]",
                "-c",
                "EXPOSE 80 53/udp",
                "-c",
                "LABEL purpose=test",
                "-c",
                "WORKDIR /srv",
                "-c",
                "HEALTHCHECK --interval=5s CMD true");

        JsonNode shown = inspect("base:1");

        assertThat(shown.path("Id").asString()).isEqualTo(id);
        assertThat(shown.path("Comment").asString()).isEqualTo("from scratch");
        JsonNode config = shown.path("Config");
        assertThat(config.path("Env").toString()).isEqualTo("[\"A=1\",\"B=two words\"]");
        assertThat(config.path("Cmd").toString()).isEqualTo("[\"cat\",\"file\"]");
        assertThat(config.path("ExposedPorts").toString()).isEqualTo("{\"53/udp\":{},\"80/tcp\":{}}");
        assertThat(config.path("WorkingDir").asString()).isEqualTo("/srv");
        assertThat(config.path("Healthcheck").path("Interval").asLong()).isEqualTo(5_000_000_000L);
        assertThat(docker("history", "--no-trunc", "base:1").out()).contains(id, "from scratch");
        assertThat(docker(
                                "import",
                                "-c",
                                "RUN true",
                                root.resolve("nothing.tar").toString(),
                                "bad:1")
                        .exitCode())
                .isNotZero();
    }

    @Test
    void listsInEveryFormThatTheCommandHas() throws Exception {
        String first = imported("app:1", "one");
        docker("tag", "app:1", "registry.example:5000/team/app:prod");
        imported("other:1", "two", "-c", "LABEL a=b");

        assertThat(docker("images").out()).contains("REPOSITORY", "app ", "registry.example:5000/team/app", "prod");
        assertThat(docker("images", "--digests", "--format", "{{.Repository}} {{.Digest}} {{.ID}}")
                        .out())
                .contains("app sha256:")
                .contains(first.substring(7, 19));
        JsonNode line = Json.parse(docker("images", "--no-trunc", "--format", "json", "app:1")
                .out()
                .getBytes(StandardCharsets.UTF_8));
        assertThat(line.path("ID").asString()).isEqualTo(first);
        assertThat(line.path("Size").asString()).isEqualTo("3B");
        assertThat(quiet("label=a=b")).isEqualTo(quiet("reference=other"));
        assertThat(quiet("since=app:1")).isEqualTo(quiet("reference=other:*"));
        assertThat(quiet("before=other:1")).contains(first.substring(7, 19)).doesNotContain(quiet("label=a=b"));
        assertThat(quiet("until=1h")).isEmpty();
        assertThat(docker("images", "-q", "-f", "nonsense=1").out()).contains("invalid filter 'nonsense'");
        assertThat(docker("images", "-q", "-f", "since=none:1").out()).contains("No such image: none:1");
        imported("app:1", "three");
        assertThat(quiet("dangling=true")).isEmpty();
        imported("other:1", "four");
        assertThat(quiet("dangling=true").lines()).hasSize(1);
        assertThat(docker("image", "ls", "--tree").out()).contains("app:1", "linux/amd64");
    }

    @Test
    void removesAsDockerDoes() throws Exception {
        String id = imported("app:1", "one");
        docker("tag", "app:1", "app:2");
        docker("tag", "app:1", "copy:1");

        assertThat(docker("rmi", id.substring(7, 19)).out())
                .contains(
                        "conflict: unable to delete %s (must be forced) - image is referenced in multiple repositories"
                                .formatted(id.substring(7, 19)));
        assertThat(docker("rmi", "copy:1").out()).isEqualTo("Untagged: copy:1\n");
        images.holds().hold("a-container", images.images().get("app:1").id());
        assertThat(docker("rmi", "app:2").out()).isEqualTo("Untagged: app:2\n");
        assertThat(docker("rmi", "app:1").out())
                .contains("conflict: unable to remove repository reference \"app:1\" (must force) - container"
                        + " a-container is using its referenced image " + id.substring(7, 19));
        assertThat(docker("rmi", "-f", "app:1").out())
                .contains("(cannot be forced) - image is being used by running container a-container");
        images.holds().release("a-container");
        assertThat(docker("rmi", "app:1").out()).startsWith("Untagged: app:1\nDeleted: " + id + "\nDeleted: sha256:");
        assertThat(docker("rmi", "app:1").out()).contains("No such image: app:1");
        assertThat(docker("tag", "nothing", "x:1").out()).contains("No such image: nothing");
    }

    @Test
    void savesAndLoadsSeveral() throws Exception {
        String one = imported("one:1", "1");
        String two = imported("two:1", "2");
        Path file = root.resolve("saved.tar");
        assertThat(docker("save", "-o", file.toString(), "one:1", "two:1").exitCode())
                .isZero();
        docker("rmi", "one:1", "two:1");

        Ran loaded = docker("load", "-i", file.toString());

        assertThat(loaded.out()).isEqualTo("Loaded image: one:1\nLoaded image: two:1\n");
        assertThat(inspect("one:1").path("Id").asString()).isEqualTo(one);
        assertThat(inspect("two:1").path("Id").asString()).isEqualTo(two);
        docker("save", "-o", file.toString(), two);
        assertThat(docker("load", "-i", file.toString()).out()).isEqualTo("Loaded image ID: " + two + "\n");
        Files.writeString(file, "no archive".repeat(200));
        assertThat(docker("load", "-i", file.toString()).out()).contains("not a tar archive");
        assertThat(docker("save", "--platform", "linux/arm64", "-o", file.toString(), "one:1")
                        .out())
                .contains("does not match the specified platform (linux/arm64)");
    }

    @Test
    void countsAndPrunes() throws Exception {
        imported("kept:1", "k".repeat(1000));
        imported("gone:1", "g".repeat(2000), "-c", "LABEL old=yes");
        imported("gone:1", "newer");
        Image kept = images.images().get("kept:1");
        images.holds().hold("a-container", kept.id());

        String use = docker("system", "df", "-v").out();
        assertThat(use).containsPattern("kept +1 .* 1kB +0B +1kB +1\\n");
        assertThat(docker(
                                "system",
                                "df",
                                "--format",
                                "{{.Type}} {{.TotalCount}} {{.Active}} {{.Size}} {{.Reclaimable}}")
                        .out())
                .contains("Images 3 1 3.005kB 2.005kB");
        assertThat(docker("image", "prune", "-f", "--filter", "label!=old").out())
                .contains("reclaimed space: 0B");
        assertThat(docker("image", "prune", "-f", "--filter", "until=1h").out()).contains("reclaimed space: 0B");
        assertThat(docker("image", "prune", "-f").out()).contains("Deleted Images", "reclaimed space: 2kB");
        assertThat(docker("image", "prune", "-af").out())
                .contains("untagged: gone:1", "reclaimed space: 5B")
                .doesNotContain("kept");
        assertThat(docker("images", "-q").out().lines()).hasSize(1);
    }

    private String quiet(String filter) throws Exception {
        return docker("images", "-q", "-f", filter).out();
    }

    private JsonNode inspect(String name) throws Exception {
        return Json.parse(docker("inspect", name).out().getBytes(StandardCharsets.UTF_8))
                .get(0);
    }

    /// Imports a file system of one file; returns the image's id.
    private String imported(String name, String content, String... options) throws Exception {
        Path directory = Files.createTempDirectory(root, "fs");
        Files.writeString(directory.resolve("file"), content);
        Path archive = root.resolve("fs.tar");
        run(List.of("tar", "-cf", archive.toString(), "-C", directory.toString(), "file"));
        var arguments = new ArrayList<>(List.of("import"));
        arguments.addAll(List.of(options));
        arguments.addAll(List.of(archive.toString(), name));
        Ran ran = docker(arguments.toArray(String[]::new));
        assertThat(ran.exitCode()).as(ran.out()).isZero();
        return ran.out().strip();
    }

    private Ran docker(String... arguments) throws Exception {
        var command = new ArrayList<>(List.of("docker", "-H", "unix://" + root.resolve("docker.sock")));
        command.addAll(List.of(arguments));
        return run(command);
    }

    private Ran run(List<String> command) throws Exception {
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("DOCKER_CONFIG", root.resolve("config").toString());
        Process process = builder.start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return new Ran(process.exitValue(), out);
    }

    private static boolean isThere(String program) {
        for (String directory : System.getenv("PATH").split(":", -1)) {
            if (Files.isExecutable(Path.of(directory, program))) {
                return true;
            }
        }
        return false;
    }
}
