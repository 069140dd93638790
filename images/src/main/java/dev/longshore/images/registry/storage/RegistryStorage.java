package dev.longshore.images.registry.storage;

import dev.longshore.base.Digest;
import dev.longshore.images.Reference;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/// What a registry needs of the place where its content lies. Content is one for all repositories, but a
/// repository shows only what was pushed to it, mounted into it, or belongs to one of its manifests: so that a right
/// to one repository is no right to the others. Blocks; thread-safe. Faults are
/// [dev.longshore.images.ImageFaultException]s.
public interface RegistryStorage {

    /// Repositories that hold something, in full (`docker.io/library/hello`), sorted.
    List<String> repositories() throws IOException, InterruptedException;

    /// Tags of `repository`, sorted bytewise.
    List<String> tags(Reference repository) throws IOException, InterruptedException;

    /// What a tag points to.
    Optional<Digest> target(Reference tagged) throws IOException, InterruptedException;

    /// Every manifest of `repository`: tagged, known by digest, or part of an index.
    Set<Digest> manifests(Reference repository) throws IOException, InterruptedException;

    /// Looks elsewhere, if this storage has an elsewhere, for manifests that are about `subject`.
    default void seekReferrers(Reference repository, Digest subject) throws IOException, InterruptedException {}

    /// A manifest's bytes, if `name`'s repository has the manifest of `name`'s digest.
    Optional<byte[]> manifest(Reference name) throws IOException, InterruptedException;

    /// Whether content is here, but not `repository`'s, and would be as soon as a manifest of it speaks of it.
    default boolean isElsewhere(Reference repository, Digest digest) throws IOException, InterruptedException {
        return false;
    }

    /// Stores `bytes`, which are `digest`'s, under `name`: a tag or that digest.
    void put(Reference name, Digest digest, byte[] bytes) throws IOException, InterruptedException;

    /// Takes a tag away; its manifest stays. True if it was there.
    boolean deleteTag(Reference tagged) throws IOException, InterruptedException;

    /// Takes a manifest out of its repository, with all tags that point to it.
    Removed deleteManifest(Reference name) throws IOException, InterruptedException;

    /// When a manifest of `repository` was last pushed.
    Instant pushed(Reference repository, Digest manifest) throws IOException, InterruptedException;

    /// At most `most` of [#tags], beginning after `last` (empty for the beginning).
    default List<String> tags(Reference repository, String last, int most) throws IOException, InterruptedException {
        return tags(repository).stream()
                .filter(tag -> tag.compareTo(last) > 0)
                .limit(most)
                .toList();
    }

    /// Repositories that may have a blob, perhaps only pushed so far.
    default List<String> holders(Digest digest) throws IOException, InterruptedException {
        return repositories();
    }

    /// Whether a container uses this manifest's image.
    boolean isUsed(Reference repository, Digest manifest) throws IOException, InterruptedException;

    /// The size of a blob, if `repository` has it. From then on it stays for a while, for a push may count on it.
    OptionalLong blob(Reference repository, Digest digest) throws IOException, InterruptedException;

    /// A blob's bytes from `offset` on.
    InputStream open(Digest digest, long offset) throws IOException, InterruptedException;

    /// Makes a blob that is here known in `repository`.
    void link(Reference repository, Digest digest) throws IOException, InterruptedException;

    /// Takes a blob out of `repository`.
    Removed unlink(Reference repository, Digest digest) throws IOException, InterruptedException;

    /// Everything of `repository` with its size: manifests, and blobs that they need.
    Map<Digest, Long> holdings(Reference repository) throws IOException, InterruptedException;

    /// Begins an upload into `repository`, which outlives this process; answers its id. Under other repositories it is
    /// unknown.
    String begin(Reference repository) throws IOException, InterruptedException;

    /// How many bytes of an upload have arrived.
    long offset(Reference repository, String upload) throws IOException, InterruptedException;

    /// Adds what `in` holds at `offset`, which must be where the upload stands; answers how many bytes there are
    /// then. If `in` breaks off, what came is kept.
    long append(Reference repository, String upload, long offset, InputStream in)
            throws IOException, InterruptedException;

    /// Makes an upload a blob of `repository`. An upload that is not `digest` is dropped.
    void finish(Reference repository, String upload, Digest digest) throws IOException, InterruptedException;

    /// Gives an upload up.
    void cancel(Reference repository, String upload) throws IOException, InterruptedException;

    /// Frees what nothing needs any more, beside everything else.
    Freed collect() throws IOException, InterruptedException;

    /// What came of taking something away.
    enum Removed {
        /// It was there and is gone.
        DONE,
        /// It was not there.
        ABSENT,
        /// A manifest of this repository is made of it.
        NEEDED
    }

    /// What a collection freed.
    record Freed(int blobs, long bytes) {}
}
