package dev.longshore.controllers;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.DeletionPropagation;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class OwnerGraphTest {

    private static final ApiTypes.Type MAPS = new ApiTypes.Type("", "v1", "ConfigMap", "configmaps", true);
    private static final ApiTypes.Type WIDGETS = new ApiTypes.Type("x.io", "v1", "Widget", "widgets", true);

    private final OwnerGraph graph = new OwnerGraph();

    @Test
    void knowsDependentsBeforeItKnowsTheirOwner() {
        graph.put(node(MAPS, "child", "owner"));

        assertThat(names("owner")).containsExactly("child");
        assertThat(graph.find("owner")).isEmpty();
    }

    @Test
    void followsAChangeOfOwners() {
        graph.put(node(MAPS, "child", "one", "two"));
        graph.put(node(MAPS, "child", "two", "three"));

        assertThat(names("one")).isEmpty();
        assertThat(names("two")).containsExactly("child");
        assertThat(names("three")).containsExactly("child");
    }

    @Test
    void forgetsWhatIsGone() {
        graph.put(node(MAPS, "child", "owner"));
        graph.remove("child");

        assertThat(names("owner")).isEmpty();
        assertThat(graph.find("child")).isEmpty();
    }

    @Test
    void forgetsATypeWithAllItsObjects() {
        graph.put(node(WIDGETS, "widget", "owner"));
        graph.put(node(MAPS, "child", "widget"));

        assertThat(graph.removeAll(WIDGETS)).extracting(OwnerGraph.Node::uid).containsExactly("widget");

        assertThat(names("owner")).isEmpty();
        assertThat(names("widget")).containsExactly("child");
    }

    @Test
    void tellsHowADeletionIsMeant() {
        var foreground = OwnerGraph.Node.of(
                MAPS,
                new ConfigMapBuilder()
                        .withNewMetadata()
                        .withName("a")
                        .withUid("a")
                        .withDeletionTimestamp("2026-01-01T00:00:00Z")
                        .withFinalizers("foregroundDeletion")
                        .endMetadata()
                        .build());

        assertThat(foreground.waitsForDependents()).isTrue();
        assertThat(foreground.orphansDependents()).isFalse();
        assertThat(node(MAPS, "b").waitsForDependents()).isFalse();
        assertThat(OwnerGraph.Node.propagation(List.of("foregroundDeletion", "orphan")))
                .isEqualTo(DeletionPropagation.ORPHAN);
        assertThat(OwnerGraph.Node.propagation(List.of("x.io/mine"))).isEqualTo(DeletionPropagation.BACKGROUND);
    }

    @Test
    void aDependentMayAgreeAndDisagreeOnItsOwner() {
        var twice = new OwnerGraph.Node(
                new ObjectIdentity("v1", "ConfigMap", "default", "child", "child"),
                false,
                List.of(reference("v1", "owner"), reference("v2", "owner")),
                List.of(),
                false);
        var owner = new ObjectIdentity("v1", "ConfigMap", "default", "owner", "owner");

        assertThat(twice.agreesOn(owner)).isTrue();
        assertThat(twice.disagreesOn(owner)).isTrue();
        assertThat(twice.agreesOn(owner.in("elsewhere"))).isFalse();
        assertThat(twice.agreesOn(owner.in("")))
                .as("the cluster owns in all namespaces")
                .isTrue();
    }

    private List<String> names(String owner) {
        return graph.dependents(owner).stream().map(OwnerGraph.Node::uid).toList();
    }

    private static io.fabric8.kubernetes.api.model.OwnerReference reference(String version, String owner) {
        return new OwnerReferenceBuilder()
                .withApiVersion(version)
                .withKind("ConfigMap")
                .withName(owner)
                .withUid(owner)
                .build();
    }

    private static OwnerGraph.Node node(ApiTypes.Type type, String uid, String... owners) {
        return OwnerGraph.Node.of(
                type,
                new ConfigMapBuilder()
                        .withNewMetadata()
                        .withNamespace("default")
                        .withName(uid)
                        .withUid(uid)
                        .withOwnerReferences(Arrays.stream(owners)
                                .map(owner -> reference("v1", owner))
                                .toList())
                        .endMetadata()
                        .build());
    }
}
