package dev.longshore.cli;

import dev.longshore.base.Digest;
import dev.longshore.base.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// `oci-layout://DIR[:TAG][@DIGEST]`: an image in a directory, as the OCI image specification lays it out.
///
/// @param target its manifest, or an index
record OciLayout(Path directory, Digest target) {

    /// What such an address begins with.
    static final String SCHEME = "oci-layout://";

    private static final String NAME = "org.opencontainers.image.ref.name";
    private static final String USUAL_TAG = "latest";
    private static final int LARGEST_MANIFEST = 4 << 20;
    private static final int LARGEST_DEPTH = 4;

    /// Finds what `text`, an address, means: by its digest, by its tag, or the only image that there is.
    ///
    /// @throws CommandFailure when there is none
    static OciLayout find(String text) throws IOException {
        String rest = text.substring(SCHEME.length());
        int at = rest.lastIndexOf('@');
        String digest = at < 0 ? "" : rest.substring(at + 1);
        rest = at < 0 ? rest : rest.substring(0, at);
        int colon = rest.lastIndexOf(':');
        boolean hasTag = colon > rest.lastIndexOf('/');
        String tag = hasTag ? rest.substring(colon + 1) : USUAL_TAG;
        Path directory = Path.of(hasTag ? rest.substring(0, colon) : rest).toAbsolutePath();
        try {
            return new OciLayout(directory, digest.isEmpty() ? named(text, directory, tag) : Digest.parse(digest));
        } catch (IllegalArgumentException wrong) {
            throw new CommandFailure("--build-context " + text + ": " + wrong.getMessage(), wrong);
        }
    }

    private static Digest named(String text, Path directory, String tag) throws IOException {
        JsonNode manifests;
        try {
            manifests = Json.parse(Files.readAllBytes(directory.resolve("index.json")))
                    .path("manifests");
        } catch (NoSuchFileException absent) {
            throw new CommandFailure(
                    "--build-context " + text + ": there is no OCI image layout in " + directory, absent);
        }
        for (JsonNode manifest : manifests) {
            String name = manifest.path("annotations").path(NAME).asString("");
            if (name.equals(tag) || name.endsWith(":" + tag)) {
                return Digest.parse(manifest.path("digest").asString(""));
            }
        }
        if (manifests.size() != 1) {
            throw new CommandFailure("--build-context " + text + ": no image there is called " + tag
                    + "; write oci-layout://DIR:TAG, or oci-layout://DIR@DIGEST");
        }
        return Digest.parse(manifests.path(0).path("digest").asString(""));
    }

    /// Writes the target and all that it needs to `out`, as an archive of the directory.
    void write(OutputStream out) throws IOException {
        write(target, true, 0, new HashSet<>(), out);
        ContextArchive.end(out);
    }

    private void write(Digest digest, boolean isManifest, int depth, Set<Digest> written, OutputStream out)
            throws IOException {
        String name = "blobs/" + digest.algorithm() + "/" + digest.hex();
        Path file = directory.resolve(name);
        if (depth > 0 && !Files.exists(file)) {
            return; // Of another platform, and never fetched; the engine says what it misses.
        }
        if (!written.add(digest)) {
            return;
        }
        ContextArchive.append(name, file, out);
        if (!isManifest || depth > LARGEST_DEPTH || Files.size(file) > LARGEST_MANIFEST) {
            return;
        }
        JsonNode manifest = Json.parse(Files.readAllBytes(file));
        for (JsonNode child : manifest.path("manifests")) {
            write(digest(child), true, depth + 1, written, out);
        }
        for (JsonNode layer : manifest.path("layers")) {
            write(digest(layer), false, depth + 1, written, out);
        }
        if (manifest.path("config").isObject()) {
            write(digest(manifest.path("config")), false, depth + 1, written, out);
        }
    }

    private static Digest digest(JsonNode descriptor) throws IOException {
        try {
            return Digest.parse(descriptor.path("digest").asString(""));
        } catch (IllegalArgumentException wrong) {
            throw new IOException("an OCI image layout has a descriptor without a digest", wrong);
        }
    }
}
