package dev.longshore.images;

import dev.longshore.base.Digest;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// What manifests and indexes point at, and those point at, and so on.
record Reach(ContentStore content) {

    private static final int LARGEST_DEPTH = 4;

    /// Everything that `roots` reach, themselves included, as far as it is here.
    Set<Digest> from(Set<Digest> roots) throws IOException {
        var reached = new HashSet<Digest>();
        for (Digest root : roots) {
            reach(root, MediaTypes.OCI_INDEX, reached, 0);
        }
        return reached;
    }

    private void reach(Digest digest, String mediaType, Set<Digest> reached, int depth) throws IOException {
        if (!reached.add(digest)
                || depth > LARGEST_DEPTH
                || !MediaTypes.isManifest(mediaType)
                || !content.has(digest)) {
            return;
        }
        for (Descriptor child : children(digest)) {
            reach(child.digest(), child.mediaType(), reached, depth + 1);
        }
    }

    /// What somebody only says is a manifest may be anything; it must not stop a collection.
    private List<Descriptor> children(Digest digest) throws IOException {
        try {
            return Manifest.parse(content.read(digest), "").children();
        } catch (ImageFaultException noManifest) {
            return List.of();
        }
    }
}
