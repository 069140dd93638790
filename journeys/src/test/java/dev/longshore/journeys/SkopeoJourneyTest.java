package dev.longshore.journeys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.base.Digest;
import dev.longshore.base.Time;
import dev.longshore.images.Image;
import dev.longshore.images.ImageConfig;
import dev.longshore.images.LocalImages;
import dev.longshore.images.MediaTypes;
import dev.longshore.images.Reference;
import dev.longshore.images.distribution.ClientSettings;
import dev.longshore.images.distribution.CredentialSource;
import dev.longshore.images.distribution.Credentials;
import dev.longshore.images.distribution.DistributionClient;
import dev.longshore.images.distribution.Progress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Real `skopeo` and our own client against our registry with TLS and users, by passwords and by tokens.
class SkopeoJourneyTest {

    @TempDir
    Path root;

    @ParameterizedTest
    @ValueSource(strings = {"basic", "token"})
    void skopeoSignsInPushesPullsListsAndDeletes(String method) throws Exception {
        try (var registry = GuardedRegistry.open(root, method)) {
            Image image = image(registry.images(), "public/app:1");
            Path login = root.resolve("auth.json");
            Shell shell = new Shell(root, Map.of("REGISTRY_AUTH_FILE", login.toString()));
            String certificates =
                    registry.certificates().resolve(registry.encrypted()).toString();
            String there = "docker://" + registry.encrypted();
            Path folder = Files.createDirectory(root.resolve("folder"));

            // Anonymously, what everybody may pull.
            shell.run("skopeo", "copy", "--src-cert-dir", certificates, there + "/public/app:1", "dir:" + folder)
                    .succeeded();
            assertThat(shell.run(
                                    "skopeo",
                                    "copy",
                                    "--dest-cert-dir",
                                    certificates,
                                    "dir:" + folder,
                                    there + "/team/app:1")
                            .err())
                    .containsPattern("unauthorized|denied|authentication required");

            assertThat(shell.runWith(
                                    "wrong",
                                    "skopeo",
                                    "login",
                                    "--cert-dir",
                                    certificates,
                                    "-u",
                                    "alice",
                                    "--password-stdin",
                                    registry.encrypted())
                            .exit())
                    .isNotZero();
            shell.runWith(
                            "wonder",
                            "skopeo",
                            "login",
                            "--cert-dir",
                            certificates,
                            "-u",
                            "alice",
                            "--password-stdin",
                            registry.encrypted())
                    .succeeded();
            shell.run("skopeo", "copy", "--dest-cert-dir", certificates, "dir:" + folder, there + "/team/app:1")
                    .succeeded();
            shell.run(
                            "skopeo",
                            "copy",
                            "--dest-cert-dir",
                            certificates,
                            "--format",
                            "v2s2",
                            "dir:" + folder,
                            there + "/team/app:docker")
                    .succeeded();
            assertThat(shell.run("skopeo", "list-tags", "--cert-dir", certificates, there + "/team/app")
                            .succeeded()
                            .out())
                    .contains("\"1\"", "\"docker\"");
            assertThat(shell.run("skopeo", "inspect", "--cert-dir", certificates, there + "/team/app:1")
                            .succeeded()
                            .out())
                    .contains(image.target().toString());
            Path back = Files.createDirectory(root.resolve("back"));
            shell.run("skopeo", "copy", "--src-cert-dir", certificates, there + "/team/app:docker", "dir:" + back)
                    .succeeded();
            shell.run("skopeo", "delete", "--cert-dir", certificates, there + "/team/app:docker")
                    .succeeded();

            assertThat(registry.images().images().get("team/app:1").id()).isEqualTo(image.id());
            assertThat(registry.images().images().find("team/app:docker")).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"basic", "token"})
    void ourClientTrustsARegistryByItsOwnAuthorityOnly(String method) throws Exception {
        try (var registry = GuardedRegistry.open(root, method)) {
            LocalImages here = LocalImages.open(root.resolve("here"), System.getProperty("os.arch"), Time.system());
            String name = registry.encrypted() + "/team/app:1";
            Image image = image(here, name);
            var alice = new Credentials("alice", "wonder", "");
            var bob = new Credentials("bob", "builder", "");
            var trusting = ClientSettings.DEFAULT.withCertificates(registry.certificates());
            Path strange = Files.createDirectories(root.resolve("strange"));
            Files.createDirectories(strange.resolve(registry.encrypted()));
            var distrusting = ClientSettings.DEFAULT.withCertificates(strange);

            try (var client = new DistributionClient(here, trusting, CredentialSource.NONE)) {
                client.push(Reference.parse(name), alice, Progress.SILENT);
                assertThat(client.pull(Reference.parse(name), bob, Progress.SILENT)
                                .id())
                        .isEqualTo(image.id());
                assertThatThrownBy(() -> client.push(Reference.parse(name), bob, Progress.SILENT))
                        .hasMessageMatching("(?s).*40[13].*");
            }
            try (var client = new DistributionClient(here, distrusting, CredentialSource.NONE)) {
                assertThatThrownBy(() -> client.pull(Reference.parse(name), alice, Progress.SILENT))
                        .hasMessageContaining("is not trusted");
            }
        }
    }

    static Image image(LocalImages images, String name) throws Exception {
        // A layer that is a whole tar archive: two blocks of nothing.
        byte[] layer = new byte[1024];
        var empty = ImageConfig.empty(images.images().platform());
        var config = new ImageConfig(
                empty.platform(), empty.created(), "", empty.run(), List.of(Digest.sha256(layer)), List.of());
        try (var lease = images.content().leases().open()) {
            lease.keep(Digest.sha256(layer));
            var stored = images.content().put(MediaTypes.OCI_LAYER, layer);
            images.images().tag(Reference.parse(name), images.images().assemble(config, List.of(stored), lease));
        }
        return images.images().get(name);
    }
}
