package dev.longshore.kinds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Admission;
import dev.longshore.model.FaultException;
import dev.longshore.model.Resource;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// What becomes of devices and claims on their way into the store.
class DeviceTest {

    private static final String CLAIM = """
            apiVersion: resource.k8s.io/v1
            kind: ResourceClaim
            metadata: {name: one, namespace: default}
            spec: {devices: {requests: [{name: a, exactly: {deviceClassName: gpu}}, {name: b, exactly: {deviceClassName: gpu, adminAccess: true}}]}}
            """;
    private static final String RULE = """
            apiVersion: resource.k8s.io/v1beta2
            kind: DeviceTaintRule
            metadata: {name: one}
            spec: {taint: {key: a, effect: NoSchedule}}
            """;

    private final Cluster cluster = new Cluster();
    private final Admission adminAccess = Admissions.all(cluster.context).stream()
            .filter(admission -> admission.name().equals("DeviceAdminAccess"))
            .findFirst()
            .orElseThrow();

    private void namespace(String labels) {
        cluster.create("{apiVersion: v1, kind: Namespace, metadata: {name: default, labels: {" + labels + "}}}");
    }

    private void admit(Resource object, String subresource) {
        adminAccess.validate(
                new Admission.Attempt(
                        cluster.call,
                        subresource.isEmpty() ? Admission.Operation.CREATE : Admission.Operation.UPDATE,
                        cluster.kindOf(object).resource(),
                        object.kind(),
                        subresource,
                        object.namespace(),
                        object.name(),
                        Optional.of(object),
                        Optional.empty()),
                cluster.registry);
    }

    @Test
    void adminAccessWantsANamespaceThatSaysSo() {
        namespace("");

        assertThatThrownBy(() -> admit(cluster.read(CLAIM), ""))
                .isInstanceOf(FaultException.class)
                .hasMessageContaining(
                        "spec.devices.requests[1].adminAccess: Forbidden: admin access to devices requires"
                                + " the `resource.kubernetes.io/admin-access: true` label on the containing namespace");
        assertThatCode(() -> admit(cluster.read(CLAIM.replace("adminAccess: true", "count: 1")), ""))
                .doesNotThrowAnyException();
    }

    @Test
    void adminAccessIsGivenWhereTheNamespaceSaysSo() {
        namespace("resource.kubernetes.io/admin-access: \"true\"");

        assertThatCode(() -> admit(cluster.read(CLAIM), "")).doesNotThrowAnyException();
    }

    @Test
    void adminAccessIsNotAllocatedElsewhereEither() {
        namespace("");
        Resource claim = cluster.read(CLAIM + "status: {allocation: {devices: {results: [{adminAccess: true}]}}}");

        assertThatThrownBy(() -> admit(claim, "status"))
                .hasMessageContaining("status.allocation.devices.results[0].adminAccess: Forbidden: ");
    }

    @Test
    void aTaintCountsFromWhenItsEffectChanged() {
        Resource old = cluster.create(RULE);
        cluster.time.advance(Duration.ofMinutes(1));
        Resource otherKey = update(old, "key: a", "key: b");
        Resource otherEffect = update(old, "NoSchedule", "NoExecute");

        assertThat(otherKey.text("spec", "taint", "timeAdded")).isEqualTo("2026-01-01T00:00:00Z");
        assertThat(otherEffect.text("spec", "taint", "timeAdded")).isEqualTo("2026-01-01T00:01:00Z");
    }

    private Resource update(Resource old, String from, String to) {
        Resource now = cluster.read(
                RULE.replace("effect: NoSchedule", "effect: NoSchedule, timeAdded: \"2026-01-01T00:00:00Z\"")
                        .replace(from, to));
        cluster.kindOf(now).strategy().prepareForUpdate(cluster.call, now, old);
        return now;
    }

    @Test
    void fieldsOfFeaturesThatAreOffAreDroppedUnlessInUse() {
        String slice = """
                apiVersion: resource.k8s.io/v1
                kind: ResourceSlice
                metadata: {name: one}
                spec:
                  driver: gpu.example.com
                  allNodes: true
                  pool: {name: a, generation: 1, resourceSliceCount: 1}
                  devices: [{name: a, attributes: {x: {string: a, strings: [a]}}, nodeAllocatableResourceMappings: {cpu: {}}}]
                """;
        Resource created = cluster.read(slice);
        cluster.kindOf(created).strategy().prepareForCreate(cluster.call, created);
        Resource updated = cluster.read(slice);
        cluster.kindOf(updated).strategy().prepareForUpdate(cluster.call, updated, cluster.read(slice));

        assertThat(created.at("spec", "devices").toString())
                .isEqualTo("[{\"name\":\"a\",\"attributes\":{\"x\":{\"string\":\"a\"}}}]");
        assertThat(Trees.has(updated.at("spec", "devices").get(0), "nodeAllocatableResourceMappings"))
                .isTrue();
    }
}
