package dev.longshore.apiserver.encryption;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.model.GroupResource;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EncryptionConfigurationTest {

    private static final String HEAD = "{apiVersion: apiserver.config.k8s.io/v1, kind: EncryptionConfiguration, ";

    private static Encryption parse(String resources) {
        return EncryptionConfiguration.parse(HEAD + "resources: [" + resources + "]}", new SecureRandom());
    }

    @Test
    void theFirstEntryThatTakesAResourceCounts() {
        Encryption encryption = parse("{resources: [secrets, widgets.example.com], providers: [{identity: {}}, {aesgcm:"
                + " {keys: [{name: a, secret: b2xkIGtleSBvZiAxNiBieQ==}]}}]}, {resources: ['*.'], providers: [{aescbc: {keys:"
                + " [{name: b, secret: b2xkIGtleSBvZiAxNiBieQ==}]}}]}");

        assertThat(names(encryption, "", "secrets")).containsExactly("identity", "aesgcm:v1:a");
        assertThat(names(encryption, "example.com", "widgets")).containsExactly("identity", "aesgcm:v1:a");
        assertThat(names(encryption, "", "configmaps")).containsExactly("aescbc:v1:b");
        assertThat(names(encryption, "apps", "deployments")).containsExactly("identity");
    }

    private static List<String> names(Encryption encryption, String group, String resource) {
        return encryption.of(new GroupResource(group, resource)).seals().stream()
                .map(Seal::name)
                .toList();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "| resources: Required value: at least one resources is required",
                "{resources: [], providers: [{identity: {}}]} | resources[0].resources: Required value: at least one resources[0].resources is required",
                "{resources: [a], providers: []} | resources[0].providers: Required value: at least one resources[0].providers is required",
                "{resources: [Secrets], providers: [{identity: {}}]} | resources[0].resources[0]: Invalid value: \"Secrets\": resource name should not contain capital letters",
                "{resources: ['*'], providers: [{identity: {}}]} | use '*.' to encrypt all the resources from core API group or *.* to encrypt all resources",
                "{resources: [a, '*.'], providers: [{identity: {}}]} | overlapping resources such as 'secrets' and '*.'",
                "{resources: [a, '*.*'], providers: [{identity: {}}]} | overlapping resources such as 'secrets' and '*.'",
                "{resources: [a, a], providers: [{identity: {}}]} | the same resource cannot be specified multiple times",
                "{resources: [pods.*], providers: [{identity: {}}]} | encrypting the same resource across groups is not supported",
                "{resources: ['*.events.k8s.io'], providers: [{identity: {}}]} | Use 'events' instead in the config file",
                "{resources: [a], providers: [{}]} | provider does not contain any of the expected providers",
                "{resources: [a], providers: [{identity: {}, aesgcm: {}}]} | should split into different list elements",
                "{resources: [a], providers: [{aesgcm: {keys: []}}]} | resources[0].providers[0].aesgcm.keys: Required value: at least one keys is required",
                "{resources: [a], providers: [{aesgcm: {keys: [{secret: b2xkIGtleSBvZiAxNiBieQ==}]}}]} | keys[0].name: Required value: name is a mandatory field for a key",
                "{resources: [a], providers: [{aescbc: {keys: [{name: n}]}}]} | keys[0].secret: Required value: secret is a mandatory field for a key",
                "{resources: [a], providers: [{aesgcm: {keys: [{name: n, secret: '%%'}]}}]} | Invalid value: \"REDACTED\": secrets must be base64 encoded",
                "{resources: [a], providers: [{aesgcm: {keys: [{name: n, secret: c2hvcnQ=}]}}]} | Invalid value: \"REDACTED\": secret is not of the expected length, got 5, expected one of [16 24 32]",
                "{resources: [a], providers: [{kms: {name: k}}]} | resources[0].providers[0]: Unsupported value: \"kms\": supported values: \"aescbc\", \"aesgcm\", \"identity\", \"secretbox\"",
                "{resources: [a], providers: [{secretbox: {keys: [{name: n, secret: b2xkIGtleSBvZiAxNiBieQ==}]}}]} | secret is not of the expected length, got 16, expected one of [32]",
            })
    void whatCannotBeIsRefusedInKubernetesWords(String resources, String message) {
        assertThatThrownBy(() -> parse(resources == null ? "" : resources))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    @Test
    void anotherFileIsRefused() {
        assertThatThrownBy(() -> EncryptionConfiguration.parse("kind: Pod", new SecureRandom()))
                .hasMessageContaining("it must begin with `apiVersion: apiserver.config.k8s.io/v1`");
        assertThatThrownBy(() -> EncryptionConfiguration.read(Path.of("/does/not/exist"), new SecureRandom()))
                .hasMessageStartingWith("cannot read /does/not/exist");
    }
}
