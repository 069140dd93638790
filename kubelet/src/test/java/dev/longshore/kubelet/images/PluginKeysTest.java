package dev.longshore.kubelet.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.base.ManualTime;
import dev.longshore.kubelet.configuration.ConfigurationException;
import dev.longshore.kubelet.pods.FakeCluster;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Real programs, as scripts, that write down what they are asked.
class PluginKeysTest {

    private static final Pod POD = new PodBuilder()
            .withNewMetadata()
            .withName("web")
            .withNamespace("default")
            .withUid("uid-web")
            .endMetadata()
            .withNewSpec()
            .withServiceAccountName("robot")
            .endSpec()
            .build();

    private static final String PROVIDER = """
            apiVersion: kubelet.config.k8s.io/v1
            kind: CredentialProviderConfig
            providers:
            - name: giver
              apiVersion: credentialprovider.kubelet.k8s.io/v1
              defaultCacheDuration: 10m
              matchImages: ["*.registry.example", "docker.io"]
              args: ["get"]
              env: [{name: WHO, value: me}]
            """;

    @TempDir
    Path directory;

    private final ManualTime time = new ManualTime();
    private final FakeCluster cluster = new FakeCluster();

    @BeforeEach
    void makeAnAccount() {
        cluster.accounts.put(
                "robot",
                new ServiceAccountBuilder()
                        .withNewMetadata()
                        .withName("robot")
                        .withNamespace("default")
                        .withUid("uid-robot")
                        .addToAnnotations("role", "puller")
                        .endMetadata()
                        .build());
    }

    @Test
    void aProgramIsAskedForItsImagesOnlyAndToldWhichOne() throws IOException {
        PluginKeys keys = keys(PROVIDER, answer("Image", ""));

        assertThat(keys.find(POD, "other.example/app:1")).isEmpty();
        List<PullKey> found = keys.find(POD, "a.registry.example/team/app:1");

        assertThat(found).hasSize(1);
        assertThat(found.getFirst().credentials().username()).isEqualTo("me");
        assertThat(found.getFirst().credentials().password()).isEqualTo("open");
        assertThat(found.getFirst().source()).isEqualTo(new PullKey.Source.OfNode());
        assertThat(asked())
                .containsExactly("get {\"kind\":\"CredentialProviderRequest\","
                        + "\"apiVersion\":\"credentialprovider.kubelet.k8s.io/v1\","
                        + "\"image\":\"a.registry.example/team/app\"}");
    }

    @Test
    void namesOfDockerHubAreSpelledOut() throws IOException {
        keys(PROVIDER, answer("Image", "")).find(POD, "nginx");

        assertThat(asked().getFirst()).contains("\"image\":\"docker.io/library/nginx\"");
    }

    @Test
    void anAnswerIsKeptForWhatItIsGoodForAndForAsLongAsItSays() throws IOException {
        PluginKeys keys = keys(PROVIDER, answer("Registry", "\"cacheDuration\":\"1m\","));

        keys.find(POD, "a.registry.example/app");
        assertThat(keys.find(POD, "a.registry.example/other")).hasSize(1);
        assertThat(asked()).hasSize(1);
        keys.find(POD, "b.registry.example/app");
        assertThat(asked()).hasSize(2);
        time.advance(Duration.ofSeconds(61));
        keys.find(POD, "a.registry.example/app");
        assertThat(asked()).hasSize(3);
    }

    @Test
    void anAnswerThatMustNotBeKeptIsNot() throws IOException {
        PluginKeys keys = keys(PROVIDER, answer("Global", "\"cacheDuration\":\"0s\","));

        keys.find(POD, "a.registry.example/app");
        keys.find(POD, "a.registry.example/app");

        assertThat(asked()).hasSize(2);
    }

    @Test
    void whatAFailingProgramSaysGivesNothing() throws IOException {
        assertThat(keys(PROVIDER, "echo broken >&2; exit 3").find(POD, "a.registry.example/app"))
                .isEmpty();
        assertThat(keys(PROVIDER, "echo '{\"kind\":\"Other\"}'").find(POD, "a.registry.example/app"))
                .isEmpty();
        assertThat(keys(PROVIDER, answer("Moon", "")).find(POD, "a.registry.example/app"))
                .isEmpty();
    }

    @Test
    void aProgramMayBeToldOfTheServiceAccount() throws IOException {
        String provider = PROVIDER + """
              tokenAttributes:
                serviceAccountTokenAudience: registry
                cacheType: ServiceAccount
                requireServiceAccount: true
                requiredServiceAccountAnnotationKeys: [role]
            """;
        PluginKeys keys = keys(provider, answer("Image", ""));

        List<PullKey> found = keys.find(POD, "a.registry.example/app");

        assertThat(found.getFirst().source())
                .isEqualTo(new PullKey.Source.OfServiceAccount("uid-robot", "default", "robot"));
        assertThat(asked().getFirst())
                .contains("\"serviceAccountToken\":\"token-1\"")
                .contains("\"serviceAccountAnnotations\":{\"role\":\"puller\"}");
        // A new token is made each time; what is kept for the account is found all the same.
        assertThat(keys.find(POD, "a.registry.example/app")).hasSize(1);
        assertThat(asked()).hasSize(1);

        cluster.accounts.get("robot").getMetadata().setAnnotations(java.util.Map.of());
        assertThat(keys.find(POD, "a.registry.example/app")).isEmpty();
    }

    @Test
    void aTokenThatComesBackAsThePasswordIsRefusedUnlessItIsKeptByToken() throws IOException {
        String provider = PROVIDER + """
              tokenAttributes:
                serviceAccountTokenAudience: registry
                cacheType: ServiceAccount
                requireServiceAccount: true
            """;
        String echo = "echo '{\"kind\":\"CredentialProviderResponse\","
                + "\"apiVersion\":\"credentialprovider.kubelet.k8s.io/v1\",\"cacheKeyType\":\"Image\",\"auth\":"
                + "{\"a.registry.example\":{\"username\":\"u\",\"password\":\"token-%d\"}}}'";

        assertThat(keys(provider, echo.formatted(1)).find(POD, "a.registry.example/app"))
                .isEmpty();
        assertThat(keys(provider.replace("cacheType: ServiceAccount", "cacheType: Token"), echo.formatted(2))
                        .find(POD, "a.registry.example/app"))
                .hasSize(1);
    }

    @Test
    void whatIsWrongWithTheConfigurationIsSaidInTheKubeletsWords() throws IOException {
        assertWrong(
                PROVIDER.replace("name: giver", "name: a/b"),
                "failed to validate credential provider config: providers.name: Invalid value: \"a/b\": provider name"
                        + " cannot contain '/'");
        assertWrong(
                PROVIDER.replace("  defaultCacheDuration: 10m\n", ""),
                "failed to validate credential provider config: providers.defaultCacheDuration: Required value");
        assertWrong(
                PROVIDER.replace("io/v1\n  def", "io/v9\n  def"),
                "failed to validate credential provider config: providers.apiVersion: Unsupported value:"
                        + " \"credentialprovider.kubelet.k8s.io/v9\": supported values:"
                        + " \"credentialprovider.kubelet.k8s.io/v1\", \"credentialprovider.kubelet.k8s.io/v1alpha1\","
                        + " \"credentialprovider.kubelet.k8s.io/v1beta1\"");
        assertWrong(
                PROVIDER.replace("name: giver", "name: absent"),
                "plugin binary executable %s did not exist".formatted(directory.resolve("bin/absent")));
    }

    private void assertWrong(String text, String message) throws IOException {
        assertThatThrownBy(() -> keys(text, "true"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage(message);
    }

    private PluginKeys keys(String configuration, String script) throws IOException {
        Path bin = Files.createDirectories(directory.resolve("bin"));
        Path program = bin.resolve("giver");
        Files.writeString(
                program,
                "#!/bin/sh\nread -r request || :\necho \"$1 $request\" >> %s\n%s\n"
                        .formatted(directory.resolve("asked"), script));
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
        Path file = Files.writeString(directory.resolve("providers.yaml"), configuration);
        return new PluginKeys(CredentialProviders.read(file, bin), cluster, time);
    }

    private static String answer(String scope, String more) {
        return """
                cat <<END
                {"kind":"CredentialProviderResponse","apiVersion":"credentialprovider.kubelet.k8s.io/v1",%s
                "cacheKeyType":"%s","auth":{"*.registry.example":{"username":"$WHO","password":"open"},
                "docker.io":{"username":"$WHO","password":"open"}}}
                END""".formatted(more, scope);
    }

    private List<String> asked() throws IOException {
        Path file = directory.resolve("asked");
        return Files.exists(file) ? Files.readAllLines(file) : List.of();
    }
}
