package dev.longshore.kubelet.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeyringTest {

    @ParameterizedTest
    @CsvSource({
        "https://index.docker.io/v1/, nginx, true",
        "https://index.docker.io/v1/, docker.io/library/nginx:1, true",
        "https://index.docker.io/v1/, registry.example/nginx, false",
        "registry.example:5000, registry.example:5000/a/b:1, true",
        "registry.example:5000, registry.example/a/b:1, false",
        "registry.example/a, registry.example/a/b@sha256:0, true",
        "registry.example/b, registry.example/a/b, false",
        "https://registry.example/v2/a, registry.example/a/b, true",
        "*.example, registry.example/ab, true",
        "*.example, other.registry.example/ab, false",
        "other.example, registry.example/ab, false",
    })
    void knowsPlacesAsDockersConfigurationSpellsThem(String place, String image, boolean isFound) {
        Keyring keyring = Keyring.of(List.of(secret("a", "{'auths':{'" + place + "':{'username':'u'}}}")));

        assertThat(keyring.find(image).isEmpty()).isNotEqualTo(isFound);
    }

    @Test
    void triesTheLongestPlaceFirstAndThenSecretsInTheirOrder() {
        Keyring keyring = Keyring.of(List.of(
                secret("one", "{'auths':{'r.example':{'username':'u1','password':'p'}}}"),
                secret("two", "{'auths':{'r.example/team':{'auth':'dTI6cDpx'},'r.example':{'username':'u3'}}}")));

        assertThat(keyring.find("r.example/team/app:1"))
                .extracting(key -> key.credentials().username() + "/" + ((PullKey.Source.OfSecret) key.source()).name())
                .containsExactly("u2/two", "u1/one", "u3/two");
        assertThat(keyring.find("r.example/team/app:1").getFirst().credentials().password())
                .isEqualTo("p:q");
        assertThat(keyring.find("r.example/other")).hasSize(2);
    }

    @Test
    void readsTheOlderFormAndNoOtherSecrets() {
        String auths = "{'r.example':{'username':'u'}}";
        assertThat(Keyring.of(List.of(secret("kubernetes.io/dockercfg", ".dockercfg", auths)))
                        .find("r.example/a"))
                .hasSize(1);
        assertThat(Keyring.of(List.of(secret("Opaque", ".dockercfg", auths))).find("r.example/a"))
                .isEmpty();
    }

    @Test
    void saysWhichSecretCannotBeReadAndNotWhatIsInIt() {
        assertThatThrownBy(() -> Keyring.of(List.of(secret("bad", "{'auths': hunter2"))))
                .hasMessage("secret default/bad holds no readable registry credentials");
    }

    static Secret secret(String name, String json) {
        return new SecretBuilder(secret("kubernetes.io/dockerconfigjson", ".dockerconfigjson", json))
                .editMetadata()
                .withName(name)
                .withUid("uid-" + name)
                .endMetadata()
                .build();
    }

    private static Secret secret(String type, String key, String json) {
        String data = Base64.getEncoder().encodeToString(json.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
        return new SecretBuilder()
                .withNewMetadata()
                .withName("s")
                .withNamespace("default")
                .endMetadata()
                .withType(type)
                .withData(Map.of(key, data))
                .build();
    }
}
