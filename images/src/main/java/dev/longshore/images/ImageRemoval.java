package dev.longshore.images;

import dev.longshore.base.Digest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What `docker rmi` does to a catalog: which names go, whether the image goes with the last of them, and who
/// objects, in the engine's words. For one removal.
final class ImageRemoval {

    private final Map<Digest, Image> images;
    private final Map<Digest, Set<Digest>> targets;
    private final Holds holds;
    private final List<String> untagged = new ArrayList<>();
    private final List<Digest> deleted = new ArrayList<>();
    private final Set<Digest> layers = new LinkedHashSet<>();
    private Catalog.State state;

    /// @param images all of them by id, each with the names of all its manifests
    /// @param targets all manifests and indexes that mean an image, by its id
    ImageRemoval(Catalog.State state, Map<Digest, Image> images, Map<Digest, Set<Digest>> targets, Holds holds) {
        this.state = state;
        this.images = images;
        this.targets = targets;
        this.holds = holds;
    }

    /// The catalog as it is then.
    Catalog.State state() {
        return state;
    }

    ImageStore.Removal outcome() {
        return new ImageStore.Removal(untagged, deleted, List.copyOf(layers));
    }

    /// Takes `name` away from `image`, and with its last name the image.
    void byName(Image image, Reference name, boolean force, boolean prune) {
        List<Reference> references = references(image);
        Optional<String> holder = holds.holderOf(image.id());
        if (!force && isSingle(references) && holder.isPresent()) {
            throw new ImageFaultException(new ImageFault.InUse(
                    "conflict: unable to remove repository reference \"%s\" (must force) - container %s is using its"
                                    .formatted(name.familiar(), shortened(holder.get()))
                            + " referenced image " + image.id().shortHex()));
        }
        untag(image, name);
        if (references(images.get(image.id())).isEmpty()) {
            delete(images.get(image.id()), force, prune, false);
        }
    }

    /// Takes `image` away with all its names, if they are one, or by `force`.
    void byId(Image image, boolean force, boolean prune) {
        List<Reference> references = references(image);
        if (isSingle(references)) {
            refuse(image, force, false);
            references.forEach(name -> untag(image, name));
        }
        delete(images.get(image.id()), force, prune, false);
    }

    private void untag(Image image, Reference name) {
        if (name.digest().isEmpty()) {
            state = state.unnamed(name);
        } else {
            for (Digest target : targets.get(image.id())) {
                state = target.equals(name.digest().get()) ? state.unknown(name.repository(), target) : state;
            }
        }
        untagged.add(name.familiar());
        Image now = images.get(image.id());
        images.put(
                image.id(),
                now.named(
                        now.names().stream()
                                .filter(other -> !other.equals(name))
                                .toList(),
                        now.digests().stream()
                                .filter(digest -> state.targets()
                                        .getOrDefault(digest.digest().orElseThrow(), Collections.emptySortedSet())
                                        .contains(digest.repository()))
                                .toList()));
    }

    private void delete(Image image, boolean force, boolean prune, boolean isQuiet) {
        if (isQuiet
                && (!references(image).isEmpty() || conflict(image, force, true).isPresent())) {
            return;
        }
        refuse(image, force, true);
        for (Reference name : references(image)) {
            untagged.add(name.familiar());
        }
        for (Digest target : targets.get(image.id())) {
            state = state.without(target);
        }
        Optional<Digest> parent = Optional.ofNullable(state.parents().get(image.id()));
        state = state.orphaned(image.id());
        images.remove(image.id());
        deleted.add(image.id());
        noteLayers(image);
        if (prune && parent.isPresent() && images.containsKey(parent.get())) {
            delete(images.get(parent.get()), false, true, true);
        }
    }

    private void refuse(Image image, boolean force, boolean countsNames) {
        conflict(image, force, countsNames).ifPresent(why -> {
            throw new ImageFaultException(new ImageFault.InUse(why));
        });
    }

    private Optional<String> conflict(Image image, boolean force, boolean countsNames) {
        if (state.parents().containsValue(image.id())) {
            return conflict(image, true, "image has dependent child images");
        }
        List<String> holders = holds.holdersOf(image.id());
        for (String holder : holders) {
            if (holds.isRunning(holder)) {
                return conflict(image, true, "image is being used by running container " + shortened(holder));
            }
        }
        if (force) {
            return Optional.empty();
        }
        if (countsNames && !references(image).isEmpty()) {
            return conflict(image, false, "image is referenced in multiple repositories");
        }
        return holders.isEmpty()
                ? Optional.empty()
                : conflict(image, false, "image is being used by stopped container " + shortened(holders.getFirst()));
    }

    private static Optional<String> conflict(Image image, boolean isHard, String why) {
        return Optional.of("conflict: unable to delete %s (%s) - %s"
                .formatted(image.id().shortHex(), isHard ? "cannot be forced" : "must be forced", why));
    }

    /// Its names, and its digests in repositories that have no name for it.
    private static List<Reference> references(Image image) {
        var references = new ArrayList<>(image.names());
        for (Reference digest : image.digests()) {
            if (image.names().stream().noneMatch(name -> name.repository().equals(digest.repository()))) {
                references.add(digest);
            }
        }
        return references;
    }

    /// True if whoever removes the image by its id can mean only this one reference.
    private static boolean isSingle(List<Reference> references) {
        return references.size() <= 1;
    }

    private void noteLayers(Image gone) {
        var kept = new HashSet<Digest>();
        images.values().forEach(image -> kept.addAll(image.config().chainIds()));
        for (Digest chain : gone.config().chainIds().reversed()) {
            if (!kept.contains(chain)) {
                layers.add(chain);
            }
        }
    }

    private static String shortened(String holder) {
        return holder.matches("[0-9a-f]{64}") ? holder.substring(0, 12) : holder;
    }
}
