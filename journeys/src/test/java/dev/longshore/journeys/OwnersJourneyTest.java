package dev.longshore.journeys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.DeletionPropagation;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBuilder;
import java.util.List;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// What the garbage collector makes of owners that are not what their dependents say.
@ExtendWith(HollowShared.class)
@Order(22)
class OwnersJourneyTest {

    @Test
    void whoNamesItsOwnerWronglyGoesAndWhoNamesItRightlyStays() {
        try (var namespace = HollowNamespace.fresh("named")) {
            ConfigMap owner = map(namespace, "owner");
            OwnerReference mistaken = owner(owner);
            mistaken.setName("mistaken");
            map(namespace, "right", owner(owner));
            map(namespace, "wrong", mistaken);

            goes(namespace, "wrong");
            assertThat(namespace.stored(ConfigMap.class, "right")).isNotNull();
        }
    }

    @Test
    void ofDependentsThatDisagreeOnAnOwnerThatIsNotThereAllGo() {
        try (var namespace = HollowNamespace.fresh("disagree")) {
            OwnerReference one = absent("one");
            OwnerReference two = absent("two");
            map(namespace, "first", one);
            map(namespace, "second", two);
            map(namespace, "third", one);

            goes(namespace, "first");
            goes(namespace, "second");
            goes(namespace, "third");
        }
    }

    @Test
    void whatTheClusterOwnsGoesWithItFromEveryNamespace() {
        try (var namespace = HollowNamespace.fresh("reach")) {
            ClusterRole owner = namespace
                    .client()
                    .resource(role("reach-" + namespace.name()))
                    .create();
            map(namespace, "child", owner(owner));
            map(namespace, "other", owner(owner), owner(map(namespace, "second")));

            namespace.client().resource(owner).delete();

            goes(namespace, "child");
            await().atMost(HollowNamespace.PATIENCE)
                    .untilAsserted(() -> assertThat(namespace
                                    .stored(ConfigMap.class, "other")
                                    .getMetadata()
                                    .getOwnerReferences())
                            .extracting(OwnerReference::getName)
                            .containsExactly("second"));
        }
    }

    @Test
    void anObjectOfTheClusterThatNamesAnOwnerInANamespaceIsLeftAloneAndToldSo() {
        try (var namespace = HollowNamespace.fresh("above")) {
            ConfigMap owner = map(namespace, "owner");
            String name = "above-" + namespace.name();
            namespace
                    .client()
                    .resource(new ClusterRoleBuilder(role(name))
                            .editMetadata()
                            .withOwnerReferences(owner(owner))
                            .endMetadata()
                            .build())
                    .create();

            await().atMost(HollowNamespace.PATIENCE)
                    .untilAsserted(() -> assertThat(namespace
                                    .client()
                                    .v1()
                                    .events()
                                    .inNamespace("default")
                                    .withField("involvedObject.name", name)
                                    .list()
                                    .getItems())
                            .singleElement()
                            .satisfies(event -> {
                                assertThat(event.getReason()).isEqualTo("OwnerRefInvalidNamespace");
                                assertThat(event.getMessage())
                                        .isEqualTo(
                                                "ownerRef [v1/ConfigMap, namespace: , name: owner, uid: %s] does not exist in namespace \"\"",
                                                owner.getMetadata().getUid());
                            }));
            namespace.client().resource(owner).delete();
            goes(namespace, "owner");
            // Whoever comes after has been judged after.
            map(namespace, "after", absent("nobody"));
            goes(namespace, "after");
            ClusterRole kept =
                    namespace.client().rbac().clusterRoles().withName(name).get();
            assertThat(kept).isNotNull();
            namespace.client().resource(kept).delete();
        }
    }

    @Test
    void anOwnerMayBeNamedInAnyVersionThatIsServedAndOneOfNoTypeKeepsItsDependents() {
        try (var namespace = HollowNamespace.fresh("owners-versions")) {
            HorizontalPodAutoscaler scaler = namespace.create("""
                    {apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: {name: web},
                      spec: {maxReplicas: 3, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}}}
                    """, HorizontalPodAutoscaler.class);
            OwnerReference older = owner(scaler);
            older.setApiVersion("autoscaling/v1");
            OwnerReference unknown = absent("widget");
            unknown.setApiVersion("example.com/v1");
            unknown.setKind("Widget");
            map(namespace, "older", older);
            map(namespace, "unknown", unknown);
            map(namespace, "after", absent("nobody"));

            goes(namespace, "after");
            assertThat(namespace.stored(ConfigMap.class, "older")).isNotNull();
            assertThat(namespace.stored(ConfigMap.class, "unknown")).isNotNull();

            namespace.client().resource(scaler).delete();
            goes(namespace, "older");
            assertThat(namespace.stored(ConfigMap.class, "unknown")).isNotNull();
        }
    }

    @Test
    void orphansLoseOnlyTheOwnerThatGoes() {
        try (var namespace = HollowNamespace.fresh("orphans")) {
            ConfigMap going = map(namespace, "going");
            ConfigMap staying = map(namespace, "staying");
            map(namespace, "single", owner(going));
            map(namespace, "both", owner(going), owner(staying));

            namespace
                    .client()
                    .resource(going)
                    .withPropagationPolicy(DeletionPropagation.ORPHAN)
                    .delete();

            goes(namespace, "going");
            assertThat(owners(namespace, "single")).isEmpty();
            assertThat(owners(namespace, "both")).containsExactly("staying");
        }
    }

    private static List<String> owners(HollowNamespace namespace, String name) {
        return namespace.stored(ConfigMap.class, name).getMetadata().getOwnerReferences().stream()
                .map(OwnerReference::getName)
                .toList();
    }

    private static void goes(HollowNamespace namespace, String name) {
        await().atMost(HollowNamespace.PATIENCE).until(() -> namespace.stored(ConfigMap.class, name) == null);
    }

    private static ConfigMap map(HollowNamespace namespace, String name, OwnerReference... owners) {
        return namespace
                .client()
                .resource(new ConfigMapBuilder()
                        .withNewMetadata()
                        .withNamespace(namespace.name())
                        .withName(name)
                        .withOwnerReferences(owners)
                        .endMetadata()
                        .build())
                .create();
    }

    private static ClusterRole role(String name) {
        return new ClusterRoleBuilder()
                .withNewMetadata()
                .withName(name)
                .endMetadata()
                .build();
    }

    private static OwnerReference absent(String name) {
        return new OwnerReferenceBuilder()
                .withApiVersion("v1")
                .withKind("ConfigMap")
                .withName(name)
                .withUid("00000000-0000-0000-0000-000000000000")
                .build();
    }

    private static OwnerReference owner(HasMetadata owner) {
        return new OwnerReferenceBuilder()
                .withApiVersion(owner.getApiVersion())
                .withKind(owner.getKind())
                .withName(owner.getMetadata().getName())
                .withUid(owner.getMetadata().getUid())
                .build();
    }
}
