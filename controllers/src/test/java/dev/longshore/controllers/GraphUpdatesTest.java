package dev.longshore.controllers;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class GraphUpdatesTest {

    private final OwnerGraph graph = new OwnerGraph();
    private final AbsentOwners absent = new AbsentOwners();
    private final List<String> woken = new ArrayList<>();
    private final List<String> misplaced = new ArrayList<>();
    private final GraphUpdates updates = new GraphUpdates(
            graph, absent, this::woken, (node, reference) -> misplaced.add(node.uid() + " " + reference.getName()));

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

        updates.gone(identity("child"));

        assertThat(woken).containsExactly("owner[other]");
    }

    @Test
    void dependentsOfWhatIsGoneAreWokenAndKnowThatItIsNotThere() {
        updates.heard(node("owner"));
        updates.heard(node("child", "owner"));
        woken.clear();

        updates.gone(identity("owner"));

        assertThat(woken).containsExactly("child[]");
        assertThat(graph.find("owner")).isEmpty();
        assertThat(absent.has(identity("owner"))).isTrue();
    }

    @Test
    void anOwnerThatIsNotWaitedForAnyMoreIsWoken() {
        updates.heard(waiting("owner"));
        updates.heard(node("child", blocking("owner")));
        woken.clear();

        updates.heard(node("child", reference("owner")));
        updates.heard(node("child"));

        assertThat(woken).containsExactly("owner[child]");
    }

    @Test
    void whoHasNoOwnersAndWaitsForNobodyIsLeftAlone() {
        updates.heard(node("single"));
        updates.heard(node("single"));

        assertThat(woken).isEmpty();
    }

    @Test
    void tenThousandDependentsOfLivingOwnersWakeNobody() {
        updates.heard(node("owner"));
        for (int i = 0; i < 10_000; i++) {
            updates.heard(node("child-" + i, "owner"));
            updates.heard(node("child-" + i, "owner"));
        }

        assertThat(woken).isEmpty();
    }

    @Test
    void anOwnerThatNobodyHeardOfIsLookedForOnceForAllItsDependents() {
        for (int i = 0; i < 10_000; i++) {
            updates.heard(node("child-" + i, "owner"));
        }
        updates.heard(node("owner"));

        assertThat(woken).containsExactly("owner[child-0]");
        assertThat(graph.find("owner"))
                .hasValueSatisfying(owner -> assertThat(owner.isVirtual()).isFalse());
    }

    @Test
    void anOwnerThatIsNotThereTakesItsDependentsWithIt() {
        updates.heard(node("one", "owner"));
        updates.heard(node("two", "owner"));
        woken.clear();

        updates.absent(identity("owner"));

        assertThat(woken).containsExactlyInAnyOrder("one[]", "two[]");
        assertThat(graph.find("owner")).isEmpty();
        assertThat(absent.has(identity("owner"))).isTrue();
    }

    @Test
    void anOwnerOnWhichDependentsDisagreeIsLookedForInEachOfTheirWays() {
        updates.heard(node("wrong", named("mistaken", "owner")));
        updates.heard(node("right", "owner"));
        woken.clear();

        updates.absent(new ObjectIdentity("v1", "ConfigMap", "default", "mistaken", "owner"));

        assertThat(woken).as("only who believed it").containsExactly("wrong[]");
        assertThat(graph.find("owner")).hasValueSatisfying(other -> {
            assertThat(other.isVirtual()).isTrue();
            assertThat(other.identity()).isEqualTo(identity("owner"));
        });
    }

    @Test
    void whoIsMistakenAboutALivingOwnerIsWokenWhicheverIsHeardOfFirst() {
        updates.heard(node("owner"));
        updates.heard(node("late", named("mistaken", "owner")));
        assertThat(woken).containsExactly("late[]");
        woken.clear();

        updates.heard(node("early", named("mistaken", "other")));
        updates.heard(node("other"));

        assertThat(woken).containsExactly("other[early]", "early[]");
    }

    @Test
    void anOwnerInAnotherNamespaceIsToldOfWhicheverIsHeardOfFirst() {
        updates.heard(node("owner"));
        updates.heard(elsewhere("late", "owner"));
        updates.heard(elsewhere("early", "other"));
        updates.heard(node("other"));

        assertThat(misplaced).containsExactly("late owner", "early other");
        assertThat(woken).containsExactly("late[]", "other[early]", "early[]");
    }

    @Test
    void theServersWordOnAnotherObjectDoesNotTakeOneThatWasHeardOf() {
        updates.heard(node("owner"));
        updates.heard(node("child", "owner"));
        updates.heard(elsewhere("stray", "owner"));
        woken.clear();

        updates.absent(identity("owner").in("elsewhere"));

        assertThat(graph.find("owner")).isPresent();
        assertThat(woken).containsExactly("stray[]");
    }

    @Test
    void anOwnerThatBeginsToWaitIsWokenOnceWithItsDependents() {
        updates.heard(node("owner"));
        updates.heard(node("child", "owner"));

        updates.heard(waiting("owner"));
        updates.heard(waiting("owner"));

        assertThat(woken).containsExactly("child[]", "owner[child]");
    }

    @Test
    void anOwnerThatBeginsToOrphanIsWokenAlone() {
        updates.heard(node("owner"));
        updates.heard(node("child", "owner"));

        updates.heard(new OwnerGraph.Node(identity("owner"), false, List.of(), List.of("orphan"), true));

        assertThat(woken).containsExactly("owner[child]");
    }

    private static ObjectIdentity identity(String uid) {
        return new ObjectIdentity("v1", "ConfigMap", "default", uid, uid);
    }

    private static OwnerGraph.Node node(String uid, String... owners) {
        return node(uid, Arrays.stream(owners).map(GraphUpdatesTest::reference).toArray(OwnerReference[]::new));
    }

    private static OwnerGraph.Node node(String uid, OwnerReference... owners) {
        return new OwnerGraph.Node(identity(uid), false, List.of(owners), List.of(), false);
    }

    private static OwnerGraph.Node node(String uid) {
        return node(uid, new OwnerReference[0]);
    }

    private static OwnerGraph.Node elsewhere(String uid, String owner) {
        return new OwnerGraph.Node(identity(uid).in("elsewhere"), false, List.of(reference(owner)), List.of(), false);
    }

    private static OwnerGraph.Node waiting(String uid) {
        return new OwnerGraph.Node(identity(uid), false, List.of(), List.of("foregroundDeletion"), true);
    }

    private static OwnerReference reference(String owner) {
        return named(owner, owner);
    }

    private static OwnerReference blocking(String owner) {
        return new OwnerReferenceBuilder(reference(owner))
                .withBlockOwnerDeletion(true)
                .build();
    }

    private static OwnerReference named(String name, String uid) {
        return new OwnerReferenceBuilder()
                .withApiVersion("v1")
                .withKind("ConfigMap")
                .withName(name)
                .withUid(uid)
                .build();
    }
}
