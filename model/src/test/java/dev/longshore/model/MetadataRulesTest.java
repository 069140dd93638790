package dev.longshore.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.base.Yaml;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.node.ObjectNode;

class MetadataRulesTest {

    private static final GroupVersionKind KIND = new GroupVersionKind("", "v1", "Thing");

    @Test
    void aGoodObjectBreaksNoRule() {
        var thing = Resource.of(KIND, "default", "my.thing");
        thing.metadata()
                .putObject("labels")
                .put("app.example.com/name", "a_b-c.1")
                .put("plain", "");
        thing.metadata().putArray("finalizers").add("example.com/wait");

        assertThat(MetadataRules.check(thing, NameRule.DNS_SUBDOMAIN, true)).isEmpty();
    }

    static Stream<Arguments> brokenMetadata() {
        return Stream.of(
                Arguments.of(
                        "{namespace: a}", List.of("metadata.name: Required value: name or generateName is required")),
                Arguments.of("{name: x}", List.of("metadata.namespace: Required value")),
                Arguments.of(
                        "{name: x, namespace: a.b}", List.of("metadata.namespace: Invalid value: \"a.b\": " + LABEL)),
                Arguments.of(
                        "{name: -x, generateName: -x, namespace: a}",
                        List.of(
                                "metadata.generateName: Invalid value: \"-x\": " + SUBDOMAIN,
                                "metadata.name: Invalid value: \"-x\": " + SUBDOMAIN)),
                Arguments.of(
                        "{name: x, namespace: a, labels: {a/b/c: \"\"}}",
                        List.of("metadata.labels: Invalid value: \"a/b/c\": a valid label key " + NAME
                                + " with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')")),
                Arguments.of(
                        "{name: x, namespace: a, labels: {/b: \"\"}}",
                        List.of("metadata.labels: Invalid value: \"/b\": prefix part must be non-empty")),
                Arguments.of(
                        "{name: x, namespace: a, labels: {b: \"-\"}}",
                        List.of(
                                "metadata.labels: Invalid value: \"-\": a valid label must be an empty string or consist"
                                        + " of alphanumeric characters, '-', '_' or '.', and must start and end with an"
                                        + " alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for"
                                        + " validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')")),
                Arguments.of(
                        "{name: x, namespace: a, annotations: {\"\": x}}",
                        List.of(
                                "metadata.annotations: Invalid value: \"\": name part must be non-empty",
                                "metadata.annotations: Invalid value: \"\": name part " + NAME)),
                Arguments.of(
                        "{name: x, namespace: a, ownerReferences: [{kind: Event, apiVersion: v1}]}",
                        List.of(
                                "metadata.ownerReferences.name: Invalid value: \"\": must not be empty",
                                "metadata.ownerReferences.uid: Invalid value: \"\": must not be empty",
                                "metadata.ownerReferences: Invalid value: {\"kind\":\"Event\",\"apiVersion\":\"v1\"}:"
                                        + " /v1, Kind=Event is disallowed from being an owner")),
                Arguments.of(
                        "{name: x, namespace: a, finalizers: [orphan, foregroundDeletion]}",
                        List.of(
                                "metadata.finalizers: Invalid value: [\"orphan\",\"foregroundDeletion\"]: finalizer orphan"
                                        + " and foregroundDeletion cannot be both set")),
                Arguments.of(
                        "{name: x, namespace: a, managedFields: [{operation: Get, fieldsType: Other, manager: \"a\\tb\"}]}",
                        List.of(
                                "metadata.managedFields[0].operation: Invalid value: \"Get\": must be `Apply` or `Update`",
                                "metadata.managedFields[0].fieldsType: Invalid value: \"Other\": must be `FieldsV1`",
                                "metadata.managedFields[0].manager: Invalid value: \"a\\tb\": invalid character U+0009"
                                        + " (at position 1)")));
    }

    private static final String LABEL =
            "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or"
                    + " '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used"
                    + " for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
    private static final String SUBDOMAIN = "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric"
            + " characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com',"
            + " regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
    private static final String NAME =
            "must consist of alphanumeric characters, '-', '_' or '.', and must start and end"
                    + " with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation"
                    + " is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";

    @ParameterizedTest
    @MethodSource("brokenMetadata")
    void eachBrokenRuleIsNamedInKubernetesWords(String metadata, List<String> causes) {
        Resource thing = thing(metadata);

        assertThat(MetadataRules.check(thing, NameRule.DNS_SUBDOMAIN, true))
                .extracting(cause -> cause.field() + ": " + cause.message())
                .containsExactlyElementsOf(causes);
    }

    private static Resource thing(String metadata) {
        var thing = Resource.of(KIND, "", "");
        thing.tree().set("metadata", (ObjectNode) Yaml.parse(metadata));
        return thing;
    }

    @Test
    void onlyOneOwnerIsTheController() {
        Resource thing = thing("""
                name: x
                namespace: a
                ownerReferences:
                - {apiVersion: apps/v1, kind: ReplicaSet, name: r, uid: "1", controller: true}
                - {apiVersion: batch/v1, kind: Job, name: j, uid: "2", controller: true}
                """);

        assertThat(MetadataRules.check(thing, NameRule.DNS_SUBDOMAIN, true))
                .singleElement()
                .satisfies(cause -> {
                    assertThat(cause.field()).isEqualTo("metadata.ownerReferences");
                    assertThat(cause.message())
                            .endsWith("Only one reference can have Controller set to true. Found \"true\" in references"
                                    + " for ReplicaSet/r and Job/j");
                });
    }

    @Test
    void annotationsTogetherAreBoundInBytes() {
        Resource thing = thing("{name: x, namespace: a}");
        thing.metadata().putObject("annotations").put("a", "ä".repeat(128 * 1024));

        assertThat(MetadataRules.check(thing, NameRule.DNS_SUBDOMAIN, true))
                .containsExactly(Cause.tooLong("metadata.annotations", 262144));
    }

    @Test
    void builtInKindsWantDomainsInFinalizers() {
        Resource thing = thing("{name: x, namespace: a, finalizers: [foregroundDeletion, mine, example.com/mine]}");

        assertThat(MetadataRules.checkFinalizers(thing))
                .containsExactly(Cause.invalid(
                        "metadata.finalizers[1]",
                        "\"mine\"",
                        "name is neither a standard finalizer name nor is it fully qualified"));
    }

    @Test
    void generatedNamesMayEndInADashBeforeTheyAreWhole() {
        Resource thing = thing("{generateName: job-, name: job-abcde, namespace: a}");

        assertThat(MetadataRules.check(thing, NameRule.DNS_LABEL, true)).isEmpty();
    }

    @Test
    void anObjectBeingDeletedGetsNoNewFinalizers() {
        var old = Resource.of(KIND, "default", "a");
        old.metadata().put("deletionTimestamp", "2026-01-01T00:00:00Z");
        var changed = old.copy();
        changed.metadata().putArray("finalizers").add("example.com/late").add("example.com/early");

        assertThat(MetadataRules.checkUpdate(changed, old))
                .containsExactly(Cause.forbidden(
                        "metadata.finalizers",
                        "no new finalizers can be added if the object is being deleted, found new finalizers"
                                + " []string{\"example.com/early\", \"example.com/late\"}"));
    }

    @Test
    void whatTheServerSetIsNotForClientsToChange() {
        Resource old =
                thing("{name: x, namespace: a, uid: one, creationTimestamp: \"2026-01-01T00:00:00Z\", generation: 2}");
        Resource now = thing("""
                name: "y"
                namespace: b
                uid: two
                creationTimestamp: "2026-01-02T00:00:00Z"
                generation: 1
                deletionTimestamp: "2026-01-02T00:00:00Z"
                deletionGracePeriodSeconds: 3
                """);

        assertThat(MetadataRules.checkUpdate(now, old))
                .extracting(cause -> cause.field() + ": " + cause.message())
                .containsExactly(
                        "metadata.generation: Invalid value: 1: must not be decremented",
                        "metadata.name: Invalid value: \"y\": field is immutable",
                        "metadata.namespace: Invalid value: \"b\": field is immutable",
                        "metadata.uid: Invalid value: \"two\": field is immutable",
                        "metadata.creationTimestamp: Invalid value: \"2026-01-02T00:00:00Z\": field is immutable",
                        "metadata.deletionTimestamp: Invalid value: \"2026-01-02T00:00:00Z\": field is immutable",
                        "metadata.deletionGracePeriodSeconds: Invalid value: 3: field is immutable");
    }

    @Test
    void generatedNamesKeepTheirBaseAndFitALabel() {
        String name = MetadataRules.generateName("x".repeat(80), new Random(1));

        assertThat(name).hasSize(63).startsWith("x".repeat(58)).matches("x{58}[a-z0-9]{5}");
    }
}
