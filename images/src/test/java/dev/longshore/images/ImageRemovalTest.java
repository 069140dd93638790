package dev.longshore.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Who may be removed, and in what words Docker's engine refuses.
class ImageRemovalTest {

    private static final String CONTAINER = "0123456789ab".repeat(5) + "0123";

    @RegisterExtension
    final Scratch scratch = new Scratch();

    private LocalImages local;
    private Image image;

    @BeforeEach
    void anImage() throws Exception {
        Needs.root();
        local = scratch.local();
        image = Tar.image(local, "hello:1", new Tar().file("file", "content").bytes());
    }

    @Test
    void oneNameOfSeveralIsUntaggedEvenIfAContainerUsesTheImage() throws Exception {
        local.images().tag(Reference.parse("other:1"), image.target());
        local.snapshots().prepare(CONTAINER, image.id());

        ImageStore.Removal removal = local.images().remove("other:1", false);

        assertThat(removal.untagged()).containsExactly("other:1");
        assertThat(removal.deleted()).isEmpty();
        assertThat(local.images().find("hello:1")).isPresent();
    }

    @Test
    void theLastNameTakesTheImageAndItsLayersAlong() throws Exception {
        ImageStore.Removal removal = local.images().remove("hello:1", false);

        assertThat(removal.untagged()).containsExactly("hello:1");
        assertThat(removal.deleted()).containsExactly(image.id());
        assertThat(removal.layers()).isEqualTo(image.config().chainIds());
        assertThat(local.images().list()).isEmpty();
    }

    @Test
    void theLastNameOfAnImageInUseMustBeForced() throws Exception {
        local.snapshots().prepare(CONTAINER, image.id());
        local.holds().distinguish(Set.of()::contains);

        assertThatThrownBy(() -> local.images().remove("hello:1", false))
                .hasMessage("conflict: unable to remove repository reference \"hello:1\" (must force) - container "
                        + "0123456789ab is using its referenced image "
                        + image.id().shortHex());
        assertThatThrownBy(() -> local.images().remove(image.id().shortHex(), false))
                .hasMessage("conflict: unable to delete %s (must be forced) - image is being used by stopped container "
                                .formatted(image.id().shortHex())
                        + "0123456789ab");
        assertThat(local.images().remove("hello:1", true).deleted()).containsExactly(image.id());
    }

    @Test
    void aRunningContainersImageIsNotDeletedEvenByForce() throws Exception {
        local.snapshots().prepare(CONTAINER, image.id());

        assertThatThrownBy(() -> local.images().remove(image.id().toString(), true))
                .hasMessage("conflict: unable to delete %s (cannot be forced) - image is being used by running "
                                .formatted(image.id().shortHex())
                        + "container 0123456789ab");
        assertThat(local.images().find("hello:1")).isPresent();
    }

    @Test
    void whatAStoppedContainerUsesOutlivesItsImage() throws Exception {
        local.snapshots().prepare(CONTAINER, image.id());
        local.holds().distinguish(Set.of()::contains);
        local.images().remove("hello:1", true);
        local.collector().collect();

        assertThat(local.images().list()).isEmpty();
        assertThat(scratch.reopened().snapshots().prepare(CONTAINER, image.id()).lowerDirectories())
                .singleElement()
                .satisfies(layer -> assertThat(layer.resolve("file")).hasContent("content"));
    }

    @Test
    void severalNamesGoByIdOnlyByForce() throws Exception {
        local.images().tag(Reference.parse("other:1"), image.target());

        assertThatThrownBy(() -> local.images().remove(image.id().toString(), false))
                .hasMessage("conflict: unable to delete %s (must be forced) - image is referenced in multiple "
                                .formatted(image.id().shortHex())
                        + "repositories");
        assertThat(local.images().remove(image.id().hex(), true).untagged()).containsExactly("hello:1", "other:1");
        assertThat(local.images().list()).isEmpty();
    }

    @Test
    void aParentIsNotDeletedBeforeItsChildren() throws Exception {
        Image child = Tar.image(local, "child:1", new Tar().file("other", "x").bytes());
        local.images().bear(child.id(), image.id());

        assertThatThrownBy(() -> local.images().remove(image.id().toString(), true))
                .hasMessage("conflict: unable to delete %s (cannot be forced) - image has dependent child images"
                        .formatted(image.id().shortHex()));

        local.images().remove("child:1", false);
        assertThat(local.images().remove("hello:1", false).deleted()).containsExactly(image.id());
    }

    @Test
    void aNamelessParentGoesWithItsLastChildUnlessTheyAreToStay() throws Exception {
        Image parent =
                Tar.image(local, "parent:1", new Tar().file("parent", "x").bytes());
        Image child = Tar.image(local, "child:1", new Tar().file("other", "x").bytes());
        local.images().forget(parent.target());
        local.images().add("", parent.target());
        local.images().bear(child.id(), parent.id());
        local.images().remove("child:1", false, false);
        assertThat(local.images().byId(parent.id())).isPresent();

        Image second = Tar.image(local, "child:2", new Tar().file("third", "x").bytes());
        local.images().bear(second.id(), parent.id());

        assertThat(local.images().remove("child:2", false, true).deleted()).containsExactly(second.id(), parent.id());
    }

    @Test
    void byDigestOnlyThatReferenceGoes() throws Exception {
        String digest = "hello@" + image.target();

        assertThat(local.images().remove(digest, false).untagged()).containsExactly(digest);
        assertThat(local.images().get("hello:1").repoDigests()).isEmpty();
        assertThatThrownBy(() -> local.images().remove(digest, false)).hasMessageContaining("No such image");

        local.images().add("docker.io/library/only", image.target());
        local.images().remove("hello:1", false);
        assertThat(local.images().remove("only@" + image.target(), false).deleted())
                .containsExactly(image.id());
    }

    @Test
    void twoManifestsOfOneImageAreOneImage() throws Exception {
        var copy = new Manifest.Image(
                MediaTypes.DOCKER_MANIFEST,
                image.manifest().config(),
                image.manifest().layers(),
                java.util.Optional.empty());
        var other = local.content().put(MediaTypes.DOCKER_MANIFEST, copy.bytes());
        local.images().tag(Reference.parse("copy:1"), other.digest());

        assertThat(local.images().list())
                .singleElement()
                .satisfies(one ->
                        assertThat(one.names()).extracting(Reference::familiar).containsExactly("copy:1", "hello:1"));
        assertThat(local.images().remove(image.id().toString(), true).deleted()).containsExactly(image.id());
        assertThat(local.images().targets()).isEmpty();
    }
}
