package dev.longshore.controllers;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class GraphUpdatesTest {

    private static final ApiTypes.Type MAPS = new ApiTypes.Type("", "v1", "ConfigMap", "configmaps", true);

    private final OwnerGraph graph = new OwnerGraph();
    private final List<String> woken = new ArrayList<>();
    private final GraphUpdates updates = new GraphUpdates(graph, this::woken);

    /// What the graph says of whoever is woken, at that very moment: another thread may look at once.
    private void woken(String uid) {
        woken.add(uid
                + graph.dependents(uid).stream()
                        .map(OwnerGraph.Node::uid)
                        .sorted()
                        .toList());
    }

    @Test
    void anOwnerIsWokenWhenItsDependentIsForgotten() {
        updates.heard(waiting("owner"));
        updates.heard(node("child", "owner"));
        updates.heard(node("other", "owner"));
        woken.clear();

        updates.gone("child");

        assertThat(woken).containsExactly("owner[other]", "child[]");
    }

    @Test
    void dependentsOfWhatIsGoneAreStillKnown() {
        updates.heard(node("owner"));
        updates.heard(node("child", "owner"));
        woken.clear();

        updates.gone("owner");

        assertThat(woken).containsExactly("owner[child]");
        assertThat(graph.find("owner")).isEmpty();
    }

    @Test
    void anOwnerThatWaitsIsWokenWhenItIsLetGo() {
        updates.heard(waiting("owner"));
        updates.heard(node("child", "owner"));
        woken.clear();

        updates.heard(node("child"));

        assertThat(woken).containsExactly("owner[]");
    }

    @Test
    void whoHasNoOwnersAndWaitsForNobodyIsLeftAlone() {
        updates.heard(node("single"));
        updates.heard(node("single"));

        assertThat(woken).isEmpty();
    }

    private static OwnerGraph.Node node(String uid, String... owners) {
        return new OwnerGraph.Node(MAPS, "default", uid, uid, references(owners), List.of(), false);
    }

    private static OwnerGraph.Node waiting(String uid) {
        return new OwnerGraph.Node(MAPS, "default", uid, uid, List.of(), List.of("foregroundDeletion"), true);
    }

    private static List<OwnerReference> references(String... owners) {
        return Arrays.stream(owners)
                .map(owner -> new OwnerReferenceBuilder()
                        .withName(owner)
                        .withUid(owner)
                        .build())
                .toList();
    }
}
