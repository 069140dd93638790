package dev.longshore.images.distribution;

import dev.longshore.base.Digest;
import dev.longshore.images.Descriptor;
import dev.longshore.images.Image;
import dev.longshore.images.ImageStore;
import dev.longshore.images.Manifest;
import dev.longshore.images.Reference;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// Other repositories of the same registry that an image's blobs may be in already: those of which an image here
/// with the same blob bears the name.
record MountSources(Map<Digest, List<String>> byBlob) {

    private static final int MOST = 3;

    static MountSources of(ImageStore images, Reference target, Manifest manifest) throws IOException {
        Set<Digest> wanted = new HashSet<>();
        manifest.children().forEach(child -> wanted.add(child.digest()));
        var found = new HashMap<Digest, List<String>>();
        for (Image image : images.list()) {
            Set<String> others = others(image, target);
            if (others.isEmpty()) {
                continue;
            }
            for (Descriptor child : image.manifest().children()) {
                if (wanted.contains(child.digest())) {
                    var known = found.computeIfAbsent(child.digest(), absent -> new ArrayList<>());
                    others.stream()
                            .filter(other -> !known.contains(other))
                            .limit(MOST - Math.min(MOST, known.size()))
                            .forEach(known::add);
                }
            }
        }
        return new MountSources(Map.copyOf(found));
    }

    private static Set<String> others(Image image, Reference target) {
        var others = new TreeSet<String>();
        for (Reference name : image.names()) {
            if (name.domain().equals(target.domain()) && !name.path().equals(target.path())) {
                others.add(name.path());
            }
        }
        for (Reference name : image.digests()) {
            if (name.domain().equals(target.domain()) && !name.path().equals(target.path())) {
                others.add(name.path());
            }
        }
        return others;
    }

    List<String> of(Digest blob) {
        return byBlob.getOrDefault(blob, List.of());
    }

    Set<String> repositories() {
        var all = new TreeSet<String>();
        byBlob.values().forEach(all::addAll);
        return all;
    }
}
