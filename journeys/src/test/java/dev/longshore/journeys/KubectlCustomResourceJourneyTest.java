package dev.longshore.journeys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/// Custom resources with `kubectl`: defined, made, changed, scaled, explained, and gone with their
/// definition.
@ExtendWith(HollowShared.class)
@ParameterizedClass
@MethodSource("dev.longshore.journeys.Kubectl#both")
@Order(12)
record KubectlCustomResourceJourneyTest(Kubectl anywhere) {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static String definition(String plural, String kind, String shortName) {
        return """
                apiVersion: apiextensions.k8s.io/v1
                kind: CustomResourceDefinition
                metadata: {name: %1$s.journeys.example.com}
                spec:
                  group: journeys.example.com
                  scope: Namespaced
                  names: {plural: %1$s, kind: %2$s, shortNames: [%3$s], categories: [journeys]}
                  versions:
                  - name: v1
                    served: true
                    storage: true
                    subresources:
                      status: {}
                      scale: {specReplicasPath: .spec.replicas, statusReplicasPath: .status.replicas}
                    additionalPrinterColumns:
                    - {name: Color, type: string, jsonPath: .spec.color}
                    schema:
                      openAPIV3Schema:
                        type: object
                        description: Something to travel with.
                        properties:
                          spec:
                            type: object
                            description: What is wanted.
                            required: [color]
                            properties:
                              color: {type: string, enum: [red, blue], description: How it looks.}
                              replicas: {type: integer, default: 1}
                          status:
                            type: object
                            properties: {replicas: {type: integer}, phase: {type: string}}
                """.formatted(plural, kind, shortName);
    }

    private static String object(String kind, String name, String spec) {
        return "apiVersion: journeys.example.com/v1\\nkind: %s\\nmetadata: {name: %s}\\nspec: %s\\n"
                .replace("\\n", "\n")
                .formatted(kind, name, spec);
    }

    @Test
    void liveFromTheirDefinitionToItsEnd() {
        Kubectl kubectl = anywhere.fresh("custom");
        String suffix = kubectl.version().equals("1.27") ? "a" : "b";
        String plural = "trunk" + suffix + "s";
        String kind = "Trunk" + suffix;
        String crd = "crd/" + plural + ".journeys.example.com";

        kubectl.okWith(definition(plural, kind, "tr" + suffix), "apply");
        kubectl.ok("wait", "--for=condition=established", crd, "--timeout=20s");
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(
                                kubectl.ok("api-resources", "--api-group=journeys.example.com", "--cached=false"))
                        .contains(plural));

        assertThat(kubectl.okWith(object(kind, "one", "{color: red}"), "apply")).contains("/one created");
        assertThat(kubectl.ok("get", "tr" + suffix)).contains("NAME", "COLOR", "one", "red");
        assertThat(kubectl.ok("get", "journeys")).contains("one");
        assertThat(kubectl.okWith(object(kind, "one", "{color: blue}"), "apply"))
                .contains("/one configured");
        assertThat(kubectl.runWith(object(kind, "bad", "{color: green}"), "apply", "-f", "-")
                        .failed()
                        .err())
                .contains("spec.color: Unsupported value: \"green\": supported values: \"red\", \"blue\"");
        assertThat(kubectl.runWith(object(kind, "bad", "{color: red, extra: 1}"), "create", "-f", "-")
                        .failed()
                        .err())
                .contains("unknown field \"spec.extra\"");
        assertThat(kubectl.okWith(
                        object(kind, "one", "{color: blue, replicas: 3}"),
                        "apply",
                        "--server-side",
                        "--force-conflicts"))
                .contains("/one serverside-applied");

        kubectl.ok("scale", plural + "/one", "--replicas=4");
        assertThat(kubectl.value(plural + " one", "{.spec.replicas}")).isEqualTo("4");
        kubectl.ok(
                "patch",
                plural,
                "one",
                "--subresource=status",
                "--type=merge",
                "-p",
                "{\"status\":{\"phase\":\"up\"}}");
        kubectl.ok("wait", plural + "/one", "--for=jsonpath={.status.phase}=up", "--timeout=10s");
        assertThat(kubectl.ok("explain", plural + ".spec.color")).contains("How it looks.");

        kubectl.ok("delete", crd, "--timeout=60s");
        assertThat(kubectl.fails("get", plural, "--cached=false")).isNotEmpty();
    }

    @Test
    void goWithTheirOwnersAndTheirNamespace() {
        Kubectl kubectl = anywhere.fresh("owned");
        String suffix = kubectl.version().equals("1.27") ? "c" : "d";
        String plural = "crate" + suffix + "s";
        String kind = "Crate" + suffix;
        kubectl.okWith(definition(plural, kind, "cr" + suffix), "apply");
        kubectl.ok("wait", "--for=condition=established", "crd/" + plural + ".journeys.example.com", "--timeout=20s");
        kubectl.okWith(object(kind, "owner", "{color: red}"), "create");
        String uid = kubectl.value(plural + " owner", "{.metadata.uid}");
        kubectl.okWith("""
                apiVersion: v1
                kind: ConfigMap
                metadata:
                  name: owned
                  ownerReferences: [{apiVersion: journeys.example.com/v1, kind: %s, name: owner, uid: %s}]
                """.formatted(kind, uid), "create");

        kubectl.ok("delete", plural, "owner");
        await().atMost(PATIENCE)
                .until(() -> kubectl.run("get", "configmap", "owned").exit() != 0);

        kubectl.okWith(object(kind, "left", "{color: red}"), "create");
        kubectl.ok("delete", "namespace", kubectl.namespace(), "--timeout=60s");
        assertThat(kubectl.ok("get", plural, "--all-namespaces")).doesNotContain("left");
        kubectl.ok("delete", "crd", plural + ".journeys.example.com", "--timeout=60s");
    }
}
