package dev.longshore.images.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.linux.HostCommands;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DockerConfigTest {

    @TempDir
    Path root;

    @Test
    void whatLoginStoredIsFound() throws Exception {
        // bWU6c2VjcmV0 is me:secret.
        DockerConfig config = config("""
                {"auths": {
                  "registry.example:5000": {"auth": "bWU6c2VjcmV0"},
                  "https://index.docker.io/v1/": {"auth": "bWU6c2VjcmV0", "identitytoken": "t"},
                  "https://old.example/v1/": {"username": "you", "password": "other"}}}
                """);

        assertThat(config.find("registry.example:5000")).isEqualTo(new Credentials("me", "secret", ""));
        assertThat(config.find("docker.io")).isEqualTo(new Credentials("me", "secret", "t"));
        assertThat(config.find("old.example")).isEqualTo(new Credentials("you", "other", ""));
        assertThat(config.find("else.example")).isEqualTo(Credentials.NONE);
    }

    @Test
    void helpersAreAskedInsteadOfTheFile() throws Exception {
        helper("docker-credential-own", "{\"ServerURL\":\"x\",\"Username\":\"own-$server\",\"Secret\":\"s\"}");
        helper("docker-credential-all", "{\"ServerURL\":\"x\",\"Username\":\"<token>\",\"Secret\":\"token\"}");
        DockerConfig config = config("""
                {"auths": {"a.example": {"auth": "bWU6c2VjcmV0"}},
                 "credHelpers": {"a.example": "%s"}, "credsStore": "%s"}
                """.formatted("own", "all"));

        assertThat(config.find("a.example")).isEqualTo(new Credentials("own-a.example", "s", ""));
        assertThat(config.find("b.example")).isEqualTo(new Credentials("", "", "token"));
    }

    @Test
    void brokenFilesAndMissingHelpersMeanNoCredentials() throws Exception {
        assertThat(config("{").find("a.example")).isEqualTo(Credentials.NONE);
        assertThat(config("{\"credsStore\": \"nowhere\"}").find("a.example")).isEqualTo(Credentials.NONE);
        assertThat(config("{\"credsStore\": \"../sh\"}").find("a.example")).isEqualTo(Credentials.NONE);
        assertThat(new DockerConfig(root.resolve("none"), new HostCommands()).find("a.example"))
                .isEqualTo(Credentials.NONE);
    }

    @Test
    void theFileIsWhereDockersClientHasIt() {
        assertThat(DockerConfig.usualFile(Map.of(), Path.of("/home/me"))).hasToString("/home/me/.docker/config.json");
        assertThat(DockerConfig.usualFile(Map.of("DOCKER_CONFIG", "/etc/d"), Path.of("/home/me")))
                .hasToString("/etc/d/config.json");
    }

    private DockerConfig config(String text) throws Exception {
        return new DockerConfig(
                Files.writeString(root.resolve("config.json"), text), new PathCommands(root, new HostCommands()));
    }

    private void helper(String name, String answer) throws Exception {
        Path file = Files.writeString(
                root.resolve(name),
                "#!/bin/sh\n[ \"$1\" = get ] || exit 2\nread server\ncat <<END\n" + answer + "\nEND\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    }

    /// Finds programs in a directory of the test's.
    private record PathCommands(Path directory, HostCommands host) implements dev.longshore.linux.Commands {
        @Override
        public Result run(Command command) throws InterruptedException {
            var arguments = new java.util.ArrayList<>(command.arguments());
            arguments.set(0, directory.resolve(arguments.getFirst()).toString());
            return host.run(new Command(arguments, command.environment(), command.input(), command.limit()));
        }
    }
}
